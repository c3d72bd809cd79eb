// SPDX-License-Identifier: GPL-2.0-only
//
// What policies say of a shard that did not come, without anything simulated.

#include "ns3/content-missing.h"
#include "ns3/string.h"

#include <gtest/gtest.h>

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// On demand, 5 s of buffer, rendition 2, one of two holders asked; 1 s for it, 0.2 s for the
/// lowest.
ContentMissingView
Usual()
{
    ContentMissingView view;
    view.rendition = 2;
    view.holdersLeft = 1;
    view.buffer = Seconds(5);
    view.expected = Seconds(1);
    view.expectedLowest = MilliSeconds(200);
    return view;
}

} // namespace

TEST(ContentLadder, AsksAnotherHolderWhileThereIsTime)
{
    EXPECT_EQ(CreateObject<ContentLadder>()->Judge(Usual()).kind, CONTENT_OTHER_HOLDER);
}

TEST(ContentLadder, GoesDownWhereThereIsTimeForLessOnly)
{
    ContentMissingView view = Usual();
    view.buffer = MilliSeconds(500);
    EXPECT_EQ(CreateObject<ContentLadder>()->Judge(view).kind, CONTENT_LOWER);
    view = Usual();
    view.holdersLeft = 0;
    EXPECT_EQ(CreateObject<ContentLadder>()->Judge(view).kind, CONTENT_LOWER);
}

TEST(ContentLadder, InterpolatesLiveWhereNothingWouldComeInTime)
{
    ContentMissingView view = Usual();
    view.live = true;
    view.buffer = MilliSeconds(100);
    EXPECT_EQ(CreateObject<ContentLadder>()->Judge(view).kind, CONTENT_INTERPOLATE);
}

TEST(ContentLadder, IsPatientOnDemandButNotForEver)
{
    ContentMissingView view = Usual();
    view.rendition = 0;
    view.holdersLeft = 0;
    view.buffer = Time(0);
    view.attempts = 3;
    const ContentRemedy remedy = CreateObject<ContentLadder>()->Judge(view);
    EXPECT_EQ(remedy.kind, CONTENT_OTHER_HOLDER);
    EXPECT_EQ(remedy.delay, MilliSeconds(100));
    view.attempts = 4;
    EXPECT_EQ(CreateObject<ContentLadder>()->Judge(view).kind, CONTENT_INTERPOLATE);
}

TEST(ContentOneRemedy, WaitsTwiceAsLongEachTimeUpToALimit)
{
    Ptr<ContentOneRemedy> policy = CreateObject<ContentOneRemedy>();
    policy->SetAttribute("Remedy", StringValue("retry"));
    ContentMissingView view = Usual();
    EXPECT_EQ(policy->Judge(view).delay, MilliSeconds(100));
    view.attemptsHere = 3;
    EXPECT_EQ(policy->Judge(view).delay, MilliSeconds(400));
    view.attemptsHere = 1000;
    EXPECT_EQ(policy->Judge(view).delay, Seconds(5));
}

TEST(ContentOneRemedy, AsksAnotherHolderAtOnce)
{
    Ptr<ContentOneRemedy> policy = CreateObject<ContentOneRemedy>();
    EXPECT_EQ(policy->Judge(Usual()).kind, CONTENT_OTHER_HOLDER);
    EXPECT_EQ(policy->Judge(Usual()).delay, Time(0));
    ContentMissingView view = Usual();
    view.holdersLeft = 0;
    EXPECT_EQ(policy->Judge(view).delay, MilliSeconds(100));
}
