// SPDX-License-Identifier: GPL-2.0-only
//
//     header (20 bytes) | payload      the first is typed by hand, the second is any bytes
//
// What is proved of the wire format, against a header typed by hand and a bitwise CRC-32C:
//  1. the checksum of this test is CRC-32C: the vectors of RFC 3720, B.4
//  2. a header is, byte by byte, what docs/wire-format.md draws, real or virtual payload
//  3. a shard cut anywhere is refused, and nothing behind the cut is read
//  4. every single flipped bit of 1,000 shards is refused
//  5. of all small headers exactly those are taken that a plain reading of the rules allows
//  6. numbers at their limits and beyond: one row each
//  7. a payload of any other length than the fields say is refused
//  8. exactly one version and five codes are known (shard-window-header-test.cc has more of the
//     fifth)

#include "wire/wire-fixture.h"

#include "ns3/shard-header.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <string>

namespace
{

using namespace ns3::sharding;
using namespace wiretest;

/// Parse a copy on the heap of exactly its size, so that a sanitizer sees any read past it.
ShardError
ParseExactly(const Bytes& shard, uint32_t payloadSize, bool real, ShardFields& fields)
{
    std::unique_ptr<uint8_t[]> copy(new uint8_t[shard.size()]);
    std::copy(shard.begin(), shard.end(), copy.get());
    return ShardHeader::Parse(copy.get(),
                              static_cast<uint32_t>(shard.size()),
                              payloadSize,
                              real,
                              fields);
}

ShardError
ParseReal(const Bytes& shard)
{
    ShardFields fields;
    const auto size = static_cast<uint32_t>(shard.size());
    return ParseExactly(shard,
                        size < ShardHeader::SIZE ? 0 : size - ShardHeader::SIZE,
                        true,
                        fields);
}

Bytes
Counting(uint32_t size)
{
    Bytes bytes(size);
    for (uint32_t i = 0; i < size; ++i)
    {
        bytes[i] = static_cast<uint8_t>(i);
    }
    return bytes;
}

/// Shard 1 of a 1000-byte datagram whose 40 bytes of headers are apart: 960 bytes in 3 shards.
ShardFields
Example()
{
    ShardFields f;
    f.flow = 0x01020304;
    f.block = 0xa0b0c0d0;
    f.datagram = 1000;
    f.first = 40;
    f.index = 1;
    f.k = 4;
    f.n = 6;
    f.code = SHARD_CODE_REED_SOLOMON;
    return f;
}

TEST(ChecksumOfThisTest, IsCrc32cByTheVectorsOfRfc3720)
{
    Bytes falling = Counting(32);
    std::reverse(falling.begin(), falling.end());
    const Bytes readCommand = {0x01, 0xc0, 0, 0, 0, 0, 0, 0, 0,    0, 0, 0,    0, 0, 0, 0,
                               0x14, 0,    0, 0, 0, 0, 4, 0, 0,    0, 0, 0x14, 0, 0, 0, 0x18,
                               0x28, 0,    0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0,    0, 0, 0, 0};
    ASSERT_EQ(readCommand.size(), 48U);
    EXPECT_EQ(SlowCrc32c(Bytes(32, 0x00)), 0x8a9136aaU);
    EXPECT_EQ(SlowCrc32c(Bytes(32, 0xff)), 0x62a8ab43U);
    EXPECT_EQ(SlowCrc32c(Counting(32)), 0x46dd794eU);
    EXPECT_EQ(SlowCrc32c(falling), 0x113fdb5cU);
    EXPECT_EQ(SlowCrc32c(readCommand), 0xd9963a56U);
}

TEST(ShardHeader, IsByteByByteWhatTheWireFormatDraws)
{
    const Bytes typed = {
        0x13, // version 1, code 3: Reed-Solomon
        4,
        6,
        1, // k, n, index
        0x01,
        0x02,
        0x03,
        0x04, // flow
        0xa0,
        0xb0,
        0xc0,
        0xd0, // block
        0x03,
        0xe8, // datagram: 1000
        0x00,
        0x28, // first: 40
    };
    ASSERT_EQ(typed.size(), 16U);
    const Bytes payload = Counting(320);
    for (bool real : {true, false})
    {
        SCOPED_TRACE(real ? "real payload" : "virtual payload");
        Bytes covered = typed;
        if (real)
        {
            covered.insert(covered.end(), payload.begin(), payload.end());
        }
        const uint32_t crc = SlowCrc32c(covered);
        Bytes want = typed;
        for (int shift : {24, 16, 8, 0})
        {
            want.push_back(uint8_t(crc >> shift));
        }

        Bytes got(ShardHeader::SIZE + 1, 0xee);
        ShardHeader::Write(Example(), real ? payload.data() : nullptr, 320, got.data());
        EXPECT_EQ(got.back(), 0xee) << "a byte behind the header was written";
        got.pop_back();
        EXPECT_EQ(got, want);

        Bytes shard = want;
        shard.insert(shard.end(), payload.begin(), payload.end());
        ShardFields read;
        ASSERT_EQ(ParseExactly(shard, 320, real, read), SHARD_OK);
        EXPECT_TRUE(read.SameBlock(Example()));
        EXPECT_EQ(read.index, 1);
        EXPECT_EQ(read.flow, 0x01020304U);
        EXPECT_EQ(read.block, 0xa0b0c0d0U);
        EXPECT_EQ(read.datagram, 1000);
        EXPECT_EQ(read.first, 40);
        EXPECT_EQ(read.k, 4);
        EXPECT_EQ(read.n, 6);
        EXPECT_EQ(read.code, SHARD_CODE_REED_SOLOMON);
    }
}

TEST(ShardHeader, WithVirtualPayloadNeedsNoByteBehindItself)
{
    const Bytes header = WriteByHand(Example(), {}, false);
    ASSERT_EQ(header.size(), 20U);
    ShardFields read;
    EXPECT_EQ(ParseExactly(header, 320, false, read), SHARD_OK);
    EXPECT_EQ(ParseExactly(header, 320, true, read), SHARD_LENGTH);
}

TEST(ShardHeader, CutAnywhereIsRefused)
{
    const Bytes whole = WriteByHand(Example(), Counting(320));
    ASSERT_EQ(ParseReal(whole), SHARD_OK);
    for (std::size_t size = 0; size < whole.size(); ++size)
    {
        const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        const ShardError want = size < 20 ? SHARD_TRUNCATED : SHARD_LENGTH;
        ASSERT_EQ(ParseReal(cut), want) << "cut to " << size << " bytes";
        ShardFields fields;
        ASSERT_EQ(ShardHeader::Peek(cut.data(), static_cast<uint32_t>(size), fields),
                  size < 20 ? SHARD_TRUNCATED : SHARD_OK)
            << "cut to " << size << " bytes";
        // A liar says that the payload is whole.
        ASSERT_EQ(ParseExactly(cut, 320, true, fields), want) << "cut to " << size << " bytes";
    }
    Bytes longer = whole;
    longer.push_back(0);
    EXPECT_EQ(ParseReal(longer), SHARD_LENGTH);
}

// A CRC finds every single-bit error, so there is no probability in this.
TEST(ShardHeader, RefusesEveryFlippedBitOfAThousandShards)
{
    std::mt19937 random(1);
    const auto below = [&random](uint32_t limit)
    { return static_cast<uint32_t>(random() % limit); };
    uint64_t flips = 0;
    for (int n = 0; n < 1000; ++n)
    {
        ShardFields f;
        f.flow = static_cast<uint32_t>(random());
        f.block = static_cast<uint32_t>(random());
        f.code = static_cast<ShardCode>(below(4));
        f.k = static_cast<uint8_t>(1 + below(12));
        f.n = static_cast<uint8_t>(f.code == SHARD_CODE_NONE ? f.k : f.k + below(5));
        f.index = static_cast<uint8_t>(below(f.n));
        f.datagram = static_cast<uint16_t>(f.k + below(600));
        f.first = static_cast<uint16_t>(
            f.k > 1 && below(2) == 0 ? below(static_cast<uint32_t>(f.datagram - f.k + 2)) : 0);
        const std::optional<ShardLayout> layout = f.Layout();
        ASSERT_TRUE(layout);
        Bytes payload(layout->WireSize(f.index));
        for (uint8_t& byte : payload)
        {
            byte = static_cast<uint8_t>(random());
        }
        Bytes shard = WriteByHand(f, payload);
        ASSERT_EQ(ParseReal(shard), SHARD_OK) << "shard " << n;
        for (std::size_t bit = 0; bit < 8 * shard.size(); ++bit)
        {
            shard[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
            ASSERT_NE(ParseReal(shard), SHARD_OK) << "shard " << n << " bit " << bit;
            shard[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
            ++flips;
        }
        const Bytes header = WriteByHand(f, {}, false);
        for (std::size_t bit = 0; bit < 8 * ShardHeader::SIZE; ++bit)
        {
            Bytes flipped = header;
            flipped[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
            ShardFields read;
            ASSERT_NE(ParseExactly(flipped, layout->WireSize(f.index), false, read), SHARD_OK)
                << "virtual shard " << n << " bit " << bit;
        }
    }
    EXPECT_GT(flips, 160000U);
}

/// The rules in plain words, without ShardLayout: is there such a shard, and how long is it?
std::optional<uint32_t>
PlainReading(const ShardFields& f)
{
    if (f.k == 0 || f.n < f.k || f.index >= f.n || (f.code == SHARD_CODE_NONE && f.n != f.k))
    {
        return std::nullopt;
    }
    // Deal the bytes out one by one: first whole to shard 0 where it is apart, then in turn.
    std::vector<uint32_t> sizes(f.k, 0);
    uint32_t left = f.datagram;
    uint32_t begin = 0;
    if (f.first != 0)
    {
        if (f.first > left)
        {
            return std::nullopt;
        }
        sizes[0] = f.first;
        left -= f.first;
        begin = 1;
    }
    for (uint32_t to = begin; left > 0 && begin < f.k; --left)
    {
        ++sizes[to];
        to = to + 1 == f.k ? begin : to + 1;
    }
    if (left > 0 || *std::min_element(sizes.begin(), sizes.end()) == 0)
    {
        return std::nullopt;
    }
    if (f.first != 0 && f.k == 1)
    {
        return std::nullopt; // what is apart needs something to be apart from
    }
    return f.index < f.k ? sizes[f.index] : *std::max_element(sizes.begin(), sizes.end());
}

TEST(ShardHeader, TakesExactlyTheSmallHeadersThatAPlainReadingAllows)
{
    uint32_t taken = 0;
    uint32_t refused = 0;
    ShardFields f;
    for (int code = 0; code < 4; ++code)
    {
        f.code = static_cast<ShardCode>(code);
        for (f.datagram = 0; f.datagram < 8; ++f.datagram)
        {
            for (f.first = 0; f.first < 9; ++f.first)
            {
                for (f.k = 0; f.k < 6; ++f.k)
                {
                    for (f.n = 0; f.n < 7; ++f.n)
                    {
                        for (f.index = 0; f.index < 7; ++f.index)
                        {
                            const std::optional<uint32_t> size = PlainReading(f);
                            const Bytes shard = WriteByHand(f, Bytes(size.value_or(1), 0x5a));
                            ASSERT_EQ(ParseReal(shard), size ? SHARD_OK : SHARD_CONTRADICTION)
                                << "code " << code << " datagram " << f.datagram << " first "
                                << f.first << " k " << +f.k << " n " << +f.n << " index "
                                << +f.index;
                            ++(size ? taken : refused);
                        }
                    }
                }
            }
        }
    }
    EXPECT_GT(taken, 1000U);
    EXPECT_GT(refused, taken);
}

TEST(ShardHeader, KnowsTheLimitsOfItsNumbers)
{
    struct Row
    {
        const char* story;
        uint16_t datagram, first;
        int k, n, index;
        ShardCode code;
        ShardError want;
        uint32_t payload;
    };

    const ShardCode rs = SHARD_CODE_REED_SOLOMON;
    const ShardCode none = SHARD_CODE_NONE;
    const Row rows[] = {
        {"the smallest shard there is", 1, 0, 1, 1, 0, none, SHARD_OK, 1},
        {"the largest datagram in one piece", 65535, 0, 1, 1, 0, none, SHARD_OK, 65535},
        {"as many shards as an index can name", 255, 0, 255, 255, 254, none, SHARD_OK, 1},
        {"as many repair shards", 9, 0, 1, 255, 254, rs, SHARD_OK, 9},
        {"no data shards", 100, 0, 0, 1, 0, rs, SHARD_CONTRADICTION, 100},
        {"fewer shards than data shards", 100, 0, 2, 1, 0, rs, SHARD_CONTRADICTION, 50},
        {"index behind the last shard", 100, 0, 2, 3, 3, rs, SHARD_CONTRADICTION, 50},
        {"repair shards of no code", 100, 0, 2, 3, 0, none, SHARD_CONTRADICTION, 50},
        {"an empty datagram", 0, 0, 1, 1, 0, none, SHARD_CONTRADICTION, 0},
        {"more shards than bytes", 4, 0, 5, 5, 0, none, SHARD_CONTRADICTION, 1},
        {"a first shard apart from nothing", 100, 40, 1, 1, 0, none, SHARD_CONTRADICTION, 100},
        {"a first shard that is all", 100, 100, 2, 2, 0, none, SHARD_CONTRADICTION, 100},
        {"a first shard larger than all", 100, 65535, 2, 2, 0, none, SHARD_CONTRADICTION, 100},
        {"a first shard that starves the last", 100, 98, 4, 4, 0, none, SHARD_CONTRADICTION, 98},
        {"a first shard that just does not", 100, 97, 4, 4, 3, none, SHARD_OK, 1},
        {"repair as long as a long first shard", 100, 97, 4, 5, 4, rs, SHARD_OK, 97},
    };
    for (const Row& row : rows)
    {
        SCOPED_TRACE(row.story);
        ShardFields f;
        f.datagram = row.datagram;
        f.first = row.first;
        f.k = static_cast<uint8_t>(row.k);
        f.n = static_cast<uint8_t>(row.n);
        f.index = static_cast<uint8_t>(row.index);
        f.code = row.code;
        EXPECT_EQ(ParseReal(WriteByHand(f, Bytes(row.payload, 7))), row.want);
        ShardFields read;
        EXPECT_EQ(ParseExactly(WriteByHand(f, {}, false), row.payload, false, read), row.want);
    }
}

TEST(ShardHeader, RefusesAPayloadOfAnyOtherLengthThanItSays)
{
    // 1001 bytes in 4 shards: 251, 250, 250, 250, and repair shards of 251.
    const uint32_t sizes[] = {251, 250, 250, 250, 251, 251};
    ShardFields f;
    f.datagram = 1001;
    f.k = 4;
    f.n = 6;
    f.code = SHARD_CODE_REED_SOLOMON;
    for (f.index = 0; f.index < 6; ++f.index)
    {
        for (uint32_t size = 0; size < 600; ++size)
        {
            const ShardError want = size == sizes[f.index] ? SHARD_OK : SHARD_LENGTH;
            ASSERT_EQ(ParseReal(WriteByHand(f, Bytes(size, 1))), want)
                << "shard " << +f.index << " with " << size << " bytes";
            ShardFields read;
            ASSERT_EQ(ParseExactly(WriteByHand(f, {}, false), size, false, read), want)
                << "virtual shard " << +f.index << " with " << size << " bytes";
        }
    }
}

TEST(ShardHeader, KnowsOneVersionAndFiveCodes)
{
    ShardFields f;
    f.datagram = 5;
    f.k = 1;
    f.n = 1;
    for (int first = 0; first < 256; ++first)
    {
        Bytes shard = WriteByHand(f, Bytes(5, 9));
        shard[0] = static_cast<uint8_t>(first);
        Bytes covered(shard.begin(), shard.begin() + 16);
        covered.insert(covered.end(), shard.begin() + 20, shard.end());
        const uint32_t crc = SlowCrc32c(covered);
        for (int i = 0; i < 4; ++i)
        {
            shard[16 + static_cast<std::size_t>(i)] = static_cast<uint8_t>(crc >> (24 - 8 * i));
        }
        const bool known = first >= 0x10 && first <= 0x14;
        EXPECT_EQ(ParseReal(shard), known ? SHARD_OK : SHARD_VERSION) << "first byte " << first;
    }
}

TEST(ShardFields, AreOfOneBlockWhenAllButTheIndexAgrees)
{
    const ShardFields one = Example();
    ShardFields other = one;
    other.index = 5;
    EXPECT_TRUE(one.SameBlock(other));
    const auto differs = [&one](auto change)
    {
        ShardFields changed = one;
        change(changed);
        return !one.SameBlock(changed) && !changed.SameBlock(one);
    };
    EXPECT_TRUE(differs([](ShardFields& f) { ++f.flow; }));
    EXPECT_TRUE(differs([](ShardFields& f) { ++f.block; }));
    EXPECT_TRUE(differs([](ShardFields& f) { ++f.datagram; }));
    EXPECT_TRUE(differs([](ShardFields& f) { ++f.first; }));
    EXPECT_TRUE(differs([](ShardFields& f) { ++f.k; }));
    EXPECT_TRUE(differs([](ShardFields& f) { ++f.n; }));
    EXPECT_TRUE(differs([](ShardFields& f) { f.code = SHARD_CODE_XOR; }));
}

} // namespace
