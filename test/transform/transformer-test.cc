// SPDX-License-Identifier: GPL-2.0-only
//
//     datagrams --> ShardTransformer --> shards (recorded)
//                                    \-> datagrams that stay plain (recorded)
//
// What is proved of how a datagram becomes a block:
//  1. k follows from the smallest MTU, from a shard size or from the directive; sizes, offsets,
//     indexes and fields are those of the cut; the paths are taken in turn
//  2. header-first: the headers alone in shard 0, its copies at the end; not where nothing is left
//  3. a datagram of fewer bytes than shards is cut into single bytes
//  4. repair: XOR at most k, others as said; a block beyond 255 shards stays plain, as does a code
//     that does not work on blocks
//  5. replicas are whole datagrams
//  6. flows: one question and one id for each 5-tuple, block numbers of its own
//  7. real payload: shards are slices of the datagram, and from any k of n a ShardBlockDecoder has
//     it back; virtual payload gives the same shards without bytes
//  8. every shard and byte is counted; both decisions are traced
//  9. an MTU without room, and a placement that names no path, end the program with a clear line

#include "transform/transformer-fixture.h"

#include "ns3/shard-block-decoder.h"

#include <cstring>
#include <numeric>

namespace
{

using namespace ns3;
using namespace ns3::sharding;
using namespace transformtest;

using Sizes = std::vector<uint32_t>;
using Numbers = std::vector<int>;

/// @return from, from + 1, ... (count of them)
Numbers
Count(int count, int from = 0)
{
    Numbers numbers(static_cast<std::size_t>(count));
    std::iota(numbers.begin(), numbers.end(), from);
    return numbers;
}

using Transformer = TransformerStory;

TEST_F(Transformer, CutsIntoAsManyShardsAsTheMtuNeeds)
{
    // 1500 - 48 = 1452 bytes a shard at most; 9028 = 6.2 * 1452, and 9028 = 7 * 1289 + 5.
    Ptr<Datagram> datagram = Submit(9028);
    EXPECT_EQ(sink.Sizes(), (Sizes{1290, 1290, 1290, 1290, 1290, 1289, 1289}));
    EXPECT_EQ(sink.Indexes(), Count(7));
    EXPECT_EQ(sink.Paths(), (Numbers{0, 1, 0, 1, 0, 1, 0}));
    uint32_t offset = 0;
    for (const auto& arrival : sink.arrivals)
    {
        const Shard& shard = arrival.shard;
        EXPECT_EQ(shard.offset, offset);
        offset += shard.size;
        EXPECT_EQ(shard.fields.flow, 0U);
        EXPECT_EQ(shard.fields.block, 0U);
        EXPECT_EQ(shard.fields.datagram, 9028);
        EXPECT_EQ(shard.fields.first, 0);
        EXPECT_EQ(shard.fields.k, 7);
        EXPECT_EQ(shard.fields.n, 7);
        EXPECT_EQ(shard.fields.code, SHARD_CODE_NONE);
        EXPECT_EQ(shard.origin, datagram);
        EXPECT_EQ(shard.dscp, 10);
        EXPECT_EQ(shard.Payload(), nullptr);
    }
    EXPECT_EQ(offset, 9028U);
    EXPECT_TRUE(forwarded.empty());
}

TEST_F(Transformer, NeedsOneShardMoreForTheFirstByteThatDoesNotFit)
{
    Submit(1452);
    EXPECT_EQ(sink.Sizes(), (Sizes{1452}));
    sink.arrivals.clear();
    Submit(1453);
    EXPECT_EQ(sink.Sizes(), (Sizes{727, 726}));
    EXPECT_EQ(sink.Paths(), (Numbers{1, 0})) << "the turn goes on from block to block";
}

TEST_F(Transformer, TakesTheSmallestMtuOfAllPaths)
{
    SetMtus({9000, 576, 1500}); // 528 bytes of payload
    Submit(1056);
    EXPECT_EQ(sink.Sizes(), (Sizes{528, 528}));
    ASSERT_EQ(policy->asked.size(), 1U);
    EXPECT_EQ(policy->asked[0].maxPayload, 528U);
    EXPECT_EQ(policy->asked[0].paths, 3U);
}

TEST_F(Transformer, TakesTheShardSizeOrTheNumberThatTheDirectiveSays)
{
    directive.shardSize = 400;
    Submit(1000, 1);
    EXPECT_EQ(sink.Sizes(), (Sizes{334, 333, 333}));
    sink.arrivals.clear();
    directive.shards = 5; // goes before a size
    Submit(1001, 2);
    EXPECT_EQ(sink.Sizes(), (Sizes{201, 200, 200, 200, 200}));
}

TEST_F(Transformer, PutsHeadersApartAndSendsFurtherCopiesOfThemLast)
{
    directive.headerFirst = true;
    directive.protect = 2;
    directive.shards = 4;
    directive.code = SHARD_CODE_REED_SOLOMON;
    directive.repair = 1;
    Submit(1000); // 28 + 3 * 324
    EXPECT_EQ(sink.Indexes(), (Numbers{0, 1, 2, 3, 4, 0, 0}));
    EXPECT_EQ(sink.Sizes(), (Sizes{28, 324, 324, 324, 324, 28, 28}));
    for (const auto& arrival : sink.arrivals)
    {
        EXPECT_EQ(arrival.shard.fields.first, 28);
        EXPECT_EQ(arrival.shard.fields.k, 4);
        EXPECT_EQ(arrival.shard.fields.n, 5) << "copies are no shards of their own";
    }
    EXPECT_EQ(sink.arrivals[5].shard.offset, 0U);
    EXPECT_EQ(sink.Paths(), (Numbers{0, 1, 0, 1, 0, 1, 0})) << "copies are placed like all";
}

TEST_F(Transformer, WithHeadersApartNeedsShardsForTheRestOnly)
{
    directive.headerFirst = true;
    Submit(28 + 2 * 1452);
    EXPECT_EQ(sink.Sizes(), (Sizes{28, 1452, 1452}));
    sink.arrivals.clear();
    Submit(28 + 2 * 1452 + 1);
    EXPECT_EQ(sink.Sizes(), (Sizes{28, 969, 968, 968}));
}

TEST_F(Transformer, PutsNothingApartWhereNothingWouldBeLeft)
{
    directive.headerFirst = true;
    directive.protect = 3;
    Submit(28, 1); // all headers
    EXPECT_EQ(sink.Sizes(), (Sizes{28}));
    EXPECT_EQ(sink.arrivals.back().shard.fields.first, 0);
    sink.arrivals.clear();
    directive.shards = 4;
    Submit(30, 2); // two bytes are not enough for three shards
    EXPECT_EQ(sink.Sizes(), (Sizes{8, 8, 7, 7}));
    EXPECT_EQ(sink.arrivals.back().shard.fields.first, 0);
    sink.arrivals.clear();
    Submit(31, 3); // three are
    EXPECT_EQ(sink.Sizes(), (Sizes{28, 1, 1, 1, 28, 28, 28}));
}

TEST_F(Transformer, CutsAtMostIntoSingleBytes)
{
    directive.shards = 8;
    Submit(3);
    EXPECT_EQ(sink.Sizes(), (Sizes{1, 1, 1}));
    EXPECT_EQ(sink.arrivals[0].shard.fields.k, 3);
}

TEST_F(Transformer, SendsAtMostOneParityForEachDataShard)
{
    directive.shards = 3;
    directive.repair = 5;
    directive.code = SHARD_CODE_XOR;
    Submit(300, 1);
    EXPECT_EQ(sink.Indexes(), Count(6));
    EXPECT_EQ(sink.arrivals[0].shard.fields.n, 6);
    sink.arrivals.clear();
    directive.code = SHARD_CODE_REED_SOLOMON;
    Submit(300, 2);
    EXPECT_EQ(sink.Indexes(), Count(8));
    sink.arrivals.clear();
    directive.code = SHARD_CODE_NONE;
    Submit(300, 3);
    EXPECT_EQ(sink.Indexes(), Count(3)) << "repair shards of no code";
}

TEST_F(Transformer, LeavesPlainWhatNoBlockCanHold)
{
    directive.code = SHARD_CODE_REED_SOLOMON;
    directive.repair = 6;
    directive.shards = 250;
    Ptr<Datagram> tooMany = Submit(9000, 1);
    EXPECT_TRUE(sink.arrivals.empty());
    ASSERT_EQ(forwarded.size(), 1U);
    EXPECT_EQ(forwarded[0], tooMany);
    EXPECT_EQ(transformer->GetCounters().unshardable, 1U);

    Submit(249, 1); // same flow, fewer bytes, so fewer shards
    EXPECT_EQ(sink.Indexes(), Count(255));
    sink.arrivals.clear();

    directive.shards = 0;
    directive.shardSize = 10;
    directive.code = SHARD_CODE_NONE;
    Submit(2550, 2);
    EXPECT_EQ(sink.Indexes(), Count(255));
    sink.arrivals.clear();
    Submit(2551, 2);
    EXPECT_TRUE(sink.arrivals.empty());
    EXPECT_EQ(forwarded.size(), 2U);

    directive.shards = 100; // of what is asked for, 100 parities are left
    directive.repair = 200;
    directive.code = SHARD_CODE_XOR;
    Submit(5000, 3);
    EXPECT_EQ(sink.Indexes(), Count(200));
    sink.arrivals.clear();

    directive.repair = 156;
    directive.code = SHARD_CODE_SLIDING_WINDOW;
    Submit(5000, 4);
    EXPECT_TRUE(sink.arrivals.empty());
    EXPECT_EQ(transformer->GetCounters().unshardable, 3U);
    EXPECT_EQ(transformer->GetCounters().forwarded, 3U);
}

TEST_F(Transformer, SendsReplicasWhole)
{
    directive.shards = 1;
    directive.code = SHARD_CODE_REPETITION;
    directive.repair = 2;
    Submit(9028);
    EXPECT_EQ(sink.Sizes(), (Sizes{9028, 9028, 9028}));
    EXPECT_EQ(sink.Indexes(), Count(3));
    EXPECT_EQ(sink.Paths(), (Numbers{0, 1, 0}));
}

TEST_F(Transformer, LeavesAloneWhatThePolicyLeavesAlone)
{
    directive.action = ShardDirective::FORWARD;
    Ptr<Datagram> datagram = Submit(9028);
    EXPECT_TRUE(sink.arrivals.empty());
    ASSERT_EQ(forwarded.size(), 1U);
    EXPECT_EQ(forwarded[0], datagram);
    EXPECT_EQ(transformer->GetCounters().forwarded, 1U);
    EXPECT_EQ(transformer->GetCounters().unshardable, 0U);
}

TEST_F(Transformer, AsksOnceForEachFiveTupleAndNumbersItsBlocks)
{
    const auto submit = [this](auto change)
    {
        Ptr<Datagram> datagram = MakeDatagram(100);
        change(datagram->flow);
        policy->directive = directive;
        transformer->Submit(Seconds(0), datagram);
        const ShardFields& fields = sink.arrivals.back().shard.fields;
        return std::pair<uint32_t, uint32_t>(fields.flow, fields.block);
    };
    using Name = std::pair<uint32_t, uint32_t>;
    const auto same = [](FlowKey&) {};
    EXPECT_EQ(submit(same), Name(0, 0));
    EXPECT_EQ(submit([](FlowKey& f) { ++f.source; }), Name(1, 0));
    EXPECT_EQ(submit([](FlowKey& f) { ++f.destination; }), Name(2, 0));
    EXPECT_EQ(submit([](FlowKey& f) { ++f.sourcePort; }), Name(3, 0));
    EXPECT_EQ(submit([](FlowKey& f) { ++f.destinationPort; }), Name(4, 0));
    EXPECT_EQ(submit([](FlowKey& f) { f.protocol = 6; }), Name(5, 0));
    EXPECT_EQ(submit(same), Name(0, 1));
    EXPECT_EQ(submit([](FlowKey& f) { ++f.sourcePort; }), Name(3, 1));
    EXPECT_EQ(submit(same), Name(0, 2));
    ASSERT_EQ(policy->asked.size(), 6U);
    EXPECT_EQ(policy->asked[5].flow.protocol, 6);
    EXPECT_EQ(policy->asked[0].size, 100U);
    EXPECT_EQ(policy->asked[0].dscp, 10);
}

TEST_F(Transformer, WithRealPayloadSendsSlicesOfTheDatagram)
{
    transformer->SetAttribute("RealPayload", BooleanValue(true));
    directive.headerFirst = true;
    directive.protect = 1;
    directive.shards = 6;
    directive.code = SHARD_CODE_XOR;
    directive.repair = 2;
    Ptr<Datagram> datagram = Submit(4321);
    std::vector<uint8_t> sent(4321);
    datagram->packet->CopyData(sent.data(), 4321);
    std::size_t at = 0;
    ASSERT_EQ(sink.arrivals.size(), 9U);
    for (std::size_t i = 0; i < 6; ++i)
    {
        const Shard& shard = sink.arrivals[i].shard;
        ASSERT_EQ(std::memcmp(shard.Payload(), &sent[at], shard.size), 0) << "shard " << i;
        EXPECT_EQ(shard.bytes, sink.arrivals[0].shard.bytes) << "one buffer for all of a block";
        at += shard.size;
    }
    EXPECT_EQ(at, sent.size());
    EXPECT_EQ(std::memcmp(sink.arrivals[8].shard.Payload(), sent.data(), 28), 0);
}

/// Every choice of k of the shards gives the datagram back.
TEST_F(Transformer, MakesRepairShardsFromWhichAnyKOfNGiveTheDatagramBack)
{
    transformer->SetAttribute("RealPayload", BooleanValue(true));
    directive.shards = 5;
    directive.code = SHARD_CODE_REED_SOLOMON;
    directive.repair = 3;
    for (bool headerFirst : {false, true})
    {
        SCOPED_TRACE(headerFirst ? "header-first" : "equal");
        directive.headerFirst = headerFirst;
        sink.arrivals.clear();
        Ptr<Datagram> datagram = Submit(1237, headerFirst ? 1 : 0);
        std::vector<uint8_t> sent(1237);
        datagram->packet->CopyData(sent.data(), 1237);
        ASSERT_EQ(sink.arrivals.size(), 8U);
        int choices = 0;
        for (uint32_t chosen = 0; chosen < 256; ++chosen)
        {
            if (__builtin_popcount(chosen) != 5)
            {
                continue;
            }
            const ShardFields& fields = sink.arrivals[0].shard.fields;
            ShardBlockDecoder decoder(*fields.Layout(), fields.code, fields.n, true);
            for (std::size_t i = 0; i < 8; ++i)
            {
                if ((chosen >> i & 1) != 0)
                {
                    const Shard& shard = sink.arrivals[i].shard;
                    ASSERT_EQ(decoder.Add(shard.fields.index, shard.Payload(), shard.size),
                              ShardBlockDecoder::STORED);
                }
            }
            const uint8_t* bytes = decoder.Decode();
            ASSERT_NE(bytes, nullptr) << "choice " << chosen;
            ASSERT_EQ(std::memcmp(bytes, sent.data(), 1237), 0) << "choice " << chosen;
            ++choices;
        }
        EXPECT_EQ(choices, 56); // 8 over 5
    }
}

TEST_F(Transformer, MakesTheSameShardsWithVirtualPayload)
{
    directive.headerFirst = true;
    directive.protect = 1;
    directive.code = SHARD_CODE_REED_SOLOMON;
    directive.repair = 2;
    for (uint32_t size : {1U, 28U, 100U, 3000U, 65535U})
    {
        transformer->SetAttribute("RealPayload", BooleanValue(false));
        sink.arrivals.clear();
        Submit(size);
        const RecordingSink sizesOnly = sink;
        transformer->SetAttribute("RealPayload", BooleanValue(true));
        sink.arrivals.clear();
        Submit(size);
        EXPECT_EQ(sink.Sizes(), sizesOnly.Sizes());
        EXPECT_EQ(sink.Indexes(), sizesOnly.Indexes());
        for (std::size_t i = 0; i < sink.arrivals.size(); ++i)
        {
            ASSERT_NE(sink.arrivals[i].shard.Payload(), nullptr);
            ASSERT_EQ(sizesOnly.arrivals[i].shard.Payload(), nullptr);
            ASSERT_EQ(sizesOnly.arrivals[i].shard.offset, sink.arrivals[i].shard.offset);
        }
    }
}

/// Keeps what the transformer's trace sources say.
struct TraceLog
{
    void Decision(const FlowKey& flow, uint32_t id, const ShardDirective& directive)
    {
        decisions.emplace_back(flow.sourcePort, id);
        shards = directive.shards;
    }

