// SPDX-License-Identifier: GPL-2.0-only
//
// Sound in shards of its own:
//  1. over an ideal link, with times reckoned by hand: a segment is there when picture and sound
//  are
//  2. what becomes of the one without the other
//  3. encoded by a pool, told of in the map and fetched over TCP

#include "content-fixture.h"
#include "pool-fixture.h"

#include "ns3/string.h"

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// A movie whose pictures are at holder 0 and whose sound is at holder 1.
class SoundElsewhere : public ContentMovieGuide
{
  public:
    using ContentMovieGuide::ContentMovieGuide;

    ContentOffer Offer(uint32_t segment, uint32_t rendition) const override
    {
        ContentOffer offer;
        offer.bits = Bits(segment, rendition);
        offer.holders = {rendition == *Sound() ? 1U : 0U};
        return offer;
    }
};

/// @param segments of 2 s, with pictures of 1 Mbit/s  @param sound bit/s  @return a movie
std::shared_ptr<const SoundElsewhere>
MakeSounding(uint32_t segments, double sound)
{
    ContentPlan plan;
    plan.holders = 2;
    plan.sound = sound;
    return std::make_shared<const SoundElsewhere>(
        std::make_shared<const ContentMovie>(
            MakeConstantMovie(Seconds(2 * segments), Seconds(2), {1e6})),
        plan);
}

/// @param remedy word  @return a policy that knows nothing else
Ptr<ContentMissing>
Always(const char* remedy)
{
    Ptr<ContentMissing> policy = CreateObject<ContentOneRemedy>();
    policy->SetAttribute("Remedy", StringValue(remedy));
    return policy;
}

using Sound = pooltest::World;

} // namespace

TEST(ContentSound, ASegmentIsThereWhenPictureAndSoundAre)
{
    // 0.1 s of latency for both together, then 0.25 s of sound and 0.5 s of picture.
    ContentStory story(MakeSounding(3, 500e3), SteadyLink(4000, 100));
    const auto totals = story.Watch();
    ASSERT_EQ(story.decisions.size(), 3U);
    EXPECT_EQ(totals.startup, Seconds(0.85));
    EXPECT_EQ(story.decisions[1].when, Seconds(0.85));
    EXPECT_EQ(story.decisions[2].when, Seconds(1.7));
    EXPECT_EQ(totals.segments[CONTENT_PLAYED], 3U);
    EXPECT_EQ(story.client->GetCounters().requests, 6U);
    EXPECT_EQ(story.client->GetCounters().usedBits, 9'000'000U);
}

TEST(ContentSound, TheBufferCountsASegmentOnce)
{
    ContentStory story(MakeSounding(5, 500e3), SteadyLink(4000, 100));
    story.client->SetAttribute("Buffer", TimeValue(Seconds(5)));
    story.Watch();
    // Two segments by 1.7 s, of which 0.85 s are played: room for a third at 1.85 s.
    EXPECT_EQ(story.decisions[2].when, Seconds(1.85));
    EXPECT_EQ(story.decisions[2].buffer, Seconds(3));
    EXPECT_EQ(story.decisions[3].when, Seconds(3.85));
}

TEST(ContentSound, PlayingStandsStillForWantOfSound)
{
    ContentStory story(MakeSounding(2, 500e3), SteadyLink(4000, 100));
    story.missing = Always("interpolate");
    story.client->SetAttribute("Timeout", TimeValue(Seconds(6)));
    story.faults->SetDown(1, Seconds(0.8), Time::Max());
    const auto totals = story.Watch();
    // Segment 0 is shown from 0.85 s to 2.85 s. Segment 1 is asked for at 0.85 s; its picture
    // comes, its sound is given up at 6.85 s.
    EXPECT_EQ(totals.stalls, 1U);
    EXPECT_EQ(totals.stalled, Seconds(4));
    EXPECT_EQ(totals.segments[CONTENT_PLAYED], 2U);
    EXPECT_EQ(story.client->GetCounters().silent, 1U);
}

