// SPDX-License-Identifier: GPL-2.0-only
//
// A bottleneck router that knows shards: ShardQueueDisc, installed as any queue disc, against an
// ordinary FIFO of the same size. The tunnel ends behind the router; it does not know which it is.
//
//     near --- 100 Mbit/s --- router --- 10 Mbit/s --- far
//
// 8 Mbit/s of shards are offered, and 6 Mbit/s of other traffic half of the time. When the queue is
// full a FIFO drops whatever comes last, and a few shards here and there cost many packets.
// ShardQueueDisc drops repair shards first, and then what can no longer be completed.

#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/shard-tunnel-helper.h"
#include "ns3/traffic-control-module.h"

#include <iostream>

using namespace ns3;
using namespace ns3::sharding;

namespace
{

void
Run(const std::string& queueDisc)
{
    NodeContainer nodes(3); // near, router, far
    InternetStackHelper().Install(nodes);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
    const NetDeviceContainer in = link.Install(nodes.Get(0), nodes.Get(1));
    link.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
    link.SetChannelAttribute("Delay", StringValue("10ms"));
    // What waits in the device is out of the queue disc's reach: keep it short.
    link.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize", StringValue("1p"));
    const NetDeviceContainer out = link.Install(nodes.Get(1), nodes.Get(2));

    TrafficControlHelper control;
    control.SetRootQueueDisc(queueDisc, "MaxSize", StringValue("100p"));
    Ptr<QueueDisc> queue = control.Install(out.Get(0)).Get(0);

    Ipv4AddressHelper addresses("10.1.0.0", "255.255.255.0");
    const Ipv4Address near = addresses.Assign(in).GetAddress(0);
    addresses.NewNetwork();
    const Ipv4Address far = addresses.Assign(out).GetAddress(1);
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();

    ShardTunnelHelper helper;
    helper.SetPolicy("ns3::sharding::StaticPolicy",
                     "Shards",
                     UintegerValue(8),
                     "Code",
                     StringValue("rs"),
                     "Repair",
                     UintegerValue(2));
    helper.SetBufferAttribute("PacingRate", StringValue("8Mbps"));
    helper.AddPath(near, far, ShardPathInfo());
    Ptr<ShardTunnel> tunnel = helper.Install(nodes.Get(0), nodes.Get(2));
    const Ipv4Address receiver("10.9.9.9"); // of the far gateway itself
    nodes.Get(2)->GetObject<Ipv4>()->AddAddress(
        1,
        Ipv4InterfaceAddress(receiver, Ipv4Mask::GetOnes()));
    tunnel->AddRoute(receiver);

    const uint32_t packets = 1500;
    UdpServerHelper server(9);
    ApplicationContainer apps = server.Install(nodes.Get(2));
    UdpClientHelper client(receiver, 9);
    client.SetAttribute("PacketSize", UintegerValue(9000));
    client.SetAttribute("Interval", TimeValue(MilliSeconds(12)));
    client.SetAttribute("MaxPackets", UintegerValue(packets));
    apps.Add(client.Install(nodes.Get(0)));
    OnOffHelper others("ns3::UdpSocketFactory", InetSocketAddress(far, 10));
    others.SetAttribute("OnTime", StringValue("ns3::ConstantRandomVariable[Constant=0.5]"));
    others.SetAttribute("OffTime", StringValue("ns3::ConstantRandomVariable[Constant=0.5]"));
    others.SetAttribute("DataRate", StringValue("6Mbps"));
    others.SetAttribute("PacketSize", UintegerValue(1000));
    apps.Add(others.Install(nodes.Get(0)));
    apps.Start(Seconds(0));
    Simulator::Stop(Seconds(20));
    Simulator::Run();

    std::cout << queueDisc << "\n  packets delivered "
              << apps.Get(0)->GetObject<UdpServer>()->GetReceived() << " of " << packets
              << "\n  dropped in queue  " << queue->GetStats().nTotalDroppedPackets << "\n";
    for (const auto* reasons : {&queue->GetStats().nDroppedPacketsBeforeEnqueue,
                                &queue->GetStats().nDroppedPacketsAfterDequeue})
    {
        for (const auto& [reason, count] : *reasons)
        {
            std::cout << "    " << count << "  " << reason << "\n";
        }
    }
    Simulator::Destroy();
}

} // namespace

int
main(int argc, char* argv[])
{
    CommandLine cmd(__FILE__);
    cmd.Parse(argc, argv);
    Run("ns3::FifoQueueDisc");
    Run("ns3::sharding::ShardQueueDisc");
    return 0;
}
