// SPDX-License-Identifier: GPL-2.0-only
//
//     ask (of a node, for a flow) --> ShardDecisionTier --> policy (of the test)
//
// What is proved of the tier that decides for all nodes, without any network:
//  1. every flow has an id of its own, whichever node asks, and keeps it; where the node holds
//     nothing of the flow any more, it is given another
//  2. the policy is told what the ask says, what is known of that node's way and no other, and what
//     was decided before
//  3. the policy is asked once for a flow: not again while the decision lives, the epoch is the
//  same
//     and the ask is alike; otherwise again
//  4. a review asks the policy again for the flows of one node; only where it changes its mind does
//     a new epoch begin, of which what has changed is, and what was decided before is asked anew
//  5. at most MaxPushed flows are reviewed: those that were asked for last, however old they are,
//     each once
//  6. a flow that nobody asked for in a long while is forgotten
//  7. decisions are traced where they are new or other than before, and all is counted

#include "ns3/shard-decision-tier.h"
#include <ns3/uinteger.h>

#include <algorithm>
#include <gtest/gtest.h>
#include <optional>
#include <set>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

/// Says what the test says, and remembers what it was told.
class ScriptedPolicy : public ShardingPolicy
{
  public:
    struct Told
    {
        Time now;
        ShardFlowView view;
        double loss;
        std::optional<ShardDirective> before;
    };

    ShardDirective Decide(Time now, const ShardFlowView& view) override
    {
        Told one{now, view, view.destination->loss, std::nullopt};
        if (view.current != nullptr)
        {
            one.before = *view.current;
        }
        told.push_back(one);
        ShardDirective answer = directive;
        answer.shards = view.flow.sourcePort == odd ? 99 : directive.shards;
        return answer;
    }

    ShardDirective directive;
    uint16_t odd{65535}; ///< the flow of this port is cut into 99 shards
    std::vector<Told> told;
};

class DecisionTier : public ::testing::Test
{
  protected:
    DecisionTier()
    {
        policy->directive.action = ShardDirective::SHARD;
        policy->directive.shards = 4;
        tier->SetPolicy(policy);
        tier->TraceConnectWithoutContext("Decision",
                                         MakeCallback(&DecisionTier::TraceDecision, this));
    }

    ~DecisionTier() override
    {
        tier->Dispose();
    }

    static ShardAsk Ask(uint16_t flow, uint32_t node = 1)
    {
        ShardAsk ask;
        ask.node = node;
        ask.flow.source = 0x0a000001;
        ask.flow.destination = 0x0a000002;
        ask.flow.sourcePort = flow;
        ask.flow.protocol = 17;
        ask.size = 1000;
        ask.maxPayload = 1452;
        ask.paths = 2;
        ask.mtu = 1500;
        return ask;
    }

    ShardDecision Decide(uint16_t flow, uint32_t node = 1)
    {
        return tier->Decide(now, Ask(flow, node));
    }

    /// @return flows, by port, that a review of a node has changed
    std::vector<uint16_t> Review(uint32_t node = 1)
    {
        std::vector<uint16_t> ports;
        for (const ShardDecision& decision : tier->Review(now, node))
        {
            EXPECT_EQ(decision.epoch, tier->GetEpoch());
            ports.push_back(decision.flow.sourcePort);
        }
        std::sort(ports.begin(), ports.end());
        return ports;
    }

    void TraceDecision(Time, const ShardDecision& decision, const ShardDestination& destination)
    {
        traced.push_back(decision);
        tracedLoss.push_back(destination.loss);
    }

    Ptr<ScriptedPolicy> policy = CreateObject<ScriptedPolicy>();
    Ptr<ShardDecisionTier> tier = CreateObject<ShardDecisionTier>();
    Time now{Seconds(1)};
    std::vector<ShardDecision> traced;
    std::vector<double> tracedLoss;
};

using Ports = std::vector<uint16_t>;

