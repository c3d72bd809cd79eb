// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_RUN_H
#define SHARDSIM_TUNNEL_RUN_H

#include "scenario.h"
#include "tunnel-meter.h"
#include "tunnel-parameters.h"
#include "tunnel-topology.h"
#include "tunnel-traffic.h"

#include "ns3/application-container.h"
#include "ns3/shard-tunnel-helper.h"

#include <chrono>
#include <memory>

namespace shardsim
{

/** One simulation of the tunnel: built, run to its end, checked, measured. */
class TunnelRun
{
  public:
    TunnelRun(const Values& values, const RunContext& context);

    /// @return the metrics and the raw latencies
    RunResult Execute();

  private:
    void InstallTunnel();
    void InstallTraffic();
    void InstallTcp();
    void BlockEnded(const ns3::sharding::ShardBlockEnd& end);
    bool IsSettled() const;
    void Poll();
    void CheckConservation() const;
    void MeasureDatagrams(RunResult& result) const;
    void MeasureShards(RunResult& result) const;
    void TcpReceived(ns3::Ptr<const ns3::Packet> packet, const ns3::Address& from);

    const Values& m_values;
    const RunContext& m_context;
    const std::chrono::steady_clock::time_point m_begun; ///< host time
    TunnelTopology m_topology;
    TunnelLedger m_ledger;
    ns3::Ptr<ns3::sharding::ShardTunnel> m_tunnel;
    std::unique_ptr<TunnelSource> m_source; ///< null with tcp
    std::unique_ptr<TunnelSink> m_sink;     ///< null with tcp
    std::unique_ptr<TunnelMeter> m_meter;
    uint64_t m_tcpTotal{0};    ///< bytes to transfer; 0 without tcp
    uint64_t m_tcpReceived{0}; ///< bytes received
    int64_t m_tcpLastNs{0};    ///< when the last of them came
    uint64_t m_blocksEnded{0}; ///< blocks whose reassembly has ended
    int64_t m_blocksOpenNs{0}; ///< sum of the times from their begin to their end
    int64_t m_simulatedNs{0};  ///< at the end
};

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_RUN_H
