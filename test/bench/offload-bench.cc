// SPDX-License-Identifier: GPL-2.0-only
//
// What an element costs in OffloadQueueDisc, beside ns-3's FqCoDel in the same run: enqueue and
// dequeue, of packets of 16 flows, which are the functions. And a step of the predictive engine for
// 16 functions: forecast and training, as Step() and Finish() charge time for; without
// training, as inference alone.

#include "ns3/offload-lstm-forecast.h"
#include "ns3/offload-queue-disc.h"
#include <ns3/fq-codel-queue-disc.h>
#include <ns3/ipv4-header.h>
#include <ns3/ipv4-queue-disc-item.h>
#include <ns3/object-factory.h>
#include <ns3/packet.h>
#include <ns3/pointer.h>
#include <ns3/simulator.h>
#include <ns3/string.h>
#include <ns3/udp-header.h>
#include <ns3/uinteger.h>

#include <benchmark/benchmark.h>
#include <random>
#include <string>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

constexpr uint32_t FUNCTIONS = 16;

/// Packets of 16 flows in random turns.
std::vector<Ptr<QueueDiscItem>>
Items()
{
    std::mt19937 random(1);
    std::vector<Ptr<QueueDiscItem>> items;
    for (uint32_t i = 0; i < 20000; ++i)
    {
        Ptr<Packet> packet = Create<Packet>(200 + random() % 1200);
        UdpHeader udp;
        udp.SetSourcePort(static_cast<uint16_t>(1000 + random() % FUNCTIONS));
        udp.SetDestinationPort(9);
        packet->AddHeader(udp);
        Ipv4Header ip;
        ip.SetSource(Ipv4Address("10.1.2.3"));
        ip.SetDestination(Ipv4Address("10.9.9.9"));
        ip.SetProtocol(17);
        ip.SetPayloadSize(packet->GetSize());
        items.push_back(Create<Ipv4QueueDiscItem>(packet, Address(), 0x0800, ip));
    }
    return items;
}

/// As many packets come as go, or twice as many; 50 are held at first.
void
Offer(benchmark::State& state, const std::string& type, const std::string& size, int arrivals)
{
    // ns-3 makes its simulator and fixes its unit of time at first use: not in the loop.
    Simulator::Run();
    Simulator::Destroy();
    const auto items = Items();
    ObjectFactory factory;
    factory.SetTypeId(type);
    Ptr<QueueDisc> disc = factory.Create<QueueDisc>();
    disc->SetMaxSize(QueueSize(size));
    if (const auto fair = DynamicCast<FqCoDelQueueDisc>(disc))
    {
        fair->SetQuantum(1500); // without a device it has none, and never comes to an end
    }
    disc->Initialize();
    std::size_t next = 0;
    const auto put = [&]
    {
        disc->Enqueue(items[next]);
        next = next + 1 == items.size() ? 0 : next + 1;
    };
    for (int i = 0; i < 50; ++i)
    {
        put();
    }
    for (auto _ : state)
    {
        for (int i = 0; i < arrivals; ++i)
        {
            put();
        }
        benchmark::DoNotOptimize(disc->Dequeue());
    }
    state.SetItemsProcessed(state.iterations() * arrivals);
    disc->Dispose();
    Simulator::Destroy();
}

/// A step for 16 functions.
void
Step(benchmark::State& state, const std::string& kind, uint32_t trained)
{
    const Ptr<OffloadForecaster> forecaster = CreateObject<OffloadForecaster>();
    Ptr<OffloadForecast> forecast;
    if (kind == "Lstm")
    {
        forecast = CreateObject<LstmForecast>();
        forecast->AssignStreams(1);
        forecast->SetAttribute("TrainFunctions", UintegerValue(trained));
    }
    else
    {
        forecast = CreateObject<SeriesForecast>();
        forecast->SetAttribute("Kind", StringValue(kind));
    }
    forecaster->SetAttribute("Forecast", PointerValue(forecast));
    forecaster->Begin(FUNCTIONS);
    std::mt19937 random(1);
    std::vector<std::vector<OffloadTraffic>> seen(256, std::vector<OffloadTraffic>(FUNCTIONS));
    for (auto& interval : seen)
    {
        for (OffloadTraffic& traffic : interval)
        {
            traffic.elements = random() % 100;
            traffic.bytes = 1000 * traffic.elements;
            traffic.requests = traffic.elements / 4;
            traffic.types[OFFLOAD_READ] = traffic.elements;
            traffic.start = 0.5;
        }
    }
    Time now;
    std::size_t next = 0;
    for (auto _ : state)
    {
        now += MilliSeconds(10);
        forecaster->Step(now, seen[next++ % seen.size()]);
        forecaster->Finish(now);
        benchmark::DoNotOptimize(forecaster->Expected().data());
    }
}

BENCHMARK_CAPTURE(Offer, FqCoDel_balanced, "ns3::FqCoDelQueueDisc", "100p", 1);
BENCHMARK_CAPTURE(Offer, Offload_balanced, "ns3::sharding::OffloadQueueDisc", "100KB", 1);
BENCHMARK_CAPTURE(Offer, FqCoDel_overloaded, "ns3::FqCoDelQueueDisc", "100p", 2);
BENCHMARK_CAPTURE(Offer, Offload_overloaded, "ns3::sharding::OffloadQueueDisc", "100KB", 2);
BENCHMARK_CAPTURE(Step, Ewma, "Ewma", 0);
BENCHMARK_CAPTURE(Step, HoltWinters, "HoltWinters", 0);
BENCHMARK_CAPTURE(Step, Autoregression, "Autoregression", 0);
BENCHMARK_CAPTURE(Step, Lstm, "Lstm", 0);
BENCHMARK_CAPTURE(Step, LstmTrained, "Lstm", 2);

} // namespace
