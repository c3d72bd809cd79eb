// SPDX-License-Identifier: GPL-2.0-only
//
// Series with a season, and series that are weighted sums of their past.
//  1. PredictHoltWinters is PredictHolt in its first season, and follows a season with a trend
//     exactly, at any distance; a second season by hand
//  2. PredictAutoregression begins as PredictLast; finds the weights of a linear recurrence, after
//     which it is exact; follows weights that change; a long constant series does not spoil it
//  3. the scale of the values does not matter

#include "ns3/predict-autoregression.h"
#include "ns3/predict-seasonal.h"

#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <random>

namespace
{

using namespace ns3::sharding;

TEST(PredictHoltWinters, IsLevelAndTrendInItsFirstSeason)
{
    PredictSeasonalSettings settings;
    settings.season = 3;
    PredictHoltWinters series(settings);
    EXPECT_EQ(series.Ahead(1), 0);
    series.Add(4);
    EXPECT_EQ(series.Ahead(1), 4);
    series.Add(9);
    PredictHolt holt;
    holt.Add(4);
    holt.Add(9);
    EXPECT_EQ(series.Ahead(2), holt.Ahead(2));
    series.Add(2); // level 5, season -1, 4, -3
    EXPECT_DOUBLE_EQ(series.Ahead(1), 4);
    EXPECT_DOUBLE_EQ(series.Ahead(2), 9);
    EXPECT_DOUBLE_EQ(series.Ahead(3), 2);
    EXPECT_DOUBLE_EQ(series.Ahead(4), 4);
}

TEST(PredictHoltWinters, SmoothsLevelTrendAndSeason)
{
    PredictSeasonalSettings settings;
    settings.season = 2;
    settings.levelGain = 0.5;
    settings.trendGain = 0.25;
    settings.seasonalGain = 0.5;
    PredictHoltWinters series(settings);
    for (double value : {0.0, 4.0, 4.0}) // level 2, season -2, 2; then level (6 + 2) / 2 = 4,
    {                                    // trend 0.25 * 2, season -2 + 0.5 (0 + 2) = -1
        series.Add(value);
    }
    EXPECT_DOUBLE_EQ(series.Ahead(1), 4 + 0.5 + 2);
    EXPECT_DOUBLE_EQ(series.Ahead(2), 4 + 1 - 1);
    EXPECT_DOUBLE_EQ(series.Ahead(3), 4 + 1.5 + 2);
}

TEST(PredictHoltWinters, ComesToASeasonOnALine)
{
    const std::array<double, 4> season{3, -1, -4, 2};
    PredictSeasonalSettings settings;
    settings.season = 4;
    settings.trendGain = 0.1;
    PredictHoltWinters series(settings);
    const auto at = [&season](int i) { return 100 + 0.5 * i + season[i % 4]; };
    for (int i = 0; i < 2000; ++i)
    {
        series.Add(at(i));
    }
    for (int ahead = 1; ahead < 10; ++ahead)
    {
        EXPECT_NEAR(series.Ahead(ahead), at(1999 + ahead), 1e-6) << ahead;
    }
}

TEST(PredictAutoregression, BeginsAsTheLastValue)
{
    PredictAutoregression series;
    EXPECT_EQ(series.Ahead(1), 0);
    series.Add(0);
    EXPECT_EQ(series.Ahead(1), 0);
    series.Add(12);
    EXPECT_DOUBLE_EQ(series.Ahead(1), 12);
    EXPECT_DOUBLE_EQ(series.Ahead(5), 12);
}

TEST(PredictAutoregression, FindsTheWeightsOfARecurrence)
{
    for (double unit : {1e-6, 1.0, 1e9})
    {
        PredictAutoregressionSettings settings;
        settings.order = 2;
        settings.forget = 1;
        settings.variance = 1e6;
        PredictAutoregression series(settings);
        std::mt19937 random(1);
        std::normal_distribution<double> noise(0, 0.01);
        double last = 1;
        double before = 1;
        for (int i = 0; i < 5000; ++i)
        {
            // Weights are found to some 1/sqrt(5000): 0.1 is seven of these away.
            const double next = 0.5 + 1.2 * last - 0.6 * before + noise(random);
            before = last;
            last = next;
            series.Add(unit * next);
        }
        EXPECT_NEAR(series.Weights()[1], 1.2, 0.1) << unit;
        EXPECT_NEAR(series.Weights()[2], -0.6, 0.1) << unit;
        EXPECT_NEAR(series.Weights()[0] * series.Scale() / unit, 0.5, 0.1) << unit;
        const double once = 0.5 + 1.2 * last - 0.6 * before;
        EXPECT_NEAR(series.Ahead(1) / unit, once, 0.01) << unit;
        EXPECT_NEAR(series.Ahead(2) / unit, 0.5 + 1.2 * once - 0.6 * last, 0.02) << unit;
    }
}

TEST(PredictAutoregression, FollowsAWaveAndANewOne)
{
    PredictAutoregression series;
    const auto wave = [](int i, double length) { return 10 + std::sin(2 * M_PI * i / length); };
    for (int i = 0; i < 3000; ++i)
    {
        series.Add(wave(i, 12));
    }
    EXPECT_NEAR(series.Ahead(1), wave(3000, 12), 1e-3);
    EXPECT_NEAR(series.Ahead(6), wave(3005, 12), 1e-2);
    for (int i = 0; i < 3000; ++i)
    {
        series.Add(wave(i, 7));
    }
    EXPECT_NEAR(series.Ahead(1), wave(3000, 7), 1e-2);
}

TEST(PredictAutoregression, AConstantDoesNotSpoilIt)
{
    PredictAutoregression series;
    for (int i = 0; i < 100000; ++i)
    {
        series.Add(5);
    }
    EXPECT_NEAR(series.Ahead(1), 5, 1e-6);
    for (int i = 0; i < 2000; ++i)
    {
        const double value = 5 + (i % 2 == 0 ? 1 : -1);
        if (i > 1500)
        {
            EXPECT_NEAR(series.Ahead(1), value, 0.01) << i;
        }
        series.Add(value);
    }
}

} // namespace
