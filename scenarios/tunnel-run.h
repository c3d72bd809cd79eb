// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_RUN_H
#define SHARDSIM_TUNNEL_RUN_H

#include "scenario.h"
#include "tunnel-crypto.h"
#include "tunnel-ends.h"
#include "tunnel-parts.h"
#include "tunnel-tier.h"

#include <chrono>
#include <memory>
#include <optional>

namespace shardsim
{

/** One simulation of the tunnel: built, run to its end, checked, measured. */
class TunnelRun
{
  public:
    TunnelRun(const Values& values, const RunContext& context);

    /// @return the metrics and the raw latencies
    RunResult Execute();

    /// @return what became of the datagrams
    const TunnelLedger& Ledger() const
    {
        return m_ledger;
    }

  private:
    void BlockEnded(const ns3::sharding::ShardBlockEnd& end);
    void Requested(const ns3::sharding::ShardRequest& request);
    ns3::sharding::ShardPreallocatorCounters BuffersCounted() const;
    bool IsSettled() const;
    void Poll();
    void CheckConservation() const;
    void MeasureDatagrams(RunResult& result) const;
    void MeasureQuantiles(RunResult& result) const;
    void MeasureShards(RunResult& result) const;
    void MeasureControl(RunResult& result) const;
    void MeasureBuffers(RunResult& result) const;
    void MeasureCrypto(RunResult& result) const;
    void MeasureRelease(RunResult& result) const;

    const Values& m_values;
    const bool m_keepSamples;
    const bool m_keepTimeline;
    const std::chrono::steady_clock::time_point m_begun; ///< host time
    const TunnelPlan m_plan;
    TunnelLedger m_ledger;
    TunnelParts m_parts; ///< of datagrams
    const std::unique_ptr<TunnelEnds> m_ends;
    const TunnelNodes& m_nodes;             ///< that send
    ns3::sharding::ShardTunnel& m_tunnel;   ///< whose receiving parts are those of all
    std::optional<TunnelCrypto> m_crypto;   ///< where there are cryptographic units
    std::optional<TunnelLoopMeter> m_loop;  ///< where there is a control plane
    std::optional<ns3::Time> m_lastRequest; ///< when the receiver last asked for shards
    ns3::Time m_requestPatience;            ///< longer than a request is on its way
    uint64_t m_blocksEnded{0};              ///< blocks whose reassembly has ended
    int64_t m_blocksOpenNs{0};              ///< sum of the times from their begin to their end
    int64_t m_lastEndNs{0};                 ///< when the last of them ended
    int64_t m_simulatedNs{0};               ///< at the end
};

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_RUN_H
