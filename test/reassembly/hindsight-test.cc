// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which blocks it was a mistake to give up.
 * 1. a block is one when enough of its shards come late, early or at the timeout, and once
 * 2. what had come before counts; with an erasure code any k of n do
 * 3. duplicates, and shards of another block by that name, do not count
 * 4. the last 4096 are remembered
 */
#include "reassembly-story.h"

#include "ns3/shard-hindsight.h"

#include <gtest/gtest.h>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

class HindsightTest : public ::testing::Test
{
  protected:
    /// A block of which some shards have come is given up.
    void GiveUp(const Recipe& recipe, uint32_t number, uint32_t come, bool isEarly)
    {
        ShardBlock block;
        block.id = {recipe.peer, recipe.flow, number};
        block.code = recipe.code;
        block.decoder.emplace(*ShardLayout::Make(recipe.size, recipe.k),
                              recipe.code,
                              recipe.n,
                              false);
        for (uint32_t index = 0; index < come; ++index)
        {
            block.decoder->Add(index, nullptr, block.decoder->Layout().WireSize(index));
        }
        hindsight.GivenUp(block, isEarly);
    }

    void Late(const Recipe& recipe, uint32_t number, uint32_t index)
    {
        hindsight.Late(MakeCut(recipe, number).shards[index]);
    }

    Recipe recipe{1, 7, 100, 4, 4, SHARD_CODE_NONE, false, 0};
    Recipe coded{1, 7, 100, 4, 6, SHARD_CODE_REED_SOLOMON, false, 0};
    ShardHindsight hindsight;
};

TEST_F(HindsightTest, ABlockWasGivenUpWronglyWhenTheRestComes)
{
    GiveUp(recipe, 0, 2, true);
    GiveUp(recipe, 1, 3, false);
    GiveUp(recipe, 2, 3, true);
    Late(recipe, 0, 2);
    EXPECT_EQ(hindsight.EarlyWrong(), 0u) << "one still lacks";
    Late(recipe, 0, 3);
    EXPECT_EQ(hindsight.EarlyWrong(), 1u);
    EXPECT_EQ(hindsight.TimeoutWrong(), 0u);
    Late(recipe, 1, 3);
    EXPECT_EQ(hindsight.EarlyWrong(), 1u);
    EXPECT_EQ(hindsight.TimeoutWrong(), 1u);
    Late(recipe, 0, 3);
    Late(recipe, 1, 3);
    EXPECT_EQ(hindsight.EarlyWrong(), 1u) << "each is counted once";
    EXPECT_EQ(hindsight.TimeoutWrong(), 1u);
}

TEST_F(HindsightTest, WithACodeAnyShardsDoAsManyAsLack)
{
    GiveUp(coded, 0, 3, true);
    Late(coded, 0, 5);
    EXPECT_EQ(hindsight.EarlyWrong(), 1u);
}

TEST_F(HindsightTest, CopiesAndShardsOfOtherBlocksDoNotCount)
{
    GiveUp(recipe, 0, 2, true);
    Late(recipe, 0, 2);
    Late(recipe, 0, 2);
    Late(recipe, 0, 1);
    Recipe other = recipe;
    other.size = 104; // says to be the same block
    Late(other, 0, 3);
    Late(coded, 0, 3);
    Recipe elsewhere = recipe;
    elsewhere.peer = 2;
    Late(elsewhere, 0, 3);
    Late(recipe, 1, 3);
    EXPECT_EQ(hindsight.EarlyWrong(), 0u);
    Late(recipe, 0, 3);
    EXPECT_EQ(hindsight.EarlyWrong(), 1u);
}

TEST_F(HindsightTest, TheLastOnesAreRemembered)
{
    for (uint32_t number = 0; number <= ShardHindsight::MOST; ++number)
    {
        GiveUp(recipe, number, 3, true);
    }
    Late(recipe, 0, 3);
    EXPECT_EQ(hindsight.EarlyWrong(), 0u) << "one too many ago";
    Late(recipe, 1, 3);
    Late(recipe, ShardHindsight::MOST, 3);
    EXPECT_EQ(hindsight.EarlyWrong(), 2u);
}

} // namespace
