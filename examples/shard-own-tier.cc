// SPDX-License-Identifier: GPL-2.0-only
//
// A policy of your own in a decisions tier, in one file: as many repair shards as the estimated
// loss asks for, and one more. The tier is asked over a link of its own, hears the receiver's
// reports, and pushes another directive when the network has changed. Half-way the path begins to
// lose 5 %.

#include "ns3/core-module.h"
#include "ns3/shard-tier-helper.h"

#include <cmath>
#include <iostream>

using namespace ns3;
using namespace ns3::sharding;

/// Eight data shards, and repair for three times the mean loss.
class ByLossPolicy : public ShardingPolicy
{
  public:
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("example::ByLossPolicy")
                                .SetParent<ShardingPolicy>()
                                .AddConstructor<ByLossPolicy>();
        return tid;
    }

    ShardDirective Decide(Time, const ShardFlowView& view) override
    {
        ShardDirective directive; // plain IP, as long as nobody has said that he reassembles
        if (view.destination == nullptr || !view.destination->can.reassembles)
        {
            return directive;
        }
        directive.action = ShardDirective::SHARD;
        directive.shards = 8;
        directive.code = SHARD_CODE_REED_SOLOMON;
        directive.repair = static_cast<uint8_t>(1 + std::lround(3 * 8 * view.destination->loss));
        return directive;
    }
};

NS_OBJECT_ENSURE_REGISTERED(ByLossPolicy);

namespace
{

void
Print(Time now, const ShardDecision& decision, const ShardDestination& destination)
{
    std::cout << now.As(Time::MS) << "  estimated loss " << destination.loss << ": "
              << (decision.directive.action == ShardDirective::SHARD
                      ? std::to_string(decision.directive.repair) + " repair shards\n"
                      : std::string("plain packets\n"));
}

void
Send(Ptr<ShardTunnel> tunnel, uint32_t left)
{
    Ptr<Datagram> datagram = Create<Datagram>();
    datagram->size = 9000;
    datagram->headers = 28;
    datagram->entered = Simulator::Now();
    tunnel->transformer->Submit(Simulator::Now(), datagram);
    if (left > 1)
    {
        Simulator::Schedule(MilliSeconds(2), &Send, tunnel, left - 1);
    }
}

} // namespace

int
main(int argc, char* argv[])
{
    uint32_t datagrams = 3000;
    CommandLine cmd(__FILE__);
    cmd.AddValue("datagrams", "datagrams to send, 500 a second", datagrams);
    cmd.Parse(argc, argv);

    ShardPathLinkSettings link;
    link.rate = DataRate("100Mbps");
    link.delay = MilliSeconds(10);
    ShardPathModel out;
    out.AddLink(ShardPathLink(link));
    ShardPathModel back = out;
    Ptr<GilbertElliottErrorModel> loss = CreateObject<GilbertElliottErrorModel>();
    loss->SetAttribute("StepFrom", TimeValue(MilliSeconds(datagrams)));
    loss->SetAttribute("StepUntil", TimeValue(Hours(1)));
    loss->SetAttribute("StepLoss", DoubleValue(0.05));
    loss->AssignStreams(1);
    out.SetLoss(loss);

    ShardTunnelHelper tunnels;
    tunnels.SetReports(MilliSeconds(100));
    ShardPathInfo info;
    info.rate = link.rate;
    info.delay = link.delay;
    tunnels.AddPath(out, back, info);
    Ptr<ShardTunnel> tunnel = tunnels.InstallComputed();

    ShardTierHelper tiers;
    tiers.SetPolicy("example::ByLossPolicy");
    Ptr<ShardControlPlane> plane = tiers.Create();
    tiers.ConnectComputed(plane, tunnel, 0, DataRate("1Gbps"), MilliSeconds(1));
    plane->GetTier()->TraceConnectWithoutContext("Decision", MakeCallback(&Print));

    Simulator::Schedule(Time(0), &Send, tunnel, datagrams);
    Simulator::Run();

    const ShardReassemblyCounters& counters = tunnel->reassembler->GetCounters();
    std::cout << "datagrams whole    " << counters.blocks[SHARD_RELEASED] << " of "
              << tunnel->transformer->GetCounters().sharded << " sharded, " << datagrams
              << " sent\n"
              << "reports taken      " << plane->GetCounters().reports << "\n"
              << "directives pushed  " << plane->GetCounters().pushed << "\n";
    tunnel->Dispose();
    plane->Dispose();
    Simulator::Destroy();
    return 0;
}
