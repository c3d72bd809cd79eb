// SPDX-License-Identifier: GPL-2.0-only
//
// The offload engine's queue disc on a router of your own: eight clients write to a storage server
// in bursts, through a router whose line to the server is the bottleneck. The three lines that
// matter are in Install(): the disc is installed like any of ns-3's. Each port of the server is an
// I/O function; what the disc knows of them it learns from its own circular logs.
//
// Prints how long packets wait at the router, with ns-3's FIFO and FqCoDel for comparison, and what
// the disc's forecast and memory plan came to.

#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/offload-queue-disc.h"
#include "ns3/point-to-point-module.h"
#include "ns3/traffic-control-module.h"

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <vector>

using namespace ns3;
using namespace ns3::sharding;

namespace
{

constexpr uint16_t PORT = 9000;
constexpr uint32_t CLIENTS = 8;

/// Puts a disc with 500 kB of memory on a device.
Ptr<QueueDisc>
Install(const std::string& name, Ptr<NetDevice> device)
{
    TrafficControlHelper tc;
    if (name == "offload")
    {
        const auto classifier =
            CreateObjectWithAttributes<PortClassifier>("FirstPort", UintegerValue(PORT));
        tc.SetRootQueueDisc("ns3::sharding::OffloadQueueDisc",
                            "MaxSize",
                            StringValue("500KB"),
                            "Functions",
                            UintegerValue(CLIENTS),
                            "Classifier",
                            PointerValue(classifier));
    }
    else
    {
        const bool isFifo = name == "fifo";
        tc.SetRootQueueDisc(isFifo ? "ns3::FifoQueueDisc" : "ns3::FqCoDelQueueDisc",
                            "MaxSize",
                            StringValue(isFifo ? "500KB" : "500p"));
    }
    return tc.Install(device).Get(0);
}

/// How long packets waited.
struct Waits
{
    void Add(Time wait)
    {
        all.push_back(wait);
    }

    double Milliseconds(double quantile)
    {
        std::sort(all.begin(), all.end());
        return all.empty() ? 0 : all[std::size_t(quantile * (all.size() - 1))].GetSeconds() * 1000;
    }

    std::vector<Time> all;
};

void
Run(const std::string& name)
{
    NodeContainer clients(CLIENTS);
    NodeContainer router(1);
    NodeContainer server(1);
    InternetStackHelper stack;
    for (const auto& nodes : {clients, router, server})
    {
        stack.Install(nodes);
    }
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
    Ipv4AddressHelper addresses("10.1.0.0", "255.255.255.0");
    for (uint32_t i = 0; i < CLIENTS; ++i)
    {
        addresses.Assign(link.Install(clients.Get(i), router.Get(0)));
        addresses.NewNetwork();
    }
    link.SetDeviceAttribute("DataRate", StringValue("50Mbps"));
    link.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue("2p"));
    const NetDeviceContainer bottleneck = link.Install(router.Get(0), server.Get(0));
    Ptr<QueueDisc> disc = Install(name, bottleneck.Get(0));
    const Ipv4Address address = addresses.Assign(bottleneck).GetAddress(1);
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    Waits waits;
    disc->TraceConnectWithoutContext("SojournTime", MakeCallback(&Waits::Add, &waits));

    for (uint32_t i = 0; i < CLIENTS; ++i)
    {
        const auto port = static_cast<uint16_t>(PORT + i);
        UdpServerHelper(port).Install(server.Get(0)).Start(Seconds(0));
        OnOffHelper client("ns3::UdpSocketFactory", InetSocketAddress(address, port));
        client.SetConstantRate(DataRate("20Mbps"), 1000);
        client.SetAttribute("OnTime",
                            StringValue("ns3::ExponentialRandomVariable[Mean=0.001|Stream=" +
                                        std::to_string(2 * i + 1) + "]"));
        client.SetAttribute("OffTime",
                            StringValue("ns3::ExponentialRandomVariable[Mean=0.003|Stream=" +
                                        std::to_string(2 * i + 2) + "]"));
        client.Install(clients.Get(i)).Start(Seconds(0));
    }
    Simulator::Stop(Seconds(20));
    Simulator::Run();
    std::cout << std::setw(8) << std::left << name << std::fixed << std::setprecision(2)
              << std::right << std::setw(10) << waits.Milliseconds(0.5) << std::setw(10)
              << waits.Milliseconds(0.99) << std::setw(10) << waits.Milliseconds(1) << std::setw(10)
              << disc->GetStats().nTotalDroppedPackets << '\n';
    if (const auto offload = DynamicCast<OffloadQueueDisc>(disc))
    {
        std::cout << "function   planned memory, B   error of forecasts, B an interval\n";
        for (uint32_t i = 0; i < CLIENTS; ++i)
        {
            std::cout << std::setw(8) << i << std::setw(20) << offload->GetSpace().plan[i]
                      << std::setw(20) << offload->GetForecaster()->GetError(i).Mae() << '\n';
        }
        std::cout << "overtaken after the bound: " << offload->GetStarved()
                  << "; conserved: " << (offload->IsConserved() ? "yes" : "no") << '\n';
    }
    Simulator::Destroy();
}

} // namespace

int
main(int argc, char* argv[])
{
    CommandLine cmd(__FILE__);
    cmd.Parse(argc, argv);
    std::cout << "disc      p50, ms   p99, ms   max, ms   dropped\n";
    Run("fifo");
    Run("fq-codel");
    Run("offload");
    return 0;
}
