// SPDX-License-Identifier: GPL-2.0-only
//
//        10.0.0.1 ===== path 0: 1 ms ===== 10.0.0.2
//      A                                            B      point-to-point links of 8 Mbit/s
//        10.0.1.1 ===== path 1: 3 ms ===== 10.0.1.2
//
// What is proved of shards over UDP on the ns-3 stack:
//  1. a shard arrives with the fields, the origin, the sender and the path that it was sent with,
//     when its bytes have been sent and propagated: 48 bytes of headers, real payload or virtual
//  2. real bytes arrive as they were; with virtual payload only their number
//  3. the DSCP is on the wire
//  4. a shard beyond the MTU is fragmented by IP, and arrives
//  5. whatever else is sent to the port is counted by reason, traced and dropped; well-formed
//     shards of strangers count as theirs and have no origin; an end that only sends drops them
//  6. corrupt bytes on the way never become a shard
//  7. with Ecn what is sent is ECN-capable, and what a queue marked is known for such, shards and
//     control messages; without it nothing of this
//  8. the ledger forgets an origin after its horizon, not before

#include "ns3/shard-marking-queue.h"
#include "ns3/shard-udp-transport.h"
#include <ns3/boolean.h>
#include <ns3/inet-socket-address.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-header.h>
#include <ns3/ipv4-static-routing-helper.h>
#include <ns3/ipv4.h>
#include <ns3/node-container.h>
#include <ns3/point-to-point-helper.h>
#include <ns3/point-to-point-net-device.h>
#include <ns3/simulator.h>
#include <ns3/string.h>
#include <ns3/udp-socket-factory.h>
#include <ns3/uinteger.h>

#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

using Bytes = std::vector<uint8_t>;

/// Keeps what comes out of a transport.
class Receiver : public ShardSink
{
  public:
    void Accept(Time now, Shard&& shard) override
    {
        EXPECT_EQ(now, Simulator::Now());
        times.push_back(now.GetMicroSeconds());
        shards.push_back(std::move(shard));
    }

    std::vector<int64_t> times; ///< us
    std::vector<Shard> shards;
};

class UdpTransport : public ::testing::Test
{
  protected:
    static constexpr uint32_t PEER_A = 77;

    UdpTransport()
    {
        nodes.Create(2);
        InternetStackHelper stack;
        stack.SetRoutingHelper(Ipv4StaticRoutingHelper());
        stack.SetIpv6StackInstall(false);
        stack.Install(nodes);
        for (uint32_t path = 0; path < 2; ++path)
        {
            PointToPointHelper link;
            link.SetDeviceAttribute("DataRate", StringValue("8Mbps"));
            link.SetChannelAttribute("Delay", TimeValue(MilliSeconds(1 + 2 * path)));
            const NetDeviceContainer devices = link.Install(nodes);
            for (uint32_t end = 0; end < 2; ++end)
            {
                Ptr<Ipv4> ipv4 = nodes.Get(end)->GetObject<Ipv4>();
                const uint32_t interface = ipv4->AddInterface(devices.Get(end));
                ipv4->AddAddress(interface,
                                 Ipv4InterfaceAddress(Address(path, end), Ipv4Mask("/30")));
                ipv4->SetUp(interface);
            }
        }
    }

    ~UdpTransport() override
    {
        for (const Ptr<ShardUdpTransport>& transport : {a, b})
        {
            transport->Dispose();
        }
        Simulator::Destroy();
    }

    static Ipv4Address Address(uint32_t path, uint32_t end)
    {
        return Ipv4Address(0x0a000001 + (path << 8) + end);
    }

    void Start(bool real)
    {
        for (uint32_t path = 0; path < 2; ++path)
        {
            a->AddPath(Address(path, 0), Address(path, 1), ShardPathInfo());
            b->AddPeer(Address(path, 0), PEER_A, static_cast<uint16_t>(path));
        }
        Ptr<ShardOriginLedger> ledger = CreateObject<ShardOriginLedger>();
        for (uint32_t end = 0; end < 2; ++end)
        {
            Ptr<ShardUdpTransport> transport = end == 0 ? a : b;
            transport->SetAttribute("RealPayload", BooleanValue(real));
            transport->SetLedger(ledger);
            transport->Install(nodes.Get(end));
        }
        b->SetReceiver(&receiver);
        b->TraceConnectWithoutContext("Reject", MakeCallback(&UdpTransport::Rejected, this));
    }

