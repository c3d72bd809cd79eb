// SPDX-License-Identifier: GPL-2.0-only
//
// Bodies of what the receiver and the sender say of the way between them: probe, report,
// capability.
//  1. each is on the wire as docs/wire-format.md says, byte by byte, and is read from bytes that
//     were typed by hand
//  2. what is written is read again, for random contents
//  3. every cut and every byte behind it is refused, and nothing is read beyond the end
//  4. what contradicts itself is refused: a report of number 0, a time beyond what there can be,
//     more lost than expected, more pairs than lost, more pairs lost than pairs, more flows than
//     blocks, more probes lost than due, more than 64 paths, percentiles that fall, unknown flags,
//     an MTU that IP does not know
//  5. percentiles of no probes mean nothing, and may be anything

#include "wire/body-fixture.h"

#include "ns3/shard-report.h"

#include <gtest/gtest.h>
#include <random>

namespace
{

using namespace ns3::sharding;
using wiretest::ExpectExactLength;
using wiretest::ReadBody;

using Bytes = std::vector<uint8_t>;

const Bytes PROBE = {
    0x31, 0x32, 0x33,
    0x34, // number
    0x00, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05,
    0x06, // time, ns
    0x11, 0x12, 0x13,
    0x14, // number of the report that came last
    0x21, 0x22, 0x23,
    0x24, // how long ago, us
};

const Bytes REPORT = {
    0x00, 0x00, 0x00, 0x07,                         // number
    0x00, 0x00, 0x00, 0x0b, 0xeb, 0xc2, 0x00, 0x01, // end of the interval, ns
    0x00, 0x01, 0x86, 0xa0,                         // its length, us
    0x00, 0x00, 0x10, 0x05,                         // shards expected
    0x00, 0x00, 0x10, 0x04,                         // of these lost
    0x00, 0x00, 0x10, 0x03,                         // lost ones whose successor is known
    0x00, 0x00, 0x10, 0x02,                         // of these successors lost
    0x00, 0x00, 0x10, 0x01,                         // blocks begun
    0x00, 0x00, 0x10, 0x00,                         // flows
    0x00, 0x00, 0x05, 0x78,                         // mean payload of a shard
    0x00, 0x00, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, // payload bytes of shards
    0x00, 0x00, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, // bytes of datagrams released
    0x51, 0x52, 0x53, 0x54,                         // shards marked
    0x61, 0x62, 0x63, 0x64,                         // round trip, us
    0x00, 0x00, 0x20, 0x02,                         // probes due
    0x00, 0x00, 0x20, 0x01,                         // of these lost
    0x02,                                           // paths
    0x00, 0x01, 0x00, 0x40,                         // path 1, 64 probes
    0x00, 0x00, 0x27, 0x10, 0x00, 0x00, 0x27, 0x11, // least, 50th
    0x00, 0x00, 0x27, 0x12, 0x00, 0x00, 0x27, 0x13, // 90th, 99th
    0x03, 0x02, 0x00, 0x01,                         // path 770, one probe
    0x00, 0x00, 0x00, 0x09, 0x00, 0x00, 0x00, 0x09, //
    0x00, 0x00, 0x00, 0x09, 0x00, 0x00, 0x00, 0x09, //
};
constexpr std::size_t PATHS_AT = 76;      ///< place of the number of paths
constexpr std::size_t FIRST_PATH_AT = 77; ///< place of the first path, 20 bytes long

const Bytes CAPABILITY = {
    0x01, // it reassembles
    0x05,
    0xdc, // MTU
    0x00,
    0x0f,
    0x42,
    0x40, // shards a second
    0x00,
    0x0f, // codes
    0x00,
    0x00,
    0x00,
    0x01,
    0x00,
    0x00,
    0x00,
    0x02, // memory
};

ShardReport
MakeReport()
{
    ShardReport report;
    report.number = 7;
    report.at = 0xbebc20001;
    report.interval = 100000;
    report.expected = 0x1005;
    report.lost = 0x1004;
    report.pairs = 0x1003;
    report.pairsLost = 0x1002;
    report.blocks = 0x1001;
    report.flows = 0x1000;
    report.shardBytes = 1400;
    report.bytes = 0x313233343536;
    report.delivered = 0x414243444546;
    report.marked = 0x51525354;
    report.trip = 0x61626364;
    report.probes = 0x2002;
    report.probesLost = 0x2001;
    ShardPathReport path;
    path.path = 1;
    path.count = 64;
    path.least = 10000;
    path.p50 = 10001;
    path.p90 = 10002;
    path.p99 = 10003;
    report.paths.push_back(path);
    path.path = 770;
    path.count = 1;
    path.least = path.p50 = path.p90 = path.p99 = 9;
    report.paths.push_back(path);
    return report;
}

void
ExpectSame(const ShardReport& a, const ShardReport& b)
{
    EXPECT_EQ(a.number, b.number);
    EXPECT_EQ(a.at, b.at);
    EXPECT_EQ(a.interval, b.interval);
    EXPECT_EQ(a.expected, b.expected);
    EXPECT_EQ(a.lost, b.lost);
    EXPECT_EQ(a.pairs, b.pairs);
    EXPECT_EQ(a.pairsLost, b.pairsLost);
    EXPECT_EQ(a.blocks, b.blocks);
    EXPECT_EQ(a.flows, b.flows);
    EXPECT_EQ(a.shardBytes, b.shardBytes);
    EXPECT_EQ(a.bytes, b.bytes);
    EXPECT_EQ(a.delivered, b.delivered);
    EXPECT_EQ(a.marked, b.marked);
    EXPECT_EQ(a.trip, b.trip);
    EXPECT_EQ(a.probes, b.probes);
    EXPECT_EQ(a.probesLost, b.probesLost);
    ASSERT_EQ(a.paths.size(), b.paths.size());
    for (std::size_t i = 0; i < a.paths.size(); ++i)
    {
        EXPECT_EQ(a.paths[i].path, b.paths[i].path);
        EXPECT_EQ(a.paths[i].count, b.paths[i].count);
        EXPECT_EQ(a.paths[i].least, b.paths[i].least);
        EXPECT_EQ(a.paths[i].p50, b.paths[i].p50);
        EXPECT_EQ(a.paths[i].p90, b.paths[i].p90);
        EXPECT_EQ(a.paths[i].p99, b.paths[i].p99);
    }
}

/// @return the bytes with one of them changed
Bytes
With(Bytes bytes, std::size_t at, uint8_t value)
{
    bytes.at(at) = value;
    return bytes;
}

TEST(ShardProbe, IsOnTheWireAsDocumented)
{
    ShardProbe probe;
    probe.number = 0x31323334;
    probe.at = 0x010203040506;
    probe.report = 0x11121314;
    probe.held = 0x21222324;
    EXPECT_EQ(probe.Write(), PROBE);
    ShardProbe read;
    ASSERT_EQ(ReadBody(PROBE, read), SHARD_OK);
    EXPECT_EQ(read.number, 0x31323334u);
    EXPECT_EQ(read.at, 0x010203040506u);
    EXPECT_EQ(read.report, 0x11121314u);
    EXPECT_EQ(read.held, 0x21222324u);
}

TEST(ShardProbe, IsRefusedWhereItIsCutOrLongerOrOfNoTimeOrNumber)
{
    ExpectExactLength<ShardProbe>(PROBE);
    ShardProbe read;
    EXPECT_EQ(ReadBody(With(PROBE, 4, 0x7f), read), SHARD_OK);
    EXPECT_EQ(ReadBody(With(PROBE, 4, 0x80), read), SHARD_CONTRADICTION);
    Bytes unnumbered = PROBE;
    std::fill_n(unnumbered.begin(), 4, 0);
    EXPECT_EQ(ReadBody(unnumbered, read), SHARD_CONTRADICTION);
}

TEST(ShardReport, IsOnTheWireAsDocumented)
{
    EXPECT_EQ(MakeReport().Write(), REPORT);
    ShardReport read;
    ASSERT_EQ(ReadBody(REPORT, read), SHARD_OK);
    ExpectSame(read, MakeReport());
}

TEST(ShardReport, WhatIsWrittenIsRead)
{
    std::mt19937 engine(5);
    ShardReport read = MakeReport(); // what it said before is forgotten
    for (int i = 0; i < 2000; ++i)
    {
        const auto upTo = [&engine](uint32_t most)
        { return most == UINT32_MAX ? uint32_t(engine()) : uint32_t(engine()) % (most + 1); };
        ShardReport report;
        report.number = 1 + upTo(UINT32_MAX - 1);
        report.at = (uint64_t(engine()) << 32 | engine()) >> 1;
        report.interval = upTo(UINT32_MAX);
        report.expected = upTo(UINT32_MAX);
        report.lost = upTo(report.expected);
        report.pairs = upTo(report.lost);
        report.pairsLost = upTo(report.pairs);
        report.blocks = upTo(UINT32_MAX);
        report.flows = upTo(report.blocks);
        report.shardBytes = upTo(UINT32_MAX);
        report.bytes = uint64_t(engine()) << 32 | engine();
        report.delivered = uint64_t(engine()) << 32 | engine();
        report.marked = upTo(UINT32_MAX);
        report.trip = upTo(UINT32_MAX);
        report.probes = upTo(UINT32_MAX);
        report.probesLost = upTo(report.probes);
        for (uint32_t left = i % 65; left > 0; --left)
        {
            ShardPathReport path;
            path.path = static_cast<uint16_t>(engine());
            path.count = static_cast<uint16_t>(engine());
            path.p99 = upTo(UINT32_MAX);
            path.p90 = upTo(path.p99);
            path.p50 = upTo(path.p90);
            path.least = upTo(path.p50);
            report.paths.push_back(path);
        }
        ASSERT_EQ(ReadBody(report.Write(), read), SHARD_OK);
        ExpectSame(read, report);
    }
}

TEST(ShardReport, IsRefusedWhereItIsCutOrLonger)
{
    ExpectExactLength<ShardReport>(REPORT);
    ShardReport none;
    none.number = 1;
    ExpectExactLength<ShardReport>(none.Write());
}

TEST(ShardReport, IsRefusedWhereItContradictsItself)
{
    ShardReport read;
    const auto with = [&read](std::size_t at, uint8_t value)
    { return ReadBody(With(REPORT, at, value), read); };
    EXPECT_EQ(with(3, 0), SHARD_CONTRADICTION) << "number 0";
    EXPECT_EQ(with(4, 0x80), SHARD_CONTRADICTION) << "a time of 2^63 ns";
    EXPECT_EQ(with(19, 0x04), SHARD_OK) << "all lost";
    EXPECT_EQ(with(19, 0x03), SHARD_CONTRADICTION) << "more lost than expected";
    EXPECT_EQ(with(27, 0x04), SHARD_OK) << "as many pairs as lost";
    EXPECT_EQ(with(27, 0x05), SHARD_CONTRADICTION) << "more pairs than lost";
    EXPECT_EQ(with(31, 0x03), SHARD_OK) << "all of them lost";
    EXPECT_EQ(with(31, 0x04), SHARD_CONTRADICTION) << "more pairs lost than pairs";
    EXPECT_EQ(with(39, 0x01), SHARD_OK) << "a flow for each block";
    EXPECT_EQ(with(39, 0x02), SHARD_CONTRADICTION) << "more flows than blocks";
    EXPECT_EQ(with(PATHS_AT - 1, 0x02), SHARD_OK) << "all probes lost";
    EXPECT_EQ(with(PATHS_AT - 1, 0x03), SHARD_CONTRADICTION) << "more probes lost than were due";
    EXPECT_EQ(with(FIRST_PATH_AT + 7, 0x11), SHARD_OK) << "least = 50th";
    EXPECT_EQ(with(FIRST_PATH_AT + 7, 0x12), SHARD_CONTRADICTION) << "least > 50th";
    EXPECT_EQ(with(FIRST_PATH_AT + 11, 0x13), SHARD_CONTRADICTION) << "50th > 90th";
    EXPECT_EQ(with(FIRST_PATH_AT + 15, 0x14), SHARD_CONTRADICTION) << "90th > 99th";
    EXPECT_NE(with(PATHS_AT, 1), SHARD_OK) << "a path more than it says";
    EXPECT_NE(with(PATHS_AT, 3), SHARD_OK) << "a path less than it says";
}

TEST(ShardReport, SpeaksOfNoMoreThan64Paths)
{
    ShardReport report = MakeReport();
    report.paths.resize(64);
    ShardReport read;
    EXPECT_EQ(ReadBody(report.Write(), read), SHARD_OK);
    EXPECT_EQ(read.paths.size(), 64u);
    report.paths.resize(65);
    EXPECT_EQ(ReadBody(report.Write(), read), SHARD_CONTRADICTION);
}

TEST(ShardReport, PercentilesOfNoProbesMeanNothing)
{
    Bytes bytes = With(With(REPORT, FIRST_PATH_AT + 3, 0), FIRST_PATH_AT + 7, 0xff);
    ShardReport read;
    ASSERT_EQ(ReadBody(bytes, read), SHARD_OK);
    EXPECT_EQ(read.paths[0].count, 0u);
    EXPECT_EQ(read.paths[1].p50, 9u) << "the next path is read from its place";
}

TEST(ShardReport, LossIsAShareOfWhatWasExpected)
{
    ShardReport report;
    EXPECT_EQ(report.Loss(), 0.0);
    report.expected = 8;
    report.lost = 2;
    EXPECT_EQ(report.Loss(), 0.25);
}

TEST(ShardCapability, IsOnTheWireAsDocumented)
{
    ShardCapability can;
    can.reassembles = true;
    can.mtu = 1500;
    can.shardRate = 1000000;
    can.codes = 0x000f;
    can.memory = 0x0000000100000002;
    EXPECT_EQ(can.Write(), CAPABILITY);
    ShardCapability read;
    ASSERT_EQ(ReadBody(CAPABILITY, read), SHARD_OK);
    EXPECT_TRUE(read.reassembles);
    EXPECT_EQ(read.mtu, 1500u);
    EXPECT_EQ(read.shardRate, 1000000u);
    EXPECT_EQ(read.codes, 15u);
    EXPECT_EQ(read.memory, 0x100000002u);
    ASSERT_EQ(ReadBody(With(CAPABILITY, 0, 0), read), SHARD_OK);
    EXPECT_FALSE(read.reassembles);
}

TEST(ShardCapability, IsRefusedWhereItIsCutOrLongerOrNonsense)
{
    ExpectExactLength<ShardCapability>(CAPABILITY);
    ShardCapability read;
    for (int bit = 1; bit < 8; ++bit)
    {
        EXPECT_EQ(ReadBody(With(CAPABILITY, 0, static_cast<uint8_t>(1 | 1 << bit)), read),
                  SHARD_CONTRADICTION)
            << "flag " << bit;
    }
    const Bytes small = With(CAPABILITY, 1, 0);
    EXPECT_EQ(ReadBody(With(small, 2, 68), read), SHARD_OK) << "RFC 791: 68 bytes pass";
    EXPECT_EQ(ReadBody(With(small, 2, 67), read), SHARD_CONTRADICTION);
    EXPECT_EQ(ReadBody(With(With(small, 2, 67), 0, 0), read), SHARD_OK)
        << "of one that does not reassemble the MTU means nothing";
}

} // namespace