TEST(ContentSound, WithoutPicturesItGoesOnBesideInterpolatedOnes)
{
    ContentStory story(MakeSounding(3, 500e3), SteadyLink(4000, 100));
    story.missing = Always("interpolate");
    story.client->SetAttribute("Timeout", TimeValue(Seconds(1)));
    story.faults->SetDown(0, Time(0), Time::Max());
    const auto totals = story.Watch();
    EXPECT_EQ(totals.startup, Seconds(1));
    EXPECT_EQ(totals.segments[CONTENT_INTERPOLATED], 3U);
    EXPECT_EQ(story.client->GetCounters().silent, 0U);
    EXPECT_EQ(story.client->GetCounters().usedBits, 3'000'000U);
}

TEST(ContentSound, OfASkippedSegmentItIsGivenUp)
{
    // 2 s of sound are 2 s on the link, which the picture waits for in vain.
    ContentStory story(MakeSounding(2, 4e6), SteadyLink(4000, 100));
    story.missing = Always("skip");
    story.client->SetAttribute("Timeout", TimeValue(Seconds(1)));
    const auto totals = story.Watch();
    EXPECT_EQ(totals.segments[CONTENT_SKIPPED], 2U);
    EXPECT_EQ(story.client->GetCounters().requests, 4U);
    EXPECT_EQ(story.client->GetCounters().abandoned, 2U);
    EXPECT_EQ(story.client->GetCounters().ends[CONTENT_TIMED_OUT], 2U);
    EXPECT_EQ(story.client->GetCounters().silent, 0U);
    EXPECT_GT(story.client->GetCounters().wastedBits, 0U);
}

TEST(ContentSound, IsEncodedBeforePicturesThatAreAsUrgent)
{
    ContentEncoderQueue queue;
    ContentEncodeTask task;
    task.duration = MilliSeconds(500);
    task.width = 320;
    task.height = 180;
    task.deadline = Seconds(2);
    for (uint8_t rendition = 0; rendition < 3; ++rendition)
    {
        task.key = {1, rendition};
        task.rendition = rendition;
        task.codec = rendition == 2 ? CONTENT_AAC : CONTENT_H264;
        queue.Add(task);
    }
    EXPECT_EQ(queue.Take()->rendition, 2);
    EXPECT_EQ(queue.Take()->rendition, 0);
    EXPECT_EQ(queue.Take()->rendition, 1);
}

TEST_F(Sound, OfAPoolIsEncodedNamedInTheMapAndFetched)
{
    Build(4);
    ContentPoolStream stream = Stream(Seconds(20), MilliSeconds(500), false);
    stream.encodings.push_back({CONTENT_AAC, 2, 0, 0, 128000});
    helper->GetPool()->AddStream(stream);
    Watch(Seconds(8)); // by then all of it is encoded
    RunUntil(Seconds(60));
    const ContentPoolCounters& c = helper->GetPool()->GetCounters();
    EXPECT_EQ(c.shards, 120U); // 20 s of 0.5 s, in two renditions and sound
    EXPECT_EQ(c.done, 120U);
    // An encoder is as fast as the pictures; sound costs 1/500 of a 1920 x 1080 picture.
    EXPECT_NEAR(c.encoding.GetSeconds(), 20 + 20 * 1920.0 * 1080 / 500 * 30 / work, 1e-6);
    EXPECT_EQ(sites[0].guide->Bitrates().size(), 2U);
    EXPECT_EQ(sites[0].guide->Sound(), std::optional<uint32_t>(2));
    EXPECT_TRUE(clients[0]->Totals() && clients[0]->IsOver());
    const auto totals = *clients[0]->Totals();
    EXPECT_EQ(totals.segments[CONTENT_PLAYED], 40U);
    EXPECT_EQ(totals.stalled, Time(0));
    EXPECT_EQ(sites[0].fetcher->GetCounters().fetched, 80U);
    EXPECT_EQ(clients[0]->GetCounters().silent, 0U);
}
