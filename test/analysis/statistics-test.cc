// SPDX-License-Identifier: GPL-2.0-only
/**
 * Quantiles by hand, t quantiles and intervals against printed tables, and the coverage of
 * intervals by simulation with fixed seeds. Every simulated check states its chance of failing
 * under another seed; with the seeds given here it either passes always or never.
 */
#include "analysis/statistics.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <stdexcept>

namespace
{

using namespace shardsim;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Quantile, IsTheSmallestValueWithAtLeastThatShareBelow)
{
    const std::vector<int64_t> ten{10, 20, 30, 40, 50, 60, 70, 80, 90, 100};
    EXPECT_EQ(Quantile(ten, 0.0), 10);
    EXPECT_EQ(Quantile(ten, 0.05), 10);
    EXPECT_EQ(Quantile(ten, 0.1), 10);
    EXPECT_EQ(Quantile(ten, 0.11), 20);
    EXPECT_EQ(Quantile(ten, 0.5), 50); // not 55: nothing is interpolated
    EXPECT_EQ(Quantile(ten, 0.9), 90);
    EXPECT_EQ(Quantile(ten, 0.99), 100);
    EXPECT_EQ(Quantile(ten, 1.0), 100);
    EXPECT_EQ(Quantile(std::vector<int64_t>{7}, 0.999), 7);
    EXPECT_FALSE(Quantile(std::vector<int64_t>{}, 0.5).has_value());
}

TEST(Quantile, RankIsNotMovedByRounding)
{
    // 0.07 * 100 and 0.57 * 100 exceed the whole number in binary; 0.29 * 100 falls short of it.
    EXPECT_EQ(QuantileRank(0.07, 100), 7u);
    EXPECT_EQ(QuantileRank(0.57, 100), 57u);
    EXPECT_EQ(QuantileRank(0.29, 100), 29u);
    EXPECT_EQ(QuantileRank(0.999, 10000), 9990u);
    EXPECT_EQ(QuantileRank(0.999, 10001), 9991u);
    EXPECT_THROW(QuantileRank(1.5, 10), std::invalid_argument);
    EXPECT_THROW(QuantileRank(0.5, 0), std::invalid_argument);
}

TEST(Quantile, OverAllSentIsInfiniteWhereTheLostBegin)
{
    const std::vector<int64_t> delivered{1, 2, 3, 4, 5, 6, 7, 8}; // 8 of 10
    EXPECT_EQ(QuantileOfSent(delivered, 10, 0.5), 5);
    EXPECT_EQ(QuantileOfSent(delivered, 10, 0.8), 8);
    EXPECT_FALSE(QuantileOfSent(delivered, 10, 0.81).has_value());
    EXPECT_FALSE(QuantileOfSent({}, 10, 0.0).has_value());
    EXPECT_THROW(QuantileOfSent(delivered, 7, 0.5), std::invalid_argument);
}

TEST(Quantile, WeightsCountAsRepetitions)
{
    // 5 5 5 7 9 9: ranks 3 (q 0.5), 4 (0.6), 5 (0.8)
    const std::vector<std::pair<double, uint64_t>> values{{9, 2}, {5, 3}, {7, 1}, {100, 0}};
    EXPECT_EQ(WeightedQuantile(values, 0.5), 5.0);
    EXPECT_EQ(WeightedQuantile(values, 0.6), 7.0);
    EXPECT_EQ(WeightedQuantile(values, 0.8), 9.0);
    EXPECT_EQ(WeightedQuantile(values, 1.0), 9.0);
    EXPECT_FALSE(WeightedQuantile({{1, 0}}, 0.5).has_value());
}

TEST(Quantile, MergedRunsAreOneSample)
{
    EXPECT_EQ(MergeSorted({{1, 4, 9}, {}, {2, 4}, {0}}), (std::vector<int64_t>{0, 1, 2, 4, 4, 9}));
}

