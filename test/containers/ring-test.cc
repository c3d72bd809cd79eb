// SPDX-License-Identifier: GPL-2.0-only
//
// The ring: first in, first out, like std::deque, over wraps and growth.
#include "ns3/shard-ring.h"

#include <deque>
#include <gtest/gtest.h>
#include <memory>
#include <random>

namespace
{

using ns3::sharding::ShardRing;

TEST(Ring, IsADequeOverManyWrapsAndGrowths)
{
    std::mt19937 engine(1);
    ShardRing<int> ring;
    std::deque<int> model;
    for (int step = 0; step < 200000; ++step)
    {
        // Long phases of growth and of shrinking.
        const bool push = engine() % 100 < (step / 5000 % 2 == 0 ? 60U : 40U);
        if (push)
        {
            ring.Push(int(step));
            model.push_back(step);
        }
        else if (!model.empty())
        {
            ASSERT_EQ(ring.Front(), model.front());
            ring.Pop();
            model.pop_front();
        }
        ASSERT_EQ(ring.Size(), model.size());
        ASSERT_EQ(ring.IsEmpty(), model.empty());
        if (!model.empty())
        {
            ASSERT_EQ(ring.Back(), model.back());
        }
    }
}

TEST(Ring, MovesWhatCannotBeCopied)
{
    ShardRing<std::unique_ptr<int>> ring;
    for (int i = 0; i < 100; ++i)
    {
        ring.Push(std::make_unique<int>(i));
    }
    for (int i = 0; i < 100; ++i)
    {
        EXPECT_EQ(*std::move(ring.Front()), i);
        ring.Pop();
    }
    EXPECT_TRUE(ring.IsEmpty());
}

} // namespace
