// SPDX-License-Identifier: GPL-2.0-only
//
// A sharding policy of your own in one file: small packets go as plain IP, large ones are cut, and
// what bears an expedited DSCP is protected by repair shards. A policy is asked once for each flow.

#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/shard-tunnel-helper.h"

#include <iostream>

using namespace ns3;
using namespace ns3::sharding;

/// Cuts large packets only, and protects expedited ones.
class BySizePolicy : public ShardingPolicy
{
  public:
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("example::BySizePolicy")
                                .SetParent<ShardingPolicy>()
                                .AddConstructor<BySizePolicy>()
                                .AddAttribute("SmallestSharded",
                                              "Smaller packets than this go as plain IP, bytes.",
                                              UintegerValue(1000),
                                              MakeUintegerAccessor(&BySizePolicy::m_smallest),
                                              MakeUintegerChecker<uint32_t>());
        return tid;
    }

    ShardDirective Decide(Time, const ShardFlowView& view) override
    {
        ShardDirective directive; // plain IP
        if (view.size >= m_smallest)
        {
            directive.action = ShardDirective::SHARD;
            directive.shards = 2 * view.paths;
            if (view.dscp == 46)
            {
                directive.code = SHARD_CODE_XOR;
                directive.repair = 1;
            }
        }
        return directive;
    }

  private:
    uint32_t m_smallest; ///< bytes
};

NS_OBJECT_ENSURE_REGISTERED(BySizePolicy);

namespace
{

void
Print(const FlowKey& flow, uint32_t id, const ShardDirective& directive)
{
    std::cout << Simulator::Now().As(Time::MS) << "  flow " << id << " to port "
              << flow.destinationPort << ": ";
    if (directive.action == ShardDirective::FORWARD)
    {
        std::cout << "plain IP\n";
        return;
    }
    std::cout << directive.shards << " data shards, " << +directive.repair << " repair shards\n";
}

void
Send(Ptr<Socket> socket, uint32_t size)
{
    socket->Send(Create<Packet>(size));
}

} // namespace

int
main(int argc, char* argv[])
{
    uint32_t smallest = 1000;
    CommandLine cmd(__FILE__);
    cmd.AddValue("smallest", "smallest packet that is sharded, bytes", smallest);
    cmd.Parse(argc, argv);

    NodeContainer nodes(2);
    InternetStackHelper().Install(nodes);
    ShardTunnelHelper helper;
    helper.SetPolicy("example::BySizePolicy", "SmallestSharded", UintegerValue(smallest));
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
    Ipv4AddressHelper addresses("10.1.0.0", "255.255.255.0");
    for (uint32_t path = 0; path < 2; ++path)
    {
        const Ipv4InterfaceContainer ip = addresses.Assign(link.Install(nodes));
        addresses.NewNetwork();
        helper.AddPath(ip.GetAddress(0), ip.GetAddress(1), ShardPathInfo());
    }
    // The receiver is an address of the far gateway itself.
    const Ipv4Address receiver("10.9.9.9");
    nodes.Get(1)->GetObject<Ipv4>()->AddAddress(
        1,
        Ipv4InterfaceAddress(receiver, Ipv4Mask::GetOnes()));
    Ptr<ShardTunnel> tunnel = helper.Install(nodes.Get(0), nodes.Get(1));
    tunnel->AddRoute(receiver);
    tunnel->transformer->TraceConnectWithoutContext("Decision", MakeCallback(&Print));

    // Three flows, of ten packets each.
    const uint32_t sizes[] = {200, 4000, 4000};
    PacketSinkHelper sinks("ns3::UdpSocketFactory", Address());
    ApplicationContainer apps;
    for (uint16_t flow = 0; flow < 3; ++flow)
    {
        const uint16_t port = 1000 + flow;
        sinks.SetAttribute("Local", AddressValue(InetSocketAddress(Ipv4Address::GetAny(), port)));
        apps.Add(sinks.Install(nodes.Get(1)));
        Ptr<Socket> socket = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
        socket->Bind();
        socket->Connect(InetSocketAddress(receiver, port));
        socket->SetIpTos(flow == 2 ? 46 << 2 : 0);
        for (uint32_t n = 0; n < 10; ++n)
        {
            Simulator::Schedule(MilliSeconds(flow + 100 * n), &Send, socket, sizes[flow]);
        }
    }
    apps.Start(Seconds(0));
    Simulator::Run();
    for (uint16_t flow = 0; flow < 3; ++flow)
    {
        std::cout << "port " << 1000 + flow << ": "
                  << DynamicCast<PacketSink>(apps.Get(flow))->GetTotalRx() << " of "
                  << 10 * sizes[flow] << " bytes received\n";
    }
    std::cout << "shards sent: " << tunnel->nearTransport->GetSent() << "\n";
    Simulator::Destroy();
    return 0;
}
