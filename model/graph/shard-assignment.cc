// SPDX-License-Identifier: GPL-2.0-only
#include "shard-assignment.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/successive_shortest_path_nonnegative_weights.hpp>
#include <cstddef>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace sharding
{

namespace
{

using Traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;
using EdgeProperties = boost::property<
    boost::edge_capacity_t,
    int64_t,
    boost::property<boost::edge_residual_capacity_t,
                    int64_t,
                    boost::property<boost::edge_reverse_t,
                                    Traits::edge_descriptor,
                                    boost::property<boost::edge_weight_t, int64_t>>>>;
using FlowGraph = boost::
    adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property, EdgeProperties>;

__extension__ typedef __int128 Potential;

/// Put an edge and its reverse. @return the edge
Traits::edge_descriptor
Connect(FlowGraph& graph, std::size_t from, std::size_t to, int64_t capacity, int64_t cost)
{
    const auto there = boost::add_edge(from, to, graph).first;
    const auto back = boost::add_edge(to, from, graph).first;
    boost::put(boost::edge_capacity, graph, there, capacity);
    boost::put(boost::edge_capacity, graph, back, 0);
    boost::put(boost::edge_weight, graph, there, cost);
    boost::put(boost::edge_weight, graph, back, -cost);
    boost::put(boost::edge_reverse, graph, there, back);
    boost::put(boost::edge_reverse, graph, back, there);
    return there;
}

} // namespace

ShardAssignment
AssignAtLeastCost(const std::vector<std::vector<ShardAssignmentOption>>& options,
                  const std::vector<uint32_t>& capacities)
{
    const std::size_t tasks = options.size();
    const std::size_t source = tasks + capacities.size();
    const std::size_t sink = source + 1;
    FlowGraph graph(sink + 1);
    for (std::size_t place = 0; place < capacities.size(); ++place)
    {
        if (capacities[place] > 0)
        {
            Connect(graph, tasks + place, sink, capacities[place], 0);
        }
    }
    std::vector<std::vector<Traits::edge_descriptor>> edges(tasks);
    for (std::size_t task = 0; task < tasks; ++task)
    {
        Connect(graph, source, task, 1, 0);
        for (const ShardAssignmentOption& option : options[task])
        {
            if (option.place >= capacities.size() || option.cost < 0 ||
                option.cost > ShardAssignment::MAX_COST)
            {
                throw std::invalid_argument("task " + std::to_string(task) + " at place " +
                                            std::to_string(option.place) + " of " +
                                            std::to_string(capacities.size()) + " at cost " +
                                            std::to_string(option.cost) + "; costs are 0 to " +
                                            std::to_string(ShardAssignment::MAX_COST));
            }
            edges[task].push_back(Connect(graph, task, tasks + option.place, 1, option.cost));
        }
    }
    // Boost adds the largest distance there is to the potential of a vertex out of reach, once a
    // round: that needs more bits than the distances have.
    std::vector<Potential> potentials(boost::num_vertices(graph));
    boost::successive_shortest_path_nonnegative_weights(
        graph,
        source,
        sink,
        boost::distance_map2(
            boost::make_iterator_property_map(potentials.begin(),
                                              boost::get(boost::vertex_index, graph))));
    ShardAssignment found;
    found.places.assign(tasks, ShardAssignment::NONE);
    for (std::size_t task = 0; task < tasks; ++task)
    {
        for (std::size_t i = 0; i < edges[task].size(); ++i)
        {
            if (boost::get(boost::edge_residual_capacity, graph, edges[task][i]) == 0)
            {
                found.places[task] = options[task][i].place;
                found.cost += options[task][i].cost;
                ++found.assigned;
                break;
            }
        }
    }
    return found;
}

} // namespace sharding
} // namespace ns3
