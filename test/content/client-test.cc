// SPDX-License-Identifier: GPL-2.0-only
//
// A client over an ideal link, with times reckoned by hand:
//  1. requests, one after the other or several at a time, and a full buffer
//  2. live: segments when they are there, and what is too old is skipped
//  3. holders that fail or do not have a shard, and each remedy for it

#include "content-fixture.h"

#include "ns3/boolean.h"
#include "ns3/content-qoe.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// @param remedy word  @return a policy that knows nothing else
Ptr<ContentMissing>
Always(const char* remedy)
{
    Ptr<ContentMissing> policy = CreateObject<ContentOneRemedy>();
    policy->SetAttribute("Remedy", StringValue(remedy));
    return policy;
}

} // namespace

TEST(ContentClient, AsksForOneSegmentAfterTheOther)
{
    // 2 Mbit a segment at 4 Mbit/s: 0.5 s and 0.1 s of latency.
    ContentStory story(MakeGuide({1000}, 4), SteadyLink(4000, 100));
    const auto totals = story.Watch(5);
    ASSERT_EQ(story.decisions.size(), 4U);
    EXPECT_EQ(story.decisions[0].when, Seconds(5));
    EXPECT_EQ(story.decisions[1].when, Seconds(5.6));
    EXPECT_EQ(story.decisions[3].when, Seconds(6.8));
    EXPECT_EQ(totals.startup, Seconds(0.6));
    EXPECT_EQ(totals.stalls, 0U);
    EXPECT_EQ(totals.session, Seconds(8.6));
    EXPECT_EQ(story.client->GetCounters().usedBits, 8'000'000U);
}

TEST(ContentClient, WaitsUntilTheNextSegmentFitsIntoTheBuffer)
{
    ContentStory story(MakeGuide({1000}, 5), SteadyLink(4000, 100));
    story.client->SetAttribute("Buffer", TimeValue(Seconds(5)));
    story.Watch();
    // Two segments by 1.2 s, of which 0.6 s are played: room for a third at 1.6 s, then each time
    // when 3 s are left.
    EXPECT_EQ(story.decisions[2].when, Seconds(1.6));
    EXPECT_EQ(story.decisions[2].buffer, Seconds(3));
    EXPECT_EQ(story.decisions[3].when, Seconds(3.6));
    EXPECT_EQ(story.decisions[4].when, Seconds(5.6));
}

TEST(ContentClient, StallsOnALinkThatIsTooSlow)
{
    // 2.5 s and 0.1 s for 2 s of media.
    ContentStory story(MakeGuide({1000}, 3), SteadyLink(800, 100));
    const auto totals = story.Watch();
    EXPECT_EQ(totals.startup, Seconds(2.6));
    EXPECT_EQ(totals.stalls, 2U);
    EXPECT_EQ(totals.stalled, Seconds(1.2));
}

TEST(ContentClient, SavesLatenciesByAskingForSeveralAtATime)
{
    ContentStory story(MakeGuide({1000}, 9), SteadyLink(4000, 400));
    story.client->SetAttribute("Parallel", UintegerValue(4));
    story.Watch();
    // The first alone, until 0.9 s; then four at once, whose first bits come at 1.3 s and whose
    // last ones every 0.5 s, each making room for a further request in time.
    EXPECT_EQ(story.decisions[4].when, Seconds(0.9));
    EXPECT_EQ(story.decisions[5].when, Seconds(1.8));
    EXPECT_EQ(story.decisions[8].when, Seconds(3.3));
    EXPECT_EQ(story.client->GetCounters().ends[CONTENT_FETCHED], 9U);
}

TEST(ContentClient, WaitsForLiveSegmentsToBeThere)
{
    ContentPlan plan;
    plan.live = true;
    plan.encoding = MilliSeconds(300);
    ContentStory story(MakeGuide({1000}, 6, plan), SteadyLink(4000, 100));
    story.client->SetAttribute("LiveDelay", TimeValue(Seconds(3)));
    const auto totals = story.Watch(7);
    // Segment 2 begins at 4 s, which is 3 s ago; segment 3 is there at 8.3 s.
    EXPECT_EQ(story.decisions[0].segment, 2U);
    EXPECT_EQ(story.decisions[0].when, Seconds(7));
    EXPECT_EQ(story.decisions[1].when, Seconds(8.3));
    EXPECT_EQ(story.decisions[2].when, Seconds(10.3));
    // The first picture of segment 2 is 3.6 s old when it is shown, and so are all others.
    EXPECT_NEAR(*MeasureContentQoe(totals).liveLatency, 3.6, 1e-9);
    EXPECT_EQ(totals.latencyCount, 4U);
}