TEST_F(DecisionTier, EveryFlowHasAnIdOfItsOwnAndKeepsIt)
{
    std::set<uint32_t> ids;
    std::vector<uint32_t> first;
    for (uint16_t flow = 0; flow < 500; ++flow)
    {
        first.push_back(Decide(flow, flow % 3).id);
        ids.insert(first.back());
    }
    EXPECT_EQ(ids.size(), 500u);
    now += Seconds(20); // the decisions are old
    for (uint16_t flow = 0; flow < 500; ++flow)
    {
        EXPECT_EQ(Decide(flow, flow % 3).id, first[flow]);
    }
}

TEST_F(DecisionTier, ANodeThatHoldsNothingOfAFlowIsGivenAnotherId)
{
    std::set<uint32_t> ids = {Decide(1).id, Decide(2).id};
    ShardAsk fresh = Ask(1);
    fresh.isFresh = true;
    const ShardDecision again = tier->Decide(now, fresh);
    EXPECT_EQ(ids.count(again.id), 0u);
    EXPECT_EQ(again.directive.shards, 4u);
    EXPECT_EQ(policy->told.size(), 2u) << "the policy need not be asked for that";
    EXPECT_EQ(Decide(1).id, again.id);
    EXPECT_EQ(ids.count(Decide(3).id), 0u);
    EXPECT_NE(Decide(3).id, again.id);
}

TEST_F(DecisionTier, TellsThePolicyWhatItKnows)
{
    tier->Destination(1).loss = 0.125;
    tier->Destination(2).loss = 0.5;
    ShardAsk ask = Ask(7);
    ask.size = 4000;
    ask.dscp = 46;
    ask.maxPayload = 1200;
    ask.paths = 3;
    ask.mtu = 1300;
    ask.rate = 25000;
    ask.delay = 15000;
    ask.isArq = true;
    const ShardDecision decision = tier->Decide(now, ask);
    EXPECT_EQ(decision.flow, ask.flow);
    EXPECT_EQ(decision.lifetime, 10000u);
    EXPECT_EQ(decision.directive, policy->directive);
    ASSERT_EQ(policy->told.size(), 1u);
    const ScriptedPolicy::Told& told = policy->told[0];
    EXPECT_EQ(told.now, now);
    EXPECT_EQ(told.view.flow, ask.flow);
    EXPECT_EQ(told.view.size, 4000u);
    EXPECT_EQ(told.view.dscp, 46u);
    EXPECT_EQ(told.view.maxPayload, 1200u);
    EXPECT_EQ(told.view.paths, 3u);
    EXPECT_EQ(told.view.mtu, 1300u);
    EXPECT_EQ(told.view.rate, DataRate("25Mbps"));
    EXPECT_EQ(told.view.delay, MilliSeconds(15));
    EXPECT_TRUE(told.view.isArq);
    EXPECT_EQ(told.loss, 0.125);
    EXPECT_FALSE(told.before);
    ASSERT_EQ(traced.size(), 1u);
    EXPECT_EQ(traced[0].id, decision.id);
    EXPECT_EQ(tracedLoss[0], 0.125);
}

TEST_F(DecisionTier, AsksThePolicyAgainOnlyWhenSomethingIsOtherThanBefore)
{
    tier->SetAttribute("Lifetime", TimeValue(Seconds(5)));
    Decide(1);
    now += Seconds(5) - NanoSeconds(1);
    Decide(1);
    EXPECT_EQ(policy->told.size(), 1u);
    EXPECT_EQ(tier->GetCounters().cached, 1u);
    now += NanoSeconds(1); // its life is over
    Decide(1);
    EXPECT_EQ(policy->told.size(), 2u);
    EXPECT_EQ(policy->told[1].before, policy->directive);
    ShardAsk other = Ask(1);
    other.size = 9000;
    tier->Decide(now, other);
    EXPECT_EQ(policy->told.size(), 3u) << "another size";
    other.dscp = 10;
    tier->Decide(now, other);
    EXPECT_EQ(policy->told.size(), 4u) << "another priority";
    other.node = 2;
    tier->Decide(now, other);
    EXPECT_EQ(policy->told.size(), 5u) << "another node";
    tier->Decide(now, other);
    EXPECT_EQ(policy->told.size(), 5u);
    EXPECT_EQ(tier->GetCounters().asked, 7u);
    EXPECT_EQ(tier->GetCounters().cached, 2u);
    EXPECT_EQ(tier->GetCounters().decided, 5u);
    EXPECT_EQ(tier->GetCounters().changed, 0u);
    EXPECT_EQ(traced.size(), 1u) << "it never said anything else";
}

