// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a reassembly node says of what it sees. Times in microseconds of a story that is told by
 * hand; "+" is a shard that comes, "-" one that does not.
 * 1. reports come an interval after the first thing that came and every interval from then on, each
 *    with its own time however late it is asked for; they end when nothing comes any more, and
 *    begin anew, counting on, when something does
 * 2. losses, and losses whose successor on the path is lost, too, by hand: on one path, on two, and
 *    on two where the last blocks are settled when nothing comes any more; a successor in another
 *    block is none
 * 3. blocks that were passed over are lost as a whole, unless something of them comes in time
 * 4. of a block that was asked for, what came before counts, and at once
 * 5. a block is settled after a silence, the shortest that is allowed or one learnt from gaps, to
 *    the tick; what comes later does not unsay a loss
 * 6. one-way delays are percentiles of the last 64 probes of a path
 * 7. a round trip begins with the report that a probe names and leaves out how long it was held;
 *    what names no report, a future one or an old one says nothing
 * 8. blocks, flows and bytes of an interval; the path of a report is that of the last arrival
 * 9. memory is bounded: 100,000 blocks at a time are all counted, with no more memory than 10,000
 */
#include "ns3/shard-reporter.h"

#include <gtest/gtest.h>
#include <malloc.h>
#include <optional>
#include <string>

namespace ns3
{
namespace sharding
{
namespace
{

constexpr int64_t US = 1000;
constexpr int64_t MS = 1000 * US;

class ReporterTest : public ::testing::Test
{
  protected:
    ReporterTest()
    {
        reporter.emplace(ShardReporterSettings{100 * MS, 1 * MS},
                         [this](int64_t now, uint16_t path, const ShardReport& report)
                         {
                             EXPECT_EQ(static_cast<uint64_t>(now), report.at);
                             sentOn.push_back(path);
                             reports.push_back(report);
                         });
    }

    static ShardBlockId Block(uint32_t number, uint32_t flow = 2, uint32_t peer = 1)
    {
        return {peer, flow, number};
    }

    void Come(int64_t now, uint32_t block, uint8_t index, uint8_t n, uint16_t path = 0)
    {
        Shard shard;
        shard.peer = 1;
        shard.fields.flow = 2;
        shard.fields.block = block;
        shard.fields.index = index;
        shard.fields.k = 1;
        shard.fields.n = n;
        shard.size = 100;
        shard.path = path;
        reporter->Came(now, shard);
    }

    /// A block begins and its shards come at one moment, round the paths, those that do.
    void Tell(int64_t now, uint32_t block, const std::string& pattern, uint32_t paths = 1)
    {
        const auto n = static_cast<uint8_t>(pattern.size());
        reporter->Began(now, Block(block), n);
        for (uint8_t index = 0; index < n; ++index)
        {
            if (pattern[index] == '+')
            {
                Come(now, block, index, n, static_cast<uint16_t>(index % paths));
            }
        }
    }

    void Probe(int64_t now, uint16_t path, int64_t sent, uint32_t report = 0, uint32_t held = 0)
    {
        NumberedProbe(now, path, 1, sent, report, held);
    }

    void NumberedProbe(int64_t now,
                       uint16_t path,
                       uint32_t number,
                       int64_t sent = 0,
                       uint32_t report = 0,
                       uint32_t held = 0)
    {
        ShardProbe probe;
        probe.number = number;
        probe.at = static_cast<uint64_t>(sent);
        probe.report = report;
        probe.held = held;
        reporter->Probed(now, path, probe);
    }

    /// @param which report, from 0  @return expected, lost, pairs, pairs lost
    std::vector<uint32_t> Losses(std::size_t which) const
    {
        const ShardReport& r = reports.at(which);
        return {r.expected, r.lost, r.pairs, r.pairsLost};
    }

