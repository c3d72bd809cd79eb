// SPDX-License-Identifier: GPL-2.0-only
//
//     shard --> placement --> number of a path
//
// What is proved of the placements:
//  1. single: all on path 0
//  2. round-robin: each path in turn, from block to block; fewer paths later are no trap
//  3. weighted: a sequence typed by hand; after every shard no path is behind its share by more
//     than one shard, at equal, unequal, unknown and very low rates
//  4. least-delay: a sequence typed by hand, and in all of 3,000 random shards what a replay of the
//     whole history of every path says
//  5. who uses two objects has two memories: nothing is shared between placements

#include "ns3/shard-placement.h"
#include <ns3/object-factory.h>

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

Ptr<ShardPlacement>
ByName(const std::string& name, const std::vector<ShardPathInfo>& paths)
{
    ObjectFactory factory;
    factory.SetTypeId("ns3::sharding::" + name + "Placement");
    Ptr<ShardPlacement> placement = factory.Create<ShardPlacement>();
    placement->SetPaths(paths);
    return placement;
}

/// @return a path of `rate` bit/s (0: unknown) and `delay`
ShardPathInfo
PathOf(uint64_t rate, Time delay = Seconds(0))
{
    ShardPathInfo info;
    info.rate = DataRate(rate);
    info.delay = delay;
    return info;
}

/// Choose for shards of `sizes` bytes on the wire, all at once.
std::vector<int>
ChooseAll(Ptr<ShardPlacement> placement, const std::vector<uint32_t>& sizes)
{
    std::vector<int> chosen;
    for (uint32_t size : sizes)
    {
        chosen.push_back(placement->Choose(Seconds(1), Shard(), size));
    }
    return chosen;
}

TEST(SinglePlacement, PutsEverythingOnPath0)
{
    EXPECT_EQ(ChooseAll(ByName("Single", {PathOf(1), PathOf(1000)}), {1, 1500, 40, 9000}),
              (std::vector<int>{0, 0, 0, 0}));
}

TEST(RoundRobinPlacement, TakesThePathsInTurnWhateverTheSize)
{
    EXPECT_EQ(ChooseAll(ByName("RoundRobin", {PathOf(1), PathOf(1000), PathOf(5)}),
                        {1, 1500, 40, 9000, 1, 1, 1}),
              (std::vector<int>{0, 1, 2, 0, 1, 2, 0}));
}

TEST(RoundRobinPlacement, NeverNamesAPathThatIsNoLongerThere)
{
    Ptr<ShardPlacement> placement = ByName("RoundRobin", std::vector<ShardPathInfo>(4));
    EXPECT_EQ(ChooseAll(placement, {1, 1, 1}), (std::vector<int>{0, 1, 2}));
    placement->SetPaths(std::vector<ShardPathInfo>(2));
    for (int path : ChooseAll(placement, {1, 1, 1, 1}))
    {
        EXPECT_LT(path, 2);
    }
}

// Path 0 needs 1/7 of a second for 1000 bits, path 1 needs 1/3. After each choice the sums are, in
// 21sts: 3 | 6 | 9 > 7: path 1, so 6,7 | 9 | 12 | 15 > 14: path 1, so 12,14 | 15 | 18.
TEST(WeightedPlacement, SpreadsEqualShardsSevenToThree)
{
    EXPECT_EQ(
        ChooseAll(ByName("Weighted", {PathOf(7000), PathOf(3000)}), std::vector<uint32_t>(8, 125)),
        (std::vector<int>{0, 0, 1, 0, 0, 1, 0, 0}));
}

// A large shard ends first on the fast path, then on the slow one, which nothing was given yet:
// 1600 B at 8 kbit/s: 1.6 s; on path 1 at 4 kbit/s 100 B: 0.2 s < 1.7 s, 0.4, ... until 1.8 > 1.7.
TEST(WeightedPlacement, CountsBytesAndNotShards)
{
    EXPECT_EQ(ChooseAll(ByName("Weighted", {PathOf(8000), PathOf(4000)}),
                        {1600, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100}),
              (std::vector<int>{0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1}));
}

TEST(WeightedPlacement, TakesPathsOfUnknownRateAsEqual)
{
    EXPECT_EQ(ChooseAll(ByName("Weighted", {PathOf(0), PathOf(1000000), PathOf(1000)}),
                        std::vector<uint32_t>(6, 100)),
              (std::vector<int>{0, 1, 2, 0, 1, 2}));
}

