// SPDX-License-Identifier: GPL-2.0-only
#include "codec-fixture.h"

#include "ns3/shard-set.h"

#include <gtest/gtest.h>
#include <set>

using namespace codectest;

namespace
{

TEST(ShardSet, TakesThirtyTwoBytes)
{
    EXPECT_EQ(sizeof(ShardSet), 32u);
}

TEST(ShardSet, BehavesAsASetOfTheLibrary)
{
    Dice dice(1);
    for (int round = 0; round < 200; ++round)
    {
        ShardSet a;
        std::set<uint32_t> b;
        for (uint32_t step = dice.Roll(0, 300); step > 0; --step)
        {
            const uint32_t i = dice.Roll(0, 255);
            if (dice.Roll(0, 2) == 0)
            {
                a.Clear(i);
                b.erase(i);
            }
            else
            {
                a.Set(i);
                b.insert(i);
            }
        }
        ASSERT_EQ(a.Count(), b.size());
        ASSERT_EQ(a.Empty(), b.empty());
        std::set<uint32_t> visited;
        for (uint32_t i = a.Next(0); i < ShardSet::SIZE; i = a.Next(i + 1))
        {
            visited.insert(i);
        }
        ASSERT_EQ(visited, b);
        for (uint32_t i = 0; i <= 256; ++i)
        {
            ASSERT_EQ(a.CountBelow(i), std::distance(b.begin(), b.lower_bound(i)));
            ASSERT_TRUE(i == 256 || a.Test(i) == (b.count(i) != 0));
        }
    }
}

TEST(ShardSet, BelowHoldsExactlyTheFirstOnes)
{
    for (uint32_t count = 0; count <= 256; ++count)
    {
        const ShardSet set = ShardSet::Below(count);
        for (uint32_t i = 0; i < 256; ++i)
        {
            ASSERT_EQ(set.Test(i), i < count) << count << " " << i;
        }
    }
}

TEST(ShardSet, Algebra)
{
    ShardSet a;
    ShardSet b;
    for (uint32_t i : {1, 64, 200})
    {
        a.Set(i);
    }
    for (uint32_t i : {64, 200, 255})
    {
        b.Set(i);
    }
    ShardSet both;
    both.Set(64);
    both.Set(200);
    ShardSet only;
    only.Set(1);
    EXPECT_EQ(a & b, both);
    EXPECT_EQ(a - b, only);
    EXPECT_EQ((a | b).Count(), 4u);
    EXPECT_NE(a, b);
    EXPECT_EQ((a | b) - (b - a), a);
    EXPECT_EQ(ShardSet().Next(0), 256u);
    EXPECT_EQ(a.Next(201), 256u);
}

} // namespace
