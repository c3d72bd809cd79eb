// SPDX-License-Identifier: GPL-2.0-only
//
// ShardQueueDisc: what it takes for a shard, QueueDisc's identities, and its place in a real stack.

#include "ns3/shard-classify.h"
#include "ns3/shard-queue-disc.h"
#include <ns3/boolean.h>
#include <ns3/inet-socket-address.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-address-helper.h>
#include <ns3/ipv4-global-routing-helper.h>
#include <ns3/ipv4-queue-disc-item.h>
#include <ns3/ipv6-queue-disc-item.h>
#include <ns3/node-container.h>
#include <ns3/point-to-point-helper.h>
#include <ns3/simulator.h>
#include <ns3/string.h>
#include <ns3/traffic-control-helper.h>
#include <ns3/udp-header.h>
#include <ns3/udp-socket-factory.h>
#include <ns3/uinteger.h>

#include <cstdint>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

using Bytes = std::vector<uint8_t>;

constexpr uint16_t PORT = 4754;
constexpr std::size_t NAME = 20; ///< where a test packet's name is, behind the shard header

/// @return a shard as docs/wire-format.md draws it, checksum of zeros, typed by hand
Bytes
Shard20(uint32_t block, uint8_t index, uint8_t k, uint8_t n, uint8_t code)
{
    const auto b = static_cast<uint8_t>(block);
    return {uint8_t(0x10 | code), k, n, index, 0, 0, 0, 7, 0, 0, 0, b, 3, 0xe8, 0, 0, 0, 0, 0, 0};
}

Ptr<QueueDiscItem>
Ipv4Item(const Bytes& udpPayload, uint8_t dscp, uint16_t destinationPort, uint8_t protocol = 17)
{
    Ptr<Packet> packet = Create<Packet>(udpPayload.data(), udpPayload.size());
    UdpHeader udp;
    udp.SetSourcePort(1000);
    udp.SetDestinationPort(destinationPort);
    packet->AddHeader(udp);
    Ipv4Header ip;
    ip.SetSource(Ipv4Address("10.1.2.3"));
    ip.SetDestination(Ipv4Address("10.9.9.9"));
    ip.SetProtocol(protocol);
    ip.SetTos(static_cast<uint8_t>(dscp << 2 | 1));
    ip.SetPayloadSize(packet->GetSize());
    return Create<Ipv4QueueDiscItem>(packet, Address(), 0x0800, ip);
}

Ptr<QueueDiscItem>
WithIp(Ptr<QueueDiscItem> item, void (*change)(Ipv4Header&))
{
    Ipv4Header ip = DynamicCast<Ipv4QueueDiscItem>(item)->GetHeader();
    change(ip);
    return Create<Ipv4QueueDiscItem>(item->GetPacket(), Address(), 0x0800, ip);
}

TEST(ShardClassify, ReadsEveryFieldOfAShardPacket)
{
    Bytes bytes = {0x13, 4, 6, 5, 1, 2, 3, 4, 5, 6, 7, 8, 0x03, 0xe8, 0, 0, 0xde, 0xad, 0xbe, 0xef};
    bytes.resize(270);
    const ShardView view = ViewPacket(*Ipv4Item(bytes, 46, PORT), PORT);
    EXPECT_EQ(view.block.code, SHARD_CODE_REED_SOLOMON);
    EXPECT_EQ(view.block.k, 4);
    EXPECT_EQ(view.block.n, 6);
    EXPECT_EQ(view.index, 5);
    EXPECT_TRUE(view.IsRepair());
    EXPECT_EQ(view.block.flow, 0x01020304U);
    EXPECT_EQ(view.block.block, 0x05060708U);
    EXPECT_EQ(view.block.source, 0x0a010203ULL << 16 | 1000);
    EXPECT_EQ(view.dscp, 46);
    EXPECT_EQ(view.bytes, 20U + 8 + 270);
}

