// SPDX-License-Identifier: GPL-2.0-only
//
//                          /== r0 ==\            two disjoint paths of 10 Mbit/s and 4 ms,
//     sender --- near ----<          >---- far --- receiver      wired by ShardTunnelHelper
//                          \== r1 ==/
//
// What is proved of a whole tunnel between unmodified ns-3 applications:
//  1. every UDP packet arrives once, whole, with its addresses, ports, DSCP, TTL and tags; shards
//     took both paths
//  2. a single packet comes when a store-and-forward calculation says
//  3. a TCP transfer over lossy paths completes, its losses mended by Reed-Solomon
//  4. replicas make up for a path that is dead, and none arrives twice
//  5. without sharding (policy none) packets are plain IP on one path, fragmented beyond the MTU;
//     loss of a fragment loses the packet
//  6. real and virtual payload: the same packets at the same times, with losses too, and real
//     bytes are those that were sent
//  7. all shards and blocks are accounted for
//  8. a datagram of which a shard came with congestion experienced comes out with it, if it is
//     ECN-capable
//  9. hostile bytes at either gateway's port harm nothing

#include "helper/tunnel-fixture.h"

#include <ns3/bulk-send-helper.h>
#include <ns3/flow-id-tag.h>
#include <ns3/packet-sink-helper.h>
#include <ns3/packet-sink.h>
#include <ns3/shard-marking-queue.h>
#include <ns3/udp-client-server-helper.h>

#include <map>

namespace
{

using namespace ns3;
using namespace ns3::sharding;
using namespace tunneltest;

constexpr uint16_t PORT = 5000;

class Tunnel : public TunnelStory
{
  protected:
    /// A packet that came up to the receiver's application.
    struct Delivery
    {
        int64_t ns;
        uint32_t size;
        uint32_t number; ///< from the tag

        bool operator==(const Delivery& o) const
        {
            return ns == o.ns && size == o.size && number == o.number;
        }
    };

    void ListenUdp()
    {
        in = Socket::CreateSocket(nodes.Get(RECEIVER), UdpSocketFactory::GetTypeId());
        in->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
        in->SetRecvCallback(MakeCallback(&Tunnel::Take, this));
        out = Socket::CreateSocket(nodes.Get(SENDER), UdpSocketFactory::GetTypeId());
        out->Bind(InetSocketAddress(Ipv4Address("10.1.0.1"), 4000));
        out->Connect(InetSocketAddress(Ipv4Address("10.4.0.2"), PORT));
        nodes.Get(RECEIVER)->GetObject<Ipv4>()->TraceConnectWithoutContext(
            "Rx",
            MakeCallback(&Tunnel::Overhear, this));
        tunnel->reassembler->TraceConnectWithoutContext("Shard", MakeCallback(&Tunnel::Came, this));
        nodes.Get(NEAR)->GetObject<Ipv4>()->TraceConnectWithoutContext(
            "Tx",
            MakeCallback(&Tunnel::Marked, this));
    }

    /// The bytes of packet `number`: each packet has its own.
    static std::vector<uint8_t> Content(uint32_t number, uint32_t size)
    {
        std::vector<uint8_t> bytes(size);
        for (uint32_t i = 0; i < size; ++i)
        {
            bytes[i] = static_cast<uint8_t>(i * 7 + (i >> 8) + number * 13);
        }
        return bytes;
    }

    /// Send packet `number` at a time, marked with a packet tag and a byte tag.
    void SendAt(Time when, uint32_t number, uint32_t size)
    {
        Simulator::Schedule(when,
                            [this, number, size]
                            {
                                const std::vector<uint8_t> bytes = Content(number, size);
                                Ptr<Packet> packet = Create<Packet>(bytes.data(), size);
                                packet->AddPacketTag(FlowIdTag(number));
                                packet->AddByteTag(FlowIdTag(number + 1000000));
                                out->Send(packet);
                            });
    }

