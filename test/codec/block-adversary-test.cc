// SPDX-License-Identifier: GPL-2.0-only
//
// Shards that contradict each other, repeat each other or were never sent.

#include "codec-fixture.h"

#include "ns3/shard-block-decoder.h"

#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>

using namespace codectest;

namespace
{

using Decoder = ShardBlockDecoder;

Decoder::Verdict
AddShard(Decoder& decoder, const CutBlock& block, uint32_t index)
{
    return decoder.Add(index, block.shards[index].data(), uint32_t(block.shards[index].size()));
}

/// A shard with one bit flipped.
Decoder::Verdict
AddForged(Decoder& decoder, const CutBlock& block, uint32_t index, size_t at)
{
    std::vector<uint8_t> bytes = block.shards[index];
    bytes[at] ^= 0x10;
    return decoder.Add(index, bytes.data(), uint32_t(bytes.size()));
}

TEST(ShardBlockDecoder, SameIndexWithOtherBytesIsAConflictDownToTheLastByte)
{
    Dice dice(16);
    const CutBlock block(dice, *ShardLayout::Make(22, 4), SHARD_CODE_REED_SOLOMON, 3);
    Decoder decoder(block.layout, block.code, 7, true);
    ASSERT_EQ(AddShard(decoder, block, 0), Decoder::STORED);
    ASSERT_EQ(AddShard(decoder, block, 1), Decoder::STORED);
    ASSERT_EQ(AddShard(decoder, block, 6), Decoder::STORED); // kept in a place a byte too short
    for (uint32_t i : {0, 1, 6})
    {
        for (size_t at = 0; at < block.shards[i].size(); ++at)
        {
            EXPECT_EQ(AddForged(decoder, block, i, at), Decoder::CONFLICT);
        }
        EXPECT_EQ(AddShard(decoder, block, i), Decoder::DUPLICATE);
    }
    ASSERT_EQ(AddShard(decoder, block, 5), Decoder::STORED);
    EXPECT_EQ(AddForged(decoder, block, 6, 5), Decoder::CONFLICT);
    ASSERT_NE(decoder.Decode(), nullptr);
    // A late data shard is compared with what decoding gave.
    EXPECT_EQ(AddForged(decoder, block, 3, 0), Decoder::CONFLICT);
    EXPECT_FALSE(decoder.Have(3));
    EXPECT_EQ(AddShard(decoder, block, 3), Decoder::USELESS);
    EXPECT_EQ(AddShard(decoder, block, 3), Decoder::DUPLICATE);
    EXPECT_EQ(AddShard(decoder, block, 4), Decoder::USELESS);
    EXPECT_EQ(decoder.RecoveredShards(), 2u);
}

TEST(ShardBlockDecoder, ACopyIsHeldAgainstWhatItCopiesAndItsPaddingMustBeZero)
{
    Dice dice(17);
    // Shards of 4, 4 and 3 bytes: the copy of shard 2 has a byte of padding.
    const CutBlock block(dice, *ShardLayout::Make(11, 3), SHARD_CODE_REPETITION, 3);
    Decoder decoder(block.layout, block.code, 6, true);
    EXPECT_EQ(AddForged(decoder, block, 5, 3), Decoder::CONFLICT);
    EXPECT_EQ(AddShard(decoder, block, 5), Decoder::STORED);
    EXPECT_EQ(decoder.DataShardsHeld(), 1u);
    EXPECT_FALSE(decoder.Have(2));
    EXPECT_FALSE(decoder.Missing().Test(2));
    EXPECT_EQ(AddForged(decoder, block, 2, 0), Decoder::CONFLICT);
    EXPECT_EQ(AddShard(decoder, block, 2), Decoder::USELESS);
    EXPECT_EQ(AddForged(decoder, block, 5, 1), Decoder::CONFLICT);
    EXPECT_EQ(AddShard(decoder, block, 5), Decoder::DUPLICATE);
    EXPECT_EQ(decoder.RecoveredShards(), 0u);
}

TEST(ShardBlockDecoder, WholeCopiesAreRepetitionWithOneDataShard)
{
    Dice dice(18);
    const CutBlock block(dice, *ShardLayout::Make(1000, 1), SHARD_CODE_REPETITION, 2);
    EXPECT_EQ(block.shards[1], block.datagram);
    EXPECT_EQ(block.shards[2], block.datagram);
    Decoder decoder(block.layout, block.code, 3, true);
    EXPECT_EQ(AddShard(decoder, block, 2), Decoder::STORED);
    const uint8_t* bytes = decoder.Decode();
    EXPECT_EQ(std::vector<uint8_t>(bytes, bytes + 1000), block.datagram);
    EXPECT_EQ(AddShard(decoder, block, 0), Decoder::USELESS);
    EXPECT_EQ(AddForged(decoder, block, 1, 999), Decoder::CONFLICT);
}

TEST(ShardBlockDecoder, WhatCannotBeOfTheBlockIsRefusedAndChangesNothing)
{
    Dice dice(19);
    const CutBlock block(dice, *ShardLayout::Make(22, 4), SHARD_CODE_XOR, 2);
    Decoder decoder(block.layout, block.code, 6, true);
    const std::vector<uint8_t> bytes(300);
    EXPECT_EQ(decoder.Add(6, bytes.data(), 6), Decoder::REFUSED);
    EXPECT_EQ(decoder.Add(0xffffffff, bytes.data(), 6), Decoder::REFUSED);
    EXPECT_EQ(decoder.Add(256, bytes.data(), 6), Decoder::REFUSED);
    EXPECT_EQ(decoder.Add(0, bytes.data(), 5), Decoder::REFUSED);
    EXPECT_EQ(decoder.Add(2, bytes.data(), 6), Decoder::REFUSED);
    EXPECT_EQ(decoder.Add(4, bytes.data(), 5), Decoder::REFUSED);
    EXPECT_EQ(decoder.Add(0, nullptr, 6), Decoder::REFUSED);
    EXPECT_EQ(decoder.BytesHeld(), 0u);
    EXPECT_EQ(decoder.Missing().Count(), 4u);

    Decoder impossible(block.layout, SHARD_CODE_XOR, 9, true); // five parities of four
    EXPECT_EQ(impossible.Add(0, bytes.data(), 6), Decoder::REFUSED);
    EXPECT_FALSE(impossible.Decodable());
    EXPECT_EQ(impossible.Salvage(), nullptr);
    Decoder unknown(block.layout, SHARD_CODE_SLIDING_WINDOW, 6, true);
    EXPECT_EQ(unknown.Add(0, bytes.data(), 6), Decoder::REFUSED);
    Decoder fewer(block.layout, SHARD_CODE_REED_SOLOMON, 3, true);
    EXPECT_EQ(fewer.Add(0, bytes.data(), 6), Decoder::REFUSED);
    Decoder more(block.layout, SHARD_CODE_REED_SOLOMON, 256, true);
    EXPECT_EQ(more.Add(0, bytes.data(), 6), Decoder::REFUSED);
}

TEST(ShardBlockDecoder, ForgedShardsNeverLeadOutOfTheBuffer)
{
    // Nothing here is a shard that anyone encoded; to be run under the address sanitizer. All that
    // can be said of the result: sizes hold, and what claims to be complete has all its bytes.
    Dice dice(20);
    const uint32_t rounds = Rounds(3000, 200000);
    for (uint32_t round = 0; round < rounds; ++round)
    {
        const uint32_t k = dice.Roll(1, round % 30 == 0 ? 255 : 9);
        const ShardLayout layout = SomeLayout(dice, k);
        const uint32_t n = std::min(dice.Roll(k, 2 * k + 3), 255u);
        Decoder decoder(layout, ShardCode(dice.Roll(0, 5)), n, true);
        for (uint32_t step = 0; step < 3 * n; ++step)
        {
            const uint32_t index = dice.Roll(0, n + 1);
            const uint32_t size = dice.Roll(0, 9) == 0 ? dice.Roll(0, layout.SymbolSize() + 1)
                                                       : layout.WireSize(index);
            const std::vector<uint8_t> bytes = dice.Bytes(size);
            const Decoder::Verdict verdict = decoder.Add(index, bytes.data(), size);
            if (index >= n || size != layout.WireSize(index))
            {
                ASSERT_EQ(verdict, Decoder::REFUSED);
            }
            if (dice.Roll(0, 40) == 0)
            {
                decoder.Salvage();
            }
        }
        if (const uint8_t* bytes = decoder.Decode())
        {
            const std::vector<uint8_t> copy(bytes, bytes + layout.DatagramSize());
            ASSERT_TRUE(decoder.Missing().Empty());
            const auto taken = decoder.TakeBytes();
            ASSERT_EQ(std::memcmp(taken.get(), copy.data(), copy.size()), 0);
        }
    }
}

} // namespace