TEST(ShardClassify, ASealedShardIsClassifiedLikeAPlainOne)
{
    Bytes bytes = Shard20(9, 2, 2, 3, 2);
    bytes.resize(548, 0x5e);
    const ShardView plain = ViewPacket(*Ipv4Item(bytes, 40, PORT), PORT);
    bytes[0] = static_cast<uint8_t>(bytes[0] + 0x10); // version 2
    const ShardView sealed = ViewPacket(*Ipv4Item(bytes, 40, PORT), PORT);
    EXPECT_TRUE(sealed.HasBlock());
    EXPECT_TRUE(sealed.block == plain.block);
    EXPECT_EQ(sealed.index, 2);
    EXPECT_TRUE(sealed.IsRepair());
    EXPECT_EQ(sealed.bytes, plain.bytes);
}

TEST(ShardClassify, WhateverElseIsNoShardButHasItsPriority)
{
    const Bytes good = Shard20(1, 0, 2, 3, 3);
    ASSERT_TRUE(ViewPacket(*Ipv4Item(good, 0, PORT), PORT).HasBlock());

    std::vector<std::pair<std::string, Ptr<QueueDiscItem>>> others;
    others.emplace_back("other port", Ipv4Item(good, 46, PORT + 1));
    others.emplace_back("TCP", Ipv4Item(good, 46, PORT, 6));
    others.emplace_back("one byte short", Ipv4Item(Bytes(good.begin(), good.end() - 1), 46, PORT));
    others.emplace_back("empty", Ipv4Item({}, 46, PORT));
    const auto altered = [&good](std::size_t at, uint8_t value)
    {
        Bytes bytes = good;
        bytes[at] = value;
        return Ipv4Item(bytes, 46, PORT);
    };
    others.emplace_back("version 0", altered(0, 0x03));
    others.emplace_back("version 3", altered(0, 0x33));
    others.emplace_back("unknown code", altered(0, 0x1f));
    others.emplace_back("k of 0", altered(1, 0));
    others.emplace_back("n below k", altered(2, 1));
    others.emplace_back("index of n", altered(3, 3));
    others.emplace_back(
        "first fragment",
        WithIp(Ipv4Item(good, 46, PORT), [](Ipv4Header& ip) { ip.SetMoreFragments(); }));
    others.emplace_back(
        "later fragment",
        WithIp(Ipv4Item(good, 46, PORT), [](Ipv4Header& ip) { ip.SetFragmentOffset(64); }));
    Ptr<Packet> cut = Ipv4Item(good, 46, PORT)->GetPacket()->CreateFragment(0, 5);
    Ipv4Header ip = DynamicCast<Ipv4QueueDiscItem>(Ipv4Item(good, 46, PORT))->GetHeader();
    others.emplace_back("cut in the UDP header",
                        Create<Ipv4QueueDiscItem>(cut, Address(), 0x0800, ip));
    Ipv6Header ip6;
    ip6.SetNextHeader(17);
    ip6.SetTrafficClass(46 << 2);
    others.emplace_back(
        "IPv6",
        Create<Ipv6QueueDiscItem>(Ipv4Item(good, 46, PORT)->GetPacket(), Address(), 0x86dd, ip6));
    for (const auto& [what, item] : others)
    {
        const ShardView view = ViewPacket(*item, PORT);
        EXPECT_FALSE(view.HasBlock()) << what;
        EXPECT_FALSE(view.IsRepair()) << what;
        EXPECT_EQ(view.dscp, 46) << what;
        EXPECT_EQ(view.bytes, item->GetSize()) << what;
    }
}

