// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_ENDPOINTS_NETWORK_H
#define SHARDSIM_ENDPOINTS_NETWORK_H

#include "analysis/sample-set.h"
#include "endpoints-faults.h"
#include "endpoints-timeline.h"
#include "endpoints-topology.h"
#include "endpoints-workload.h"
#include "scenario.h"

#include "ns3/endpoint-clients.h"
#include "ns3/endpoint-hub.h"
#include "ns3/endpoint-instance.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace shardsim
{

/**
 * Endpoints on a network: hub, endpoints and clients are applications, and all that they know of
 * each other comes in packets. The first request is sent when the pool that the run begins with is
 * warm.
 */
class EndpointsNetwork
{
  public:
    EndpointsNetwork(const Values& values, const RunContext& context);

    /// @return the metrics and the raw latencies
    RunResult Execute();

  private:
    /// Sums over all endpoints, at one moment.
    struct Totals
    {
        ns3::sharding::EndpointCounts counts; ///< of all
        uint64_t held{0};                     ///< requests at them
        std::vector<uint64_t> served;         ///< requests by each
    };

    void MakeHub();
    void MakeEndpoints();
    void MakeClients();
    void Arrive();
    void Answered(uint64_t client, ns3::Time took, bool isDone, uint32_t endpoint);
    void Connected(uint64_t client, ns3::Time took, uint32_t endpoint);
    void Look();
    void Enough();
    Totals Sum() const;
    void CheckConservation(const Totals& totals) const;
    void Measure(RunResult& result) const;
    void MeasureClients(RunResult& result) const;
    void MeasurePool(RunResult& result, const Totals& totals) const;
    void MeasureTokens(RunResult& result, const Totals& totals) const;

    const Values& m_values;
    const RunContext& m_context;
    const std::chrono::steady_clock::time_point m_begun; ///< host time
    const uint64_t m_count;                              ///< requests in all
    const uint64_t m_warmup;                             ///< of these, not measured
    EndpointsWorkload m_workload;
    EndpointsTopology m_topology;
    ns3::sharding::EndpointSecrets m_secrets; ///< of this run
    ns3::Time m_start;                        ///< when the first request may be sent
    ns3::Ptr<ns3::sharding::EndpointHub> m_hub;
    std::vector<ns3::Ptr<ns3::sharding::EndpointInstance>> m_endpoints; ///< by number
    std::vector<ns3::Ptr<ns3::sharding::EndpointClients>> m_clients;    ///< by region
    uint32_t m_perRegion{1};                                            ///< clients
    EndpointsRequest m_next;                                            ///< that is sent next
    uint64_t m_given{0};                                                ///< requests sent
    uint64_t m_over{0};                          ///< of these, answered or given up
    ns3::Time m_measureFrom;                     ///< when the first measured request was sent
    ns3::Time m_lastSent;                        ///< when the last one was
    Totals m_atBegin;                            ///< when the first measured request was sent
    Totals m_atEnd;                              ///< when the last one was
    uint64_t m_measured{0};                      ///< requests
    uint64_t m_answered{0};                      ///< of these
    uint64_t m_inTime{0};                        ///< of these
    double m_workAsked{0};                       ///< of measured requests, seconds at speed 1
    SampleSet m_latencies;                       ///< of measured requests, ns
    SampleSet m_connects;                        ///< of channels begun after the warm-up, ns
    std::optional<EndpointsFaults> m_faults;     ///< once there are endpoints
    std::optional<EndpointsTimeline> m_timeline; ///< where it is wanted
};

} // namespace shardsim

#endif // SHARDSIM_ENDPOINTS_NETWORK_H