    std::optional<ShardReporter> reporter;
    std::vector<ShardReport> reports;
    std::vector<uint16_t> sentOn;
};

using Numbers = std::vector<uint32_t>;

TEST_F(ReporterTest, ProbesThatALaterOneShowsToBeMissingAreLost)
{
    NumberedProbe(10 * MS, 0, 1, 1 * MS); // nothing is known of those before
    NumberedProbe(20 * MS, 0, 2, 2 * MS);
    NumberedProbe(50 * MS, 0, 5, 5 * MS); // 3 and 4 are missing
    NumberedProbe(60 * MS, 1, 4, 4 * MS); // each path for itself
    NumberedProbe(70 * MS, 1, 6, 6 * MS); // 5 is missing
    reporter->Advance(110 * MS);
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].probes, 1u + 3u + 2u);
    EXPECT_EQ(reports[0].probesLost, 2u + 1u);
    NumberedProbe(120 * MS, 0, 4, 4 * MS); // overtaken: it stays lost
    NumberedProbe(125 * MS, 0, 6, 6 * MS);
    NumberedProbe(130 * MS, 1, 1, 7 * MS); // a sender that has begun anew
    NumberedProbe(140 * MS, 1, 3, 9 * MS);
    reporter->Advance(210 * MS);
    ASSERT_EQ(reports.size(), 2u);
    EXPECT_EQ(reports[1].probes, 1u + 2u);
    EXPECT_EQ(reports[1].probesLost, 1u);
}

TEST_F(ReporterTest, ReportsWhileSomethingComesAndOnceMore)
{
    EXPECT_EQ(reporter->NextDeadline(), ShardReporter::NEVER);
    reporter->Advance(1000 * MS);
    EXPECT_TRUE(reports.empty());
    Tell(1005 * MS, 0, "++");
    EXPECT_EQ(reporter->NextDeadline(), 1105 * MS);
    reporter->Advance(1105 * MS - 1);
    EXPECT_TRUE(reports.empty());
    reporter->Advance(1105 * MS);
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].number, 1u);
    EXPECT_EQ(reports[0].at, 1105u * MS);
    EXPECT_EQ(reports[0].interval, 100000u);
    EXPECT_EQ(reporter->NextDeadline(), 1205 * MS);
    reporter->Advance(1205 * MS);
    ASSERT_EQ(reports.size(), 2u);
    EXPECT_EQ(reports[1].number, 2u);
    EXPECT_EQ(reports[1].interval, 100000u);
    EXPECT_EQ(reports[1].bytes, 0u);
    EXPECT_EQ(Losses(1), (Numbers{0, 0, 0, 0}));
    EXPECT_EQ(reporter->NextDeadline(), ShardReporter::NEVER);
    Tell(5000 * MS, 1, "++");
    EXPECT_EQ(reporter->NextDeadline(), 5100 * MS);
    reporter->Advance(5100 * MS);
    ASSERT_EQ(reports.size(), 3u);
    EXPECT_EQ(reports[2].number, 3u);
    EXPECT_EQ(reports[2].interval, 100000u) << "the pause belongs to no interval";
}

TEST_F(ReporterTest, GoesOnUntilAllIsSettled)
{
    Probe(0, 0, 0);
    Tell(99500 * US, 0, "+-");
    reporter->Advance(100 * MS);
    EXPECT_EQ(Losses(0), (Numbers{0, 0, 0, 0})) << "half a millisecond of silence";
    reporter->Advance(10000 * MS);
    ASSERT_EQ(reports.size(), 2u);
    EXPECT_EQ(Losses(1), (Numbers{2, 1, 0, 0}));
}

TEST_F(ReporterTest, ReportsThatAreAskedForLateSayWhenTheyWereDue)
{
    Tell(0, 0, "++");
    reporter->Advance(950 * MS);
    ASSERT_EQ(reports.size(), 2u);
    EXPECT_EQ(reports[0].at, 100u * MS);
    EXPECT_EQ(reports[1].at, 200u * MS);
}

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
    Tell(0, 0, "++--++-+");
    reporter->Requested(Block(0));
    Come(20 * US, 0, 2, 8);
    Come(30 * US, 0, 3, 8);
    Come(40 * US, 0, 6, 8);
    reporter->Advance(100 * MS);
    EXPECT_EQ(Losses(0), (Numbers{8, 3, 3, 1}));
    EXPECT_EQ(reports[0].bytes, 800u) << "what comes again are bytes all the same";
}

TEST_F(ReporterTest, ABlockThatWasAskedForIsSettled)
{
    Probe(0, 0, 0);
    Tell(99900 * US, 0, "+-");
    reporter->Requested(Block(0));
    reporter->Requested(Block(77)); // nobody knows that one
    reporter->Advance(100 * MS);
    EXPECT_EQ(Losses(0), (Numbers{2, 1, 0, 0}));
}