    void Rejected(Ptr<const Packet> packet, ShardError error)
    {
        rejected.emplace_back(packet->GetSize(), error);
    }

    /// Shard `index` of a datagram of 2000 bytes in k = 2, with bytes that depend on the index.
    static Shard MakeShard(uint8_t index, uint16_t path, bool real)
    {
        Shard shard;
        shard.fields.flow = 5;
        shard.fields.block = 9;
        shard.fields.datagram = 2000;
        shard.fields.k = 2;
        shard.fields.n = 3;
        shard.fields.code = SHARD_CODE_XOR;
        shard.fields.index = index;
        shard.size = 1000;
        shard.path = path;
        if (real)
        {
            Ptr<ShardBytes> bytes = Create<ShardBytes>(1010);
            std::memset(bytes->Data(), 0x40 + index, 1010);
            shard.bytes = bytes;
            shard.offset = 10;
        }
        return shard;
    }

    /// Send any bytes from a port of A to the port of shards at the other end.
    void SendRaw(const Bytes& bytes, Ipv4Address from, Ipv4Address to)
    {
        Ptr<Node> node = nodes.Get(from == Address(0, 1) ? 1 : 0);
        Ptr<Socket> socket = Socket::CreateSocket(node, UdpSocketFactory::GetTypeId());
        socket->Bind(InetSocketAddress(from, 9999));
        socket->SendTo(Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size())),
                       0,
                       InetSocketAddress(to, ShardUdpTransport::DEFAULT_PORT));
        Simulator::Run();
        socket->Close();
    }

    NodeContainer nodes;
    Ptr<ShardUdpTransport> a = CreateObject<ShardUdpTransport>();
    Ptr<ShardUdpTransport> b = CreateObject<ShardUdpTransport>();
    Receiver receiver;
    std::vector<std::pair<uint32_t, ShardError>> rejected; ///< size, reason
};

/// A well-formed shard with real payload, as bytes.
Bytes
WellFormed()
{
    ShardFields fields;
    fields.flow = 1;
    fields.block = 2;
    fields.datagram = 40;
    fields.k = 1;
    fields.n = 1;
    Bytes shard(60, 0x77);
    ShardHeader::Write(fields, &shard[20], 40, shard.data());
    return shard;
}

/// Keeps whether control messages came marked.
class ControlReceiver : public ShardControlSink
{
  public:
    void AcceptControl(Time, const ShardControlMessage& message) override
    {
        marks.push_back(message.isMarked);
    }

    std::vector<bool> marks;
};

TEST_F(UdpTransport, KnowsWhatQueuesMarkedWhereItIsEcnCapable)
{
    for (const bool ecn : {true, false})
    {
        SCOPED_TRACE(ecn ? "capable" : "not capable");
        if (!ecn)
        {
            a->Dispose();
            b->Dispose();
            a = CreateObject<ShardUdpTransport>();
            b = CreateObject<ShardUdpTransport>();
            receiver = Receiver();
        }
        Ptr<ShardMarkingQueue> queue = CreateObject<ShardMarkingQueue>();
        queue->SetAttribute("MarkThreshold", UintegerValue(1));
        // Device 0 of a node is its loopback.
        DynamicCast<PointToPointNetDevice>(nodes.Get(0)->GetDevice(1))->SetQueue(queue);
        a->SetAttribute("Ecn", BooleanValue(ecn));
        b->SetAttribute("Ecn", BooleanValue(ecn));
        Start(false);
        ControlReceiver control;
        b->SetControlReceiver(SHARD_CONTROL_PROBE, &control);
        // The first goes at once, the second waits, and the others find it waiting.
        for (uint8_t index = 0; index < 3; ++index)
        {
            a->Accept(Simulator::Now(), MakeShard(index, 0, false));
        }
        a->SendControl(Simulator::Now(), 0, SHARD_CONTROL_PROBE, Bytes(4));
        Simulator::Run();
        ASSERT_EQ(receiver.shards.size(), 3U);
        EXPECT_FALSE(receiver.shards[0].isMarked);
        EXPECT_FALSE(receiver.shards[1].isMarked);
        EXPECT_EQ(receiver.shards[2].isMarked, ecn);
        EXPECT_EQ(b->GetMarked(), ecn ? 1U : 0U);
        EXPECT_EQ(queue->GetMarked(), ecn ? 2U : 0U);
        EXPECT_EQ(control.marks, std::vector<bool>{ecn});
    }
}

