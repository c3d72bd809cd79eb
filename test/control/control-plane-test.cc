// SPDX-License-Identifier: GPL-2.0-only
//
//     client 1 === 1 Gbit/s, 5 ms ===+
//                                    +--- ShardControlPlane --> ShardDecisionTier --> policy
//     client 2 === 1 Gbit/s, 5 ms ===+                                               (scripted)
//
// What is proved of the decisions tier over a network:
//  1. who asks is answered a round trip later, with an id that nobody else has and the epoch; the
//     same question again does not trouble the policy
//  2. a report changes what is believed of its node's way alone; where the policy then changes its
//     mind, the directives are pushed to that node, and all nodes hear of the new epoch
//  3. between two changes of mind there is the hold time
//  4. what a receiver announces is told to the policy, and reviewed the first time
//  5. stale reports, malformed messages and asks in another node's name are counted and change
//     nothing
//  6. while the plane is down nothing is answered: a client asks again after 20 and 40 ms, and
//  gives
//     up after 80 more; where the plane comes back in time, it is answered
//  7. a client drops decisions and epochs of the past, in the arithmetic of RFC 1982, and what is
//     malformed; a decision that nobody asked for is taken
//  8. reports and capabilities are relayed as they came
//  9. of a report soon after a change of interleaving depth nothing is learnt of bursts
// 10. a plane that was disposed of is not called any more

#include "ns3/shard-control-plane.h"
#include "ns3/shard-path-transport.h"
#include "ns3/shard-tier-client.h"
#include <ns3/simulator.h>
#include <ns3/uinteger.h>

#include <functional>
#include <gtest/gtest.h>
#include <set>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

/// Does what the test says.
class ScriptedPolicy : public ShardingPolicy
{
  public:
    ShardDirective Decide(Time, const ShardFlowView& view) override
    {
        ++asked;
        ShardDirective directive;
        directive.action = ShardDirective::SHARD;
        script(view, directive);
        return directive;
    }

    std::function<void(const ShardFlowView&, ShardDirective&)> script =
        [](const ShardFlowView&, ShardDirective& d) { d.shards = 4; };
    int asked{0};
};

/// One node's client, its line to the plane, and what it was told.
struct Station : ShardDecisionSink
{
    struct Heard
    {
        int64_t us;
        ShardDecision decision;
    };

    Station()
    {
        ShardPathLinkSettings settings;
        settings.rate = DataRate("1Gbps");
        settings.delay = MilliSeconds(5);
        ShardPathModel way;
        way.AddLink(ShardPathLink(settings));
        ShardPathTransport::Connect(near, far);
        near->AddPath(way, ShardPathInfo());
        far->AddPath(way, ShardPathInfo());
        client->SetTransport(near);
        client->SetSink(this);
    }

    ~Station() override
    {
        client->Dispose();
        near->Dispose();
        far->Dispose();
    }

    void Decided(Time now, const ShardDecision& decision) override
    {
        decided.push_back(Heard{now.GetMicroSeconds(), decision});
    }

    void Undecided(Time now, const FlowKey&) override
    {
        undecided.push_back(now.GetMicroSeconds());
    }

    Ptr<ShardPathTransport> near = CreateObject<ShardPathTransport>();
    Ptr<ShardPathTransport> far = CreateObject<ShardPathTransport>();
    Ptr<ShardTierClient> client = CreateObject<ShardTierClient>();
    std::vector<Heard> decided;
    std::vector<int64_t> undecided; ///< us
};

class ControlPlane : public ::testing::Test
{
  protected:
    ControlPlane()
    {
        tier->SetPolicy(policy);
        plane->SetTier(tier);
        for (uint32_t node : {1, 2})
        {
            plane->AddNode(node, stations[node - 1].far);
        }
    }

    ~ControlPlane() override
    {
        plane->Dispose();
        tier->Dispose();
        Simulator::Destroy();
    }

    static ShardAsk MakeAsk(uint16_t flow, uint32_t node)
    {
        ShardAsk ask;
        ask.node = node;
        ask.flow.source = node;
        ask.flow.sourcePort = flow;
        ask.size = 1000;
        ask.maxPayload = 1452;
        ask.paths = 1;
        ask.mtu = 1500;
        ask.isFresh = true;
        return ask;
    }

