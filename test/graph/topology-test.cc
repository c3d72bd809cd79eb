// SPDX-License-Identifier: GPL-2.0-only
// Topologies as values: what they refuse, how a user's name finds a node, and the generator.

#include "ns3/shard-topology.h"

#include <functional>
#include <gtest/gtest.h>
#include <limits>
#include <stdexcept>
#include <string>

using namespace ns3::sharding;

namespace
{

/// The message of the std::invalid_argument that a call throws, or a text that says it did not.
std::string
Refusal(const std::function<void()>& call)
{
    try
    {
        call();
    }
    catch (const std::invalid_argument& error)
    {
        return error.what();
    }
    return "nothing was refused";
}

ShardTopology
Cities()
{
    ShardTopology topology;
    topology.AddNode("n0", "Seattle");
    topology.AddNode("n1", "Telekom");
    topology.AddNode("n2", "Telekom");
    topology.AddNode("n3", "n0");
    topology.AddNode("n4", "");
    return topology;
}

} // namespace

TEST(ShardTopology, NumbersNodesAndLinksInTheOrderAdded)
{
    ShardTopology topology;
    EXPECT_EQ(topology.AddNode("x"), 0u);
    EXPECT_EQ(topology.AddNode("y", "Y"), 1u);
    EXPECT_EQ(topology.AddLink(0, 1, 5000, 1000000), 0u);
    EXPECT_EQ(topology.AddLink(1, 0), 1u);
    EXPECT_EQ(topology.AddLink(1, 1), 2u);
    EXPECT_EQ(topology.Nodes()[1].label, "Y");
    EXPECT_EQ(topology.Links()[0].delayNs, 5000);
    EXPECT_EQ(topology.Links()[0].rateBps, 1000000u);
    EXPECT_FALSE(topology.Links()[1].delayNs.has_value());
    EXPECT_EQ(topology.FindId("y"), 1u);
    EXPECT_FALSE(topology.FindId("Y").has_value());
}

TEST(ShardTopology, RefusesWhatContradictsItself)
{
    ShardTopology topology;
    topology.AddNode("x");
    EXPECT_EQ(Refusal([&] { topology.AddNode(""); }), "a node needs an id that is not empty");
    EXPECT_EQ(Refusal([&] { topology.AddNode("x"); }), "node id \"x\" is used twice");
    EXPECT_EQ(Refusal([&] { topology.AddLink(0, 1); }),
              "a link ends at node 1, but there are only 1 nodes");
    EXPECT_EQ(Refusal([&] { topology.AddLink(0, 0, -1); }),
              "a link's delay is -1 ns; allowed: 0 to 3600000000000");
    EXPECT_EQ(Refusal([&] { topology.AddLink(0, 0, 3600000000001); }),
              "a link's delay is 3600000000001 ns; allowed: 0 to 3600000000000");
    EXPECT_EQ(Refusal([&] { topology.AddLink(0, 0, 0, 0); }),
              "a link's rate is 0 bit/s; allowed: 1 to 1000000000000000");
    EXPECT_EQ(topology.Nodes().size(), 1u);
    EXPECT_EQ(topology.Links().size(), 0u);
}

TEST(ShardTopology, StopsAtAMillionNodesAndAMillionLinks)
{
    ShardTopology topology;
    for (uint32_t i = 0; i < 1000000; ++i)
    {
        topology.AddNode(std::to_string(i));
        topology.AddLink(0, i);
    }
    EXPECT_EQ(Refusal([&] { topology.AddNode("one more"); }), "more than 1000000 nodes");
    EXPECT_EQ(Refusal([&] { topology.AddLink(0, 1); }), "more than 1000000 links");
}

TEST(FindNode, PrefersTheIdThenTheOnlyLabel)
{
    const ShardTopology topology = Cities();
    EXPECT_EQ(FindNode(topology, "Seattle"), 0u);
    EXPECT_EQ(FindNode(topology, "n0"), 0u) << "node n3 has n0 as its label, but ids go first";
    EXPECT_EQ(FindNode(topology, "n2"), 2u);
}