TEST_F(UdpTransport, KnowsItsPathsAndWhatWrapsAShard)
{
    Start(false);
    EXPECT_EQ(a->GetPathCount(), 2U);
    EXPECT_EQ(b->GetPathCount(), 0U);
    EXPECT_EQ(a->GetPath(1).mtu, 1500U);
    EXPECT_EQ(a->GetOverhead(), 20U + 8U + 20U);
}

TEST_F(UdpTransport, DeliversShardsWithAllThatTheyWereSentWith)
{
    for (bool real : {true, false})
    {
        SCOPED_TRACE(real ? "real payload" : "virtual payload");
        // A second round needs transports of its own; ports are free again when they are disposed.
        if (!real)
        {
            a->Dispose();
            b->Dispose();
            a = CreateObject<ShardUdpTransport>();
            b = CreateObject<ShardUdpTransport>();
            receiver = Receiver();
        }
        Start(real);
        Ptr<Datagram> origin = Create<Datagram>();
        origin->size = 2000;
        const int64_t start = Simulator::Now().GetMicroSeconds();
        for (uint8_t index = 0; index < 3; ++index)
        {
            Shard shard = MakeShard(index, index == 1 ? 1 : 0, real);
            shard.origin = origin;
            a->Accept(Simulator::Now(), std::move(shard));
        }
        Simulator::Run();

        // 1048 bytes and 2 of PPP at 1 us each: path 0 at 1050 + 1000 and 2100 + 1000, path 1 at
        // 1050 + 3000.
        ASSERT_EQ(receiver.shards.size(), 3U);
        EXPECT_EQ(receiver.times, (std::vector<int64_t>{start + 2050, start + 3100, start + 4050}));
        const uint8_t indexes[] = {0, 2, 1};
        for (std::size_t i = 0; i < 3; ++i)
        {
            const Shard& shard = receiver.shards[i];
            EXPECT_EQ(shard.fields.index, indexes[i]);
            EXPECT_TRUE(shard.fields.SameBlock(MakeShard(0, 0, false).fields));
            EXPECT_EQ(shard.size, 1000U);
            EXPECT_EQ(shard.origin, origin);
            EXPECT_EQ(shard.peer, PEER_A);
            EXPECT_EQ(shard.path, indexes[i] == 1 ? 1 : 0);
            if (real)
            {
                ASSERT_NE(shard.Payload(), nullptr);
                const Bytes want(1000, static_cast<uint8_t>(0x40 + indexes[i]));
                EXPECT_EQ(std::memcmp(shard.Payload(), want.data(), 1000), 0);
            }
            else
            {
                EXPECT_EQ(shard.Payload(), nullptr);
            }
        }
        EXPECT_EQ(a->GetSent(), 3U);
        EXPECT_EQ(b->GetReceived(), 3U);
        EXPECT_TRUE(rejected.empty());
    }
}

/// Keeps DSCP and size of IP packets.
struct WireTap
{
    void Tx(Ptr<const Packet> packet, Ptr<Ipv4>, uint32_t)
    {
        Ipv4Header ip;
        packet->PeekHeader(ip);
        seen.emplace_back(ip.GetDscp(), packet->GetSize());
    }

    std::vector<std::pair<int, uint32_t>> seen;
};

TEST_F(UdpTransport, PutsTheDscpOnTheWire)
{
    Start(false);
    WireTap tap;
    nodes.Get(0)->GetObject<Ipv4>()->TraceConnectWithoutContext("Tx",
                                                                MakeCallback(&WireTap::Tx, &tap));
    for (uint8_t dscp : {0, 46, 10, 63})
    {
        Shard shard = MakeShard(0, 0, false);
        shard.dscp = dscp;
        a->Accept(Simulator::Now(), std::move(shard));
    }
    Simulator::Run();
    EXPECT_EQ(
        tap.seen,
        (std::vector<std::pair<int, uint32_t>>{{0, 1048}, {46, 1048}, {10, 1048}, {63, 1048}}));
    EXPECT_EQ(receiver.shards.size(), 4U);
}