    void Ask(uint16_t flow, uint32_t node = 1)
    {
        stations[node - 1].client->Ask(Simulator::Now(), MakeAsk(flow, node));
    }

    void Report(uint32_t number, uint32_t node = 1, uint32_t lost = 0)
    {
        ShardReport report;
        report.number = number;
        report.interval = 100000;
        report.expected = 1000;
        report.lost = report.pairs = report.pairsLost = lost;
        Tell(SHARD_CONTROL_REPORT, report.Write(), node);
    }

    /// A message comes to the plane from a node, as the node's client relays it.
    void Tell(ShardControlType type, const std::vector<uint8_t>& body, uint32_t node = 1)
    {
        ShardControlMessage message;
        message.type = type;
        message.body = body.data();
        message.size = static_cast<uint32_t>(body.size());
        stations[node - 1].client->Relay(Simulator::Now(), message);
    }

    void RunFor(Time time)
    {
        Simulator::Stop(time);
        Simulator::Run();
    }

    /// @return numbers of shards that a node was told, in order
    std::vector<uint32_t> Shards(uint32_t node = 1) const
    {
        std::vector<uint32_t> all;
        for (const Station::Heard& heard : stations[node - 1].decided)
        {
            all.push_back(heard.decision.directive.shards);
        }
        return all;
    }

    /// The policy wants another number of shards after each report.
    void FollowReports()
    {
        policy->script = [](const ShardFlowView& view, ShardDirective& directive)
        { directive.shards = static_cast<uint32_t>(4 + view.destination->reports); };
    }

    Ptr<ScriptedPolicy> policy = CreateObject<ScriptedPolicy>();
    Ptr<ShardDecisionTier> tier = CreateObject<ShardDecisionTier>();
    Ptr<ShardControlPlane> plane = CreateObject<ShardControlPlane>();
    Station stations[2];
};

using Numbers = std::vector<uint32_t>;

TEST_F(ControlPlane, AnswersARoundTripLater)
{
    Ask(1);
    Ask(2);
    Ask(1, 2);
    RunFor(Seconds(1));
    ASSERT_EQ(stations[0].decided.size(), 2u);
    ASSERT_EQ(stations[1].decided.size(), 1u);
    std::set<uint32_t> ids;
    for (const Station& station : stations)
    {
        for (const Station::Heard& heard : station.decided)
        {
            EXPECT_GE(heard.us, 10000);
            EXPECT_LT(heard.us, 10010);
            EXPECT_EQ(heard.decision.epoch, tier->GetEpoch());
            EXPECT_EQ(heard.decision.directive.shards, 4u);
            ids.insert(heard.decision.id);
        }
    }
    EXPECT_EQ(ids.size(), 3u);
    EXPECT_EQ(stations[0].decided[1].decision.flow, MakeAsk(2, 1).flow);
    EXPECT_EQ(plane->GetCounters().asks, 3u);
    EXPECT_EQ(stations[0].client->GetCounters().asked, 2u);
    EXPECT_EQ(stations[0].client->GetCounters().repeated, 0u);
    EXPECT_TRUE(stations[0].undecided.empty());
}

TEST_F(ControlPlane, TheSameQuestionDoesNotTroubleThePolicyAgain)
{
    Ask(1);
    RunFor(Seconds(1));
    Ask(1);
    RunFor(Seconds(1));
    EXPECT_EQ(stations[0].decided.size(), 2u);
    EXPECT_EQ(policy->asked, 1);
    EXPECT_EQ(tier->GetCounters().cached, 1u);
}

