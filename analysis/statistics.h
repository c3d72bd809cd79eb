// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_STATISTICS_H
#define SHARDSIM_STATISTICS_H

/**
 * @file
 * Statistics of simulation results: exact quantiles, intervals over replications, paired
 * differences and two tests of fit. Pure functions; no value is made up where there is none.
 */

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace shardsim
{

/** A closed interval. */
struct Interval
{
    double low{0.0};
    double high{0.0};

    /** @return whether x lies in it, ends included */
    bool Contains(double x) const
    {
        return low <= x && x <= high;
    }
};

/** A mean over replications, and how well it is known. */
struct Estimate
{
    std::size_t n{0};                 ///< values that went into it
    std::size_t missing{0};           ///< replications without a value, left out
    std::optional<double> mean;       ///< no value when n = 0
    std::optional<double> deviation;  ///< sample standard deviation; no value when n < 2
    std::optional<Interval> interval; ///< of the mean, Student t; no value when n < 2
};

/** Ratio of two means, and how well it is known. */
struct RatioEstimate
{
    std::size_t n{0};                 ///< pairs that went into it
    std::optional<double> ratio;      ///< no value when n = 0 or the denominator's mean is 0
    std::optional<Interval> interval; ///< no value when n < 2 or the interval is not bounded
};

/** Outcome of a test of a hypothesis. */
struct TestResult
{
    double statistic{0.0}; ///< in the test's own scale
    double pValue{1.0};    ///< chance of a statistic at least as extreme under the hypothesis
};

/**
 * @param p probability, in (0, 1)
 * @param dof degrees of freedom, above 0
 * @return x with P(T <= x) = p, exact (inverse of the incomplete beta function)
 */
double StudentQuantile(double p, double dof);

/**
 * @param p probability, in (0, 1)
 * @return x with P(Z <= x) = p for the standard normal distribution
 */
double NormalQuantile(double p);

/**
 * @param values any numbers, not empty
 * @return their arithmetic mean; infinite if one of them is
 */
double Mean(const std::vector<double>& values);

/**
 * @param values at least two numbers
 * @return the unbiased sample variance (divisor n - 1)
 */
double Variance(const std::vector<double>& values);

/**
 * Rank of a quantile: the smallest r with r / n >= q, so ceil(q n), at least 1. A product that
 * misses a whole number by rounding only counts as that number (0.07 * 100 gives rank 7).
 * @param q in [0, 1]
 * @param n sample size, at least 1
 * @return rank from 1 to n
 */
uint64_t QuantileRank(double q, uint64_t n);

/**
 * Sample quantile by the inverse of the empirical distribution function (type 1 of Hyndman and
 * Fan, The American Statistician 50(4), 1996): the ceil(q n)-th smallest value. It is always a
 * value that occurred; nothing is interpolated.
 * @param sorted ascending
 * @param q in [0, 1]
 * @return the quantile; no value for an empty sample
 */
std::optional<double> Quantile(const std::vector<double>& sorted, double q);

/** @copydoc Quantile(const std::vector<double>&, double) */
std::optional<int64_t> Quantile(const std::vector<int64_t>& sorted, double q);

/**
 * Quantile over all that were sent: one that was not delivered counts as infinite.
 * @param sorted ascending latencies of the delivered
 * @param sent number sent, at least as many as delivered
 * @param q in [0, 1]
 * @return the quantile; no value where it is infinite
 */
std::optional<int64_t> QuantileOfSent(const std::vector<int64_t>& sorted, uint64_t sent, double q);

/**
 * Quantile of values with whole multiplicities: what Quantile gives when every value is written
 * out weight times.
 * @param values (value, weight) in any order
 * @param q in [0, 1]
 * @return the quantile; no value when all weights are 0
 */
std::optional<double> WeightedQuantile(std::vector<std::pair<double, uint64_t>> values, double q);

/**
 * @param samples ascending samples, one for each run
 * @return all values of all of them, ascending
 */
std::vector<int64_t> MergeSorted(const std::vector<std::vector<int64_t>>& samples);

/**
 * Mean over independent replications with its Student t interval. Values that are absent are left
 * out and counted. With infinite values the mean is infinite and has no interval.
 * @param values one for each replication
 * @param confidence of the interval, in (0, 1)
 * @return the estimate
 */
Estimate EstimateMean(const std::vector<std::optional<double>>& values, double confidence = 0.95);

/**
 * Mean of paired differences (second minus first) with its Student t interval. Right for runs on
 * common random numbers (same seed and run), where the two of a pair are correlated.
 * @param pairs (first, second)
 * @param confidence of the interval, in (0, 1)
 * @return the estimate; the exactly equal pairs of a deterministic model give [0, 0]
 */
Estimate EstimatePairedDifference(const std::vector<std::pair<double, double>>& pairs,
                                  double confidence = 0.95);

/**
 * Ratio of the means of pairs, mean(second) / mean(first), with the interval of Fieller (Journal
 * of the Royal Statistical Society B 16(2), 1954), which uses their covariance: all r for which
 * (m2 - r m1)^2 <= t^2 / n (s22 - 2 r s12 + r^2 s11). It is bounded only if the mean of the first
 * differs from 0 at that confidence; otherwise there is no interval.
 * @param pairs (first, second)
 * @param confidence of the interval, in (0, 1)
 * @return the estimate
 */
RatioEstimate EstimateRatio(const std::vector<std::pair<double, double>>& pairs,
                            double confidence = 0.95);

/**
 * Difference of the means of two independent samples (second minus first) by Welch's t interval,
 * with the degrees of freedom of Welch and Satterthwaite; variances need not be equal.
 * @param first sample
 * @param second sample
 * @param confidence of the interval, in (0, 1)
 * @return the estimate; n is the smaller of the sizes, deviation that of the difference's mean
 */
Estimate EstimateWelch(const std::vector<double>& first,
                       const std::vector<double>& second,
                       double confidence = 0.95);

/**
 * Interval of a proportion by Wilson's score (Journal of the American Statistical Association
 * 22(158), 1927): its mean coverage is near the stated confidence.
 * @param successes at most trials
 * @param trials at least 1
 * @param confidence of the interval, in (0, 1)
 * @return the interval, within [0, 1]
 */
Interval WilsonInterval(uint64_t successes, uint64_t trials, double confidence = 0.95);

/**
 * Interval of a proportion by Clopper and Pearson (Biometrika 26(4), 1934): its coverage is never
 * below the stated confidence.
 * @param successes at most trials
 * @param trials at least 1
 * @param confidence of the interval, in (0, 1)
 * @return the interval, within [0, 1]
 */
Interval ClopperPearsonInterval(uint64_t successes, uint64_t trials, double confidence = 0.95);

/**
 * Two-sample Kolmogorov-Smirnov test: are both drawn from one continuous distribution? The p value
 * is asymptotic with Stephens' correction for finite samples (Journal of the Royal Statistical
 * Society B 32(1), 1970); good from an effective size n m / (n + m) of 4 on.
 * @param first sample, any order, not empty
 * @param second sample, any order, not empty
 * @return largest distance of the two empirical distribution functions, and its p value
 */
TestResult KolmogorovSmirnov(std::vector<double> first, std::vector<double> second);

/**
 * Pearson's chi-square test of counts against expected counts (each about 5 or more).
 * @param observed counts
 * @param expected counts, above 0, as many
 * @param estimated parameters of the expectation that were estimated from the same data
 * @return chi-square with observed.size() - 1 - estimated degrees of freedom, and its p value
 */
TestResult ChiSquare(const std::vector<uint64_t>& observed,
                     const std::vector<double>& expected,
                     unsigned estimated = 0);

} // namespace shardsim

#endif // SHARDSIM_STATISTICS_H
