// SPDX-License-Identifier: GPL-2.0-only
//
// A release policy of your own in one file: a fixed time to wait for each missing shard, by the
// place of the shard in its datagram, because on this link shards come one after the other. It is
// compared with waiting until the timeout and with the module's prediction. Nothing of the module
// changes: a subclass with a TypeId is all, and the tunnel finds it by its name.

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

/// Gives a datagram up some time after its first missing shard was due.
class PacedRelease : public ShardReleasePolicy
{
  public:
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("example::PacedRelease")
                                .SetParent<ShardReleasePolicy>()
                                .AddConstructor<PacedRelease>()
                                .AddAttribute("Pace",
                                              "Time between two shards.",
                                              TimeValue(MicroSeconds(500)),
                                              MakeTimeAccessor(&PacedRelease::m_pace),
                                              MakeTimeChecker());
        return tid;
    }

    ShardReleaseAnswer Decide(Time now, const ShardReleaseState& state) override
    {
        ShardReleaseAnswer answer;
        const uint32_t first = state.missing.Next(0);
        answer.again = state.opened + (first + 4) * m_pace;
        if (now >= answer.again)
        {
            answer.again = Time::Max();
            answer.action = state.behind > 0 ? SHARD_GIVE_UP : SHARD_WAIT;
        }
        return answer;
    }

  private:
    Time m_pace;
};

NS_OBJECT_ENSURE_REGISTERED(PacedRelease);

namespace
{

/// Sums up the delays of what comes out of the tunnel.
struct Meter
{
    void Released(Time now, const ShardRelease& release)
    {
        delays.push_back((now - release.origin->entered).GetSeconds() * 1000);
    }

    std::vector<double> delays;
};

/// Send 5,000 packets in order over a link that loses 1 %, and print what becomes of them.
void
Run(const std::string& name, const std::string& policy)
{
    NodeContainer nodes(2);
    InternetStackHelper().Install(nodes);
    ShardTunnelHelper helper;
    helper.SetPolicy("ns3::sharding::StaticPolicy", "Shards", UintegerValue(4));
    helper.SetReassemblyAttribute("Order", StringValue("InOrder"));
    helper.SetReassemblyAttribute("Timeout", TimeValue(MilliSeconds(100)));
    helper.SetReleasePolicy(policy);
    helper.SetArrivalPredictor("ns3::sharding::QuantileArrivalPredictor");
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("20Mbps"));
    link.SetChannelAttribute("Delay", TimeValue(MilliSeconds(5)));
    const NetDeviceContainer ends = link.Install(nodes);
    Ipv4AddressHelper addresses("10.1.0.0", "255.255.255.0");
    const Ipv4InterfaceContainer ip = addresses.Assign(ends);
    helper.AddPath(ip.GetAddress(0), ip.GetAddress(1), ShardPathInfo());
    Ptr<GilbertElliottErrorModel> losses = CreateObject<GilbertElliottErrorModel>();
    losses->SetAttribute("MeanLoss", DoubleValue(0.01));
    losses->AssignStreams(1);
    ends.Get(1)->SetAttribute("ReceiveErrorModel", PointerValue(losses));
    // The receiver is an address of the far gateway itself.
    const Ipv4Address receiver("10.9.9.9");
    nodes.Get(1)->GetObject<Ipv4>()->AddAddress(
        1,
        Ipv4InterfaceAddress(receiver, Ipv4Mask::GetOnes()));
    Ptr<ShardTunnel> tunnel = helper.Install(nodes.Get(0), nodes.Get(1));
    tunnel->predictor->AssignStreams(2);
    tunnel->AddRoute(receiver);
    Meter meter;
    tunnel->egress->TraceConnectWithoutContext("Release", MakeCallback(&Meter::Released, &meter));

    UdpServerHelper server(9);
    ApplicationContainer apps = server.Install(nodes.Get(1));
    UdpClientHelper client(receiver, 9);
    client.SetAttribute("PacketSize", UintegerValue(4000));
    client.SetAttribute("Interval", TimeValue(MilliSeconds(4)));
    client.SetAttribute("MaxPackets", UintegerValue(5000));
    apps.Add(client.Install(nodes.Get(0)));
    apps.Start(Seconds(0));
    Simulator::Stop(Seconds(25));
    Simulator::Run();
    const uint64_t wrong = tunnel->reassembler->GetHindsight().EarlyWrong();
    Simulator::Destroy();
    std::sort(meter.delays.begin(), meter.delays.end());
    std::cout << std::setw(12) << std::left << name << std::setw(10) << meter.delays.size()
              << std::setw(10) << meter.delays[meter.delays.size() * 95 / 100] << wrong << "\n";
}

} // namespace

int
main(int argc, char* argv[])
{
    CommandLine cmd(__FILE__);
    cmd.Parse(argc, argv);
    std::cout << "4 shards a packet, in order, 5,000 packets\n"
              << "policy      delivered p95, ms   given up in error\n"
              << std::fixed << std::setprecision(2);
    Run("complete", "ns3::sharding::CompleteRelease");
    Run("predictive", "ns3::sharding::PredictiveRelease");
    Run("paced", "example::PacedRelease");
    return 0;
}