// The last shard of each path went where it ended first, so that path's sum is at most that of any
// other path with one more (largest) shard. This is exact but for rounding.
TEST(WeightedPlacement, LeavesNoPathBehindItsShareByMoreThanOneShard)
{
    const std::vector<std::vector<uint64_t>> cases = {
        {1000000, 1000000},
        {1000000, 2000000, 3000000, 10000000},
        {8000, 1000000000},
        {1000, 2000, 3000, 10000}, // hours of sending: the common part is taken away on the way
    };
    for (const std::vector<uint64_t>& rates : cases)
    {
        std::vector<ShardPathInfo> paths;
        for (uint64_t rate : rates)
        {
            paths.push_back(PathOf(rate));
        }
        Ptr<ShardPlacement> placement = ByName("Weighted", paths);
        std::vector<uint64_t> bytes(rates.size(), 0);
        std::mt19937 random(7);
        for (int n = 0; n < 20000; ++n)
        {
            const auto size = static_cast<uint32_t>(49 + random() % 1452);
            bytes.at(placement->Choose(Seconds(n), Shard(), size)) += size;
            for (std::size_t i = 0; i < rates.size(); ++i)
            {
                for (std::size_t j = 0; j < rates.size(); ++j)
                {
                    const double sum =
                        8.0 * static_cast<double>(bytes[i]) / static_cast<double>(rates[i]);
                    const double other =
                        8.0 * static_cast<double>(bytes[j] + 1500) / static_cast<double>(rates[j]);
                    ASSERT_LE(sum, other * (1 + 1e-9))
                        << "after shard " << n << ": path " << i << " of " << rates[i]
                        << " bit/s has " << bytes[i] << " B, path " << j << " of " << rates[j]
                        << " bit/s has " << bytes[j] << " B";
                }
            }
        }
    }
}

// 8 Mbit/s: 1 us a byte. Path 0 is 3 ms away, path 1 is 5 ms away; shards of 1000 B.
// Arrival by path 0: 4, 5, 6, then path 1 also offers 6 and the lower number wins, then 7 > 6.
TEST(LeastDelayPlacement, FillsTheNearPathUntilTheFarOneIsAsFast)
{
    Ptr<ShardPlacement> placement =
        ByName("LeastDelay", {PathOf(8000000, MilliSeconds(3)), PathOf(8000000, MilliSeconds(5))});
    EXPECT_EQ(ChooseAll(placement, std::vector<uint32_t>(7, 1000)),
              (std::vector<int>{0, 0, 0, 1, 0, 1, 0}));
    // A second later all has been sent, and the near path is the faster one again.
    EXPECT_EQ(placement->Choose(Seconds(3), Shard(), 1000), 0);
}

TEST(LeastDelayPlacement, TakesAPathOfUnknownRateForInfinitelyFast)
{
    EXPECT_EQ(ChooseAll(ByName("LeastDelay",
                               {PathOf(8000000, MilliSeconds(1)), PathOf(0, MilliSeconds(4))}),
                        {1000, 1000, 1000, 1000, 1000}),
              (std::vector<int>{0, 0, 0, 1, 1}));
}

/// A path that remembers all that it was given, in whole nanoseconds.
struct Replayed
{
    int64_t nsPerByte;
    int64_t delay;
    std::vector<std::pair<int64_t, int64_t>> history; ///< when, bytes

    /// @return when a shard given now would arrive, from the whole history
    int64_t Arrival(int64_t now, int64_t bytes) const
    {
        int64_t end = 0;
        for (const auto& [when, size] : history)
        {
            end = std::max(end, when) + size * nsPerByte;
        }
        return std::max(end, now) + bytes * nsPerByte + delay;
    }
};

TEST(LeastDelayPlacement, AgreesWithAReplayOfEveryPathsWholeHistory)
{
    std::vector<Replayed> paths = {{1000, 5000000, {}},
                                   {500, 7000000, {}},
                                   {2000, 1000000, {}},
                                   {100, 9000000, {}}};
    std::vector<ShardPathInfo> infos;
    for (const Replayed& path : paths)
    {
        infos.push_back(
            PathOf(8000000000U / static_cast<uint64_t>(path.nsPerByte), NanoSeconds(path.delay)));
    }
    Ptr<ShardPlacement> placement = ByName("LeastDelay", infos);
    std::mt19937 random(11);
    int64_t now = 0;
    std::vector<int> used(paths.size(), 0);
    for (int n = 0; n < 3000; ++n)
    {
        // Bursts at one instant, short gaps that let queues build, and some long silences.
        const uint32_t kind = random() % 10;
        now += kind < 5 ? 0 : kind < 9 ? random() % 200000 : random() % 20000000;
        const auto bytes = static_cast<int64_t>(49 + random() % 1452);
        std::size_t best = 0;
        for (std::size_t path = 1; path < paths.size(); ++path)
        {
            if (paths[path].Arrival(now, bytes) < paths[best].Arrival(now, bytes))
            {
                best = path;
            }
        }
        ASSERT_EQ(placement->Choose(NanoSeconds(now), Shard(), static_cast<uint32_t>(bytes)), best)
            << "shard " << n << " of " << bytes << " B at " << now << " ns";
        paths[best].history.emplace_back(now, bytes);
        ++used[best];
    }
    EXPECT_GT(*std::min_element(used.begin(), used.end()), 100) << "the story is too easy";
}

TEST(Placements, ShareNothing)
{
    for (const char* name : {"RoundRobin", "Weighted", "LeastDelay"})
    {
        const std::vector<ShardPathInfo> paths = {PathOf(8000000), PathOf(8000000)};
        Ptr<ShardPlacement> one = ByName(name, paths);
        Ptr<ShardPlacement> other = ByName(name, paths);
        EXPECT_EQ(ChooseAll(one, {100, 100, 100}), (std::vector<int>{0, 1, 0})) << name;
        EXPECT_EQ(ChooseAll(other, {100, 100, 100}), (std::vector<int>{0, 1, 0})) << name;
    }
}

} // namespace