TEST_F(ControlPlane, AReportThatChangesThePolicysMindIsFelt)
{
    policy->script = [](const ShardFlowView& view, ShardDirective& directive)
    { directive.shards = view.destination->loss > 0.1 ? 9 : 4; };
    Ask(1);
    Ask(2);
    Ask(1, 2);
    RunFor(Seconds(1));
    const uint32_t epoch = tier->GetEpoch();
    Report(1);
    Report(1, 2);
    RunFor(Seconds(1));
    EXPECT_EQ(tier->GetEpoch(), epoch);
    EXPECT_EQ(plane->GetCounters().reports, 2u);
    EXPECT_EQ(plane->GetCounters().pushed, 0u);
    Report(2, 1, 500);
    RunFor(Seconds(1));
    EXPECT_EQ(tier->GetEpoch(), epoch + 1);
    EXPECT_GT(tier->Destination(1).loss, 0.1);
    EXPECT_LT(tier->Destination(2).loss, 0.05);
    EXPECT_EQ(plane->GetCounters().pushed, 2u);
    EXPECT_EQ(Shards(1), (Numbers{4, 4, 9, 9}));
    EXPECT_EQ(stations[0].decided[3].decision.epoch, epoch + 1);
    EXPECT_EQ(Shards(2), Numbers{4});
    for (const Station& station : stations)
    {
        EXPECT_EQ(station.client->GetEpoch(), epoch + 1);
        EXPECT_EQ(station.client->GetCounters().epochs, 1u);
    }
    const int asked = policy->asked;
    Ask(1, 2); // what was decided before is stale
    RunFor(Seconds(1));
    EXPECT_EQ(policy->asked, asked + 1);
    EXPECT_EQ(stations[1].decided.back().decision.epoch, epoch + 1);
}

TEST_F(ControlPlane, HoldsItsMindForAWhile)
{
    plane->SetAttribute("HoldTime", TimeValue(MilliSeconds(500)));
    FollowReports();
    Ask(1);
    RunFor(Seconds(1));
    for (uint32_t number = 1; number <= 11; ++number)
    {
        Report(number);
        RunFor(MilliSeconds(100));
    }
    // At the first report, and 500 and 1000 ms later.
    EXPECT_EQ(Shards(), (Numbers{4, 5, 10, 15}));
    EXPECT_EQ(plane->GetCounters().reports, 11u);
    EXPECT_EQ(plane->GetCounters().pushed, 3u);
}

TEST_F(ControlPlane, WhatAReceiverAnnouncesIsToldToThePolicy)
{
    policy->script = [](const ShardFlowView& view, ShardDirective& directive)
    { directive.shards = view.destination->isAnnounced ? view.destination->can.mtu / 100 : 4; };
    Ask(1);
    RunFor(Seconds(1));
    ShardCapability can;
    can.reassembles = true;
    can.mtu = 1500;
    Tell(SHARD_CONTROL_CAPABILITY, can.Write());
    RunFor(Seconds(1));
    EXPECT_EQ(Shards(), (Numbers{4, 15}));
    const int asked = policy->asked;
    can.mtu = 900;
    Tell(SHARD_CONTROL_CAPABILITY, can.Write());
    RunFor(Seconds(1));
    EXPECT_EQ(plane->GetCounters().capabilities, 2u);
    EXPECT_EQ(tier->Destination(1).can.mtu, 900u);
    EXPECT_EQ(policy->asked, asked) << "heard again, it waits for the next report";
    Report(1);
    RunFor(Seconds(1));
    EXPECT_EQ(Shards(), (Numbers{4, 15, 9}));
}

TEST_F(ControlPlane, DropsStaleReports)
{
    FollowReports();
    plane->SetAttribute("HoldTime", TimeValue(Time(0)));
    Ask(1);
    RunFor(Seconds(1));
    for (uint32_t number : {5, 5, 4, 1, 6})
    {
        Report(number, 1, 0);
        RunFor(Seconds(1));
    }
    EXPECT_EQ(plane->GetCounters().reports, 2u);
    EXPECT_EQ(plane->GetCounters().stale, 3u);
    EXPECT_EQ(tier->Destination(1).reports, 2u);
    EXPECT_EQ(Shards(), (Numbers{4, 5, 6}));
    Report(1, 2);
    RunFor(Seconds(1));
    EXPECT_EQ(plane->GetCounters().reports, 3u) << "each node counts by itself";
}

TEST_F(ControlPlane, DropsWhatIsMalformed)
{
    ShardReport report;
    report.number = 1;
    report.lost = 1; // of nothing
    Tell(SHARD_CONTROL_REPORT, report.Write());
    Tell(SHARD_CONTROL_REPORT, {});
    Tell(SHARD_CONTROL_CAPABILITY, {0});
    Tell(SHARD_CONTROL_ASK, std::vector<uint8_t>(36));
    Tell(SHARD_CONTROL_ASK, MakeAsk(1, 2).Write()); // in the name of node 2
    RunFor(Seconds(1));
    EXPECT_EQ(plane->GetCounters().malformed, 5u);
    EXPECT_EQ(plane->GetCounters().reports, 0u);
    EXPECT_EQ(plane->GetCounters().asks, 0u);
    EXPECT_EQ(policy->asked, 0);
    EXPECT_TRUE(stations[0].decided.empty());
    EXPECT_TRUE(stations[1].decided.empty());
    report.lost = 0;
    Tell(SHARD_CONTROL_REPORT, report.Write());
    RunFor(Seconds(1));
    EXPECT_EQ(plane->GetCounters().reports, 1u) << "its number was not used up";
}

