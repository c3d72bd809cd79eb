// SPDX-License-Identifier: GPL-2.0-only
//
// A pool that has more to do than it can: with firm deadlines the best rendition is what is given
// up, and nothing comes too late; without them everything does.

#include "pool-fixture.h"

#include "ns3/boolean.h"
#include "ns3/string.h"

using namespace pooltest;

namespace
{

/// One encoder that has time for 0.8 of a live stream whose lower rendition is a fifth of the work.
class Overload : public World
{
  protected:
    void Play(bool firm, bool sound)
    {
        encoderFactory.Set("Capacity", DoubleValue(0.8 * work));
        poolFactory.Set("Firm", BooleanValue(firm));
        poolFactory.Set("Deadline", TimeValue(MilliSeconds(400)));
        poolFactory.Set("HoldBack", TimeValue(Seconds(5)));
        Build(1);
        ContentPoolStream stream = Stream(Seconds(60), MilliSeconds(300), true);
        if (sound)
        {
            stream.encodings.push_back({CONTENT_AAC, 2, 0, 0, 64000});
        }
        helper->GetPool()->AddStream(stream);
        Watch(Seconds(8));
        RunUntil(Seconds(150));
        ASSERT_TRUE(clients[0]->Totals() && clients[0]->IsOver());
        totals = *clients[0]->Totals();
    }

    ContentPlayoutTotals totals; ///< of the client
};

} // namespace

TEST_F(Overload, WithFirmDeadlinesTheBestRenditionGivesWay)
{
    Play(true, false);
    const ContentPoolCounters& c = helper->GetPool()->GetCounters();
    EXPECT_EQ(totals.segments[CONTENT_INTERPOLATED] + totals.segments[CONTENT_SKIPPED], 0U);
    EXPECT_EQ(totals.stalled, Time(0));
    // There is never a time when both renditions can go on for long: after the first shard that is
    // given up the better one rests for 5 s, and is given up again soon.
    EXPECT_GT(c.expired, 0U);
    EXPECT_LT(c.expired, 40U);
    EXPECT_GT(c.heldBack, 100U);
    EXPECT_EQ(c.shards, 400U);
    EXPECT_EQ(c.orders + c.heldBack, 400U);
    // The lower rendition was there for all of the 200 segments.
    EXPECT_GE(c.done, 200U);
}

TEST_F(Overload, WithoutThemMostComesTooLate)
{
    Play(false, false);
    EXPECT_EQ(helper->GetPool()->GetCounters().heldBack, 0U);
    EXPECT_GT(totals.segments[CONTENT_INTERPOLATED] + totals.segments[CONTENT_SKIPPED], 50U);
}

TEST_F(Overload, SoundIsNeverHeldBack)
{
    Play(true, true);
    EXPECT_GT(helper->GetPool()->GetCounters().heldBack, 100U);
    EXPECT_EQ(clients[0]->GetCounters().silent, 0U);
    EXPECT_EQ(totals.segments[CONTENT_PLAYED],
              totals.segments[CONTENT_PLAYED] + totals.segments[CONTENT_INTERPOLATED] +
                  totals.segments[CONTENT_SKIPPED]);
}
