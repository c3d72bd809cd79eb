// SPDX-License-Identifier: GPL-2.0-only
//
// The flows that a transformation node knows:
//  1. the same key finds the same flow for as long as it is not idle
//  2. one that was idle is forgotten; when it comes back it is new
//  3. not while shards of it wait to be interleaved
//  4. a million flows that pass by do not stay
#include "ns3/shard-sender-flows.h"

#include <gtest/gtest.h>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

FlowKey
Key(uint32_t number)
{
    FlowKey key;
    key.source = number >> 8;
    key.sourcePort = static_cast<uint16_t>(number & 0xff);
    key.protocol = 17;
    return key;
}

TEST(SenderFlows, AreFoundAgain)
{
    ShardSenderFlows flows;
    bool isNew = false;
    for (int round = 0; round < 3; ++round)
    {
        for (uint32_t number = 0; number < 1000; ++number)
        {
            const uint32_t handle = flows.Find(MilliSeconds(100 * round), Key(number), isNew);
            EXPECT_EQ(isNew, round == 0);
            flows[handle].id = isNew ? number : flows[handle].id;
            EXPECT_EQ(flows[handle].id, number);
            EXPECT_EQ(flows[handle].block++, static_cast<uint32_t>(round));
        }
    }
    EXPECT_EQ(flows.Count(), 1000u);
    FlowKey other = Key(3);
    other.protocol = 6;
    flows.Find(MilliSeconds(300), other, isNew);
    EXPECT_TRUE(isNew);
}

TEST(SenderFlows, AreForgottenWhenIdle)
{
    ShardSenderFlows flows;
    flows.SetIdle(Seconds(1));
    bool isNew = false;
    flows.Find(Time(0), Key(1), isNew);
    flows.Find(Time(0), Key(2), isNew);
    for (int i = 1; i <= 15; ++i)
    {
        flows.Find(MilliSeconds(100 * i), Key(2), isNew);
        EXPECT_FALSE(isNew);
    }
    EXPECT_EQ(flows.Count(), 1u);
    const uint32_t handle = flows.Find(MilliSeconds(1600), Key(1), isNew);
    EXPECT_TRUE(isNew);
    EXPECT_EQ(flows[handle].state, ShardSenderFlow::NEW);
    EXPECT_EQ(flows[handle].block, 0u);
}

TEST(SenderFlows, AreKeptWhileShardsWait)
{
    ShardSenderFlows flows;
    flows.SetIdle(Seconds(1));
    bool isNew = false;
    const uint32_t waiting = flows.Find(Time(0), Key(1), isNew);
    flows[waiting].interleaving = std::make_unique<ShardInterleaving>(uint8_t(4));
    flows[waiting].interleaving->held = 3;
    for (int i = 0; i < 10; ++i)
    {
        flows.Find(Seconds(10 + i), Key(2), isNew);
    }
    flows.Find(Seconds(20), Key(1), isNew);
    EXPECT_FALSE(isNew);
}

TEST(SenderFlows, AMillionThatPassByDoNotStay)
{
    ShardSenderFlows flows;
    flows.SetIdle(MilliSeconds(10));
    bool isNew = false;
    uint32_t most = 0;
    for (uint32_t number = 0; number < 1000000; ++number)
    {
        flows.Find(MicroSeconds(number), Key(number), isNew);
        ASSERT_TRUE(isNew);
        most = std::max(most, flows.Count());
    }
    EXPECT_GE(most, 10000u);
    EXPECT_LE(most, 20010u); // those of 10 ms, and as many that the hand has not come to yet
}

} // namespace