TEST_F(UdpTransport, HasShardsBeyondTheMtuFragmentedByIp)
{
    Start(false);
    WireTap tap;
    nodes.Get(0)->GetObject<Ipv4>()->TraceConnectWithoutContext("Tx",
                                                                MakeCallback(&WireTap::Tx, &tap));
    Ptr<Datagram> origin = Create<Datagram>();
    Shard shard = MakeShard(0, 1, false);
    shard.fields.datagram = 4000;
    shard.fields.k = 1;
    shard.fields.n = 2;
    shard.fields.code = SHARD_CODE_REPETITION;
    shard.size = 4000;
    shard.origin = origin;
    a->Accept(Simulator::Now(), std::move(shard));
    Simulator::Run();
    EXPECT_EQ(tap.seen.size(), 3U) << "4028 bytes of IP payload, 1480 a fragment";
    ASSERT_EQ(receiver.shards.size(), 1U);
    EXPECT_EQ(receiver.shards[0].size, 4000U);
    EXPECT_EQ(receiver.shards[0].path, 1);
    EXPECT_EQ(receiver.shards[0].origin, origin) << "the mark survives IP's reassembly";
}

TEST_F(UdpTransport, CountsAndDropsWhatIsNoShard)
{
    Start(true);
    const Bytes good = WellFormed();
    const auto changed = [&good](std::size_t at, uint8_t value)
    {
        Bytes bytes = good;
        bytes[at] = value;
        return bytes;
    };
    Bytes longer = good;
    longer.push_back(0);
    const std::pair<Bytes, ShardError> story[] = {
        {Bytes(), SHARD_TRUNCATED},
        {Bytes(19, 0x11), SHARD_TRUNCATED},
        {Bytes(1400, 0xff), SHARD_VERSION},
        {changed(0, 0x20), SHARD_VERSION},
        {changed(0, 0x15), SHARD_VERSION},
        {changed(1, 0), SHARD_CONTRADICTION},
        {changed(3, 1), SHARD_CONTRADICTION},
        {Bytes(good.begin(), good.end() - 1), SHARD_LENGTH},
        {longer, SHARD_LENGTH},
        {changed(59, 0x76), SHARD_CHECKSUM},
        {changed(7, 2), SHARD_CHECKSUM},
    };
    std::vector<std::pair<uint32_t, ShardError>> want;
    for (const auto& [bytes, error] : story)
    {
        const uint64_t before = b->GetRejected(error);
        SendRaw(bytes, Address(0, 0), Address(0, 1));
        EXPECT_EQ(b->GetRejected(error), before + 1);
        want.emplace_back(bytes.size(), error);
    }
    EXPECT_EQ(rejected, want);
    EXPECT_TRUE(receiver.shards.empty());
    EXPECT_EQ(b->GetReceived(), 0U);
}

TEST_F(UdpTransport, TakesAWellFormedShardOfAStrangerAsTheStrangers)
{
    Start(true);
    // A third address of A, of which B knows nothing.
    Ptr<Ipv4> ipv4 = nodes.Get(0)->GetObject<Ipv4>();
    const Ipv4Address stranger("10.0.0.99");
    ipv4->AddAddress(1, Ipv4InterfaceAddress(stranger, Ipv4Mask("/32")));
    SendRaw(WellFormed(), stranger, Address(0, 1));
    SendRaw(WellFormed(), Address(1, 0), Address(1, 1));
    ASSERT_EQ(receiver.shards.size(), 2U);
    EXPECT_EQ(receiver.shards[0].peer, stranger.Get());
    EXPECT_EQ(receiver.shards[0].path, 0);
    EXPECT_EQ(receiver.shards[1].peer, PEER_A) << "an address is all that tells senders apart";
    EXPECT_EQ(receiver.shards[1].path, 1);
    for (const Shard& shard : receiver.shards)
    {
        EXPECT_EQ(shard.origin, nullptr) << "forged: of nothing that was sent";
        EXPECT_EQ(shard.size, 40U);
    }
}

