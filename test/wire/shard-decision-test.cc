// SPDX-License-Identifier: GPL-2.0-only
//
// Bodies of what a transformation node and the decisions tier say to each other: ask, decision,
// epoch.
//  1. each is on the wire as docs/wire-format.md says, byte by byte, and is read from bytes that
//     were typed by hand
//  2. what is written is read again, for random directives that can be
//  3. every cut and every byte behind it is refused, and nothing is read beyond the end
//  4. what contradicts itself is refused: a packet larger than IP has, a priority mark of more than
//     six bits, no path, no payload, no room for headers, unknown flags, actions and codes, more
//     replicas than three, unknown placements, a path without the placement that takes one
//  5. a directive is refused rule by rule, with each number at its limit and one beyond; and what
//     is refused of a directive is refused on the wire, where it can be said there at all

#include "wire/body-fixture.h"

#include "ns3/shard-decision.h"

#include <gtest/gtest.h>
#include <random>

namespace
{

using namespace ns3::sharding;
using wiretest::ExpectExactLength;
using wiretest::ReadBody;

using Bytes = std::vector<uint8_t>;

const Bytes ASK = {
    0x00, 0x00, 0x01, 0x02,             // node
    0x0a, 0x00, 0x00, 0x01,             // source
    0x0a, 0x01, 0x00, 0x02,             // destination
    0x13, 0x88, 0x00, 0x50,             // ports
    0x11,                               // protocol
    0x00, 0x00, 0x23, 0x28,             // size of its packet
    0x2e,                               // DSCP
    0x05, 0xac, 0x00, 0x02, 0x05, 0xdc, // largest shard payload, paths, MTU
    0x00, 0x01, 0x86, 0xa0,             // kbit/s
    0x00, 0x00, 0x4e, 0x20,             // propagation, us
    0x03,                               // flags
};

const Bytes DECISION = {
    0x0a, 0x00, 0x00, 0x01, 0x0a, 0x01, 0x00, 0x02, 0x13, 0x88, 0x00, 0x50, 0x11, // flow
    0x01, 0x02, 0x03, 0x04,                                                       // flow id
    0x00, 0x00, 0x00, 0x05,                                                       // epoch
    0x00, 0x00, 0x27, 0x10,                                                       // lifetime, ms
    0x01,                                                                         // shard
    0x01,                                                                         // header-first
    0x08, 0x00, 0x00,                   // data shards, bytes a shard
    0x02, 0x03, 0x04,                   // copies of the first shard, code, repair shards
    0x05,                               // depth of interleaving
    0x01, 0x01, 0x03,                   // all on a single path: number 259
    0x0a, 0x02, 0x00, 0x09, 0x12, 0x93, // put together there
    0x0a, 0x02, 0x00, 0x03, 0x1f, 0x90, // new destination
    0x02,                               // further ones
    0x0a, 0x02, 0x00, 0x04, 0x00, 0x00, //
    0x00, 0x00, 0x00, 0x00, 0x1f, 0x91, //
};
constexpr std::size_t ACTION = 25;
constexpr std::size_t FLAGS = 26;
constexpr std::size_t CODE = 31;
constexpr std::size_t PLACEMENT = 34;
constexpr std::size_t REPLICAS = 49;

/// @return the bytes with one of them changed
Bytes
With(Bytes bytes, std::size_t at, uint8_t value)
{
    bytes.at(at) = value;
    return bytes;
}

FlowKey
SomeFlow()
{
    FlowKey flow;
    flow.source = 0x0a000001;
    flow.destination = 0x0a010002;
    flow.sourcePort = 5000;
    flow.destinationPort = 80;
    flow.protocol = 17;
    return flow;
}

ShardDecision
MakeDecision()
{
    ShardDecision decision;
    decision.flow = SomeFlow();
    decision.id = 0x01020304;
    decision.epoch = 5;
    decision.lifetime = 10000;
    ShardDirective& d = decision.directive;
    d.action = ShardDirective::SHARD;
    d.headerFirst = true;
    d.shards = 8;
    d.protect = 2;
    d.code = SHARD_CODE_REED_SOLOMON;
    d.repair = 4;
    d.interleave = 5;
    d.placement = SHARD_PLACEMENT_SINGLE;
    d.path = 259;
    d.reassembly.address = 0x0a020009;
    d.reassembly.port = 4755;
    d.destination.address = 0x0a020003;
    d.destination.port = 8080;
    d.replicaCount = 2;
    d.replicas[0].address = 0x0a020004;
    d.replicas[1].port = 8081;
    return decision;
}

/// @return a directive that shards and is in order
ShardDirective
Plain()
{
    ShardDirective directive;
    directive.action = ShardDirective::SHARD;
    return directive;
}

bool
IsRefused(const ShardDirective& directive, uint32_t maxPayload = 0)
{
    return ShardDirectiveRefusal(directive, maxPayload) != nullptr;
}

/// @return what a reader says of a directive that is written as it is
ShardError
OnTheWire(const ShardDirective& directive)
{
    ShardDecision decision;
    decision.directive = directive;
    ShardDecision read;
    return ReadBody(decision.Write(), read);
}

TEST(ShardAsk, IsOnTheWireAsDocumented)
{
    ShardAsk ask;
    ask.node = 0x102;
    ask.flow = SomeFlow();
    ask.size = 9000;
    ask.dscp = 46;
    ask.maxPayload = 1452;
    ask.paths = 2;
    ask.mtu = 1500;
    ask.rate = 100000;
    ask.delay = 20000;
    ask.isFresh = ask.isArq = true;
    EXPECT_EQ(ask.Write(), ASK);
    ShardAsk read;
    ASSERT_EQ(ReadBody(ASK, read), SHARD_OK);
    EXPECT_EQ(read.node, 0x102u);
    EXPECT_EQ(read.flow, SomeFlow());
    EXPECT_EQ(read.size, 9000u);
    EXPECT_EQ(read.dscp, 46u);
    EXPECT_EQ(read.maxPayload, 1452u);
    EXPECT_EQ(read.paths, 2u);
    EXPECT_EQ(read.mtu, 1500u);
    EXPECT_EQ(read.rate, 100000u);
    EXPECT_EQ(read.delay, 20000u);
    EXPECT_TRUE(read.isFresh);
    EXPECT_TRUE(read.isArq);
    ASSERT_EQ(ReadBody(With(ASK, 36, 1), read), SHARD_OK);
    EXPECT_TRUE(read.isFresh);
    EXPECT_FALSE(read.isArq);
    ASSERT_EQ(ReadBody(With(ASK, 36, 2), read), SHARD_OK);
    EXPECT_FALSE(read.isFresh);
    EXPECT_TRUE(read.isArq);
}

TEST(ShardAsk, IsRefusedWhereItIsCutOrLonger)
{
    ExpectExactLength<ShardAsk>(ASK);
}

TEST(ShardAsk, IsRefusedWhereItContradictsItself)
{
    ShardAsk read;
    const auto with = [&read](const Bytes& bytes) { return ReadBody(bytes, read); };
    EXPECT_EQ(with(With(With(ASK, 19, 0xff), 20, 0xff)), SHARD_OK) << "65535 bytes";
    EXPECT_EQ(with(With(ASK, 18, 1)), SHARD_CONTRADICTION) << "larger than IP has";
    EXPECT_EQ(with(With(ASK, 21, 63)), SHARD_OK);
    EXPECT_EQ(with(With(ASK, 21, 64)), SHARD_CONTRADICTION) << "a DSCP has six bits";
    EXPECT_EQ(with(With(With(ASK, 22, 0), 23, 0)), SHARD_CONTRADICTION) << "no payload";
    EXPECT_EQ(with(With(ASK, 23, 0xdb)), SHARD_OK) << "a byte of headers";
    EXPECT_EQ(with(With(ASK, 23, 0xdc)), SHARD_CONTRADICTION) << "no room for headers";
    EXPECT_EQ(with(With(ASK, 25, 0)), SHARD_CONTRADICTION) << "no path";
    for (int bit = 2; bit < 8; ++bit)
    {
        EXPECT_EQ(with(With(ASK, 36, static_cast<uint8_t>(1 << bit))), SHARD_CONTRADICTION)
            << "flag " << bit;
    }
}

TEST(ShardDecision, IsOnTheWireAsDocumented)
{
    EXPECT_EQ(MakeDecision().Write(), DECISION);
    ShardDecision read;
    ASSERT_EQ(ReadBody(DECISION, read), SHARD_OK);
    EXPECT_EQ(read.flow, SomeFlow());
    EXPECT_EQ(read.id, 0x01020304u);
    EXPECT_EQ(read.epoch, 5u);
    EXPECT_EQ(read.lifetime, 10000u);
    EXPECT_EQ(read.directive, MakeDecision().directive);
}

TEST(ShardDecision, OfAFlowThatStaysPlainIsOnTheWireAsDocumented)
{
    ShardDecision decision;
    Bytes bytes(50);
    bytes[32 + 1] = 1; // one block: not interleaved
    EXPECT_EQ(decision.Write(), bytes);
    ShardDecision read = MakeDecision(); // what it said before is forgotten
    ASSERT_EQ(ReadBody(bytes, read), SHARD_OK);
    EXPECT_EQ(read.directive, ShardDirective());
}

TEST(ShardDecision, UnderASlidingWindowSaysHowManyBlocks)
{
    ShardDecision decision = MakeDecision();
    decision.directive.headerFirst = false;
    decision.directive.code = SHARD_CODE_SLIDING_WINDOW;
    decision.directive.window = 13;
    Bytes bytes = With(With(DECISION, FLAGS, 0), CODE, 4);
    bytes.insert(bytes.begin() + 34, 13);
    EXPECT_EQ(decision.Write(), bytes);
    ShardDecision read;
    ASSERT_EQ(ReadBody(bytes, read), SHARD_OK);
    EXPECT_EQ(read.directive, decision.directive);
    ExpectExactLength<ShardDecision>(bytes);
}

TEST(ShardDecision, WhatIsWrittenIsRead)
{
    std::mt19937 engine(7);
    int sharded = 0;
    for (int i = 0; i < 20000; ++i)
    {
        ShardDecision decision;
        decision.flow.source = engine();
        decision.flow.destination = engine();
        decision.flow.sourcePort = static_cast<uint16_t>(engine());
        decision.flow.destinationPort = static_cast<uint16_t>(engine());
        decision.flow.protocol = static_cast<uint8_t>(engine());
        decision.id = engine();
        decision.epoch = engine();
        decision.lifetime = engine();
        ShardDirective& d = decision.directive;
        d.action = static_cast<ShardDirective::Action>(engine() % 2);
        d.headerFirst = engine() % 2 == 0;
        (engine() % 2 == 0 ? d.shards : d.shardSize) = engine() % 256;
        d.protect = static_cast<uint8_t>(engine() % 16);
        d.code = static_cast<ShardCode>(engine() % 5);
        d.repair = static_cast<uint8_t>(engine() % 32);
        d.interleave = static_cast<uint8_t>(1 + engine() % 64);
        d.window = d.code == SHARD_CODE_SLIDING_WINDOW ? 1 + engine() % 16 : 8;
        d.placement = static_cast<ShardPlacementKind>(engine() % 5);
        d.path = d.placement == SHARD_PLACEMENT_SINGLE ? static_cast<uint16_t>(engine()) : 0;
        d.reassembly.address = engine();
        d.reassembly.port = static_cast<uint16_t>(engine());
        d.destination.address = engine();
        d.destination.port = static_cast<uint16_t>(engine());
        d.replicaCount = static_cast<uint8_t>(engine() % 4);
        for (uint8_t r = 0; r < d.replicaCount; ++r)
        {
            d.replicas[r].port = static_cast<uint16_t>(1 + engine() % 65535);
        }
        ShardDecision read;
        const ShardError error = ReadBody(decision.Write(), read);
        ASSERT_EQ(error, IsRefused(d) ? SHARD_CONTRADICTION : SHARD_OK) << i;
        if (error == SHARD_OK)
        {
            sharded += d.action == ShardDirective::SHARD;
            EXPECT_EQ(read.flow, decision.flow);
            EXPECT_EQ(read.id, decision.id);
            EXPECT_EQ(read.epoch, decision.epoch);
            EXPECT_EQ(read.lifetime, decision.lifetime);
            EXPECT_EQ(read.directive, d);
        }
    }
    EXPECT_GT(sharded, 4000) << "most of those that shard can be";
}

TEST(ShardDecision, IsRefusedWhereItIsCutOrLonger)
{
    ExpectExactLength<ShardDecision>(DECISION);
}

TEST(ShardDecision, IsRefusedWhereItContradictsItself)
{
    ShardDecision read;
    const auto with = [&read](std::size_t at, uint8_t value)
    { return ReadBody(With(DECISION, at, value), read); };
    EXPECT_EQ(with(ACTION, 2), SHARD_CONTRADICTION) << "unknown action";
    EXPECT_EQ(with(FLAGS, 2), SHARD_CONTRADICTION) << "unknown flag";
    EXPECT_EQ(with(FLAGS, 3), SHARD_CONTRADICTION) << "unknown flag";
    EXPECT_EQ(with(CODE, 0), SHARD_CONTRADICTION) << "repair shards without a code";
    EXPECT_EQ(with(CODE, 5), SHARD_CONTRADICTION) << "unknown code";
    EXPECT_EQ(with(29, 1), SHARD_CONTRADICTION) << "shards by number and by size";
    EXPECT_EQ(with(33, 0), SHARD_CONTRADICTION) << "interleaving of nothing";
    Bytes many = With(DECISION, REPLICAS, 4);
    for (int i = 0; i < 2; ++i)
    {
        many.insert(many.end(), DECISION.end() - 6, DECISION.end());
    }
    EXPECT_EQ(ReadBody(many, read), SHARD_CONTRADICTION) << "four replicas";
    EXPECT_NE(with(REPLICAS, 1), SHARD_OK) << "one replica more than it says";
    EXPECT_NE(with(REPLICAS, 3), SHARD_OK) << "one less";
    EXPECT_EQ(with(PLACEMENT, 0), SHARD_CONTRADICTION) << "a path, and left to the node";
    EXPECT_EQ(with(PLACEMENT, 2), SHARD_CONTRADICTION) << "a path, and all in turn";
    EXPECT_EQ(with(PLACEMENT, 5), SHARD_CONTRADICTION) << "unknown placement";
    EXPECT_EQ(with(55, 0x91), SHARD_OK);
    EXPECT_EQ(ReadBody(With(With(DECISION, 60, 0), 61, 0), read), SHARD_CONTRADICTION)
        << "a replica to where the packet goes";
}

TEST(ShardDecision, WithACodeThatIsNotKnownIsRefusedEvenWithoutRepairShards)
{
    // Its body may be longer than those of the codes that are known, as that of code 4 is.
    ShardDecision read;
    for (uint8_t code = 5; code != 0; code = static_cast<uint8_t>(2 * code))
    {
        EXPECT_EQ(ReadBody(With(With(DECISION, CODE, code), CODE + 1, 0), read),
                  SHARD_CONTRADICTION)
            << int(code);
        const Bytes plain = With(With(DECISION, ACTION, 0), CODE, code);
        EXPECT_EQ(ReadBody(plain, read), SHARD_CONTRADICTION) << int(code);
    }
}

TEST(ShardDecision, WithAPlacementThatIsNotKnownIsRefusedEvenForPlainPackets)
{
    ShardDecision read;
    Bytes plain(50);
    plain[32 + 1] = 1; // one block: not interleaved
    for (uint8_t kind = 0; kind <= 4; ++kind)
    {
        EXPECT_EQ(ReadBody(With(plain, PLACEMENT, kind), read), SHARD_OK) << int(kind);
        EXPECT_EQ(int(read.directive.placement), kind);
    }
    EXPECT_EQ(ReadBody(With(plain, PLACEMENT, 5), read), SHARD_CONTRADICTION);
    EXPECT_EQ(ReadBody(With(plain, PLACEMENT, 255), read), SHARD_CONTRADICTION);
    EXPECT_EQ(ReadBody(With(plain, PLACEMENT + 2, 1), read), SHARD_CONTRADICTION)
        << "a path of none";
}

TEST(ShardEpoch, IsOnTheWireAsDocumented)
{
    const Bytes bytes = {0x01, 0x02, 0x03, 0x04};
    ShardEpoch epoch;
    epoch.epoch = 0x01020304;
    EXPECT_EQ(epoch.Write(), bytes);
    ShardEpoch read;
    ASSERT_EQ(ReadBody(bytes, read), SHARD_OK);
    EXPECT_EQ(read.epoch, 0x01020304u);
    ExpectExactLength<ShardEpoch>(bytes);
}

TEST(ShardDirectiveRefusal, LetsPassWhatCanBe)
{
    EXPECT_FALSE(IsRefused(ShardDirective()));
    EXPECT_FALSE(IsRefused(Plain()));
    EXPECT_FALSE(IsRefused(Plain(), 1));
    EXPECT_FALSE(IsRefused(MakeDecision().directive));
}

TEST(ShardDirectiveRefusal, NumbersHaveLimits)
{
    const auto at = [](auto set, uint32_t value)
    {
        ShardDirective directive = Plain();
        set(directive, value);
        return IsRefused(directive);
    };
    const auto shards = [](ShardDirective& d, uint32_t v) { d.shards = v; };
    EXPECT_FALSE(at(shards, 255));
    EXPECT_TRUE(at(shards, 256));
    const auto size = [](ShardDirective& d, uint32_t v) { d.shardSize = v; };
    EXPECT_FALSE(at(size, 65535));
    EXPECT_TRUE(at(size, 65536));
    const auto depth = [](ShardDirective& d, uint32_t v) { d.interleave = uint8_t(v); };
    EXPECT_TRUE(at(depth, 0));
    EXPECT_FALSE(at(depth, 64));
    EXPECT_TRUE(at(depth, 65));
    const auto copies = [](ShardDirective& d, uint32_t v) { d.protect = uint8_t(v); };
    EXPECT_FALSE(at(copies, 15));
    EXPECT_TRUE(at(copies, 16));
    const auto action = [](ShardDirective& d, uint32_t v)
    { d.action = static_cast<ShardDirective::Action>(v); };
    EXPECT_FALSE(at(action, 0));
    EXPECT_TRUE(at(action, 2));
    EXPECT_TRUE(at(action, 255));
}

TEST(ShardDirectiveRefusal, ShardsAreByNumberOrBySizeAndPassTheMtu)
{
    ShardDirective directive = Plain();
    directive.shardSize = 1452;
    EXPECT_FALSE(IsRefused(directive, 1452));
    EXPECT_TRUE(IsRefused(directive, 1451));
    EXPECT_FALSE(IsRefused(directive, 0)) << "the MTU is not known";
    directive.shards = 2;
    EXPECT_TRUE(IsRefused(directive, 1452));
    EXPECT_EQ(OnTheWire(directive), SHARD_CONTRADICTION);
}

TEST(ShardPlacementRefusal, APathIsOneThatThereIsAndOnlyWhereOneTakesAll)
{
    ShardDirective directive = Plain();
    EXPECT_EQ(ShardPlacementRefusal(directive, 1), nullptr);
    directive.placement = SHARD_PLACEMENT_SINGLE;
    directive.path = 2;
    EXPECT_EQ(ShardPlacementRefusal(directive, 3), nullptr);
    EXPECT_STREQ(ShardPlacementRefusal(directive, 2), "a path that there is not");
    EXPECT_EQ(ShardPlacementRefusal(directive, 0), nullptr) << "how many is not known";
    EXPECT_FALSE(IsRefused(directive));
    for (ShardPlacementKind kind : {SHARD_PLACEMENT_NODE,
                                    SHARD_PLACEMENT_ROUND_ROBIN,
                                    SHARD_PLACEMENT_WEIGHTED,
                                    SHARD_PLACEMENT_LEAST_DELAY})
    {
        directive.placement = kind;
        directive.path = 2;
        EXPECT_TRUE(IsRefused(directive)) << int(kind);
        EXPECT_EQ(OnTheWire(directive), SHARD_CONTRADICTION) << int(kind);
        directive.path = 0;
        EXPECT_FALSE(IsRefused(directive)) << int(kind);
    }
}

TEST(ShardDirectiveRefusal, ReplicasGoSomewhereElse)
{
    ShardDirective directive; // also where the packet stays plain
    directive.replicaCount = 3;
    for (ShardTarget& target : directive.replicas)
    {
        target.address = 1;
    }
    EXPECT_FALSE(IsRefused(directive));
    directive.replicas[2] = ShardTarget();
    EXPECT_TRUE(IsRefused(directive));
    EXPECT_EQ(OnTheWire(directive), SHARD_CONTRADICTION);
    directive.replicas[2].port = 1;
    EXPECT_FALSE(IsRefused(directive));
    directive.replicaCount = 4;
    EXPECT_TRUE(IsRefused(directive));
}

TEST(ShardDirectiveRefusal, RepairShardsNeedACodeAndABlockThatHoldsThem)
{
    ShardDirective directive = Plain();
    directive.repair = 1;
    EXPECT_TRUE(IsRefused(directive));
    EXPECT_EQ(OnTheWire(directive), SHARD_CONTRADICTION);
    for (ShardCode code : {SHARD_CODE_REPETITION, SHARD_CODE_REED_SOLOMON})
    {
        directive = Plain();
        directive.code = code;
        EXPECT_FALSE(IsRefused(directive)) << "without repair shards any code will do";
        directive.repair = 254;
        EXPECT_FALSE(IsRefused(directive)) << "a block of one data shard";
        directive.repair = 255;
        EXPECT_TRUE(IsRefused(directive));
        directive.repair = 5;
        directive.shards = 250;
        EXPECT_FALSE(IsRefused(directive));
        directive.shards = 251;
        EXPECT_TRUE(IsRefused(directive));
        EXPECT_EQ(OnTheWire(directive), SHARD_CONTRADICTION);
    }
}

TEST(ShardDirectiveRefusal, OfParityNoMoreIsMadeThanThereAreDataShards)
{
    ShardDirective directive = Plain();
    directive.code = SHARD_CODE_XOR;
    directive.shards = 2;
    directive.repair = 200;
    EXPECT_FALSE(IsRefused(directive)) << "two parities are made";
    directive.shards = 128;
    EXPECT_TRUE(IsRefused(directive)) << "128 and 128 are 256";
    directive.repair = 127;
    EXPECT_FALSE(IsRefused(directive));
}

} // namespace
