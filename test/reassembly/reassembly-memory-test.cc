// SPDX-License-Identifier: GPL-2.0-only
/**
 * Memory, and those who want all of it. It is shown that
 * 1. no flood of whatever kind gets the node or a flow over its cap at any moment;
 * 2. honest flows that have proven themselves lose nothing to a flood of half-finished blocks, from
 *    one flow, from many flows of one peer, or from many peers;
 * 3. an honest flow that begins in the middle of a flood gets through;
 * 4. among proven flows the heaviest pays, and a flow at its own cap pays itself;
 * 5. nothing is left when all is over.
 */
#include "reassembly-story.h"

#include <cstdlib>
#include <functional>
#include <random>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

/// @param usual shards a flood has  @return that, or ten million where somebody has the time
uint32_t
Many(uint32_t usual)
{
    return std::getenv("SHARDING_SLOW") != nullptr ? 10000000 : usual;
}

/// Counts by flow, without a tale: floods are long.
class Counting : public ShardBlockListener
{
  public:
    void Release(Time, const ShardRelease& release) override
    {
        released[release.id.peer] += 1;
        wrong += release.mismatch ? 1 : 0;
    }

    void Ended(Time, const ShardBlockEnd& end) override
    {
        if (end.outcome != SHARD_RELEASED)
        {
            lost[end.id.peer] += 1;
        }
    }

    std::map<uint32_t, uint64_t> released; ///< datagrams by peer
    std::map<uint32_t, uint64_t> lost;     ///< blocks by peer
    uint64_t wrong{0};
};

constexpr uint32_t HONEST = 1000000; ///< honest peers are from here on

/**
 * Ten honest flows send a datagram of 8 + 2 each, shard by shard in turn, over and over, while for
 * each of their shards ten hostile ones come.
 * @param hostile makes the next hostile shard
 * @param proof whether the honest flows have delivered a datagram before the flood begins
 * @param usual hostile shards in all, where time is short
 * @return datagrams of honest flows that were not delivered
 */
uint64_t
Besiege(const std::function<Shard(uint64_t)>& hostile,
        ShardOrder order,
        bool proof,
        uint32_t usual = 150000)
{
    const uint32_t many = Many(usual);
    Counting counting;
    ShardBlockTable table(counting);
    ShardTableSettings settings;
    settings.order = order;
    table.Configure(settings);
    int64_t now = 0;
    uint64_t sent = 0;
    uint64_t attack = 0;
    bool held = true;
    const auto accept = [&](const Shard& shard)
    {
        table.Accept(NanoSeconds(now += 100), shard);
        held = held && table.Counters().bytes <= settings.memory.node;
    };
    const auto round = [&](uint32_t block, uint32_t hostilePerShard)
    {
        for (uint32_t index = 0; index < 10; ++index)
        {
            for (uint32_t flow = 0; flow < 10; ++flow)
            {
                Shard shard;
                shard.peer = HONEST + flow;
                shard.fields.block = block;
                shard.fields.datagram = 1200;
                shard.fields.k = 8;
                shard.fields.n = 10;
                shard.fields.index = static_cast<uint8_t>(index);
                shard.fields.code = SHARD_CODE_REED_SOLOMON;
                shard.size = 150;
                if ((block + index + flow) % 6 != 0) // one or two of ten are lost
                {
                    accept(shard);
                }
                for (uint32_t i = 0; i < hostilePerShard; ++i)
                {
                    accept(hostile(attack++));
                }
            }
        }
        sent += 10;
    };
    uint32_t block = 0;
    if (proof)
    {
        round(block++, 0);
    }
    while (attack < many)
    {
        round(block++, 10);
    }
    EXPECT_TRUE(held) << "over the cap";
    EXPECT_LE(table.Counters().peakBytes, settings.memory.node);
    EXPECT_TRUE(table.CheckConservation());
    uint64_t delivered = 0;
    for (uint32_t flow = 0; flow < 10; ++flow)
    {
        delivered += counting.released[HONEST + flow];
    }
    table.Advance(NanoSeconds(now) + Seconds(100)); // gives up what is open
    table.Advance(NanoSeconds(now) + Seconds(200)); // forgets it
    EXPECT_EQ(table.Counters().open, 0u);
    EXPECT_EQ(table.Counters().bytes, 0u) << "something stays behind";
    EXPECT_EQ(table.Flows(), 0u);
    EXPECT_TRUE(table.CheckConservation());
    return sent - delivered;
}

