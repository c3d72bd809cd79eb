// SPDX-License-Identifier: GPL-2.0-only
//
//                          /== r0 ==\---- far ----\             the tunnel's own reassembly node is
//     sender --- near ----<          X             >-- receiver far; directives send flows to the
//                          \== r1 ==/---- other --/             other, over the same two paths
//
// What is proved of a tunnel whose directives name where a flow's shards are put together, between
// unmodified ns-3 applications:
//  1. a policy sends one flow elsewhere: its shards go there on both paths, the other flow's do
//  not,
//     and all packets come once
//  2. with losses, repair shards and requests all of that holds, too: each node asks for what it
//     lacks and gets it, every shard is accounted for, every packet comes, none twice
//  3. a flow that moves there and back has no gaps: nothing is asked for, nothing comes twice
//  4. another port of the same node is another place
//  5. flows take the paths that their directives name, there and here
//  6. reports of both nodes are understood; one that does not answer is left alone
//  7. an address that is not known, and any over computed paths, is refused, counted and traced,
//  and
//     the flow goes plainly

#include "helper/tunnel-fixture.h"

#include "ns3/shard-rewriting-policy.h"
#include "ns3/shard-tier-helper.h"
#include <ns3/flow-id-tag.h>
#include <ns3/pointer.h>

#include <map>

namespace
{

using namespace ns3;
using namespace ns3::sharding;
using namespace tunneltest;

constexpr uint16_t PORT = 5000;
constexpr uint16_t ELSEWHERE = 4001; ///< source port of the flow that the policy sends elsewhere

/// Gives a flow the directive of its source port.
class ByPort : public ShardingPolicy
{
  public:
    ShardDirective Decide(Time, const ShardFlowView& view) override
    {
        return directives[view.flow.sourcePort];
    }

    std::map<uint16_t, ShardDirective> directives;
};

class TwoReceivers : public TunnelStory
{
  protected:
    static constexpr uint32_t OTHER = R1 + 1; ///< the other reassembly node

    TwoReceivers()
    {
        nodes.Create(1);
        InternetStackHelper stack;
        stack.SetRoutingHelper(Ipv4StaticRoutingHelper());
        stack.SetIpv6StackInstall(false);
        stack.Install(nodes.Get(OTHER));
        Connect(R0, OTHER, "10.5.0.1", "10.5.0.2", "10Mbps", 1500);
        Connect(R1, OTHER, "10.6.0.1", "10.6.0.2", "10Mbps", 1500);
        Connect(OTHER, RECEIVER, "10.7.0.1", "10.7.0.2", "1Gbps", 9000);
        Route(NEAR, "10.5.0.2", "10.2.0.2", 2);
        Route(NEAR, "10.6.0.2", "10.3.0.2", 3);
        Route(OTHER, "10.4.0.2", "10.7.0.2", 3);
        Route(OTHER, "10.2.0.1", "10.5.0.1", 1);
        Route(OTHER, "10.3.0.1", "10.6.0.1", 2);
        Route(FAR, "10.2.0.1", "10.2.0.5", 1);
        Route(FAR, "10.3.0.1", "10.3.0.5", 2);
        directive.action = ShardDirective::SHARD;
        directive.shards = 4;
    }

    /// Wire the tunnel and the other node, and two flows to the receiver.
    void Begin(uint16_t port = 0)
    {
        helper.SetRealPayload(true);
        Install();
        other = helper.AddReassembly(tunnel,
                                     nodes.Get(OTHER),
                                     {Ipv4Address("10.5.0.2"), Ipv4Address("10.6.0.2")},
                                     port);
        Listen();
    }