TEST_F(ControlPlane, WhileItIsDownAClientAsksAgainAndGivesUp)
{
    plane->SetAttribute("DownUntil", TimeValue(Seconds(1)));
    Ask(1);
    Report(1);
    RunFor(Seconds(1));
    EXPECT_TRUE(stations[0].decided.empty());
    EXPECT_EQ(stations[0].undecided, std::vector<int64_t>{140000}) << "20, 40 and 80 ms";
    const ShardTierClient::Counters& counters = stations[0].client->GetCounters();
    EXPECT_EQ(counters.asked, 1u);
    EXPECT_EQ(counters.repeated, 2u);
    EXPECT_EQ(counters.failed, 1u);
    EXPECT_EQ(plane->GetCounters().missed, 4u);
    EXPECT_EQ(plane->GetCounters().reports, 0u);
    Ask(1); // it comes to a plane that is up again
    RunFor(Seconds(1));
    EXPECT_EQ(stations[0].decided.size(), 1u);
    EXPECT_EQ(stations[0].undecided.size(), 1u);
}

TEST_F(ControlPlane, WhereItComesBackInTimeTheClientIsAnswered)
{
    plane->SetAttribute("DownUntil", TimeValue(MilliSeconds(50)));
    Ask(1); // again at 20 and at 60 ms
    RunFor(Seconds(1));
    ASSERT_EQ(stations[0].decided.size(), 1u);
    EXPECT_EQ(stations[0].decided[0].us / 1000, 70);
    EXPECT_TRUE(stations[0].undecided.empty());
    EXPECT_EQ(plane->GetCounters().missed, 2u);
}

TEST_F(ControlPlane, GoesDownAtTheTimeThatIsSaid)
{
    plane->SetAttribute("DownFrom", TimeValue(MilliSeconds(100)));
    plane->SetAttribute("DownUntil", TimeValue(MilliSeconds(300)));
    Simulator::Schedule(MilliSeconds(50), [this] { Ask(1); });
    Simulator::Schedule(MilliSeconds(110), [this] { Ask(2); });
    RunFor(Seconds(1));
    ASSERT_EQ(stations[0].decided.size(), 1u);
    EXPECT_EQ(stations[0].decided[0].decision.flow.sourcePort, 1u);
    EXPECT_EQ(stations[0].undecided, std::vector<int64_t>{250000});
}

TEST_F(ControlPlane, AClientAsksAsOftenAsItIsTold)
{
    plane->SetAttribute("DownUntil", TimeValue(Seconds(100)));
    stations[0].client->SetAttribute("Retries", UintegerValue(0));
    stations[1].client->SetAttribute("Retries", UintegerValue(4));
    stations[1].client->SetAttribute("Timeout", TimeValue(MilliSeconds(100)));
    Ask(1);
    Ask(1, 2);
    RunFor(Seconds(10));
    EXPECT_EQ(stations[0].undecided, std::vector<int64_t>{20000});
    EXPECT_EQ(stations[1].undecided, std::vector<int64_t>{3100000}) << "1 + 2 + 4 + 8 + 16";
}

