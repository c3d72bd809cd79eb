// SPDX-License-Identifier: GPL-2.0-only
/*
 * 1. the tag is SipHash-2-4: vectors of its authors' reference implementation, key 00 01 .. 0f and
 *    message 00 01 .. of the length given
 * 2. a replay window takes every number once, in any order within its width, over wrap-around, and
 *    nothing older
 */
#include "ns3/shard-replay-window.h"
#include "ns3/shard-tag.h"

#include <gtest/gtest.h>
#include <numeric>
#include <random>
#include <set>
#include <vector>

namespace
{

using namespace ns3::sharding;

TEST(ShardTag, IsSipHash24)
{
    ShardTagKey key;
    std::iota(key.begin(), key.end(), uint8_t{0});
    std::vector<uint8_t> message(63);
    std::iota(message.begin(), message.end(), uint8_t{0});
    EXPECT_EQ(ShardTag(key, message.data(), 0), 0x726fdb47dd0e0e31U);
    EXPECT_EQ(ShardTag(key, message.data(), 1), 0x74f839c593dc67fdU);
    EXPECT_EQ(ShardTag(key, message.data(), 15), 0xa129ca6149be45e5U) << "the paper's appendix A";
    key[0] ^= 1;
    EXPECT_NE(ShardTag(key, message.data(), 15), 0xa129ca6149be45e5U);
}

TEST(ShardReplayWindow, TakesEachNumberOnce)
{
    std::mt19937 engine(5);
    ShardReplayWindow window;
    std::set<uint32_t> taken;
    uint32_t latest = 0xffffff00; // wraps around on the way
    EXPECT_TRUE(window.Accept(latest));
    taken.insert(latest);
    for (int i = 0; i < 20000; ++i)
    {
        const uint32_t number = latest + engine() % 4 - engine() % 80;
        const uint32_t ahead = number - latest;
        const bool isLater = ahead != 0 && ahead < 1U << 31;
        const bool isNew = isLater || (latest - number < 64 && taken.count(number) == 0);
        EXPECT_EQ(window.Accept(number), isNew) << number << " after " << latest;
        taken.insert(number);
        latest = isLater ? number : latest;
    }
    EXPECT_LT(latest, 0xffffff00U) << "wrapped around";
}

TEST(ShardReplayWindow, KnowsItsEdge)
{
    ShardReplayWindow window;
    EXPECT_TRUE(window.Accept(1000));
    EXPECT_FALSE(window.Accept(1000));
    EXPECT_TRUE(window.Accept(937)) << "63 behind";
    EXPECT_FALSE(window.Accept(937));
    EXPECT_FALSE(window.Accept(936)) << "64 behind";
    EXPECT_TRUE(window.Accept(1063));
    EXPECT_FALSE(window.Accept(1000)) << "remembered at the edge";
    EXPECT_TRUE(window.Accept(1001));
    EXPECT_TRUE(window.Accept(5000));
    EXPECT_FALSE(window.Accept(1002));
}

} // namespace
