// SPDX-License-Identifier: GPL-2.0-only
// A ring of keys; shares, comings and goings are in test/transform/hash-ring-test.cc.
#include "ns3/shard-key-ring.h"
#include "ns3/shard-mix.h"

#include <gtest/gtest.h>
#include <set>
#include <vector>

using namespace ns3::sharding;

namespace
{

TEST(ShardKeyRing, SuccessorsAreTheNodesThatTakeAKeyOverOneAfterTheOther)
{
    for (uint64_t key = 0; key < 200; ++key)
    {
        ShardKeyRing ring(16);
        for (uint32_t node = 0; node < 6; ++node)
        {
            ring.Add(node);
        }
        const uint64_t place = ShardMix(key);
        const std::vector<uint32_t> successors = ring.Successors(place, 6);
        ASSERT_EQ(std::set<uint32_t>(successors.begin(), successors.end()).size(), 6u);
        for (const uint32_t node : successors)
        {
            ASSERT_EQ(ring.FindAt(place), node);
            ring.Remove(node);
        }
        ASSERT_FALSE(ring.FindAt(place));
    }
}

TEST(ShardKeyRing, HasNoMoreSuccessorsThanNodes)
{
    ShardKeyRing ring;
    EXPECT_TRUE(ring.Successors(5, 3).empty());
    ring.Add(9);
    EXPECT_EQ(ring.Successors(5, 3), std::vector<uint32_t>{9});
    EXPECT_TRUE(ring.Successors(5, 0).empty());
}

} // namespace
