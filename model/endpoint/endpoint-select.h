// SPDX-License-Identifier: GPL-2.0-only
#ifndef ENDPOINT_SELECT_H
#define ENDPOINT_SELECT_H

#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/random-variable-stream.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/// What is known of an endpoint before anything is sent to it.
struct EndpointInfo
{
    uint32_t id{0};   ///< number that it keeps whoever else comes and goes
    double weight{1}; ///< what it can do, compared with the others; above 0
};

/// What is known of a request before it is sent to an endpoint.
struct EndpointRequest
{
    uint64_t client{0}; ///< number of the client, the same in all of its requests
};

/**
 * @ingroup sharding
 * Plug-point: which endpoint for this request?
 *
 * A policy sees the loads that its Sight allows it, and learns from answers. It holds no host and
 * reads no clock. What it draws at random comes from a stream of its own.
 */
class EndpointSelect : public Object
{
  public:
    /// Whose requests the loads count that a policy is handed.
    enum Sight
    {
        OWN,    ///< those that were sent by whoever asks, and not answered: what it knows itself
        PERFECT ///< all that are at the endpoint at this very moment: what nobody can know
    };

    /// @return the TypeId
    static TypeId GetTypeId();

    EndpointSelect();

    /// @return whose requests it is to be told of
    virtual Sight GetSight() const;

    /// @return whether a client stays at its endpoint while nothing comes or goes, so that a change
    ///         can break its connection
    virtual bool IsSticky() const;

    /**
     * Who may be chosen from now on; called once before the first choice and after every change.
     * @param endpoints all of them, at least one, in the order of their numbers
     */
    virtual void SetEndpoints(const std::vector<EndpointInfo>& endpoints);

    /**
     * @param now when
     * @param request what is to be sent
     * @param loads requests at each endpoint, as far as GetSight() allows, in the order of
     *        SetEndpoints()
     * @return place of the endpoint to take in that order
     */
    virtual uint32_t Choose(Time now,
                            const EndpointRequest& request,
                            const std::vector<uint32_t>& loads) = 0;

    /**
     * An endpoint has answered.
     * @param now when
     * @param id its number; it may be gone meanwhile
     * @param took time since the request was sent
     */
    virtual void Answered(Time now, uint32_t id, Time took);

    /**
     * @param stream first number of a random stream that may be used
     * @return how many are used
     */
    virtual int64_t AssignStreams(int64_t stream);

  protected:
    /// @param n above 0  @return a number from 0 to n - 1, each as likely
    uint32_t Draw(uint32_t n);

    std::vector<EndpointInfo> m_endpoints; ///< who may be chosen
    Ptr<UniformRandomVariable> m_uniform;  ///< its own stream
};

} // namespace sharding
} // namespace ns3

#endif // ENDPOINT_SELECT_H
