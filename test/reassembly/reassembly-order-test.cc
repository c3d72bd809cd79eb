// SPDX-License-Identifier: GPL-2.0-only
/**
 * In-order release. It is shown that
 * 1. complete datagrams wait for the earlier ones of their flow, and for no other flow;
 * 2. they go on when the earlier one is released, given up, poisoned, or after Timeout;
 * 3. block numbers wrap around;
 * 4. nothing leaves out of order, whatever comes.
 */
#include "reassembly-story.h"

#include <random>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

ShardTableSettings
InOrder(Time timeout)
{
    ShardTableSettings settings;
    settings.order = SHARD_ORDER_IN_ORDER;
    settings.timeout = timeout;
    return settings;
}

const Recipe TWO{1, 7, 60, 2, 2, SHARD_CODE_NONE, true, 0};

/// All shards of a block come.
void
Whole(Story& story, Time now, uint32_t block, Recipe recipe = TWO)
{
    for (const Shard& shard : MakeCut(recipe, block).shards)
    {
        story.Feed(now, shard);
    }
}

/// The first shard of a block comes, and no other.
void
Part(Story& story, Time now, uint32_t block)
{
    story.Comes(now, MakeCut(TWO, block).shards[0], SHARD_STORED);
}

TEST(ReassemblyOrder, ACompleteDatagramWaitsForTheEarlierOne)
{
    Story story(InOrder(MilliSeconds(100)));
    Whole(story, MilliSeconds(0), 0);
    Whole(story, MilliSeconds(1), 2);
    Whole(story, MilliSeconds(2), 3);
    story.Released(1, 7, {0});
    Whole(story, MilliSeconds(3), 1);
    story.Released(1, 7, {0, 1, 2, 3});
}

TEST(ReassemblyOrder, FirstBlocksThatOvertakeEachOtherStillLeaveInOrder)
{
    Story story(InOrder(MilliSeconds(100)));
    Whole(story, MilliSeconds(0), 2);
    Whole(story, MilliSeconds(1), 1);
    story.Released(1, 7, {});
    Whole(story, MilliSeconds(2), 0);
    story.Released(1, 7, {0, 1, 2});
}

TEST(ReassemblyOrder, AFlowFirstSeenInItsMiddleStartsThereOrALittleEarlier)
{
    Story story(InOrder(MilliSeconds(100)));
    Part(story, MilliSeconds(0), 5000);
    Part(story, MilliSeconds(0), 4999);
    Whole(story, MilliSeconds(1), 5001);
    story.Released(1, 7, {});
    story.Feed(MilliSeconds(2), MakeCut(TWO, 4999).shards[1]);
    story.Feed(MilliSeconds(3), MakeCut(TWO, 5000).shards[1]);
    story.Released(1, 7, {4999, 5000, 5001});
    story.Comes(MilliSeconds(4), MakeCut(TWO, 4998).shards[0], SHARD_LATE);
}

TEST(ReassemblyOrder, GivingUpTheEarlierBlockLetsTheLaterOnesGoInThatInstant)
{
    Story story(InOrder(MicroSeconds(100)));
    Whole(story, MicroSeconds(0), 0);
    Part(story, MicroSeconds(10), 1);
    Whole(story, MicroSeconds(20), 2);
    story.Until(MicroSeconds(110) - NanoSeconds(1));
    story.Released(1, 7, {0});
    story.Until(MicroSeconds(110));
    story.Released(1, 7, {0, 2});
    EXPECT_EQ(story.releasedAt, MicroSeconds(110));
    EXPECT_EQ(story.table.Counters().skipped, 0u);
}

TEST(ReassemblyOrder, ABlockOfWhichNothingEverCameIsWaitedForTimeoutAndNotLonger)
{
    Story story(InOrder(MicroSeconds(100)));
    Whole(story, MicroSeconds(0), 0);
    Whole(story, MicroSeconds(20), 2);
    Whole(story, MicroSeconds(30), 3);
    Whole(story, MicroSeconds(40), 5);
    EXPECT_EQ(story.table.NextDeadline(), MicroSeconds(120));
    story.Until(MicroSeconds(120) - NanoSeconds(1));
    story.Released(1, 7, {0});
    story.Until(MicroSeconds(120));
    story.Released(1, 7, {0, 2, 3});
    story.Until(MicroSeconds(140));
    story.Released(1, 7, {0, 2, 3, 5});
    EXPECT_EQ(story.table.Counters().skipped, 2u);
    Part(story, MicroSeconds(141), 6);
    story.Comes(MicroSeconds(142), MakeCut(TWO, 4).shards[0], SHARD_LATE);
}

TEST(ReassemblyOrder, APoisonedBlockDoesNotHoldUpThoseBehindIt)
{
    Story story(InOrder(MilliSeconds(100)));
    Whole(story, MilliSeconds(0), 0);
    Part(story, MilliSeconds(1), 1);
    Whole(story, MilliSeconds(2), 2);
    Recipe other = TWO;
    other.size = 61;
    story.Comes(MilliSeconds(3), MakeCut(other, 1).shards[1], SHARD_CONFLICT);
    story.Released(1, 7, {0, 2});
}