TEST_F(ControlPlane, AClientDropsWhatIsOfThePast)
{
    Station& station = stations[0];
    const auto decide = [&station, this](uint32_t epoch)
    {
        ShardDecision decision;
        decision.epoch = epoch;
        station.far->SendControl(Simulator::Now(), 0, SHARD_CONTROL_DECISION, decision.Write());
        RunFor(MilliSeconds(20));
        return station.client->GetEpoch();
    };
    const auto begin = [&station, this](uint32_t epoch)
    {
        ShardEpoch message;
        message.epoch = epoch;
        station.far->SendControl(Simulator::Now(), 0, SHARD_CONTROL_EPOCH, message.Write());
        RunFor(MilliSeconds(20));
        return station.client->GetEpoch();
    };
    EXPECT_EQ(decide(3), 3u);
    EXPECT_EQ(decide(2), 3u);
    EXPECT_EQ(begin(1), 3u);
    EXPECT_EQ(decide(3), 3u);
    EXPECT_EQ(begin(4), 4u);
    EXPECT_EQ(decide(3), 4u);
    EXPECT_EQ(station.decided.size(), 2u);
    EXPECT_EQ(station.client->GetCounters().stale, 3u);
    // Numbers go round.
    begin(0x7fffffff);
    begin(0xfffffffe);
    EXPECT_EQ(decide(1), 1u);
    EXPECT_EQ(decide(0xfffffffe), 1u);
    EXPECT_EQ(station.decided.size(), 3u);
    EXPECT_EQ(station.client->GetCounters().epochs, 3u);
    EXPECT_EQ(station.client->GetCounters().decisions, 3u);
}

TEST_F(ControlPlane, AnAnswerOfThePastIsNoAnswer)
{
    plane->SetAttribute("DownUntil", TimeValue(Seconds(10)));
    Station& station = stations[0];
    ShardEpoch epoch;
    epoch.epoch = 5;
    station.far->SendControl(Simulator::Now(), 0, SHARD_CONTROL_EPOCH, epoch.Write());
    RunFor(MilliSeconds(100));
    Ask(1);
    ShardDecision decision;
    decision.flow = MakeAsk(1, 1).flow;
    decision.epoch = 4;
    station.far->SendControl(Simulator::Now(), 0, SHARD_CONTROL_DECISION, decision.Write());
    RunFor(Seconds(1));
    EXPECT_TRUE(station.decided.empty());
    EXPECT_EQ(station.undecided, std::vector<int64_t>{240000});
}

TEST_F(ControlPlane, AClientDropsWhatIsMalformed)
{
    Station& station = stations[0];
    station.far->SendControl(Time(0), 0, SHARD_CONTROL_DECISION, std::vector<uint8_t>(20));
    station.far->SendControl(Time(0), 0, SHARD_CONTROL_EPOCH, {0, 0, 1});
    station.far->SendControl(Time(0), 0, SHARD_CONTROL_EPOCH, {0, 0, 0, 1, 0});
    RunFor(Seconds(1));
    EXPECT_EQ(station.client->GetCounters().malformed, 3u);
    EXPECT_EQ(station.client->GetEpoch(), 0u);
    EXPECT_TRUE(station.decided.empty());
}

TEST_F(ControlPlane, RelaysWhatTheReceiverSays)
{
    Report(1);
    Report(2);
    ShardCapability can;
    Tell(SHARD_CONTROL_CAPABILITY, can.Write());
    RunFor(Seconds(1));
    EXPECT_EQ(stations[0].client->GetCounters().relayed, 3u);
    EXPECT_EQ(plane->GetCounters().reports, 2u);
    EXPECT_EQ(plane->GetCounters().capabilities, 1u);
}

TEST_F(ControlPlane, LearnsNothingOfBurstsWhileTheDepthChanges)
{
    uint8_t depth = 1;
    policy->script = [&depth](const ShardFlowView&, ShardDirective& directive)
    { directive.interleave = depth; };
    RunFor(Seconds(1));
    Report(1, 1, 500); // of 500 losses all were followed by one
    RunFor(Seconds(1));
    const double burst = tier->Destination(1).burst;
    EXPECT_GT(burst, 10);
    depth = 4;
    Ask(1);
    RunFor(MilliSeconds(100));
    Report(2, 1, 0);
    RunFor(MilliSeconds(50));
    // What is known of bursts is as it was, though the report speaks of no loss at all.
    const double mixed = tier->Destination(1).burst;
    EXPECT_GT(mixed, burst / 2);
    RunFor(Seconds(1));
    Report(3, 1, 500);
    RunFor(Seconds(1));
    EXPECT_GT(tier->Destination(1).burst, 2 * burst) << "all cling, four packets apart";
}

TEST_F(ControlPlane, AfterItsEndNothingIsTaken)
{
    Ask(1);
    plane->Dispose();
    RunFor(Seconds(1));
    EXPECT_TRUE(stations[0].decided.empty());
    EXPECT_EQ(stations[0].undecided.size(), 1u);
}

} // namespace