TEST(Student, QuantilesAreThoseOfPrintedTables)
{
    // Two-sided 95 % and 99 % columns of any table of the t distribution.
    EXPECT_NEAR(StudentQuantile(0.975, 1), 12.7062, 5e-5);
    EXPECT_NEAR(StudentQuantile(0.975, 2), 4.3027, 5e-5);
    EXPECT_NEAR(StudentQuantile(0.975, 4), 2.7764, 5e-5);
    EXPECT_NEAR(StudentQuantile(0.975, 9), 2.2622, 5e-5);
    EXPECT_NEAR(StudentQuantile(0.975, 29), 2.0452, 5e-5);
    EXPECT_NEAR(StudentQuantile(0.995, 9), 3.2498, 5e-5);
    EXPECT_NEAR(StudentQuantile(0.95, 9), 1.8331, 5e-5);
    EXPECT_NEAR(NormalQuantile(0.975), 1.959964, 1e-6);
}

TEST(Mean, IntervalOfSixNumbersByHand)
{
    // 2 4 4 6 8 12: mean 6, squares around it 16 4 4 0 4 36 = 64, variance 12.8, sd 3.577709;
    // t(0.975, 5) = 2.570582, half width 2.570582 * 3.577709 / sqrt(6) = 3.754575
    const Estimate e = EstimateMean({2.0, 4.0, std::nullopt, 4.0, 6.0, 8.0, 12.0});
    EXPECT_EQ(e.n, 6u);
    EXPECT_EQ(e.missing, 1u);
    EXPECT_DOUBLE_EQ(*e.mean, 6.0);
    EXPECT_NEAR(*e.deviation, 3.577709, 1e-6);
    ASSERT_TRUE(e.interval);
    EXPECT_NEAR(e.interval->low, 6 - 3.754575, 1e-5);
    EXPECT_NEAR(e.interval->high, 6 + 3.754575, 1e-5);
}

TEST(Mean, OneValueHasNoIntervalAndNoneHasNoMean)
{
    const Estimate one = EstimateMean({3.0});
    EXPECT_EQ(one.mean, 3.0);
    EXPECT_FALSE(one.deviation);
    EXPECT_FALSE(one.interval);
    const Estimate none = EstimateMean({std::nullopt, std::nullopt});
    EXPECT_EQ(none.n, 0u);
    EXPECT_EQ(none.missing, 2u);
    EXPECT_FALSE(none.mean);
    EXPECT_FALSE(none.interval);
}

TEST(Mean, OneInfiniteReplicationMakesItInfinite)
{
    for (const bool first : {true, false})
    {
        const Estimate e = first ? EstimateMean({kInfinity, 1.0}) : EstimateMean({1.0, kInfinity});
        EXPECT_EQ(e.mean, kInfinity);
        EXPECT_FALSE(e.interval);
    }
}

TEST(Mean, OfEqualValuesIsExactlyThatValue)
{
    const Estimate e = EstimateMean(std::vector<std::optional<double>>(7, 0.1));
    EXPECT_EQ(*e.mean, 0.1);
    EXPECT_EQ(e.interval->low, 0.1);
    EXPECT_EQ(e.interval->high, 0.1);
}

TEST(Mean, IntervalCoversTheTruthAsOftenAsItSays)
{
    // 4000 samples of 5 normal values. Covered: binomial(4000, 0.95), sd 13.8; the bound of
    // 4 sd is missed with probability 6e-5.
    std::mt19937_64 generator(1);
    std::normal_distribution<double> normal(10.0, 3.0);
    int covered = 0;
    for (int i = 0; i < 4000; ++i)
    {
        std::vector<std::optional<double>> sample(5);
        for (auto& v : sample)
        {
            v = normal(generator);
        }
        covered += EstimateMean(sample).interval->Contains(10.0) ? 1 : 0;
    }
    EXPECT_NEAR(covered, 3800, 4 * 13.8);
}

TEST(Pairs, DifferenceLeavesOutWhatBothHaveInCommon)
{
    // differences 1 2 3: mean 2, sd 1; t(0.975, 2) = 4.302653; half width 2.484138
    const Estimate e = EstimatePairedDifference({{100, 101}, {50, 52}, {7, 10}});
    EXPECT_DOUBLE_EQ(*e.mean, 2.0);
    EXPECT_NEAR(e.interval->low, 2 - 2.484138, 1e-5);
    EXPECT_NEAR(e.interval->high, 2 + 2.484138, 1e-5);
}