    void Listen()
    {
        tunnel->transformer->SetPolicy(policy);
        tunnel->transformer->SetAttribute("FlowIdle", TimeValue(Seconds(60)));
        WatchRefusals();
        for (uint16_t flow : {uint16_t(4000), ELSEWHERE})
        {
            policy->directives[flow] = directive;
            out[flow] = Socket::CreateSocket(nodes.Get(SENDER), UdpSocketFactory::GetTypeId());
            out[flow]->Bind(InetSocketAddress(Ipv4Address("10.1.0.1"), flow));
            out[flow]->Connect(InetSocketAddress(Ipv4Address("10.4.0.2"), PORT));
        }
        in = Socket::CreateSocket(nodes.Get(RECEIVER), UdpSocketFactory::GetTypeId());
        in->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
        in->SetRecvCallback(MakeCallback(&TwoReceivers::Take, this));
        for (uint32_t path : {0, 1})
        {
            Leaving(path)->TraceConnectWithoutContext(
                "PhyTxEnd",
                path == 0 ? MakeCallback(&TwoReceivers::Left0, this)
                          : MakeCallback(&TwoReceivers::Left1, this));
        }
        for (const Ptr<PointToPointNetDevice>& device : devices)
        {
            device->TraceConnectWithoutContext("PhyRxDrop",
                                               MakeCallback(&TwoReceivers::Lost, this));
        }
    }

    void WatchRefusals()
    {
        tunnel->transformer->TraceConnectWithoutContext(
            "Refused",
            MakeCallback(&TwoReceivers::TraceRefused, this));
    }

    /// Send `count` packets of 2000 bytes of a flow, one every 5 ms.
    void Send(uint16_t flow, uint32_t count, Time from = Time(0))
    {
        for (uint32_t n = 0; n < count; ++n)
        {
            Simulator::Schedule(from + MilliSeconds(5 * n),
                                [this, flow]
                                {
                                    Ptr<Packet> packet = Create<Packet>(2000);
                                    packet->AddPacketTag(FlowIdTag(flow * 100000U + sent[flow]++));
                                    out[flow]->Send(packet);
                                });
        }
    }

    void SendTo(uint16_t flow, const char* address, uint16_t port = 0)
    {
        policy->directives[flow] = directive;
        policy->directives[flow].reassembly = {Ipv4Address(address).Get(), port};
    }

    /// The decisions tier says that a flow is to be put together at an address from now on.
    void Move(uint16_t flow, const char* address)
    {
        SendTo(flow, address);
        ShardDecision decision;
        decision.flow.source = Ipv4Address("10.1.0.1").Get();
        decision.flow.destination = Ipv4Address("10.4.0.2").Get();
        decision.flow.sourcePort = flow;
        decision.flow.destinationPort = PORT;
        decision.flow.protocol = 17;
        decision.directive = policy->directives[flow];
        decision.lifetime = 60000;
        tunnel->transformer->Decided(Simulator::Now(), decision);
    }

    void LoseShards(uint32_t device, double rate)
    {
        auto losses = CreateObject<RateErrorModel>();
        losses->SetAttribute("ErrorRate", DoubleValue(rate));
        losses->SetAttribute("ErrorUnit", StringValue("ERROR_UNIT_PACKET"));
        losses->AssignStreams(50 + device);
        devices[device]->SetReceiveErrorModel(losses);
    }

    void Take(Ptr<Socket> socket)
    {
        while (Ptr<Packet> packet = socket->Recv())
        {
            FlowIdTag tag;
            ASSERT_TRUE(packet->PeekPacketTag(tag));
            ++got[tag.GetFlowId()];
        }
    }

    void TraceRefused(const FlowKey& flow, const ShardDirective&, const std::string& why)
    {
        EXPECT_EQ(flow.sourcePort, ELSEWHERE);
        reasons.push_back(why);
    }

    void Lost(Ptr<const Packet>)
    {
        ++lost;
    }

    void Left0(Ptr<const Packet>)
    {
        ++left[0];
    }

    void Left1(Ptr<const Packet>)
    {
        ++left[1];
    }

    void ExpectAllCameOnce() const
    {
        uint64_t all = 0;
        for (const auto& [flow, count] : sent)
        {
            all += count;
        }
        EXPECT_EQ(got.size(), all);
        for (const auto& [number, times] : got)
        {
            EXPECT_EQ(times, 1u) << number;
        }
    }