TEST_F(ReporterTest, WaitsForTheShortestSilence)
{
    Probe(0, 0, 0);
    Tell(99 * MS, 0, "+-+");
    Tell(99 * MS + 1, 1, "+++");
    reporter->Advance(100 * MS);
    EXPECT_EQ(Losses(0), (Numbers{3, 1, 1, 0})) << "to the tick";
    Come(150 * MS, 0, 1, 3);
    reporter->Advance(200 * MS);
    EXPECT_EQ(Losses(1), (Numbers{3, 0, 0, 0})) << "too late to unsay a loss";
}

TEST_F(ReporterTest, WaitsForASilenceLearntFromGaps)
{
    // Five shards 10 ms apart: mean 10 ms, mean deviation 5 ms (3/4)^3 = 2.109375 ms; the silence
    // is 18.4375 ms. The first report is due at 100 ms.
    for (int64_t late : {0, 1})
    {
        reporter.emplace(ShardReporterSettings{100 * MS, 1 * MS},
                         [this](int64_t, uint16_t, const ShardReport& report)
                         { reports.push_back(report); });
        reports.clear();
        Probe(0, 0, 0);
        const int64_t last = 100 * MS - 18437500 + late;
        reporter->Began(last - 40 * MS, Block(0), 6);
        for (uint8_t index = 0; index < 5; ++index)
        {
            Come(last - (4 - index) * 10 * MS, 0, index, 6);
        }
        reporter->Advance(100 * MS);
        EXPECT_EQ(Losses(0), late == 0 ? (Numbers{6, 1, 0, 0}) : (Numbers{0, 0, 0, 0})) << late;
        reporter->Advance(200 * MS);
        EXPECT_EQ(Losses(1), late == 0 ? (Numbers{0, 0, 0, 0}) : (Numbers{6, 1, 0, 0})) << late;
    }
}

TEST_F(ReporterTest, DelaysArePercentilesOfTheLastProbes)
{
    for (int64_t i = 1; i <= 100; ++i)
    {
        const int64_t delay = (i * 37 % 101) * MS; // 1 to 100 ms, each once, shuffled
        Probe(1000 * MS, 0, 1000 * MS - delay);
    }
    for (int64_t i = 36; i > 0; --i)
    {
        Probe(1000 * MS, 3, 1000 * MS - i * 10 * MS); // forgotten again
    }
    for (int64_t i = 64; i > 0; --i)
    {
        Probe(1000 * MS, 3, 1000 * MS - i * MS - 999);
    }
    Probe(1000 * MS, 1, 1000 * MS - 5 * MS);
    Probe(1000 * MS, 64, 1000 * MS); // beyond what a report can speak of
    reporter->Advance(1100 * MS);
    const std::vector<ShardPathReport>& paths = reports.at(0).paths;
    ASSERT_EQ(paths.size(), 4u);
    for (uint16_t path = 0; path < 4; ++path)
    {
        EXPECT_EQ(paths[path].path, path);
    }
    EXPECT_EQ(paths[0].count, 64u);
    EXPECT_EQ(paths[1].count, 1u);
    EXPECT_EQ(paths[1].least, 5000u);
    EXPECT_EQ(paths[1].p50, 5000u);
    EXPECT_EQ(paths[1].p90, 5000u);
    EXPECT_EQ(paths[1].p99, 5000u);
    EXPECT_EQ(paths[2].count, 0u);
    // Of 64 values in order the 32nd, 58th and 64th: half, 57.6 and 63.36 are at most that.
    EXPECT_EQ(paths[3].count, 64u);
    EXPECT_EQ(paths[3].least, 1000u) << "rounded down from 1.000999 ms";
    EXPECT_EQ(paths[3].p50, 32000u);
    EXPECT_EQ(paths[3].p90, 58000u);
    EXPECT_EQ(paths[3].p99, 64000u);
}

TEST_F(ReporterTest, AProbeThatSeemsToComeBeforeItWasSentTookNoTime)
{
    Probe(10 * MS, 0, 11 * MS);
    Probe(10 * MS, 0, INT64_MAX);
    reporter->Advance(200 * MS);
    EXPECT_EQ(reports.at(0).paths.at(0).p99, 0u);
}

