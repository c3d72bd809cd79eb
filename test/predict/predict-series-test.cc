// SPDX-License-Identifier: GPL-2.0-only
//
// What comes next in a series of equally spaced values. All values were computed by hand.
//  1. before the first value nothing is expected; after it, that value again
//  2. PredictLast says the last value, PredictEwma the weighted mean, however far ahead
//  3. PredictHolt begins with the first two values, follows level and trend, and looks further
//     ahead along the trend; on a line it is exact from the second value on
//  4. a step is followed: each of these comes to it, PredictHolt beyond it on the way
//  5. Make() gives what it was asked for

#include "ns3/predict-series.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <initializer_list>
#include <utility>

namespace
{

using namespace ns3::sharding;

void
Feed(PredictSeries& series, std::initializer_list<double> values)
{
    for (double value : values)
    {
        series.Add(value);
    }
}

TEST(PredictSeries, KnowsNothingAtFirstAndThenTheFirstValue)
{
    for (PredictSeriesKind kind :
         {PREDICT_LAST, PREDICT_EWMA, PREDICT_HOLT, PREDICT_HOLT_WINTERS, PREDICT_AUTOREGRESSION})
    {
        const auto series = PredictSeries::Make(kind);
        EXPECT_EQ(series->Ahead(1), 0.0) << int(kind);
        series->Add(-7);
        EXPECT_EQ(series->Ahead(1), -7.0) << int(kind);
        EXPECT_EQ(series->Ahead(100), -7.0) << int(kind);
    }
}

TEST(PredictSeries, IsOfTheKindThatWasAskedFor)
{
    const auto last = PredictSeries::Make(PREDICT_LAST);
    const auto ewma = PredictSeries::Make(PREDICT_EWMA);
    const auto holt = PredictSeries::Make(PREDICT_HOLT);
    EXPECT_NE(dynamic_cast<PredictLast*>(last.get()), nullptr);
    EXPECT_NE(dynamic_cast<PredictEwma*>(ewma.get()), nullptr);
    EXPECT_NE(dynamic_cast<PredictHolt*>(holt.get()), nullptr);
}

TEST(PredictLast, SaysTheLastValueAgain)
{
    PredictLast series;
    Feed(series, {3, 8, 5});
    EXPECT_EQ(series.Ahead(0), 5.0);
    EXPECT_EQ(series.Ahead(1), 5.0);
    EXPECT_EQ(series.Ahead(9), 5.0);
}

TEST(PredictEwma, WeighsWhatCameByItsAge)
{
    PredictEwma quarter; // the default gain
    Feed(quarter, {8, 4});
    EXPECT_DOUBLE_EQ(quarter.Ahead(1), 7);
    quarter.Add(11);
    EXPECT_DOUBLE_EQ(quarter.Ahead(1), 8);
    EXPECT_DOUBLE_EQ(quarter.Ahead(9), 8);
    PredictEwma half(0.5);
    Feed(half, {0, 16, 0, 0}); // 0, 8, 4, 2
    EXPECT_DOUBLE_EQ(half.Ahead(1), 2);
    PredictEwma all(1);
    Feed(all, {1, 2, 5});
    EXPECT_DOUBLE_EQ(all.Ahead(1), 5);
}

TEST(PredictHolt, FollowsLevelAndTrend)
{
    PredictHolt series; // gains of 0.5 and 0.3
    Feed(series, {2, 4});
    EXPECT_DOUBLE_EQ(series.Ahead(0), 4);
    EXPECT_DOUBLE_EQ(series.Trend(), 2);
    EXPECT_DOUBLE_EQ(series.Ahead(3), 10);
    series.Add(8); // level (8 + 6) / 2 = 7; trend 2 + 0.3 (3 - 2)
    EXPECT_DOUBLE_EQ(series.Ahead(0), 7);
    EXPECT_DOUBLE_EQ(series.Trend(), 2.3);
    EXPECT_DOUBLE_EQ(series.Ahead(1), 9.3);
    series.Add(8); // level (8 + 9.3) / 2 = 8.65; trend 2.3 + 0.3 (1.65 - 2.3)
    EXPECT_DOUBLE_EQ(series.Ahead(0), 8.65);
    EXPECT_DOUBLE_EQ(series.Trend(), 2.105);
    EXPECT_DOUBLE_EQ(series.Ahead(2), 12.86);
}

TEST(PredictHolt, FollowsALineExactly)
{
    for (const auto& [level, trend] : {std::pair{0.9, 0.1}, {0.5, 0.3}, {0.1, 0.9}, {1.0, 0.0}})
    {
        PredictHolt series(level, trend);
        for (int i = 0; i < 200; ++i)
        {
            series.Add(10 - 0.25 * i);
            if (i > 0)
            {
                EXPECT_NEAR(series.Trend(), -0.25, 1e-9);
                EXPECT_NEAR(series.Ahead(1), 10 - 0.25 * (i + 1), 1e-9);
                EXPECT_NEAR(series.Ahead(12.5), 10 - 0.25 * (i + 12.5), 1e-9);
            }
        }
    }
}

TEST(PredictHolt, WithoutATrendIsAWeightedMean)
{
    PredictHolt series(0.5, 0);
    Feed(series, {6, 6, 2, 8}); // 6, 6, 4, 6
    EXPECT_DOUBLE_EQ(series.Trend(), 0);
    EXPECT_DOUBLE_EQ(series.Ahead(1), 6);
}

TEST(PredictSeries, ComesToAStep)
{
    for (PredictSeriesKind kind : {PREDICT_LAST, PREDICT_EWMA, PREDICT_HOLT})
    {
        const auto series = PredictSeries::Make(kind);
        double most = 0;
        for (int i = 0; i < 200; ++i)
        {
            series->Add(i < 50 ? 0 : 1);
            most = std::max(most, series->Ahead(1));
        }
        EXPECT_NEAR(series->Ahead(1), 1, 1e-9) << int(kind);
        EXPECT_EQ(most > 1.01, kind == PREDICT_HOLT) << int(kind);
    }
}

} // namespace
