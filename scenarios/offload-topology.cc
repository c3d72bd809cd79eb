// SPDX-License-Identifier: GPL-2.0-only
#include "offload-topology.h"

#include "offload-discs.h"

#include "ns3/data-rate.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-global-routing-helper.h"
#include "ns3/nstime.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/string.h"
#include "ns3/traffic-control-helper.h"
#include "ns3/uinteger.h"

namespace shardsim
{

using namespace ns3;

namespace
{

/// Packets that a queue other than the bottleneck's takes: more than ever come.
constexpr const char* ROOMY = "1000000p";

/// Of a lane of generation 3, line code taken off: 8 GT/s x 128 / 130, bit/s.
constexpr double LANE = 8e9 * 128 / 130;

/// @return a helper for links of that rate and delay
PointToPointHelper
MakeLink(uint64_t rate, int64_t delayNs)
{
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", DataRateValue(DataRate(rate)));
    link.SetChannelAttribute("Delay", TimeValue(NanoSeconds(delayNs)));
    link.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue(ROOMY));
    return link;
}

} // namespace

OffloadTopology::OffloadTopology(const Values& values,
                                 const std::vector<OffloadFunctionPlan>& plans,
                                 const RunContext& context)
{
    clients.Create(static_cast<uint32_t>(values.GetInt("topology.clients")));
    network = CreateObject<Node>();
    engine = CreateObject<Node>();
    server = CreateObject<Node>();
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(clients);
    stack.Install(NodeContainer(network, engine, server));

    const uint64_t access = values.GetRateBps("topology.access_rate");
    Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
    NetDeviceContainer roomy;
    PointToPointHelper link = MakeLink(access, 1000);
    for (auto client = clients.Begin(); client != clients.End(); ++client)
    {
        const NetDeviceContainer ends = link.Install(*client, network);
        addresses.Assign(ends);
        addresses.NewNetwork();
        roomy.Add(ends);
    }

    link = MakeLink(access, values.GetTimeNs("topology.delay"));
    const NetDeviceContainer neck = link.Install(network, engine);
    engineAddress = addresses.Assign(neck).GetAddress(1);
    addresses.NewNetwork();
    link =
        MakeLink(values.GetRateBps("topology.host_rate"), values.GetTimeNs("topology.host_delay"));
    const NetDeviceContainer host = link.Install(engine, server);
    serverAddress = addresses.Assign(host).GetAddress(1);
    // The disc under test takes the place of the one that the bottleneck has.
    const bool isStorage = values.GetText("topology.bottleneck") == "storage";
    const auto out = DynamicCast<PointToPointNetDevice>(isStorage ? host.Get(1) : neck.Get(1));
    roomy.Add(neck.Get(0));
    roomy.Add(host.Get(0));
    roomy.Add(isStorage ? neck.Get(1) : host.Get(1));
    TrafficControlHelper none;
    none.Uninstall(roomy);
    out->SetDataRate(DataRate(values.GetRateBps("topology.rate")));
    // What waits is to wait in the disc.
    out->GetQueue()->SetMaxSize(QueueSize("1p"));
    disc = InstallOffloadDisc(values, plans, out);
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    if (!context.pcapPrefix.empty())
    {
        link.EnablePcap(context.pcapPrefix + "-engine", neck.Get(1));
        link.EnablePcap(context.pcapPrefix + "-host", host.Get(0));
    }
}

Ptr<sharding::OffloadPcieLink>
MakeOffloadPcieLink(const Values& values)
{
    const int64_t lanes = values.GetInt("topology.pcie_lanes");
    if (lanes == 0)
    {
        return nullptr;
    }
    const auto link = CreateObject<sharding::OffloadPcieLink>();
    const auto rate = static_cast<uint64_t>(LANE * static_cast<double>(lanes));
    link->SetAttribute("Rate", DataRateValue(DataRate(rate)));
    link->SetAttribute("HostLatency",
                       TimeValue(NanoSeconds(values.GetTimeNs("topology.pcie_latency"))));
    link->SetAttribute("Tags", UintegerValue(values.GetInt("topology.pcie_tags")));
    link->SetAttribute("HeaderCredits", UintegerValue(values.GetInt("topology.pcie_credits")));
    return link;
}

} // namespace shardsim
