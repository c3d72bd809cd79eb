// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_ENDPOINTS_IDEAL_H
#define SHARDSIM_ENDPOINTS_IDEAL_H

#include "endpoints-calendar.h"
#include "endpoints-meter.h"
#include "endpoints-workload.h"

#include "ns3/endpoint-select.h"
#include "ns3/endpoint-server.h"
#include "ns3/shard-pool.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace shardsim
{

/**
 * Endpoints without a network (network.ideal): requests are at their endpoint at once, and answers
 * with their client. It has an event loop of its own, because only departures and the next arrival
 * are to be sorted: at the same nanosecond changes of pool and endpoints are first, departures
 * next, in the order of the endpoints, and the arrival last.
 */
class EndpointsIdeal
{
  public:
    EndpointsIdeal(const Values& values, const RunContext& context);

    /// @return the metrics and the raw latencies
    RunResult Execute();

  private:
    /// A place where requests are served.
    struct Endpoint
    {
        std::unique_ptr<ns3::sharding::EndpointServer> server; ///< its processor
        ns3::sharding::EndpointInfo info;                      ///< what is known of it
        bool isFaulty{false};                                  ///< slow, or down
        bool isDown{false};                                    ///< refuses everything
    };

    /// Who selects, for some of the clients.
    struct Chooser
    {
        ns3::Ptr<ns3::sharding::EndpointSelect> select; ///< its policy
        std::vector<uint32_t> open; ///< its requests that are not answered, by endpoint
        std::vector<uint32_t> seen; ///< the same by place in the pool
    };

    /// A request that is at an endpoint.
    struct Request
    {
        ns3::Time sent;         ///< when
        uint32_t client{0};     ///< whose
        uint32_t chooser{0};    ///< who selected
        bool isMeasured{false}; ///< sent after the warm-up
    };

    void PlanChanges();
    void SetPool();
    void BeginFault();
    void Detect();
    void EndFault();
    void Arrive();
    void Depart();
    void Count(uint32_t chooser, uint32_t number, int change);
    void Update(uint32_t number);
    bool Step();

    const Values& m_values;
    const bool m_keepSamples;
    const std::function<void(double)> m_progress;
    const std::chrono::steady_clock::time_point m_begun; ///< host time
    const uint64_t m_count;                              ///< requests in all
    const uint64_t m_warmup;                             ///< of these, not measured
    EndpointsWorkload m_workload;
    EndpointsMeter m_meter;
    std::vector<Endpoint> m_endpoints;               ///< all, by number
    std::vector<bool> m_isIn;                        ///< whether each is in the pool, by number
    std::vector<ns3::sharding::EndpointInfo> m_pool; ///< those that are
    std::vector<uint32_t> m_placeOf;                 ///< of each in the pool, by number
    std::vector<uint32_t> m_present;                 ///< requests at each, by place in the pool
    std::vector<Chooser> m_choosers;
    EndpointsCalendar m_departures; ///< of endpoints
    /// What befalls endpoints and pool, in the order of time, then of planning.
    std::multimap<ns3::Time, std::function<void()>> m_changes;
    ns3::sharding::ShardPool<Request> m_requests; ///< that are at endpoints
    EndpointsRequest m_next;                      ///< that is sent next
    uint64_t m_given{0};                          ///< requests sent
    uint64_t m_events{0};                         ///< arrivals, departures and changes
    ns3::Time m_now;                              ///< of the last event
};

} // namespace shardsim

#endif // SHARDSIM_ENDPOINTS_IDEAL_H
