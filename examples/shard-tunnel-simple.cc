// SPDX-License-Identifier: GPL-2.0-only
//
// A tunnel over two paths, wired by ShardTunnelHelper, under an ns-3 application that knows nothing
// of it.
//
//                          /== path 0 ==\                         paths: 10 Mbit/s, 5 and 8 ms
//     sender --- near ----<              >---- far --- receiver
//                          \== path 1 ==/
//
// Try --repair=0 with --loss=0.05.

#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/shard-error-models.h"
#include "ns3/shard-tunnel-helper.h"

#include <iostream>

using namespace ns3;
using namespace ns3::sharding;

int
main(int argc, char* argv[])
{
    uint32_t shards = 6;
    uint32_t repair = 2;
    uint32_t packets = 1000;
    double loss = 0.02;
    CommandLine cmd(__FILE__);
    cmd.AddValue("shards", "data shards of a packet", shards);
    cmd.AddValue("repair", "Reed-Solomon repair shards of a packet", repair);
    cmd.AddValue("packets", "packets to send", packets);
    cmd.AddValue("loss", "share of packets lost on each path", loss);
    cmd.Parse(argc, argv);

    NodeContainer nodes(4); // sender, near, far, receiver
    InternetStackHelper().Install(nodes);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
    link.SetDeviceAttribute("Mtu", UintegerValue(9000));
    const NetDeviceContainer in = link.Install(nodes.Get(0), nodes.Get(1));
    const NetDeviceContainer out = link.Install(nodes.Get(2), nodes.Get(3));
    Ipv4AddressHelper addresses("10.1.0.0", "255.255.255.0");
    addresses.Assign(in);
    addresses.NewNetwork();
    const Ipv4Address receiver = addresses.Assign(out).GetAddress(1);

    // What the tunnel is to be like, and the paths that it has.
    ShardTunnelHelper helper;
    helper.SetPolicy("ns3::sharding::StaticPolicy",
                     "Shards",
                     UintegerValue(shards),
                     "Code",
                     StringValue("rs"),
                     "Repair",
                     UintegerValue(repair));
    helper.SetPlacement("ns3::sharding::RoundRobinPlacement");
    helper.SetRealPayload(true);
    link.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
    link.SetDeviceAttribute("Mtu", UintegerValue(1500));
    for (uint32_t path = 0; path < 2; ++path)
    {
        link.SetChannelAttribute("Delay", TimeValue(MilliSeconds(5 + 3 * path)));
        const NetDeviceContainer ends = link.Install(nodes.Get(1), nodes.Get(2));
        addresses.NewNetwork();
        const Ipv4InterfaceContainer ip = addresses.Assign(ends);
        Ptr<GilbertElliottErrorModel> losses = CreateObject<GilbertElliottErrorModel>();
        losses->SetAttribute("MeanLoss", DoubleValue(loss));
        losses->AssignStreams(path);
        ends.Get(1)->SetAttribute("ReceiveErrorModel", PointerValue(losses));
        helper.AddPath(ip.GetAddress(0), ip.GetAddress(1), ShardPathInfo());
    }
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();

    // Wire it, and let what goes to the receiver go through it.
    Ptr<ShardTunnel> tunnel = helper.Install(nodes.Get(1), nodes.Get(2));
    tunnel->AddRoute(receiver);

    UdpServerHelper server(9);
    ApplicationContainer apps = server.Install(nodes.Get(3));
    UdpClientHelper client(receiver, 9);
    client.SetAttribute("PacketSize", UintegerValue(6000));
    client.SetAttribute("Interval", TimeValue(MilliSeconds(5)));
    client.SetAttribute("MaxPackets", UintegerValue(packets));
    apps.Add(client.Install(nodes.Get(0)));
    apps.Start(Seconds(0));
    Simulator::Stop(MilliSeconds(5 * packets) + Seconds(2));
    Simulator::Run();

    const ShardReassemblyCounters& came = tunnel->reassembler->GetCounters();
    std::cout << "packets sent      " << packets << "\n"
              << "packets received  " << apps.Get(0)->GetObject<UdpServer>()->GetReceived() << "\n"
              << "shards sent       " << tunnel->nearTransport->GetSent() << "\n"
              << "shards received   " << tunnel->farTransport->GetReceived() << "\n"
              << "packets repaired  " << came.recoveredBlocks << "\n"
              << "byte mismatches   " << came.mismatches << "\n";
    Simulator::Destroy();
    return 0;
}
