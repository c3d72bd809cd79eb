// SPDX-License-Identifier: GPL-2.0-only
//
//      A ===== one link of 8 Mbit/s, 1 ms ===== B       on the stack, and computed
//
// What is proved of sealed shards on their way:
//  1. they come with their fields, seal and, where they have any, bytes
//  2. real payload or virtual, stack or computed path: the same bytes on the wire, and so the same
//     arrivals to the nanosecond, fragmented ones too
//  3. an end that does not open shards drops them like those of an unknown version
#include "ns3/shard-path-transport.h"
#include "ns3/shard-udp-transport.h"
#include <ns3/boolean.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-static-routing-helper.h>
#include <ns3/ipv4.h>
#include <ns3/node-container.h>
#include <ns3/point-to-point-helper.h>
#include <ns3/simulator.h>
#include <ns3/string.h>

#include <cstdint>
#include <gtest/gtest.h>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

/// Keeps what comes out of a transport, in memory of its own.
class Receiver : public ShardSink
{
  public:
    void Accept(Time now, Shard&& shard) override
    {
        times.push_back(now.GetNanoSeconds());
        payloads.emplace_back();
        if (const uint8_t* const payload = shard.Payload())
        {
            payloads.back().assign(payload, payload + shard.size);
        }
        shards.push_back(std::move(shard));
    }

    std::vector<int64_t> times; ///< ns
    std::vector<Shard> shards;
    std::vector<std::vector<uint8_t>> payloads;
};

/// One shard of so many bytes of plain payload, as if sealed.
Shard
Sealed(uint32_t number, uint16_t size, bool isReal)
{
    Shard shard;
    shard.fields.flow = 6;
    shard.fields.block = number;
    shard.fields.datagram = size;
    shard.fields.k = 1;
    shard.fields.n = 1;
    shard.size = size + ShardSeal::OVERHEAD;
    shard.seal.key = 200;
    shard.seal.unit = static_cast<uint8_t>(number);
    shard.seal.counter = 0x123456789abc;
    shard.seal.sequence = 0xfedcba98 + number;
    shard.seal.present = true;
    if (isReal)
    {
        Ptr<ShardBytes> bytes = Create<ShardBytes>(shard.size);
        for (uint32_t i = 0; i < shard.size; ++i)
        {
            bytes->Data()[i] = static_cast<uint8_t>(number + 3 * i);
        }
        shard.seal.Write(bytes->Data());
        shard.bytes = bytes;
    }
    return shard;
}

const uint16_t SIZES[] = {1, 2, 300, 1424, 1425, 4000, 1};

void
SendAll(ShardTransport& transport, bool isReal)
{
    uint32_t number = 0;
    for (const uint16_t size : SIZES)
    {
        transport.Accept(Simulator::Now(), Sealed(++number, size, isReal));
    }
    Simulator::Run();
}

struct Outcome
{
    Receiver receiver;
    uint64_t received{0};
    uint64_t unknown{0}; ///< dropped as of an unknown version
};

Outcome
OverUdp(bool isReal, bool isSealed)
{
    Outcome outcome;
    NodeContainer nodes;
    nodes.Create(2);
    InternetStackHelper stack;
    stack.SetRoutingHelper(Ipv4StaticRoutingHelper());
    stack.SetIpv6StackInstall(false);
    stack.Install(nodes);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("8Mbps"));
    link.SetChannelAttribute("Delay", TimeValue(MilliSeconds(1)));
    const NetDeviceContainer devices = link.Install(nodes);
    Ptr<ShardUdpTransport> ends[2];
    const Ipv4Address addresses[] = {Ipv4Address("10.0.0.1"), Ipv4Address("10.0.0.2")};
    for (uint32_t end = 0; end < 2; ++end)
    {
        Ptr<Ipv4> ipv4 = nodes.Get(end)->GetObject<Ipv4>();
        const uint32_t interface = ipv4->AddInterface(devices.Get(end));
        ipv4->AddAddress(interface, Ipv4InterfaceAddress(addresses[end], Ipv4Mask("/30")));
        ipv4->SetUp(interface);
        ends[end] = CreateObject<ShardUdpTransport>();
        ends[end]->SetAttribute("RealPayload", BooleanValue(isReal));
        ends[end]->SetAttribute("Sealed", BooleanValue(isSealed));
        ends[end]->Install(nodes.Get(end));
    }
    ends[0]->AddPath(addresses[0], addresses[1], ShardPathInfo());
    ends[1]->AddPeer(addresses[0], 9, 0);
    ends[1]->SetReceiver(&outcome.receiver);
    SendAll(*ends[0], isReal);
    outcome.received = ends[1]->GetReceived();
    outcome.unknown = ends[1]->GetRejected(SHARD_VERSION);
    ends[0]->Dispose();
    ends[1]->Dispose();
    Simulator::Destroy();
    return outcome;
}

