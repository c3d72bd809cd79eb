// SPDX-License-Identifier: GPL-2.0-only
/*
 * When a buffer is to be allocated for a datagram that has not come. All times worked out by hand,
 * for datagrams that come every 10 ms with a mean deviation of 1 ms, and an allocation of 2 ms:
 * 1. one datagram is no pattern
 * 2. the buffer is ready 4 deviations before the datagram is expected, as large as the largest, and
 *    waits 4 deviations and the gap to the next one after, but no longer than it may
 * 3. the next but one is planned for when the next one has come, unless that is too late
 * 4. without a margin it is ready at the very moment
 */
#include "ns3/double.h"
#include "ns3/shard-preallocation-policy.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace sharding
{
namespace
{

class PreallocationPolicy : public ::testing::Test
{
  protected:
    PreallocationPolicy()
        : policy(CreateObject<PredictivePreallocation>())
    {
        pattern.datagrams = 5;
        pattern.size = 800;
        pattern.largest = 1200;
        pattern.gap = MilliSeconds(9);
        pattern.gapMean = MilliSeconds(10);
        pattern.gapDeviation = MilliSeconds(1);
    }

    ShardBufferPlan Plan(uint32_t ahead, Time coldTime = MilliSeconds(2))
    {
        return policy->Plan(MilliSeconds(100), pattern, ahead, coldTime);
    }

    Ptr<PredictivePreallocation> policy;
    ShardArrivalPattern pattern;
};

TEST_F(PreallocationPolicy, OneDatagramIsNoPattern)
{
    pattern.datagrams = 1;
    EXPECT_EQ(Plan(1).bytes, 0u);
    pattern.datagrams = 2;
    EXPECT_NE(Plan(1).bytes, 0u);
}

TEST_F(PreallocationPolicy, ReadyBeforeAndWaitsAfter)
{
    const ShardBufferPlan plan = Plan(1);
    EXPECT_EQ(plan.bytes, 1200u);
    EXPECT_EQ(plan.begin, MilliSeconds(110 - 4 - 2));
    EXPECT_EQ(plan.end, MilliSeconds(110 + 10 + 4));
    policy->SetAttribute("MaxWait", TimeValue(MilliSeconds(5)));
    EXPECT_EQ(Plan(1).end, MilliSeconds(115));
}

TEST_F(PreallocationPolicy, FurtherAheadOnlyWhereItWouldBeTooLateAfterTheNext)
{
    EXPECT_EQ(Plan(2).bytes, 0u) << "due at 114 ms, and the next datagram comes at 110";
    // Allocations of 20 ms: due at 86, 96, 106 and 116 ms.
    EXPECT_EQ(Plan(1, MilliSeconds(20)).begin, MilliSeconds(86));
    EXPECT_EQ(Plan(2, MilliSeconds(20)).begin, MilliSeconds(96));
    EXPECT_EQ(Plan(3, MilliSeconds(20)).begin, MilliSeconds(106));
    EXPECT_EQ(Plan(3, MilliSeconds(20)).end, MilliSeconds(144));
    EXPECT_EQ(Plan(4, MilliSeconds(20)).bytes, 0u);
}

TEST_F(PreallocationPolicy, WithoutAMarginReadyAtTheVeryMoment)
{
    policy->SetAttribute("Margin", DoubleValue(0));
    EXPECT_EQ(Plan(1).begin, MilliSeconds(108));
    EXPECT_EQ(Plan(1).end, MilliSeconds(120));
    EXPECT_FALSE(policy->SetAttributeFailSafe("Margin", DoubleValue(-1)));
}

} // namespace
} // namespace sharding
} // namespace ns3
