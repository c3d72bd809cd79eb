// SPDX-License-Identifier: GPL-2.0-only
//
// What the detector compares rows with.
//  1. a tail counts what it has seen, goes on by a power law beyond, forgets, and has no unit
//  2. rows: windows, the same time of other days and weeks, stretches like the last one

#include "ns3/predict-rows.h"
#include "ns3/predict-tail.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <random>

namespace
{

using namespace ns3::sharding;

TEST(PredictTail, CountsWhatItHasSeen)
{
    PredictTail tail(1000);
    for (int i = 1; i <= 999; ++i)
    {
        tail.Add(i);
    }
    EXPECT_EQ(tail.Surprise(0), 0);
    EXPECT_EQ(tail.Surprise(-5), 0);
    EXPECT_NEAR(tail.Surprise(901), 1, 1e-12);                  // 99 + 1 of 1000 are as large
    EXPECT_NEAR(tail.Surprise(980), -std::log10(0.021), 1e-12); // 20 + 1 of 1000
    EXPECT_EQ(tail.Median(), 500);
    EXPECT_EQ(tail.Least(), 1);
    EXPECT_EQ(tail.Largest(), 999);
}

TEST(PredictTail, GoesOnByAPowerLaw)
{
    // Sizes whose chance to be over x is 1 / x^2: of 10^6.5 it is 10^-13, of 200 it is 10^-4.6.
    PredictTail tail(2000);
    for (int i = 1; i <= 2000; ++i)
    {
        tail.Add(std::sqrt(2000.5 / i));
    }
    EXPECT_NEAR(tail.Surprise(200), 4.6, 0.5);
    EXPECT_GT(tail.Surprise(400), tail.Surprise(200));
    EXPECT_EQ(tail.Surprise(1e30), PredictTail::MOST);
    // The same sizes in another unit.
    PredictTail other(2000);
    for (int i = 1; i <= 2000; ++i)
    {
        other.Add(1024 * std::sqrt(2000.5 / i));
    }
    EXPECT_NEAR(other.Surprise(1024 * 200), tail.Surprise(200), 1e-9);
}

TEST(PredictTail, ForgetsTheOldest)
{
    PredictTail tail(100);
    for (int i = 0; i < 100; ++i)
    {
        tail.Add(1e6);
    }
    for (int i = 0; i < 100; ++i)
    {
        tail.Add(1 + 0.01 * i);
    }
    EXPECT_GT(tail.Surprise(1e5), 3);
}

TEST(PredictTail, KnowsTheLastSizesInWhateverOrder)
{
    std::mt19937_64 engine(7);
    PredictTail tail(50);
    std::vector<double> all;
    for (int i = 0; i < 2000; ++i)
    {
        all.push_back(engine() % 40); // with many of the same
        tail.Add(all.back());
        std::vector<double> last(all.end() - std::min<size_t>(50, all.size()), all.end());
        std::sort(last.begin(), last.end());
        ASSERT_EQ(tail.Least(), last.front()) << i;
        ASSERT_EQ(tail.Median(), last[last.size() / 2]) << i;
        ASSERT_EQ(tail.Largest(), last.back()) << i;
    }
}

TEST(PredictRows, AnswersWithWindowsOfTheLastRows)
{
    PredictRows rows;
    for (const double value : {5, 1, 2, 4, 8})
    {
        rows.Add(rows.Count(), value);
    }
    EXPECT_EQ(rows.Value(), 8);
    EXPECT_EQ(rows.Value(4), 5);
    EXPECT_EQ(rows.Mean(2), 6);
    EXPECT_EQ(rows.Mean(2, 2), 1.5);
    EXPECT_EQ(rows.Roughness(2), 3);
    EXPECT_EQ(rows.Roughness(4), 2.75);
}

TEST(PredictRows, KnowsTheSameTimeOfOtherDays)
{
    PredictRows rows(4 * 24);
    EXPECT_FALSE(rows.DayMedian(0, 10));
    for (int hour = 0; hour < 5 * 24; ++hour)
    {
        // Each day is 100 over the one before; the first is forgotten.
        rows.Add(3600.0 * hour, hour % 24 + 100 * (hour / 24));
    }
    EXPECT_EQ(rows.Count(), 4 * 24);
    EXPECT_EQ(rows.DayMedian(3600.0 * 5 * 24 + 60, 3), 201 + 100); // at 1 o'clock of 4, 3, 2
    EXPECT_EQ(rows.DayMedian(3600.0 * 5 * 24, 1), std::nullopt);   // one day is none
    // At 23 o'clock the mean of two hours is 422.5. A day ago it was 322.5, and, an hour later,
    // that of 323 and 400.
    EXPECT_EQ(rows.DayDistance(2, 3), 422.5 - 361.5);
}

TEST(PredictRows, KnowsTheSameDayOfOtherWeeks)
{
    PredictRows rows;
    for (int hour = 0; hour < 15 * 24; ++hour)
    {
        // Days differ by 100, weeks by 7 more; within a day nothing changes.
        rows.Add(3600.0 * hour, 100 * (hour / 24 % 7) + 7 * (hour / 24 / 7));
        if (hour == 14 * 24 - 1)
        {
            EXPECT_EQ(rows.WeekDistance(2, 4), 0); // one week is none
        }
    }
    EXPECT_EQ(rows.WeekDistance(2, 4), 7); // the day has 14, a week ago 7, two weeks ago 0
    EXPECT_EQ(rows.WeekDistance(2, 1), 0); // one week is none
}

TEST(PredictRows, FindsTheStretchThatIsMostLikeTheLast)
{
    PredictRows rows;
    const std::vector<double> values{0, 3, 1, 9, 9, 9, 0, 4, 1, 9, 9, 9, 9, 0, 3, 3};
    for (const double value : values)
    {
        rows.Add(rows.Count(), value);
    }
    // Against 0 3 1 the difference is 0 0 2, against 0 4 1 it is 0 1 2.
    EXPECT_DOUBLE_EQ(rows.Unlikeness(3, 1, 100), std::sqrt(4 / 3.0));
    EXPECT_DOUBLE_EQ(rows.Unlikeness(3, 2, 100), std::sqrt(5 / 3.0));
    EXPECT_DOUBLE_EQ(rows.Unlikeness(3, 1, 12), std::sqrt(5 / 3.0)); // does not reach the first
    EXPECT_EQ(rows.Unlikeness(6, 1, 100), 0);                        // not enough to compare with
}

TEST(PredictRows, KnowsHowOftenRowsCome)
{
    PredictRows rows(4000);
    rows.Add(5, 1);
    EXPECT_EQ(rows.Lasting(3600), 1); // one row has no distance
    rows.Add(5, 2);
    EXPECT_EQ(rows.Lasting(3600), 1);
    for (int i = 1; i <= 3000; ++i)
    {
        rows.Add(5 + 300.0 * i, i);
    }
    EXPECT_DOUBLE_EQ(rows.Lasting(3600), 12);
    for (int i = 1; i <= 1000; ++i) // the last thousand rows say it
    {
        rows.Add(5 + 900000 + 60.0 * i, i);
    }
    EXPECT_DOUBLE_EQ(rows.Lasting(3600), 60);
}

} // namespace