    void Take(Ptr<Socket> socket)
    {
        Address from;
        while (Ptr<Packet> packet = socket->RecvFrom(from))
        {
            EXPECT_EQ(InetSocketAddress::ConvertFrom(from).GetIpv4(), Ipv4Address("10.1.0.1"));
            EXPECT_EQ(InetSocketAddress::ConvertFrom(from).GetPort(), 4000);
            FlowIdTag tag;
            ASSERT_TRUE(packet->PeekPacketTag(tag)) << "the packet tag is gone";
            const uint32_t number = tag.GetFlowId();
            FlowIdTag byteTag;
            ASSERT_TRUE(packet->FindFirstMatchingByteTag(byteTag)) << "the byte tag is gone";
            EXPECT_EQ(byteTag.GetFlowId(), number + 1000000);
            std::vector<uint8_t> bytes(packet->GetSize());
            packet->CopyData(bytes.data(), packet->GetSize());
            EXPECT_EQ(bytes, Content(number, packet->GetSize()));
            got.push_back(Delivery{Simulator::Now().GetNanoSeconds(), packet->GetSize(), number});
        }
    }

    void Overhear(Ptr<const Packet> packet, Ptr<Ipv4>, uint32_t)
    {
        Ipv4Header ip;
        packet->PeekHeader(ip);
        headers.push_back(ip);
    }

    /// Count what leaves a gateway on a path.
    void CountLeaving(uint32_t path)
    {
        Leaving(path)->TraceConnectWithoutContext("PhyTxEnd",
                                                  path == 0 ? MakeCallback(&Tunnel::Left0, this)
                                                            : MakeCallback(&Tunnel::Left1, this));
    }

    /// Shards that came to the far gateway, by the path that they are said to have taken.
    void Came(const Shard& shard, ShardVerdict)
    {
        ++came[shard.path];
    }

    /// Marks of shards that leave the near gateway.
    void Marked(Ptr<const Packet> packet, Ptr<Ipv4>, uint32_t)
    {
        Ipv4Header ip;
        packet->PeekHeader(ip);
        ++marks[ip.GetDscp()];
    }

    void Left0(Ptr<const Packet>)
    {
        ++left[0];
    }

    void Left1(Ptr<const Packet>)
    {
        ++left[1];
    }

    void ExpectAllAccountedFor()
    {
        const ShardTransformer::Counters& sent = tunnel->transformer->GetCounters();
        EXPECT_EQ(sent.shards,
                  tunnel->nearTransport->GetSent() + tunnel->buffer->GetHeld() +
                      tunnel->buffer->GetDropped());
        const ShardReassemblyCounters& came = tunnel->reassembler->GetCounters();
        EXPECT_EQ(came.received, tunnel->farTransport->GetReceived());
        EXPECT_TRUE(tunnel->reassembler->CheckConservation());
        EXPECT_EQ(came.mismatches, 0U);
        EXPECT_EQ(tunnel->egress->GetUnknown(), 0U);
    }

