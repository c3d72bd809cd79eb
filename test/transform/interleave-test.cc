// SPDX-License-Identifier: GPL-2.0-only
//
//     datagrams --> ShardTransformer (interleaving) --> shards (recorded, with their times)
//
// What is proved of blocks that are sent interleaved:
//  1. nothing leaves before the group is full; then column by column
//  2. a group that does not fill leaves when its first block has waited for InterleaveTimeout
//  3. a full group takes its timer along: the next group has all of its own time
//  4. flows are interleaved each for itself
//  5. what waits is counted as held, and nothing is lost or doubled

#include "transform/transformer-fixture.h"

#include <string>

namespace
{

using namespace ns3;
using namespace ns3::sharding;
using namespace transformtest;

class Interleaving : public TransformerStory
{
  protected:
    Interleaving()
    {
        directive.shards = 3;
        directive.interleave = 3;
    }

    /// Submit a datagram of a flow at a time.
    void At(int64_t ms, uint16_t flow = 0)
    {
        Simulator::Schedule(MilliSeconds(ms), [this, flow] { Submit(300, flow); });
    }

    /// @return flow.block.index of every shard that came
    std::string Order() const
    {
        std::string text;
        for (const auto& arrival : sink.arrivals)
        {
            const ShardFields& f = arrival.shard.fields;
            text += std::to_string(f.flow) + "." + std::to_string(f.block) + "." +
                    std::to_string(f.index) + " ";
        }
        return text;
    }
};

TEST_F(Interleaving, SendsAFullGroupColumnByColumn)
{
    Submit(300);
    Submit(300);
    EXPECT_TRUE(sink.arrivals.empty());
    EXPECT_EQ(transformer->GetHeld(), 6U);
    Submit(300);
    EXPECT_EQ(Order(), "0.0.0 0.1.0 0.2.0 0.0.1 0.1.1 0.2.1 0.0.2 0.1.2 0.2.2 ");
    EXPECT_EQ(transformer->GetHeld(), 0U);
}

TEST_F(Interleaving, TakesRepairShardsAndCopiesAlong)
{
    directive.interleave = 2;
    directive.headerFirst = true;
    directive.protect = 1;
    directive.code = SHARD_CODE_XOR;
    directive.repair = 1;
    Submit(300);
    Submit(300);
    EXPECT_EQ(Order(), "0.0.0 0.1.0 0.0.1 0.1.1 0.0.2 0.1.2 0.0.3 0.1.3 0.0.0 0.1.0 ");
}

TEST_F(Interleaving, LetsAGroupGoThatDoesNotFillInTime)
{
    transformer->SetAttribute("InterleaveTimeout", TimeValue(MilliSeconds(20)));
    At(5);
    At(12);
    Simulator::Run();
    EXPECT_EQ(Order(), "0.0.0 0.1.0 0.0.1 0.1.1 0.0.2 0.1.2 ");
    EXPECT_EQ(sink.Times(), std::vector<int64_t>(6, 25000)) << "20 ms after the first block";
    EXPECT_EQ(transformer->GetHeld(), 0U);
}

TEST_F(Interleaving, GivesTheNextGroupAllOfItsOwnTime)
{
    for (int64_t ms : {0, 3, 6, 10, 100})
    {
        At(ms);
    }
    Simulator::Run();
    const std::vector<int64_t> times = sink.Times();
    ASSERT_EQ(times.size(), 15U);
    EXPECT_EQ(times[0], 6000) << "the group is full";
    EXPECT_EQ(times[8], 6000);
    EXPECT_EQ(times[9], 30000) << "20 ms after 10 ms, not after 0";
    EXPECT_EQ(times[12], 120000) << "a timer that has run out is set again";
}

TEST_F(Interleaving, KeepsFlowsApart)
{
    At(0, 1);
    At(1, 2);
    At(2, 1);
    At(3, 2);
    At(4, 1);
    Simulator::Run();
    ASSERT_EQ(sink.arrivals.size(), 15U);
    EXPECT_EQ(sink.Times()[8], 4000) << "the group of the first flow is full";
    EXPECT_EQ(sink.Times()[9], 21000) << "that of the second waits for its own timer";
    EXPECT_EQ(Order(),
              "0.0.0 0.1.0 0.2.0 0.0.1 0.1.1 0.2.1 0.0.2 0.1.2 0.2.2 "
              "1.0.0 1.1.0 1.0.1 1.1.1 1.0.2 1.1.2 ");
}

TEST_F(Interleaving, LosesAndDoublesNothing)
{
    for (int n = 0; n < 1000; ++n)
    {
        At(7 * n % 3989, static_cast<uint16_t>(n % 7));
    }
    // While all goes on: what was made is what left and what is held.
    for (int n = 0; n < 400; ++n)
    {
        Simulator::Schedule(
            MilliSeconds(10 * n),
            [this]
            {
                const ShardTransformer::Counters& counters = transformer->GetCounters();
                EXPECT_EQ(counters.sharded * 3, counters.shards + transformer->GetHeld());
                EXPECT_EQ(counters.shards, sink.arrivals.size());
            });
    }
    Simulator::Run();
    EXPECT_EQ(sink.arrivals.size(), 3000U);
    EXPECT_EQ(transformer->GetHeld(), 0U);
    std::vector<std::vector<int>> seen(7, std::vector<int>(143 * 3, 0));
    for (const auto& arrival : sink.arrivals)
    {
        const ShardFields& f = arrival.shard.fields;
        ++seen.at(f.flow).at(f.block * 3 + f.index);
    }
    for (const std::vector<int>& flow : seen)
    {
        for (std::size_t i = 0; i < 142 * 3; ++i)
        {
            ASSERT_EQ(flow[i], 1);
        }
    }
}

} // namespace
