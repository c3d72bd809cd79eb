// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which path a request takes.
 * 1. as long as little is known, that of the block's first shard
 * 2. of paths that differ by no more than they vary, each in turn; so of paths that differ by less
 *    than an eighth of a round trip
 * 3. never one that is far slower, unless it is the only one
 * 4. never one on which nothing comes any more, were it the quickest
 */
#include "ns3/shard-request-paths.h"

#include <gtest/gtest.h>
#include <map>
#include <random>

namespace
{

using ns3::sharding::ShardRequestPaths;

constexpr double MS = 1e6;

/// @return how often each path is taken of 400 times
std::map<uint16_t, int>
Taken(ShardRequestPaths& paths, uint16_t first, double trip)
{
    std::map<uint16_t, int> taken;
    for (int i = 0; i < 400; ++i)
    {
        ++taken[paths.Choose(first, trip)];
    }
    return taken;
}

TEST(RequestPaths, TakesThatOfTheFirstShardAsLongAsLittleIsKnown)
{
    ShardRequestPaths paths;
    EXPECT_EQ(paths.Choose(7, 0), 7);
    paths.Learn(0, 0);
    EXPECT_EQ(paths.Choose(7, 10 * MS), 7);
    paths.Learn(200, 0); // more than it follows
    EXPECT_EQ(paths.Choose(200, 10 * MS), 200);
}

TEST(RequestPaths, TakesEqualPathsInTurn)
{
    // Delays of 4 paths are exponential with a mean of 3 ms; a fifth is 15 ms slower.
    ShardRequestPaths paths;
    std::mt19937 random(3);
    std::exponential_distribution<double> delay(1 / (3 * MS));
    for (int block = 0; block < 200; ++block)
    {
        double delays[5];
        double least = 1e18;
        for (int path = 0; path < 5; ++path)
        {
            delays[path] = delay(random) + (path == 4 ? 15 * MS : 0);
            least = std::min(least, delays[path]);
        }
        for (uint16_t path = 0; path < 5; ++path)
        {
            paths.Learn(path, delays[path] - least);
        }
    }
    EXPECT_EQ(Taken(paths, 0, 12 * MS),
              (std::map<uint16_t, int>{{0, 100}, {1, 100}, {2, 100}, {3, 100}}));
}

TEST(RequestPaths, TakesAnEighthOfARoundTripForNothing)
{
    ShardRequestPaths paths;
    for (int block = 0; block < 200; ++block)
    {
        paths.Learn(0, 0);
        paths.Learn(1, 2 * MS);
        paths.Learn(2, 3 * MS);
    }
    EXPECT_EQ(Taken(paths, 0, 20 * MS), (std::map<uint16_t, int>{{0, 200}, {1, 200}}));
    EXPECT_EQ(Taken(paths, 0, 8 * MS), (std::map<uint16_t, int>{{0, 400}}));
}

TEST(RequestPaths, LeavesAPathOnWhichNothingComes)
{
    ShardRequestPaths paths;
    for (int block = 0; block < 100; ++block)
    {
        paths.Learn(0, 0);
        paths.Learn(1, 15 * MS);
    }
    EXPECT_EQ(paths.Choose(1, 20 * MS), 0);
    for (int block = 0; block < 40; ++block)
    {
        paths.Learn(1, 0); // path 0 has failed
    }
    EXPECT_EQ(paths.Choose(1, 20 * MS), 1);
}

} // namespace
