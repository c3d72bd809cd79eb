// SPDX-License-Identifier: GPL-2.0-only
//
//     datagrams --> ShardTransformer (sliding window) --> shards (recorded)
//
// What is proved of blocks under the sliding-window code:
//  1. repair shards follow their block's data, and say which blocks they cover: at most the window
//  2. real and virtual payload: the same shards; the prefix in memory is the one in the bytes, and
//     origins are the datagrams covered
//  3. flows have windows of their own; a flow that was forgotten, and one whose directive changes,
//     begins anew
//  4. where shards are cut by the MTU, repair shards fit it, prefix and all
//  5. a datagram that cannot be cut equally stays plain

#include "transform/transformer-fixture.h"

namespace
{

using namespace ns3;
using namespace ns3::sharding;
using namespace transformtest;

class Window : public TransformerStory
{
  protected:
    Window()
    {
        directive.shards = 2;
        directive.code = SHARD_CODE_SLIDING_WINDOW;
        directive.repair = 1;
        directive.window = 3;
    }

    /// @return what a repair shard says that it covers: k and size of each block
    static std::vector<int> Covered(const Shard& shard)
    {
        std::vector<int> covered;
        const std::vector<uint8_t>& prefix = shard.window->prefix;
        for (std::size_t at = 1; at + 3 <= prefix.size(); at += 3)
        {
            covered.push_back(prefix[at]);
            covered.push_back(prefix[at + 1] << 8 | prefix[at + 2]);
        }
        return covered;
    }

    const Shard& Last() const
    {
        return sink.arrivals.back().shard;
    }
};

TEST_F(Window, RepairShardsSayWhatTheyCover)
{
    std::vector<Ptr<const Datagram>> sent;
    for (uint32_t size : {300U, 500U, 401U, 100U})
    {
        sent.push_back(Submit(size));
    }
    EXPECT_EQ(sink.Indexes(), (std::vector<int>{0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2}));
    // Prefixes of 4, 7, 10 and again 10 bytes; the longest of 150, 250, 201 and 50.
    EXPECT_EQ(sink.Sizes(),
              (std::vector<uint32_t>{150, 150, 154, 250, 250, 257, 201, 200, 260, 50, 50, 260}));
    EXPECT_EQ(Covered(sink.arrivals[2].shard), (std::vector<int>{2, 300}));
    EXPECT_EQ(Covered(sink.arrivals[5].shard), (std::vector<int>{2, 300, 2, 500}));
    EXPECT_EQ(Covered(Last()), (std::vector<int>{2, 500, 2, 401, 2, 100}));
    EXPECT_EQ(Last().window->prefix.front(), 0x22);
    EXPECT_EQ(Last().window->origins,
              (std::vector<Ptr<const Datagram>>{sent[1], sent[2], sent[3]}));
    EXPECT_EQ(Last().origin, sent[3]);
    EXPECT_EQ(Last().fields.n, 3);
    EXPECT_EQ(sink.arrivals[0].shard.window, nullptr);
    EXPECT_EQ(transformer->GetCounters().repair, 4U);
}

TEST_F(Window, RealPayloadBeginsWithThePrefix)
{
    directive.repair = 2;
    for (uint32_t size : {300U, 500U, 401U, 100U, 7U})
    {
        Submit(size, 1);
    }
    const RecordingSink sizes = sink;
    sink.arrivals.clear();
    transformer->SetAttribute("RealPayload", BooleanValue(true));
    for (uint32_t size : {300U, 500U, 401U, 100U, 7U})
    {
        Submit(size, 2);
    }
    EXPECT_EQ(sink.Sizes(), sizes.Sizes());
    EXPECT_EQ(sink.Indexes(), sizes.Indexes());
    for (std::size_t i = 0; i < sink.arrivals.size(); ++i)
    {
        const Shard& shard = sink.arrivals[i].shard;
        ASSERT_LE(shard.offset + shard.size, shard.bytes->Size());
        if (shard.IsRepair())
        {
            const std::vector<uint8_t>& prefix = shard.window->prefix;
            EXPECT_EQ(prefix, sizes.arrivals[i].shard.window->prefix);
            EXPECT_TRUE(std::equal(prefix.begin(), prefix.end(), shard.Payload()));
        }
    }
}

TEST_F(Window, BelongsToAFlowForAsLongAsThatIsKnown)
{
    transformer->SetAttribute("FlowIdle", TimeValue(MilliSeconds(10)));
    Submit(300, 1);
    Submit(400, 2);
    EXPECT_EQ(Covered(Last()), (std::vector<int>{2, 400}));
    Submit(500, 1);
    EXPECT_EQ(Covered(Last()), (std::vector<int>{2, 300, 2, 500}));
    Simulator::Schedule(Seconds(1),
                        [this]
                        {
                            Submit(600, 3); // a look at each of the others
                            Submit(600, 3);
                            Submit(700, 1);
                        });
    Simulator::Run();
    EXPECT_EQ(Covered(Last()), (std::vector<int>{2, 700}));
    EXPECT_EQ(Last().fields.block, 0U);
}

TEST_F(Window, BeginsAnewWhereTheDirectiveChanges)
{
    const Ptr<const Datagram> first = Submit(300);
    Submit(400);
    ShardDecision decision;
    decision.flow = first->flow;
    decision.directive = directive;
    decision.directive.repair = 2;
    transformer->Decided(Simulator::Now(), decision);
    Submit(500);
    EXPECT_EQ(Last().fields.block, 2U);
    EXPECT_EQ(Last().fields.index, 3);
    EXPECT_EQ(Covered(Last()), (std::vector<int>{2, 500}));
    transformer->Decided(Simulator::Now(), decision); // says nothing new
    Submit(600);
    EXPECT_EQ(Covered(Last()), (std::vector<int>{2, 500, 2, 600}));
    decision.directive.code = SHARD_CODE_REED_SOLOMON;
    transformer->Decided(Simulator::Now(), decision);
    Submit(700);
    EXPECT_EQ(Last().size, 350U);
    EXPECT_EQ(Last().window, nullptr);
}

TEST_F(Window, LeavesRoomForThePrefixWhereTheMtuDecides)
{
    directive.shards = 0;
    directive.window = 16;
    for (int n = 0; n < 20; ++n)
    {
        Submit(9000);
    }
    EXPECT_EQ(Last().fields.k, 7) << "shards of at most 1500 - 48 - 49 bytes";
    for (uint32_t size : sink.Sizes())
    {
        EXPECT_LE(size, 1452U);
    }
    EXPECT_EQ(Last().size, 49U + 1286U);
    SetMtus({60}); // twelve bytes, which no prefix leaves anything of
    Submit(30, 9);
    EXPECT_EQ(Last().fields.k, 30);
}

TEST_F(Window, RefusesWhatIsNotCutEqually)
{
    directive.headerFirst = true;
    Submit(300);
    EXPECT_EQ(forwarded.size(), 1U);
    EXPECT_EQ(transformer->GetCounters().unshardable, 1U);
    directive.repair = 0; // no window, then
    Submit(300, 2);
    EXPECT_EQ(sink.Sizes(), (std::vector<uint32_t>{28, 272}));
    EXPECT_EQ(Last().fields.code, SHARD_CODE_NONE);
}

} // namespace
