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
          m_topology(plan, NodeCount(values)),
          m_meter(m_topology.paths),
          m_notebook(ledger),
          m_nodes(values)
    {
        const std::vector<TunnelSite>& sites = m_topology.sites;
        ShardTunnelHelper helper = MakeTunnelHelper(values);
        for (std::size_t path = 0; path < m_topology.paths.size(); ++path)
        {
            helper.AddPath(sites.front().near[path],
                           m_topology.paths[path].far,
                           m_topology.paths[path].info);
        }
        for (const TunnelSite& site : sites)
        {
            Ptr<ShardTunnel> node = m_nodes.All().empty() ? helper.Install(site.node,
                                                                           m_topology.reassembly,
                                                                           site.plainInterface,
                                                                           site.plainGateway)
                                                          : helper.Join(m_nodes.All().front(),
                                                                        site.node,
                                                                        site.near,
                                                                        site.plainInterface,
                                                                        site.plainGateway);
            node->AddRoute(m_topology.receiverAddress);
            m_nodes.Add(node);
        }
        if (m_nodes.Spreader())
        {
            m_port = m_topology.AddSpreader(m_nodes.Spreader());
        }
        m_nodes.Begin();
        if (HasTier(values))
        {
            ShardTierHelper tiers = MakeTierHelper(values);
            const std::vector<TunnelTierSite> lines =
                m_topology.AddTier(DataRate(values.GetRateBps("tier.rate")),
                                   NanoSeconds(values.GetTimeNs("tier.delay")));
            m_plane = tiers.Create();
            for (std::size_t number = 0; number < lines.size(); ++number)
            {
                const TunnelTierSite& line = lines[number];
                tiers.SetPort(static_cast<uint16_t>(ShardTierHelper::DEFAULT_PORT + number));
                tiers.Connect(m_plane,
                              m_nodes.All()[number],
                              line.node,
                              line.atTransformation,
                              line.atTier);
            }
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
        if (m_port)
        {
            m_port->Dispose();
        }
        if (m_plane)
        {
            m_plane->Dispose();
        }
    }

    const TunnelNodes& Nodes() const override
    {
        return m_nodes;
    }

    Ptr<ShardControlPlane> Plane() override
    {
        return m_plane;
    }

    bool IsSent() const override
    {
        // The last datagram may still be on its way to its transformation node.
        return m_source->IsDone() && m_nodes.Taken() == m_ledger.sent;
    }

    TunnelCounts Counts() const override
    {
        return m_meter.Counts();
    }

    const TunnelTcp* Tcp() const override
    {
        return m_tcp ? &*m_tcp : nullptr;
    }

    void SetPartialReceiver(ShardDatagramSink* receiver) override
    {
        m_nodes.First().egress->SetPartialReceiver(receiver);
    }

    void Finish() override
    {
    }

  private:
    TunnelLedger& m_ledger;
    TunnelTopology m_topology;
    TunnelMeter m_meter;
    TunnelNotebook m_notebook;
    TunnelNodes m_nodes;
    Ptr<ShardSpreaderPort> m_port;        ///< null where there is one node
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
