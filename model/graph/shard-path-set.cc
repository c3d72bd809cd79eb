// SPDX-License-Identifier: GPL-2.0-only
#include "shard-path-set.h"

#include "shard-parse-error.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <functional>
#include <limits>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace ns3
{
namespace sharding
{

namespace
{

/// Weight first, then the number of links: every real link costs more than nothing, so that a flow
/// of least cost has no cycles even over links without delay.
struct Cost
{
    int64_t weight;
    int64_t links;

    Cost operator+(const Cost& other) const
    {
        return {weight + other.weight, links + other.links};
    }

    Cost operator-(const Cost& other) const
    {
        return {weight - other.weight, links - other.links};
    }

    bool operator<(const Cost& other) const
    {
        return std::tie(weight, links) < std::tie(other.weight, other.links);
    }

    bool operator==(const Cost& other) const
    {
        return weight == other.weight && links == other.links;
    }
};

constexpr Cost ZERO{0, 0};
constexpr Cost UNREACHED{std::numeric_limits<int64_t>::max(), 0};

/// One direction of a link that may be travelled now.
struct Arc
{
    uint32_t link;
    Cost cost;
};

using ArcGraph =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property, Arc>;

/// What a link carries of the flow.
enum class Use : uint8_t
{
    NONE,
    A_TO_B,
    B_TO_A
};

std::vector<Cost>
Distances(const ArcGraph& graph, uint32_t from)
{
    std::vector<Cost> distance(boost::num_vertices(graph), UNREACHED);
    boost::dijkstra_shortest_paths(
        graph,
        from,
        boost::weight_map(boost::get(&Arc::cost, graph))
            .distance_map(boost::make_iterator_property_map(distance.begin(),
                                                            boost::get(boost::vertex_index, graph)))
            .distance_compare(std::less<Cost>())
            .distance_combine(std::plus<Cost>())
            .distance_inf(UNREACHED)
            .distance_zero(ZERO));
    return distance;
}

/**
 * A shortest path, chosen by the order of the arcs among equals. The path is found from the
 * distances and not from Dijkstra's predecessors, which depend on how a heap breaks ties.
 */
ShardPath
TightPath(const ArcGraph& graph, const std::vector<Cost>& distance, uint32_t from, uint32_t to)
{
    using Arcs = boost::graph_traits<ArcGraph>::out_edge_iterator;
    std::vector<bool> seen(boost::num_vertices(graph), false);
    std::vector<std::pair<Arcs, Arcs>> open; // depth first, without recursion: paths may be long
    ShardPath path;
    path.nodes.push_back(from);
    seen[from] = true;
    open.push_back(boost::out_edges(from, graph));
    while (path.nodes.back() != to)
    {
        auto& [arc, end] = open.back();
        if (arc == end)
        {
            open.pop_back();
            path.nodes.pop_back();
            path.links.pop_back();
            continue;
        }
        const auto next = static_cast<uint32_t>(boost::target(*arc, graph));
        const Arc& step = graph[*arc];
        ++arc;
        if (!seen[next] && distance[path.nodes.back()] + step.cost == distance[next])
        {
            seen[next] = true;
            path.nodes.push_back(next);
            path.links.push_back(step.link);
            open.push_back(boost::out_edges(next, graph));
        }
    }
    return path;
}

std::vector<int64_t>
Weights(const ShardTopology& topology, std::optional<int64_t> missingDelayNs)
{
    const auto& links = topology.Links();
    const bool known =
        missingDelayNs || std::all_of(links.begin(),
                                      links.end(),
                                      [](const auto& link) { return link.delayNs.has_value(); });
    std::vector<int64_t> weights(links.size(), 1);
    for (size_t i = 0; known && i < links.size(); ++i)
    {
        weights[i] = links[i].delayNs ? *links[i].delayNs : *missingDelayNs;
    }
    return weights;
}

/// The flow and the two questions that are asked of it.
class UnitFlow
{
  public:
    UnitFlow(const ShardTopology& topology, std::vector<int64_t> weights)
        : m_topology(topology),
          m_weights(std::move(weights)),
          m_use(topology.Links().size(), Use::NONE),
          m_potential(topology.Nodes().size(), ZERO)
    {
    }

    /// Send one more path's worth at the least added cost; false where no more fits.
    bool Augment(uint32_t from, uint32_t to)
    {
        const ArcGraph residual = Residual();
        const auto distance = Distances(residual, from);
        if (distance[to] == UNREACHED)
        {
            return false;
        }
        const ShardPath path = TightPath(residual, distance, from, to);
        for (size_t i = 0; i < path.links.size(); ++i)
        {
            Use& use = m_use[path.links[i]];
            const bool forward = m_topology.Links()[path.links[i]].a == path.nodes[i];
            use = use != Use::NONE ? Use::NONE : (forward ? Use::A_TO_B : Use::B_TO_A);
        }
        for (size_t node = 0; node < distance.size(); ++node)
        {
            // What the flow has cut off from the source stays cut off: its potential is not read.
            if (!(distance[node] == UNREACHED))
            {
                m_potential[node] = m_potential[node] + distance[node];
            }
        }
        return true;
    }

    /// Take the lightest path out of the flow.
    ShardPath TakePath(uint32_t from, uint32_t to)
    {
        ArcGraph graph(m_topology.Nodes().size());
        for (uint32_t i = 0; i < m_use.size(); ++i)
        {
            const auto& link = m_topology.Links()[i];
            if (m_use[i] == Use::A_TO_B)
            {
                boost::add_edge(link.a, link.b, Arc{i, {m_weights[i], 1}}, graph);
            }
            else if (m_use[i] == Use::B_TO_A)
            {
                boost::add_edge(link.b, link.a, Arc{i, {m_weights[i], 1}}, graph);
            }
        }
        ShardPath path = TightPath(graph, Distances(graph, from), from, to);
        for (uint32_t link : path.links)
        {
            m_use[link] = Use::NONE;
            path.weight += m_weights[link];
        }
        return path;
    }

  private:
    /// What may still be sent, with costs reduced by the potentials so that none is negative.
    ArcGraph Residual() const
    {
        ArcGraph graph(m_topology.Nodes().size());
        for (uint32_t i = 0; i < m_use.size(); ++i)
        {
            const auto& link = m_topology.Links()[i];
            if (link.a == link.b)
            {
                continue;
            }
            const Cost cost{m_weights[i], 1};
            const Cost rise = m_potential[link.a] - m_potential[link.b];
            // A used link may only be given back, for the price that it had.
            switch (m_use[i])
            {
            case Use::NONE:
                boost::add_edge(link.a, link.b, Arc{i, cost + rise}, graph);
                boost::add_edge(link.b, link.a, Arc{i, cost - rise}, graph);
                break;
            case Use::A_TO_B:
                boost::add_edge(link.b, link.a, Arc{i, ZERO - cost - rise}, graph);
                break;
            case Use::B_TO_A:
                boost::add_edge(link.a, link.b, Arc{i, rise - cost}, graph);
                break;
            }
        }
        return graph;
    }

    const ShardTopology& m_topology;
    std::vector<int64_t> m_weights;
    std::vector<Use> m_use;
    std::vector<Cost> m_potential;
};

} // namespace

std::vector<ShardPath>
FindDisjointPaths(const ShardTopology& topology,
                  uint32_t from,
                  uint32_t to,
                  uint32_t k,
                  std::optional<int64_t> missingDelayNs)
{
    for (uint32_t end : {from, to})
    {
        if (end >= topology.Nodes().size())
        {
            throw std::invalid_argument("paths end at node " + std::to_string(end) +
                                        ", but there are only " +
                                        std::to_string(topology.Nodes().size()) + " nodes");
        }
    }
    if (from == to)
    {
        throw std::invalid_argument("paths begin and end at the same node " +
                                    QuoteForMessage(topology.Nodes()[from].id));
    }
    if (missingDelayNs && (*missingDelayNs < 0 || *missingDelayNs > ShardTopology::MAX_DELAY_NS))
    {
        throw std::invalid_argument("the delay of links without one is " +
                                    std::to_string(*missingDelayNs) + " ns; allowed: 0 to " +
                                    std::to_string(ShardTopology::MAX_DELAY_NS));
    }
    UnitFlow flow(topology, Weights(topology, missingDelayNs));
    uint32_t found = 0;
    while (found < k && flow.Augment(from, to))
    {
        ++found;
    }
    std::vector<ShardPath> paths;
    for (uint32_t i = 0; i < found; ++i)
    {
        paths.push_back(flow.TakePath(from, to));
    }
    // Each was the lightest of what was left, so they are in order already.
    return paths;
}

std::vector<ShardPath>
RequireDisjointPaths(const ShardTopology& topology,
                     const std::string& from,
                     const std::string& to,
                     uint32_t k,
                     std::optional<int64_t> missingDelayNs)
{
    const uint32_t begin = FindNode(topology, from);
    const uint32_t end = FindNode(topology, to);
    auto paths = FindDisjointPaths(topology, begin, end, k, missingDelayNs);
    if (paths.size() < k)
    {
        throw std::invalid_argument(std::to_string(k) + " link-disjoint paths wanted from " +
                                    QuoteForMessage(from) + " to " + QuoteForMessage(to) +
                                    ", the topology has " + std::to_string(paths.size()));
    }
    return paths;
}

} // namespace sharding
} // namespace ns3
