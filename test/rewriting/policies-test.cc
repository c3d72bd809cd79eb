// SPDX-License-Identifier: GPL-2.0-only
//
//     flow (5-tuple, size, DSCP) --> policy --> directive
//
// What is proved of the policies that decide alike on every flow:
//  1. each is found by its TypeId's name, as a plug-in of ShardingPolicy
//  2. ForwardPolicy leaves every flow alone
//  3. StaticPolicy says what its attributes say, by default one shard size: what the MTU allows
//  4. StaticPolicy without a code has no repair shards, whatever was asked for
//  5. ReplicatePolicy's copies are blocks of one data shard and copies - 1 repetitions
//  6. attributes have bounds: what no block can have is refused
//  7. a policy of the user's own, from this file, is asked in the same way

#include "ns3/shard-static-policies.h"
#include <ns3/boolean.h>
#include <ns3/object-factory.h>
#include <ns3/string.h>
#include <ns3/uinteger.h>

#include <gtest/gtest.h>
#include <string>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

/// Three flows that have nothing in common.
ShardFlowView
SomeFlow(uint32_t which)
{
    ShardFlowView view;
    view.flow.source = 0x0a000001 + which;
    view.flow.destination = 0x0a010101;
    view.flow.sourcePort = static_cast<uint16_t>(1000 * which);
    view.flow.protocol = which % 2 == 0 ? 17 : 6;
    view.size = 28 + 4000 * which;
    view.dscp = static_cast<uint8_t>(23 * which);
    view.maxPayload = 1452;
    view.paths = 1 + which;
    return view;
}

Ptr<ShardingPolicy>
ByName(const std::string& name)
{
    ObjectFactory factory;
    factory.SetTypeId("ns3::sharding::" + name);
    return factory.Create<ShardingPolicy>();
}

TEST(Policies, AreFoundByNameAsPlugIns)
{
    for (const char* name : {"ForwardPolicy", "StaticPolicy", "ReplicatePolicy"})
    {
        const TypeId tid = TypeId::LookupByName(std::string("ns3::sharding::") + name);
        EXPECT_EQ(tid.GetParent(), ShardingPolicy::GetTypeId()) << name;
        EXPECT_TRUE(ByName(name)) << name;
    }
}

TEST(ForwardPolicy, LeavesEveryFlowAlone)
{
    Ptr<ShardingPolicy> policy = ByName("ForwardPolicy");
    for (uint32_t which = 0; which < 3; ++which)
    {
        EXPECT_EQ(policy->Decide(Seconds(which), SomeFlow(which)).action, ShardDirective::FORWARD);
    }
}

TEST(StaticPolicy, ByDefaultCutsToTheMtuAndAddsNothing)
{
    const ShardDirective d = ByName("StaticPolicy")->Decide(Seconds(0), SomeFlow(1));
    EXPECT_EQ(d.action, ShardDirective::SHARD);
    EXPECT_EQ(d.shards, 0U);
    EXPECT_EQ(d.shardSize, 0U);
    EXPECT_FALSE(d.headerFirst);
    EXPECT_EQ(d.code, SHARD_CODE_NONE);
    EXPECT_EQ(d.repair, 0);
    EXPECT_EQ(d.interleave, 1);
}

TEST(StaticPolicy, SaysOfEveryFlowWhatItsAttributesSay)
{
    Ptr<ShardingPolicy> policy = ByName("StaticPolicy");
    policy->SetAttribute("Shards", UintegerValue(8));
    policy->SetAttribute("ShardSize", UintegerValue(1200));
    policy->SetAttribute("HeaderFirst", BooleanValue(true));
    policy->SetAttribute("Protect", UintegerValue(3));
    policy->SetAttribute("Code", StringValue("rs"));
    policy->SetAttribute("Repair", UintegerValue(2));
    policy->SetAttribute("Interleave", UintegerValue(4));
    for (uint32_t which = 0; which < 3; ++which)
    {
        const ShardDirective d = policy->Decide(Seconds(which), SomeFlow(which));
        EXPECT_EQ(d.action, ShardDirective::SHARD);
        EXPECT_EQ(d.shards, 8U);
        EXPECT_EQ(d.shardSize, 1200U);
        EXPECT_TRUE(d.headerFirst);
        EXPECT_EQ(d.protect, 3);
        EXPECT_EQ(d.code, SHARD_CODE_REED_SOLOMON);
        EXPECT_EQ(d.repair, 2);
        EXPECT_EQ(d.interleave, 4);
    }
}

