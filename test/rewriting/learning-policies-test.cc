// SPDX-License-Identifier: GPL-2.0-only
/*
 * Policies that learn:
 * 1. threshold: plain below, shards above, repair above the higher one; smaller shards and more
 *    repair with more congestion; hysteresis on the way back; nothing for who does not reassemble
 * 2. adaptive: plain where nothing is lost; where much is, a block that fails less than once in a
 *    hundred (by an independent recursion over the chain), within the budget
 * 3. adaptive: less than that for bulk; no more shards at once than allowed; stays with what it has
 *    while that is about as good
 * 4. oracle: ignores what was learnt
 * 5. rewriting: sets targets, and leaves the rest to another policy
 */
#include "analysis/closed-forms.h"

#include "ns3/double.h"
#include "ns3/pointer.h"
#include "ns3/shard-adaptive-policy.h"
#include "ns3/shard-rewriting-policy.h"
#include "ns3/shard-static-policies.h"
#include "ns3/shard-threshold-policy.h"
#include "ns3/uinteger.h"

#include <gtest/gtest.h>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

class LearningPolicies : public ::testing::Test
{
  protected:
    LearningPolicies()
    {
        destination.isAnnounced = true;
        destination.can.reassembles = true;
        destination.reports = 100;
        destination.delay = MilliSeconds(10);
        destination.trip = MilliSeconds(20);
        destination.blockRate = 100;
        destination.flowRate = 100;
        view.size = 9028;
        view.maxPayload = 1452;
        view.mtu = 1500;
        view.paths = 1;
        view.rate = DataRate("100Mbps");
        view.delay = MilliSeconds(10);
        view.destination = &destination;
    }

    ShardDirective Decide(Ptr<ShardingPolicy> policy)
    {
        ++destination.reports;
        return policy->Decide(Seconds(1), view);
    }

    ShardDestination destination;
    ShardFlowView view;
};

TEST_F(LearningPolicies, ThresholdFollowsCongestion)
{
    Ptr<ThresholdPolicy> policy = CreateObject<ThresholdPolicy>(); // 0.1, 0.3, 0.05
    const auto at = [&](double congestion)
    {
        destination.congestion = congestion;
        return Decide(policy);
    };
    EXPECT_EQ(at(0.1).action, ShardDirective::FORWARD);
    const ShardDirective some = at(0.11);
    EXPECT_EQ(some.action, ShardDirective::SHARD);
    EXPECT_EQ(some.repair, 0);
    EXPECT_EQ(some.shardSize, 1315u) << "0.75 / 8 less than 1452";
    const ShardDirective full = at(1);
    EXPECT_EQ(full.shardSize, 363u) << "a quarter";
    EXPECT_EQ(full.code, SHARD_CODE_REED_SOLOMON);
    EXPECT_EQ(full.repair, 13) << "half of 25";
    EXPECT_LT(at(0.5).repair, 13);
    EXPECT_GT(at(0.5).repair, 0);
}

TEST_F(LearningPolicies, ThresholdIsUndoneBelow)
{
    Ptr<ThresholdPolicy> policy = CreateObject<ThresholdPolicy>();
    ShardDirective current;
    destination.congestion = 0.31;
    current = Decide(policy);
    EXPECT_GT(current.repair, 0);
    view.current = &current;
    destination.congestion = 0.26;
    current = Decide(policy);
    EXPECT_GT(current.repair, 0) << "still";
    destination.congestion = 0.24;
    current = Decide(policy);
    EXPECT_EQ(current.repair, 0);
    destination.congestion = 0.06;
    current = Decide(policy);
    EXPECT_EQ(current.action, ShardDirective::SHARD) << "still";
    destination.congestion = 0.05;
    EXPECT_EQ(Decide(policy).action, ShardDirective::FORWARD);
}

TEST_F(LearningPolicies, AdaptiveTakesTheWayOfPlainPacketsWhereOthersAreLonger)
{
    view.paths = 4;
    view.rate = DataRate("10Mbps"); // 7 ms for a packet, 2 ms for its shards
    destination.delayPlain = MilliSeconds(10);
    EXPECT_EQ(Decide(CreateObject<AdaptivePolicy>()).action, ShardDirective::SHARD);
    destination.delay = MilliSeconds(40);
    EXPECT_EQ(Decide(CreateObject<AdaptivePolicy>()).action, ShardDirective::FORWARD);
    destination.loss = 0.05; // plain packets lose too many
    EXPECT_EQ(Decide(CreateObject<AdaptivePolicy>()).action, ShardDirective::SHARD);
}

TEST_F(LearningPolicies, NobodyIsShardedToWhoDoesNotReassemble)
{
    destination.can.reassembles = false;
    destination.congestion = 1;
    destination.loss = 0.1;
    EXPECT_EQ(Decide(CreateObject<ThresholdPolicy>()).action, ShardDirective::FORWARD);
    EXPECT_EQ(Decide(CreateObject<AdaptivePolicy>()).action, ShardDirective::FORWARD);
}

