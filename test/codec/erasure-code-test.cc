// SPDX-License-Identifier: GPL-2.0-only
#include "codec-fixture.h"
#include "slow-field.h"

#include "ns3/shard-erasure-code.h"

#include <gtest/gtest.h>
#include <string>

using namespace codectest;

namespace
{

constexpr ShardCode BLOCK_CODES[] = {SHARD_CODE_NONE,
                                     SHARD_CODE_REPETITION,
                                     SHARD_CODE_XOR,
                                     SHARD_CODE_REED_SOLOMON};

TEST(ShardCodeRefusal, SaysWhatIsAllowedOrNothing)
{
    for (ShardCode code : BLOCK_CODES)
    {
        EXPECT_EQ(ShardCodeRefusal(code, 1, 0), nullptr);
        EXPECT_EQ(ShardCodeRefusal(code, 255, 0), nullptr);
        EXPECT_NE(ShardCodeRefusal(code, 0, 0), nullptr);
        EXPECT_NE(ShardCodeRefusal(code, 256, 0), nullptr);
        EXPECT_NE(ShardCodeRefusal(code, 200, 56), nullptr);
        EXPECT_NE(ShardCodeRefusal(code, 2, 0xffffffff), nullptr);
    }
    EXPECT_EQ(ShardCodeRefusal(SHARD_CODE_REED_SOLOMON, 200, 55), nullptr);
    EXPECT_EQ(ShardCodeRefusal(SHARD_CODE_REED_SOLOMON, 1, 254), nullptr);
    EXPECT_EQ(ShardCodeRefusal(SHARD_CODE_REPETITION, 1, 254), nullptr);
    EXPECT_EQ(ShardCodeRefusal(SHARD_CODE_XOR, 4, 4), nullptr);
    EXPECT_NE(ShardCodeRefusal(SHARD_CODE_XOR, 4, 5), nullptr);
    EXPECT_NE(ShardCodeRefusal(SHARD_CODE_NONE, 4, 1), nullptr);
    EXPECT_NE(std::string(ShardCodeRefusal(SHARD_CODE_SLIDING_WINDOW, 4, 1)).find("across blocks"),
              std::string::npos);
    EXPECT_EQ(GetErasureCode(SHARD_CODE_SLIDING_WINDOW), nullptr);
    EXPECT_EQ(GetErasureCode(ShardCode(77)), nullptr);
    EXPECT_NE(ShardCodeRefusal(ShardCode(77), 4, 1), nullptr);
}

/// Repair symbols of a random block, byte by byte against what is expected from all data.
void
ExpectRepair(ShardCode code,
             uint32_t k,
             uint32_t r,
             uint32_t seed,
             uint8_t (*coefficient)(uint32_t k, uint32_t r, uint32_t i, uint32_t j))
{
    Dice dice(seed);
    const CutBlock block(dice, SomeLayout(dice, k), code, r);
    ASSERT_EQ(block.refusal, nullptr);
    for (uint32_t i = k; i < k + r; ++i)
    {
        std::vector<uint8_t> expected(block.layout.SymbolSize(), 0);
        for (uint32_t j = 0; j < k; ++j)
        {
            const uint8_t c = coefficient(k, r, i, j);
            for (size_t b = 0; b < block.shards[j].size(); ++b)
            {
                expected[b] ^= SlowField::Multiply(c, block.shards[j][b]);
            }
        }
        ASSERT_EQ(block.shards[i], expected)
            << "k " << k << " r " << r << " repair shard " << i << " datagram "
            << block.layout.DatagramSize() << " first " << block.layout.FirstSize();
    }
}

TEST(RepetitionCode, RepairShardsAreCopiesInTurn)
{
    for (uint32_t k = 1; k <= 9; ++k)
    {
        ExpectRepair(SHARD_CODE_REPETITION,
                     k,
                     20,
                     k,
                     [](uint32_t k, uint32_t, uint32_t i, uint32_t j)
                     { return uint8_t((i - k) % k == j); });
    }
}

TEST(XorCode, RepairShardsAreParitiesOfInterleavedGroups)
{
    for (uint32_t k = 1; k <= 24; ++k)
    {
        for (uint32_t r = 1; r <= k; ++r)
        {
            ExpectRepair(SHARD_CODE_XOR,
                         k,
                         r,
                         100 * k + r,
                         [](uint32_t k, uint32_t r, uint32_t i, uint32_t j)
                         { return uint8_t(j % r == i - k); });
        }
    }
}

TEST(ReedSolomonCode, RepairShardsAreThoseOfSlowArithmetic)
{
    Dice dice(3);
    const uint32_t rounds = Rounds(400, 20000);
    for (uint32_t round = 0; round < rounds; ++round)
    {
        const uint32_t n = round % 10 == 0 ? 255 : dice.Roll(1, 40);
        const uint32_t k = dice.Roll(1, n);
        ExpectRepair(SHARD_CODE_REED_SOLOMON,
                     k,
                     n - k,
                     round,
                     [](uint32_t, uint32_t, uint32_t i, uint32_t j)
                     { return SlowField::Inverse(uint8_t(i ^ j)); });
    }
}

TEST(SlowField, IsAFieldWhoseArithmeticIsKnown)
{
    // Worked by hand: x * x^7 = x^8 = x^4 + x^3 + x^2 + 1 = 0x1d modulo 0x11d.
    EXPECT_EQ(SlowField::Multiply(0x02, 0x80), 0x1d);
    EXPECT_EQ(SlowField::Multiply(0x03, 0x03), 0x05);
    EXPECT_EQ(SlowField::Multiply(0x00, 0x53), 0x00);
    for (uint32_t x = 1; x < 256; ++x)
    {
        ASSERT_EQ(SlowField::Multiply(uint8_t(x), SlowField::Inverse(uint8_t(x))), 1);
    }
}

TEST(ReedSolomonCode, EverySquarePartOfTheCauchyMatrixUpToThreeIsRegular)
{
    // The coefficients come from the code itself: repair symbols of unit vectors.
    const uint32_t k = 7;
    const uint32_t r = 6;
    uint8_t c[r][k];
    for (uint32_t j = 0; j < k; ++j)
    {
        uint8_t unit[k]{};
        unit[j] = 1;
        const uint8_t* data[k];
        uint8_t* out[r];
        for (uint32_t i = 0; i < k; ++i)
        {
            data[i] = &unit[i];
        }
        for (uint32_t i = 0; i < r; ++i)
        {
            out[i] = &c[i][j];
        }
        GetErasureCode(SHARD_CODE_REED_SOLOMON)->Encode(k, r, data, 1, out);
    }
    const auto two = [&c](uint32_t a, uint32_t b, uint32_t x, uint32_t y)
    { return SlowField::Multiply(c[a][x], c[b][y]) ^ SlowField::Multiply(c[a][y], c[b][x]); };
    for (uint32_t a = 0; a < r; ++a)
    {
        for (uint32_t x = 0; x < k; ++x)
        {
            ASSERT_NE(c[a][x], 0);
            for (uint32_t b = a + 1; b < r; ++b)
            {
                for (uint32_t y = x + 1; y < k; ++y)
                {
                    ASSERT_NE(two(a, b, x, y), 0);
                    for (uint32_t d = b + 1; d < r; ++d)
                    {
                        for (uint32_t z = y + 1; z < k; ++z)
                        {
                            ASSERT_NE(SlowField::Multiply(c[d][x], uint8_t(two(a, b, y, z))) ^
                                          SlowField::Multiply(c[d][y], uint8_t(two(a, b, x, z))) ^
                                          SlowField::Multiply(c[d][z], uint8_t(two(a, b, x, y))),
                                      0);
                        }
                    }
                }
            }
        }
    }
}

/// Rows of the shards at hand over GF(2), brought to reduced echelon form.
std::vector<uint32_t>
Reduced(uint32_t k, uint32_t r, uint32_t held, bool parity)
{
    std::vector<uint32_t> rows;
    for (uint32_t i = 0; i < k + r; ++i)
    {
        uint32_t row = 0;
        for (uint32_t j = 0; j < k; ++j)
        {
            const bool in = i < k ? i == j : parity ? j % r == i - k : j == (i - k) % k;
            row |= uint32_t(in) << j;
        }
        if ((held >> i & 1) != 0)
        {
            rows.push_back(row);
        }
    }
    size_t done = 0;
    for (uint32_t j = 0; j < k; ++j)
    {
        size_t pivot = done;
        while (pivot < rows.size() && (rows[pivot] >> j & 1) == 0)
        {
            ++pivot;
        }
        if (pivot == rows.size())
        {
            continue;
        }
        std::swap(rows[pivot], rows[done]);
        for (size_t other = 0; other < rows.size(); ++other)
        {
            if (other != done && (rows[other] >> j & 1) != 0)
            {
                rows[other] ^= rows[done];
            }
        }
        ++done;
    }
    rows.resize(done);
    return rows;
}

void
ExpectBruteForce(ShardCode code, uint32_t k, uint32_t r)
{
    const ErasureCode* object = GetErasureCode(code);
    for (uint32_t held = 0; held < 1u << (k + r); ++held)
    {
        ShardSet set;
        for (uint32_t i = 0; i < k + r; ++i)
        {
            if ((held >> i & 1) != 0)
            {
                set.Set(i);
            }
        }
        const std::vector<uint32_t> rows = Reduced(k, r, held, code == SHARD_CODE_XOR);
        ShardSet expected; // data shards whose unit vector is a row of the reduced form
        for (uint32_t row : rows)
        {
            if ((row & (row - 1)) == 0)
            {
                expected.Set(uint32_t(__builtin_ctz(row)));
            }
        }
        ASSERT_EQ(object->Recoverable(k, r, set), expected) << k << " " << r << " " << held;
        ASSERT_EQ(object->Decodable(k, r, set), rows.size() == k) << k << " " << r << " " << held;
    }
}

TEST(XorCode, WhatIsRecoverableIsWhatLinearAlgebraSays)
{
    for (uint32_t k = 1; k <= 7; ++k)
    {
        for (uint32_t r = 1; r <= k; ++r)
        {
            ExpectBruteForce(SHARD_CODE_XOR, k, r);
        }
    }
}

TEST(RepetitionCode, WhatIsRecoverableIsWhatLinearAlgebraSays)
{
    for (uint32_t k = 1; k <= 5; ++k)
    {
        for (uint32_t r = 0; r <= 7; ++r)
        {
            ExpectBruteForce(SHARD_CODE_REPETITION, k, r);
        }
    }
}

TEST(ErasureCode, CopiesAndCoversAgreeWithTheDefinition)
{
    const ErasureCode* parity = GetErasureCode(SHARD_CODE_XOR);
    // Five data shards in three groups: {0, 3}, {1, 4}, {2}; the last parity is a copy.
    EXPECT_EQ(parity->CopyOf(5, 3, 5), 5u);
    EXPECT_EQ(parity->CopyOf(5, 3, 6), 5u);
    EXPECT_EQ(parity->CopyOf(5, 3, 7), 2u);
    ShardSet group;
    group.Set(1);
    group.Set(4);
    EXPECT_EQ(parity->Covers(5, 3, 6), group);
    EXPECT_EQ(GetErasureCode(SHARD_CODE_REPETITION)->CopyOf(3, 7, 8), 2u);
    EXPECT_EQ(GetErasureCode(SHARD_CODE_REED_SOLOMON)->CopyOf(1, 1, 1), 1u);
    EXPECT_EQ(GetErasureCode(SHARD_CODE_REED_SOLOMON)->Covers(9, 2, 10).Count(), 9u);
}

} // namespace
