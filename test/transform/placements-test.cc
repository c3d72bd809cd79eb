// SPDX-License-Identifier: GPL-2.0-only
//
// What a directive says of the way of its flow's shards, in a transformer whose own placement takes
// two paths in turn.
//  1. a flow takes the path or the paths that its directive names; others are not moved by it
//  2. flows that name the same placement share its turn
//  3. weighted and least delay know rates and delays of the paths
//  4. a path that there is not, and a reassembly node that nobody knows, are refused, counted and
//     traced, by whoever the directive is; the flow stays plain
//  5. a flow that goes elsewhere has its shards marked for there, and numbers the blocks for each
//     node without a gap; a group that waits to be interleaved goes where it was meant to go

#include "transform/transformer-fixture.h"

#include <algorithm>
#include <string>

namespace
{

using namespace ns3;
using namespace ns3::sharding;
using namespace transformtest;

using Paths = std::vector<int>;
using Numbers = std::vector<uint32_t>;

/// @return the places of two nodes, of which the second is at port 4800 of anywhere
std::optional<uint32_t>
FindPeer(const ShardTarget& target)
{
    return target.port == 4800 ? std::optional<uint32_t>(1) : std::nullopt;
}

class DirectedPlacement : public TransformerStory
{
  protected:
    DirectedPlacement()
    {
        directive.shards = 4;
        transformer->TraceConnectWithoutContext(
            "Refused",
            MakeCallback(&DirectedPlacement::TraceRefused, this));
    }

    void Name(ShardPlacementKind kind, uint16_t path = 0)
    {
        directive.placement = kind;
        directive.path = path;
    }

    /// @return the paths of the shards of a datagram of a flow
    Paths PathsOf(uint16_t flow, uint32_t size = 400)
    {
        sink.arrivals.clear();
        Submit(size, flow);
        return sink.Paths();
    }

    /// The decisions tier says what the directive is.
    void Decide(uint16_t flow)
    {
        ShardDecision decision;
        decision.flow = MakeDatagram(1, flow)->flow;
        decision.directive = directive;
        decision.lifetime = 10000;
        transformer->Decided(Simulator::Now(), decision);
    }

    Numbers Blocks() const
    {
        return sink.Each([](const auto& a) { return a.shard.fields.block; });
    }

    Numbers Peers() const
    {
        return sink.Each([](const auto& a) { return a.shard.peer; });
    }

    void TraceRefused(const FlowKey&, const ShardDirective&, const std::string& why)
    {
        reasons.push_back(why);
    }

