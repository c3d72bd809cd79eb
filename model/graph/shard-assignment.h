// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_ASSIGNMENT_H
#define SHARD_ASSIGNMENT_H

#include <cstdint>
#include <limits>
#include <vector>

namespace ns3
{
namespace sharding
{

/// A place that a task may be given.
struct ShardAssignmentOption
{
    uint32_t place; ///< index
    int64_t cost;   ///< 0 to ShardAssignment::MAX_COST
};

/**
 * @ingroup sharding
 * Tasks given to places at least cost, as many as can be: a minimum-cost maximum flow from the
 * tasks (one unit each) over their options to the places (as many units as their capacities), by
 * successive shortest paths (R. K. Ahuja, T. L. Magnanti and J. B. Orlin, "Network Flows", 1993,
 * section 9.7; Boost.Graph). Costs and the result are whole numbers: no rounding. The same input
 * gives the same output.
 */
struct ShardAssignment
{
    /// Highest cost of an option; sums over a million tasks stay within 64 bits.
    static constexpr int64_t MAX_COST = int64_t(1) << 40;
    /// The place of a task that has none.
    static constexpr uint32_t NONE = std::numeric_limits<uint32_t>::max();

    std::vector<uint32_t> places; ///< of each task, or NONE
    int64_t cost{0};              ///< of all options taken
    uint32_t assigned{0};         ///< tasks that have a place
};

/**
 * @param options of each task; none, or places that are named twice, are allowed
 * @param capacities of each place
 * @return who gets what
 * @throws std::invalid_argument where a place or a cost is out of range
 */
ShardAssignment AssignAtLeastCost(const std::vector<std::vector<ShardAssignmentOption>>& options,
                                  const std::vector<uint32_t>& capacities);

} // namespace sharding
} // namespace ns3

#endif // SHARD_ASSIGNMENT_H
