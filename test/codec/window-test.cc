// SPDX-License-Identifier: GPL-2.0-only
//
// The sliding-window code on the sender's side.
//  1. a prefix is, byte by byte, what docs/wire-format.md draws, and is read back
//  2. every prefix that contradicts itself or is cut is refused, and nothing behind the cut is read
//  3. coefficients are those of the plain description, never 0, and no two repair shards share them
//  4. symbols are the sums that a slow field arithmetic of its own computes

#include "window-fixture.h"

#include <cstring>
#include <gtest/gtest.h>
#include <set>
#include <string>

using namespace codectest;

namespace
{

ShardWindowPrefix
TwoBlocks()
{
    ShardWindowPrefix prefix;
    prefix.window = 8;
    prefix.count = 2;
    prefix.blocks[0] = {3, 10};
    prefix.blocks[1] = {255, 0x1234};
    return prefix;
}

const std::vector<uint8_t> TWO_BLOCKS = {0x71, 3, 0, 10, 255, 0x12, 0x34};

bool
Reads(const std::vector<uint8_t>& bytes)
{
    // On the heap, of exactly its size, for the address sanitizer.
    std::unique_ptr<uint8_t[]> copy(new uint8_t[bytes.size()]);
    std::copy(bytes.begin(), bytes.end(), copy.get());
    ShardWindowPrefix prefix;
    return ShardWindowPrefix::Read(copy.get(), uint32_t(bytes.size()), prefix);
}

TEST(ShardWindowPrefix, IsWhatThePageDraws)
{
    const ShardWindowPrefix prefix = TwoBlocks();
    ASSERT_EQ(prefix.Size(), 7u);
    std::vector<uint8_t> bytes(7);
    prefix.Write(bytes.data());
    EXPECT_EQ(bytes, TWO_BLOCKS);
    ShardWindowPrefix read;
    ASSERT_TRUE(ShardWindowPrefix::Read(bytes.data(), 7, read));
    EXPECT_EQ(read.window, 8u);
    EXPECT_EQ(read.count, 2u);
    EXPECT_EQ(read.blocks[0].k, 3);
    EXPECT_EQ(read.blocks[1].datagram, 0x1234);
    EXPECT_EQ(read.SymbolSize(), 19u) << "4660 bytes in 255: 70 shards have 19";
    EXPECT_EQ(ShardWindowPrefix::SizeOf(MAX_WINDOW), 49u);
}

TEST(ShardWindowPrefix, RefusesWhatCannotBe)
{
    ASSERT_TRUE(Reads(TWO_BLOCKS));
    for (std::size_t size = 0; size < TWO_BLOCKS.size(); ++size)
    {
        EXPECT_FALSE(Reads({TWO_BLOCKS.begin(), TWO_BLOCKS.begin() + std::ptrdiff_t(size)}));
    }
    const auto with = [](std::size_t at, uint8_t value)
    {
        std::vector<uint8_t> bytes = TWO_BLOCKS;
        bytes[at] = value;
        bytes.resize(60); // there is enough of it
        return Reads(bytes);
    };
    EXPECT_TRUE(with(0, 0x11));
    EXPECT_FALSE(with(0, 0x01)) << "two blocks in a window of one";
    EXPECT_FALSE(with(0, 0xff)) << "the other blocks are zeros";
    EXPECT_FALSE(with(1, 0)) << "no data shards";
    EXPECT_FALSE(with(1, 11)) << "more shards than bytes";
    EXPECT_TRUE(with(1, 10));
    EXPECT_FALSE(with(3, 0)) << "an empty datagram";
}

TEST(ShardWindowCoefficients, AreThoseOfThePage)
{
    std::set<std::vector<uint8_t>> rows;
    Dice dice(1);
    for (uint32_t n = 0; n < 300; ++n)
    {
        // Neighbours, which weak mixing would not tell apart, and numbers at random.
        const uint32_t flow = n < 200 ? n % 2 : dice.Roll(0, 0xfffffffe);
        const uint32_t block = n < 200 ? n / 20 : dice.Roll(0, 0xfffffffe);
        const uint32_t index = n < 200 ? n / 2 % 10 : dice.Roll(1, 254);
        const ShardWindowCoefficients factors(flow, block, index);
        std::vector<uint8_t> row;
        for (uint32_t i = 0; i < 300; ++i)
        {
            row.push_back(factors.At(i));
            ASSERT_EQ(row.back(), SlowFactor(flow, block, index, i));
            ASSERT_NE(row.back(), 0);
        }
        rows.insert(row);
    }
    EXPECT_EQ(rows.size(), 300u);
}

TEST(ShardWindowEncode, MakesTheExampleOfThePage)
{
    const std::string before = "KLMNO";
    const std::string own = "ABCDEFGHIJ";
    const auto bytes = [](const std::string& text)
    { return reinterpret_cast<const uint8_t*>(text.data()); };
    uint8_t symbol[4];
    uint8_t* out = symbol;
    ShardWindowEncode(
        7,
        258,
        {{*ShardLayout::Make(5, 2), bytes(before)}, {*ShardLayout::Make(10, 3), bytes(own)}},
        3,
        1,
        4,
        &out);
    EXPECT_EQ(std::vector<uint8_t>(symbol, symbol + 4),
              (std::vector<uint8_t>{0x87, 0xa8, 0xd2, 0x0f}));
}

TEST(ShardWindowEncode, AddsUpAllOfTheWindow)
{
    Dice dice(2);
    for (int round = 0; round < 40; ++round)
    {
        const uint32_t window = dice.Roll(1, MAX_WINDOW);
        WindowSender sender(dice.Roll(0, 9), dice.Roll(0, 1) == 0 ? 0 : 0xfffffff8, window);
        for (uint32_t n = 0; n < 20; ++n)
        {
            const uint32_t k = dice.Roll(1, 5);
            sender.Cut(dice, dice.Roll(k, 40 * k), k, dice.Roll(0, 12));
        }
        for (const WindowShard& shard : sender.shards)
        {
            if (!shard.IsRepair())
            {
                continue;
            }
            const uint32_t end = shard.block - sender.first + 1;
            const uint32_t begin = end > window ? end - window : 0;
            std::vector<uint8_t> sum;
            uint32_t position = 0;
            for (uint32_t block = begin; block < end; ++block)
            {
                const std::vector<uint8_t>& datagram = sender.datagrams[block];
                const ShardLayout& layout = sender.layouts[block];
                std::size_t at = 0;
                for (uint32_t j = 0; j < layout.DataShards(); ++j, ++position)
                {
                    const uint8_t factor =
                        SlowFactor(sender.flow, shard.block, shard.index, position);
                    sum.resize(std::max<std::size_t>(sum.size(), layout.Size(j)));
                    for (uint32_t i = 0; i < layout.Size(j); ++i)
                    {
                        sum[i] ^= SlowField::Multiply(factor, datagram[at++]);
                    }
                }
            }
            ASSERT_EQ(shard.bytes, sum);
        }
    }
}

} // namespace