TEST(ReassemblyOrder, ABlockCompletedAfterItWasPassedIsNotReleasedOutOfOrder)
{
    Story story(InOrder(MicroSeconds(100)));
    Whole(story, MicroSeconds(0), 0);
    Whole(story, MicroSeconds(10), 2);
    Part(story, MicroSeconds(109), 1);
    story.Until(MicroSeconds(110));
    story.Released(1, 7, {0, 2});
    story.Feed(MicroSeconds(111), MakeCut(TWO, 1).shards[1]);
    story.Ended(SHARD_OVERTAKEN, 1);
    story.Released(1, 7, {0, 2});
}

TEST(ReassemblyOrder, OneFlowNeverWaitsForAnother)
{
    Story story(InOrder(MilliSeconds(100)));
    Recipe other = TWO;
    other.flow = 8;
    Recipe far = TWO;
    far.peer = 2;
    for (uint32_t block = 0; block < 10; ++block)
    {
        if (block != 3)
        {
            Whole(story, MilliSeconds(block), block);
        }
        Whole(story, MilliSeconds(block), block, other);
        Whole(story, MilliSeconds(block), block, far);
        EXPECT_EQ((story.released[{1, 8}].size()), block + 1) << story.Tale();
        EXPECT_EQ((story.released[{2, 7}].size()), block + 1) << story.Tale();
    }
    story.Released(1, 7, {0, 1, 2});
}

TEST(ReassemblyOrder, BlockNumbersWrapAround)
{
    Story story(InOrder(MilliSeconds(100)));
    Whole(story, MilliSeconds(0), 0xfffffffe);
    Whole(story, MilliSeconds(1), 1);
    Whole(story, MilliSeconds(2), 0);
    story.Released(1, 7, {0xfffffffe});
    Whole(story, MilliSeconds(3), 0xffffffff);
    story.Released(1, 7, {0xfffffffe, 0xffffffff, 0, 1});
    story.Comes(MilliSeconds(4), MakeCut(TWO, 0xfffffffd).shards[0], SHARD_LATE);
}

TEST(ReassemblyOrder, UnderPressureCompleteDatagramsAreReleasedAheadOfTimeNotLost)
{
    ShardTableSettings settings = InOrder(MilliSeconds(100));
    settings.memory.node = 64 << 10;
    settings.memory.flow = 16 << 10;
    settings.memory.unproven = 32 << 10;
    Story story(settings);
    Whole(story, MilliSeconds(0), 0);
    std::vector<uint32_t> expected{0};
    for (uint32_t block = 2; block < 200; ++block) // block 1 never comes
    {
        Whole(story, MilliSeconds(1), block);
        expected.push_back(block);
    }
    story.Until(MilliSeconds(200));
    story.Released(1, 7, expected);
    EXPECT_EQ(story.table.Counters().Evictions(), 0u);
}

TEST(ReassemblyOrder, AnEvictedBlockIsNotWaitedForEvenWhereItIsNotRemembered)
{
    ShardTableSettings settings = InOrder(MilliSeconds(100));
    settings.memory.flow = 1024;
    Story story(settings);
    Part(story, MilliSeconds(0), 0);
    Part(story, MilliSeconds(0), 1);
    Part(story, MilliSeconds(0), 2); // one too many for the flow: 0 goes
    story.Ended(SHARD_EVICTED_FLOW_CAP, 1);
    story.Feed(MilliSeconds(1), MakeCut(TWO, 1).shards[1]);
    story.Released(1, 7, {1});
}

/// Checks of whatever leaves only that it is in order.
class Ordered : public ShardBlockListener
{
  public:
    void Release(Time, const ShardRelease& release) override
    {
        if (any)
        {
            inOrder = inOrder && static_cast<int32_t>(release.id.block - latest) > 0;
        }
        any = true;
        latest = release.id.block;
        ++count;
    }

    void Ended(Time, const ShardBlockEnd&) override
    {
    }

    bool any{false};
    bool inOrder{true};
    uint32_t latest{0};
    uint64_t count{0};
};

TEST(ReassemblyOrder, NothingEverLeavesOutOfOrderNeitherUnderLossNorReorderingNorHostileJumps)
{
    for (uint32_t seed = 1; seed <= 20; ++seed)
    {
        std::mt19937 random(seed);
        Ordered ordered;
        ShardBlockTable table(ordered);
        ShardTableSettings settings = InOrder(MicroSeconds(300));
        settings.memory.node = 32 << 10;
        settings.memory.flow = 24 << 10;
        settings.memory.unproven = 24 << 10;
        settings.linger = MicroSeconds(500);
        settings.flowIdle = Seconds(1000);
        table.Configure(settings);
        Recipe recipe = TWO;
        recipe.real = false;
        uint32_t front = 0xffffff00;
        for (uint32_t i = 0; i < 5000; ++i)
        {
            front += random() % 3 == 0 ? 1 : 0;
            const bool jump = random() % 500 == 0;
            const uint32_t block = jump ? static_cast<uint32_t>(random()) : front - random() % 20;
            Shard shard = MakeCut(recipe, block).shards[random() % 2];
            table.Accept(MicroSeconds(i), shard);
            ASSERT_TRUE(table.CheckConservation());
            ASSERT_LE(table.Counters().bytes, settings.memory.node);
        }
        table.Advance(Seconds(10));
        EXPECT_TRUE(ordered.inOrder) << "seed " << seed;
        EXPECT_EQ(table.Waiting(), 0u);
        EXPECT_EQ(table.Counters().open, 0u);
        EXPECT_GT(ordered.count, 0u);
    }
}

} // namespace
