// SPDX-License-Identifier: GPL-2.0-only
// Link-disjoint paths: hand-made graphs with the answers worked out on paper, then random graphs
// against an exhaustive search that shares no code with the algorithm.

#include "ns3/shard-path-set.h"

#include <algorithm>
#include <cstdint>
#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace ns3::sharding;

namespace
{

using Indices = std::vector<uint32_t>;

struct Wire
{
    uint32_t a;
    uint32_t b;
    int64_t delayNs; //!< negative: not known
};

ShardTopology
Build(uint32_t nodes, const std::vector<Wire>& wires)
{
    ShardTopology topology;
    for (uint32_t i = 0; i < nodes; ++i)
    {
        topology.AddNode("n" + std::to_string(i), "node " + std::to_string(i));
    }
    for (const Wire& wire : wires)
    {
        topology.AddLink(wire.a,
                         wire.b,
                         wire.delayNs < 0 ? std::nullopt : std::optional<int64_t>(wire.delayNs));
    }
    return topology;
}

/// One number for weight first and links second: fewer than 1000 links break ties of weight.
constexpr int64_t TIE = 1000;

/// All simple paths, as (set of links, weight * TIE + links), by walking everywhere.
void
Walk(const std::vector<Wire>& wires,
     uint32_t at,
     uint32_t to,
     uint32_t visited,
     uint32_t used,
     int64_t weight,
     std::vector<std::pair<uint32_t, int64_t>>& found)
{
    if (at == to)
    {
        found.emplace_back(used, weight);
        return;
    }
    for (uint32_t i = 0; i < wires.size(); ++i)
    {
        for (const auto& [here, there] :
             {std::make_pair(wires[i].a, wires[i].b), std::make_pair(wires[i].b, wires[i].a)})
        {
            if (here == at && (visited >> there & 1) == 0)
            {
                Walk(wires,
                     there,
                     to,
                     visited | 1u << there,
                     used | 1u << i,
                     weight + wires[i].delayNs * TIE + 1,
                     found);
            }
        }
    }
}

/// Least total weight of every number of link-disjoint paths, by trying all sets of paths.
void
TryAll(const std::vector<std::pair<uint32_t, int64_t>>& paths,
       size_t next,
       uint32_t used,
       uint32_t count,
       int64_t weight,
       std::map<uint32_t, int64_t>& best)
{
    const auto known = best.find(count);
    if (known == best.end() || weight < known->second)
    {
        best[count] = weight;
    }
    for (size_t i = next; i < paths.size(); ++i)
    {
        if ((paths[i].first & used) == 0)
        {
            TryAll(paths, i + 1, used | paths[i].first, count + 1, weight + paths[i].second, best);
        }
    }
}

/// Each path leads from `from` to `to` over real links, none of which serves twice.
void
ExpectDisjointPaths(const ShardTopology& topology,
                    const std::vector<ShardPath>& paths,
                    uint32_t from,
                    uint32_t to)
{
    std::vector<bool> used(topology.Links().size(), false);
    int64_t last = 0;
    for (const ShardPath& path : paths)
    {
        ASSERT_EQ(path.nodes.size(), path.links.size() + 1);
        EXPECT_EQ(path.nodes.front(), from);
        EXPECT_EQ(path.nodes.back(), to);
        int64_t weight = 0;
        for (size_t i = 0; i < path.links.size(); ++i)
        {
            const auto& link = topology.Links().at(path.links[i]);
            EXPECT_FALSE(used[path.links[i]]) << "link " << path.links[i] << " serves twice";
            used[path.links[i]] = true;
            EXPECT_TRUE((link.a == path.nodes[i] && link.b == path.nodes[i + 1]) ||
                        (link.b == path.nodes[i] && link.a == path.nodes[i + 1]));
            weight += link.delayNs.value_or(1);
        }
        Indices visited = path.nodes;
        std::sort(visited.begin(), visited.end());
        EXPECT_EQ(std::adjacent_find(visited.begin(), visited.end()), visited.end())
            << "a path visits a node twice";
        EXPECT_EQ(path.weight, weight);
        EXPECT_GE(path.weight, last) << "lightest first";
        last = path.weight;
    }
}

template <typename Call>
std::string
Refusal(Call call)
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

} // namespace