TEST(Pairs, FiellerIntervalByHand)
{
    // pairs (1,2) (2,3) (3,7): m1 2, m2 4, s11 1, s22 7, s12 2.5; confidence with t = 1 at
    // 2 degrees of freedom: P(|T| <= 1) = 1/sqrt(3). c = 1/3; a = 4 - 1/3, b = 8 - 2.5/3,
    // d = 16 - 7/3: (7.166667 +- sqrt(51.361111 - 50.111111)) / 3.666667 = 1.649627, 2.259464
    const RatioEstimate e = EstimateRatio({{1, 2}, {2, 3}, {3, 7}}, 1 / std::sqrt(3.0));
    EXPECT_DOUBLE_EQ(*e.ratio, 2.0);
    ASSERT_TRUE(e.interval);
    EXPECT_NEAR(e.interval->low, 1.649627, 1e-6);
    EXPECT_NEAR(e.interval->high, 2.259464, 1e-6);
}

TEST(Pairs, ExactProportionHasAPointForAnInterval)
{
    const RatioEstimate e = EstimateRatio({{10, 30}, {11, 33}, {12, 36}});
    EXPECT_NEAR(e.interval->low, 3.0, 1e-6);
    EXPECT_NEAR(e.interval->high, 3.0, 1e-6);
}

TEST(Pairs, RatioToANoisyZeroIsNotBounded)
{
    const RatioEstimate e = EstimateRatio({{-1, 2}, {2, 3}, {0.5, 4}});
    EXPECT_TRUE(e.ratio);
    EXPECT_FALSE(e.interval);
    EXPECT_FALSE(EstimateRatio({{0, 1}, {0, 2}}).ratio);
    EXPECT_FALSE(EstimateRatio({}).ratio);
    EXPECT_FALSE(EstimateRatio({{1, 2}}).interval);
}

TEST(Pairs, FiellerCoversTheTrueRatio)
{
    // 2000 samples of 8 correlated pairs, true ratio 1.5: sd of the count 9.7, 4 sd, 6e-5.
    std::mt19937_64 generator(2);
    std::normal_distribution<double> normal(0.0, 1.0);
    int covered = 0;
    for (int i = 0; i < 2000; ++i)
    {
        std::vector<std::pair<double, double>> pairs;
        for (int j = 0; j < 8; ++j)
        {
            const double weather = normal(generator);
            pairs.emplace_back(10 + 2 * weather + normal(generator),
                               15 + 3 * weather + normal(generator));
        }
        const auto e = EstimateRatio(pairs);
        covered += e.interval && e.interval->Contains(1.5) ? 1 : 0;
    }
    EXPECT_NEAR(covered, 1900, 4 * 9.7);
}

TEST(Welch, UnequalVariancesByHand)
{
    // {1,2,3}: mean 2, v/n 1/3. {10,14}: mean 12, v/n 4. dof = (13/3)^2 / (1/18 + 16) = 1.169550;
    // t(0.975, 1.169550): checked by its own tail, P(T > t) = 0.025, through the width.
    const Estimate e = EstimateWelch({1, 2, 3}, {10, 14});
    EXPECT_DOUBLE_EQ(*e.mean, 10.0);
    EXPECT_NEAR(*e.deviation, std::sqrt(13.0 / 3), 1e-12);
    const double t = (e.interval->high - 10.0) / *e.deviation;
    EXPECT_GT(t, 4.3027);  // dof 2
    EXPECT_LT(t, 12.7062); // dof 1
    EXPECT_NEAR(t, StudentQuantile(0.975, 1.169550), 1e-4);
    EXPECT_FALSE(EstimateWelch({1}, {2, 3}).interval);
}

TEST(Welch, CoversTheTrueDifference)
{
    // 2000 samples of 5 and 9 values of unequal variance: sd 9.7; the approximation itself is off
    // by less than a point here, so 4 sd and 20 more.
    std::mt19937_64 generator(3);
    std::normal_distribution<double> normal(0.0, 1.0);
    int covered = 0;
    for (int i = 0; i < 2000; ++i)
    {
        std::vector<double> a(5);
        std::vector<double> b(9);
        std::generate(a.begin(), a.end(), [&] { return 3 * normal(generator); });
        std::generate(b.begin(), b.end(), [&] { return 2 + normal(generator); });
        covered += EstimateWelch(a, b).interval->Contains(2.0) ? 1 : 0;
    }
    EXPECT_NEAR(covered, 1900, 4 * 9.7 + 20);
}