    void Sharded(Ptr<const Datagram> datagram, const ShardFields& fields)
    {
        blocks.emplace_back(datagram->size, fields.n);
    }

    std::vector<std::pair<uint32_t, uint32_t>> decisions; ///< source port, flow id
    std::vector<std::pair<uint32_t, uint32_t>> blocks;    ///< size, n
    uint32_t shards{0};                                   ///< of the last decision
};

TEST_F(Transformer, CountsAndTracesAllThatGoesThrough)
{
    TraceLog log;
    ASSERT_TRUE(transformer->TraceConnectWithoutContext("Decision",
                                                        MakeCallback(&TraceLog::Decision, &log)));
    ASSERT_TRUE(
        transformer->TraceConnectWithoutContext("Sharded", MakeCallback(&TraceLog::Sharded, &log)));
    directive.shards = 4;
    directive.headerFirst = true;
    directive.protect = 2;
    directive.code = SHARD_CODE_REED_SOLOMON;
    directive.repair = 2;
    Submit(1000, 77);
    Submit(2000, 77);
    directive.action = ShardDirective::FORWARD;
    Submit(500, 78);
    using Pairs = std::vector<std::pair<uint32_t, uint32_t>>;
    EXPECT_EQ(log.decisions, (Pairs{{77, 0}, {78, 1}}));
    EXPECT_EQ(log.blocks, (Pairs{{1000, 6}, {2000, 6}}));
    EXPECT_EQ(log.shards, 4U);
    const ShardTransformer::Counters& counters = transformer->GetCounters();
    EXPECT_EQ(counters.datagrams, 3U);
    EXPECT_EQ(counters.sharded, 2U);
    EXPECT_EQ(counters.forwarded, 1U);
    EXPECT_EQ(counters.shards, 16U);
    EXPECT_EQ(counters.repair, 4U);
    // Data, two repair symbols and two copies of 28 bytes: 972 / 3 = 324; 1972 / 3 = 657.3.
    EXPECT_EQ(counters.payloadBytes, 1000U + 2 * 324 + 2 * 28 + 2000U + 2 * 658 + 2 * 28);
    EXPECT_EQ(sink.arrivals.size(), 16U);
}

/// Names a path that there is not.
class LostPlacement : public ShardPlacement
{
  public:
    uint16_t Choose(Time, const Shard&, uint32_t) override
    {
        return 2;
    }
};

using TransformerDeath = TransformerStory;

TEST_F(TransformerDeath, SaysWhatIsWrongWithAnMtuThatHoldsNoShard)
{
    EXPECT_DEATH(SetMtus({1500, 48}), "an MTU of 48 bytes does not hold a shard");
    SetMtus({49});
    Submit(3);
    EXPECT_EQ(sink.Sizes(), (Sizes{1, 1, 1}));
}

TEST_F(TransformerDeath, SaysWhichPathAPlacementInvented)
{
    transformer->SetPlacement(CreateObject<LostPlacement>());
    EXPECT_DEATH(Submit(100), "the placement chose path 2, but there are only 2");
}

} // namespace