    std::vector<std::string> reasons;
};

TEST_F(DirectedPlacement, AFlowTakesTheWayThatItsDirectiveNames)
{
    EXPECT_EQ(PathsOf(1), (Paths{0, 1, 0, 1}));
    Name(SHARD_PLACEMENT_SINGLE, 1);
    EXPECT_EQ(PathsOf(2), (Paths{1, 1, 1, 1}));
    Name(SHARD_PLACEMENT_SINGLE, 0);
    directive.shards = 3;
    EXPECT_EQ(PathsOf(3), (Paths{0, 0, 0}));
    Name(SHARD_PLACEMENT_NODE);
    EXPECT_EQ(PathsOf(4), (Paths{0, 1, 0}));
    EXPECT_EQ(PathsOf(1), (Paths{1, 0, 1, 0})) << "the node's own goes on where it was";
    EXPECT_EQ(PathsOf(2), (Paths{1, 1, 1, 1})) << "and so does a flow";
}

TEST_F(DirectedPlacement, FlowsThatNameTheSameShareIt)
{
    directive.shards = 3;
    Name(SHARD_PLACEMENT_ROUND_ROBIN);
    EXPECT_EQ(PathsOf(1), (Paths{0, 1, 0}));
    EXPECT_EQ(PathsOf(2), (Paths{1, 0, 1}));
    Name(SHARD_PLACEMENT_NODE);
    EXPECT_EQ(PathsOf(3), (Paths{0, 1, 0})) << "the node's own is another";
    EXPECT_EQ(PathsOf(1), (Paths{0, 1, 0}));
}

TEST_F(DirectedPlacement, KnowRatesAndDelays)
{
    std::vector<ShardPathInfo> paths(2);
    paths[0].rate = DataRate("10Mbps");
    paths[0].delay = MilliSeconds(30);
    paths[1].rate = DataRate("30Mbps");
    paths[1].delay = MilliSeconds(40);
    transformer->SetPaths(paths, 48);
    Name(SHARD_PLACEMENT_WEIGHTED);
    const Paths weighted = PathsOf(1);
    EXPECT_EQ(std::count(weighted.begin(), weighted.end(), 1), 3) << "three times the rate";
    Name(SHARD_PLACEMENT_LEAST_DELAY);
    EXPECT_EQ(PathsOf(2), (Paths{0, 0, 0, 0})) << "10 ms of queue are 12500 bytes";
}

TEST_F(DirectedPlacement, APathThatThereIsNotIsRefused)
{
    Name(SHARD_PLACEMENT_SINGLE, 2);
    EXPECT_TRUE(PathsOf(1).empty());
    EXPECT_EQ(forwarded.size(), 1u);
    EXPECT_EQ(reasons, (std::vector<std::string>{"a path that there is not"}));
    EXPECT_EQ(transformer->GetCounters().refused, 1u);
    Name(SHARD_PLACEMENT_SINGLE, 1);
    EXPECT_EQ(PathsOf(2), (Paths{1, 1, 1, 1}));
    Name(SHARD_PLACEMENT_SINGLE, 2);
    Decide(2);
    EXPECT_TRUE(PathsOf(2).empty());
    EXPECT_EQ(transformer->GetCounters().refused, 2u);
    EXPECT_EQ(forwarded.size(), 2u);
}

TEST_F(DirectedPlacement, AReassemblyNodeThatNobodyKnowsIsRefused)
{
    directive.reassembly.port = 4800;
    EXPECT_TRUE(PathsOf(1).empty());
    EXPECT_EQ(reasons, (std::vector<std::string>{"a reassembly node that is not known"}));
    transformer->SetPeers(MakeCallback(&FindPeer));
    EXPECT_EQ(PathsOf(2).size(), 4u);
    directive.reassembly.port = 4801;
    EXPECT_TRUE(PathsOf(3).empty());
    Decide(2);
    EXPECT_TRUE(PathsOf(2).empty());
    EXPECT_EQ(transformer->GetCounters().refused, 3u);
    EXPECT_EQ(forwarded.size(), 3u);
    directive = ShardDirective();
    directive.reassembly.port = 4801;
    PathsOf(4);
    EXPECT_EQ(transformer->GetCounters().refused, 3u) << "nothing is put together anywhere";
}

TEST_F(DirectedPlacement, BlocksAreNumberedForEachNode)
{
    transformer->SetPeers(MakeCallback(&FindPeer));
    directive.shards = 1;
    Submit(100);
    Submit(100);
    directive.reassembly.port = 4800;
    Decide(0);
    Submit(100);
    Submit(100);
    Submit(100);
    directive.reassembly.port = 0;
    Decide(0);
    Submit(100);
    directive.reassembly.port = 4800;
    Decide(0);
    Submit(100);
    EXPECT_EQ(Peers(), (Numbers{0, 0, 1, 1, 1, 0, 1}));
    EXPECT_EQ(Blocks(), (Numbers{0, 1, 0, 1, 2, 2, 3}));
}

TEST_F(DirectedPlacement, AGroupGoesWhereItWasMeantToGo)
{
    transformer->SetPeers(MakeCallback(&FindPeer));
    directive.shards = 2;
    directive.interleave = 3;
    Submit(100);
    Submit(100);
    EXPECT_TRUE(sink.arrivals.empty());
    directive.reassembly.port = 4800;
    Decide(0);
    EXPECT_EQ(Peers(), (Numbers{0, 0, 0, 0}));
    Submit(100);
    Submit(100);
    Submit(100);
    ASSERT_EQ(sink.arrivals.size(), 10u);
    EXPECT_EQ(Peers()[4], 1u);
    EXPECT_EQ(Peers()[9], 1u);
}

} // namespace
