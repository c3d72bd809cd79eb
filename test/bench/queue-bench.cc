// SPDX-License-Identifier: GPL-2.0-only
//
// What a packet costs in a queue disc: enqueue and dequeue, of ShardQueueDisc and of ns-3's own.

#include "ns3/shard-queue-disc.h"
#include <ns3/fq-codel-queue-disc.h>
#include <ns3/ipv4-header.h>
#include <ns3/ipv4-queue-disc-item.h>
#include <ns3/object-factory.h>
#include <ns3/packet.h>
#include <ns3/socket.h>
#include <ns3/udp-header.h>

#include <array>
#include <benchmark/benchmark.h>
#include <string>
#include <vector>

namespace
{

using namespace ns3;

/// Shards of blocks of 8 + 2, 1000 blocks more than a ShardQueueDisc remembers, sent in turn.
const std::vector<Ptr<QueueDiscItem>>&
Items()
{
    static const std::vector<Ptr<QueueDiscItem>> items = []
    {
        std::vector<Ptr<QueueDiscItem>> made;
        for (uint32_t i = 0; i < 51000; ++i)
        {
            const uint32_t block = i / 10;
            const std::array<uint8_t, 20> shard = {0x13,
                                                   8,
                                                   10,
                                                   static_cast<uint8_t>(i % 10),
                                                   0,
                                                   0,
                                                   0,
                                                   static_cast<uint8_t>(block % 16),
                                                   0,
                                                   0,
                                                   static_cast<uint8_t>(block >> 8),
                                                   static_cast<uint8_t>(block),
                                                   0x20,
                                                   0};
            Ptr<Packet> packet = Create<Packet>(shard.data(), shard.size());
            packet->AddPaddingAtEnd(1000);
            UdpHeader udp;
            udp.SetSourcePort(static_cast<uint16_t>(1000 + block % 16));
            udp.SetDestinationPort(4754);
            packet->AddHeader(udp);
            SocketPriorityTag tag;
            tag.SetPriority(0);
            packet->AddPacketTag(tag);
            Ipv4Header ip;
            ip.SetSource(Ipv4Address("10.1.2.3"));
            ip.SetDestination(Ipv4Address("10.9.9.9"));
            ip.SetProtocol(17);
            ip.SetPayloadSize(packet->GetSize());
            made.push_back(Create<Ipv4QueueDiscItem>(packet, Address(), 0x0800, ip));
        }
        return made;
    }();
    return items;
}

void
Offer(benchmark::State& state, const std::string& type, uint32_t arrivals)
{
    const auto& items = Items();
    ObjectFactory factory;
    factory.SetTypeId(type);
    Ptr<QueueDisc> disc = factory.Create<QueueDisc>();
    disc->SetMaxSize(QueueSize("100p"));
    // Without a device FqCoDel has no quantum, and never comes to an end.
    if (const auto fair = DynamicCast<FqCoDelQueueDisc>(disc))
    {
        fair->SetQuantum(1500);
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
        for (uint32_t i = 0; i < arrivals; ++i)
        {
            put();
        }
        benchmark::DoNotOptimize(disc->Dequeue());
    }
    state.SetItemsProcessed(state.iterations() * arrivals);
    disc->Dispose();
}

/// As many packets come as go; about 50 are held.
void
Balanced(benchmark::State& state, const std::string& type)
{
    Offer(state, type, 1);
}

/// Twice as many come as go; 100 are held and half of all are dropped.
void
Overloaded(benchmark::State& state, const std::string& type)
{
    Offer(state, type, 2);
}

BENCHMARK_CAPTURE(Balanced, ShardQueueDisc, "ns3::sharding::ShardQueueDisc");
BENCHMARK_CAPTURE(Balanced, FifoQueueDisc, "ns3::FifoQueueDisc");
BENCHMARK_CAPTURE(Balanced, PfifoFastQueueDisc, "ns3::PfifoFastQueueDisc");
BENCHMARK_CAPTURE(Balanced, FqCoDelQueueDisc, "ns3::FqCoDelQueueDisc");
BENCHMARK_CAPTURE(Overloaded, ShardQueueDisc, "ns3::sharding::ShardQueueDisc");
BENCHMARK_CAPTURE(Overloaded, PfifoFastQueueDisc, "ns3::PfifoFastQueueDisc");
BENCHMARK_CAPTURE(Overloaded, FqCoDelQueueDisc, "ns3::FqCoDelQueueDisc");

} // namespace

BENCHMARK_MAIN();