TEST_F(UdpTransport, AtAnEndThatOnlySendsDropsWhatComes)
{
    Start(true);
    SendRaw(WellFormed(), Address(0, 1), Address(0, 0));
    SendRaw(Bytes(100, 0xff), Address(0, 1), Address(0, 0));
    EXPECT_EQ(a->GetReceived(), 1U);
    EXPECT_EQ(a->GetRejected(SHARD_VERSION), 1U);
    EXPECT_TRUE(receiver.shards.empty());
}

TEST_F(UdpTransport, RefusesVirtualShardsOfAnImpossibleLength)
{
    Start(false);
    Bytes shard = WellFormed();
    ShardFields fields;
    ASSERT_EQ(ShardHeader::Peek(shard.data(), 60, fields), SHARD_OK);
    ShardHeader::Write(fields, nullptr, 40, shard.data());
    SendRaw(shard, Address(0, 0), Address(0, 1));
    EXPECT_EQ(receiver.shards.size(), 1U);
    shard.resize(59);
    SendRaw(shard, Address(0, 0), Address(0, 1));
    EXPECT_EQ(receiver.shards.size(), 1U);
    EXPECT_EQ(b->GetRejected(SHARD_LENGTH), 1U);
    // Checksums of the two modes differ: neither takes a shard for one of its own.
    SendRaw(WellFormed(), Address(0, 0), Address(0, 1));
    EXPECT_EQ(b->GetRejected(SHARD_CHECKSUM), 1U);
}

TEST(OriginLedger, LetsADatagramGoWhenItsLastPacketHasArrived)
{
    Ptr<ShardOriginLedger> ledger = CreateObject<ShardOriginLedger>();
    Ptr<Datagram> datagram = Create<Datagram>();
    const uint64_t number = ledger->Enter(Seconds(0), datagram);
    ledger->Depart(number);
    ledger->Depart(number);
    EXPECT_EQ(ledger->Arrive(number), datagram);
    EXPECT_EQ(ledger->Find(number), datagram) << "the second packet is still on its way";
    EXPECT_EQ(ledger->Arrive(number), datagram);
    EXPECT_EQ(ledger->Find(number), nullptr);
    EXPECT_EQ(datagram->GetReferenceCount(), 1U);
    EXPECT_EQ(ledger->Arrive(number), nullptr) << "a third one was never sent";
}

TEST(OriginLedger, ForgetsADatagramAfterItsHorizonAndNotBefore)
{
    Ptr<ShardOriginLedger> ledger = CreateObject<ShardOriginLedger>();
    ledger->SetAttribute("Horizon", TimeValue(Seconds(2)));
    std::vector<Ptr<Datagram>> datagrams;
    std::vector<uint64_t> numbers;
    for (int second = 0; second < 5; ++second)
    {
        datagrams.push_back(Create<Datagram>());
        numbers.push_back(ledger->Enter(Seconds(second), datagrams.back()));
        for (int n = 0; n <= second; ++n)
        {
            const bool kept = second - n <= 2;
            EXPECT_EQ(ledger->Find(numbers[static_cast<std::size_t>(n)]),
                      kept ? datagrams[static_cast<std::size_t>(n)] : nullptr)
                << "datagram " << n << " at second " << second;
        }
    }
    EXPECT_EQ(ledger->GetSize(), 3U);
    EXPECT_EQ(datagrams[0]->GetReferenceCount(), 1U) << "what is forgotten is let go";
    EXPECT_EQ(datagrams[4]->GetReferenceCount(), 2U);
    EXPECT_EQ(ledger->Find(0), nullptr) << "0 stands for none";
    EXPECT_EQ(ledger->Find(numbers.back() + 1), nullptr);
    EXPECT_EQ(ledger->Find(UINT64_MAX), nullptr);
}

TEST(OriginTag, KeepsItsNumberOnAPacket)
{
    Ptr<Packet> packet = Create<Packet>(10);
    packet->AddPacketTag(ShardOriginTag(0x123456789abcdef0));
    ShardOriginTag tag;
    ASSERT_TRUE(packet->Copy()->PeekPacketTag(tag));
    EXPECT_EQ(tag.GetNumber(), 0x123456789abcdef0U);
}

} // namespace
