// SPDX-License-Identifier: GPL-2.0-only
//
// Charts of forecast errors, on the scale of their scores. All scales are known, not learnt, where
// figures are compared. Random draws have fixed seeds.
//  1. a score is a tenth of -log10 of the probability, within 0 and 1
//  2. the Gaussian one scores an error by the two-sided tail of the last errors
//  3. the EWMA chart has Roberts' limits: its variance grows to gain / (2 - gain)
//  4. the CUSUM's average run length is the published one, without and with a shift
//  5. learnt scales find a shift; an outlier does not become the measure
//  6. what is not finite is not judged and changes nothing

#include "ns3/predict-anomaly.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace
{

using namespace ns3::sharding;

const PredictAnomalyKind KINDS[] = {PREDICT_ANOMALY_GAUSSIAN,
                                    PREDICT_ANOMALY_EWMA,
                                    PREDICT_ANOMALY_CUSUM};

/// Independent Gaussian values of deviation 1 (Box and Muller), the same with every library.
class Gaussian
{
  public:
    explicit Gaussian(uint64_t seed)
        : m_engine(seed)
    {
    }

    double operator()()
    {
        const double u = 1 - (m_engine() >> 11) * 0x1p-53;
        return std::sqrt(-2 * std::log(u)) * std::cos(2 * M_PI * (m_engine() >> 11) * 0x1p-53);
    }

  private:
    std::mt19937_64 m_engine;
};

TEST(PredictAnomalyScore, IsATenthOfTheNegativeLogarithm)
{
    EXPECT_DOUBLE_EQ(PredictAnomalyScore(1), 0);
    EXPECT_DOUBLE_EQ(PredictAnomalyScore(2), 0);
    EXPECT_DOUBLE_EQ(PredictAnomalyScore(1e-3), 0.3);
    EXPECT_DOUBLE_EQ(PredictAnomalyScore(1e-10), 1);
    EXPECT_DOUBLE_EQ(PredictAnomalyScore(1e-200), 1);
    EXPECT_DOUBLE_EQ(PredictAnomalyScore(0), 1);
}

TEST(PredictAnomalyGaussian, ScoresTheTwoSidedTailOfTheLastErrors)
{
    // 40 errors of -1 and 1: their mean is 0, their deviation sqrt(40 / 39).
    for (const double sign : {-1.0, 1.0})
    {
        PredictAnomalyGaussian chart(40);
        for (int i = 0; i < 40; ++i)
        {
            chart.Add(10, i % 2 ? 11 : 9);
        }
        // 3.0902 deviations: 0.002 of a Gaussian distribution is as far out (tables of its tail).
        const double score = chart.Add(10, 10 + sign * 3.0902 * std::sqrt(40.0 / 39));
        EXPECT_NEAR(score, 0.26990, 1e-4);
    }
}

TEST(PredictAnomalyGaussian, ForgetsWhatLeftTheWindow)
{
    PredictAnomalyGaussian chart(40);
    for (int i = 0; i < 200; ++i)
    {
        chart.Add(0, 1e6 * (i % 2 ? 1 : -1));
    }
    for (int i = 0; i < 40; ++i)
    {
        chart.Add(0, i % 2 ? 1 : -1);
    }
    EXPECT_EQ(chart.Add(0, 100), 1);
}

TEST(PredictAnomalyEwma, HasTheLimitsOfRobertsChart)
{
    // After t errors the variance of the mean is gain / (2 - gain) (1 - (1 - gain)^2t).
    PredictAnomalyEwma chart(0.2, PredictErrorScale::Known(2));
    chart.Add(0, 6); // 3 deviations: the mean is 0.6, its deviation 0.2
    EXPECT_NEAR(chart.Statistic(), 3, 1e-12);
    chart.Add(0, 0); // the mean is 0.48, its variance 0.04 (1 + 0.64)
    EXPECT_NEAR(chart.Statistic(), 0.48 / std::sqrt(0.0656), 1e-12);
    PredictAnomalyEwma settled(0.2, PredictErrorScale::Known(1));
    for (int i = 0; i < 500; ++i)
    {
        settled.Add(0, 1); // the mean comes to 1, its deviation to 1 / 3
    }
    EXPECT_NEAR(settled.Statistic(), 3, 1e-9);
    EXPECT_NEAR(settled.Add(0, 1), -std::log10(0.0026998) / 10, 1e-5); // of 3 deviations: tables
}

/// @return mean number of errors until the chart is over a limit, from many runs
double
RunLength(double limit, double shift, int runs, uint64_t seed)
{
    Gaussian draw(seed);
    double total = 0;
    for (int run = 0; run < runs; ++run)
    {
        PredictAnomalyCusum chart(0.5, PredictErrorScale::Known(1));
        do
        {
            chart.Add(0, shift + draw());
            ++total;
        } while (chart.Statistic() <= limit);
    }
    return total / runs;
}

// Average run lengths of two-sided charts with an allowance of 0.5 (Montgomery, Introduction to
// Statistical Quality Control, table of the tabular CUSUM). A run length has about its mean as its
// deviation, at most: bounds are 4 standard errors and half of the table's last digit, so each line
// fails by chance less than once in 10^4 seeds.
TEST(PredictAnomalyCusum, HasThePublishedAverageRunLengths)
{
    const int runs = 4000;
    const double bound = 4 / std::sqrt(runs);
    EXPECT_NEAR(RunLength(4, 0, runs, 1), 168, 168 * bound + 0.5);
    EXPECT_NEAR(RunLength(5, 0, runs, 2), 465, 465 * bound + 0.5);
    EXPECT_NEAR(RunLength(4, 1, runs, 3), 8.38, 8.38 * bound);
    EXPECT_NEAR(RunLength(5, 1, runs, 4), 10.4, 10.4 * bound);
}

TEST(PredictAnomalyCusum, SumsWhatIsOverTheAllowance)
{
    PredictAnomalyCusum chart(0.5, PredictErrorScale::Known(10));
    chart.Add(0, 20); // 2 - 0.5
    EXPECT_DOUBLE_EQ(chart.Statistic(), 1.5);
    EXPECT_DOUBLE_EQ(chart.Add(0, 25), std::log10(std::exp(3.5)) / 10); // 1.5 + 2
    chart.Add(0, -60);                                                  // 0 and 5.5
    EXPECT_DOUBLE_EQ(chart.Statistic(), 5.5);
    chart.Add(0, 60); // 5.5 and 0
    EXPECT_DOUBLE_EQ(chart.Statistic(), 5.5);
}

TEST(PredictAnomaly, FindsAShiftWithAScaleOfItsOwn)
{
    for (const PredictAnomalyKind kind : KINDS)
    {
        const auto chart = PredictAnomaly::Make(kind);
        Gaussian draw(7);
        double before = 0;
        double behind = 0;
        for (int i = 0; i < 1000; ++i)
        {
            const double score = chart->Add(50, 50 + 3 * draw() + (i < 900 ? 0 : 18));
            (i < 900 ? before : behind) = std::max(i < 900 ? before : behind, score);
            EXPECT_GE(score, 0);
            EXPECT_LE(score, 1);
        }
        // 900 scores of once in 10^5.5 or less: a chance of 3 in 10^3; 6 deviations are 10^-8.7.
        EXPECT_LT(before, 0.55) << int(kind);
        EXPECT_GT(behind, 0.7) << int(kind);
    }
}

TEST(PredictErrorScale, DoesNotTakeAnOutlierForTheMeasure)
{
    PredictErrorScale scale;
    for (int i = 0; i < 400; ++i)
    {
        scale.Add(i % 2 ? 1 : -1);
    }
    EXPECT_NEAR(scale.Standardise(5), 5, 0.05);
    scale.Add(1e9); // taken for 3: the variance grows by less than 9 / 400
    EXPECT_NEAR(scale.Standardise(5), 5, 0.1);
}

TEST(PredictErrorScale, IsFarFromWhatNeverVaried)
{
    PredictErrorScale scale;
    EXPECT_EQ(scale.Standardise(1), 0); // knows nothing yet
    for (int i = 0; i < 50; ++i)
    {
        scale.Add(2);
    }
    EXPECT_EQ(scale.Standardise(2), 0);
    EXPECT_GE(scale.Standardise(2.5), 40);
    EXPECT_LE(scale.Standardise(1.5), -40);
}

TEST(PredictAnomaly, PassesOverWhatIsNotFinite)
{
    const double inf = std::numeric_limits<double>::infinity();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const PredictAnomalyKind kind : KINDS)
    {
        const auto chart = PredictAnomaly::Make(kind);
        const auto plain = PredictAnomaly::Make(kind);
        Gaussian draw(5);
        for (int i = 0; i < 300; ++i)
        {
            for (const double odd : {nan, inf, -inf})
            {
                EXPECT_EQ(chart->Add(0, odd), 0);
                EXPECT_EQ(chart->Add(odd, 0), 0);
            }
            const double value = draw();
            EXPECT_EQ(chart->Add(0, value), plain->Add(0, value));
        }
        EXPECT_EQ(chart->Add(0, 1e300), 1);
        EXPECT_EQ(chart->Add(0, 0.5), plain->Add(0, 0.5));
    }
}

} // namespace