TEST(ShardClassify, UdpLengthBeyondThePacketIsNoShard)
{
    const Bytes good = Shard20(1, 0, 2, 3, 3);
    Bytes udp = {3, 0xe8, 0x12, 0x92, 0, 29, 0, 0}; // 1000 -> 4754, 29 bytes, of which 28 are there
    udp.insert(udp.end(), good.begin(), good.end());
    Ipv4Header ip = DynamicCast<Ipv4QueueDiscItem>(Ipv4Item(good, 0, PORT))->GetHeader();
    const auto item = [&]
    {
        return Create<Ipv4QueueDiscItem>(Create<Packet>(udp.data(), udp.size()),
                                         Address(),
                                         0x0800,
                                         ip);
    };
    EXPECT_FALSE(ViewPacket(*item(), PORT).HasBlock());
    udp[5] = 27;
    EXPECT_FALSE(ViewPacket(*item(), PORT).HasBlock());
    udp[5] = 28;
    EXPECT_TRUE(ViewPacket(*item(), PORT).HasBlock());
}

TEST(ShardClassify, ShardInMemoryLooksLikeTheSameOnTheWire)
{
    sharding::Shard shard;
    shard.fields.flow = 7;
    shard.fields.block = 9;
    shard.fields.k = 2;
    shard.fields.n = 3;
    shard.fields.index = 2;
    shard.fields.code = SHARD_CODE_XOR;
    shard.size = 500;
    shard.dscp = 40;
    const ShardView view = ViewShard(shard, 0x0a010203ULL << 16 | 1000, 48);
    Bytes bytes = Shard20(9, 2, 2, 3, 2);
    bytes.resize(520);
    const ShardView wire = ViewPacket(*Ipv4Item(bytes, 40, PORT), PORT);
    EXPECT_TRUE(view.block == wire.block);
    EXPECT_EQ(view.index, wire.index);
    EXPECT_EQ(view.dscp, wire.dscp);
    EXPECT_EQ(view.bytes, wire.bytes);
    EXPECT_TRUE(view.IsRepair());
}

class ShardQueueDiscAlone : public ::testing::Test
{
  protected:
    void Make(const std::string& maxSize)
    {
        m_disc = CreateObject<ShardQueueDisc>();
        m_disc->SetAttribute("MaxSize", StringValue(maxSize));
        m_disc->TraceConnectWithoutContext("DropBeforeEnqueue",
                                           MakeCallback(&ShardQueueDiscAlone::Before, this));
        m_disc->TraceConnectWithoutContext("DropAfterDequeue",
                                           MakeCallback(&ShardQueueDiscAlone::After, this));
        m_disc->Initialize();
    }

    void TearDown() override
    {
        Simulator::Destroy();
    }

    void Before(Ptr<const QueueDiscItem>, const char* reason)
    {
        m_story += std::string("arriving: ") + reason + "\n";
    }

    void After(Ptr<const QueueDiscItem>, const char* reason)
    {
        m_story += std::string("held: ") + reason + "\n";
    }

    /// The identities that queue-disc.h states, and that what is held is what the counters say.
    void CheckIdentities()
    {
        const QueueDisc::Stats& s = m_disc->GetStats();
        ASSERT_EQ(s.nTotalReceivedPackets,
                  s.nTotalDroppedPacketsBeforeEnqueue + s.nTotalEnqueuedPackets);
        ASSERT_EQ(s.nTotalReceivedBytes, s.nTotalDroppedBytesBeforeEnqueue + s.nTotalEnqueuedBytes);
        ASSERT_EQ(m_disc->GetNPackets(), s.nTotalEnqueuedPackets - s.nTotalDequeuedPackets);
        ASSERT_EQ(m_disc->GetNBytes(), s.nTotalEnqueuedBytes - s.nTotalDequeuedBytes);
        const auto& c = m_disc->GetCounters();
        ASSERT_EQ(c.held, m_disc->GetNPackets());
        ASSERT_EQ(c.heldBytes, m_disc->GetNBytes());
        ASSERT_EQ(c.in, s.nTotalReceivedPackets);
        ASSERT_EQ(c.out, s.nTotalSentPackets);
        ASSERT_EQ(c.Dropped(), s.nTotalDroppedPackets);
        ASSERT_EQ(c.DroppedBytes(), s.nTotalDroppedBytes);
    }

