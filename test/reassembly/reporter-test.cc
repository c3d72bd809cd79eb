// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a reassembly node says of what it sees, but for losses (reporter-loss-test).
 * 1. reports come an interval after the first thing that came and every interval from then on, each
 *    with its own time however late it is asked for; they end when nothing comes any more, and
 *    begin anew, counting on, when something does
 * 2. one-way delays are percentiles of the last 64 probes of a path
 * 3. a round trip begins with the report that a probe names and leaves out how long it was held;
 *    what names no report, a future one or an old one says nothing
 * 4. blocks, flows and bytes of an interval; the path of a report is that of the last arrival
 */
#include "reporter-story.h"

namespace ns3
{
namespace sharding
{
namespace
{

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

} // namespace
} // namespace sharding
} // namespace ns3