/// The first of eight shards of 1200 bytes, and never another.
Shard
Half(uint32_t peer, uint32_t flow, uint32_t block)
{
    Shard shard;
    shard.peer = peer;
    shard.fields.flow = flow;
    shard.fields.block = block;
    shard.fields.datagram = 1200;
    shard.fields.k = 8;
    shard.fields.n = 8;
    shard.size = 150;
    return shard;
}

class ReassemblyFlood : public testing::TestWithParam<ShardOrder>
{
};

INSTANTIATE_TEST_SUITE_P(Orders,
                         ReassemblyFlood,
                         testing::Values(SHARD_ORDER_ANY, SHARD_ORDER_IN_ORDER),
                         [](const auto& info)
                         { return info.param == SHARD_ORDER_ANY ? "Any" : "InOrder"; });

TEST_P(ReassemblyFlood, OneFlowOfHalfFinishedBlocksTakesNothingFromProvenFlows)
{
    EXPECT_EQ(
        Besiege([](uint64_t i) { return Half(1, 1, static_cast<uint32_t>(i)); }, GetParam(), true),
        0u);
}

TEST_P(ReassemblyFlood, AMillionFlowsOfOnePeerTakeNothingFromProvenFlows)
{
    EXPECT_EQ(Besiege([](uint64_t i) { return Half(1, static_cast<uint32_t>(i), 0); },
                      GetParam(),
                      true,
                      1000000),
              0u);
}

TEST_P(ReassemblyFlood, ManyPeersTakeNothingFromProvenFlows)
{
    EXPECT_EQ(Besiege([](uint64_t i)
                      { return Half(static_cast<uint32_t>(i % 99999), 0, i / 99999); },
                      GetParam(),
                      true),
              0u);
}

TEST_P(ReassemblyFlood, HugeDatagramsThatNeverComeTakeNothingFromProvenFlows)
{
    EXPECT_EQ(Besiege(
                  [](uint64_t i)
                  {
                      Shard shard = Half(1, static_cast<uint32_t>(i % 5000), i / 5000);
                      shard.fields.datagram = 65535;
                      shard.fields.k = shard.fields.n = 255;
                      shard.size = 257;
                      return shard;
                  },
                  GetParam(),
                  true),
              0u);
}

TEST_P(ReassemblyFlood, PoisonedBlocksAndDuplicatesTakeNothingFromProvenFlows)
{
    EXPECT_EQ(Besiege(
                  [](uint64_t i)
                  {
                      Shard shard = Half(static_cast<uint32_t>(i / 300), 0, i / 3);
                      shard.fields.n = i % 3 == 2 ? 9 : 8; // disagrees with the two before
                      shard.fields.code = i % 3 == 2 ? SHARD_CODE_XOR : SHARD_CODE_NONE;
                      return shard;
                  },
                  GetParam(),
                  true),
              0u);
}

TEST_P(ReassemblyFlood, FlowsThatProveThemselvesOnceAndThenFloodTakeNothingFromProvenFlows)
{
    EXPECT_EQ(Besiege(
                  [](uint64_t i)
                  {
                      Shard shard = Half(1, static_cast<uint32_t>(i / 1000), i % 1000);
                      if (i % 1000 == 0)
                      {
                          shard.fields.k = shard.fields.n = 1; // whole in one shard
                          shard.fields.datagram = 150;
                      }
                      return shard;
                  },
                  GetParam(),
                  true),
              0u);
}

TEST_P(ReassemblyFlood, FlowsThatBeginInTheMiddleOfAFloodGetThrough)
{
    // A first datagram takes 100 honest and 1000 hostile shards here, and two hostile blocks of
    // three go through the share of the unproven meanwhile; they are all younger.
    EXPECT_EQ(
        Besiege([](uint64_t i) { return Half(1, static_cast<uint32_t>(i), 0); }, GetParam(), false),
        0u);
}

