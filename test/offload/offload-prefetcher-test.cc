// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prefetchers and the buffer of what they fetched.
 * 1. each prefetcher names what its rule says, and nothing where the rule does not apply
 * 2. the majority vote finds a majority that there is, and none that there is not
 * 3. a range that was asked for ahead is served once, or discarded; every one is counted
 * 4. the buffer never holds more than its memory
 */
#include "ns3/offload-prefetch-buffer.h"
#include "ns3/offload-prefetcher.h"
#include "ns3/offload-stream-prefetcher.h"
#include <ns3/uinteger.h>

#include <gtest/gtest.h>
#include <random>

using namespace ns3;
using namespace ns3::sharding;

namespace
{

constexpr uint32_t BLOCK = 4096;

std::vector<uint64_t>
Offsets(Ptr<OffloadPrefetcher> prefetcher, uint64_t offset, uint32_t depth, double expected = -1)
{
    OffloadAccess access;
    access.range = {offset, BLOCK};
    access.expected = expected;
    std::vector<uint64_t> offsets;
    for (const OffloadRange& range : prefetcher->Next(access, depth))
    {
        EXPECT_EQ(range.bytes, BLOCK);
        offsets.push_back(range.offset);
    }
    return offsets;
}

using Is = std::vector<uint64_t>;

OffloadIoFields
Request(uint64_t offset, uint32_t bytes, uint64_t request = 1)
{
    OffloadIoFields fields;
    fields.chunkBytes = 1400;
    fields.bytes = bytes;
    fields.offset = offset;
    fields.request = request;
    fields.mask = fields.All();
    return fields;
}

TEST(OffloadPrefetcher, NextBlockIsWhatLiesBehindUpToTheEndOfTheStorage)
{
    const auto prefetcher = CreateObject<NextBlockPrefetcher>();
    EXPECT_EQ(Offsets(prefetcher, 0, 2), (Is{4096, 8192}));
    EXPECT_EQ(Offsets(prefetcher, ~uint64_t{0} - 5000, 2), Is{});
}

TEST(OffloadPrefetcher, AStrideCountsOnlyAfterItHasComeTwiceRunning)
{
    const auto prefetcher = CreateObject<StridePrefetcher>();
    EXPECT_EQ(Offsets(prefetcher, 100, 2), Is{});
    EXPECT_EQ(Offsets(prefetcher, 300, 2), Is{});
    EXPECT_EQ(Offsets(prefetcher, 500, 2), (Is{700, 900}));
    EXPECT_EQ(Offsets(prefetcher, 501, 2), Is{});
    EXPECT_EQ(Offsets(prefetcher, 301, 2), Is{});
    EXPECT_EQ(Offsets(prefetcher, 101, 2), Is{}) << "there is nothing below 0";
}

TEST(OffloadPrefetcher, AMarkovChainFollowsWhatCameMostOften)
{
    const auto prefetcher = CreateObject<MarkovPrefetcher>();
    for (uint64_t offset : {10, 20, 30, 10, 20, 40, 10, 20, 30})
    {
        Offsets(prefetcher, offset, 1);
    }
    // After 20 came 30 twice and 40 once; after 30 came 10.
    EXPECT_EQ(Offsets(prefetcher, 10, 4), (Is{20, 30, 10, 20}));
    EXPECT_EQ(Offsets(prefetcher, 40, 2), (Is{10, 20}));
    EXPECT_EQ(Offsets(prefetcher, 50, 2), Is{});
}

TEST(OffloadPrefetcher, ATrendIsWhatMostDistancesAre)
{
    const auto prefetcher = CreateObject<TrendPrefetcher>();
    Is last;
    for (uint64_t offset : {0, 7, 14, 1000, 1007, 1014})
    {
        last = Offsets(prefetcher, offset, 2);
    }
    // Of the newest four distances 7, 7, 986 and 7, three are 7, in spite of the jump.
    EXPECT_EQ(last, (Is{1021, 1028}));
    const auto lost = CreateObject<TrendPrefetcher>();
    for (uint64_t offset : {0, 5, 90, 14, 3000, 77, 612, 8})
    {
        EXPECT_EQ(Offsets(lost, offset, 2), Is{});
    }
}

TEST(OffloadPrefetcher, TheVoteFindsAMajorityExactlyWhereThereIsOne)
{
    std::mt19937 random(1);
    int found = 0;
    for (int round = 0; round < 2000; ++round)
    {
        std::deque<int64_t> distances;
        std::map<int64_t, std::size_t> counts;
        const std::size_t count = 2 + random() % 9;
        for (std::size_t i = 0; i < count; ++i)
        {
            distances.push_back(static_cast<int64_t>(random() % 3));
            ++counts[distances.back()];
        }
        bool isThere = false;
        int64_t which = -1;
        for (const auto& [distance, times] : counts)
        {
            if (2 * times > count)
            {
                isThere = true;
                which = distance;
            }
        }
        int64_t winner = -1;
        ASSERT_EQ(TrendPrefetcher::Vote(distances, count, winner), isThere);
        if (isThere)
        {
            ASSERT_EQ(winner, which);
            ++found;
        }
    }
    EXPECT_GT(found, 200);
}

TEST(OffloadPrefetcher, StreamsAreFollowedEachForItself)
{
    const auto prefetcher = CreateObject<StreamPrefetcher>();
    constexpr uint64_t FAR = 1U << 30;
    EXPECT_EQ(Offsets(prefetcher, 0, 6), Is{});
    EXPECT_EQ(Offsets(prefetcher, FAR, 6), Is{});
    // Twice as many as were read, of this one first.
    EXPECT_EQ(Offsets(prefetcher, BLOCK, 6), (Is{2 * BLOCK, 3 * BLOCK, 4 * BLOCK, 5 * BLOCK}));
    EXPECT_EQ(Offsets(prefetcher, FAR + BLOCK, 6),
              (Is{FAR + 2 * BLOCK,
                  FAR + 3 * BLOCK,
                  FAR + 4 * BLOCK,
                  FAR + 5 * BLOCK,
                  2 * BLOCK,
                  3 * BLOCK}));
    // Not quite in order: one is left out, and comes late.
    EXPECT_EQ(Offsets(prefetcher, 3 * BLOCK, 1), Is{4 * BLOCK});
    EXPECT_EQ(Offsets(prefetcher, 2 * BLOCK, 1), Is{4 * BLOCK});
    // Somewhere else: those that are followed go on.
    EXPECT_EQ(Offsets(prefetcher, 7 * FAR, 1), Is{4 * BLOCK});
}

TEST(OffloadPrefetcher, AStreamOfAnyDistanceIsBelievedWhenTheDistanceHasComeTwice)
{
    const auto prefetcher = CreateObject<StreamPrefetcher>();
    prefetcher->SetAttribute("Reach", UintegerValue(100000));
    EXPECT_EQ(Offsets(prefetcher, 500000, 2), Is{});
    EXPECT_EQ(Offsets(prefetcher, 450000, 2), Is{});
    EXPECT_EQ(Offsets(prefetcher, 400000, 2), (Is{350000, 300000}));
    const auto other = CreateObject<StreamPrefetcher>();
    other->SetAttribute("Reach", UintegerValue(49999));
    for (const uint64_t offset : {500000, 450000, 400000, 350000})
    {
        EXPECT_EQ(Offsets(other, offset, 2), Is{}) << "beyond reach";
    }
    const auto few = CreateObject<StreamPrefetcher>();
    few->SetAttribute("Streams", UintegerValue(1));
    for (const uint64_t offset : {0, 1 << 30, 4096, (1 << 30) + 4096})
    {
        EXPECT_EQ(Offsets(few, offset, 2), Is{}) << "forgotten";
    }
}

TEST(OffloadPrefetcher, AForecastOfRestStopsPrefetching)
{
    const auto prefetcher = CreateObject<ForecastPrefetcher>();
    for (uint64_t offset : {0, 10, 20, 30})
    {
        Offsets(prefetcher, offset, 3);
    }
    EXPECT_EQ(Offsets(prefetcher, 40, 3), (Is{50, 60, 70}));
    EXPECT_EQ(Offsets(prefetcher, 50, 3, 1.2), (Is{60, 70}));
    EXPECT_EQ(Offsets(prefetcher, 60, 3, 0), Is{});
}

TEST(OffloadPrefetcher, AnOracleNamesWhatIsNextEvenWhereReadsOvertakeEachOther)
{
    const auto prefetcher = CreateObject<OraclePrefetcher>();
    prefetcher->Tell({{1, BLOCK}, {5, BLOCK}, {3, BLOCK}, {9, BLOCK}});
    EXPECT_EQ(Offsets(prefetcher, 1, 2), (Is{5, 3}));
    EXPECT_EQ(Offsets(prefetcher, 3, 2), Is{9});
    EXPECT_EQ(Offsets(prefetcher, 5, 2), Is{9});
}

TEST(OffloadPrefetchBuffer, WhatIsThereIsServedOnce)
{
    OffloadPrefetchBuffer buffer(10000, Seconds(1));
    EXPECT_TRUE(buffer.Ask({1000, 2000}, 7, Seconds(0)));
    EXPECT_FALSE(buffer.Ask({1500, 1000}, 8, Seconds(0))) << "on its way already";
    OffloadIoFields chunk = Request(1000, 2000, 7);
    chunk.mask = 1;
    EXPECT_TRUE(buffer.Arrive(chunk, MilliSeconds(10)).empty());
    chunk.mask = 2;
    EXPECT_TRUE(buffer.Arrive(chunk, MilliSeconds(20)).empty());
    EXPECT_EQ(buffer.Read(Request(2500, 600), MilliSeconds(50)), OffloadPrefetchBuffer::ABSENT);
    EXPECT_EQ(buffer.Read(Request(1500, 1500), MilliSeconds(50)), OffloadPrefetchBuffer::HERE);
    EXPECT_EQ(buffer.Read(Request(1500, 1500), MilliSeconds(50)), OffloadPrefetchBuffer::ABSENT);
    EXPECT_EQ(buffer.GetCounters().hits, 1);
    EXPECT_EQ(buffer.GetCounters().aheadNs, 30000000);
    EXPECT_EQ(buffer.Bytes(), 0);
}

TEST(OffloadPrefetchBuffer, AReadWaitsForWhatIsOnItsWay)
{
    OffloadPrefetchBuffer buffer(10000, Seconds(1));
    buffer.Ask({0, 1000}, 1, Seconds(0));
    EXPECT_EQ(buffer.Read(Request(0, 1000, 99), MilliSeconds(5)), OffloadPrefetchBuffer::COMING);
    const auto waiting = buffer.Arrive(Request(0, 1000, 1), MilliSeconds(9));
    ASSERT_EQ(waiting.size(), 1);
    EXPECT_EQ(waiting[0].request, 99);
    EXPECT_EQ(buffer.GetCounters().late, 1);
    EXPECT_EQ(buffer.GetCounters().aheadNs, -4000000);
    EXPECT_EQ(buffer.Held(), 0);
}

TEST(OffloadPrefetchBuffer, WhatIsNotReadIsDiscardedAfterItsLifetime)
{
    OffloadPrefetchBuffer buffer(10000, Seconds(1));
    buffer.Ask({0, 1000}, 1, Seconds(0));
    buffer.Arrive(Request(0, 1000, 1), MilliSeconds(1));
    EXPECT_EQ(buffer.Read(Request(0, 1000), MilliSeconds(1001)), OffloadPrefetchBuffer::ABSENT);
    EXPECT_EQ(buffer.GetCounters().discarded, 1);
    EXPECT_EQ(buffer.GetCounters().discardedBytes, 1000);
}

TEST(OffloadPrefetchBuffer, TheOldestThatNobodyWaitsForMakesRoom)
{
    OffloadPrefetchBuffer buffer(3000, Seconds(1));
    EXPECT_FALSE(buffer.Oldest());
    for (uint64_t i = 1; i <= 3; ++i)
    {
        buffer.Ask({i * 10000, 1000}, i, MilliSeconds(i));
    }
    EXPECT_EQ(*buffer.Oldest(), MilliSeconds(1));
    buffer.Read(Request(10000, 1000, 99), MilliSeconds(4));
    EXPECT_EQ(*buffer.Oldest(), MilliSeconds(2)) << "somebody waits for the first";
    EXPECT_FALSE(buffer.Ask({10000, 2000}, 9, MilliSeconds(5))) << "nor does more take its place";
    EXPECT_TRUE(buffer.Ask({50000, 500}, 4, MilliSeconds(5)));
    EXPECT_EQ(*buffer.Oldest(), MilliSeconds(3)) << "the second made room";
    buffer.DiscardOldest();
    buffer.DiscardOldest();
    EXPECT_EQ(buffer.Bytes(), 1000);
    EXPECT_FALSE(buffer.Oldest());
    buffer.DiscardOldest();
    EXPECT_FALSE(buffer.Ask({60000, 2500}, 5, MilliSeconds(6))) << "no room but what is waited for";
    EXPECT_EQ(buffer.Arrive(Request(0, 1000, 1), MilliSeconds(7)).size(), 1);
    EXPECT_EQ(buffer.GetCounters().discarded, 3);
}

TEST(OffloadPrefetchBuffer, MemoryIsKeptAndEveryRangeIsReadOrDiscarded)
{
    std::mt19937 random(2);
    OffloadPrefetchBuffer buffer(20000, MilliSeconds(300));
    std::vector<OffloadRange> asked;
    for (uint64_t i = 1; i < 20000; ++i)
    {
        const Time now = MilliSeconds(i);
        const OffloadRange range{random() % 200 * 500,
                                 static_cast<uint32_t>(500 + random() % 8 * 500)};
        if (random() % 2 == 0)
        {
            buffer.Ask(range, i, now);
            asked.push_back({i, range.bytes});
        }
        else if (!asked.empty() && random() % 3 != 0)
        {
            const OffloadRange& old =
                asked[asked.size() - 1 - random() % std::min<std::size_t>(8, asked.size())];
            buffer.Arrive(Request(0, old.bytes, old.offset), now);
        }
        else
        {
            buffer.Read(Request(range.offset, range.bytes), now);
        }
        ASSERT_LE(buffer.Bytes(), 20000);
    }
    buffer.Flush();
    const OffloadPrefetchBuffer::Counters& counters = buffer.GetCounters();
    EXPECT_EQ(counters.asked, counters.hits + counters.late + counters.discarded);
    EXPECT_GT(counters.hits, 50);
    EXPECT_GT(counters.late, 50);
    EXPECT_GT(counters.discarded, 100);
    EXPECT_EQ(buffer.Bytes(), 0);
}

TEST(OffloadPrefetchBuffer, SaysWhatAReadWaitsForAndWhatIsComing)
{
    OffloadPrefetchBuffer buffer(10000, Seconds(1));
    buffer.Ask({0, 3000}, 1, Seconds(0));
    buffer.Ask({4000, 500}, 2, Seconds(0));
    EXPECT_EQ(buffer.Coming(), 3500U);
    EXPECT_FALSE(buffer.WaitedFor(Request(0, 1000, 99))) << "nobody reads it yet";
    buffer.Read(Request(0, 1000, 99), MilliSeconds(5));
    buffer.Read(Request(0, 1000, 98), MilliSeconds(5));
    OffloadIoFields chunk = Request(0, 3000, 1);
    chunk.mask = 1;
    buffer.Arrive(chunk, MilliSeconds(6));
    const auto missing = buffer.WaitedFor(Request(0, 1000, 99));
    ASSERT_TRUE(missing);
    EXPECT_EQ(missing->request, 1U);
    EXPECT_EQ(missing->range.bytes, 3000U);
    EXPECT_EQ(missing->held, 1U);
    EXPECT_EQ(missing->waiting, 2U);
    EXPECT_EQ(buffer.Coming(), 3500U) << "a part is not all";
    buffer.Arrive(Request(4000, 500, 2), MilliSeconds(6));
    EXPECT_EQ(buffer.Coming(), 3000U);
    EXPECT_EQ(buffer.Bytes(), 3500U);
    buffer.Flush();
    EXPECT_EQ(buffer.Coming(), 0U);
}

} // namespace