TEST(ContentClient, SkipsLiveSegmentsThatAreTooOld)
{
    ContentPlan plan;
    plan.live = true;
    // Nothing comes from 3 s to 20 s.
    ContentStory story(MakeGuide({1000}, 15, plan),
                       ContentNetworkTrace({{Seconds(3), 4e6, Time(0)},
                                            {Seconds(17), 0, Time(0)},
                                            {Seconds(1000), 4e6, Time(0)}}));
    story.client->SetAttribute("MostLatency", TimeValue(Seconds(6)));
    const auto totals = story.Watch(2);
    // Segment 0 comes at 2.5 s, segment 1 (asked for at 4 s) at 20.5 s. What began before 14.5 s is
    // left out then: segments 2 to 7.
    EXPECT_EQ(totals.segments[CONTENT_SKIPPED], 6U);
    EXPECT_EQ(story.decisions[2].segment, 8U);
    EXPECT_EQ(totals.segments[CONTENT_PLAYED], 9U);
}

TEST(ContentClient, AsksAnotherHolderWhereOneIsDown)
{
    ContentPlan plan;
    plan.holders = 2;
    plan.copies = 2;
    ContentStory story(MakeGuide({1000}, 4, plan), SteadyLink(4000, 100));
    story.missing = Always("other");
    story.client->SetAttribute("Timeout", TimeValue(Seconds(1)));
    story.faults->SetDown(1, Time(0), Time::Max());
    const auto totals = story.Watch();
    // Segments 1 and 3 would be asked for at holder 1 first, which is shunned by then.
    EXPECT_EQ(story.Told(), "s0q0 s1q0 s1q0 s2q0 s3q0");
    EXPECT_EQ(story.decisions[2].when, Seconds(1.6));
    EXPECT_EQ(totals.segments[CONTENT_PLAYED], 4U);
    EXPECT_EQ(story.client->GetCounters().ends[CONTENT_TIMED_OUT], 1U);
    EXPECT_EQ(story.client->GetCounters().remedies[CONTENT_OTHER_HOLDER], 1U);
}

TEST(ContentClient, TriesAHolderAnewThatItHasShunnedForLongEnough)
{
    ContentPlan plan;
    plan.holders = 2;
    plan.copies = 2;
    ContentStory story(MakeGuide({1000}, 4, plan), SteadyLink(4000, 100));
    story.missing = Always("other");
    story.client->SetAttribute("Timeout", TimeValue(Seconds(1)));
    story.client->SetAttribute("Shun", TimeValue(Seconds(1)));
    story.faults->SetDown(1, Time(0), Time::Max());
    story.Watch();
    // Segment 1 fails at 1.6 s, segment 3 is asked for at 2.8 s.
    EXPECT_EQ(story.Told(), "s0q0 s1q0 s1q0 s2q0 s3q0 s3q0");
}