TEST_F(LearningPolicies, AdaptiveSendsPlainWhereNothingIsLost)
{
    destination.loss = 1e-5;
    EXPECT_EQ(Decide(CreateObject<AdaptivePolicy>()).action, ShardDirective::FORWARD);
}

TEST_F(LearningPolicies, AdaptiveKeepsThePromiseWithinItsBudget)
{
    for (const double burst : {1.0, 3.0, 5.0})
    {
        for (const double loss : {0.01, 0.05, 0.1})
        {
            destination.loss = loss;
            destination.burst = burst;
            const ShardDirective d = Decide(CreateObject<AdaptivePolicy>());
            ASSERT_EQ(d.action, ShardDirective::SHARD);
            const uint32_t n = d.shards + d.repair;
            EXPECT_LT(shardsim::BlockLoss(n,
                                          d.shards,
                                          shardsim::GilbertElliott::FromMeans(loss, burst),
                                          d.interleave),
                      0.01)
                << loss << " " << burst << ": " << d.shards << "+" << int(d.repair);
            EXPECT_LE(n * (9028.0 / d.shards + 48), 3 * 9028.0 + n);
            EXPECT_LE(n * d.interleave, 80u);
        }
    }
}

TEST_F(LearningPolicies, AdaptiveSpendsLessOnBulk)
{
    destination.loss = 0.05;
    destination.burst = 2;
    view.isArq = true;
    Ptr<AdaptivePolicy> policy = CreateObject<AdaptivePolicy>();
    const ShardDirective usual = Decide(policy);
    view.dscp = 8;
    const ShardDirective bulk = Decide(policy);
    const auto cost = [](const ShardDirective& d)
    { return (d.shards + d.repair) * (9028.0 / d.shards + 48) / 9028; };
    EXPECT_GT(cost(usual), 1.25);
    EXPECT_LE(cost(bulk), 1.21);
    EXPECT_EQ(bulk.action, ShardDirective::SHARD) << "what is lost is asked for";
}

TEST_F(LearningPolicies, AdaptivePutsNoMoreAtOnceThanAllowed)
{
    destination.loss = 0.1;
    destination.burst = 10;
    Ptr<AdaptivePolicy> policy = CreateObject<AdaptivePolicy>();
    policy->SetAttribute("MostAtOnce", UintegerValue(20));
    const ShardDirective d = Decide(policy);
    EXPECT_LE((d.shards + d.repair) * d.interleave, 20u);
}

TEST_F(LearningPolicies, AdaptiveStaysWhileItIsAboutAsGood)
{
    destination.loss = 0.05;
    destination.burst = 1.1;
    Ptr<AdaptivePolicy> policy = CreateObject<AdaptivePolicy>();
    ShardDirective current = Decide(policy);
    view.current = &current;
    destination.loss = 0.0485;
    EXPECT_EQ(Decide(policy), current);
    destination.loss = 0.02;
    EXPECT_NE(Decide(policy), current);
}

TEST_F(LearningPolicies, OracleIgnoresWhatWasLearnt)
{
    Ptr<OraclePolicy> oracle = CreateObject<OraclePolicy>();
    oracle->SetAttribute("Loss", DoubleValue(0.05));
    oracle->SetAttribute("Burst", DoubleValue(2));
    oracle->SetAttribute("RoundTrip", TimeValue(MilliSeconds(20)));
    destination.loss = 0.3;
    const ShardDirective first = Decide(oracle);
    destination.loss = 0;
    EXPECT_EQ(Decide(oracle), first);
    EXPECT_GT(first.repair, 0);
}

TEST_F(LearningPolicies, RewritingLeavesShardingToAnother)
{
    Ptr<StaticPolicy> then = CreateObject<StaticPolicy>();
    then->SetAttribute("Shards", UintegerValue(5));
    Ptr<RewritingPolicy> policy = CreateObject<RewritingPolicy>();
    policy->SetAttribute("Port", UintegerValue(77));
    policy->SetAttribute("ReplicaPort", UintegerValue(78));
    const ShardDirective alone = Decide(policy);
    EXPECT_EQ(alone.action, ShardDirective::FORWARD);
    EXPECT_EQ(alone.destination.port, 77);
    EXPECT_EQ(alone.replicaCount, 1);
    EXPECT_EQ(alone.replicas[0].port, 78);
    policy->SetAttribute("Then", PointerValue(then));
    const ShardDirective both = Decide(policy);
    EXPECT_EQ(both.shards, 5u);
    EXPECT_EQ(both.destination.port, 77);
    EXPECT_FALSE(both.reassembly);
    policy->SetAttribute("ReassemblyAddress", Ipv4AddressValue("10.5.0.2"));
    policy->SetAttribute("ReassemblyPort", UintegerValue(4800));
    EXPECT_EQ(Decide(policy).reassembly, (ShardTarget{0x0a050002, 4800}));
}

} // namespace