// 0 --1-- 1 --1-- 2 --1-- 3 is the shortest path, and removing it cuts 0 from 3. The pair
// 0-1-3 and 0-2-3 exists: 1 + 4 and 4 + 1. Link 1-2 is wanted in both directions and cancels.
TEST(DisjointPaths, FindsThePairThatRemovingTheShortestPathMisses)
{
    const auto trap = Build(4, {{0, 1, 1}, {1, 2, 1}, {2, 3, 1}, {0, 2, 4}, {1, 3, 4}});

    const auto one = FindDisjointPaths(trap, 0, 3, 1);
    ASSERT_EQ(one.size(), 1u);
    EXPECT_EQ(one[0].links, (Indices{0, 1, 2}));
    EXPECT_EQ(one[0].weight, 3);

    const auto two = FindDisjointPaths(trap, 0, 3, 2);
    ASSERT_EQ(two.size(), 2u);
    EXPECT_EQ(two[0].weight, 5);
    EXPECT_EQ(two[1].weight, 5);
    EXPECT_EQ(two[0].nodes, (Indices{0, 1, 3}));
    EXPECT_EQ(two[0].links, (Indices{0, 4}));
    EXPECT_EQ(two[1].nodes, (Indices{0, 2, 3}));
    EXPECT_EQ(two[1].links, (Indices{3, 2}));
}

TEST(DisjointPaths, CancelsALinkWhicheverWayItWasWritten)
{
    // The trap with its links' ends swapped.
    const auto trap = Build(4, {{1, 0, 1}, {2, 1, 1}, {3, 2, 1}, {2, 0, 4}, {3, 1, 4}});
    const auto two = FindDisjointPaths(trap, 0, 3, 2);
    ASSERT_EQ(two.size(), 2u);
    EXPECT_EQ(two[0].links, (Indices{0, 4}));
    EXPECT_EQ(two[1].links, (Indices{3, 2}));
}

// The shortest path 0-1-3-5 weighs 1 + 1 + 1 = 3. The best pair is 0-1-4-5 (1 + 2 + 2 = 5) with
// 0-2-3-5 (2 + 2 + 1 = 5), 10 in all; keeping the shortest path would leave 0-2-4-5
// (2 + 4 + 2 = 8), 11 in all.
TEST(DisjointPaths, GivesUpTheShortestPathWhereThePairIsLighterWithoutIt)
{
    const auto topology = Build(
        6,
        {{0, 1, 1}, {1, 3, 1}, {3, 5, 1}, {0, 2, 2}, {2, 3, 2}, {1, 4, 2}, {4, 5, 2}, {2, 4, 4}});
    const auto two = FindDisjointPaths(topology, 0, 5, 2);
    ASSERT_EQ(two.size(), 2u);
    EXPECT_EQ(two[0].weight + two[1].weight, 10);
    EXPECT_EQ(two[0].nodes, (Indices{0, 1, 4, 5}));
    EXPECT_EQ(two[1].nodes, (Indices{0, 2, 3, 5}));
}

TEST(DisjointPaths, SharesNodesButNoLinks)
{
    // Two pairs of parallel links through one middle node; the lightest path takes both light ones.
    const auto topology = Build(3, {{0, 1, 5}, {0, 1, 2}, {1, 2, 3}, {1, 2, 7}});
    const auto paths = FindDisjointPaths(topology, 0, 2, 9);
    ASSERT_EQ(paths.size(), 2u);
    EXPECT_EQ(paths[0].links, (Indices{1, 2}));
    EXPECT_EQ(paths[0].weight, 5);
    EXPECT_EQ(paths[1].links, (Indices{0, 3}));
    EXPECT_EQ(paths[1].weight, 12);
}

TEST(DisjointPaths, NeverUsesALoop)
{
    const auto topology = Build(3, {{0, 0, 0}, {0, 1, 1}, {1, 1, 0}, {1, 2, 1}, {2, 2, 0}});
    const auto paths = FindDisjointPaths(topology, 0, 2, 3);
    ASSERT_EQ(paths.size(), 1u);
    EXPECT_EQ(paths[0].links, (Indices{1, 3}));
}