TEST(ContentClient, HearsNothingMoreOfAHolderThatFailsInTheMidst)
{
    ContentPlan plan;
    plan.holders = 2;
    plan.copies = 2;
    ContentStory story(MakeGuide({1000}, 2, plan), SteadyLink(4000, 100));
    story.missing = Always("other");
    story.client->SetAttribute("Timeout", TimeValue(Seconds(1)));
    story.faults->SetDown(0, Seconds(0.3), Time::Max());
    story.Watch();
    // What came last was reported before 0.3 s; a second later the other holder is asked.
    EXPECT_GT(story.decisions[1].when, Seconds(1.1));
    EXPECT_LE(story.decisions[1].when, Seconds(1.3));
    EXPECT_GT(story.client->GetCounters().wastedBits, 0U);
    EXPECT_LT(story.client->GetCounters().wastedBits, 800'000U);
}

TEST(ContentClient, AsksTheSameHolderAgainUntilItIsBack)
{
    ContentStory story(MakeGuide({1000}, 3), SteadyLink(4000, 100));
    story.missing = Always("retry");
    story.client->SetAttribute("Timeout", TimeValue(Seconds(1)));
    story.faults->SetDown(0, Seconds(0.7), Seconds(4));
    const auto totals = story.Watch();
    // Segment 1 fails at 1.6, and after pauses of 0.1 and 0.2 s, at 2.7 and 3.9 s; at 4.3 s there
    // is an answer.
    EXPECT_EQ(story.Told(), "s0q0 s1q0 s1q0 s1q0 s1q0 s2q0");
    EXPECT_EQ(story.decisions[4].when, Seconds(4.3));
    EXPECT_EQ(totals.segments[CONTENT_PLAYED], 3U);
}

TEST(ContentClient, SkipsOrInterpolatesWhatDoesNotCome)
{
    for (const char* remedy : {"skip", "interpolate"})
    {
        ContentPlan plan;
        plan.holders = 3;
        ContentStory story(MakeGuide({1000}, 3, plan), SteadyLink(4000, 100));
        story.missing = Always(remedy);
        story.client->SetAttribute("Timeout", TimeValue(Seconds(1)));
        story.faults->SetDown(1, Time(0), Time::Max());
        const auto totals = story.Watch();
        const bool skips = remedy == std::string("skip");
        EXPECT_EQ(totals.segments[CONTENT_SKIPPED], skips ? 1U : 0U) << remedy;
        EXPECT_EQ(totals.segments[CONTENT_INTERPOLATED], skips ? 0U : 1U) << remedy;
        EXPECT_EQ(totals.session, Seconds(skips ? 4.6 : 6.6)) << remedy;
        EXPECT_EQ(totals.stalls, 0U) << remedy;
    }
}

TEST(ContentClient, IsToldAtOnceOfWhatAHolderDoesNotHave)
{
    ContentStory story(MakeGuide({1000}, 2), SteadyLink(4000, 100));
    story.missing = Always("skip");
    story.faults->SetAbsent(1);
    const auto totals = story.Watch();
    EXPECT_EQ(story.client->GetCounters().ends[CONTENT_NOT_THERE], 2U);
    EXPECT_EQ(story.decisions[1].when, MilliSeconds(100));
    EXPECT_EQ(totals.segments[CONTENT_SKIPPED], 2U);
}

TEST(ContentClient, AsksForALowerRenditionWhereItIsToldTo)
{
    ContentStory story(MakeGuide({500, 1000, 2000}, 1), SteadyLink(4000, 100));
    story.abr->SetAttribute("Rendition", UintegerValue(2));
    story.missing = Always("lower");
    story.client->SetAttribute("Timeout", TimeValue(Seconds(1)));
    story.faults->SetDown(0, Time(0), Seconds(1.05));
    story.Watch();
    // Nothing is known of the throughput, and the buffer is empty: down to the lowest at once.
    EXPECT_EQ(story.Told(), "s0q2 s0q0 s0q0");
}

TEST(ContentClient, EndsEvenWhereNobodyEverAnswers)
{
    ContentStory story(MakeGuide({1000}, 3), SteadyLink(4000, 100));
    story.missing = Always("retry");
    story.client->SetAttribute("Timeout", TimeValue(Seconds(1)));
    story.client->SetAttribute("Attempts", UintegerValue(5));
    story.faults->SetDown(0, Time(0), Time::Max());
    const auto totals = story.Watch();
    EXPECT_EQ(story.client->GetCounters().requests, 15U);
    EXPECT_EQ(story.client->GetCounters().exhausted, 3U);
    EXPECT_EQ(totals.segments[CONTENT_INTERPOLATED], 3U);
}

TEST(ContentHolderFaults, AreTheSameForWhoeverAsks)
{
    ContentHolderFaults faults(7);
    faults.SetAbsent(0.2);
    uint32_t absent = 0;
    for (uint32_t segment = 0; segment < 10000; ++segment)
    {
        ContentRequest request;
        request.segment = segment;
        absent += faults.Has(request) ? 0 : 1;
        EXPECT_EQ(faults.Has(request), faults.Has(request));
    }
    // 2,000 expected, standard deviation 40: five of them, chance 6e-7. The seed is fixed.
    EXPECT_NEAR(absent, 2000, 200);
}