TEST(FindNode, ListsTheIdsOfAnAmbiguousLabel)
{
    EXPECT_EQ(Refusal([] { FindNode(Cities(), "Telekom"); }),
              "2 nodes have the label \"Telekom\"; name one by its id: \"n1\", \"n2\"");
}

TEST(FindNode, SuggestsNearNamesForAnUnknownOne)
{
    EXPECT_EQ(Refusal([] { FindNode(Cities(), "seatle"); }),
              "no node has the id or label \"seatle\"; near: \"Seattle\"");
    EXPECT_EQ(Refusal([] { FindNode(Cities(), "n9"); }),
              "no node has the id or label \"n9\"; near: \"n0\", \"n1\", \"n2\"");
    EXPECT_EQ(Refusal([] { FindNode(Cities(), "Ouagadougou"); }),
              "no node has the id or label \"Ouagadougou\"");
    EXPECT_EQ(Refusal([] { FindNode(Cities(), ""); }), "no node has the id or label \"\"")
        << "the empty label of n4 is no name";
}

TEST(FindNode, KeepsItsMessageOnOneShortLineWhateverTheName)
{
    const std::string hostile = "a\nb\"" + std::string(100000, 'x');
    const std::string message = Refusal([&] { FindNode(Cities(), hostile); });
    EXPECT_EQ(message.find("no node has the id or label \"a\\x0ab\\\"xxx"), 0u) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos);
    EXPECT_LT(message.size(), 120u);
}

TEST(MakeParallelPaths, ChainsLinksBetweenTheTwoGateways)
{
    ParallelPaths shape;
    shape.paths = 2;
    shape.hops = 3;
    shape.delayNs = 5000000;
    shape.rateBps = 100000000;
    shape.spread = 0.5;
    const ShardTopology topology = MakeParallelPaths(shape);

    ShardTopology expected;
    expected.AddNode("0", "ingress");
    expected.AddNode("1", "egress");
    expected.AddNode("p0h1");
    expected.AddNode("p0h2");
    expected.AddNode("p1h1");
    expected.AddNode("p1h2");
    expected.AddLink(0, 2, 5000000, 100000000);
    expected.AddLink(2, 3, 5000000, 100000000);
    expected.AddLink(3, 1, 5000000, 100000000);
    expected.AddLink(0, 4, 7500000, 100000000);
    expected.AddLink(4, 5, 7500000, 100000000);
    expected.AddLink(5, 1, 7500000, 100000000);
    EXPECT_TRUE(topology == expected);
}

TEST(MakeParallelPaths, OfOneHopAreParallelLinks)
{
    ParallelPaths shape;
    shape.paths = 3;
    const ShardTopology topology = MakeParallelPaths(shape);
    EXPECT_EQ(topology.Nodes().size(), 2u);
    ASSERT_EQ(topology.Links().size(), 3u);
    EXPECT_EQ(topology.Links()[2].a, 0u);
    EXPECT_EQ(topology.Links()[2].b, 1u);
    EXPECT_FALSE(topology.Links()[2].delayNs.has_value());
}

TEST(MakeParallelPaths, RefusesShapesThatCannotBe)
{
    const auto refusal = [](uint32_t paths, uint32_t hops, int64_t delayNs, double spread)
    {
        ParallelPaths shape;
        shape.paths = paths;
        shape.hops = hops;
        shape.delayNs = delayNs;
        shape.spread = spread;
        return Refusal([&] { MakeParallelPaths(shape); });
    };
    EXPECT_EQ(refusal(0, 1, 0, 0),
              "parallel paths need at least 1 path and 1 hop, given are 0 and 1");
    EXPECT_EQ(refusal(1, 0, 0, 0),
              "parallel paths need at least 1 path and 1 hop, given are 1 and 0");
    EXPECT_EQ(refusal(100000, 100000, 0, 0),
              "100000 paths of 100000 hops are more than 1000000 links");
    EXPECT_EQ(refusal(2, 1, 1, -0.5),
              "the spread of delays must be a finite number of at least 0, given is -0.500000");
    EXPECT_EQ(refusal(2, 1, 1, std::numeric_limits<double>::infinity()),
              "the spread of delays must be a finite number of at least 0, given is inf");
    EXPECT_EQ(refusal(2, 1, 1000, 1e300), "the spread makes a link of path 1 slower than one hour");
}