    Ptr<ShardQueueDisc> m_disc;
    std::string m_story;
};

TEST_F(ShardQueueDiscAlone, TracesEveryDropWithItsReason)
{
    Make("2p");
    EXPECT_TRUE(m_disc->Enqueue(Ipv4Item(Shard20(1, 1, 1, 2, 3), 0, PORT)));  // repair
    EXPECT_TRUE(m_disc->Enqueue(Ipv4Item(Shard20(2, 0, 2, 2, 0), 0, PORT)));  // data
    EXPECT_TRUE(m_disc->Enqueue(Ipv4Item({}, 0, 9)));                         // drops the repair
    EXPECT_FALSE(m_disc->Enqueue(Ipv4Item(Shard20(2, 1, 2, 2, 0), 0, PORT))); // full, dooms 2
    EXPECT_TRUE(m_disc->Enqueue(Ipv4Item({}, 0, 9)));                         // drops the data
    EXPECT_TRUE(m_disc->Enqueue(Ipv4Item({}, 8, 9)));                         // has priority
    EXPECT_EQ(m_story,
              std::string("held: ") + ShardQueueDisc::REPAIR_DROP + "\narriving: " +
                  ShardQueueDisc::FULL_DROP + "\nheld: " + ShardQueueDisc::DOOMED_DROP +
                  "\nheld: " + ShardQueueDisc::PRIORITY_DROP + "\n");
    const QueueDisc::Stats& stats = m_disc->GetStats();
    EXPECT_EQ(stats.GetNDroppedBytes(ShardQueueDisc::DOOMED_DROP), 48U);
    EXPECT_EQ(stats.GetNDroppedPackets(QueueDisc::INTERNAL_QUEUE_DROP), 0U);
    CheckIdentities();
}

TEST_F(ShardQueueDiscAlone, PeekShowsWhatDequeueTakesAndTakesNothing)
{
    Make("10p");
    EXPECT_EQ(m_disc->Peek(), nullptr);
    EXPECT_EQ(m_disc->Dequeue(), nullptr);
    const auto low = Ipv4Item({}, 0, 9);
    const auto high = Ipv4Item({}, 40, 9);
    m_disc->Enqueue(low);
    EXPECT_EQ(m_disc->Peek(), low);
    m_disc->Enqueue(high);
    EXPECT_EQ(m_disc->Peek(), high);
    EXPECT_EQ(m_disc->GetNPackets(), 2U);
    EXPECT_EQ(m_disc->Dequeue(), high);
    EXPECT_EQ(m_disc->Dequeue(), low);
    EXPECT_EQ(m_disc->GetNPackets(), 0U);
    CheckIdentities();
}

TEST_F(ShardQueueDiscAlone, MaxSizeInBytesAndMaxBytesBothBind)
{
    Make("100B");
    EXPECT_TRUE(m_disc->Enqueue(Ipv4Item(Bytes(42), 0, 9)));  // 70 bytes
    EXPECT_FALSE(m_disc->Enqueue(Ipv4Item(Bytes(3), 0, 9)));  // 31 bytes
    EXPECT_TRUE(m_disc->Enqueue(Ipv4Item(Bytes(2), 0, 9)));   // 30 bytes
    EXPECT_FALSE(m_disc->Enqueue(Ipv4Item(Bytes(73), 0, 9))); // 101 bytes
    EXPECT_EQ(m_disc->GetStats().GetNDroppedPackets(ShardQueueDisc::OVERSIZE_DROP), 1U);
    CheckIdentities();
    Make("2p");
    m_disc->SetAttribute("MaxBytes", UintegerValue(100));
    EXPECT_TRUE(m_disc->Enqueue(Ipv4Item(Bytes(42), 0, 9)));
    EXPECT_FALSE(m_disc->Enqueue(Ipv4Item(Bytes(3), 0, 9)));
    EXPECT_TRUE(m_disc->Enqueue(Ipv4Item({}, 0, 9)));  // 28 bytes
    EXPECT_FALSE(m_disc->Enqueue(Ipv4Item({}, 0, 9))); // would be the third
    CheckIdentities();
}

