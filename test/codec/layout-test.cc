// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/shard-layout.h"

#include <gtest/gtest.h>
#include <numeric>
#include <vector>

using namespace ns3::sharding;

namespace
{

std::vector<uint32_t>
Sizes(const ShardLayout& layout)
{
    std::vector<uint32_t> sizes;
    for (uint32_t i = 0; i < layout.DataShards(); ++i)
    {
        sizes.push_back(layout.Size(i));
    }
    return sizes;
}

TEST(ShardLayout, EqualSizingPutsTheLongerShardsFirst)
{
    const ShardLayout layout = *ShardLayout::Make(11, 4);
    EXPECT_EQ(Sizes(layout), (std::vector<uint32_t>{3, 3, 3, 2}));
    EXPECT_EQ(layout.SymbolSize(), 3u);
    EXPECT_EQ(layout.Offset(3), 9u);
    EXPECT_EQ(layout.WireSize(3), 2u);
    EXPECT_EQ(layout.WireSize(4), 3u);
}

TEST(ShardLayout, HeaderFirstGivesTheFirstShardItsBytesAndCutsTheRestEqually)
{
    const ShardLayout layout = *ShardLayout::Make(107, 4, 28);
    EXPECT_EQ(Sizes(layout), (std::vector<uint32_t>{28, 27, 26, 26}));
    EXPECT_EQ(layout.SymbolSize(), 28u);
    EXPECT_EQ(layout.Offset(1), 28u);
    EXPECT_EQ(layout.Offset(3), 81u);
    EXPECT_EQ(ShardLayout::Make(107, 4, 2)->SymbolSize(), 35u);
}

TEST(ShardLayout, NumbersThatContradictEachOtherMakeNone)
{
    EXPECT_FALSE(ShardLayout::Make(0, 1));
    EXPECT_FALSE(ShardLayout::Make(65536, 1));
    EXPECT_FALSE(ShardLayout::Make(100, 0));
    EXPECT_FALSE(ShardLayout::Make(1000, 256));
    EXPECT_FALSE(ShardLayout::Make(3, 4));
    EXPECT_FALSE(ShardLayout::Make(100, 1, 50));         // no second shard for the rest
    EXPECT_FALSE(ShardLayout::Make(100, 4, 98));         // two bytes for three shards
    EXPECT_FALSE(ShardLayout::Make(100, 2, 100));        // nothing left
    EXPECT_FALSE(ShardLayout::Make(100, 2, 0xffffffff)); // would wrap around
    EXPECT_FALSE(ShardLayout::Make(0xffffffff, 2, 1));
    EXPECT_TRUE(ShardLayout::Make(1, 1));
    EXPECT_TRUE(ShardLayout::Make(65535, 255));
    EXPECT_TRUE(ShardLayout::Make(255, 255));
    EXPECT_TRUE(ShardLayout::Make(100, 4, 97));
    EXPECT_TRUE(ShardLayout::Make(2, 2, 1));
}

TEST(ShardLayout, ShardsFollowOneAnotherWithoutGapAndFillTheDatagram)
{
    for (uint32_t datagram : {1u, 2u, 3u, 10u, 97u, 254u, 255u, 256u, 1499u, 9000u, 65535u})
    {
        for (uint32_t k = 1; k <= 255 && k <= datagram; ++k)
        {
            for (uint32_t first : {0u, 1u, 2u, 28u, datagram / 2, datagram - k + 1})
            {
                const auto layout = ShardLayout::Make(datagram, k, first);
                if (!layout)
                {
                    continue;
                }
                uint32_t at = 0;
                uint32_t longest = 0;
                uint32_t shortest = datagram;
                for (uint32_t i = 0; i < k; ++i)
                {
                    ASSERT_EQ(layout->Offset(i), at);
                    at += layout->Size(i);
                    longest = std::max(longest, layout->Size(i));
                    if (i > 0 || first == 0)
                    {
                        shortest = std::min(shortest, layout->Size(i));
                    }
                }
                ASSERT_EQ(at, datagram);
                ASSERT_EQ(layout->SymbolSize(), longest);
                ASSERT_GE(shortest, 1u);
                if (first != 0)
                {
                    ASSERT_EQ(layout->Size(0), first);
                    ASSERT_LE(layout->Size(1) - shortest, 1u);
                }
                else
                {
                    ASSERT_LE(longest - shortest, 1u);
                }
            }
        }
    }
}

} // namespace
