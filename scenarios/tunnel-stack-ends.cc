// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-ends.h"
#include "tunnel-hosts.h"
#include "tunnel-meter.h"
#include "tunnel-tcp.h"
#include "tunnel-tier.h"
#include "tunnel-topology.h"

#include "ns3/simulator.h"

#include <optional>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/** On the full ns-3 stack: UDP or TCP hosts, and a node for every router. */
class StackEnds : public TunnelEnds
{
  public:
    StackEnds(const Values& values,
              const RunContext& context,
              const TunnelPlan& plan,
              TunnelLedger& ledger)
        : m_ledger(ledger),
          m_topology(plan),
          m_meter(m_topology.paths),
          m_notebook(ledger)
    {
        ShardTunnelHelper helper = MakeTunnelHelper(values);
        for (const TunnelPath& path : m_topology.paths)
        {
            helper.AddPath(path.near, path.far, path.info);
        }
        m_tunnel = helper.Install(m_topology.transformation,
                                  m_topology.reassembly,
                                  m_topology.plainInterface,
                                  m_topology.plainGateway);
        m_tunnel->AddRoute(m_topology.receiverAddress);
        if (HasTier(values))
        {
            const ShardTierHelper tiers = MakeTierHelper(values);
            const TunnelTierSite site =
                m_topology.AddTier(DataRate(values.GetRateBps("tier.rate")),
                                   NanoSeconds(values.GetTimeNs("tier.delay")));
            m_plane = tiers.Create();
            tiers.Connect(m_plane, m_tunnel, site.node, site.atTransformation, site.atTier);
        }
        if (values.GetText("traffic.kind") == "tcp")
        {
            m_tcp.emplace(values,
                          m_topology.sender,
                          m_topology.receiver,
                          m_topology.receiverAddress);
        }
        else
        {
            const bool real = values.GetText("payload") == "real";
            m_source.emplace(TunnelSchedule(values, context.progress),
                             m_notebook,
                             m_topology.sender,
                             m_topology.senderAddress,
                             m_topology.receiverAddress,
                             real);
            const auto port = static_cast<uint16_t>(
                values.Has("rewrite.port") ? values.GetInt("rewrite.port") : TunnelSchedule::PORT);
            m_sink.emplace(m_notebook, m_topology.receiver, port, false, real);
            if (values.Has("rewrite.replica_port"))
            {
                m_replicas.emplace(m_notebook,
                                   m_topology.receiver,
                                   static_cast<uint16_t>(values.GetInt("rewrite.replica_port")),
                                   true,
                                   real);
            }
            Simulator::Schedule(Time(0), &TunnelSource::Start, &*m_source);
        }
        if (!context.pcapPrefix.empty())
        {
            m_topology.EnablePcap(context.pcapPrefix);
        }
    }

    ~StackEnds() override
    {
        if (m_plane)
        {
            m_plane->Dispose();
        }
    }

    ShardTunnel& Tunnel() override
    {
        return *m_tunnel;
    }

    Ptr<ShardControlPlane> Plane() override
    {
        return m_plane;
    }

    bool IsSent() const override
    {
        // The last datagram may still be on its way to the transformation node.
        return m_source->IsDone() &&
               m_tunnel->transformer->GetCounters().datagrams == m_ledger.sent;
    }

    TunnelCounts Counts() const override
    {
        return m_meter.Counts();
    }

    const TunnelTcp* Tcp() const override
    {
        return m_tcp ? &*m_tcp : nullptr;
    }

    void Finish() override
    {
    }

  private:
    TunnelLedger& m_ledger;
    TunnelTopology m_topology;
    TunnelMeter m_meter;
    TunnelNotebook m_notebook;
    Ptr<ShardTunnel> m_tunnel;
    Ptr<ShardControlPlane> m_plane;       ///< null where there is none
    std::optional<TunnelTcp> m_tcp;       ///< with tcp
    std::optional<TunnelSource> m_source; ///< without tcp
    std::optional<TunnelSink> m_sink;     ///< without tcp
    std::optional<TunnelSink> m_replicas; ///< where copies are made on the way
};

} // namespace

std::unique_ptr<TunnelEnds>
MakeStackEnds(const Values& values,
              const RunContext& context,
              const TunnelPlan& plan,
              TunnelLedger& ledger)
{
    return std::make_unique<StackEnds>(values, context, plan, ledger);
}

} // namespace shardsim