TEST(DisjointPaths, ReturnsAsManyAsThereAre)
{
    EXPECT_TRUE(FindDisjointPaths(Build(4, {{0, 1, 1}, {2, 3, 1}}), 0, 3, 2).empty());
    EXPECT_TRUE(FindDisjointPaths(Build(2, {{0, 1, 1}}), 0, 1, 0).empty());
    EXPECT_TRUE(FindDisjointPaths(Build(2, {}), 0, 1, 1).empty());
    // A bridge 1-2 in the middle: one path, however many links lead to it.
    const auto bridge =
        Build(4, {{0, 1, 1}, {0, 1, 1}, {0, 1, 1}, {1, 2, 1}, {2, 3, 1}, {2, 3, 1}});
    EXPECT_EQ(FindDisjointPaths(bridge, 0, 3, 1000000).size(), 1u);
}

TEST(DisjointPaths, CountsHopsWhereDelaysAreNotAllKnown)
{
    // By delay the way over node 1 is shorter; with one delay missing it is two hops against one.
    const auto known = Build(3, {{0, 1, 10}, {1, 2, 10}, {0, 2, 500}});
    EXPECT_EQ(FindDisjointPaths(known, 0, 2, 1)[0].links, (Indices{0, 1}));
    EXPECT_EQ(FindDisjointPaths(known, 0, 2, 1)[0].weight, 20);

    const auto partly = Build(3, {{0, 1, -1}, {1, 2, 10}, {0, 2, 500}});
    EXPECT_EQ(FindDisjointPaths(partly, 0, 2, 1)[0].links, (Indices{2}));
    EXPECT_EQ(FindDisjointPaths(partly, 0, 2, 1)[0].weight, 1);

    EXPECT_EQ(FindDisjointPaths(partly, 0, 2, 1, 489)[0].links, (Indices{0, 1}));
    EXPECT_EQ(FindDisjointPaths(partly, 0, 2, 1, 489)[0].weight, 499);
    EXPECT_EQ(FindDisjointPaths(partly, 0, 2, 1, 491)[0].links, (Indices{2}));
}

TEST(DisjointPaths, BreaksTiesByFewerLinksThenByTheOrderOfLinks)
{
    // Equal delay 4: three links, two links (links 3 and 4), two links (links 5 and 6).
    const auto topology =
        Build(6, {{0, 1, 1}, {1, 2, 1}, {2, 5, 2}, {0, 3, 2}, {3, 5, 2}, {0, 4, 2}, {4, 5, 2}});
    const auto paths = FindDisjointPaths(topology, 0, 5, 3);
    ASSERT_EQ(paths.size(), 3u);
    EXPECT_EQ(FindDisjointPaths(topology, 0, 5, 1).at(0).links, (Indices{3, 4}));
    EXPECT_EQ(FindDisjointPaths(topology, 0, 5, 2).at(1).links, (Indices{5, 6}));
    EXPECT_EQ(paths[0].links, (Indices{3, 4}));
    EXPECT_EQ(paths[1].links, (Indices{5, 6}));
    EXPECT_EQ(paths[2].links, (Indices{0, 1, 2}));
}

TEST(DisjointPaths, OverLinksWithoutDelayRunInNoCircles)
{
    // All delays 0: a cycle 1-2-3 costs nothing by delay, yet no path may wander through it.
    const auto topology =
        Build(5, {{1, 2, 0}, {2, 3, 0}, {3, 1, 0}, {0, 1, 0}, {1, 4, 0}, {0, 3, 0}, {3, 4, 0}});
    const auto paths = FindDisjointPaths(topology, 0, 4, 5);
    ASSERT_EQ(paths.size(), 2u);
    EXPECT_EQ(paths[0].links, (Indices{3, 4}));
    EXPECT_EQ(paths[1].links, (Indices{5, 6}));
}

