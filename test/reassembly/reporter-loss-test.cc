// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a reassembly node says was lost. "+" is a shard that comes, "-" one that does not.
 * 1. losses, and losses whose successor on the path is lost, too, by hand: on one path, on two, and
 *    on two where the last blocks are settled when nothing comes any more; a successor in another
 *    block is none
 * 2. blocks that were passed over are lost as a whole, unless something of them comes in time
 * 3. of a block that was asked for, what came before counts, and at once
 * 4. a block is settled after a silence, the shortest that is allowed or one learnt from the last
 *    blocks, to the tick; what was called lost and comes after all is taken off the next report
 * 5. memory is bounded: 100,000 blocks at a time are all counted, with no more memory than 10,000
 */
#include "reporter-story.h"

#include <malloc.h>

namespace ns3
{
namespace sharding
{
namespace
{

TEST_F(ReporterTest, CountsLossesOnOnePath)
{
    Tell(0, 0, "+--+++-++-");
    reporter->Advance(100 * MS);
    // Lost 1, 2, 6 and 9; of 1, 2 and 6 the successor is known, and that of 1 is lost.
    EXPECT_EQ(Losses(0), (Numbers{10, 4, 3, 1}));
}

TEST_F(ReporterTest, CountsLossesOnTwoPaths)
{
    Tell(0, 0, "+--+++-++-", 2);
    Tell(0, 1, "+-+-++----", 2);
    reporter->Advance(100 * MS);
    // Two on: of 1, 2 and 6 none is lost. Lost 1, 3, 6, 7, 8 and 9; of 1, 3, 6 and 7 the successor
    // is known, and it is lost but for 3.
    EXPECT_EQ(Losses(0), (Numbers{20, 10, 7, 3}));
}

TEST_F(ReporterTest, CountsLossesOnTwoPathsWhenNothingComesAnyMore)
{
    Tell(0, 0, "++++", 2);
    Tell(99900 * US, 1, "+--+++-++-", 2);
    reporter->Advance(1000 * MS);
    ASSERT_EQ(reports.size(), 2u);
    EXPECT_EQ(Losses(0), (Numbers{4, 0, 0, 0}));
    EXPECT_EQ(Losses(1), (Numbers{10, 4, 3, 0})) << "two paths, though none was used since";
}

TEST_F(ReporterTest, NoticesThatAPathIsNotUsedAnyMore)
{
    Tell(0, 0, "++++", 2);
    reporter->Advance(100 * MS);
    Tell(150 * MS, 1, "++++");
    reporter->Advance(200 * MS);
    Tell(250 * MS, 2, "+--+++-++-");
    reporter->Advance(300 * MS);
    EXPECT_EQ(Losses(2), (Numbers{10, 4, 3, 1})) << "an interval later at most";
}

TEST_F(ReporterTest, SuccessorsAreOfTheSameBlock)
{
    Tell(0, 0, "++-");
    Tell(0, 1, "-++");
    reporter->Advance(100 * MS);
    EXPECT_EQ(Losses(0), (Numbers{6, 2, 1, 0}));
}

TEST_F(ReporterTest, ACopyOfAShardIsNoOther)
{
    Tell(0, 0, "++-");
    Come(0, 0, 1, 3);
    Come(0, 0, 1, 3);
    reporter->Advance(100 * MS);
    EXPECT_EQ(Losses(0), (Numbers{3, 1, 0, 0}));
    EXPECT_EQ(reports[0].bytes, 400u);
}

TEST_F(ReporterTest, BlocksThatWerePassedOverAreLostAsAWhole)
{
    Tell(0, 0, "++++");
    reporter->PassedOver(10 * MS, Block(1), 2, 4);
    Tell(10 * MS, 3, "++++");
    reporter->Advance(100 * MS);
    // Two blocks of four: each of them has three losses whose successor is known.
    EXPECT_EQ(Losses(0), (Numbers{16, 8, 6, 6}));
    EXPECT_EQ(reports[0].blocks, 2u) << "those that began";
}

TEST_F(ReporterTest, OfABlockThatWasPassedOverSomethingMayStillCome)
{
    Tell(0, 0, "++++");
    reporter->PassedOver(10 * MS, Block(1), 1, 4);
    Tell(10 * MS, 2, "++++");
    Come(10500 * US, 1, 0, 6); // its own number of shards was not known
    Come(10600 * US, 1, 2, 6);
    Come(10700 * US, 1, 3, 6);
    reporter->Advance(100 * MS);
    // "+-++--"
    EXPECT_EQ(Losses(0), (Numbers{14, 3, 2, 1}));
}

TEST_F(ReporterTest, OfABlockThatWasAskedForCountsWhatCameBefore)
{
    LearnSilence(0);
    Tell(110 * MS, 0, "++--++-+");
    reporter->Requested(Block(0), Shards({2, 3, 6}));
    Come(111 * MS, 0, 2, 8);
    Come(111 * MS, 0, 3, 8);
    Come(111 * MS, 0, 6, 8);
    reporter->Advance(200 * MS);
    EXPECT_EQ(Losses(1), (Numbers{8, 3, 3, 1}));
    EXPECT_EQ(reports[1].bytes, 800u) << "what comes again are bytes all the same";
}

TEST_F(ReporterTest, ABlockThatWasAskedForIsSettled)
{
    LearnSilence(0);
    Tell(199900 * US, 0, "+-");
    reporter->Requested(Block(0), Shards({1}));
    reporter->Requested(Block(77), Shards({1})); // nobody knows that one
    reporter->Advance(200 * MS);
    EXPECT_EQ(Losses(1), (Numbers{2, 1, 0, 0}));
}

TEST_F(ReporterTest, ARequestBeforeASilenceIsKnownIsAGuess)
{
    Tell(0, 0, "+-");
    reporter->Requested(Block(0), Shards({1}));
    Come(20 * MS, 0, 1, 2);
    reporter->Advance(100 * MS);
    EXPECT_EQ(Losses(0), (Numbers{2, 0, 0, 0}));
}

TEST_F(ReporterTest, WaitsForAnIntervalWhileNoSilenceIsKnown)
{
    Probe(0, 0, 0);
    Tell(1, 0, "+-");
    reporter->Advance(100 * MS);
    EXPECT_EQ(Losses(0), (Numbers{0, 0, 0, 0})) << "to the tick";
    reporter->Advance(200 * MS);
    EXPECT_EQ(Losses(1), (Numbers{2, 1, 0, 0}));
}

TEST_F(ReporterTest, WaitsForTheShortestSilence)
{
    LearnSilence(0);
    Probe(110 * MS, 0, 0);
    Tell(199 * MS, 0, "+-+");
    Tell(199 * MS + 1, 1, "+++");
    reporter->Advance(200 * MS);
    EXPECT_EQ(Losses(1), (Numbers{3, 1, 1, 0})) << "to the tick";
}

TEST_F(ReporterTest, WaitsForAnEighthLongerThanTheLongestSilence)
{
    for (int64_t late : {0, 1})
    {
        reporter.emplace(ShardReporterSettings{100 * MS, 1 * MS},
                         [this](int64_t, uint16_t, const ShardReport& report)
                         { reports.push_back(report); });
        reports.clear();
        LearnSilence(16 * MS);
        Probe(101 * MS, 0, 0);
        Tell(200 * MS - 18 * MS + late, 0, "++-");
        reporter->Advance(200 * MS);
        EXPECT_EQ(Losses(1), late == 0 ? (Numbers{3, 1, 0, 0}) : (Numbers{0, 0, 0, 0})) << late;
        reporter->Advance(300 * MS);
        EXPECT_EQ(Losses(2), late == 0 ? (Numbers{0, 0, 0, 0}) : (Numbers{3, 1, 0, 0})) << late;
    }
}

TEST_F(ReporterTest, TheWayToTheNextPathIsNoLoss)
{
    // Four shards on four paths, 30 ms further each: as long as nobody knows that an interval is
    // waited, and then as long as it takes.
    for (uint32_t block = 0; block < 100; ++block)
    {
        const int64_t begin = block * 200 * MS;
        reporter->Advance(begin);
        Tell(begin, block, "+---", 4);
        for (uint8_t index = 1; index < 4; ++index)
        {
            const int64_t now = begin + index * 30 * MS;
            reporter->Advance(now);
            Come(now, block, index, 4, index);
        }
    }
    uint32_t lost = 0;
    for (const ShardReport& report : reports)
    {
        lost += report.lost;
    }
    EXPECT_EQ(lost, 0u);
}

TEST_F(ReporterTest, WhatCameLateIsTakenOffTheNextReport)
{
    LearnSilence(0);
    Tell(110 * MS, 0, "+--+++-++-");
    Come(190 * MS, 0, 2, 10); // before the report: it was only late
    reporter->Advance(200 * MS);
    EXPECT_EQ(Losses(1), (Numbers{10, 3, 2, 0}));
    Come(210 * MS, 0, 6, 10); // behind it
    Come(210 * MS, 0, 6, 10); // a copy says no more
    Tell(220 * MS, 1, "+--+++-++-");
    reporter->Advance(400 * MS); // there was a silence of 80 ms
    EXPECT_EQ(Losses(3), (Numbers{10, 3, 2, 1})) << "4, 3 and 1, less 1, 1 and 0";
}

TEST_F(ReporterTest, OfWhatWasAskedForTheSecondCopySaysThatItWasLate)
{
    LearnSilence(0);
    Tell(110 * MS, 0, "+---");
    reporter->Requested(Block(0), Shards({1, 2}));
    reporter->Advance(200 * MS);
    EXPECT_EQ(Losses(1), (Numbers{4, 3, 2, 2}));
    Come(210 * MS, 0, 3, 4); // nobody asked for that one
    Come(210 * MS, 0, 1, 4); // late, or the answer
    Come(211 * MS, 0, 2, 4);
    Come(212 * MS, 0, 1, 4);                    // it was late
    reporter->Requested(Block(0), Shards({2})); // once more: what comes says nothing
    Come(213 * MS, 0, 2, 4);
    Tell(214 * MS, 1, "----");
    reporter->PassedOver(214 * MS, Block(2), 1, 8);
    reporter->Advance(300 * MS);
    EXPECT_EQ(Losses(2)[1], 4u + 8 - 2);
}

TEST_F(ReporterTest, WhatIsTakenOffWaitsForLossesToTakeItFrom)
{
    LearnSilence(0);
    Tell(110 * MS, 0, "+-");
    reporter->Advance(200 * MS);
    Come(210 * MS, 0, 1, 2);
    Tell(210 * MS, 1, "++");
    reporter->Advance(500 * MS);
    EXPECT_EQ(Losses(2), (Numbers{2, 0, 0, 0}));
    Tell(600 * MS, 2, "+-");
    reporter->Advance(900 * MS);
    uint32_t lost = 0;
    for (const ShardReport& report : reports)
    {
        lost += report.lost;
    }
    EXPECT_EQ(lost, 1u);
}

TEST_F(ReporterTest, ManyBlocksAreAllCountedInBoundedMemory)
{
    const auto used = [] { return mallinfo2().uordblks + mallinfo2().hblkhd; };
    std::size_t before = 0;
    for (uint32_t block = 0; block < 100000; ++block)
    {
        if (block == 10000)
        {
            before = used();
        }
        Tell(0, block, "++-+");
    }
    EXPECT_LT(used(), before + 10000);
    Come(0, 0, 2, 4);     // of one that is forgotten
    Come(0, 99999, 2, 4); // of one that is not
    reporter->Advance(1000 * MS);
    ASSERT_EQ(reports.size(), 2u);
    EXPECT_EQ(Losses(0), (Numbers{400000, 99999, 99999, 0}));
    EXPECT_EQ(reports[0].blocks, 100000u);
    EXPECT_EQ(reports[0].flows, 1u);
    EXPECT_EQ(Losses(1), (Numbers{0, 0, 0, 0}));
}

} // namespace
} // namespace sharding
} // namespace ns3
