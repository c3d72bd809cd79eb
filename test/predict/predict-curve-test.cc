// SPDX-License-Identifier: GPL-2.0-only
//
// Distributions by their quantiles, the conformal correction, and scores.
//  1. a Laplace distribution, of any mean and scale, is exact at any level; so is the tail of an
//     exponential one
//  2. quantiles never decrease; survival is their inverse, also where the curve is flat
//  3. levels of 0, 1 and no number are cut
//  4. crossed quantiles are put into order
//  5. conformal correction brings coverage to the level whatever comes, and as fast as it says
//  6. where outcomes are known late, what was said is brought to the level, also where its scale is
//     far too small, outcomes come in bursts, or many of them are 0
//  7. scores are those worked out by hand

#include "ns3/predict-conformal.h"
#include "ns3/predict-curve.h"
#include "ns3/predict-late-conformal.h"
#include "ns3/predict-score.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace
{

using namespace ns3::sharding;

constexpr double NOT_A_NUMBER = std::numeric_limits<double>::quiet_NaN();

PredictCurve::Values
CurveOf(double (*quantile)(double))
{
    PredictCurve::Values values;
    std::transform(PredictCurve::LEVEL.begin(),
                   PredictCurve::LEVEL.end(),
                   values.begin(),
                   quantile);
    return values;
}

TEST(PredictCurve, IsExactForLaplaceTails)
{
    const auto laplace = [](double p)
    { return 3 + 0.5 * (p < 0.5 ? std::log(2 * p) : -std::log(2 * (1 - p))); };
    const PredictCurve::Values values = CurveOf(laplace);
    for (double p : {1e-6, 0.003, 0.02, 0.3, 0.5, 0.57, 0.8, 0.93, 0.97, 0.999, 1 - 1e-6})
    {
        EXPECT_NEAR(PredictCurve::Quantile(values, p), laplace(p), 1e-9) << p;
        EXPECT_NEAR(PredictCurve::Survival(values, laplace(p)), 1 - p, 1e-9) << p;
    }
    const PredictCurve::Values exponential = CurveOf([](double p) { return -std::log(1 - p); });
    EXPECT_NEAR(PredictCurve::Quantile(exponential, 0.9999), -std::log(1e-4), 1e-9);
    EXPECT_NEAR(PredictCurve::Quantile(exponential, 0.7), -std::log(0.3), 1e-9);
}

TEST(PredictCurve, SaysTheSameByAPlaceThatWasKept)
{
    const PredictCurve::Values values = CurveOf([](double p) { return -std::log(1 - p); });
    for (const double p : {-1.0, 0.0, 0.005, 0.01, 0.3, 0.5, 0.93, 0.95, 0.999, 2.0})
    {
        const PredictCurve::Place place(p);
        EXPECT_EQ(place.given, p);
        EXPECT_EQ(PredictCurve::Quantile(values, place), PredictCurve::Quantile(values, p));
    }
    EXPECT_NEAR(PredictCurve::Quantile(values, PredictCurve::Place(0.93)), -std::log(0.07), 1e-9);
    EXPECT_EQ(PredictCurve::Quantile(values, PredictCurve::Place(0.95)), values[9]);
}

TEST(PredictCurve, NeverDecreasesAndHasItsInverse)
{
    std::mt19937 random(2);
    std::exponential_distribution<double> step;
    for (int round = 0; round < 50; ++round)
    {
        PredictCurve::Values values;
        double value = step(random) - 1;
        for (double& quantile : values)
        {
            value += random() % 4 == 0 ? 0 : step(random);
            quantile = value;
        }
        double before = -std::numeric_limits<double>::infinity();
        for (int i = 1; i < 1000; ++i)
        {
            const double p = i / 1000.0;
            const double quantile = PredictCurve::Quantile(values, p);
            ASSERT_GE(quantile, before);
            before = quantile;
            // On a flat piece the largest level counts.
            ASSERT_LE(PredictCurve::Survival(values, quantile), 1 - p + 1e-9) << p;
            ASSERT_GE(PredictCurve::Survival(values, quantile - 1e-6), 1 - p - 1e-9) << p;
        }
    }
}

TEST(PredictCurve, OfOneValueIsAStep)
{
    PredictCurve::Values values;
    values.fill(2);
    EXPECT_EQ(PredictCurve::Quantile(values, 0.001), 2);
    EXPECT_EQ(PredictCurve::Quantile(values, 0.999), 2);
    EXPECT_EQ(PredictCurve::Survival(values, 1.999), 1);
    EXPECT_LE(PredictCurve::Survival(values, 2), 0.01 + 1e-12);
    EXPECT_EQ(PredictCurve::Survival(values, 2.001), 0);
}

TEST(PredictCurve, CutsLevels)
{
    const PredictCurve::Values& values = PredictCurve::Laplace();
    for (double level : {-1.0, 0.0, NOT_A_NUMBER})
    {
        EXPECT_NEAR(PredictCurve::Quantile(values, level), std::log(2e-12), 1e-6) << level;
    }
    for (double level : {1.0, 7.0})
    {
        EXPECT_NEAR(PredictCurve::Quantile(values, level), -std::log(2e-12), 1e-3) << level;
    }
}

TEST(PredictCurve, PutsQuantilesIntoOrder)
{
    PredictCurve::Values values{5, 3, 4, 4, 1, 0, 9, 8, 7, 7, 6, 2};
    PredictCurve::Rearrange(values);
    EXPECT_EQ(values, (PredictCurve::Values{0, 1, 2, 3, 4, 4, 5, 6, 7, 7, 8, 9}));
}

TEST(PredictConformal, ComesToTheLevelsWhateverComes)
{
    // A predictor that is always wrong: it says 0, of scale 1, and values drift, jump and cycle.
    constexpr double GAIN = 0.02;
    constexpr int COUNT = 20000;
    PredictConformal conformal(GAIN);
    std::array<int, PredictCurve::LEVELS> covered{};
    std::mt19937 random(4);
    std::exponential_distribution<double> noise;
    double largest = 0;
    for (int i = 0; i < COUNT; ++i)
    {
        PredictCurve::Values curve{};
        conformal.Correct(curve, 1);
        const double outcome = noise(random) + 3 * std::sin(i / 500.0) + (i > 10000 ? 4 : 0);
        for (std::size_t level = 0; level < PredictCurve::LEVELS; ++level)
        {
            covered[level] += outcome <= curve[level];
        }
        conformal.Learn(curve, outcome);
        largest = std::max(largest, outcome);
    }
    for (std::size_t level = 0; level < PredictCurve::LEVELS; ++level)
    {
        // |offset| / (gain * outcomes), and what the larger gains of the first 1000 may add.
        const double offset = std::abs(conformal.Offsets()[level]);
        EXPECT_LT(offset, largest + 1);
        EXPECT_NEAR(double(covered[level]) / COUNT,
                    PredictCurve::LEVEL[level],
                    (largest + 1) / (GAIN * COUNT) + 0.01);
    }
}

TEST(PredictConformal, DoesNothingWithoutGain)
{
    PredictConformal conformal(0);
    PredictCurve::Values curve{};
    conformal.Learn(curve, 1);
    conformal.LearnShape(1);
    EXPECT_EQ(conformal.Offsets(), PredictCurve::Values{});
}

TEST(PredictConformal, KeepsAShapeInOrder)
{
    PredictConformal conformal(0.5, PredictCurve::Laplace());
    std::mt19937 random(4);
    std::normal_distribution<double> noise;
    for (int i = 0; i < 1000; ++i)
    {
        conformal.LearnShape(noise(random));
        ASSERT_TRUE(std::is_sorted(conformal.Offsets().begin(), conformal.Offsets().end()));
    }
}

/// What a forecast said, and what comes of it.
struct Open
{
    PredictCurve::Values said;
    double median;
    double outcome;
};

TEST(PredictLateConformal, BringsWhatWasSaidToTheLevelsInBursts)
{
    // A predictor says 1 ms with a mean deviation of 0.1 ms, whatever comes: 1 ms and an
    // exponential one of 1 ms, or, in bursts of some 100 that are a third of all, twenty times
    // that. Outcomes are heard of 20 forecasts later. |offset| / (gain * outcomes) is below 0.01;
    // what a burst's first 20 add, which miss before anything is heard of them, is below 0.01 at
    // 0.95.
    PredictLateConformal late(0.1);
    std::mt19937 random(7);
    std::exponential_distribution<double> shape;
    std::deque<Open> open;
    std::array<int, PredictCurve::LEVELS> covered{};
    constexpr int COUNT = 20000;
    bool isBurst = false;
    for (int i = 0; i < COUNT; ++i)
    {
        isBurst = random() % 200 < (isBurst ? 2 : 1) ? !isBurst : isBurst;
        Open next;
        next.median = 1e-3;
        for (std::size_t level = 0; level < PredictCurve::LEVELS; ++level)
        {
            next.said[level] = 1e-3 + 1e-4 * PredictCurve::Laplace()[level];
        }
        late.Correct(next.said);
        next.outcome = (1e-3 + 1e-3 * shape(random)) * (isBurst ? 20 : 1);
        for (std::size_t level = 0; level < PredictCurve::LEVELS; ++level)
        {
            covered[level] += next.outcome <= std::max(0.0, next.said[level]);
        }
        open.push_back(next);
        if (open.size() > 20)
        {
            late.Learn(open.front().said, open.front().median, open.front().outcome);
            open.pop_front();
        }
    }
    for (std::size_t level = 0; level < PredictCurve::LEVELS; ++level)
    {
        EXPECT_NEAR(double(covered[level]) / COUNT, PredictCurve::LEVEL[level], 0.02)
            << PredictCurve::LEVEL[level];
    }
}

TEST(PredictLateConformal, TakesAnOutcomeOfZeroForWhatIsSaidBelowIt)
{
    // Two of five outcomes are 0. What is said below 0 means 0, so levels up to 0.4 cover 0.4 at
    // least, and those above are true. None falls without end.
    PredictLateConformal late(0.1);
    std::mt19937 random(7);
    std::array<int, PredictCurve::LEVELS> covered{};
    PredictCurve::Values said{};
    constexpr int COUNT = 20000;
    for (int i = 0; i < COUNT; ++i)
    {
        const double outcome = random() % 5 < 2 ? 0 : 1e-6 * (random() % 4000);
        said.fill(1e-3);
        late.Correct(said);
        for (std::size_t level = 0; level < PredictCurve::LEVELS; ++level)
        {
            covered[level] += outcome <= std::max(0.0, said[level]);
        }
        late.Learn(said, 1e-3, outcome);
    }
    for (std::size_t level = 0; level < PredictCurve::LEVELS; ++level)
    {
        const double p = PredictCurve::LEVEL[level];
        EXPECT_NEAR(double(covered[level]) / COUNT, std::max(p, 0.4), 0.02) << p;
        EXPECT_GT(said[level], -0.01) << p;
    }
}

TEST(PredictPinball, WeighsWhatIsAboveAndBelow)
{
    PredictPinball score(0.9);
    EXPECT_TRUE(std::isnan(score.Loss()));
    score.Add(10, 12); // 0.9 * 2
    score.Add(10, 7);  // 0.1 * 3
    score.Add(10, 10); // covered, no loss
    EXPECT_DOUBLE_EQ(score.Loss(), 2.1 / 3);
    EXPECT_DOUBLE_EQ(score.Coverage(), 2.0 / 3);
    EXPECT_EQ(score.Count(), 3U);
}

TEST(PredictError, IsHeldAgainstTheSeasonBefore)
{
    PredictError last;
    PredictError season(2);
    const double outcomes[] = {1, 5, 2, 9};
    const double forecasts[] = {0, 5, 4, 8};
    for (int i = 0; i < 4; ++i)
    {
        last.Add(forecasts[i], outcomes[i]);
        season.Add(forecasts[i], outcomes[i]);
    }
    EXPECT_DOUBLE_EQ(last.Mae(), (1 + 0 + 2 + 1) / 4.0);
    EXPECT_DOUBLE_EQ(last.Mase(), (0 + 2 + 1) / (4.0 + 3 + 7));
    EXPECT_DOUBLE_EQ(season.Mase(), (2 + 1) / (1.0 + 4));
    PredictError none;
    none.Add(1, 1);
    EXPECT_TRUE(std::isnan(none.Mase()));
}

TEST(PredictSkill, IsTheShareOfLossSaved)
{
    EXPECT_DOUBLE_EQ(PredictSkill(3, 4), 0.25);
    EXPECT_DOUBLE_EQ(PredictSkill(4, 4), 0);
    EXPECT_DOUBLE_EQ(PredictSkill(6, 4), -0.5);
    EXPECT_TRUE(std::isnan(PredictSkill(1, 0)));
}

} // namespace
