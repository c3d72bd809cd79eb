// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blocks that end before they are complete, and a bound on how many there are.
 * 1. a block that is given up lets go those that wait behind it, at once; its late shards are late
 * 2. its front is handed on as it grows, with the bytes that were sent, and the whole afterwards
 * 3. what is released with holes says where, and has zeros there; what a code can restore is not
 *    a hole
 * 4. in order, parts leave only at their block's turn
 * 5. parts that are not what was sent are found out
 * 6. over the bound the oldest block without a proof goes; a proven one is not displaced by one
 *    without; those that wait for their turn are released
 * 7. giving up is held against a flow as a timeout is
 */
#include "reassembly-story.h"

namespace
{

using namespace ns3;
using namespace ns3::sharding;

const Recipe PLAIN{1, 7, 100, 4, 4, SHARD_CODE_NONE, true, 0};

ShardBlockId
Id(const Recipe& recipe, uint32_t block)
{
    return {recipe.peer, recipe.flow, block};
}

ShardTableSettings
InOrder()
{
    ShardTableSettings settings;
    settings.order = SHARD_ORDER_IN_ORDER;
    return settings;
}

TEST(EarlyReassembly, ABlockThatIsGivenUpLetsGoThoseBehindIt)
{
    Story story(InOrder());
    const Cut first = MakeCut(PLAIN, 0);
    story.Comes(MilliSeconds(1), first.shards[0], SHARD_STORED);
    for (uint32_t block : {1, 2})
    {
        const Cut cut = MakeCut(PLAIN, block);
        for (uint32_t i = 0; i < 4; ++i)
        {
            story.Comes(MilliSeconds(2), cut.shards[i], i < 3 ? SHARD_STORED : SHARD_COMPLETED);
        }
    }
    const auto state = story.table.State(Id(PLAIN, 0));
    ASSERT_TRUE(state);
    EXPECT_TRUE(state->isTurn);
    EXPECT_EQ(state->behind, 2u);
    EXPECT_EQ(state->lack, 3u);
    EXPECT_EQ(state->prefix, 25u);
    EXPECT_EQ(state->deadline, MilliSeconds(501));
    EXPECT_FALSE(story.table.State(Id(PLAIN, 1))) << "it is complete";
    story.Released(1, 7, {});
    EXPECT_TRUE(story.table.GiveUp(MilliSeconds(5), Id(PLAIN, 0)));
    story.Released(1, 7, {1, 2});
    EXPECT_EQ(story.releasedAt, MilliSeconds(5));
    story.Ended(SHARD_GIVEN_UP, 1);
    EXPECT_FALSE(story.table.GiveUp(MilliSeconds(5), Id(PLAIN, 0))) << "it is over";
    story.Comes(MilliSeconds(6), first.shards[1], SHARD_LATE);
}

TEST(EarlyReassembly, AFrontIsHandedOnAsItGrowsAndTheWholeAfterwards)
{
    Story story{ShardTableSettings()};
    const Cut cut = MakeCut(PLAIN, 0);
    story.Comes(MilliSeconds(1), cut.shards[1], SHARD_STORED);
    EXPECT_FALSE(story.table.HandOn(MilliSeconds(1), Id(PLAIN, 0))) << "its front is missing";
    story.Comes(MilliSeconds(2), cut.shards[0], SHARD_STORED);
    EXPECT_TRUE(story.table.HandOn(MilliSeconds(2), Id(PLAIN, 0)));
    EXPECT_FALSE(story.last.complete);
    EXPECT_FALSE(story.last.isLast);
    EXPECT_FALSE(story.last.mismatch);
    EXPECT_EQ(story.last.handedOn, 0u);
    ASSERT_EQ(story.last.holes.size(), 1u);
    EXPECT_EQ(story.last.holes[0].begin, 50u);
    EXPECT_EQ(story.last.holes[0].end, 100u);
    ASSERT_TRUE(story.last.bytes);
    EXPECT_TRUE(std::equal(cut.bytes.begin(), cut.bytes.begin() + 50, story.last.bytes->Data()));
    EXPECT_FALSE(story.table.HandOn(MilliSeconds(2), Id(PLAIN, 0))) << "nothing is new";
    story.Comes(MilliSeconds(3), cut.shards[3], SHARD_STORED);
    EXPECT_FALSE(story.table.HandOn(MilliSeconds(3), Id(PLAIN, 0))) << "it is behind a hole";
    story.Comes(MilliSeconds(4), cut.shards[2], SHARD_COMPLETED);
    EXPECT_TRUE(story.last.complete);
    EXPECT_TRUE(story.last.isLast);
    EXPECT_EQ(story.last.handedOn, 50u);
    story.Ended(SHARD_RELEASED, 1);
    EXPECT_EQ(story.table.Counters().handedOn, 1u);
}

TEST(EarlyReassembly, HolesAreToldAndZero)
{
    Story story{ShardTableSettings()};
    const Cut cut = MakeCut(PLAIN, 0);
    story.Comes(MilliSeconds(1), cut.shards[1], SHARD_STORED);
    EXPECT_TRUE(story.table.ReleasePartial(MilliSeconds(2), Id(PLAIN, 0)));
    story.Ended(SHARD_PARTIAL, 1);
    EXPECT_TRUE(story.last.isLast);
    EXPECT_TRUE(story.last.early);
    ASSERT_EQ(story.last.holes.size(), 2u);
    EXPECT_EQ(story.last.holes[0].end, 25u);
    EXPECT_EQ(story.last.holes[1].begin, 50u);
    EXPECT_EQ(story.last.holes[1].end, 100u);
    for (uint32_t i = 0; i < 100; ++i)
    {
        EXPECT_EQ(story.last.bytes->Data()[i], i >= 25 && i < 50 ? cut.bytes[i] : 0) << i;
    }
    story.Comes(MilliSeconds(3), cut.shards[0], SHARD_LATE);
}

TEST(EarlyReassembly, WhatACodeCanRestoreIsNoHole)
{
    // Two parity groups, of the even and of the odd shards: 0 and 2 with 4, 1 and 3 with 5.
    const Recipe coded{1, 7, 100, 4, 6, SHARD_CODE_XOR, true, 0};
    Story story{ShardTableSettings()};
    const Cut cut = MakeCut(coded, 0);
    story.Comes(MilliSeconds(1), cut.shards[0], SHARD_STORED);
    story.Comes(MilliSeconds(1), cut.shards[4], SHARD_STORED);
    EXPECT_TRUE(story.table.ReleasePartial(MilliSeconds(2), Id(coded, 0)));
    ASSERT_EQ(story.last.holes.size(), 2u);
    EXPECT_EQ(story.last.holes[0].begin, 25u);
    EXPECT_EQ(story.last.holes[0].end, 50u);
    EXPECT_EQ(story.last.holes[1].begin, 75u);
    EXPECT_TRUE(
        std::equal(cut.bytes.begin() + 50, cut.bytes.begin() + 75, story.last.bytes->Data() + 50));
}

TEST(EarlyReassembly, InOrderPartsLeaveAtTheirTurnOnly)
{
    Story story(InOrder());
    const Cut first = MakeCut(PLAIN, 0);
    const Cut second = MakeCut(PLAIN, 1);
    story.Comes(MilliSeconds(1), first.shards[0], SHARD_STORED);
    story.Comes(MilliSeconds(1), second.shards[0], SHARD_STORED);
    EXPECT_FALSE(story.table.HandOn(MilliSeconds(2), Id(PLAIN, 1)));
    EXPECT_FALSE(story.table.ReleasePartial(MilliSeconds(2), Id(PLAIN, 1)));
    EXPECT_TRUE(story.table.ReleasePartial(MilliSeconds(2), Id(PLAIN, 0)));
    EXPECT_TRUE(story.table.HandOn(MilliSeconds(3), Id(PLAIN, 1)));
}

TEST(EarlyReassembly, PartsThatAreNotWhatWasSentAreFoundOut)
{
    ShardTableSettings settings;
    struct Listener : ShardBlockListener
    {
        void Release(Time, const ShardRelease& release) override
        {
            last = release;
        }

        void Ended(Time, const ShardBlockEnd&) override
        {
        }

        ShardRelease last;
    } listener;
    ShardBlockTable table(listener);
    table.Configure(settings);
    const Cut cut = MakeCut(PLAIN, 0);
    Shard forged = cut.shards[0];
    forged.bytes = MakeCut(PLAIN, 1).shards[0].bytes;
    EXPECT_EQ(table.Accept(MilliSeconds(1), forged), SHARD_STORED);
    EXPECT_TRUE(table.HandOn(MilliSeconds(1), Id(PLAIN, 0)));
    EXPECT_TRUE(listener.last.mismatch);
    EXPECT_EQ(table.Counters().mismatches, 1u);
}

TEST(EarlyReassembly, OverTheBoundTheOldestWithoutAProofGoes)
{
    ShardTableSettings settings;
    settings.memory.blocks = 2;
    Story story(settings);
    const Recipe other{1, 8, 100, 4, 4, SHARD_CODE_NONE, true, 0};
    story.Comes(MilliSeconds(1), MakeCut(PLAIN, 0).shards[0], SHARD_STORED);
    story.Comes(MilliSeconds(2), MakeCut(PLAIN, 1).shards[0], SHARD_STORED);
    story.Comes(MilliSeconds(3), MakeCut(other, 0).shards[0], SHARD_STORED);
    story.Ended(SHARD_EVICTED_UNPROVEN, 1);
    EXPECT_EQ(story.table.Counters().open, 2u);
    EXPECT_FALSE(story.table.State(Id(PLAIN, 0)));
    EXPECT_TRUE(story.table.State(Id(PLAIN, 1)));
    EXPECT_TRUE(story.table.State(Id(other, 0)));
}

TEST(EarlyReassembly, AProvenBlockIsNotDisplacedByOneWithoutAProof)
{
    ShardTableSettings settings;
    settings.memory.blocks = 1;
    Story story(settings);
    const Recipe single{1, 7, 100, 1, 1, SHARD_CODE_NONE, true, 0};
    const Recipe other{1, 8, 100, 4, 4, SHARD_CODE_NONE, true, 0};
    story.Comes(MilliSeconds(1), MakeCut(single, 0).shards[0], SHARD_COMPLETED);
    story.Comes(MilliSeconds(2), MakeCut(PLAIN, 1).shards[0], SHARD_STORED);
    story.Comes(MilliSeconds(3), MakeCut(other, 0).shards[0], SHARD_NO_ROOM);
    EXPECT_TRUE(story.table.State(Id(PLAIN, 1)));
}

TEST(EarlyReassembly, OverTheBoundThoseThatWaitForTheirTurnAreReleased)
{
    ShardTableSettings settings = InOrder();
    settings.memory.blocks = 2;
    Story story(settings);
    const Recipe single{1, 7, 100, 1, 1, SHARD_CODE_NONE, true, 0};
    story.Comes(MilliSeconds(1), MakeCut(single, 1).shards[0], SHARD_COMPLETED);
    story.Comes(MilliSeconds(2), MakeCut(single, 2).shards[0], SHARD_COMPLETED);
    story.Released(1, 7, {});
    story.Comes(MilliSeconds(3), MakeCut(single, 3).shards[0], SHARD_COMPLETED);
    story.Released(1, 7, {1, 2, 3});
    EXPECT_EQ(story.table.Counters().Evictions(), 0u);
}

TEST(EarlyReassembly, GivingUpIsHeldAgainstAFlow)
{
    ShardTableSettings settings;
    settings.memory.blocks = 1;
    Story story(settings);
    const Recipe single{1, 7, 100, 1, 1, SHARD_CODE_NONE, true, 0};
    const Recipe other{1, 8, 100, 4, 4, SHARD_CODE_NONE, true, 0};
    story.Comes(MilliSeconds(1), MakeCut(single, 0).shards[0], SHARD_COMPLETED);
    story.Comes(MilliSeconds(2), MakeCut(PLAIN, 1).shards[0], SHARD_STORED);
    EXPECT_TRUE(story.table.GiveUp(MilliSeconds(3), Id(PLAIN, 1)));
    // Its one credit is gone, so its next block is displaced by anybody's.
    story.Comes(MilliSeconds(4), MakeCut(PLAIN, 2).shards[0], SHARD_STORED);
    story.Comes(MilliSeconds(5), MakeCut(other, 0).shards[0], SHARD_STORED);
    story.Ended(SHARD_EVICTED_UNPROVEN, 1);
}

} // namespace
