// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_ENDPOINTS_WORKLOAD_H
#define SHARDSIM_ENDPOINTS_WORKLOAD_H

#include "endpoints-rate.h"
#include "parameter.h"

#include "ns3/endpoint-service.h"
#include "ns3/nstime.h"
#include "ns3/random-variable-stream.h"

#include <cstdint>
#include <vector>

namespace shardsim
{

/** A request before anybody has seen it. */
struct EndpointsRequest
{
    ns3::Time at;       ///< when it is sent
    ns3::Time work;     ///< time that it takes alone at speed 1
    uint32_t client{0}; ///< who sends it, from 0 on
};

/**
 * Who asks for what and when, one request after the other. Nothing in it depends on what becomes of
 * the requests.
 */
class EndpointsWorkload
{
  public:
    /// @param values the scenario's parameters
    explicit EndpointsWorkload(const Values& values);

    /// @return the next request
    EndpointsRequest Next();

    /// @return how the rate of requests goes
    const EndpointsRate& GetRate() const
    {
        return m_shape;
    }

  private:
    ns3::Time NextArrival();
    uint32_t NextClient();

    double m_rate;         ///< requests in a second, in the mean, or outside of the crowd
    EndpointsRate m_shape; ///< how it goes
    double m_expected{0};  ///< arrivals expected up to the last one, by the rate, seconds
    uint32_t m_clients;    ///< how many there are
    std::vector<double> m_clientUpTo; ///< what clients up to each send; empty: all as much

    ns3::Ptr<ns3::UniformRandomVariable> m_arrivalDraw; ///< for times
    ns3::Ptr<ns3::UniformRandomVariable> m_clientDraw;  ///< for clients
    ns3::sharding::EndpointService m_service;           ///< for work
};

} // namespace shardsim

#endif // SHARDSIM_ENDPOINTS_WORKLOAD_H
