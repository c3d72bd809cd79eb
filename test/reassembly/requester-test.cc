// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who asks for what is missing. Times in microseconds of a story that is told by hand:
 * 1. silence after some shards of a block is followed by a request for what lacks, not before; a
 *    block that ends in time is not asked for
 * 2. unanswered, it asks again after twice the time, as often as allowed, and then gives up
 * 3. an answer that stops half-way is asked for again after a silence, not after the time-out
 * 4. blocks that were passed over are asked for as a whole
 * 5. nothing is asked for that cannot come before the block's deadline
 * 6. at 50 % loss of everything, requests leave no faster than the rate allows
 */
#include "ns3/shard-requester.h"

#include <gtest/gtest.h>
#include <map>
#include <random>

namespace ns3
{
namespace sharding
{
namespace
{

constexpr int64_t US = 1000;

class RequesterTest : public ::testing::Test
{
  protected:
    RequesterTest()
    {
        settings.rounds = 3;
        settings.timeout = 500000 * US;
        settings.minWait = 1000 * US;
        settings.initialTimeout = 100000 * US;
    }

    void Begin()
    {
        requester.emplace(
            settings,
            [this](int64_t now, uint32_t, uint16_t path, const ShardRequest& request)
            {
                times.push_back(now / US);
                paths.push_back(path);
                requests.push_back(request);
            },
            [this](const ShardBlockId& id) { return Need(id); });
    }

    /// Blocks are open, lack shard 5, and have a deadline of half a second, unless told otherwise.
    std::optional<ShardNeed> Need(const ShardBlockId& id)
    {
        if (ended.count(id.block) != 0)
        {
            return std::nullopt;
        }
        ShardNeed need;
        need.isOpen = nothingOf.count(id.block) == 0;
        need.wanted.Set(5);
        need.deadline = deadline;
        return need;
    }

    ShardBlockId Block(uint32_t number) const
    {
        return {1, 2, number};
    }

    ShardRequesterSettings settings;
    std::optional<ShardRequester> requester;
    std::map<uint32_t, bool> ended;
    std::map<uint32_t, bool> nothingOf;
    int64_t deadline{500000 * US};
    std::vector<int64_t> times; ///< us
    std::vector<uint16_t> paths;
    std::vector<ShardRequest> requests;
};

TEST_F(RequesterTest, AsksAfterASilenceLearntFromGaps)
{
    Begin();
    // Eight shards 100 us apart: mean 100, mean deviation 50 * (3/4)^6 = 9 us; the wait is 1 ms.
    for (int64_t i = 0; i < 8; ++i)
    {
        requester->Kept(100 * i * US, Block(0), 3);
    }
    requester->Advance(1699 * US);
    EXPECT_TRUE(requests.empty());
    requester->Advance(1700 * US);
    ASSERT_EQ(times, std::vector<int64_t>{1700});
    EXPECT_EQ(paths[0], 3u);
    EXPECT_EQ(requests[0].flow, 2u);
    EXPECT_EQ(requests[0].block, 0u);
    EXPECT_EQ(requests[0].round, 1u);
    EXPECT_FALSE(requests[0].whole);
    EXPECT_TRUE(requests[0].wanted.Test(5));
    EXPECT_EQ(requests[0].wanted.Count(), 1u);
}

TEST_F(RequesterTest, DoesNotAskForABlockThatEnds)
{
    Begin();
    requester->Kept(0, Block(0), 0);
    requester->Kept(10 * US, Block(0), 0);
    requester->Ended(Block(0));
    EXPECT_EQ(requester->Pending(), 0u);
    requester->Advance(1000000 * US);
    EXPECT_TRUE(requests.empty());
}

TEST_F(RequesterTest, DoublesItsPatienceAndGivesUp)
{
    deadline = 5000000 * US;
    Begin();
    requester->Kept(0, Block(0), 0);
    requester->Kept(100 * US, Block(0), 0);
    requester->Advance(5000000 * US);
    // 100 us and a wait of 1 ms; then 100, 200 and 400 ms.
    EXPECT_EQ(times, (std::vector<int64_t>{1100, 101100, 301100}));
    EXPECT_EQ(requester->Counters().exhausted, 1u);
    EXPECT_EQ(requester->Pending(), 0u);
}

TEST_F(RequesterTest, AnAnswerThatStopsIsNotWaitedForLong)
{
    Begin();
    requester->Kept(0, Block(0), 0);
    requester->Kept(100 * US, Block(0), 0);
    requester->Advance(1100 * US);
    requester->Kept(21100 * US, Block(0), 0); // the round trip is 20 ms
    requester->Advance(400000 * US);
    ASSERT_GE(times.size(), 2u);
    EXPECT_EQ(times[1], 22100);
    // The second is not answered: 20 ms and four deviations of 10 ms, doubled.
    ASSERT_EQ(times.size(), 3u);
    EXPECT_EQ(times[2], 22100 + 2 * 60000);
}

TEST_F(RequesterTest, AsksForAWholeBlockThatWasPassedOver)
{
    Begin();
    nothingOf[4] = true;
    requester->Kept(0, Block(5), 1);
    requester->Kept(100 * US, Block(5), 1);
    requester->PassedOver(100 * US, Block(4), 1, 1);
    requester->Ended(Block(5));
    requester->Advance(1200 * US);
    ASSERT_EQ(requests.size(), 1u);
    EXPECT_EQ(requests[0].block, 4u);
    EXPECT_TRUE(requests[0].whole);
    EXPECT_EQ(paths[0], 1u);
}

TEST_F(RequesterTest, DoesNotAskForWhatWouldComeTooLate)
{
    Begin();
    requester->Kept(0, Block(0), 0);
    requester->Kept(100 * US, Block(0), 0);
    requester->Advance(1100 * US);
    requester->Kept(21100 * US, Block(0), 0); // round trip 20 ms
    requester->Ended(Block(0));
    deadline = 60000 * US;
    requester->Kept(41000 * US, Block(1), 0); // would be asked for at 42 ms
    requester->Advance(50000 * US);
    EXPECT_EQ(requests.size(), 1u);
    EXPECT_EQ(requester->Counters().hopeless, 1u);
    EXPECT_EQ(requester->Pending(), 0u);
}

TEST_F(RequesterTest, KeepsToItsRateAtHalfLoss)
{
    settings.rate = 200;
    settings.burst = 10;
    Begin();
    std::mt19937 engine(11);
    // 2000 blocks a second of 10 shards, half of which are lost: nearly all want to ask.
    for (uint32_t block = 0; block < 4000; ++block)
    {
        const int64_t now = block * 500 * US;
        deadline = now + 100000 * US;
        for (int64_t shard = 0; shard < 10; ++shard)
        {
            if (engine() % 2 == 0)
            {
                requester->Kept(now + 10 * shard * US, Block(block), 0);
            }
        }
        requester->Advance(now + 400 * US);
    }
    for (std::size_t i = 0; i < times.size(); ++i)
    {
        // No window of half a second has more than its tokens.
        const auto end = std::upper_bound(times.begin(), times.end(), times[i] + 500000);
        EXPECT_LE(end - (times.begin() + static_cast<std::ptrdiff_t>(i)), 10 + 100 + 1);
    }
    EXPECT_GE(times.size(), 350u);
    EXPECT_GT(requester->Counters().deferred, 100u);
}

} // namespace
} // namespace sharding
} // namespace ns3
