// SPDX-License-Identifier: GPL-2.0-only
//
// ShardQueue, rule by rule. An entry is its name; a story is what was dropped, in order, as
// "name:reason", with "<" before the name of an arriving entry.

#include "ns3/shard-queue.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace
{

using namespace ns3::sharding;

constexpr uint8_t CS0 = 0;
constexpr uint8_t CS1 = 8;
constexpr uint8_t CS5 = 40;

const char*
Short(ShardDrop reason)
{
    switch (reason)
    {
    case SHARD_DROP_DOOMED:
        return "doomed";
    case SHARD_DROP_REPAIR:
        return "repair";
    case SHARD_DROP_PRIORITY:
        return "priority";
    case SHARD_DROP_FULL:
        return "full";
    case SHARD_DROP_OVERSIZE:
        return "oversize";
    default:
        return "?";
    }
}

ShardBlockKey
Block(uint32_t block, uint8_t k, uint8_t n, ShardCode code = SHARD_CODE_REED_SOLOMON)
{
    ShardBlockKey key;
    key.source = 1;
    key.flow = 7;
    key.block = block;
    key.k = k;
    key.n = n;
    key.code = code;
    return key;
}

ShardView
Piece(const ShardBlockKey& block, uint8_t index, uint8_t dscp = CS0, uint32_t bytes = 100)
{
    ShardView view;
    view.block = block;
    view.index = index;
    view.dscp = dscp;
    view.bytes = bytes;
    return view;
}

ShardView
Plain(uint8_t dscp = CS0, uint32_t bytes = 100)
{
    return Piece(ShardBlockKey(), 0, dscp, bytes);
}

class ShardQueueStory : public ::testing::Test
{
  protected:
    void Bound(uint32_t packets, uint64_t bytes = 1000000)
    {
        m_queue.GetLimits().packets = packets;
        m_queue.GetLimits().bytes = bytes;
    }

    /// @return what was dropped for it
    std::string Put(const std::string& name, const ShardView& view)
    {
        std::string story;
        m_queue.Enqueue(std::string(name),
                        view,
                        [&](std::string&& who, ShardDrop why, bool held) {
                            story += (story.empty() ? "" : " ") + std::string(held ? "" : "<") +
                                     who + ":" + Short(why);
                        });
        return story;
    }

    /// @return what is held, head first; the queue is empty then
    std::string Drain()
    {
        std::string names;
        while (const std::string* next = m_queue.Peek())
        {
            const std::string peeked = *next;
            const auto taken = m_queue.Dequeue();
            EXPECT_TRUE(taken.has_value());
            EXPECT_EQ(*taken, peeked);
            names += (names.empty() ? "" : " ") + peeked;
        }
        EXPECT_FALSE(m_queue.Dequeue().has_value());
        EXPECT_TRUE(m_queue.IsEmpty());
        return names;
    }

    ShardQueue<std::string> m_queue;
};

TEST_F(ShardQueueStory, HigherBandsLeaveFirstAndDataBeforeRepairAndFirstComeFirstServed)
{
    const auto a = Block(1, 2, 4);
    Put("a2", Piece(a, 2));
    Put("a0", Piece(a, 0));
    Put("plain", Plain());
    Put("high-repair", Piece(Block(2, 1, 2), 1, CS5));
    Put("low", Plain(CS1));
    Put("a1", Piece(a, 1));
    Put("a3", Piece(a, 3));
    Put("high-data", Piece(Block(2, 1, 2), 0, CS5));
    EXPECT_EQ(Drain(), "high-data high-repair low a0 plain a1 a2 a3");
}

TEST_F(ShardQueueStory, BandIsTheClassSelectorWhateverTheLowerThreeBits)
{
    Put("af11", Plain(10));
    Put("cs1", Plain(8));
    Put("cs7", Plain(56));
    Put("ef", Plain(46));
    Put("cs5", Plain(40));
    Put("63", Plain(63));
    EXPECT_EQ(Drain(), "cs7 63 ef cs5 af11 cs1");
}

TEST_F(ShardQueueStory, SteadyHighBandStarvesLowOneUntilItPauses)
{
    Put("low", Plain(CS0));
    Put("h", Plain(CS1));
    for (int i = 0; i < 50; ++i)
    {
        Put("h", Plain(CS1));
        ASSERT_EQ(*m_queue.Dequeue(), "h");
    }
    EXPECT_EQ(Drain(), "h low");
}

TEST_F(ShardQueueStory, FullOfDataDropsArrivingDataOfTheSameBand)
{
    Bound(2);
    EXPECT_EQ(Put("a", Plain()), "");
    EXPECT_EQ(Put("b", Plain()), "");
    EXPECT_EQ(Put("c", Plain()), "<c:full");
    EXPECT_EQ(Drain(), "a b");
}

TEST_F(ShardQueueStory, HigherBandDisplacesNewestOfTheLowestBand)
{
    Bound(4);
    Put("low1", Plain(CS0));
    Put("mid", Plain(CS1));
    Put("low2", Plain(CS0));
    Put("mid2", Plain(CS1));
    EXPECT_EQ(Put("h1", Plain(CS5)), "low2:priority");
    EXPECT_EQ(Put("h2", Plain(CS5)), "low1:priority");
    EXPECT_EQ(Put("low3", Plain(CS0)), "<low3:full");
    EXPECT_EQ(Put("h3", Plain(CS5)), "mid2:priority");
    EXPECT_EQ(Put("h4", Plain(CS5)), "mid:priority");
    EXPECT_EQ(Put("h5", Plain(CS5)), "<h5:full");
    EXPECT_EQ(Drain(), "h1 h2 h3 h4");
}

TEST_F(ShardQueueStory, RepairGoesBeforeAnyDataLowestBandFirstNewestFirst)
{
    Bound(5);
    Put("high-r1", Piece(Block(1, 1, 3), 1, CS5));
    Put("low-r1", Piece(Block(2, 1, 3), 1, CS0));
    Put("low-r2", Piece(Block(2, 1, 3), 2, CS0));
    Put("high-r2", Piece(Block(1, 1, 3), 2, CS5));
    Put("data", Plain(CS0));
    EXPECT_EQ(Put("d1", Plain(CS0)), "low-r2:repair");
    EXPECT_EQ(Put("d2", Plain(CS0)), "low-r1:repair");
    EXPECT_EQ(Put("d3", Plain(CS0)), "high-r2:repair");
    EXPECT_EQ(Put("d4", Plain(CS0)), "high-r1:repair");
    EXPECT_EQ(Put("d5", Plain(CS0)), "<d5:full");
    EXPECT_EQ(Drain(), "data d1 d2 d3 d4");
}

TEST_F(ShardQueueStory, ArrivingRepairDisplacesOnlyRepairOfLowerBands)
{
    Bound(2);
    Put("data", Plain(CS0));
    Put("low-r", Piece(Block(1, 1, 3), 1, CS0));
    EXPECT_EQ(Put("low-r2", Piece(Block(1, 1, 3), 2, CS0)), "<low-r2:repair");
    EXPECT_EQ(Put("mid-r", Piece(Block(2, 1, 2), 1, CS1)), "low-r:repair");
    EXPECT_EQ(Put("mid-r2", Piece(Block(3, 1, 2), 1, CS1)), "<mid-r2:repair");
    EXPECT_EQ(Put("d", Plain(CS0)), "mid-r:repair");
    EXPECT_EQ(Put("high-r", Piece(Block(4, 1, 2), 1, CS5)), "<high-r:repair");
    EXPECT_EQ(Drain(), "data d");
}

TEST_F(ShardQueueStory, ShardsOfDoomedBlockGoBeforeRepairNewestFirst)
{
    Bound(5);
    const auto doomed = Block(1, 3, 4);
    Put("x0", Piece(doomed, 0, CS5));
    Put("x1", Piece(doomed, 1, CS5));
    Put("repair", Piece(Block(2, 1, 2), 1));
    Put("p", Plain());
    Put("q", Plain());
    m_queue.NoteLost(doomed, 2);
    EXPECT_FALSE(m_queue.IsDoomed(doomed)); // one of four is lost, three are enough
    m_queue.NoteLost(doomed, 2);
    EXPECT_FALSE(m_queue.IsDoomed(doomed)); // the same one again
    m_queue.NoteLost(doomed, 3);
    EXPECT_TRUE(m_queue.IsDoomed(doomed));
    EXPECT_EQ(Put("r", Plain()), "x1:doomed");
    EXPECT_EQ(Put("s", Piece(Block(3, 1, 2), 1)), "x0:doomed"); // even for a repair shard
    EXPECT_EQ(Put("t", Plain()), "s:repair");
    EXPECT_EQ(Put("u", Plain()), "repair:repair");
    EXPECT_EQ(Put("v", Plain()), "<v:full");
    EXPECT_EQ(Drain(), "p q r t u");
}

TEST_F(ShardQueueStory, BlockDoomedFirstGoesFirst)
{
    Bound(4);
    const auto x = Block(1, 2, 2, SHARD_CODE_NONE);
    const auto y = Block(2, 2, 2, SHARD_CODE_NONE);
    Put("x0", Piece(x, 0));
    Put("y0", Piece(y, 0));
    Put("p", Plain());
    Put("q", Plain());
    m_queue.NoteLost(y, 1);
    m_queue.NoteLost(x, 1);
    EXPECT_EQ(Put("r", Plain()), "y0:doomed");
    EXPECT_EQ(Put("s", Plain()), "x0:doomed");
    EXPECT_EQ(Drain(), "p q r s");
}

TEST_F(ShardQueueStory, OwnDropsDoomABlockAndItsLaterShardsAreDroppedAtOnce)
{
    Bound(2);
    const auto x = Block(1, 2, 3);
    Put("x0", Piece(x, 0));
    Put("p", Plain(CS1));
    EXPECT_EQ(Put("x1", Piece(x, 1)), "<x1:full");
    EXPECT_FALSE(m_queue.IsDoomed(x)); // x0 and x2 would do
    EXPECT_EQ(Put("x2", Piece(x, 2)), "<x2:repair");
    EXPECT_TRUE(m_queue.IsDoomed(x));
    EXPECT_EQ(Drain(), "p x0"); // nobody needed the room
    // With room for all: a shard that has not been lost yet is dropped at once.
    const auto y = Block(2, 2, 2, SHARD_CODE_NONE);
    m_queue.NoteLost(y, 0);
    EXPECT_EQ(Put("y1", Piece(y, 1)), "<y1:doomed");
    EXPECT_EQ(m_queue.GetCounters().doomedBlocks, 2U);
}

TEST_F(ShardQueueStory, LosingItsRepairShardsToItsOwnDataMayDoomTheBlock)
{
    Bound(2);
    const auto x = Block(1, 2, 3);
    m_queue.NoteLost(x, 0);
    Put("x2", Piece(x, 2));
    Put("p", Plain(CS1));
    // x1 makes x2 go, which dooms the block, x1 with it.
    EXPECT_EQ(Put("x1", Piece(x, 1)), "x2:repair <x1:doomed");
    EXPECT_EQ(Drain(), "p");
}

TEST_F(ShardQueueStory, RetransmissionOfALostShardForgivesTheBlock)
{
    Bound(1);
    const auto x = Block(1, 3, 3, SHARD_CODE_NONE);
    Put("p", Plain());
    EXPECT_EQ(Put("x0", Piece(x, 0)), "<x0:full");
    EXPECT_EQ(Put("x1", Piece(x, 1)), "<x1:doomed");
    EXPECT_EQ(Put("x2", Piece(x, 2)), "<x2:doomed");
    Drain();
    Bound(10);
    EXPECT_EQ(Put("x1 again", Piece(x, 1)), "");
    EXPECT_FALSE(m_queue.IsDoomed(x));
    EXPECT_EQ(Put("x0 again", Piece(x, 0)), "");
    EXPECT_EQ(Put("x2 again", Piece(x, 2)), "");
    EXPECT_EQ(Drain(), "x1 again x0 again x2 again");
}

TEST_F(ShardQueueStory, ForgivenBlockKeepsItsHeldShards)
{
    Bound(2);
    const auto x = Block(1, 2, 2, SHARD_CODE_NONE);
    Put("x0", Piece(x, 0));
    Put("p", Plain());
    m_queue.NoteLost(x, 1);
    ASSERT_TRUE(m_queue.IsDoomed(x));
    EXPECT_EQ(Put("x1", Piece(x, 1)), "<x1:full"); // forgiven, so that x0 does not make way
    EXPECT_TRUE(m_queue.IsDoomed(x));              // but lost again
    EXPECT_EQ(Drain(), "x0 p");
}

TEST_F(ShardQueueStory, DropOfACopyIsNoLossWhileAnotherIsHeldOrWasSentOn)
{
    Bound(2);
    const auto x = Block(1, 2, 2, SHARD_CODE_NONE);
    Put("x0", Piece(x, 0));
    Put("p", Plain());
    EXPECT_EQ(Put("x0 copy", Piece(x, 0)), "<x0 copy:full");
    EXPECT_FALSE(m_queue.IsDoomed(x));
    EXPECT_EQ(*m_queue.Dequeue(), "x0");
    Put("q", Plain());
    EXPECT_EQ(Put("x0 copy", Piece(x, 0)), "<x0 copy:full");
    EXPECT_FALSE(m_queue.IsDoomed(x));
    EXPECT_EQ(*m_queue.Dequeue(), "p");
    Put("x0 copy", Piece(x, 0)); // held now, displaced next
    EXPECT_EQ(Put("h", Plain(CS5)), "x0 copy:priority");
    EXPECT_FALSE(m_queue.IsDoomed(x));
}

TEST_F(ShardQueueStory, ReportOfALossIsIgnoredWhileACopyIsHeld)
{
    const auto x = Block(1, 2, 2, SHARD_CODE_NONE);
    Put("x0", Piece(x, 0));
    m_queue.NoteLost(x, 0);
    EXPECT_FALSE(m_queue.IsDoomed(x));
    Drain();
    m_queue.NoteLost(x, 0);
    EXPECT_TRUE(m_queue.IsDoomed(x));
}

TEST_F(ShardQueueStory, BlocksOfOtherSourcesFlowsNumbersAndShapesAreOthers)
{
    const auto x = Block(1, 2, 2, SHARD_CODE_NONE);
    m_queue.NoteLost(x, 0);
    ASSERT_TRUE(m_queue.IsDoomed(x));
    std::vector<ShardBlockKey> others(6, x);
    others[0].source = 2;
    others[1].flow = 8;
    others[2].block = 2;
    others[3].code = SHARD_CODE_REPETITION;
    others[4].n = 3;
    others[5].k = 1;
    for (const auto& other : others)
    {
        EXPECT_FALSE(m_queue.IsDoomed(other));
        EXPECT_EQ(Put("o", Piece(other, 1)), "");
    }
}

TEST_F(ShardQueueStory, WithDoomSwitchedOffOrASlidingWindowNothingIsEverDoomed)
{
    const auto window = Block(1, 2, 3, SHARD_CODE_SLIDING_WINDOW);
    m_queue.NoteLost(window, 0);
    m_queue.NoteLost(window, 1);
    m_queue.NoteLost(window, 2);
    EXPECT_FALSE(m_queue.IsDoomed(window));
    m_queue.GetLimits().doom = false;
    const auto x = Block(1, 2, 2, SHARD_CODE_NONE);
    m_queue.NoteLost(x, 0);
    EXPECT_FALSE(m_queue.IsDoomed(x));
    EXPECT_EQ(Put("x1", Piece(x, 1)), "");
}

TEST_F(ShardQueueStory, BytesAreBoundedToTheByteAndAsManyGoAsHaveTo)
{
    Bound(100, 1000);
    Put("a", Plain(CS0, 400));
    Put("b", Plain(CS0, 300));
    EXPECT_EQ(Put("c", Plain(CS0, 301)), "<c:full");
    EXPECT_EQ(Put("d", Plain(CS0, 300)), "");
    EXPECT_EQ(Put("h", Plain(CS1, 600)), "d:priority b:priority");
    EXPECT_EQ(m_queue.GetCounters().heldBytes, 1000U);
    EXPECT_EQ(Drain(), "h a");
}

TEST_F(ShardQueueStory, NobodyGoesInVain)
{
    Bound(100, 1000);
    Put("low", Plain(CS0, 100));
    Put("repair", Piece(Block(1, 1, 2), 1, CS0, 100));
    Put("mid", Plain(CS1, 800));
    EXPECT_EQ(Put("mid2", Plain(CS1, 201)), "<mid2:full");
    EXPECT_EQ(Put("big", Plain(CS5, 1001)), "<big:oversize");
    EXPECT_EQ(Put("big repair", Piece(Block(2, 1, 2), 1, CS1, 101)), "<big repair:repair");
    EXPECT_EQ(Put("mid3", Plain(CS1, 200)), "repair:repair low:priority");
    EXPECT_EQ(Drain(), "mid mid3");
}

TEST_F(ShardQueueStory, ShrinkingBoundsIsEnforcedByTheNextArrival)
{
    Put("a", Plain());
    Put("b", Plain());
    Put("c", Plain());
    Bound(2);
    EXPECT_EQ(Put("d", Plain()), "<d:full");
    EXPECT_EQ(Put("h", Plain(CS1)), "c:priority b:priority");
    EXPECT_EQ(Drain(), "h a");
    Bound(0);
    EXPECT_EQ(Put("x", Plain()), "<x:full");
}

TEST_F(ShardQueueStory, ShardThatContradictsItselfIsNoShard)
{
    Bound(1);
    EXPECT_EQ(Put("beyond", Piece(Block(1, 2, 3), 3)), "");
    EXPECT_EQ(Put("fewer", Piece(Block(2, 3, 2), 1)), "<fewer:full");
    EXPECT_EQ(m_queue.GetBlockCount(), 0U);
    m_queue.NoteLost(Block(1, 2, 3), 3);
    EXPECT_EQ(m_queue.GetBlockCount(), 0U);
}

TEST_F(ShardQueueStory, RemembersOnlySoManyBlocksAndForgetsTheLeastRecent)
{
    m_queue.GetLimits().blocks = 3;
    const auto none = [](uint32_t b) { return Block(b, 2, 2, SHARD_CODE_NONE); };
    for (uint32_t b = 1; b <= 3; ++b)
    {
        m_queue.NoteLost(none(b), 0);
    }
    Put("1", Piece(none(1), 1)); // dropped as doomed, and makes block 1 the most recent
    m_queue.NoteLost(none(4), 0);
    EXPECT_EQ(m_queue.GetBlockCount(), 3U);
    EXPECT_TRUE(m_queue.IsDoomed(none(1)));
    EXPECT_FALSE(m_queue.IsDoomed(none(2)));
    EXPECT_TRUE(m_queue.IsDoomed(none(3)));
    for (uint32_t b = 0; b < 10000; ++b)
    {
        Put("s", Piece(none(100 + b), 0));
        m_queue.Dequeue();
        m_queue.NoteLost(none(100000 + b), 0);
    }
    EXPECT_EQ(m_queue.GetBlockCount(), 3U);
    m_queue.GetLimits().blocks = 0;
    Put("held", Piece(none(1), 0));
    EXPECT_LE(m_queue.GetBlockCount(), 4U); // blocks with held shards come on top
    Drain();
    EXPECT_EQ(m_queue.GetBlockCount(), 0U);
}

TEST_F(ShardQueueStory, CountsWhatCameWentWasDroppedAndThePeaks)
{
    Bound(2, 1000);
    Put("a", Plain(CS0, 500));
    Put("b", Plain(CS0, 500));
    Put("c", Plain(CS0, 10));
    Put("h", Plain(CS1, 400));
    Drain();
    Put("e", Plain(CS0, 7));
    const auto& c = m_queue.GetCounters();
    EXPECT_EQ(c.in, 5U);
    EXPECT_EQ(c.inBytes, 1417U);
    EXPECT_EQ(c.out, 2U);
    EXPECT_EQ(c.outBytes, 900U);
    EXPECT_EQ(c.held, 1U);
    EXPECT_EQ(c.heldBytes, 7U);
    EXPECT_EQ(c.peak, 2U);
    EXPECT_EQ(c.peakBytes, 1000U);
    EXPECT_EQ(c.dropped[SHARD_DROP_FULL], 1U);
    EXPECT_EQ(c.droppedBytes[SHARD_DROP_FULL], 10U);
    EXPECT_EQ(c.dropped[SHARD_DROP_PRIORITY], 1U);
    EXPECT_EQ(c.droppedBytes[SHARD_DROP_PRIORITY], 500U);
    EXPECT_EQ(c.Dropped(), 2U);
    EXPECT_EQ(c.DroppedBytes(), 510U);
}

} // namespace