TEST_F(ShardQueueDiscAlone, PortAndDropDoomedAreAttributes)
{
    Make("1p");
    m_disc->SetAttribute("Port", UintegerValue(5000));
    m_disc->Enqueue(Ipv4Item(Shard20(1, 0, 1, 2, 3), 0, PORT));
    EXPECT_EQ(m_disc->GetBlockCount(), 0U);
    m_disc->Enqueue(Ipv4Item(Shard20(1, 0, 1, 2, 3), 0, 5000));
    EXPECT_EQ(m_disc->GetBlockCount(), 1U);
    Make("1p");
    m_disc->SetAttribute("DropDoomed", BooleanValue(false));
    m_disc->Enqueue(Ipv4Item({}, 0, 9));
    EXPECT_FALSE(m_disc->Enqueue(Ipv4Item(Shard20(1, 0, 2, 2, 0), 0, PORT)));
    m_disc->Dequeue();
    EXPECT_TRUE(m_disc->Enqueue(Ipv4Item(Shard20(1, 1, 2, 2, 0), 0, PORT)));
    EXPECT_EQ(m_disc->GetCounters().doomedBlocks, 0U);
}

TEST_F(ShardQueueDiscAlone, HostileBytesNeitherCrashItNorBreakItsAccounts)
{
    Make("20p");
    m_disc->SetAttribute("MaxBlocks", UintegerValue(64));
    std::mt19937 random(1);
    for (int i = 0; i < 20000; ++i)
    {
        Bytes bytes(random() % 60);
        for (auto& b : bytes)
        {
            b = static_cast<uint8_t>(random());
        }
        if (bytes.size() > 4 && random() % 2 == 0)
        {
            bytes[0] = static_cast<uint8_t>(0x10 | random() % 5);
            bytes[2] = static_cast<uint8_t>(bytes[1] + random() % 3);
            bytes[3] = static_cast<uint8_t>(random() % (bytes[2] + 2));
        }
        m_disc->Enqueue(Ipv4Item(bytes, random() % 64, PORT));
        if (random() % 2 == 0)
        {
            m_disc->Dequeue();
        }
        ASSERT_LE(m_disc->GetNPackets(), 20U);
        ASSERT_LE(m_disc->GetBlockCount(), 64U + 20U);
        CheckIdentities();
    }
    EXPECT_GT(m_disc->GetStats().nTotalDroppedPackets, 1000U);
    EXPECT_EQ(m_disc->GetBlockCount() > 64, m_disc->GetNPackets() > 0);
}

/// Append the names of the packets that came.
void
TakeNames(std::string* names, Ptr<Socket> socket)
{
    while (Ptr<Packet> packet = socket->Recv())
    {
        Bytes bytes(packet->GetSize());
        packet->CopyData(bytes.data(), bytes.size());
        *names += static_cast<char>(bytes.at(NAME));
    }
}

/**
 * Topology: source --100 Mbit/s-- router --1 Mbit/s-- sink, ShardQueueDisc of four packets in front
 * of the slow link, whose device has a queue of one packet. It proves that
 * 1. TrafficControlHelper installs the disc by its name;
 * 2. repair goes first, then who lacks priority, then the doomed, and arrivals at a full queue;
 * 3. packets that are no shards pass;
 * 4. what the sink gets, in which order, and the disc's statistics say the same.
 */