    /// Every shard came to one of the nodes or was lost on the way, and none of them vanished
    /// there.
    void ExpectAllAccountedFor() const
    {
        const ShardTransformer::Counters& made = tunnel->transformer->GetCounters();
        const uint64_t again = tunnel->history ? tunnel->history->GetCounters().retransmitted : 0;
        EXPECT_EQ(made.shards + again, tunnel->nearTransport->GetSent());
        EXPECT_EQ(tunnel->nearTransport->GetSent(),
                  tunnel->farTransport->GetReceived() + other->farTransport->GetReceived() + lost);
        for (const Ptr<ShardTunnel>& end : {tunnel, other})
        {
            const ShardReassemblyCounters& came = end->reassembler->GetCounters();
            EXPECT_EQ(came.received, end->farTransport->GetReceived());
            EXPECT_TRUE(end->reassembler->CheckConservation());
            EXPECT_EQ(came.mismatches, 0u);
            EXPECT_EQ(end->egress->GetUnknown(), 0u);
        }
    }

    static uint64_t Released(const Ptr<ShardTunnel>& end)
    {
        return end->reassembler->GetCounters().blocks[SHARD_RELEASED];
    }

    Ptr<ShardTunnel> other; ///< its receiving parts are those of the other node
    Ptr<ByPort> policy = CreateObject<ByPort>();
    ShardDirective directive; ///< of flows that stay
    std::map<uint16_t, Ptr<Socket>> out;
    Ptr<Socket> in;
    std::map<uint16_t, uint32_t> sent; ///< packets, by flow
    std::map<uint32_t, uint32_t> got;  ///< how often each packet came
    std::vector<std::string> reasons;
    uint64_t lost = 0;
    uint64_t left[2] = {0, 0};
};

TEST_F(TwoReceivers, APolicySendsOneFlowElsewhere)
{
    Begin();
    Ptr<RewritingPolicy> rewriting = CreateObject<RewritingPolicy>();
    rewriting->SetAttribute("Then", PointerValue(policy));
    rewriting->SetAttribute("ReassemblyAddress", Ipv4AddressValue("10.6.0.2"));
    ShardFlowView view;
    view.flow.sourcePort = ELSEWHERE;
    policy->directives[ELSEWHERE] = rewriting->Decide(Time(0), view);
    Send(4000, 100);
    Send(ELSEWHERE, 60);
    Simulator::Run();
    ExpectAllCameOnce();
    ExpectAllAccountedFor();
    EXPECT_EQ(Released(tunnel), 100u);
    EXPECT_EQ(Released(other), 60u);
    EXPECT_EQ(left[0], 320u);
    EXPECT_EQ(left[1], 320u);
    EXPECT_EQ(tunnel->farTransport->GetReceived(), 400u);
    EXPECT_EQ(lost, 0u);
}

TEST_F(TwoReceivers, WithLossesEachAsksForWhatItLacks)
{
    helper.SetArq(true);
    Begin();
    directive.code = SHARD_CODE_REED_SOLOMON;
    directive.repair = 1;
    policy->directives[4000] = directive;
    SendTo(ELSEWHERE, "10.5.0.2");
    for (uint32_t device : {5, 9, 13, 15})
    {
        LoseShards(device, 0.1);
    }
    Send(4000, 400);
    Send(ELSEWHERE, 400);
    Simulator::Run();
    ExpectAllCameOnce();
    ExpectAllAccountedFor();
    EXPECT_EQ(Released(tunnel), 400u);
    EXPECT_EQ(Released(other), 400u);
    // Of 4000 shards a tenth is lost: a standard deviation of 19.
    EXPECT_NEAR(static_cast<double>(lost), 400, 100);
    // Two or more of five are lost with 8 %, 32 blocks of 400 with a standard deviation of 5.4;
    // each asks on its own way, and is answered.
    for (const Ptr<ShardTunnel>& end : {tunnel, other})
    {
        EXPECT_GT(end->farTransport->GetControlSent(), 10u);
    }
    const ShardHistory::Counters& history = tunnel->history->GetCounters();
    EXPECT_EQ(history.requests + history.stale,
              tunnel->farTransport->GetControlSent() + other->farTransport->GetControlSent());
    EXPECT_EQ(history.unknown, 0u);
    EXPECT_GT(history.retransmitted, 50u);
}

TEST_F(TwoReceivers, AFlowThatMovesHasNoGaps)
{
    helper.SetArq(true);
    Begin();
    Send(ELSEWHERE, 200);
    Simulator::Schedule(MilliSeconds(251), [this] { Move(ELSEWHERE, "10.5.0.2"); });
    Simulator::Schedule(MilliSeconds(501), [this] { Move(ELSEWHERE, "0.0.0.0"); });
    Simulator::Schedule(MilliSeconds(751), [this] { Move(ELSEWHERE, "10.6.0.2"); });
    Simulator::Run();
    ExpectAllCameOnce();
    ExpectAllAccountedFor();
    EXPECT_NEAR(static_cast<double>(Released(tunnel)), 100, 2);
    EXPECT_NEAR(static_cast<double>(Released(other)), 100, 2);
    EXPECT_EQ(tunnel->farTransport->GetControlSent() + other->farTransport->GetControlSent(), 0u)
        << "what went to the one was missed by the other";
}

TEST_F(TwoReceivers, WithLossesAFlowThatMovesComesOnce)
{
    helper.SetArq(true);
    Begin();
    for (uint32_t device : {5, 9, 13, 15})
    {
        LoseShards(device, 0.1);
    }
    Send(ELSEWHERE, 400);
    for (uint32_t turn = 0; turn < 20; ++turn)
    {
        Simulator::Schedule(MilliSeconds(100 * turn + 51),
                            [this, turn]
                            { Move(ELSEWHERE, turn % 2 == 0 ? "10.5.0.2" : "10.2.0.6"); });
    }
    Simulator::Run();
    for (const auto& [number, times] : got)
    {
        EXPECT_EQ(times, 1u) << number;
    }
    EXPECT_GE(got.size(), 398u) << "but for the last of either, which nothing follows";
    EXPECT_EQ(got.size(), Released(tunnel) + Released(other));
    ExpectAllAccountedFor();
    EXPECT_EQ(tunnel->history->GetCounters().unknown, 0u);
}

TEST_F(TwoReceivers, AnotherPortOfTheSameNodeIsAnotherPlace)
{
    helper.SetArq(true);
    Install();
    other = helper.AddReassembly(tunnel,
                                 nodes.Get(FAR),
                                 {Ipv4Address("10.2.0.6"), Ipv4Address("10.3.0.6")},
                                 4800);
    Listen();
    SendTo(ELSEWHERE, "0.0.0.0", 4800);
    // One of 1600 shards and all three that are sent for it are lost once in 800 seeds.
    LoseShards(5, 0.03);
    LoseShards(9, 0.03);
    Send(4000, 200);
    Send(ELSEWHERE, 200);
    Simulator::Run();
    ExpectAllCameOnce();
    ExpectAllAccountedFor();
    EXPECT_EQ(Released(tunnel), 200u);
    EXPECT_EQ(Released(other), 200u);
    EXPECT_GT(other->farTransport->GetControlSent(), 10u);
    EXPECT_EQ(tunnel->nearTransport->GetRejected(SHARD_REPLAYED), 0u) << "two senders of requests";
}

TEST_F(TwoReceivers, FlowsTakeThePathsThatTheirDirectivesName)
{
    Begin();
    policy->directives[4000].placement = SHARD_PLACEMENT_SINGLE;
    policy->directives[4000].path = 1;
    SendTo(ELSEWHERE, "10.5.0.2");
    policy->directives[ELSEWHERE].placement = SHARD_PLACEMENT_SINGLE;
    Send(4000, 50);
    Send(ELSEWHERE, 30);
    Simulator::Run();
    ExpectAllCameOnce();
    ExpectAllAccountedFor();
    EXPECT_EQ(left[0], 120u);
    EXPECT_EQ(left[1], 200u);
    EXPECT_EQ(Released(tunnel), 50u);
    EXPECT_EQ(Released(other), 30u);
}

TEST_F(TwoReceivers, EachReportsAndOneThatDoesNotIsLeftAlone)
{
    helper.SetReports(MilliSeconds(100));
    Begin();
    SendTo(ELSEWHERE, "10.5.0.2");
    ShardTierHelper tiers;
    Ptr<ShardControlPlane> plane = tiers.Create();
    plane->GetTier()->SetPolicy(policy);
    tiers.Connect(plane, tunnel, nodes.Get(R0), "10.2.0.1", "10.2.0.2");
    Send(4000, 1200);
    Send(ELSEWHERE, 1200);
    Simulator::Schedule(Seconds(2),
                        [this, plane]
                        {
                            const ShardProber::Counters& heard = tunnel->prober->GetCounters();
                            EXPECT_NEAR(static_cast<double>(heard.reports), 40, 4);
                            EXPECT_EQ(heard.stale, 0u);
                            EXPECT_NEAR(static_cast<double>(plane->GetCounters().reports), 20, 2)
                                << "the tier knows of the one way";
                            EXPECT_EQ(tunnel->transformer->GetCounters().forwarded, 0u);
                            LoseShards(13, 1);
                            LoseShards(15, 1);
                        });
    Simulator::Run();
    EXPECT_EQ(tunnel->prober->GetCounters().silences, 1u);
    EXPECT_EQ(Released(tunnel), 1200u);
    EXPECT_NEAR(static_cast<double>(Released(other)), 400, 2);
    // The last report comes when the interval ends in which the last shard came, at most 100 ms and
    // a way later; it is believed for two seconds. From then on, until 6 s, packets go plainly.
    EXPECT_GE(tunnel->transformer->GetCounters().forwarded, 375u);
    EXPECT_LE(tunnel->transformer->GetCounters().forwarded, 400u);
    EXPECT_EQ(got.size(), 1200 + Released(other) + tunnel->transformer->GetCounters().forwarded);
    for (const auto& [number, times] : got)
    {
        EXPECT_EQ(times, 1u) << number;
    }
    plane->Dispose();
}

TEST_F(TwoReceivers, AnAddressThatIsNotKnownIsRefused)
{
    Begin();
    SendTo(ELSEWHERE, "10.4.0.2");
    Send(4000, 10);
    Send(ELSEWHERE, 10);
    Simulator::Run();
    ExpectAllCameOnce();
    EXPECT_EQ(Released(tunnel), 10u);
    EXPECT_EQ(Released(other), 0u);
    EXPECT_EQ(reasons, (std::vector<std::string>{"a reassembly node that is not known"}));
    EXPECT_EQ(tunnel->transformer->GetCounters().refused, 1u);
    EXPECT_EQ(tunnel->transformer->GetCounters().forwarded, 10u);
}

TEST_F(TwoReceivers, AnAddressIsRefusedOverComputedPaths)
{
    ShardPathLinkSettings settings;
    settings.rate = DataRate("10Mbps");
    ShardPathModel way;
    way.AddLink(ShardPathLink(settings));
    helper.AddPath(way, way, ShardPathInfo());
    tunnel = helper.InstallComputed();
    tunnel->transformer->SetPolicy(policy);
    WatchRefusals();
    SendTo(ELSEWHERE, "10.5.0.2");
    policy->directives[4000] = directive;
    for (uint16_t flow : {uint16_t(4000), ELSEWHERE})
    {
        Ptr<Datagram> datagram = Create<Datagram>();
        datagram->flow.sourcePort = flow;
        datagram->size = 1000;
        tunnel->transformer->Submit(Time(0), datagram);
    }
    Simulator::Run();
    EXPECT_EQ(reasons, (std::vector<std::string>{"a reassembly node that is not known"}));
    EXPECT_EQ(tunnel->transformer->GetCounters().refused, 1u);
    EXPECT_EQ(tunnel->transformer->GetCounters().forwarded, 1u);
    EXPECT_EQ(tunnel->farTransport->GetReceived(), 4u);
    tunnel->Dispose();
}

} // namespace