    Ptr<Socket> in;
    Ptr<Socket> out;
    std::vector<Delivery> got;
    std::vector<Ipv4Header> headers; ///< of what the receiver got
    std::map<int, uint64_t> came;    ///< shards that came, by path
    std::map<int, uint64_t> marks;   ///< packets that left the near gateway, by DSCP
    uint64_t left[2] = {0, 0};       ///< packets that left the near gateway on each path
};

TEST_F(Tunnel, CarriesUdpOverBothPathsAsItWasSent)
{
    helper.SetPolicy("ns3::sharding::StaticPolicy", "Shards", UintegerValue(4));
    Install();
    ListenUdp();
    CountLeaving(0);
    CountLeaving(1);
    out->SetIpTos(46 << 2);
    for (uint32_t n = 0; n < 200; ++n)
    {
        SendAt(MilliSeconds(10 * n), n, 1 + 41 * n % 5000);
    }
    Simulator::Run();
    ASSERT_EQ(got.size(), 200U);
    std::map<uint32_t, uint32_t> times;
    for (const Delivery& delivery : got)
    {
        EXPECT_EQ(delivery.size, 1 + 41 * delivery.number % 5000);
        ++times[delivery.number];
    }
    EXPECT_EQ(times.size(), 200U) << "some came twice, others not at all";
    ASSERT_EQ(headers.size(), 200U);
    for (const Ipv4Header& ip : headers)
    {
        EXPECT_EQ(ip.GetSource(), Ipv4Address("10.1.0.1"));
        EXPECT_EQ(ip.GetDestination(), Ipv4Address("10.4.0.2"));
        EXPECT_EQ(ip.GetDscp(), 46);
        EXPECT_EQ(ip.GetTtl(), 62) << "the tunnel is one hop between two gateways";
        EXPECT_TRUE(ip.IsLastFragment() && ip.GetFragmentOffset() == 0);
    }
    EXPECT_EQ(tunnel->transformer->GetCounters().shards, 800U);
    EXPECT_EQ(left[0], 400U);
    EXPECT_EQ(left[1], 400U);
    EXPECT_EQ(came, (std::map<int, uint64_t>{{0, 400}, {1, 400}}));
    // The packet itself leaves once to the tunnel's device, its four shards to the links.
    EXPECT_EQ(marks, (std::map<int, uint64_t>{{46, 1000}})) << "shards bear their packet's mark";
    ExpectAllAccountedFor();
}

// 1000 bytes of UDP payload: 1028 of IP in two shards of 514, each 514 + 48 + 2 (PPP) = 564 bytes.
// Access links at 1 Gbit/s: 1030 bytes in 8.24 us, 2 ms away; each of two hops of 10 Mbit/s:
// 451.2 us and 2 ms.
TEST_F(Tunnel, DeliversASinglePacketWhenStoreAndForwardSays)
{
    helper.SetPolicy("ns3::sharding::StaticPolicy", "Shards", UintegerValue(2));
    Install();
    ListenUdp();
    SendAt(Seconds(1), 0, 1000);
    Simulator::Run();
    ASSERT_EQ(got.size(), 1U);
    EXPECT_EQ(got[0].ns - 1000000000, 2 * (8240 + 2000000) + 2 * (451200 + 2000000));
}

TEST_F(Tunnel, CompletesATcpTransferOverLossyPaths)
{
    helper.SetPolicy("ns3::sharding::StaticPolicy",
                     "Shards",
                     UintegerValue(4),
                     "Code",
                     StringValue("rs"),
                     "Repair",
                     UintegerValue(2));
    helper.SetRealPayload(true);
    Install();
    LosePackets(0, 0.03);
    LosePackets(1, 0.03);
    PacketSinkHelper sinkHelper("ns3::TcpSocketFactory",
                                InetSocketAddress(Ipv4Address::GetAny(), PORT));
    ApplicationContainer apps = sinkHelper.Install(nodes.Get(RECEIVER));
    BulkSendHelper bulk("ns3::TcpSocketFactory", InetSocketAddress(Ipv4Address("10.4.0.2"), PORT));
    bulk.SetAttribute("MaxBytes", UintegerValue(500000));
    apps.Add(bulk.Install(nodes.Get(SENDER)));
    apps.Start(Seconds(0));
    Simulator::Stop(Seconds(60));
    Simulator::Run();
    EXPECT_EQ(DynamicCast<PacketSink>(apps.Get(0))->GetTotalRx(), 500000U);
    const ShardReassemblyCounters& counters = tunnel->reassembler->GetCounters();
    // Some 900 segments of 6 shards: about 27 % of them miss a data or repair shard.
    EXPECT_GT(counters.recoveredBlocks, 20U);
    EXPECT_LT(counters.received, tunnel->nearTransport->GetSent());
    ExpectAllAccountedFor();
}

TEST_F(Tunnel, MakesUpForADeadPathByReplicas)
{
    helper.SetPolicy("ns3::sharding::ReplicatePolicy", "Copies", UintegerValue(2));
    Install();
    ListenUdp();
    LosePackets(1, 1);
    for (uint32_t n = 0; n < 50; ++n)
    {
        SendAt(MilliSeconds(20 * n), n, 3000);
    }
    Simulator::Run();
    ASSERT_EQ(got.size(), 50U);
    for (uint32_t n = 0; n < 50; ++n)
    {
        EXPECT_EQ(got[n].number, n);
    }
    ExpectAllAccountedFor();
}

TEST_F(Tunnel, LetsEachReplicaThroughOnlyOnce)
{
    helper.SetPolicy("ns3::sharding::ReplicatePolicy", "Copies", UintegerValue(3));
    Install();
    ListenUdp();
    for (uint32_t n = 0; n < 50; ++n)
    {
        SendAt(MilliSeconds(20 * n), n, 3000);
    }
    Simulator::Run();
    EXPECT_EQ(got.size(), 50U);
    EXPECT_EQ(tunnel->farTransport->GetReceived(), 150U);
    ExpectAllAccountedFor();
}

TEST_F(Tunnel, WithoutShardingIsPlainIpOnOnePath)
{
    helper.SetPolicy("ns3::sharding::ForwardPolicy");
    Install();
    ListenUdp();
    CountLeaving(0);
    CountLeaving(1);
    for (uint32_t n = 0; n < 20; ++n)
    {
        SendAt(MilliSeconds(20 * n), n, n % 2 == 0 ? 1000 : 4000);
    }
    Simulator::Run();
    EXPECT_EQ(got.size(), 20U);
    EXPECT_EQ(left[0], 10U * 1 + 10U * 3) << "4008 bytes of IP payload, 1480 a fragment";
    EXPECT_EQ(left[1], 0U);
    EXPECT_EQ(tunnel->transformer->GetCounters().forwarded, 20U);
    EXPECT_EQ(tunnel->nearTransport->GetSent(), 0U);
    for (const Ipv4Header& ip : headers)
    {
        EXPECT_EQ(ip.GetTtl(), 61) << "three routers";
    }
    ExpectAllAccountedFor();
}

// The second of three fragments of every packet is lost: nothing arrives. The same loss of one of
// the shards of a block is mended.
TEST_F(Tunnel, LosesAPlainPacketWithAnyOfItsFragments)
{
    helper.SetPolicy("ns3::sharding::ForwardPolicy");
    Install();
    ListenUdp();
    auto losses = CreateObject<ReceiveListErrorModel>();
    std::decay_t<decltype(losses->GetList())> list;
    for (uint32_t n = 0; n < 10; ++n)
    {
        list.push_back(3 * n + 1);
    }
    losses->SetList(list);
    Arriving(0)->SetReceiveErrorModel(losses);
    for (uint32_t n = 0; n < 10; ++n)
    {
        SendAt(MilliSeconds(20 * n), n, 4000);
    }
    SendAt(Seconds(1), 10, 4000);
    Simulator::Run();
    ASSERT_EQ(got.size(), 1U);
    EXPECT_EQ(got[0].number, 10U);
}

TEST_F(Tunnel, ADatagramIsMarkedIfAShardWasAndItIsCapable)
{
    std::vector<Ptr<ShardMarkingQueue>> queues;
    for (const uint32_t path : {0, 1})
    {
        queues.push_back(CreateObject<ShardMarkingQueue>());
        queues.back()->SetAttribute("MarkThreshold", UintegerValue(2));
        Leaving(path)->SetQueue(queues.back());
    }
    helper.SetPolicy("ns3::sharding::StaticPolicy", "Shards", UintegerValue(8));
    helper.SetEcn(true);
    Install();
    ListenUdp();
    // Of 8 shards over two paths, 4 on each, the last finds two waiting.
    const std::vector<std::pair<uint8_t, uint32_t>> sent = {{Ipv4Header::ECN_ECT0, 8000},
                                                            {Ipv4Header::ECN_NotECT, 8000},
                                                            {Ipv4Header::ECN_ECT1, 8000},
                                                            {Ipv4Header::ECN_ECT0, 8000}};
    for (uint32_t n = 0; n < sent.size(); ++n)
    {
        Simulator::Schedule(MilliSeconds(100 * n),
                            [this, n, &sent] { out->SetIpTos(sent[n].first); });
        SendAt(MilliSeconds(100 * n), n, sent[n].second);
    }
    Simulator::Schedule(MilliSeconds(250),
                        [&queues]
                        {
                            for (const Ptr<ShardMarkingQueue>& queue : queues)
                            {
                                queue->SetAttribute("MarkThreshold", UintegerValue(0));
                            }
                        });
    Simulator::Run();
    ASSERT_EQ(headers.size(), 4U);
    EXPECT_EQ(headers[0].GetEcn(), Ipv4Header::ECN_CE);
    EXPECT_EQ(headers[1].GetEcn(), Ipv4Header::ECN_NotECT);
    EXPECT_EQ(headers[2].GetEcn(), Ipv4Header::ECN_CE);
    EXPECT_EQ(headers[3].GetEcn(), Ipv4Header::ECN_ECT0) << "nothing marked it";
    EXPECT_EQ(got.size(), 4U);
    ExpectAllAccountedFor();
}

TEST_F(Tunnel, KeepsItsTimesWhetherPayloadIsRealOrVirtual)
{
    std::vector<Delivery> told[2];
    uint64_t recovered[2] = {0, 0};
    for (bool real : {false, true})
    {
        // The story is told twice, each time in a world of its own.
        struct World : public Tunnel
        {
            void TestBody() override
            {
            }

            void Tell(bool real)
            {
                helper.SetPolicy("ns3::sharding::StaticPolicy",
                                 "HeaderFirst",
                                 BooleanValue(true),
                                 "Code",
                                 StringValue("rs"),
                                 "Repair",
                                 UintegerValue(1));
                helper.SetBufferAttribute("PacingRate", StringValue("9Mbps"));
                helper.SetRealPayload(real);
                Install();
                ListenUdp();
                LosePackets(0, 0.05);
                LosePackets(1, 0.05);
                for (uint32_t n = 0; n < 300; ++n)
                {
                    SendAt(MicroSeconds(4999 * n), n, 1 + 97 * n % 8000);
                }
                Simulator::Run();
                ExpectAllAccountedFor();
            }

            using Tunnel::got;
            using Tunnel::tunnel;
        } world;

        world.Tell(real);
        told[real] = world.got;
        recovered[real] = world.tunnel->reassembler->GetCounters().recoveredBlocks;
    }
    EXPECT_EQ(told[0].size(), told[1].size());
    EXPECT_TRUE(told[0] == told[1]);
    EXPECT_EQ(recovered[0], recovered[1]);
    EXPECT_GT(recovered[1], 5U) << "the story is too easy";
    EXPECT_LT(told[1].size(), 300U) << "the story is too easy";
    EXPECT_GT(told[1].size(), 250U);
}

TEST_F(Tunnel, IsNotHarmedByHostileBytesAtItsPorts)
{
    helper.SetPolicy("ns3::sharding::StaticPolicy", "Shards", UintegerValue(4));
    helper.SetRealPayload(true);
    Install();
    ListenUdp();
    // Garbage and a well-formed shard of nothing that was sent, from a router to both gateways.
    ShardFields fields;
    fields.datagram = 40;
    fields.k = 2;
    fields.n = 2;
    std::vector<uint8_t> forged(40, 1);
    ShardHeader::Write(fields, &forged[20], 20, forged.data());
    Ptr<Socket> foe = Socket::CreateSocket(nodes.Get(R0), UdpSocketFactory::GetTypeId());
    foe->Bind();
    for (uint32_t n = 0; n < 100; ++n)
    {
        Simulator::Schedule(
            MilliSeconds(n),
            [&foe, &forged, n]
            {
                for (const char* gateway : {"10.2.0.1", "10.2.0.6"})
                {
                    std::vector<uint8_t> bytes = forged;
                    bytes.resize(n % 3 == 0 ? 40 : n % 60);
                    bytes.resize(bytes.size() + n % 2, 7);
                    foe->SendTo(
                        Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size())),
                        0,
                        InetSocketAddress(Ipv4Address(gateway), ShardUdpTransport::DEFAULT_PORT));
                }
            });
        SendAt(MilliSeconds(n), n, 1000);
    }
    Simulator::Run();
    EXPECT_EQ(got.size(), 100U);
    EXPECT_GT(tunnel->nearTransport->GetReceived(), 0U);
    EXPECT_GT(tunnel->farTransport->GetRejected(SHARD_TRUNCATED), 0U);
    EXPECT_GT(tunnel->farTransport->GetRejected(SHARD_LENGTH), 0U);
    EXPECT_GT(tunnel->farTransport->GetReceived(), 400U) << "forged ones among them";
    ExpectAllAccountedFor();
}

TEST(TunnelHelper, NeedsAPath)
{
    ShardTunnelHelper helper;
    NodeContainer nodes;
    nodes.Create(2);
    InternetStackHelper().Install(nodes);
    EXPECT_DEATH(helper.Install(nodes.Get(0), nodes.Get(1)), "needs at least one path");
    Simulator::Destroy();
}

} // namespace