TEST(ShardQueueDiscAtBottleneck, DropsByRuleAndDeliversTheRest)
{
    NodeContainer nodes;
    nodes.Create(3);
    PointToPointHelper fast;
    fast.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
    const NetDeviceContainer in = fast.Install(nodes.Get(0), nodes.Get(1));
    PointToPointHelper slow;
    slow.SetDeviceAttribute("DataRate", StringValue("1Mbps"));
    slow.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize", StringValue("1p"));
    const NetDeviceContainer out = slow.Install(nodes.Get(1), nodes.Get(2));
    InternetStackHelper stack;
    stack.Install(nodes);
    TrafficControlHelper control;
    control.SetRootQueueDisc("ns3::sharding::ShardQueueDisc", "MaxSize", StringValue("4p"));
    const QueueDiscContainer discs = control.Install(out.Get(0));
    TrafficControlHelper fifo; // ns-3's default disc would let priority overtake at the source
    fifo.SetRootQueueDisc("ns3::FifoQueueDisc");
    fifo.Install(in.Get(0));
    Ipv4AddressHelper address("10.0.1.0", "255.255.255.0");
    address.Assign(in);
    address.SetBase("10.0.2.0", "255.255.255.0");
    const Ipv4Address sink = address.Assign(out).GetAddress(1);
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();

    std::string delivered;
    std::vector<Ptr<Socket>> sinks;
    for (const uint16_t port : {PORT, uint16_t(9)})
    {
        Ptr<Socket> socket = Socket::CreateSocket(nodes.Get(2), UdpSocketFactory::GetTypeId());
        socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), port));
        socket->SetRecvCallback(MakeBoundCallback(&TakeNames, &delivered));
        sinks.push_back(socket);
    }

    const auto put = [&](char name, uint16_t port, uint8_t dscp, Bytes bytes)
    {
        bytes.resize(472,
                     0); // 500 bytes of IP packet: 4 ms of the slow link, 40 us of the fast one
        bytes[NAME] = static_cast<uint8_t>(name);
        Ptr<Socket> socket = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
        socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), 4000));
        socket->Connect(InetSocketAddress(sink, port));
        socket->SetIpTos(dscp << 2); // older ns-3's Connect and SendTo overwrite it
        socket->Send(Create<Packet>(bytes.data(), bytes.size()));
        socket->Close();
    };
    Simulator::Schedule(Seconds(1),
                        [&]
                        {
                            put('1', 9, 0, {}); // on the wire
                            put('2', 9, 0, {}); // in the device
                            put('x', PORT, 0, Shard20(1, 0, 2, 2, 0));
                            put('r', PORT, 0, Shard20(2, 2, 2, 3, 3));
                            put('a', 9, 0, {});
                            put('b', 9, 0, {});
                            put('y', PORT, 0, Shard20(1, 1, 2, 2, 0)); // r goes: repair
                            put('h', 9, 8, {}); // y goes: the newest of the lowest band
                            put('c', 9, 0, {}); // x goes: its block is doomed without y
                            put('d', 9, 0, {}); // d goes: full
                        });
    Simulator::Stop(Seconds(2));
    Simulator::Run();

    EXPECT_EQ(delivered, "12habc");
    ASSERT_EQ(discs.GetN(), 1U);
    const QueueDisc::Stats stats = discs.Get(0)->GetStats();
    EXPECT_EQ(stats.nTotalReceivedPackets, 10U);
    EXPECT_EQ(stats.nTotalSentPackets, 6U);
    EXPECT_EQ(stats.nTotalSentBytes, 3000U);
    EXPECT_EQ(stats.nTotalDroppedPackets, 4U);
    EXPECT_EQ(stats.nDroppedPacketsAfterDequeue.at(ShardQueueDisc::REPAIR_DROP), 1U);
    EXPECT_EQ(stats.nDroppedPacketsAfterDequeue.at(ShardQueueDisc::PRIORITY_DROP), 1U);
    EXPECT_EQ(stats.nDroppedPacketsAfterDequeue.at(ShardQueueDisc::DOOMED_DROP), 1U);
    EXPECT_EQ(stats.nDroppedPacketsBeforeEnqueue.at(ShardQueueDisc::FULL_DROP), 1U);
    EXPECT_EQ(discs.Get(0)->GetNPackets(), 0U);
    Simulator::Destroy();
}

} // namespace