TEST_F(ReporterTest, ARoundTripIsWithoutTheTimeThatItWasHeld)
{
    Tell(0, 0, "++");
    reporter->Advance(100 * MS);
    Probe(150 * MS, 0, 140 * MS, 1, 20000);
    reporter->Advance(200 * MS);
    EXPECT_EQ(reports.at(0).trip, 0u) << "not known";
    EXPECT_EQ(reports.at(1).trip, 30000u);
    Probe(250 * MS, 0, 240 * MS, 0, 999);
    Probe(250 * MS, 0, 240 * MS, 3, 10); // the one that is still being filled
    Probe(250 * MS, 0, 240 * MS, 99, 10);
    reporter->Advance(300 * MS);
    EXPECT_EQ(reports.at(2).trip, 30000u) << "until there is a newer one";
    Probe(310 * MS, 0, 300 * MS, 3, 0);
    Probe(320 * MS, 0, 310 * MS, 2, 100000);
    reporter->Advance(400 * MS);
    EXPECT_EQ(reports.at(3).trip, 20000u);
    Probe(450 * MS, 0, 440 * MS, 4, 50001); // held longer than it can have been
    reporter->Advance(500 * MS);
    EXPECT_EQ(reports.at(4).trip, 0u);
}

TEST_F(ReporterTest, ReportsOfLongAgoAreForgotten)
{
    for (uint32_t i = 0; i < 70; ++i)
    {
        Tell(i * 100 * MS + MS, i, "+");
        reporter->Advance((i + 1) * 100 * MS + MS);
    }
    ASSERT_EQ(reports.size(), 70u);
    const auto trip = [this](uint32_t report)
    {
        Probe(7050 * MS, 0, 7050 * MS, report, 1);
        const std::size_t next = reports.size();
        reporter->Advance(reporter->NextDeadline());
        return reports.at(next).trip;
    };
    EXPECT_EQ(trip(6), 0u) << "64 ago";
    // Number 8 ended at 801 ms; in the meantime one more was sent.
    EXPECT_EQ(trip(8), 6248999u) << "63 ago";
}

TEST_F(ReporterTest, CountsBlocksFlowsAndBytesOfTheInterval)
{
    reporter->Began(0, Block(0, 2, 1), 1);
    reporter->Began(0, Block(1, 2, 1), 1);
    reporter->Began(0, Block(0, 3, 1), 1);
    reporter->Began(0, Block(0, 3, 2), 1); // another sender: another flow
    Come(0, 0, 0, 1);
    Come(0, 1, 0, 1);
    Shard odd;
    odd.size = 104; // of no block that began
    reporter->Came(0, odd);
    reporter->Released(1000);
    reporter->Released(500);
    reporter->Advance(100 * MS);
    EXPECT_EQ(reports.at(0).blocks, 4u);
    EXPECT_EQ(reports.at(0).flows, 3u);
    EXPECT_EQ(reports.at(0).bytes, 304u);
    EXPECT_EQ(reports.at(0).shardBytes, 101u);
    EXPECT_EQ(reports.at(0).delivered, 1500u);
    EXPECT_EQ(reports.at(0).marked, 0u);
    reporter->Began(150 * MS, Block(2, 2, 1), 1);
    reporter->Advance(200 * MS);
    EXPECT_EQ(reports.at(1).blocks, 1u);
    EXPECT_EQ(reports.at(1).flows, 1u);
    EXPECT_EQ(reports.at(1).shardBytes, 0u);
    EXPECT_EQ(reports.at(1).delivered, 0u);
}

TEST_F(ReporterTest, CountsWhatCameMarkedInItsInterval)
{
    Shard shard;
    shard.size = 100;
    for (const bool isMarked : {true, false, true})
    {
        shard.isMarked = isMarked;
        reporter->Came(10 * MS, shard);
    }
    ShardProbe probe;
    probe.number = 1;
    reporter->Probed(20 * MS, 0, probe, true);
    probe.number = 2;
    reporter->Probed(30 * MS, 0, probe, false);
    reporter->Advance(110 * MS);
    EXPECT_EQ(reports.at(0).marked, 3u);
    reporter->Came(150 * MS, shard);
    reporter->Advance(210 * MS);
    EXPECT_EQ(reports.at(1).marked, 1u);
}

TEST_F(ReporterTest, IsSentOnThePathOfTheLastArrival)
{
    Tell(0, 0, "++++", 4);
    reporter->Advance(100 * MS);
    Probe(150 * MS, 2, 150 * MS);
    reporter->Advance(200 * MS);
    Come(250 * MS, 1, 0, 1, 1);
    reporter->Advance(300 * MS);
    EXPECT_EQ(sentOn, (std::vector<uint16_t>{3, 2, 1}));
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