TEST_F(DecisionTier, AReviewBeginsAnEpochOnlyWhereThePolicyChangesItsMind)
{
    Decide(1);
    Decide(2);
    Decide(3);
    const uint32_t epoch = tier->GetEpoch();
    EXPECT_EQ(Review(), Ports());
    EXPECT_EQ(tier->GetEpoch(), epoch);
    EXPECT_EQ(policy->told.size(), 6u) << "but it was asked";
    policy->odd = 2;
    EXPECT_EQ(Review(), Ports{2});
    EXPECT_EQ(tier->GetEpoch(), epoch + 1);
    EXPECT_EQ(tier->GetCounters().changed, 1u);
    EXPECT_EQ(traced.size(), 4u);
    EXPECT_EQ(traced.back().directive.shards, 99u);
    EXPECT_EQ(Review(), Ports());
    EXPECT_EQ(tier->GetEpoch(), epoch + 1);
    policy->directive.shards = 5;
    EXPECT_EQ(Review(), (Ports{1, 3}));
    EXPECT_EQ(tier->GetEpoch(), epoch + 2);
}

TEST_F(DecisionTier, WhatWasDecidedBeforeAnEpochIsAskedAnew)
{
    Decide(1);
    Decide(2);
    policy->odd = 2;
    Review();
    const std::size_t before = policy->told.size();
    EXPECT_EQ(Decide(2).directive.shards, 99u);
    EXPECT_EQ(policy->told.size(), before) << "it is of this epoch";
    const ShardDecision decision = Decide(1);
    EXPECT_EQ(policy->told.size(), before + 1);
    EXPECT_EQ(decision.epoch, tier->GetEpoch());
    Decide(1);
    EXPECT_EQ(policy->told.size(), before + 1);
}

TEST_F(DecisionTier, AReviewIsOfOneNode)
{
    Decide(1, 1);
    Decide(2, 2);
    policy->directive.shards = 5;
    EXPECT_EQ(Review(3), Ports());
    EXPECT_EQ(Review(2), Ports{2});
    EXPECT_EQ(Review(1), Ports{1});
}

TEST_F(DecisionTier, ReviewsThoseThatWereAskedForLast)
{
    tier->SetAttribute("MaxPushed", UintegerValue(3));
    for (uint16_t flow = 1; flow <= 5; ++flow)
    {
        Decide(flow);
    }
    policy->directive.shards = 5;
    EXPECT_EQ(Review(), (Ports{3, 4, 5}));
    Decide(2);
    policy->directive.shards = 6;
    EXPECT_EQ(Review(), (Ports{2, 4, 5})) << "an old flow is asked for again";
    Decide(4);
    Decide(6);
    policy->directive.shards = 7;
    EXPECT_EQ(Review(), (Ports{2, 4, 6})) << "5 was asked for longest ago";
}

TEST_F(DecisionTier, ReviewsAFlowOnceThatWasForgottenAndCameBack)
{
    tier->SetAttribute("MaxPushed", UintegerValue(3));
    tier->SetAttribute("FlowIdle", TimeValue(Seconds(1)));
    Decide(1);
    for (int i = 0; i < 4; ++i)
    {
        now += Seconds(2);
        Decide(2); // looks at others, and finds them idle
        Decide(2);
        Decide(1);
    }
    const std::size_t before = policy->told.size();
    policy->directive.shards = 5;
    EXPECT_EQ(Review(), (Ports{1, 2}));
    EXPECT_EQ(policy->told.size(), before + 2);
}

TEST_F(DecisionTier, ForgetsFlowsThatAreIdle)
{
    tier->SetAttribute("FlowIdle", TimeValue(Seconds(1)));
    const uint32_t id = Decide(1).id;
    now += Seconds(2);
    Decide(2);
    Decide(2);
    const std::size_t before = policy->told.size();
    const ShardDecision again = Decide(1);
    EXPECT_NE(again.id, id);
    EXPECT_EQ(policy->told.size(), before + 1);
    EXPECT_FALSE(policy->told.back().before) << "as if it had never been";
}

} // namespace
