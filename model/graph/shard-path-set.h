// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_PATH_SET_H
#define SHARD_PATH_SET_H

#include "shard-topology.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * A way through a topology that visits no node twice.
 */
struct ShardPath
{
    std::vector<uint32_t> links; //!< indices of the links, in the order of travel
    std::vector<uint32_t> nodes; //!< indices of the nodes, both ends included: one more than links
    int64_t weight = 0;          //!< sum of the links' weights, see FindDisjointPaths()
};

/**
 * Link-disjoint paths between two nodes with the least total weight.
 *
 * Taking the shortest path, removing it and looking for the next can miss a pair that exists; this
 * is a minimum-cost flow instead (Suurballe, Networks 4, 1974; Suurballe and Tarjan, Networks 14,
 * 1984; Bhandari, Survivable Networks, 1999): each round finds the least-weight augmenting path by
 * Dijkstra's algorithm over weights reduced by the last round's distances. A link is undirected and
 * carries at most one path: a path that crosses a used link the other way round takes it out of
 * both. Parallel links are different links; loops are never used. One round costs
 * O(links log nodes).
 *
 * A link's weight is its delay in ns. A link without a known delay weighs `missingDelayNs`; where
 * that is not given either, delays cannot be compared and every link of the topology weighs 1, so
 * that the weight is the number of hops. Among sets of equal weight one with the fewest links is
 * taken; what is still equal is decided by the order of the links in the topology, never by chance.
 * How the links are shared out among the paths is decided from the lightest path on.
 *
 * @param topology where to look
 * @param from index of the node at the beginning
 * @param to index of the node at the end, not `from`
 * @param k paths wanted
 * @param missingDelayNs weight of a link without a delay, 0 to ShardTopology::MAX_DELAY_NS
 * @return k paths, lightest first; where there are fewer, as many as there are (the maximum flow)
 * @throws std::invalid_argument where an argument is out of range
 */
std::vector<ShardPath> FindDisjointPaths(const ShardTopology& topology,
                                         uint32_t from,
                                         uint32_t to,
                                         uint32_t k,
                                         std::optional<int64_t> missingDelayNs = std::nullopt);

/**
 * The same for a user's request, where fewer than k paths are an error.
 *
 * @param topology where to look
 * @param from id or label of the node at the beginning, see FindNode()
 * @param to id or label of the node at the end
 * @param k paths wanted
 * @param missingDelayNs weight of a link without a delay, see FindDisjointPaths()
 * @return k paths, lightest first
 * @throws std::invalid_argument with a one-line message that says how many paths there are
 */
std::vector<ShardPath> RequireDisjointPaths(const ShardTopology& topology,
                                            const std::string& from,
                                            const std::string& to,
                                            uint32_t k,
                                            std::optional<int64_t> missingDelayNs = std::nullopt);

} // namespace sharding
} // namespace ns3

#endif // SHARD_PATH_SET_H
