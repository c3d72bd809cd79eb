// SPDX-License-Identifier: GPL-2.0-only
//
// A tunnel over computed paths, without nodes, IP stack or packets: a hundred thousand datagrams in
// eight shards with two repair shards each, a million in all, in less than a second of host time.
// Two paths of two links, one of which loses 2 % of the shards.

#include "ns3/core-module.h"
#include "ns3/shard-tunnel-helper.h"

#include <iostream>

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// Takes the datagrams that come out.
class Receiver : public ShardDatagramSink
{
  public:
    void Release(Time now, const ShardRelease& release) override
    {
        ++count;
        delay += now - release.origin->entered;
    }

    uint32_t count{0};
    Time delay;
};

/// Hands a datagram to the tunnel, and comes back for the next.
void
Send(Ptr<ShardTunnel> tunnel, uint32_t left)
{
    Ptr<Datagram> datagram = Create<Datagram>();
    datagram->flow.source = 1;
    datagram->size = 9000;
    datagram->headers = 28;
    datagram->entered = Simulator::Now();
    tunnel->transformer->Submit(Simulator::Now(), datagram);
    if (left > 1)
    {
        Simulator::Schedule(MicroSeconds(500), &Send, tunnel, left - 1);
    }
}

/// @return one direction of a path: two links
ShardPathModel
MakeWay(Time delay)
{
    ShardPathLinkSettings link;
    link.rate = DataRate("100Mbps");
    link.delay = delay;
    ShardPathModel way;
    way.AddLink(ShardPathLink(link));
    way.AddLink(ShardPathLink(link));
    return way;
}

} // namespace

int
main(int argc, char* argv[])
{
    uint32_t datagrams = 100000;
    double loss = 0.02;
    CommandLine cmd(__FILE__);
    cmd.AddValue("datagrams", "datagrams to send", datagrams);
    cmd.AddValue("loss", "share of shards that the second path loses", loss);
    cmd.Parse(argc, argv);

    ShardPathModel lossy = MakeWay(MilliSeconds(6));
    Ptr<GilbertElliottErrorModel> model = CreateObject<GilbertElliottErrorModel>();
    model->SetAttribute("MeanLoss", DoubleValue(loss));
    model->AssignStreams(1);
    lossy.SetLoss(model);

    ShardTunnelHelper helper;
    helper.SetPolicy("ns3::sharding::StaticPolicy",
                     "Shards",
                     UintegerValue(8),
                     "Code",
                     StringValue("rs"),
                     "Repair",
                     UintegerValue(2));
    ShardPathInfo info;
    info.rate = DataRate("100Mbps");
    helper.AddPath(MakeWay(MilliSeconds(5)), MakeWay(MilliSeconds(5)), info);
    helper.AddPath(lossy, MakeWay(MilliSeconds(6)), info);
    Ptr<ShardTunnel> tunnel = helper.InstallComputed();
    Receiver receiver;
    tunnel->reassembler->SetReceiver(&receiver);

    Simulator::Schedule(Time(0), &Send, tunnel, datagrams);
    Simulator::Run();

    const ShardReassemblyCounters& counters = tunnel->reassembler->GetCounters();
    std::cout << "datagrams received " << receiver.count << " of " << datagrams << "\n"
              << "mean delay         "
              << (receiver.count == 0 ? 0 : receiver.delay.GetMicroSeconds() / receiver.count)
              << " us\n"
              << "shards received    " << counters.received << " of "
              << tunnel->nearTransport->GetSent() << "\n"
              << "recovered          " << counters.recovered << " data shards\n"
              << "events             " << Simulator::GetEventCount() << "\n";
    tunnel->Dispose();
    Simulator::Destroy();
    return 0;
}
