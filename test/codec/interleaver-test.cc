// SPDX-License-Identifier: GPL-2.0-only
#include "codec-fixture.h"

#include "ns3/shard-interleaver.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>

using namespace codectest;

namespace
{

using Words = std::vector<std::string>;

TEST(ShardInterleaver, SendsByColumnsWhenTheGroupIsFull)
{
    ShardInterleaver<std::string> interleaver(3);
    EXPECT_EQ(interleaver.Add({"a0", "a1", "a2"}), Words{});
    EXPECT_EQ(interleaver.Add({"b0", "b1", "b2"}), Words{});
    EXPECT_EQ(interleaver.WaitingBlocks(), 2u);
    EXPECT_EQ(interleaver.Add({"c0", "c1", "c2"}),
              (Words{"a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2"}));
    EXPECT_EQ(interleaver.WaitingBlocks(), 0u);
    EXPECT_EQ(interleaver.Flush(), Words{});
}

TEST(ShardInterleaver, BlocksOfOneGroupMayDifferInLength)
{
    ShardInterleaver<std::string> interleaver(3);
    interleaver.Add({"a0"});
    interleaver.Add({"b0", "b1", "b2"});
    EXPECT_EQ(interleaver.Add({"c0", "c1"}), (Words{"a0", "b0", "c0", "b1", "c1", "b2"}));
}

TEST(ShardInterleaver, FlushSendsAnUnfilledGroupAndTheNextBeginsAnew)
{
    ShardInterleaver<std::string> interleaver(3);
    interleaver.Add({"a0", "a1"});
    interleaver.Add({"b0", "b1"});
    EXPECT_EQ(interleaver.Flush(), (Words{"a0", "b0", "a1", "b1"}));
    interleaver.Add({"c0", "c1"});
    EXPECT_EQ(interleaver.Flush(), (Words{"c0", "c1"}));
    interleaver.Add({"d0"});
    interleaver.Add({"e0"});
    EXPECT_EQ(interleaver.Add({"f0"}), (Words{"d0", "e0", "f0"}));
}

TEST(ShardInterleaver, DepthOnePassesTheVeryBlockThrough)
{
    for (uint32_t depth : {0u, 1u})
    {
        ShardInterleaver<std::unique_ptr<int>> interleaver(depth);
        std::vector<std::unique_ptr<int>> block(4);
        const auto* memory = block.data();
        const auto out = interleaver.Add(std::move(block));
        EXPECT_EQ(out.size(), 4u);
        EXPECT_EQ(out.data(), memory); // not even the list was copied
    }
}

TEST(ShardInterleaver, ANewDepthLetsGoWhatWaited)
{
    ShardInterleaver<std::string> interleaver(4);
    interleaver.Add({"a0", "a1"});
    interleaver.Add({"b0", "b1"});
    EXPECT_EQ(interleaver.SetDepth(2), (Words{"a0", "b0", "a1", "b1"}));
    interleaver.Add({"c0"});
    EXPECT_EQ(interleaver.Add({"d0"}), (Words{"c0", "d0"}));
}

TEST(ShardInterleaver, NothingIsLostOrDoubledAndEqualBlocksAreSpreadByTheDepth)
{
    using Item = std::pair<uint32_t, uint32_t>; // block, index
    Dice dice(5);
    for (int round = 0; round < 200; ++round)
    {
        const uint32_t depth = dice.Roll(1, 20);
        const uint32_t length = dice.Roll(1, 30);
        const bool equal = dice.Roll(0, 1) == 1;
        ShardInterleaver<Item> interleaver(depth);
        std::vector<Item> in;
        std::vector<Item> out;
        for (uint32_t b = 0; b < 3 * depth; ++b)
        {
            std::vector<Item> block;
            for (uint32_t i = 0; i < (equal ? length : dice.Roll(0, length)); ++i)
            {
                block.emplace_back(b, i);
                in.emplace_back(b, i);
            }
            const std::vector<Item> now = interleaver.Add(block);
            out.insert(out.end(), now.begin(), now.end());
        }
        ASSERT_EQ(interleaver.WaitingBlocks(), 0u);
        std::vector<size_t> last(3 * depth);
        std::vector<uint32_t> next(3 * depth, 0);
        for (size_t at = 0; at < out.size(); ++at)
        {
            const uint32_t b = out[at].first;
            ASSERT_EQ(out[at].second, next[b]++); // each block's shards in order
            if (equal && out[at].second > 0)
            {
                ASSERT_EQ(at - last[b], depth);
            }
            last[b] = at;
        }
        std::sort(out.begin(), out.end());
        std::sort(in.begin(), in.end());
        ASSERT_EQ(out, in);
    }
}

} // namespace