TEST(DisjointPaths, AreTheChainsOfTheGenerator)
{
    ParallelPaths shape;
    shape.paths = 3;
    shape.hops = 2;
    shape.delayNs = 100;
    shape.spread = 0.1;
    const auto topology = MakeParallelPaths(shape);
    const auto paths = RequireDisjointPaths(topology, "0", "egress", 3);
    ASSERT_EQ(paths.size(), 3u);
    EXPECT_EQ(paths[0].links, (Indices{0, 1}));
    EXPECT_EQ(paths[0].weight, 200);
    EXPECT_EQ(paths[1].links, (Indices{2, 3}));
    EXPECT_EQ(paths[1].weight, 220);
    EXPECT_EQ(paths[2].links, (Indices{4, 5}));
    EXPECT_EQ(paths[2].weight, 240);
}

TEST(DisjointPaths, HoldTheLongestDelaysOverALongChain)
{
    ParallelPaths shape;
    shape.paths = 2;
    shape.hops = 200000;
    shape.delayNs = ShardTopology::MAX_DELAY_NS;
    const auto paths = FindDisjointPaths(MakeParallelPaths(shape), 0, 1, 3);
    ASSERT_EQ(paths.size(), 2u);
    EXPECT_EQ(paths[0].weight, 720000000000000000); // 200000 hops of 3.6e12 ns
    EXPECT_EQ(paths[1].links.size(), 200000u);
    EXPECT_EQ(paths[1].links.front(), 200000u);
}

TEST(DisjointPaths, RefuseARequestThatMakesNoSense)
{
    const auto topology = Build(3, {{0, 1, 1}, {1, 2, 1}});
    EXPECT_EQ(Refusal([&] { FindDisjointPaths(topology, 0, 3, 1); }),
              "paths end at node 3, but there are only 3 nodes");
    EXPECT_EQ(Refusal([&] { FindDisjointPaths(topology, 1, 1, 1); }),
              "paths begin and end at the same node \"n1\"");
    EXPECT_EQ(Refusal([&] { FindDisjointPaths(topology, 0, 1, 1, -1); }),
              "the delay of links without one is -1 ns; allowed: 0 to 3600000000000");
    EXPECT_EQ(Refusal([&] { RequireDisjointPaths(topology, "n0", "node 2", 2); }),
              "2 link-disjoint paths wanted from \"n0\" to \"node 2\", the topology has 1");
    EXPECT_EQ(Refusal([&] { RequireDisjointPaths(topology, "n0", "node", 2); }),
              "no node has the id or label \"node\"");
}

// 3000 multigraphs of 2 to 7 nodes and up to 14 links, loops and parallel links among them, with
// delays from 0 up so that ties and free links are common.
TEST(DisjointPaths, MatchAnExhaustiveSearchOnRandomGraphs)
{
    std::mt19937 random(20240607); // results of mt19937 itself are fixed by the standard
    uint32_t severalPaths = 0;
    for (int round = 0; round < 3000; ++round)
    {
        const uint32_t nodes = 2 + random() % 6;
        const uint32_t links = random() % 15;
        const uint32_t delays = 1 + random() % 9;
        std::vector<Wire> wires;
        for (uint32_t i = 0; i < links; ++i)
        {
            const auto a = static_cast<uint32_t>(random() % nodes);
            const auto b = static_cast<uint32_t>(random() % nodes);
            wires.push_back({a, b, static_cast<int64_t>(random() % delays)});
        }
        std::vector<std::pair<uint32_t, int64_t>> simple;
        Walk(wires, 0, nodes - 1, 1, 0, 0, simple);
        std::map<uint32_t, int64_t> best;
        TryAll(simple, 0, 0, 0, 0, best);
        const uint32_t most = best.rbegin()->first;
        severalPaths += most >= 2 ? 1 : 0;

        const auto topology = Build(nodes, wires);
        for (uint32_t k = 1; k <= most + 1; ++k)
        {
            SCOPED_TRACE("round " + std::to_string(round) + ", k " + std::to_string(k));
            const auto paths = FindDisjointPaths(topology, 0, nodes - 1, k);
            ASSERT_EQ(paths.size(), std::min(k, most));
            ExpectDisjointPaths(topology, paths, 0, nodes - 1);
            int64_t total = 0;
            for (const auto& path : paths)
            {
                total += path.weight * TIE + static_cast<int64_t>(path.links.size());
            }
            EXPECT_EQ(total, best[std::min(k, most)]);
        }
    }
    EXPECT_GT(severalPaths, 750u) << "the random graphs are too thin to prove anything";
}
