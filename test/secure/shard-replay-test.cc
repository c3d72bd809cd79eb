// SPDX-License-Identifier: GPL-2.0-only
/*
 * Replay windows of any size against a set of all numbers that came, and the guard that keeps one
 * for each flow against sets by flow:
 * 1. what the window says of a number is what the set says, over wrap-around, jumps as far as the
 *    ring and far beyond it, and at both edges
 * 2. to check changes nothing; only to take does
 * 3. the guard never takes a number of a flow twice, whatever it has evicted, and never refuses
 *    what is above its floor and within the window
 */
#include "ns3/shard-replay-guard.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

namespace
{

using namespace ns3::sharding;

/// What a window of so many numbers should say, told from all that came. Numbers are of 64 bits
/// here, so that nothing wraps around.
struct PlainWindow
{
    uint64_t size;
    std::set<uint64_t> came{};

    ShardReplayVerdict Check(uint64_t number) const
    {
        if (came.count(number) != 0 && *came.rbegin() - number < size)
        {
            return SHARD_REPLAY_SEEN;
        }
        const bool isOld = !came.empty() && *came.rbegin() >= number + size;
        return isOld ? SHARD_REPLAY_TOO_OLD : SHARD_REPLAY_NEW;
    }
};

TEST(ShardReplayWindow, SaysWhatASetOfAllThatCameSays)
{
    const uint32_t rounds = std::getenv("SHARDING_SLOW") != nullptr ? 1000000 : 20000;
    for (const uint32_t size : {64U, 65U, 100U, 127U, 128U, 129U, 1000U, 1024U, 8192U})
    {
        std::mt19937 random(size);
        ShardReplayWindow window(size);
        PlainWindow plain{size};
        uint64_t latest = (uint64_t(3) << 32) - 5000; // wraps around on the way
        window.Take(static_cast<uint32_t>(latest));
        plain.came.insert(latest);
        std::array<uint64_t, 3> verdicts{};
        for (uint32_t i = 0; i < rounds; ++i)
        {
            uint64_t number = latest;
            const uint32_t dice = random() % 100;
            if (dice < 30)
            {
                number += 1 + random() % 3;
            }
            else if (dice < 32)
            {
                number += random() % (4 * size); // a ring, more or less
            }
            else if (dice < 33)
            {
                number += random() % (64 * size);
            }
            else if (dice < 50)
            {
                number = *plain.came.lower_bound(latest - random() % size);
            }
            else if (dice < 60)
            {
                number -= size - 2 + random() % 4; // at the edge
            }
            else
            {
                number -= random() % (size + size / 8);
            }
            const ShardReplayVerdict want = plain.Check(number);
            const auto wire = static_cast<uint32_t>(number);
            ASSERT_EQ(window.Check(wire), want)
                << number << " after " << latest << ", window " << size << ", round " << i;
            ASSERT_EQ(window.Check(wire), want) << "asking has changed the answer";
            ++verdicts[want];
            if (want == SHARD_REPLAY_NEW && random() % 8 != 0) // else it was not genuine
            {
                window.Take(wire);
                plain.came.insert(number);
                latest = std::max(latest, number);
                ASSERT_EQ(window.Latest(), static_cast<uint32_t>(latest));
                while (*plain.came.begin() + 2 * size < latest)
                {
                    plain.came.erase(plain.came.begin());
                }
            }
        }
        EXPECT_GT(latest, uint64_t(3) << 32) << "wrapped around";
        for (const uint64_t count : verdicts)
        {
            EXPECT_GT(count, rounds / 100) << "every answer was asked for";
        }
    }
}

TEST(ShardReplayWindow, TakesAnythingFirstAndThenUpToHalfOfAllNumbersAhead)
{
    ShardReplayWindow window(128);
    EXPECT_FALSE(window.IsBegun());
    EXPECT_EQ(window.Check(0), SHARD_REPLAY_NEW);
    EXPECT_TRUE(window.Accept(7));
    EXPECT_TRUE(window.IsBegun());
    EXPECT_EQ(window.Check(7 + 0x7fffffffU), SHARD_REPLAY_NEW);
    EXPECT_EQ(window.Check(7 + 0x80000000U), SHARD_REPLAY_TOO_OLD) << "as much behind as ahead";
    EXPECT_TRUE(window.Accept(7 + 0x7fffffffU));
    EXPECT_EQ(window.Check(7), SHARD_REPLAY_TOO_OLD);
    EXPECT_TRUE(window.Accept(7 + 0x7fffffffU - 127)) << "bits of the ring's last round are gone";
    EXPECT_FALSE(window.Accept(7 + 0x7fffffffU - 128));
}

TEST(ShardReplayGuard, NeverTakesANumberOfAFlowTwiceWhateverItForgets)
{
    constexpr uint32_t WINDOW = 64;
    constexpr uint32_t MOST = 4;
    std::mt19937 random(11);
    ShardReplayGuard guard(WINDOW, MOST);
    std::map<uint32_t, std::set<uint32_t>> came;
    uint32_t latest = 0;
    uint64_t taken = 0;
    uint64_t replays = 0;
    for (uint32_t i = 0; i < 200000; ++i)
    {
        // Mostly a few flows at a time, of which there are many over time.
        const uint32_t flow = i / 5000 + random() % (random() % 4 == 0 ? 12 : 3);
        uint32_t number = 0;
        if (random() % 3 == 0 && !came[flow].empty())
        {
            auto old = came[flow].begin();
            std::advance(old, random() % came[flow].size());
            number = *old; // a replay, however old
            ++replays;
        }
        else
        {
            number = ++latest > 80 && random() % 4 == 0 ? latest - random() % 80 : latest;
        }
        const bool isSecond = came[flow].count(number) != 0;
        const ShardReplayVerdict verdict = guard.Check(flow, number);
        if (isSecond)
        {
            ASSERT_NE(verdict, SHARD_REPLAY_NEW) << "flow " << flow << " number " << number;
        }
        else if (number > guard.Floor() && !came[flow].empty() &&
                 *came[flow].rbegin() < number + WINDOW)
        {
            ASSERT_EQ(verdict, SHARD_REPLAY_NEW) << "flow " << flow << " number " << number;
        }
        if (verdict == SHARD_REPLAY_NEW)
        {
            const uint32_t highest = came[flow].empty() ? 0 : *came[flow].rbegin();
            const uint32_t behind = guard.Take(flow, number);
            EXPECT_EQ(behind, highest > number ? highest - number : 0);
            came[flow].insert(number);
            ++taken;
        }
        ASSERT_LE(guard.Flows(), MOST);
    }
    EXPECT_GT(taken, 50000U);
    EXPECT_GT(replays, 50000U);
    EXPECT_GT(guard.Floor(), 1000U) << "flows were evicted";
}

TEST(ShardReplayGuard, EvictsTheFlowNotUsedForLongestAndRaisesTheFloor)
{
    ShardReplayGuard guard(64, 2);
    EXPECT_EQ(guard.Check(1, 0), SHARD_REPLAY_TOO_OLD) << "numbers are from 1";
    EXPECT_EQ(guard.Take(1, 10), 0U);
    EXPECT_EQ(guard.Take(2, 20), 0U);
    EXPECT_EQ(guard.Take(1, 7), 3U);
    EXPECT_EQ(guard.Floor(), 0U);
    EXPECT_EQ(guard.Take(3, 30), 0U); // instead of 2
    EXPECT_EQ(guard.Floor(), 20U);
    EXPECT_EQ(guard.Check(2, 20), SHARD_REPLAY_TOO_OLD);
    EXPECT_EQ(guard.Check(2, 19), SHARD_REPLAY_TOO_OLD) << "perhaps it came";
    EXPECT_EQ(guard.Check(2, 21), SHARD_REPLAY_NEW);
    EXPECT_EQ(guard.Check(1, 9), SHARD_REPLAY_NEW) << "has a window of its own";
    EXPECT_EQ(guard.Check(1, 7), SHARD_REPLAY_SEEN);
    EXPECT_EQ(guard.Check(3, 21), SHARD_REPLAY_NEW);
    EXPECT_EQ(guard.Check(3, 20), SHARD_REPLAY_TOO_OLD) << "came when the floor was there";
}

} // namespace
