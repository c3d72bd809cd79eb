// SPDX-License-Identifier: GPL-2.0-only

/**
 * @file
 * Deadlines of many things (ShardTurns):
 * 1. Each thing is looked at once, at the time it was due, in order of time, equals in that of Set.
 * 2. A thing that was put off is looked at at the later time only, one that was moved forward at
 *    the earlier time only.
 * 3. A thing that is gone is not looked at; what takes its handle has its own time.
 */

#include "ns3/shard-turns.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace
{

using ns3::sharding::ShardTurns;

/// Things, and what was looked at: time due and handle.
struct Turns
{
    ShardTurns turns;
    std::vector<ShardTurns::Slot> slots = std::vector<ShardTurns::Slot>(4);
    std::vector<std::pair<int64_t, uint32_t>> looked;

    void Set(uint32_t handle, int64_t due)
    {
        turns.Set(handle, slots[handle], due);
    }

    void Advance(int64_t now)
    {
        turns.Advance(
            now,
            [this](uint32_t handle) -> ShardTurns::Slot& { return slots[handle]; },
            [this](int64_t due, uint32_t handle) { looked.emplace_back(due, handle); });
    }
};

using Looked = std::vector<std::pair<int64_t, uint32_t>>;

TEST(Turns, LooksAtEachOnceWhenItIsDue)
{
    Turns t;
    EXPECT_EQ(t.turns.Next(), ShardTurns::NEVER);
    t.Set(2, 30);
    t.Set(0, 10);
    t.Set(3, 20);
    t.Set(1, 20);
    EXPECT_EQ(t.turns.Next(), 10);
    t.Advance(9);
    EXPECT_TRUE(t.looked.empty());
    t.Advance(20);
    EXPECT_EQ(t.looked, (Looked{{10, 0}, {20, 3}, {20, 1}}));
    t.Advance(100); // late: with the time at which it was due
    EXPECT_EQ(t.looked.back(), (std::pair<int64_t, uint32_t>{30, 2}));
    EXPECT_EQ(t.turns.Next(), ShardTurns::NEVER);
    t.Advance(200);
    EXPECT_EQ(t.looked.size(), 4U);
}

TEST(Turns, PutOffAndMovedForward)
{
    Turns t;
    t.Set(0, 10);
    t.Set(0, 50); // put off
    t.Set(1, 40);
    t.Set(1, 20); // moved forward
    t.Advance(30);
    EXPECT_EQ(t.looked, (Looked{{20, 1}}));
    t.Advance(60);
    EXPECT_EQ(t.looked, (Looked{{20, 1}, {50, 0}}));
}

TEST(Turns, ThingsThatAreGoneAreNotLookedAt)
{
    Turns t;
    t.Set(0, 10);
    t.Set(1, 15);
    ShardTurns::Forget(t.slots[0]);
    t.slots[0] = {}; // another takes the handle
    t.Set(0, 25);
    ShardTurns::Forget(t.slots[1]);
    t.Advance(20);
    EXPECT_TRUE(t.looked.empty());
    t.Advance(25);
    EXPECT_EQ(t.looked, (Looked{{25, 0}}));
}

} // namespace
