// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who asks for what is missing. Times in microseconds of a story that is told by hand:
 * 1. silence after some shards of a block is followed by a request for what lacks, not before; a
 *    block that ends in time is not asked for; the way from one path to the next is no such silence
 * 2. unanswered, it asks again after twice the time, as often as allowed, and then gives up
 * 3. an answer that stops half-way is asked for again after a silence, not after the time-out
 * 4. blocks that were passed over are asked for as a whole
 * 5. nothing is asked for that cannot come before the block's deadline
 * 6. at 50 % loss of everything, requests leave no faster than the rate allows
 * 7. a request takes the path of the block's first shard, further ones that of its last; where
 *    several paths are as quick each is asked for a part, as long as the rate allows
 * 8. who tells it which shards are lost has each asked for by itself: as often as allowed each, its
 *    answer waited for as long as 95 % of the answers took
 */
#include "ns3/shard-requester.h"

#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

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

    /// One of eight shards of a block came.
    void Shard(int64_t at, uint32_t block, uint8_t index, uint16_t path = 0)
    {
        requester->Came(at * US, Block(block), 8, index, true);
        requester->Kept(at * US, Block(block), path, index);
    }

    /// Block 1000 came as a whole, with such silences in us.
    void Learn(const std::vector<int64_t>& gaps)
    {
        int64_t at = 0;
        for (uint8_t index = 0; index < 8; ++index)
        {
            requester->Came(at * US, Block(1000), 8, index, true);
            at += index < gaps.size() ? gaps[index] : 0;
        }
    }

    /// A shard of a block is asked for at `at`, its answer comes after `trip`, and a second copy
    /// does not until the story of this block is over.
    void Answer(int64_t at, uint32_t block, int64_t trip)
    {
        Shard(at, block, 0);
        requester->AskNow(at * US, Block(block), Only(5));
        requester->Advance(at * US);
        Shard(at + trip, block, 5);
        requester->Ended(Block(block));
    }

    static ShardSet Only(uint32_t index)
    {
        ShardSet set;
        set.Set(index);
        return set;
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

TEST_F(RequesterTest, AsksAfterASilenceLearntFromBlocks)
{
    Begin();
    // Eight shards 2 ms apart: a silence is one of 2.25 ms.
    Learn({2000, 2000, 2000, 2000, 2000, 2000, 2000});
    for (uint8_t i = 0; i < 5; ++i)
    {
        Shard(20000 + 2000 * i, 0, i, 3);
    }
    requester->Advance(30249 * US);
    EXPECT_TRUE(requests.empty());
    requester->Advance(30250 * US);
    ASSERT_EQ(times, std::vector<int64_t>{30250});
    EXPECT_EQ(paths[0], 3u);
    EXPECT_EQ(requests[0].flow, 2u);
    EXPECT_EQ(requests[0].block, 0u);
    EXPECT_EQ(requests[0].round, 1u);
    EXPECT_FALSE(requests[0].whole);
    EXPECT_TRUE(requests[0].wanted.Test(5));
    EXPECT_EQ(requests[0].wanted.Count(), 1u);
}

TEST_F(RequesterTest, TheWayToTheNextPathIsNoSilence)
{
    Begin();
    // Four paths 16 ms apart, two shards on each, 100 us apart.
    const std::vector<int64_t> gaps = {100, 16000, 100, 16000, 100, 16000, 100};
    Learn(gaps);
    for (uint32_t block = 0; block < 50; ++block)
    {
        int64_t at = 100000 + 50000 * static_cast<int64_t>(block);
        for (uint8_t i = 0; i < 7; ++i)
        {
            requester->Advance(at * US);
            Shard(at, block, i, i / 2);
            at += gaps[i];
        }
        requester->Advance(at * US);
        requester->Came(at * US, Block(block), 8, 7, true);
        requester->Ended(Block(block));
        EXPECT_TRUE(requests.empty()) << "block " << block;
    }
}

TEST_F(RequesterTest, ASilenceThatIsTakenForTooShortIsLearntFromSecondCopies)
{
    settings.rounds = 1;
    Begin();
    Learn({100, 100, 100, 100, 100, 100, 100}); // a silence is 1 ms
    for (uint32_t block = 0; block < 6; ++block)
    {
        // Shard 5 is always 10 ms later than the others: needlessly asked for, comes twice.
        const int64_t at = 1000000 + 100000 * static_cast<int64_t>(block);
        deadline = (at + 500000) * US;
        for (const uint8_t index : {0, 1, 2, 3, 4, 6, 7})
        {
            Shard(at, block, index);
        }
        requester->Advance((at + 10000) * US);
        requester->Came((at + 10000) * US, Block(block), 8, 5, true);
        requester->Ended(Block(block));
        if (block == 0)
        {
            requester->Came((at + 31000) * US, Block(block), 8, 5, false);
        }
    }
    // After that the 95 % quantile is 10 ms, and a silence is one of 11.25 ms.
    ASSERT_EQ(times.size(), 1u);
    EXPECT_EQ(times[0], 1001000);
    EXPECT_EQ(requester->Counters().needless, 1u);
}

TEST_F(RequesterTest, SecondCopiesCountThoughTheBlockWasGivenUpLongBefore)
{
    settings.timeout = 50000 * US;
    Begin();
    Learn({100});
    Shard(1000, 0, 0);
    Shard(1000, 0, 1);
    deadline = 51000 * US;
    requester->Advance(2000 * US);
    ASSERT_EQ(requests.size(), 1u); // for shard 5
    Shard(10000, 0, 5);
    requester->Ended(Block(0));
    requester->Came(202000 * US, Block(0), 8, 5, false);
    EXPECT_EQ(requester->Counters().needless, 1u);
    EXPECT_EQ(requester->Trip(), 200000 * US) << "not the 8 ms until the original came";
}

TEST_F(RequesterTest, DoesNotAskForABlockThatEnds)
{
    Begin();
    Shard(0, 0, 0);
    Shard(10, 0, 1);
    requester->Ended(Block(0));
    EXPECT_EQ(requester->Pending(), 0u);
    requester->Advance(1000000 * US);
    EXPECT_TRUE(requests.empty());
}

TEST_F(RequesterTest, DoublesItsPatienceAndGivesUp)
{
    deadline = 5000000 * US;
    Begin();
    Learn({100});
    Shard(1000, 0, 0);
    Shard(1100, 0, 1);
    requester->Advance(5000000 * US);
    // A wait of 1 ms; then 100, 200 and 400 ms.
    EXPECT_EQ(times, (std::vector<int64_t>{2100, 102100, 302100}));
    EXPECT_EQ(requester->Counters().exhausted, 1u);
    EXPECT_EQ(requester->Pending(), 0u);
}

TEST_F(RequesterTest, AnAnswerThatStopsIsNotWaitedForLong)
{
    Begin();
    Learn({100});
    Shard(1000, 0, 0);
    Shard(1100, 0, 1);
    requester->Advance(2100 * US);
    Shard(22100, 0, 2); // the round trip is 20 ms
    requester->Advance(400000 * US);
    ASSERT_GE(times.size(), 2u);
    EXPECT_EQ(times[1], 23100);
    // The second is not answered: 20 ms and four deviations of 10 ms, doubled.
    ASSERT_EQ(times.size(), 3u);
    EXPECT_EQ(times[2], 23100 + 2 * 60000);
}

TEST_F(RequesterTest, AsksForAWholeBlockThatWasPassedOver)
{
    Begin();
    Learn({100});
    nothingOf[4] = true;
    Shard(1000, 5, 0, 1);
    Shard(1100, 5, 1, 1);
    requester->PassedOver(1100 * US, Block(4), 1, 1);
    requester->Ended(Block(5));
    requester->Advance(2200 * US);
    ASSERT_EQ(requests.size(), 1u);
    EXPECT_EQ(requests[0].block, 4u);
    EXPECT_TRUE(requests[0].whole);
    EXPECT_EQ(paths[0], 1u);
}

TEST_F(RequesterTest, DoesNotAskForWhatWouldComeTooLate)
{
    Begin();
    Learn({100});
    Shard(1000, 0, 0);
    Shard(1100, 0, 1);
    requester->Advance(2100 * US);
    Shard(22100, 0, 5); // round trip 20 ms
    requester->Ended(Block(0));
    deadline = 60000 * US;
    Shard(41000, 1, 0); // would be asked for at 42 ms
    requester->Advance(50000 * US);
    EXPECT_EQ(requests.size(), 1u);
    EXPECT_EQ(requester->Counters().hopeless, 1u);
    EXPECT_EQ(requester->Pending(), 0u);
}

TEST_F(RequesterTest, ARequestTakesTheQuickestPathAndThenTheLastOne)
{
    Begin();
    Learn({100});
    Shard(1000, 0, 0, 2);
    Shard(1100, 0, 1, 3);
    requester->Advance(400000 * US);
    EXPECT_EQ(paths, (std::vector<uint16_t>{2, 3, 3}));
}

TEST_F(RequesterTest, EachOfSeveralEqualPathsIsAskedForAPart)
{
    settings.rate = 0.001;
    settings.burst = 5;
    deadline = 5000000 * US;
    Begin();
    // Two paths, equal but for 0 to 300 us, and one that is 20 ms slower.
    std::mt19937 random(5);
    for (uint32_t block = 0; block < 40; ++block)
    {
        const uint16_t first = random() % 2;
        Shard(30000 * block, block, 0, first);
        Shard(30000 * block + random() % 300, block, 1, 1 - first);
        Shard(30000 * block + 20000, block, 2, 2);
        requester->Ended(Block(block));
    }
    const int64_t now = 2000000;
    Shard(now, 100, 0, 0);
    ShardSet wanted;
    for (uint32_t index = 1; index < 6; ++index)
    {
        wanted.Set(index);
    }
    requester->AskNow(now * US, Block(100), wanted);
    requester->Advance(now * US);
    ASSERT_EQ(requests.size(), 2u);
    EXPECT_EQ(std::set<uint16_t>(paths.begin(), paths.end()), (std::set<uint16_t>{0, 1}));
    EXPECT_EQ(requests[0].round, requests[1].round);
    EXPECT_EQ(requests[0].wanted.Count() + requests[1].wanted.Count(), 5u);
    EXPECT_EQ(requests[0].wanted | requests[1].wanted, wanted);
    EXPECT_EQ(requester->Counters().requests, 2u);
    // Three tokens are left: two for the next block, one for the last, which is asked for at once.
    for (uint32_t block = 101; block < 103; ++block)
    {
        Shard(now + block, block, 0, 0);
        requester->AskNow((now + block) * US, Block(block), wanted);
        requester->Advance((now + block) * US);
    }
    ASSERT_EQ(requests.size(), 5u);
    EXPECT_EQ(requests[4].wanted, wanted);
}

TEST_F(RequesterTest, EachShardThatItIsToldOfIsAskedForByItself)
{
    settings.rounds = 2;
    deadline = 5000000 * US;
    Begin();
    Shard(0, 0, 0);
    for (uint32_t index = 1; index < 6; ++index)
    {
        requester->AskNow(1000 * index * US, Block(0), Only(index));
        requester->Advance(1000 * index * US);
    }
    ASSERT_EQ(requests.size(), 5u) << "more than rounds, but each shard once";
    for (uint32_t i = 0; i < 5; ++i)
    {
        EXPECT_EQ(requests[i].wanted, Only(i + 1));
        EXPECT_EQ(requests[i].round, i + 1) << "the sender takes no round twice";
    }
    for (uint8_t index = 2; index < 6; ++index)
    {
        Shard(20000, 0, index);
    }
    EXPECT_EQ(requester->AnswerDue(Block(0)), 101000 * US);
    requester->Advance(101000 * US);
    ASSERT_EQ(requests.size(), 6u) << "the one that is overdue";
    EXPECT_EQ(requests[5].wanted, Only(1));
    requester->Advance(5000000 * US);
    EXPECT_EQ(requests.size(), 6u) << "twice, as often as allowed";
    EXPECT_EQ(requester->Counters().exhausted, 1u);
    EXPECT_FALSE(requester->MayAsk(Block(0)));
}

TEST_F(RequesterTest, WhoIsToldWaitsForAnswersAsLongAsMostOfThemTook)
{
    settings.timeout = 1000000 * US;
    Begin();
    // 20 answers of 10 ms and 10 of 40 ms. The mean and four deviations would be far above 40 ms.
    for (uint32_t i = 0; i < 30; ++i)
    {
        deadline = 10000000 * US;
        Answer(100000 * static_cast<int64_t>(i), i, i % 3 == 0 ? 40000 : 10000);
    }
    Shard(5000000, 100, 0); // all of that is settled
    requester->AskNow(5000000 * US, Block(100), Only(5));
    requester->Advance(5000000 * US);
    EXPECT_EQ(requester->AnswerDue(Block(100)), (5000000 + 40000 + 1000) * US);
}

TEST_F(RequesterTest, WhatWaitsForATokenIsNotHurriedByWhatComes)
{
    settings.rate = 100; // one in 10 ms
    settings.burst = 1;
    Begin();
    for (const uint32_t block : {1, 2})
    {
        Shard(0, block, 0);
        requester->AskNow(1000 * US, Block(block), Only(5));
    }
    requester->Advance(1000 * US);
    EXPECT_EQ(times, (std::vector<int64_t>{1000}));
    Shard(4000, 2, 1);
    requester->Advance(4000 * US);
    EXPECT_EQ(times.size(), 1u) << "and surely not at a time that is over";
    requester->Advance(11000 * US);
    EXPECT_EQ(times, (std::vector<int64_t>{1000, 11000}));
}

TEST_F(RequesterTest, KeepsToItsRateAtHalfLoss)
{
    settings.rate = 200;
    settings.burst = 10;
    Begin();
    Learn({100});
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
                requester->Kept(now + 10 * shard * US, Block(block), 0, 0);
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
