// SPDX-License-Identifier: GPL-2.0-only
//
//     header (20 bytes) | window | blocks: k, datagram size | coded bytes
//
// What is proved of the wire format of repair shards of the sliding window, typed by hand:
//  1. one that is right is taken, real and virtual
//  2. cut or longer by any number of bytes it is refused, and nothing behind the cut is read
//  3. every single flipped bit is refused
//  4. with a good checksum, each contradiction of prefix and header is refused by its reason
//  5. virtual payload: sizes that no prefix could make are refused
//  6. header-first sizing is refused, of data shards too; data shards have no prefix

#include "wire/wire-fixture.h"

#include "ns3/shard-header.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>

namespace
{

using namespace ns3::sharding;
using namespace wiretest;

ShardError
Parse(const ShardFields& fields, const Bytes& payload)
{
    const Bytes shard = WriteByHand(fields, payload);
    std::unique_ptr<uint8_t[]> copy(new uint8_t[shard.size()]);
    std::copy(shard.begin(), shard.end(), copy.get());
    const auto size = static_cast<uint32_t>(shard.size());
    ShardFields read;
    return ShardHeader::Parse(copy.get(), size, size - ShardHeader::SIZE, true, read);
}

ShardError
ParseVirtual(const ShardFields& fields, uint32_t payloadSize)
{
    const Bytes header = WriteByHand(fields, {}, false);
    ShardFields read;
    return ShardHeader::Parse(header.data(), ShardHeader::SIZE, payloadSize, false, read);
}

/// The third repair shard of a datagram of 10 bytes in 3 shards, whose window goes back to one of
/// 20 bytes in 2: symbols have 10 bytes.
ShardFields
Fields()
{
    ShardFields f;
    f.flow = 7;
    f.block = 258;
    f.datagram = 10;
    f.k = 3;
    f.n = 6;
    f.index = 5;
    f.code = SHARD_CODE_SLIDING_WINDOW;
    return f;
}

const Bytes PAYLOAD = {0x71, 2, 0, 20, 3, 0, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

TEST(ShardWindowHeader, TakesTheExampleOfThePage)
{
    const Bytes shard = {0x14, 0x03, 0x05, 0x03, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x01,
                         0x02, 0x00, 0x0a, 0x00, 0x00, 0xd7, 0x83, 0xc9, 0x09, 0x71, 0x02,
                         0x00, 0x05, 0x03, 0x00, 0x0a, 0x87, 0xa8, 0xd2, 0x0f};
    ShardFields read;
    EXPECT_EQ(ShardHeader::Parse(shard.data(), 31, 11, true, read), SHARD_OK);
    EXPECT_EQ(read.code, SHARD_CODE_SLIDING_WINDOW);
}

TEST(ShardWindowHeader, TakesWhatIsRight)
{
    EXPECT_EQ(Parse(Fields(), PAYLOAD), SHARD_OK);
    EXPECT_EQ(ParseVirtual(Fields(), 17), SHARD_OK);
}

TEST(ShardWindowHeader, RefusesAnyOtherLength)
{
    for (std::size_t size = 0; size < PAYLOAD.size() + 20; ++size)
    {
        Bytes payload = PAYLOAD;
        payload.resize(size);
        const ShardError expected = size == PAYLOAD.size() ? SHARD_OK
                                    : size < 7             ? SHARD_CONTRADICTION // cut prefix
                                                           : SHARD_LENGTH;
        EXPECT_EQ(Parse(Fields(), payload), expected) << size;
    }
}

TEST(ShardWindowHeader, RefusesEveryFlippedBit)
{
    Bytes shard = WriteByHand(Fields(), PAYLOAD);
    const auto size = static_cast<uint32_t>(shard.size());
    for (std::size_t bit = 0; bit < 8 * shard.size(); ++bit)
    {
        shard[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
        ShardFields read;
        EXPECT_NE(ShardHeader::Parse(shard.data(), size, size - ShardHeader::SIZE, true, read),
                  SHARD_OK)
            << "bit " << bit;
        shard[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    }
}

TEST(ShardWindowHeader, RefusesContradictions)
{
    const auto with = [](std::size_t at, uint8_t value)
    {
        Bytes payload = PAYLOAD;
        payload[at] = value;
        return Parse(Fields(), payload);
    };
    EXPECT_EQ(with(0, 0x11), SHARD_OK) << "a window of two";
    EXPECT_EQ(with(0, 0x01), SHARD_CONTRADICTION) << "two blocks in a window of one";
    EXPECT_EQ(with(0, 0x7f), SHARD_CONTRADICTION) << "more blocks than the window has";
    EXPECT_EQ(with(0, 0x70), SHARD_CONTRADICTION) << "its own block is the last one";
    EXPECT_EQ(with(1, 0), SHARD_CONTRADICTION);
    EXPECT_EQ(with(1, 21), SHARD_CONTRADICTION);
    EXPECT_EQ(with(1, 3), SHARD_LENGTH) << "symbols of 7";
    EXPECT_EQ(with(3, 22), SHARD_LENGTH) << "symbols of 11";
    EXPECT_EQ(with(3, 19), SHARD_OK) << "10 and 9";
    EXPECT_EQ(with(4, 2), SHARD_CONTRADICTION) << "another k than the header's";
    EXPECT_EQ(with(6, 11), SHARD_CONTRADICTION) << "another datagram than the header's";
}

TEST(ShardWindowHeader, BoundsSizesWhereThereAreNoBytes)
{
    // A prefix of one block and its symbol of 4; sixteen blocks, the largest datagram in one shard.
    EXPECT_EQ(ParseVirtual(Fields(), 7), SHARD_LENGTH);
    EXPECT_EQ(ParseVirtual(Fields(), 8), SHARD_OK);
    EXPECT_EQ(ParseVirtual(Fields(), 65584), SHARD_OK);
    EXPECT_EQ(ParseVirtual(Fields(), 65585), SHARD_LENGTH);
}

TEST(ShardWindowHeader, DataShardsAreThoseOfEqualSizes)
{
    ShardFields f = Fields();
    f.index = 1;
    EXPECT_EQ(Parse(f, {1, 2, 3}), SHARD_OK);
    EXPECT_EQ(Parse(f, {1, 2, 3, 4}), SHARD_LENGTH);
    f.first = 4; // sizes would be 4, 3 and 3 all the same
    EXPECT_EQ(Parse(f, {1, 2, 3}), SHARD_CONTRADICTION);
    f.index = 5;
    EXPECT_EQ(Parse(f, PAYLOAD), SHARD_CONTRADICTION);
    EXPECT_EQ(ParseVirtual(f, 17), SHARD_CONTRADICTION);
}

} // namespace
