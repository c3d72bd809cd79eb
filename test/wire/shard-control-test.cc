// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control messages:
 * 1. a request is on the wire as docs/wire-format.md draws it, byte by byte
 * 2. what is written is read again, for any shards of a block
 * 3. any single changed byte, any cut and any appended byte is refused
 * 4. a good tag over nonsense is refused, too; so is a message under another key
 */
#include "ns3/shard-control.h"
#include "ns3/shard-octets.h"

#include <gtest/gtest.h>
#include <random>

namespace
{

using namespace ns3::sharding;

const ShardTagKey KEY = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

ShardError
Read(const std::vector<uint8_t>& message, ShardRequest& request)
{
    ShardControlType type;
    uint32_t number = 0;
    const auto size = static_cast<uint32_t>(message.size());
    const ShardError error = ShardControl::Check(KEY, message.data(), size, type, number);
    return error != SHARD_OK ? error
                             : request.Read(message.data() + ShardControl::HEADER,
                                            size - ShardControl::HEADER - ShardControl::TRAILER);
}

std::vector<uint8_t>
Write(uint32_t number, const ShardRequest& request)
{
    return ShardControl::Frame(KEY, SHARD_CONTROL_REQUEST, number, request.Write());
}

/// Put the tag right again.
void
Seal(std::vector<uint8_t>& message)
{
    const std::size_t tagged = message.size() - 8;
    ShardPut64(&message[tagged], ShardTag(KEY, message.data(), tagged));
}

TEST(ShardControl, IsOnTheWireAsDocumented)
{
    ShardRequest request;
    request.flow = 0x01020304;
    request.block = 0x05060708;
    request.round = 2;
    request.wanted.Set(0);
    request.wanted.Set(9);
    const std::vector<uint8_t> message = Write(0x0a0b0c0d, request);
    const std::vector<uint8_t> expected = {0x1f, 1, 0, 28, 0x0a, 0x0b, 0x0c, 0x0d, 1,    2,
                                           3,    4, 5, 6,  7,    8,    2,    2,    0x80, 0x40};
    ASSERT_EQ(message.size(), 28u);
    EXPECT_EQ(std::vector<uint8_t>(message.begin(), message.begin() + 20), expected);
    EXPECT_TRUE(ShardControl::IsControl(message.data(), 28));
    ShardFields fields;
    EXPECT_EQ(ShardHeader::Peek(message.data(), 28, fields), SHARD_VERSION) << "no shard";
    request.whole = true;
    EXPECT_EQ(Write(1, request).size(), 26u);
}

TEST(ShardControl, WhatIsWrittenIsRead)
{
    std::mt19937 engine(3);
    for (int i = 0; i < 2000; ++i)
    {
        ShardRequest request;
        request.flow = engine();
        request.block = engine();
        request.round = static_cast<uint8_t>(1 + engine() % 255);
        request.whole = engine() % 8 == 0;
        for (uint32_t n = 1 + engine() % 20; n > 0 && !request.whole; --n)
        {
            request.wanted.Set(engine() % 255);
        }
        ShardRequest read;
        ASSERT_EQ(Read(Write(engine(), request), read), SHARD_OK);
        EXPECT_EQ(read.flow, request.flow);
        EXPECT_EQ(read.block, request.block);
        EXPECT_EQ(read.round, request.round);
        EXPECT_EQ(read.whole, request.whole);
        EXPECT_EQ(read.wanted, request.wanted);
    }
}

TEST(ShardControl, WhatWasChangedIsRefused)
{
    ShardRequest request;
    request.round = 1;
    request.wanted.Set(40);
    const std::vector<uint8_t> message = Write(7, request);
    ShardRequest read;
    for (std::size_t at = 0; at < message.size(); ++at)
    {
        for (int bit = 0; bit < 8; ++bit)
        {
            std::vector<uint8_t> changed = message;
            changed[at] ^= static_cast<uint8_t>(1 << bit);
            EXPECT_NE(Read(changed, read), SHARD_OK) << at << " " << bit;
        }
        const auto end = message.begin() + static_cast<std::ptrdiff_t>(at);
        EXPECT_NE(Read({message.begin(), end}, read), SHARD_OK) << at;
    }
    std::vector<uint8_t> longer = message;
    longer.push_back(0);
    EXPECT_EQ(Read(longer, read), SHARD_LENGTH);
}

TEST(ShardControl, NonsenseWithAGoodTagIsRefused)
{
    ShardRequest request;
    request.round = 1;
    request.wanted.Set(3);
    const std::vector<uint8_t> good = Write(7, request);
    ShardRequest read;
    const auto with = [&](std::size_t at, uint8_t value)
    {
        std::vector<uint8_t> message = good;
        message[at] = value;
        Seal(message);
        return Read(message, read);
    };
    EXPECT_EQ(with(16, 0), SHARD_CONTRADICTION) << "round 0";
    EXPECT_EQ(with(18, 0), SHARD_CONTRADICTION) << "asks for nothing";
    EXPECT_EQ(with(17, 2), SHARD_LENGTH) << "a longer map than there is";
    EXPECT_EQ(with(17, 0), SHARD_LENGTH) << "no map, but bytes of one";
    EXPECT_EQ(with(1, 9), SHARD_VERSION) << "unknown type";
    std::vector<uint8_t> wide = good;
    wide.insert(wide.begin() + 19, 31, 0xff); // a map of 32 bytes has a bit for shard 255
    wide[17] = 32;
    ShardPut16(&wide[2], static_cast<uint16_t>(wide.size()));
    Seal(wide);
    EXPECT_EQ(Read(wide, read), SHARD_CONTRADICTION);
}

TEST(ShardControl, AnotherKeyIsRefused)
{
    ShardRequest request;
    request.round = 1;
    request.wanted.Set(3);
    ShardTagKey other = KEY;
    other[15] ^= 1;
    ShardRequest read;
    EXPECT_EQ(Read(ShardControl::Frame(other, SHARD_CONTROL_REQUEST, 1, request.Write()), read),
              SHARD_FORGED);
}

} // namespace
