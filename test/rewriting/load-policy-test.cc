// SPDX-License-Identifier: GPL-2.0-only
//
// The rule of the policy load, with numbers worked out by hand. Largest shards 1200 bytes, smallest
// 300: half the pressure is 600.
//  1. no loss, no latency, much bandwidth: the largest; full of any of the three: the smallest
//  2. half the pressure by each of the three alone, and by two together
//  3. units that are busy make shards larger
//  4. more of anything never makes shards larger (units: smaller)
//  5. what is learnt of the way goes before what is assumed
//  6. a size in use stays while the rule's is near it, and does not come back sooner: a sequence
#include "ns3/shard-load-policy.h"
#include <ns3/double.h>
#include <ns3/uinteger.h>

#include <gtest/gtest.h>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

class LoadPolicyTest : public testing::Test
{
  protected:
    LoadPolicyTest()
    {
        policy = CreateObject<LoadPolicy>();
        policy->SetAttribute("MinSize", UintegerValue(300));
        policy->SetAttribute("FullLoss", DoubleValue(0.1));
        policy->SetAttribute("FullTrip", TimeValue(MilliSeconds(200)));
        policy->SetAttribute("FullTime", TimeValue(MilliSeconds(20)));
        policy->SetAttribute("FullWait", TimeValue(MilliSeconds(1)));
        policy->SetAttribute("Hysteresis", DoubleValue(0.2));
        view.maxPayload = 1200;
        view.size = 9000;
    }

    uint32_t Size(double loss = 0)
    {
        policy->SetAttribute("Loss", DoubleValue(loss));
        return policy->Decide(Time(0), view).shardSize;
    }

    Ptr<LoadPolicy> policy;
    ShardFlowView view;
};

TEST_F(LoadPolicyTest, IsAskedForEachPacket)
{
    EXPECT_TRUE(policy->IsPerPacket());
}

TEST_F(LoadPolicyTest, HasTheLargestShardsInCalmAndTheSmallestUnderPressure)
{
    EXPECT_EQ(Size(), 1200u);
    EXPECT_EQ(Size(0.1), 300u);
    EXPECT_EQ(Size(1), 300u);
    view.delay = MilliSeconds(100); // there and back
    EXPECT_EQ(Size(), 300u);
    view.delay = Time(0);
    view.rate = DataRate("3.6Mbps"); // 9000 bytes take 20 ms
    EXPECT_EQ(Size(), 300u);
}

TEST_F(LoadPolicyTest, HasSizesInBetween)
{
    EXPECT_EQ(Size(0.05), 600u);
    view.delay = MilliSeconds(50);
    EXPECT_EQ(Size(), 600u);
    EXPECT_EQ(Size(0.05), 424u) << "three quarters: 1200 / 4^0.75";
    view.delay = Time(0);
    view.rate = DataRate("7.2Mbps");
    EXPECT_EQ(Size(), 600u);
}

TEST_F(LoadPolicyTest, HasLargerShardsWhereUnitsAreBusy)
{
    view.unitWait = MicroSeconds(500);
    EXPECT_EQ(Size(0.1), 600u);
    view.unitWait = MilliSeconds(1);
    EXPECT_EQ(Size(0.1), 1200u);
    view.unitWait = Time::Max();
    EXPECT_EQ(Size(0.1), 1200u);
}

TEST_F(LoadPolicyTest, BelievesWhatWasLearnt)
{
    ShardDestination learnt;
    view.destination = &learnt;
    EXPECT_EQ(Size(0.05), 600u) << "nothing has been";
    learnt.reports = 1;
    EXPECT_EQ(Size(0.05), 1200u);
    learnt.loss = 0.1;
    EXPECT_EQ(Size(), 300u);
    learnt.loss = 0;
    learnt.trip = MilliSeconds(100);
    EXPECT_EQ(Size(), 600u);
}

TEST_F(LoadPolicyTest, DoesNotExceedWhatFits)
{
    view.maxPayload = 200;
    EXPECT_EQ(Size(0.1), 200u);
    EXPECT_EQ(Size(), 200u);
}

TEST_F(LoadPolicyTest, StaysWithASizeThatIsNear)
{
    ShardDirective current;
    std::vector<uint32_t> sizes;
    // By the rule: 1200, 1045, 909, 792, 909, 1045, 1200.
    for (double loss : {0.0, 0.01, 0.02, 0.03, 0.02, 0.01, 0.0})
    {
        policy->SetAttribute("Loss", DoubleValue(loss));
        view.current = sizes.empty() ? nullptr : &current;
        const ShardDirective next = policy->Decide(Time(0), view);
        current = next;
        sizes.push_back(next.shardSize);
    }
    EXPECT_EQ(sizes, (std::vector<uint32_t>{1200, 1200, 909, 909, 909, 909, 1200}));
}

} // namespace
