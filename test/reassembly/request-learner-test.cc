// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is learnt for requests, told by hand in microseconds.
 * 1. of a block the longest silence counts, of whichever two neighbours in time
 * 2. a shard that was asked for and came once was an answer: it is no silence, but a round trip
 * 3. one that came twice was late: a silence, and the second copy the round trip
 * 4. what was asked for twice says nothing of round trips (Karn)
 * 5. the horizon ends waiting for second copies; blocks that nobody has begun, and forged numbers,
 *    teach nothing; a bounded number is followed
 * 6. quantiles of the last 64 values are those of sorting them
 */
#include "ns3/shard-request-learner.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace
{

using namespace ns3::sharding;

constexpr int64_t US = 1000;
constexpr int64_t HORIZON = 100000;

class RequestLearnerTest : public ::testing::Test
{
  protected:
    void Comes(int64_t at, uint32_t block, uint8_t index, bool isKept = true)
    {
        learner.Came(at * US, {1, 2, block}, 4, index, isKept);
    }

    void IsAsked(int64_t at, uint32_t block, uint32_t index)
    {
        ShardSet set;
        set.Set(index);
        learner.Asked(at * US, {1, 2, block}, set);
    }

    int64_t Longest() const
    {
        return learner.Gaps().Quantile(1) / US;
    }

    ShardRequestLearner learner{HORIZON * US};
};

TEST_F(RequestLearnerTest, TheLongestSilenceOfABlockCounts)
{
    Comes(0, 0, 0);
    Comes(100, 0, 2);
    Comes(15100, 0, 1);
    EXPECT_EQ(learner.Gaps().Count(), 0u) << "it is not over";
    Comes(15200, 0, 3);
    ASSERT_EQ(learner.Gaps().Count(), 1u);
    EXPECT_EQ(Longest(), 15000);
    EXPECT_EQ(learner.Followed(), 0u);
}

TEST_F(RequestLearnerTest, WhatWasAskedForAndCameOnceIsAnAnswer)
{
    Comes(0, 0, 0);
    Comes(100, 0, 1);
    Comes(200, 0, 2);
    IsAsked(1200, 0, 3);
    Comes(41200, 0, 3);
    EXPECT_FALSE(learner.Trip().IsKnown()) << "a second copy may come";
    Comes(HORIZON - 1, 1, 0);
    EXPECT_FALSE(learner.Trip().IsKnown());
    Comes(HORIZON, 2, 0);
    ASSERT_TRUE(learner.Trip().IsKnown());
    EXPECT_EQ(learner.Trip().Mean(), 40000 * US);
    EXPECT_EQ(learner.Trips().Quantile(0.5), 40000 * US);
    EXPECT_EQ(Longest(), 100) << "the answer is none of the block's silences";
    EXPECT_EQ(learner.Needless(), 0u);
}

TEST_F(RequestLearnerTest, WhatCameTwiceWasLateAndTheSecondCopyIsTheAnswer)
{
    Comes(0, 0, 0);
    Comes(100, 0, 1);
    Comes(200, 0, 2);
    IsAsked(1200, 0, 3);
    Comes(5200, 0, 3);
    Comes(21200, 0, 3, false); // the block is complete: nothing of it is kept
    ASSERT_TRUE(learner.Trip().IsKnown());
    EXPECT_EQ(learner.Trip().Mean(), 20000 * US);
    EXPECT_EQ(Longest(), 5000);
    EXPECT_EQ(learner.Needless(), 1u);
    EXPECT_EQ(learner.Followed(), 0u) << "nothing is in doubt any more";
}

TEST_F(RequestLearnerTest, WhatWasAskedForTwiceSaysNothingOfRoundTrips)
{
    Comes(0, 0, 0);
    IsAsked(1000, 0, 3);
    IsAsked(2000, 0, 3);
    Comes(30000, 0, 3);
    Comes(31000, 1, 0); // of another block: two copies
    IsAsked(32000, 1, 3);
    IsAsked(33000, 1, 3);
    Comes(50000, 1, 3);
    Comes(60000, 1, 3, false);
    Comes(2 * HORIZON, 2, 0);
    EXPECT_FALSE(learner.Trip().IsKnown());
    EXPECT_EQ(learner.Needless(), 1u);
}

TEST_F(RequestLearnerTest, WhatNobodyHasBegunOrIsForgedTeachesNothing)
{
    Comes(0, 0, 0, false);
    EXPECT_EQ(learner.Followed(), 0u);
    IsAsked(0, 0, 1);
    EXPECT_EQ(learner.Followed(), 0u);
    Comes(0, 1, 0);
    learner.Came(50 * US, {1, 2, 1}, 5, 1, false); // n differs
    Comes(100, 1, 0, false);                       // a copy of what was never asked for
    Comes(200, 1, 1);
    Comes(300, 1, 2);
    Comes(400, 1, 3);
    EXPECT_EQ(Longest(), 200);
    EXPECT_EQ(learner.Needless(), 0u);
    for (uint32_t block = 10; block < 10 + ShardRequestLearner::MOST + 5; ++block)
    {
        Comes(1000, block, 0);
    }
    EXPECT_EQ(learner.Followed(), ShardRequestLearner::MOST);
}

TEST(RecentValues, QuantilesAreThoseOfSortingTheLastValues)
{
    ShardRecentValues values;
    std::vector<int64_t> all;
    std::mt19937 engine(3);
    for (int i = 0; i < 1000; ++i)
    {
        all.push_back(engine() % 20); // many are equal
        values.Learn(all.back());
        std::vector<int64_t> last(all.end() - std::min<std::ptrdiff_t>(64, all.size()), all.end());
        std::sort(last.begin(), last.end());
        ASSERT_EQ(values.Count(), last.size());
        EXPECT_EQ(values.Quantile(1), last.back());
        EXPECT_EQ(values.Quantile(1e-9), last.front());
        EXPECT_EQ(values.Quantile(0.5), last[(last.size() + 1) / 2 - 1]);
        if (last.size() == 64)
        {
            EXPECT_EQ(values.Quantile(0.95), last[60]); // 61 of 64 are 95.3 %
        }
    }
}

} // namespace