TEST(ReassemblyMemory, AFlowAtItsCapLosesItsOwnOldestBlockAndNobodyElseDoes)
{
    ShardTableSettings settings;
    settings.memory.flow = 16 << 10;
    Story story(settings);
    story.Comes(NanoSeconds(0), Half(2, 1, 0), SHARD_STORED);
    const uint32_t fit =
        ((16 << 10) - ShardBlockStore::FLOW_COST) / (1200 + ShardBlockStore::BLOCK_COST);
    for (uint32_t block = 0; block < fit; ++block)
    {
        story.Comes(NanoSeconds(1), Half(1, 1, block), SHARD_STORED);
    }
    EXPECT_EQ(story.table.Counters().Evictions(), 0u);
    story.Comes(NanoSeconds(2), Half(1, 1, fit), SHARD_STORED);
    story.Ended(SHARD_EVICTED_FLOW_CAP, 1);
    EXPECT_EQ(story.table.Counters().Evictions(), 1u);
    Shard second = Half(1, 1, 1);
    second.fields.index = 1;
    story.Comes(NanoSeconds(3), second, SHARD_STORED); // the second oldest is still there
    EXPECT_EQ(story.table.Counters().opened, fit + 2u);
}

/// A flow proves itself by so many datagrams of one shard.
void
Prove(Story& story, uint32_t flow, uint32_t times)
{
    for (uint32_t i = 0; i < times; ++i)
    {
        Shard shard = Half(1, flow, 900 + i);
        shard.fields.k = shard.fields.n = 1;
        shard.fields.datagram = 150;
        story.Comes(NanoSeconds(0), shard, SHARD_COMPLETED);
    }
}

TEST(ReassemblyMemory, AmongProvenFlowsTheHeaviestLosesItsOldestBlock)
{
    ShardTableSettings settings;
    settings.memory.node = 64 << 10;
    settings.memory.unproven = 32 << 10;
    Story story(settings);
    Prove(story, 1, 60);
    Prove(story, 2, 60);
    story.Comes(NanoSeconds(1), Half(1, 2, 0), SHARD_STORED); // the oldest, but of the light flow
    uint32_t block = 0;
    while (story.table.Counters().Evictions() == 0 && block < 100)
    {
        story.Comes(NanoSeconds(2), Half(1, 1, block++), SHARD_STORED);
    }
    story.Ended(SHARD_EVICTED_HEAVIEST, 1);
    story.Comes(NanoSeconds(3), Half(1, 1, 0), SHARD_LATE); // it was this, and it is remembered
    story.Comes(NanoSeconds(3), Half(1, 2, 0), SHARD_DUPLICATE);
    story.Comes(NanoSeconds(3), Half(1, 1, 1), SHARD_DUPLICATE);
}

TEST(ReassemblyMemory, UnprovenFlowsHoldTheirShareAtMostAndDoNotDisplaceProvenBlocks)
{
    ShardTableSettings settings;
    settings.memory.node = 64 << 10;
    settings.memory.unproven = 16 << 10;
    Story story(settings);
    for (uint32_t flow = 0; flow < 100; ++flow)
    {
        story.Comes(NanoSeconds(1), Half(1, flow, 0), SHARD_STORED);
        EXPECT_LE(story.table.Counters().bytes, 16u << 10) << story.Tale();
    }
    Prove(story, 200, 60);
    uint32_t block = 0;
    while (story.table.Counters().blocks[SHARD_EVICTED_HEAVIEST] == 0 && block < 100)
    {
        story.Comes(NanoSeconds(2), Half(1, 200, block++), SHARD_STORED);
    }
    // The proven flow has it all now: the unproven ones went first, and do not come back.
    EXPECT_EQ(story.table.Flows(), 1u);
    const uint64_t heaviest = story.table.Counters().blocks[SHARD_EVICTED_HEAVIEST];
    Shard big = Half(1, 300, 0);
    big.fields.datagram = 8000;
    big.size = 1000;
    story.Comes(NanoSeconds(3), big, SHARD_NO_ROOM);
    story.Ended(SHARD_EVICTED_HEAVIEST, heaviest);
    EXPECT_EQ(story.table.Flows(), 1u);
}

