// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tail of the latency cannot be below.
 * 1. of a batch it is the time of all but those spared; batches far enough apart do not add up, but
 *    share those spared
 * 2. without an overload it is the longest but those spared
 * 3. never above the best of all orders, found by trying all: each set of spared jobs, the others
 * first come first served, which is the order with the least maximum; and nearly always that
 */
#include "scenarios/offload-floor.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>
#include <random>

using namespace shardsim;

namespace
{

/// ns, of the search
constexpr double NEAR = 1;

TEST(OffloadFloor, OfBatchesIsTheTimeOfAllButThoseSpared)
{
    std::vector<OffloadJob> jobs(100, {1000, 50});
    EXPECT_NEAR(OffloadFloor(jobs, 0), 5000, NEAR);
    EXPECT_NEAR(OffloadFloor(jobs, 10), 4500, NEAR);
    jobs.push_back({1000, 700});
    EXPECT_NEAR(OffloadFloor(jobs, 1), 5000, NEAR) << "the long one is spared";
    for (int i = 0; i < 80; ++i)
    {
        jobs.push_back({1000000, 50});
    }
    EXPECT_NEAR(OffloadFloor(jobs, 1), 5000, NEAR);
    // 21 of the first batch leave 80 of it, as many as the other has.
    EXPECT_NEAR(OffloadFloor(jobs, 21), 4000, NEAR);
    EXPECT_NEAR(OffloadFloor(jobs, 41), 3500, NEAR) << "ten more of each";
    EXPECT_EQ(OffloadFloor({}, 1), 0);
    EXPECT_NEAR(OffloadFloor({{0, 10}}, 1), 0, NEAR);
}

TEST(OffloadFloor, WithoutAnOverloadIsTheLongestButThoseSpared)
{
    std::vector<OffloadJob> jobs;
    for (int i = 1; i <= 10; ++i)
    {
        jobs.push_back({i * 1000, 10.0 * i});
    }
    EXPECT_NEAR(OffloadFloor(jobs, 0), 100, NEAR);
    EXPECT_NEAR(OffloadFloor(jobs, 3), 70, NEAR);
}

/// @return the least maximum of the latency of all jobs but so many
double
BestOfAll(const std::vector<OffloadJob>& jobs, int spared)
{
    double best = std::numeric_limits<double>::infinity();
    for (unsigned left = 0; left < 1U << jobs.size(); ++left)
    {
        if (__builtin_popcount(left) != spared)
        {
            continue;
        }
        double free = 0;
        double most = 0;
        for (std::size_t i = 0; i < jobs.size(); ++i)
        {
            if ((left >> i & 1) == 0)
            {
                free = std::max(free, static_cast<double>(jobs[i].atNs)) + jobs[i].takesNs;
                most = std::max(most, free - static_cast<double>(jobs[i].atNs));
            }
        }
        best = std::min(best, most);
    }
    return best;
}

TEST(OffloadFloor, IsNeverAboveTheBestOfAllOrders)
{
    std::mt19937 random(7);
    int same = 0;
    constexpr int CASES = 3000;
    for (int i = 0; i < CASES; ++i)
    {
        std::vector<OffloadJob> jobs;
        int64_t at = 0;
        for (int job = 0; job < 9; ++job)
        {
            at += random() % 60;
            jobs.push_back({at, 1.0 + random() % 99});
        }
        const int spared = static_cast<int>(random() % 3);
        const double best = BestOfAll(jobs, spared);
        std::shuffle(jobs.begin(), jobs.end(), random);
        const double floor = OffloadFloor(jobs, static_cast<std::size_t>(spared));
        ASSERT_LE(floor, best + 1e-9);
        same += floor >= best - NEAR;
    }
    EXPECT_GT(same, CASES / 2);
}

} // namespace
