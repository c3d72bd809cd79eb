// SPDX-License-Identifier: GPL-2.0-only
//
// The playout buffer and what a session comes to, by hand.

#include "ns3/content-playout.h"
#include "ns3/content-qoe.h"
#include "ns3/content-throughput.h"

#include <gtest/gtest.h>

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// Segments of 2 s, settled by a letter: p played, i interpolated, s skipped.
struct Session
{
    explicit Session(uint32_t segments)
        : playout(Time(0), 0, segments)
    {
    }

    void Settle(double at, uint32_t segment, ContentSettled how = CONTENT_PLAYED, double rate = 1e6)
    {
        playout.Settle(Seconds(at), segment, how, Seconds(2), rate, std::nullopt);
    }

    const ContentPlayoutTotals& At(double when)
    {
        playout.Advance(Seconds(when));
        EXPECT_TRUE(playout.CheckConservation());
        return playout.Totals();
    }

    ContentPlayout playout;
};

} // namespace

TEST(ContentPlayout, StartsWithItsFirstSegmentAndStallsWithoutANext)
{
    Session session(3);
    session.Settle(0.5, 0);
    EXPECT_EQ(session.playout.Level(), Seconds(2));
    EXPECT_EQ(session.At(1.5).played, Seconds(1));
    EXPECT_EQ(session.playout.Level(), Seconds(1));
    session.Settle(4, 1); // dry from 2.5 on
    session.Settle(4.5, 2);
    const auto& totals = session.At(20);
    EXPECT_TRUE(session.playout.IsOver());
    EXPECT_EQ(totals.startup, Seconds(0.5));
    EXPECT_EQ(totals.stalled, Seconds(1.5));
    EXPECT_EQ(totals.stalls, 1U);
    EXPECT_EQ(totals.played, Seconds(6));
    EXPECT_EQ(totals.session, Seconds(8));
}

TEST(ContentPlayout, DoesNotStallWhereASegmentComesInTheLastMoment)
{
    Session session(2);
    session.Settle(0, 0);
    session.Settle(2, 1);
    EXPECT_EQ(session.At(9).stalls, 0U);
    EXPECT_EQ(session.At(9).session, Seconds(4));
}

TEST(ContentPlayout, WaitsAtAGapAlthoughLaterSegmentsAreThere)
{
    Session session(3);
    session.Settle(0, 0);
    session.Settle(0, 2);
    EXPECT_EQ(session.playout.Level(), Seconds(2));
    EXPECT_EQ(session.playout.Held(), Seconds(4));
    EXPECT_EQ(session.playout.NextMissing(), 1U);
    session.Settle(3, 1);
    EXPECT_EQ(session.At(20).stalled, Seconds(1));
}

TEST(ContentPlayout, LeavesOutWhatIsSkippedAndShowsWhatIsInterpolated)
{
    Session session(4);
    session.Settle(0, 0, CONTENT_PLAYED, 3e6);
    session.Settle(0, 1, CONTENT_SKIPPED);
    session.Settle(0, 2, CONTENT_INTERPOLATED);
    session.Settle(0, 3, CONTENT_PLAYED, 1e6);
    EXPECT_EQ(session.playout.Level(), Seconds(6));
    const auto& totals = session.At(10);
    EXPECT_EQ(totals.session, Seconds(6));
    EXPECT_EQ(totals.played, Seconds(4));
    EXPECT_EQ(totals.interpolated, Seconds(2));
    EXPECT_EQ(totals.skipped, Seconds(2));
    EXPECT_EQ(totals.changeCount, 1U);
    EXPECT_DOUBLE_EQ(totals.changes, 2e6);
    const ContentQoe qoe = MeasureContentQoe(totals);
    EXPECT_DOUBLE_EQ(qoe.linear, 3 + 1 - 2);
    EXPECT_DOUBLE_EQ(*qoe.linearRate, (2 * 3.0 + 2 * 1.0 - 2) / 8);
    EXPECT_DOUBLE_EQ(*qoe.interpolatedRatio, 0.25);
    EXPECT_DOUBLE_EQ(*qoe.skippedRatio, 0.25);
    EXPECT_DOUBLE_EQ(*qoe.meanBitrate, 2e6);
    EXPECT_FALSE(qoe.liveLatency);
}

TEST(ContentPlayout, HasNoQualityToTellOfWhereNothingWasShown)
{
    const ContentQoe qoe = MeasureContentQoe(ContentPlayoutTotals());
    EXPECT_FALSE(qoe.meanBitrate);
    EXPECT_FALSE(qoe.rebufferRatio);
    EXPECT_FALSE(qoe.startup);
    EXPECT_FALSE(qoe.linearRate);
}

TEST(ContentQoe, ChargesStallsAndChangesAsYinEtAl)
{
    ContentPlayoutTotals totals;
    totals.bitrates = 5e6;
    totals.changes = 1.5e6;
    totals.changeCount = 3;
    totals.stalled = Seconds(2);
    totals.session = Seconds(10);
    EXPECT_DOUBLE_EQ(MeasureContentQoe(totals).linear, 5 - 4.3 * 2 - 1.5);
    EXPECT_DOUBLE_EQ(*MeasureContentQoe(totals).rebufferRatio, 0.2);
    EXPECT_DOUBLE_EQ(*MeasureContentQoe(totals).meanChange, 5e5);
}

TEST(ContentThroughput, OfSteadyDownloadsIsWhatTheyAre)
{
    ContentThroughput estimate(Seconds(3), Seconds(8), Seconds(3));
    EXPECT_EQ(estimate.Rate(), 0);
    for (int i = 0; i < 4; ++i)
    {
        estimate.Push(2e6, Seconds(1), MilliSeconds(80));
        EXPECT_NEAR(estimate.Rate(), 2e6, 1e-3);
        EXPECT_NEAR(estimate.Latency().GetSeconds(), 0.08, 1e-9);
    }
}

TEST(ContentThroughput, FollowsAFallAtOnceAndARiseWithDelay)
{
    // 8 s at 1 Mbit/s, then 8 s at 3: the slow mean has given the old ones the weight
    // (1/2 - 1/4) / (1 - 1/4) = 1/3 of all; the quick one nearly none.
    ContentThroughput rising(Seconds(3), Seconds(8), Seconds(3));
    rising.Push(8e6, Seconds(8), Time(0));
    rising.Push(24e6, Seconds(8), Time(0));
    EXPECT_NEAR(rising.Rate(), 1e6 / 3 + 3e6 * 2 / 3, 1);
    // The same the other way round: now the quick one is the smaller. Its old values have 2^(-8/3).
    ContentThroughput falling(Seconds(3), Seconds(8), Seconds(3));
    falling.Push(24e6, Seconds(8), Time(0));
    falling.Push(8e6, Seconds(8), Time(0));
    const double old = std::exp2(-8.0 / 3) - std::exp2(-16.0 / 3);
    const double all = 1 - std::exp2(-16.0 / 3);
    EXPECT_NEAR(falling.Rate(), 1e6 + 2e6 * old / all, 1);
}