TEST(ReassemblyMemory, WhatFitsNowhereIsRefusedAndEvictsNobody)
{
    ShardTableSettings settings;
    settings.memory.node = 8 << 10;
    settings.memory.flow = 4 << 10;
    settings.memory.unproven = 4 << 10;
    Story story(settings);
    story.Comes(NanoSeconds(0), Half(1, 1, 0), SHARD_STORED);
    Shard big = Half(1, 2, 0);
    big.fields.datagram = 8000;
    big.size = 1000;
    story.Comes(NanoSeconds(1), big, SHARD_NO_ROOM);
    story.Comes(NanoSeconds(2), Half(1, 1, 0), SHARD_DUPLICATE);
    EXPECT_EQ(story.table.Counters().Evictions(), 0u);
}

TEST(ReassemblyMemory, IdleFlowsAreForgottenToTheNanosecondAndLeaveNothing)
{
    ShardTableSettings settings;
    settings.linger = MilliSeconds(1);
    settings.flowIdle = MilliSeconds(5);
    Story story(settings);
    Prove(story, 1, 1);
    story.Until(MilliSeconds(1));
    EXPECT_EQ(story.table.Counters().bytes, ShardBlockStore::FLOW_COST); // the block is forgotten
    story.Until(MilliSeconds(5) - NanoSeconds(1));
    EXPECT_EQ(story.table.Flows(), 1u);
    story.Until(MilliSeconds(5));
    EXPECT_EQ(story.table.Flows(), 0u);
    EXPECT_EQ(story.table.Counters().bytes, 0u);
}

TEST(ReassemblyMemory, AFlowThatHasLostItsProofIsForgottenAsWell)
{
    ShardTableSettings settings;
    settings.linger = MilliSeconds(1);
    settings.flowIdle = Seconds(10);
    Story story(settings);
    Prove(story, 1, 1);
    story.Comes(NanoSeconds(0), Half(1, 1, 0), SHARD_STORED);
    story.Until(MilliSeconds(500)); // given up: that has cost the flow its only credit
    story.Ended(SHARD_TIMED_OUT, 1);
    EXPECT_EQ(story.table.Flows(), 1u);
    story.Until(MilliSeconds(501));
    EXPECT_EQ(story.table.Counters().bytes, ShardBlockStore::FLOW_COST);
    story.Until(Seconds(10) + MilliSeconds(500));
    EXPECT_EQ(story.table.Flows(), 0u);
    EXPECT_EQ(story.table.Counters().bytes, 0u);
}

TEST(ReassemblyMemory, WhatIsChargedIsNeverLessThanWhatADecoderHolds)
{
    // Header-first sizes far apart: repair symbols fit no data shard's place (ShardBlockDecoder).
    for (uint32_t first : {0, 1, 40, 600, 1100})
    {
        ShardLayout layout = *ShardLayout::Make(1200, 4, first);
        const Recipe recipe{1, 7, 1200, 4, 8, SHARD_CODE_REED_SOLOMON, true, first};
        const Cut cut = MakeCut(recipe, 0);
        for (uint32_t drop = 0; drop < 8; ++drop)
        {
            Story story{ShardTableSettings()};
            ShardBlockDecoder twin(layout, recipe.code, recipe.n, true);
            for (uint32_t i = 8; i-- > 0;)
            {
                if (i == drop || twin.Decodable())
                {
                    continue;
                }
                story.Feed(NanoSeconds(1), cut.shards[i]);
                twin.Add(i, cut.shards[i].Payload(), cut.shards[i].size);
                if (!twin.Decodable())
                {
                    EXPECT_GE(story.table.Counters().bytes,
                              twin.BytesHeld() + sizeof(ShardBlock) + sizeof(ShardFlow))
                        << story.Tale();
                }
            }
            story.Released(1, 7, {0});
        }
    }
}

} // namespace
