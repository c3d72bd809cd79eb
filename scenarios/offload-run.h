// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_OFFLOAD_RUN_H
#define SHARDSIM_OFFLOAD_RUN_H

#include "analysis/sample-set.h"
#include "offload-engine.h"
#include "offload-load.h"
#include "offload-timeline.h"
#include "offload-topology.h"

#include "ns3/offload-pcie-link.h"
#include "ns3/offload-storage.h"
#include "ns3/offload-workload-client.h"
#include "ns3/offload-workload-proxy.h"

#include <chrono>
#include <optional>

namespace shardsim
{

/** One simulation of `offload`: built, run to its end, checked, measured. */
class OffloadRun
{
  public:
    OffloadRun(const Values& values, const RunContext& context);

    /// @return the metrics and the raw latencies
    RunResult Execute();

  private:
    /// One function.
    struct Function
    {
        ns3::Ptr<ns3::sharding::OffloadClient> client; ///< that asks
        std::size_t next{0};                           ///< request of its plan
        int64_t latencyNs{0};                          ///< sum of those answered
        uint64_t bytes{0};                             ///< of those answered
    };

    void Plan(uint32_t function);
    void Issue(uint32_t function);
    void Ended(const ns3::sharding::OffloadIoOutcome& outcome);
    void Held(uint32_t before, uint32_t now);
    void Forecast(uint32_t function,
                  const ns3::sharding::OffloadTraffic& expected,
                  const ns3::sharding::OffloadTraffic& seen);
    void Alerted(const ns3::sharding::OffloadAlert& alert);
    bool IsSettled() const;
    void Poll();
    void CheckConservation() const;
    ns3::sharding::OffloadClient::Counters Sum() const;
    std::optional<double> LatencyNs(uint64_t of, double quantile) const;
    double FloorNs(double quantile) const;
    void Measure(RunResult& result) const;
    void MeasureLatency(RunResult& result) const;
    void MeasureEngine(RunResult& result) const;
    void MeasurePrefetches(RunResult& result) const;

    const Values& m_values;
    const RunContext& m_context;
    const std::chrono::steady_clock::time_point m_begun; ///< host time
    const std::vector<OffloadFunctionPlan> m_plans;
    OffloadTopology m_topology;
    ns3::Ptr<ns3::sharding::OffloadProxy> m_proxy;
    ns3::Ptr<ns3::sharding::OffloadStorage> m_storage;
    ns3::Ptr<ns3::sharding::OffloadPcieLink> m_pcie; ///< of the storage, where it has one
    ns3::Ptr<ns3::sharding::OffloadQueueDisc> m_own; ///< the disc, if it is the engine's own
    ns3::Ptr<ns3::sharding::OffloadWatch> m_watch;   ///< with a detector
    std::vector<Function> m_functions;
    SampleSet m_all;                           ///< latencies of answered requests, ns
    SampleSet m_small;                         ///< of these, of small functions
    SampleSet m_bulk;                          ///< of these, of bulk functions
    uint64_t m_doneBytes{0};                   ///< of answered requests
    int64_t m_lastNs{0};                       ///< when the last of them was answered
    uint64_t m_falseAlerts{0};                 ///< not of the fault
    std::optional<int64_t> m_firstAlertNs;     ///< of the fault
    std::optional<OffloadTimeline> m_timeline; ///< where it is wanted, of the engine's own disc
    uint32_t m_peakBytes{0};                   ///< of the disc
    int64_t m_simulatedNs{0};                  ///< at the end
};

} // namespace shardsim

#endif // SHARDSIM_OFFLOAD_RUN_H
