// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sealed shards as docs/wire-format.md draws them:
 * 1. header and prefix byte by byte, with real payload and with virtual
 * 2. whoever takes plain shards only refuses them as of an unknown version; whoever only classifies
 *    reads their fields
 * 3. cut anywhere, of any other length, or with any bit flipped: refused
 */
#include "wire/wire-fixture.h"

#include "ns3/shard-header.h"
#include "ns3/shard-packet-header.h"
#include <ns3/packet.h>

#include <gtest/gtest.h>
#include <sstream>

namespace
{

using namespace ns3::sharding;
using wiretest::Bytes;
using wiretest::SlowCrc32c;

// Shard 1 of ten bytes in three data shards and one parity: it has three bytes.
ShardFields
Example()
{
    ShardFields f;
    f.flow = 7;
    f.block = 258;
    f.datagram = 10;
    f.index = 1;
    f.k = 3;
    f.n = 4;
    f.code = SHARD_CODE_XOR;
    return f;
}

ShardSeal
ExampleSeal()
{
    ShardSeal seal;
    seal.key = 2;
    seal.unit = 3;
    seal.counter = 0x10002;
    seal.sequence = 0x42;
    seal.present = true;
    return seal;
}

const Bytes FRONT = {0x22, 3, 4, 1, 0, 0, 0, 7, 0, 0, 1, 2, 0, 10, 0, 0};
const Bytes PREFIX = {2, 3, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0x42};

/// By hand: header, prefix, and so many bytes of ciphertext and tag, made up.
Bytes
ByHand(uint32_t hidden, bool real)
{
    Bytes behind = PREFIX;
    for (uint32_t i = 0; i < hidden; ++i)
    {
        behind.push_back(static_cast<uint8_t>(31 * i + 5));
    }
    Bytes covered = FRONT;
    covered.insert(covered.end(), behind.begin(), real ? behind.end() : behind.begin() + 12);
    const uint32_t crc = SlowCrc32c(covered);
    Bytes shard = FRONT;
    for (const int shift : {24, 16, 8, 0})
    {
        shard.push_back(static_cast<uint8_t>(crc >> shift));
    }
    shard.insert(shard.end(), behind.begin(), behind.end());
    return shard;
}

/// From memory of exactly that size.
ShardError
Parse(const Bytes& bytes, uint32_t payloadSize, bool real, ShardFields& fields, ShardSeal* seal)
{
    const Bytes exact(bytes.begin(), bytes.end());
    return ShardHeader::Parse(exact.data(),
                              static_cast<uint32_t>(exact.size()),
                              payloadSize,
                              real,
                              fields,
                              seal);
}

ShardError
ParseReal(const Bytes& bytes)
{
    ShardFields fields;
    ShardSeal seal;
    return Parse(bytes,
                 bytes.size() < 20 ? 0 : static_cast<uint32_t>(bytes.size() - 20),
                 true,
                 fields,
                 &seal);
}

TEST(ShardSeal, IsByteByByteWhatTheWireFormatDraws)
{
    for (const bool real : {true, false})
    {
        SCOPED_TRACE(real ? "real payload" : "virtual payload");
        const Bytes want = ByHand(19, real);
        Bytes got(ShardHeader::SIZE + 1, 0xee);
        ShardHeader::Write(Example(), real ? &want[20] : nullptr, 31, got.data(), ExampleSeal());
        EXPECT_EQ(got.back(), 0xee) << "a byte behind the header was written";
        got.pop_back();
        EXPECT_EQ(got, Bytes(want.begin(), want.begin() + 20));
        Bytes prefix(13, 0xee);
        ExampleSeal().Write(prefix.data());
        EXPECT_EQ(prefix.back(), 0xee);
        prefix.pop_back();
        EXPECT_EQ(prefix, PREFIX);

        ShardFields read;
        ShardSeal seal;
        const Bytes came = real ? want : Bytes(want.begin(), want.begin() + 32);
        ASSERT_EQ(Parse(came, 31, real, read, &seal), SHARD_OK);
        EXPECT_TRUE(read.SameBlock(Example()));
        EXPECT_EQ(read.index, 1);
        EXPECT_TRUE(seal.present);
        EXPECT_EQ(seal.key, 2);
        EXPECT_EQ(seal.unit, 3);
        EXPECT_EQ(seal.counter, 0x10002U);
        EXPECT_EQ(seal.sequence, 0x42U);

        ShardFields peeked;
        EXPECT_EQ(ShardHeader::Peek(want.data(), 20, peeked), SHARD_OK);
        EXPECT_TRUE(peeked.SameBlock(Example()));
        EXPECT_EQ(Parse(came, 31, real, read, nullptr), SHARD_VERSION);
    }
}

TEST(ShardSeal, CountsToItsLimits)
{
    ShardSeal most;
    most.key = 255;
    most.unit = 255;
    most.counter = 0xfedcba987654;
    most.sequence = 0xfffefdfc;
    uint8_t out[12];
    most.Write(out);
    EXPECT_EQ(Bytes(out, out + 12),
              (Bytes{255, 255, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0xff, 0xfe, 0xfd, 0xfc}));
    const ShardSeal read = ShardSeal::Read(out);
    EXPECT_EQ(read.counter, most.counter);
    EXPECT_EQ(read.sequence, most.sequence);
}

TEST(ShardSeal, CutOrLengthenedIsRefused)
{
    const Bytes whole = ByHand(19, true);
    ASSERT_EQ(ParseReal(whole), SHARD_OK);
    for (std::size_t size = 0; size < whole.size(); ++size)
    {
        const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(ParseReal(cut), size < 48 ? SHARD_TRUNCATED : SHARD_LENGTH) << size;
        ShardFields fields;
        ShardSeal seal;
        EXPECT_NE(Parse(cut, 31, true, fields, &seal), SHARD_OK) << "says that it is whole";
        const ShardError virtually = Parse(cut, 31, false, fields, &seal);
        EXPECT_EQ(virtually, size < 32 ? SHARD_TRUNCATED : SHARD_CHECKSUM) << size;
    }
    Bytes longer = whole;
    longer.push_back(0);
    EXPECT_EQ(ParseReal(longer), SHARD_LENGTH);
    const Bytes header = ByHand(0, false);
    for (uint32_t size = 0; size < 100; ++size)
    {
        ShardFields fields;
        ShardSeal seal;
        EXPECT_EQ(Parse(header, size, false, fields, &seal),
                  size == 31  ? SHARD_OK
                  : size < 28 ? SHARD_TRUNCATED
                              : SHARD_LENGTH)
            << size;
    }
}

TEST(ShardSeal, RefusesEveryFlippedBit)
{
    for (const bool real : {true, false})
    {
        Bytes shard = ByHand(real ? 19 : 0, real);
        ShardFields fields;
        ShardSeal seal;
        ASSERT_EQ(Parse(shard, 31, real, fields, &seal), SHARD_OK);
        for (std::size_t bit = 0; bit < 8 * shard.size(); ++bit)
        {
            shard[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
            ASSERT_NE(Parse(shard, 31, real, fields, &seal), SHARD_OK) << "bit " << bit;
            shard[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
        }
    }
}

TEST(ShardSeal, HidesThePrefixOfASlidingWindowRepairShardButNotItsBounds)
{
    ShardFields f = Example();
    f.code = SHARD_CODE_SLIDING_WINDOW;
    f.index = 3;
    uint8_t header[32];
    ShardSeal seal = ExampleSeal();
    seal.Write(header + 20);
    for (const uint32_t payload : {28U + 7U, 28U + 8U, 28U + 49U + 65535U, 28U + 49U + 65536U})
    {
        ShardHeader::Write(f, nullptr, payload, header, seal);
        ShardFields read;
        const bool fits = payload >= 28 + 8 && payload <= 28 + 49 + 65535; // longest shard: 4
        EXPECT_EQ(ShardHeader::Parse(header, 32, payload, false, read, &seal),
                  fits ? SHARD_OK : SHARD_LENGTH)
            << payload;
    }
}

TEST(ShardPacketHeader, CarriesASealWithVirtualPayload)
{
    ns3::Ptr<ns3::Packet> packet = ns3::Create<ns3::Packet>(19);
    packet->AddHeader(ShardPacketHeader(Example(), ExampleSeal(), 31));
    ASSERT_EQ(packet->GetSize(), 51U) << "as many bytes as with real payload";
    Bytes bytes(32);
    packet->CopyData(bytes.data(), 32);
    EXPECT_EQ(bytes, ByHand(0, false));
    ShardPacketHeader header;
    EXPECT_EQ(packet->RemoveHeader(header), 32U);
    std::ostringstream text;
    text << header;
    EXPECT_NE(text.str().find("key 2 unit 3 counter 65538 sequence 66"), std::string::npos)
        << text.str();
}

} // namespace
