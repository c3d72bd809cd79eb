// SPDX-License-Identifier: GPL-2.0-only
#ifndef ENDPOINT_SELECT_LOAD_H
#define ENDPOINT_SELECT_LOAD_H

#include "endpoint-select.h"

#include <map>

/**
 * @file
 * @ingroup sharding
 * Selection by load: by requests that are not answered, or by how long answers take.
 */

namespace ns3
{
namespace sharding
{

/// @ingroup sharding
/// The endpoint with the fewest requests of one's own that are not answered, ties at random.
class LeastRequestSelect : public EndpointSelect
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint32_t Choose(Time now,
                    const EndpointRequest& request,
                    const std::vector<uint32_t>& loads) override;
};

/**
 * @ingroup sharding
 * Join the shortest queue, with perfect knowledge of all queues: what no policy that counts
 * requests can better, and none on a network can know.
 */
class ShortestQueueSelect : public LeastRequestSelect
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    Sight GetSight() const override;
};

/**
 * @ingroup sharding
 * Looks at d different endpoints only, drawn at random for each request: the common part of the
 * power of d choices and of peak-EWMA. It draws d numbers a request, whatever it sees.
 */
class SampledSelect : public EndpointSelect
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    void SetEndpoints(const std::vector<EndpointInfo>& endpoints) override;
    uint32_t Choose(Time now,
                    const EndpointRequest& request,
                    const std::vector<uint32_t>& loads) override;

  private:
    /// @return what a request would suffer there; the least is taken, of equal ones the first drawn
    virtual double Cost(Time now, uint32_t place, uint32_t load) = 0;

    uint32_t m_choices;           ///< d
    std::vector<uint32_t> m_deck; ///< all places, in an order that does not matter
};

/**
 * @ingroup sharding
 * The power of d choices: of d endpoints drawn at random the one with the fewest requests of one's
 * own that are not answered (M. Mitzenmacher, "The power of two choices in randomized load
 * balancing", IEEE TPDS 12(10), 2001). With d = 1 it is random, with as many as there are
 * endpoints least-request.
 */
class PowerOfChoicesSelect : public SampledSelect
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

  private:
    double Cost(Time now, uint32_t place, uint32_t load) override;
};

/**
 * @ingroup sharding
 * Of d endpoints drawn at random the one with the least product of requests not answered, this one
 * included, and latency as it was seen: the latest peak, or an exponentially weighted mean that
 * forgets by time. This is what Twitter's Finagle and Linkerd call peak-EWMA. An endpoint of which
 * nothing is known is taken for as fast as can be.
 */
class PeakEwmaSelect : public SampledSelect
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    void Answered(Time now, uint32_t id, Time took) override;

  private:
    /// Latency of an endpoint.
    struct Latency
    {
        double seconds{0}; ///< peak or mean
        Time at;           ///< of the last answer
    };

    double Cost(Time now, uint32_t place, uint32_t load) override;
    double Remembered(const Latency& latency, Time now) const;

    Time m_memory;                         ///< in which 1 - 1/e of a peak is forgotten
    std::map<uint32_t, Latency> m_latency; ///< by number of endpoint
};

} // namespace sharding
} // namespace ns3

#endif // ENDPOINT_SELECT_LOAD_H
