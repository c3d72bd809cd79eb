// SPDX-License-Identifier: GPL-2.0-only
#include "statistics.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <stdexcept>

namespace shardsim
{

namespace
{

/** Factor of the standard error in a two-sided Student t interval. */
double
TwoSidedT(double confidence, double dof)
{
    return StudentQuantile(0.5 + confidence / 2, dof);
}

template <typename T>
std::optional<T>
QuantileOf(const std::vector<T>& sorted, double q)
{
    if (sorted.empty())
    {
        return std::nullopt;
    }
    return sorted[QuantileRank(q, sorted.size()) - 1];
}

/** Upper tail of the Kolmogorov distribution. */
double
KolmogorovTail(double x)
{
    if (x < 0.2)
    {
        return 1.0; // the series converges slowly there, and the tail is 1 within 1e-12
    }
    double sum = 0.0;
    double sign = 1.0;
    for (int j = 1; j <= 100; ++j)
    {
        const double term = std::exp(-2.0 * j * j * x * x);
        sum += sign * term;
        sign = -sign;
        if (term < 1e-18)
        {
            break;
        }
    }
    return std::min(1.0, std::max(0.0, 2.0 * sum));
}

} // namespace

double
StudentQuantile(double p, double dof)
{
    return boost::math::quantile(boost::math::students_t_distribution<double>(dof), p);
}

double
NormalQuantile(double p)
{
    return boost::math::quantile(boost::math::normal_distribution<double>(), p);
}

double
Mean(const std::vector<double>& values)
{
    if (values.empty())
    {
        throw std::invalid_argument("the mean of no values");
    }
    // Around the first value: equal values have exactly that mean, whatever their number.
    const double pivot = values.front();
    if (!std::isfinite(pivot))
    {
        return pivot;
    }
    double sum = 0.0;
    for (const double v : values)
    {
        sum += v - pivot;
    }
    return pivot + sum / static_cast<double>(values.size());
}

double
Variance(const std::vector<double>& values)
{
    if (values.size() < 2)
    {
        throw std::invalid_argument("the variance of fewer than two values");
    }
    const double mean = Mean(values);
    double sum = 0.0;
    for (const double v : values)
    {
        sum += (v - mean) * (v - mean);
    }
    return sum / static_cast<double>(values.size() - 1);
}

uint64_t
QuantileRank(double q, uint64_t n)
{
    if (!(q >= 0.0 && q <= 1.0) || n == 0)
    {
        throw std::invalid_argument("a quantile needs q in [0, 1] and a sample");
    }
    const double product = q * static_cast<double>(n);
    const double nearest = std::round(product);
    const bool whole = std::abs(product - nearest) <= 4e-16 * product;
    const double rank = whole ? nearest : std::ceil(product);
    return std::min(n, std::max<uint64_t>(1, static_cast<uint64_t>(rank)));
}

std::optional<double>
Quantile(const std::vector<double>& sorted, double q)
{
    return QuantileOf(sorted, q);
}

std::optional<int64_t>
Quantile(const std::vector<int64_t>& sorted, double q)
{
    return QuantileOf(sorted, q);
}

std::optional<int64_t>
QuantileOfSent(const std::vector<int64_t>& sorted, uint64_t sent, double q)
{
    if (sent < sorted.size())
    {
        throw std::invalid_argument("more delivered than sent");
    }
    if (sent == 0)
    {
        return std::nullopt;
    }
    const uint64_t rank = QuantileRank(q, sent);
    if (rank > sorted.size())
    {
        return std::nullopt;
    }
    return sorted[rank - 1];
}

std::optional<double>
WeightedQuantile(std::vector<std::pair<double, uint64_t>> values, double q)
{
    std::sort(values.begin(), values.end());
    uint64_t total = 0;
    for (const auto& v : values)
    {
        total += v.second;
    }
    if (total == 0)
    {
        return std::nullopt;
    }
    const uint64_t rank = QuantileRank(q, total);
    uint64_t seen = 0;
    for (const auto& v : values)
    {
        seen += v.second;
        if (seen >= rank)
        {
            return v.first;
        }
    }
    return std::nullopt; // not reached: the weights add up to total >= rank
}

std::vector<int64_t>
MergeSorted(const std::vector<std::vector<int64_t>>& samples)
{
    std::vector<int64_t> merged;
    for (const auto& sample : samples)
    {
        const auto middle = static_cast<std::ptrdiff_t>(merged.size());
        merged.insert(merged.end(), sample.begin(), sample.end());
        std::inplace_merge(merged.begin(), merged.begin() + middle, merged.end());
    }
    return merged;
}

Estimate
EstimateMean(const std::vector<std::optional<double>>& values, double confidence)
{
    std::vector<double> present;
    for (const auto& v : values)
    {
        if (v)
        {
            present.push_back(*v);
        }
    }
    Estimate e;
    e.n = present.size();
    e.missing = values.size() - present.size();
    if (present.empty())
    {
        return e;
    }
    e.mean = Mean(present);
    if (present.size() < 2 || !std::isfinite(*e.mean))
    {
        return e;
    }
    e.deviation = std::sqrt(Variance(present));
    const double n = static_cast<double>(present.size());
    const double half = TwoSidedT(confidence, n - 1) * *e.deviation / std::sqrt(n);
    e.interval = Interval{*e.mean - half, *e.mean + half};
    return e;
}

Estimate
EstimatePairedDifference(const std::vector<std::pair<double, double>>& pairs, double confidence)
{
    std::vector<std::optional<double>> differences;
    for (const auto& p : pairs)
    {
        differences.emplace_back(p.second - p.first);
    }
    return EstimateMean(differences, confidence);
}

RatioEstimate
EstimateRatio(const std::vector<std::pair<double, double>>& pairs, double confidence)
{
    RatioEstimate e;
    e.n = pairs.size();
    if (pairs.empty())
    {
        return e;
    }
    std::vector<double> first;
    std::vector<double> second;
    for (const auto& p : pairs)
    {
        first.push_back(p.first);
        second.push_back(p.second);
    }
    const double m1 = Mean(first);
    const double m2 = Mean(second);
    if (m1 == 0.0 || !std::isfinite(m1) || !std::isfinite(m2))
    {
        return e;
    }
    e.ratio = m2 / m1;
    if (pairs.size() < 2)
    {
        return e;
    }
    const double n = static_cast<double>(pairs.size());
    double s12 = 0.0;
    for (const auto& p : pairs)
    {
        s12 += (p.first - m1) * (p.second - m2) / (n - 1);
    }
    const double s11 = Variance(first);
    const double s22 = Variance(second);
    const double t = TwoSidedT(confidence, n - 1);
    const double c = t * t / n;
    // a r^2 - 2 b r + d <= 0, an interval only while a > 0
    const double a = m1 * m1 - c * s11;
    const double b = m1 * m2 - c * s12;
    const double d = m2 * m2 - c * s22;
    if (a <= 0.0)
    {
        return e;
    }
    const double root = std::sqrt(std::max(0.0, b * b - a * d));
    e.interval = Interval{(b - root) / a, (b + root) / a};
    return e;
}

Estimate
EstimateWelch(const std::vector<double>& first,
              const std::vector<double>& second,
              double confidence)
{
    Estimate e;
    e.n = std::min(first.size(), second.size());
    if (e.n == 0)
    {
        return e;
    }
    e.mean = Mean(second) - Mean(first);
    if (e.n < 2 || !std::isfinite(*e.mean))
    {
        return e;
    }
    const double n1 = static_cast<double>(first.size());
    const double n2 = static_cast<double>(second.size());
    const double v1 = Variance(first) / n1;
    const double v2 = Variance(second) / n2;
    e.deviation = std::sqrt(v1 + v2);
    if (*e.deviation == 0.0)
    {
        e.interval = Interval{*e.mean, *e.mean};
        return e;
    }
    const double dof = (v1 + v2) * (v1 + v2) / (v1 * v1 / (n1 - 1) + v2 * v2 / (n2 - 1));
    const double half = TwoSidedT(confidence, dof) * *e.deviation;
    e.interval = Interval{*e.mean - half, *e.mean + half};
    return e;
}

Interval
WilsonInterval(uint64_t successes, uint64_t trials, double confidence)
{
    if (trials == 0 || successes > trials)
    {
        throw std::invalid_argument("a proportion needs trials, and no more successes than those");
    }
    const double n = static_cast<double>(trials);
    const double p = static_cast<double>(successes) / n;
    const double z = NormalQuantile(0.5 + confidence / 2);
    const double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
    const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    // The ends are exactly 0 and 1 there; rounding must not say otherwise.
    return Interval{successes == 0 ? 0.0 : std::max(0.0, centre - half),
                    successes == trials ? 1.0 : std::min(1.0, centre + half)};
}

Interval
ClopperPearsonInterval(uint64_t successes, uint64_t trials, double confidence)
{
    if (trials == 0 || successes > trials)
    {
        throw std::invalid_argument("a proportion needs trials, and no more successes than those");
    }
    const double tail = (1 - confidence) / 2;
    const double x = static_cast<double>(successes);
    const double n = static_cast<double>(trials);
    Interval i{0.0, 1.0};
    if (successes > 0)
    {
        i.low = boost::math::ibeta_inv(x, n - x + 1, tail);
    }
    if (successes < trials)
    {
        i.high = boost::math::ibeta_inv(x + 1, n - x, 1 - tail);
    }
    return i;
}

TestResult
KolmogorovSmirnov(std::vector<double> first, std::vector<double> second)
{
    if (first.empty() || second.empty())
    {
        throw std::invalid_argument("a Kolmogorov-Smirnov test needs two samples");
    }
    std::sort(first.begin(), first.end());
    std::sort(second.begin(), second.end());
    const double n = static_cast<double>(first.size());
    const double m = static_cast<double>(second.size());
    double distance = 0.0;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < first.size() && j < second.size())
    {
        const double x = std::min(first[i], second[j]);
        while (i < first.size() && first[i] <= x)
        {
            ++i;
        }
        while (j < second.size() && second[j] <= x)
        {
            ++j;
        }
        distance =
            std::max(distance, std::abs(static_cast<double>(i) / n - static_cast<double>(j) / m));
    }
    const double root = std::sqrt(n * m / (n + m));
    return {distance, KolmogorovTail((root + 0.12 + 0.11 / root) * distance)};
}

TestResult
ChiSquare(const std::vector<uint64_t>& observed,
          const std::vector<double>& expected,
          unsigned estimated)
{
    if (observed.size() != expected.size() || observed.size() < 2 + std::size_t{estimated})
    {
        throw std::invalid_argument("a chi-square test needs as many expected counts as observed, "
                                    "and a degree of freedom");
    }
    double statistic = 0.0;
    for (std::size_t i = 0; i < observed.size(); ++i)
    {
        const double difference = static_cast<double>(observed[i]) - expected[i];
        statistic += difference * difference / expected[i];
    }
    const double dof = static_cast<double>(observed.size() - 1 - estimated);
    return {statistic, boost::math::gamma_q(dof / 2, statistic / 2)};
}

} // namespace shardsim