Outcome
OverPath(bool isReal, bool isSealed)
{
    Outcome outcome;
    Ptr<ShardPathTransport> a = CreateObject<ShardPathTransport>();
    Ptr<ShardPathTransport> b = CreateObject<ShardPathTransport>();
    ShardPathTransport::Connect(a, b);
    ShardPathLinkSettings settings;
    settings.rate = DataRate("8Mbps");
    settings.delay = MilliSeconds(1);
    settings.queue = QueueSize("100p");
    ShardPathModel way;
    way.AddLink(ShardPathLink(settings));
    a->AddPath(way, ShardPathInfo());
    a->SetNumber(9);
    b->SetReceiver(&outcome.receiver);
    b->SetAttribute("Sealed", BooleanValue(isSealed));
    SendAll(*a, isReal);
    outcome.received = b->GetReceived();
    outcome.unknown = b->GetRejected(SHARD_VERSION);
    a->Dispose();
    b->Dispose();
    Simulator::Destroy();
    return outcome;
}

TEST(SealedTransport, BringsSealAndBytesInTheSameTimeOverEveryTransport)
{
    const Outcome reference = OverUdp(true, true);
    ASSERT_EQ(reference.receiver.times.size(), std::size(SIZES));
    // 1 + 28 + 48 bytes and 2 of PPP at 1 us each, and 1 ms.
    EXPECT_EQ(reference.receiver.times[0], 1079000);
    EXPECT_EQ(reference.receiver.times[1], 1079000 + 80000);
    for (const bool isReal : {true, false})
    {
        for (const Outcome& outcome : {OverUdp(isReal, true), OverPath(isReal, true)})
        {
            EXPECT_EQ(outcome.receiver.times, reference.receiver.times);
            ASSERT_EQ(outcome.received, std::size(SIZES));
            for (std::size_t i = 0; i < std::size(SIZES); ++i)
            {
                const Shard& shard = outcome.receiver.shards[i];
                const Shard sent = Sealed(static_cast<uint32_t>(i + 1), SIZES[i], isReal);
                EXPECT_TRUE(shard.fields.SameBlock(sent.fields));
                EXPECT_EQ(shard.size, sent.size);
                EXPECT_EQ(shard.peer, 9U);
                EXPECT_TRUE(shard.seal.present);
                EXPECT_EQ(shard.seal.key, sent.seal.key);
                EXPECT_EQ(shard.seal.unit, sent.seal.unit);
                EXPECT_EQ(shard.seal.counter, sent.seal.counter);
                EXPECT_EQ(shard.seal.sequence, sent.seal.sequence);
                const uint8_t* const payload = sent.Payload();
                EXPECT_EQ(outcome.receiver.payloads[i],
                          payload == nullptr ? std::vector<uint8_t>()
                                             : std::vector<uint8_t>(payload, payload + sent.size));
            }
        }
    }
}

TEST(SealedTransport, AnEndThatOpensNothingDropsSealedShards)
{
    for (const bool isReal : {true, false})
    {
        for (const Outcome& outcome : {OverUdp(isReal, false), OverPath(isReal, false)})
        {
            EXPECT_EQ(outcome.received, 0U);
            EXPECT_EQ(outcome.unknown, std::size(SIZES));
            EXPECT_TRUE(outcome.receiver.shards.empty());
        }
    }
}

} // namespace
