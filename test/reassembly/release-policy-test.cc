// SPDX-License-Identifier: GPL-2.0-only
/*
 * What release policies say, asked by hand. The forecast is a script: a shard that comes takes
 * between 0 and 10 ms, every delay as likely as the next, and one in ten never comes; expected
 * values by Bayes' rule on paper.
 * 1. the inverse of the odds of loss: after how long a shard is lost with some probability
 * 2. complete never does anything; partial hands on a front that has grown, and only then
 * 3. predictive waits until the block is hopeless, to the nanosecond, and gives it up if others
 *    wait behind it; where nobody gains, it waits on
 * 4. spare shards are waited for: with M missing and L needed, M - L + 1 have to be lost
 * 5. what lacks is asked for first, when no more than the waste of those that come are to come, be
 *    few or many lost; an answer is waited for
 * 6. as long as nothing is known, everything is left to the timeout and the requester
 */
#include "ns3/double.h"
#include "ns3/shard-release-policy.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace sharding
{
namespace
{

/// Uniform delays from 0 to `most` of the shard; one in ten is lost.
class Script : public ShardArrivalForecast
{
  public:
    bool IsReady() const override
    {
        return isReady;
    }

    Time Quantile(uint32_t index, double probability) const override
    {
        return NanoSeconds(static_cast<uint64_t>(probability * Most(index) + 0.5));
    }

    double LossOdds(uint32_t index, Time waited) const override
    {
        const double toCome =
            std::max(0.0, 1 - static_cast<double>(waited.GetNanoSeconds()) / Most(index));
        return lost / (lost + (1 - lost) * toCome);
    }

    static double Most(uint32_t index)
    {
        return 10e6 * (1 + index); // 10 ms for shard 0, 20 ms for shard 1 ...
    }

    bool isReady{true};
    double lost{0.1};
};

class ReleasePolicyTest : public ::testing::Test
{
  protected:
    ReleasePolicyTest()
    {
        state.size = 400;
        state.k = state.n = 4;
        state.missing.Set(0);
        state.lack = 1;
        state.prefix = 0;
        state.there = 300;
        state.opened = MilliSeconds(100);
        state.deadline = MilliSeconds(600);
        state.behind = 1;
        state.forecast = &script;
        policy = CreateObject<PredictiveRelease>();
        policy->SetAttribute("Confidence", DoubleValue(0.9));
        policy->SetAttribute("RequestWaste", DoubleValue(0.1));
    }

    ShardReleaseAnswer At(Time now)
    {
        return policy->Decide(now, state);
    }

    Script script;
    ShardReleaseState state;
    Ptr<PredictiveRelease> policy;
};

TEST_F(ReleasePolicyTest, OddsAreInvertedByBayesRule)
{
    // 0.1 / (0.1 + 0.9 s) = 0.9 for s = 0.1 * 0.1 / (0.9 * 0.9) = 0.012346: 98.7654 % of 10 ms.
    EXPECT_EQ(script.LostAfter(0, 0.9), NanoSeconds(9876543));
    // 0.1 / (0.1 + 0.9 s) = 0.5 for s = 1 / 9.
    EXPECT_EQ(script.LostAfter(0, 0.5), NanoSeconds(8888889));
    EXPECT_EQ(script.LostAfter(0, 0.05), Time(0)) << "it is that from the beginning";
    script.lost = 0;
    EXPECT_EQ(script.LostAfter(0, 0.9), Time::Max()) << "nothing is ever lost";
}

TEST_F(ReleasePolicyTest, CompleteNeverDoesAnything)
{
    Ptr<CompleteRelease> complete = CreateObject<CompleteRelease>();
    EXPECT_FALSE(complete->IsActive());
    state.acceptsPartial = true;
    state.prefix = 300;
    const ShardReleaseAnswer answer = complete->Decide(MilliSeconds(599), state);
    EXPECT_EQ(answer.action, SHARD_WAIT);
    EXPECT_TRUE(answer.leavesRequests);
}

TEST_F(ReleasePolicyTest, PartialHandsOnAFrontThatHasGrown)
{
    Ptr<PartialRelease> partial = CreateObject<PartialRelease>();
    state.acceptsPartial = true;
    EXPECT_EQ(partial->Decide(MilliSeconds(101), state).action, SHARD_WAIT) << "there is no front";
    state.prefix = 200;
    EXPECT_EQ(partial->Decide(MilliSeconds(102), state).action, SHARD_HAND_ON);
    state.handedOn = 200;
    EXPECT_EQ(partial->Decide(MilliSeconds(103), state).action, SHARD_WAIT) << "nothing is new";
    state.prefix = 300;
    state.isTurn = false;
    EXPECT_EQ(partial->Decide(MilliSeconds(104), state).action, SHARD_WAIT) << "not its turn";
    state.isTurn = true;
    state.acceptsPartial = false;
    EXPECT_EQ(partial->Decide(MilliSeconds(105), state).action, SHARD_WAIT) << "nobody takes it";
}

TEST_F(ReleasePolicyTest, PredictiveGivesUpWhenTheRestIsLostMostLikelyAndOthersWait)
{
    ShardReleaseAnswer answer = At(MilliSeconds(101));
    EXPECT_EQ(answer.action, SHARD_WAIT);
    EXPECT_EQ(answer.again, MilliSeconds(100) + NanoSeconds(9876543));
    answer = At(answer.again - NanoSeconds(1));
    EXPECT_EQ(answer.action, SHARD_WAIT);
    answer = At(MilliSeconds(100) + NanoSeconds(9876543));
    EXPECT_EQ(answer.action, SHARD_GIVE_UP);
    state.acceptsPartial = true;
    EXPECT_EQ(At(MilliSeconds(120)).action, SHARD_RELEASE_PARTIAL) << "better than nothing";
    state.there = 0;
    EXPECT_EQ(At(MilliSeconds(120)).action, SHARD_GIVE_UP) << "there is nothing to release";
}

TEST_F(ReleasePolicyTest, PredictiveWaitsOnWhereNobodyGains)
{
    state.behind = 0;
    EXPECT_EQ(At(MilliSeconds(599)).action, SHARD_WAIT) << "nobody waits behind it";
    EXPECT_EQ(At(MilliSeconds(599)).again, Time::Max());
    state.behind = 3;
    state.isTurn = false;
    EXPECT_EQ(At(MilliSeconds(599)).action, SHARD_WAIT) << "others hold them back too";
    state.isTurn = true;
    state.deadline = MilliSeconds(105);
    EXPECT_EQ(At(MilliSeconds(101)).again, Time::Max()) << "the timeout comes first";
}

TEST_F(ReleasePolicyTest, SpareShardsAreWaitedForToo)
{
    // Shards 0, 1 and 2 are missing, one of them is needed: all three have to be lost, each with
    // 1 - 0.1 / 3. 0.1 * (0.1 / 3) / (0.9 * (1 - 0.1 / 3)) = 0.00383142 of 30 ms.
    state.code = SHARD_CODE_REED_SOLOMON;
    state.n = 6;
    state.missing.Set(1);
    state.missing.Set(2);
    EXPECT_NEAR(static_cast<double>((At(MilliSeconds(101)).again - state.opened).GetNanoSeconds()),
                30e6 * (1 - 0.00383142),
                1);
    // Two are needed: two have to be lost, each with 1 - 0.1 / 2, the two that are due first.
    // 0.1 * 0.05 / (0.9 * 0.95) = 0.00584795 of 20 ms.
    state.lack = 2;
    EXPECT_NEAR(static_cast<double>((At(MilliSeconds(101)).again - state.opened).GetNanoSeconds()),
                20e6 * (1 - 0.00584795),
                1);
    // All are needed: the first to be lost decides.
    state.lack = 3;
    EXPECT_EQ(At(MilliSeconds(101)).again, MilliSeconds(100) + NanoSeconds(9876543));
}

TEST_F(ReleasePolicyTest, WhatLacksIsAskedForFirstAndTheAnswerIsWaitedFor)
{
    state.mayRequest = true;
    ShardReleaseAnswer answer = At(MilliSeconds(101));
    EXPECT_EQ(answer.action, SHARD_WAIT);
    EXPECT_FALSE(answer.leavesRequests) << "it asks itself";
    EXPECT_EQ(answer.again, MilliSeconds(109)) << "nine of ten that come have come";
    script.lost = 0.001;
    EXPECT_EQ(At(MilliSeconds(101)).again, MilliSeconds(109)) << "what it costs is the same";
    script.lost = 0.1;
    answer = At(answer.again);
    EXPECT_EQ(answer.action, SHARD_REQUEST);
    EXPECT_TRUE(answer.wanted.Test(0));
    state.mayRequest = false;
    state.answerDue = MilliSeconds(350);
    answer = At(MilliSeconds(310));
    EXPECT_EQ(answer.action, SHARD_WAIT);
    EXPECT_EQ(answer.again, MilliSeconds(350));
    EXPECT_EQ(At(MilliSeconds(350)).action, SHARD_GIVE_UP) << "no answer";
}

TEST_F(ReleasePolicyTest, OnlyWhatIsOverdueIsAskedForAndOnce)
{
    state.mayRequest = true;
    state.missing.Set(1);
    state.lack = 2;
    // Nine of ten have come after 9 ms and 18 ms.
    ShardReleaseAnswer answer = At(MilliSeconds(109));
    EXPECT_EQ(answer.action, SHARD_REQUEST);
    EXPECT_EQ(answer.wanted.Count(), 1u);
    EXPECT_TRUE(answer.wanted.Test(0));
    state.asked.Set(0);
    state.answerDue = MilliSeconds(130);
    answer = At(MilliSeconds(110));
    EXPECT_EQ(answer.action, SHARD_WAIT);
    EXPECT_EQ(answer.again, MilliSeconds(118));
    answer = At(MilliSeconds(118));
    EXPECT_EQ(answer.action, SHARD_REQUEST);
    EXPECT_FALSE(answer.wanted.Test(0));
    EXPECT_TRUE(answer.wanted.Test(1));
    state.asked.Set(1);
    EXPECT_EQ(At(MilliSeconds(119)).again, MilliSeconds(130)) << "all of it is on its way";
}

TEST_F(ReleasePolicyTest, WithSpareShardsNothingIsAskedForUntilOneTooManyIsOverdue)
{
    state.mayRequest = true;
    state.code = SHARD_CODE_REED_SOLOMON;
    state.n = 6;
    state.missing.Set(1);
    state.missing.Set(2);
    // One of shards 0, 1 and 2 is needed, which are overdue after 9, 18 and 27 ms.
    ShardReleaseAnswer answer = At(MilliSeconds(119));
    EXPECT_EQ(answer.action, SHARD_WAIT);
    EXPECT_EQ(answer.again, MilliSeconds(127));
    answer = At(MilliSeconds(127));
    EXPECT_EQ(answer.action, SHARD_REQUEST);
    EXPECT_EQ(answer.wanted.Count(), 1u) << "as many as lack";
}

TEST_F(ReleasePolicyTest, NothingIsDoneAsLongAsNothingIsKnown)
{
    script.isReady = false;
    state.mayRequest = true;
    const ShardReleaseAnswer answer = At(MilliSeconds(599));
    EXPECT_EQ(answer.action, SHARD_WAIT);
    EXPECT_TRUE(answer.leavesRequests);
    EXPECT_TRUE(answer.atArrivals);
}

} // namespace
} // namespace sharding
} // namespace ns3