TEST(Proportion, IntervalsOfPublishedExamples)
{
    // Newcombe, Statistics in Medicine 17 (1998), table I: 81/263, 15/148, 0/20, 1/29.
    const auto near = [](const Interval& i, double low, double high)
    {
        EXPECT_NEAR(i.low, low, 5e-5);
        EXPECT_NEAR(i.high, high, 5e-5);
    };
    near(WilsonInterval(81, 263), 0.2553, 0.3662);
    near(WilsonInterval(15, 148), 0.0624, 0.1605);
    near(WilsonInterval(0, 20), 0.0, 0.1611);
    near(WilsonInterval(1, 29), 0.0061, 0.1718);
    near(ClopperPearsonInterval(81, 263), 0.2527, 0.3676);
    near(ClopperPearsonInterval(15, 148), 0.0578, 0.1617);
    near(ClopperPearsonInterval(0, 20), 0.0, 0.1684);
    near(ClopperPearsonInterval(1, 29), 0.0009, 0.1776);
}

TEST(Proportion, NeverLeavesZeroToOne)
{
    EXPECT_EQ(WilsonInterval(0, 5).low, 0.0);
    EXPECT_EQ(WilsonInterval(5, 5).high, 1.0);
    EXPECT_EQ(ClopperPearsonInterval(0, 5).low, 0.0);
    EXPECT_EQ(ClopperPearsonInterval(5, 5).high, 1.0);
    EXPECT_THROW(WilsonInterval(1, 0), std::invalid_argument);
    EXPECT_THROW(ClopperPearsonInterval(6, 5), std::invalid_argument);
}

TEST(KolmogorovSmirnov, DistanceByHand)
{
    // {1,2,3,4} against {2.5,3.5,5}: largest gap after 2: 2/4 - 0.
    EXPECT_DOUBLE_EQ(KolmogorovSmirnov({4, 2, 1, 3}, {3.5, 2.5, 5}).statistic, 0.5);
    EXPECT_DOUBLE_EQ(KolmogorovSmirnov({1, 1, 2}, {1, 1, 2}).statistic, 0.0);
    EXPECT_DOUBLE_EQ(KolmogorovSmirnov({1, 1, 2}, {1, 1, 2}).pValue, 1.0);
    EXPECT_DOUBLE_EQ(KolmogorovSmirnov({1, 2}, {3, 4}).statistic, 1.0);
}

TEST(KolmogorovSmirnov, RejectsATrueHypothesisAtItsLevelAndAFalseOneAlways)
{
    // 1000 tests at 5 %: rejections binomial, sd 6.9; 4 sd and 5 for the approximation.
    std::mt19937_64 generator(4);
    std::exponential_distribution<double> exponential(1.0);
    int rejected = 0;
    int found = 0;
    for (int i = 0; i < 1000; ++i)
    {
        std::vector<double> a(60);
        std::vector<double> b(80);
        std::vector<double> c(80);
        std::generate(a.begin(), a.end(), [&] { return exponential(generator); });
        std::generate(b.begin(), b.end(), [&] { return exponential(generator); });
        std::generate(c.begin(), c.end(), [&] { return 3 * exponential(generator); });
        rejected += KolmogorovSmirnov(a, b).pValue < 0.05 ? 1 : 0;
        found += KolmogorovSmirnov(a, c).pValue < 0.05 ? 1 : 0;
    }
    EXPECT_NEAR(rejected, 50, 4 * 6.9 + 5);
    EXPECT_GT(found, 980);
}

TEST(ChiSquare, MendelsPeas)
{
    // 315, 108, 101, 32 of 556 against 9:3:3:1: chi-square 0.470, p 0.925 (any textbook).
    const TestResult r = ChiSquare({315, 108, 101, 32}, {312.75, 104.25, 104.25, 34.75});
    EXPECT_NEAR(r.statistic, 0.470, 5e-4);
    EXPECT_NEAR(r.pValue, 0.925, 5e-4);
    EXPECT_THROW(ChiSquare({1}, {1.0}), std::invalid_argument);
    EXPECT_THROW(ChiSquare({1, 2}, {1.0}), std::invalid_argument);
}

TEST(Variance, NeedsTwoValues)
{
    EXPECT_DOUBLE_EQ(Variance({1, 3}), 2.0);
    EXPECT_THROW(Variance({1}), std::invalid_argument);
    EXPECT_THROW(Mean({}), std::invalid_argument);
}

} // namespace
