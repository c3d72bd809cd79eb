// SPDX-License-Identifier: GPL-2.0-only
//
// A placement of your own in one file: data shards on the first path, which is near but loses some;
// repair shards on the others, which are far, so that only who needs them waits for them. Nothing
// of the module changes: a subclass with a TypeId is all, and the tunnel finds it by its name.

#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/shard-error-models.h"
#include "ns3/shard-tunnel-helper.h"

#include <algorithm>
#include <iomanip>
#include <iostream>

using namespace ns3;
using namespace ns3::sharding;

/// Repair apart from data.
class RepairApartPlacement : public ShardPlacement
{
  public:
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("example::RepairApartPlacement")
                                .SetParent<ShardPlacement>()
                                .AddConstructor<RepairApartPlacement>();
        return tid;
    }

    uint16_t Choose(Time, const Shard& shard, uint32_t) override
    {
        if (!shard.IsRepair() || m_paths.size() == 1)
        {
            return 0;
        }
        const auto others = static_cast<uint32_t>(m_paths.size() - 1);
        return static_cast<uint16_t>(1 + shard.fields.index % others);
    }
};

NS_OBJECT_ENSURE_REGISTERED(RepairApartPlacement);

namespace
{

/// Sums up the delays of what comes out of the tunnel.
struct Meter
{
    void Released(Time now, const ShardRelease& release)
    {
        delay += now - release.origin->entered;
        ++count;
    }

    Time delay;
    uint32_t count{0};
};

/// Send 2,000 packets when path 0 loses 5 % in bursts of 2, and print what becomes of them.
void
Run(const std::string& placement)
{
    NodeContainer nodes(2);
    InternetStackHelper().Install(nodes);
    ShardTunnelHelper helper;
    helper.SetPolicy("ns3::sharding::StaticPolicy",
                     "Shards",
                     UintegerValue(4),
                     "Code",
                     StringValue("rs"),
                     "Repair",
                     UintegerValue(2));
    helper.SetPlacement(placement);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("20Mbps"));
    Ipv4AddressHelper addresses("10.1.0.0", "255.255.255.0");
    for (uint32_t path = 0; path < 2; ++path)
    {
        link.SetChannelAttribute("Delay", TimeValue(MilliSeconds(path == 0 ? 5 : 25)));
        const NetDeviceContainer ends = link.Install(nodes);
        const Ipv4InterfaceContainer ip = addresses.Assign(ends);
        addresses.NewNetwork();
        helper.AddPath(ip.GetAddress(0), ip.GetAddress(1), ShardPathInfo());
        if (path == 0)
        {
            Ptr<GilbertElliottErrorModel> losses = CreateObject<GilbertElliottErrorModel>();
            losses->SetAttribute("MeanLoss", DoubleValue(0.05));
            losses->SetAttribute("MeanBurst", DoubleValue(2));
            losses->AssignStreams(1);
            ends.Get(1)->SetAttribute("ReceiveErrorModel", PointerValue(losses));
        }
    }
    // The receiver is an address of the far gateway itself.
    const Ipv4Address receiver("10.9.9.9");
    nodes.Get(1)->GetObject<Ipv4>()->AddAddress(
        1,
        Ipv4InterfaceAddress(receiver, Ipv4Mask::GetOnes()));
    Ptr<ShardTunnel> tunnel = helper.Install(nodes.Get(0), nodes.Get(1));
    tunnel->AddRoute(receiver);
    Meter meter;
    tunnel->egress->TraceConnectWithoutContext("Release", MakeCallback(&Meter::Released, &meter));

    const uint32_t packets = 2000;
    UdpServerHelper server(9);
    ApplicationContainer apps = server.Install(nodes.Get(1));
    UdpClientHelper client(receiver, 9);
    client.SetAttribute("PacketSize", UintegerValue(4000));
    client.SetAttribute("Interval", TimeValue(MilliSeconds(5)));
    client.SetAttribute("MaxPackets", UintegerValue(packets));
    apps.Add(client.Install(nodes.Get(0)));
    apps.Start(Seconds(0));
    Simulator::Stop(Seconds(12));
    Simulator::Run();
    Simulator::Destroy();
    std::cout << std::setw(36) << std::left << placement << std::setw(10) << meter.count
              << meter.delay.GetSeconds() * 1000 / std::max(meter.count, 1U) << " ms\n";
}

} // namespace

int
main(int argc, char* argv[])
{
    CommandLine cmd(__FILE__);
    cmd.Parse(argc, argv);
    std::cout << "4 data and 2 repair shards a packet, 2,000 packets\n"
              << "placement                           delivered mean delay\n"
              << std::fixed << std::setprecision(2);
    Run("ns3::sharding::SinglePlacement");
    Run("ns3::sharding::RoundRobinPlacement");
    Run("example::RepairApartPlacement");
    return 0;
}