TEST(StaticPolicy, NamesAPlacementAndAPathOnlyWhereOneTakesAll)
{
    const std::pair<const char*, ShardPlacementKind> names[] = {
        {"node", SHARD_PLACEMENT_NODE},
        {"single", SHARD_PLACEMENT_SINGLE},
        {"round-robin", SHARD_PLACEMENT_ROUND_ROBIN},
        {"weighted", SHARD_PLACEMENT_WEIGHTED},
        {"least-delay", SHARD_PLACEMENT_LEAST_DELAY}};
    Ptr<ShardingPolicy> policy = ByName("StaticPolicy");
    EXPECT_EQ(policy->Decide(Seconds(0), SomeFlow(0)).placement, SHARD_PLACEMENT_NODE);
    policy->SetAttribute("Path", UintegerValue(3));
    for (const auto& [name, kind] : names)
    {
        policy->SetAttribute("Placement", StringValue(name));
        const ShardDirective d = policy->Decide(Seconds(0), SomeFlow(0));
        EXPECT_EQ(d.placement, kind) << name;
        EXPECT_EQ(d.path, kind == SHARD_PLACEMENT_SINGLE ? 3 : 0) << name;
    }
}

TEST(StaticPolicy, KnowsItsCodesByName)
{
    const std::pair<const char*, ShardCode> names[] = {{"none", SHARD_CODE_NONE},
                                                       {"repetition", SHARD_CODE_REPETITION},
                                                       {"xor", SHARD_CODE_XOR},
                                                       {"rs", SHARD_CODE_REED_SOLOMON}};
    for (const auto& [name, code] : names)
    {
        Ptr<ShardingPolicy> policy = ByName("StaticPolicy");
        policy->SetAttribute("Code", StringValue(name));
        policy->SetAttribute("Repair", UintegerValue(5));
        const ShardDirective d = policy->Decide(Seconds(0), SomeFlow(0));
        EXPECT_EQ(d.code, code) << name;
        EXPECT_EQ(d.repair, code == SHARD_CODE_NONE ? 0 : 5) << name;
    }
}

TEST(ReplicatePolicy, SendsOneWholeDataShardAndTheOtherCopiesAsRepetitions)
{
    for (uint32_t copies : {1U, 2U, 3U, 255U})
    {
        Ptr<ShardingPolicy> policy = ByName("ReplicatePolicy");
        policy->SetAttribute("Copies", UintegerValue(copies));
        const ShardDirective d = policy->Decide(Seconds(0), SomeFlow(2));
        EXPECT_EQ(d.action, ShardDirective::SHARD);
        EXPECT_EQ(d.shards, 1U);
        EXPECT_EQ(d.code, SHARD_CODE_REPETITION);
        EXPECT_EQ(d.repair, copies - 1);
        EXPECT_FALSE(d.headerFirst);
    }
    EXPECT_EQ(ByName("ReplicatePolicy")->Decide(Seconds(0), SomeFlow(0)).repair, 1);
}

TEST(Policies, RefuseWhatNoBlockCanHave)
{
    Ptr<ShardingPolicy> fixed = ByName("StaticPolicy");
    EXPECT_TRUE(fixed->SetAttributeFailSafe("Shards", UintegerValue(255)));
    EXPECT_FALSE(fixed->SetAttributeFailSafe("Shards", UintegerValue(256)));
    EXPECT_TRUE(fixed->SetAttributeFailSafe("Repair", UintegerValue(254)));
    EXPECT_FALSE(fixed->SetAttributeFailSafe("Repair", UintegerValue(255)));
    EXPECT_FALSE(fixed->SetAttributeFailSafe("ShardSize", UintegerValue(65536)));
    EXPECT_FALSE(fixed->SetAttributeFailSafe("Interleave", UintegerValue(0)));
    EXPECT_FALSE(fixed->SetAttributeFailSafe("Code", StringValue("turbo")));
    Ptr<ShardingPolicy> copies = ByName("ReplicatePolicy");
    EXPECT_FALSE(copies->SetAttributeFailSafe("Copies", UintegerValue(0)));
    EXPECT_FALSE(copies->SetAttributeFailSafe("Copies", UintegerValue(256)));
    const ShardDirective d = copies->Decide(Seconds(0), SomeFlow(0));
    EXPECT_EQ(d.repair, 1) << "what was refused changed something";
}

/// Shards large packets only: what a user would write.
class LargeOnly : public ShardingPolicy
{
  public:
    static TypeId GetTypeId()
    {
        static TypeId tid =
            TypeId("policytest::LargeOnly").SetParent<ShardingPolicy>().AddConstructor<LargeOnly>();
        return tid;
    }

    ShardDirective Decide(Time now, const ShardFlowView& view) override
    {
        ShardDirective d;
        d.action = view.size > view.maxPayload ? ShardDirective::SHARD : ShardDirective::FORWARD;
        d.repair = now >= Seconds(2) ? 1 : 0;
        return d;
    }
};

NS_OBJECT_ENSURE_REGISTERED(LargeOnly);

TEST(Policies, OfTheUsersOwnAreAskedInTheSameWay)
{
    ObjectFactory factory;
    factory.SetTypeId("policytest::LargeOnly");
    Ptr<ShardingPolicy> policy = factory.Create<ShardingPolicy>();
    EXPECT_EQ(policy->Decide(Seconds(0), SomeFlow(0)).action, ShardDirective::FORWARD);
    EXPECT_EQ(policy->Decide(Seconds(1), SomeFlow(1)).action, ShardDirective::SHARD);
    EXPECT_EQ(policy->Decide(Seconds(2), SomeFlow(1)).repair, 1);
}

} // namespace
