// SPDX-License-Identifier: GPL-2.0-only
// Tasks at least cost: answers worked out on paper, then random problems against an exhaustive
// search that shares no code with the algorithm.
#include "ns3/shard-assignment.h"

#include <algorithm>
#include <cstdint>
#include <gtest/gtest.h>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

using namespace ns3::sharding;

namespace
{

using Options = std::vector<std::vector<ShardAssignmentOption>>;
constexpr uint32_t NONE = ShardAssignment::NONE;

/// The most tasks, then the least cost, by trying everything.
std::pair<uint32_t, int64_t>
Exhaustive(const Options& options, std::vector<uint32_t> left, std::size_t task = 0)
{
    if (task == options.size())
    {
        return {0, 0};
    }
    std::pair<uint32_t, int64_t> best = Exhaustive(options, left, task + 1);
    for (const auto& option : options[task])
    {
        if (left[option.place] == 0)
        {
            continue;
        }
        --left[option.place];
        auto found = Exhaustive(options, left, task + 1);
        ++left[option.place];
        found.first += 1;
        found.second += option.cost;
        if (found.first > best.first || (found.first == best.first && found.second < best.second))
        {
            best = found;
        }
    }
    return best;
}

TEST(Assignment, TakesTheDearerPlaceWhereThatLeavesTheCheapOneToATaskThatHasNoOther)
{
    const auto found = AssignAtLeastCost({{{0, 1}, {1, 10}}, {{0, 2}}}, {1, 1});
    EXPECT_EQ(found.places, (std::vector<uint32_t>{1, 0}));
    EXPECT_EQ(found.cost, 12);
    EXPECT_EQ(found.assigned, 2u);
}

TEST(Assignment, LeavesOutWhatHasNoPlaceAndKeepsToCapacities)
{
    const auto found = AssignAtLeastCost({{{0, 5}}, {}, {{0, 1}}, {{1, 1}}}, {1, 0});
    EXPECT_EQ(found.places, (std::vector<uint32_t>{NONE, NONE, 0, NONE}));
    EXPECT_EQ(found.cost, 1);
    EXPECT_TRUE(AssignAtLeastCost({}, {}).places.empty());
}

TEST(Assignment, OfAPlaceNamedTwiceTheCheaperOptionCounts)
{
    EXPECT_EQ(AssignAtLeastCost({{{0, 9}, {0, 4}}}, {3}).cost, 4);
}

TEST(Assignment, RefusesWhatIsOutOfRange)
{
    EXPECT_THROW(AssignAtLeastCost({{{1, 0}}}, {1}), std::invalid_argument);
    EXPECT_THROW(AssignAtLeastCost({{{0, -1}}}, {1}), std::invalid_argument);
    EXPECT_THROW(AssignAtLeastCost({{{0, ShardAssignment::MAX_COST + 1}}}, {1}),
                 std::invalid_argument);
    EXPECT_EQ(AssignAtLeastCost({{{0, ShardAssignment::MAX_COST}}}, {1}).assigned, 1u);
}

TEST(Assignment, IsAsGoodAsTryingEverything)
{
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round)
    {
        Options options(1 + random() % 5);
        std::vector<uint32_t> capacities(1 + random() % 4);
        for (auto& capacity : capacities)
        {
            capacity = random() % 3;
        }
        for (auto& of : options)
        {
            for (uint32_t place = 0; place < capacities.size(); ++place)
            {
                if (random() % 3 > 0)
                {
                    of.push_back({place, static_cast<int64_t>(random() % 20)});
                }
            }
        }
        const auto best = Exhaustive(options, capacities);
        const auto found = AssignAtLeastCost(options, capacities);
        ASSERT_EQ(found.assigned, best.first) << "round " << round;
        ASSERT_EQ(found.cost, best.second) << "round " << round;
        std::vector<uint32_t> used(capacities.size());
        for (const uint32_t place : found.places)
        {
            if (place != NONE)
            {
                ++used[place];
            }
        }
        for (std::size_t place = 0; place < used.size(); ++place)
        {
            ASSERT_LE(used[place], capacities[place]);
        }
    }
}

} // namespace
