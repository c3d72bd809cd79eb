// SPDX-License-Identifier: GPL-2.0-only
#include "supermarket-forms.h"

#include <cmath>
#include <cstddef>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace shardsim
{

namespace
{

/// Shares below this are nothing to a mean.
constexpr double NOTHING = 1e-14;

void
CheckArguments(double load, unsigned d)
{
    if (!(load > 0 && load < 1) || d == 0)
    {
        throw std::invalid_argument("the supermarket model needs 0 < load < 1 and d >= 1");
    }
}

/// Shares with infinitely many queues, from i = 0 on to where they vanish.
std::vector<double>
LimitTails(double load, unsigned d)
{
    std::vector<double> tails{1};
    while (tails.back() > NOTHING)
    {
        // (d^i - 1) / (d - 1) = 1 + d (d^(i - 1) - 1) / (d - 1)
        tails.push_back(load * std::pow(tails.back(), d));
    }
    return tails;
}

/// A square matrix, by rows, and right-hand sides: solves by elimination with pivots.
std::vector<double>
Solve(std::vector<double> matrix, std::vector<double> right)
{
    const std::size_t n = right.size();
    for (std::size_t column = 0; column < n; ++column)
    {
        std::size_t pivot = column;
        for (std::size_t row = column + 1; row < n; ++row)
        {
            if (std::fabs(matrix[row * n + column]) > std::fabs(matrix[pivot * n + column]))
            {
                pivot = row;
            }
        }
        for (std::size_t k = column; k < n; ++k)
        {
            std::swap(matrix[column * n + k], matrix[pivot * n + k]);
        }
        std::swap(right[column], right[pivot]);
        for (std::size_t row = column + 1; row < n; ++row)
        {
            const double factor = matrix[row * n + column] / matrix[column * n + column];
            for (std::size_t k = column; factor != 0 && k < n; ++k)
            {
                matrix[row * n + k] -= factor * matrix[column * n + k];
            }
            right[row] -= factor * right[column];
        }
    }
    for (std::size_t row = n; row-- > 0;)
    {
        for (std::size_t k = row + 1; k < n; ++k)
        {
            right[row] -= matrix[row * n + k] * right[k];
        }
        right[row] /= matrix[row * n + row];
    }
    return right;
}

/// The symmetric W of A W + W A^T + Q = 0, Q diagonal: covariances, times n, of the shares.
std::vector<double>
Covariances(const std::vector<double>& a, const std::vector<double>& q)
{
    const std::size_t n = q.size();
    std::vector<double> matrix(n * n * n * n);
    std::vector<double> right(n * n);
    for (std::size_t i = 0; i < n; ++i)
    {
        for (std::size_t j = 0; j < n; ++j)
        {
            double* row = &matrix[(i * n + j) * n * n];
            for (std::size_t k = 0; k < n; ++k)
            {
                row[k * n + j] += a[i * n + k];
                row[i * n + k] += a[j * n + k];
            }
        }
        right[i * n + i] = -q[i];
    }
    return Solve(std::move(matrix), std::move(right));
}

} // namespace

double
SupermarketTail(double load, unsigned d, unsigned i)
{
    CheckArguments(load, d);
    double tail = 1;
    for (unsigned level = 0; level < i; ++level)
    {
        tail = load * std::pow(tail, d);
    }
    return tail;
}

double
SupermarketTime(double load, unsigned d)
{
    CheckArguments(load, d);
    if (d == 1)
    {
        return 1 / (1 - load);
    }
    const std::vector<double> tails = LimitTails(load, d);
    return std::accumulate(tails.begin() + 1, tails.end(), 0.0) / load;
}

std::vector<double>
SupermarketTails(double load, unsigned d, unsigned n, SupermarketDraw draw)
{
    CheckArguments(load, d);
    if (d > n)
    {
        throw std::invalid_argument("d different queues need n >= d");
    }
    std::vector<double> x = LimitTails(load, d);
    if (d == 1)
    {
        return x; // queues do not know of each other
    }
    // Of level i = 1 to `levels`, at place i - 1: the drift
    //   f_i(x) = load (x_{i-1}^d - x_i^d) - (x_i - x_{i+1}),
    // its Jacobian A, and the variances Q of its jumps, at the limit, where both halves are equal.
    const std::size_t levels = x.size() - 1;
    std::vector<double> a(levels * levels);
    std::vector<double> q(levels);
    const auto slope = [&](double share) { return load * d * std::pow(share, d - 1.0); };
    for (std::size_t i = 1; i <= levels; ++i)
    {
        double* row = &a[(i - 1) * levels];
        if (i > 1)
        {
            row[i - 2] = slope(x[i - 1]);
        }
        row[i - 1] = -slope(x[i]) - 1;
        if (i < levels)
        {
            row[i] = 1;
        }
        q[i - 1] = 2 * (x[i] - (i < levels ? x[i + 1] : 0));
    }
    const std::vector<double> w = Covariances(a, q);
    // Half the curvature of load x^d under these fluctuations; and what the chance that d different
    // ones of n all have at least i in them is less than x^d, times n.
    const auto excess = [&](std::size_t i)
    {
        const double variance = i == 0 ? 0 : w[(i - 1) * levels + i - 1];
        const double pairs = d * (d - 1.0) / 2;
        const double distinct = std::pow(x[i], d - 1.0) - std::pow(x[i], d);
        return load * pairs *
               (std::pow(x[i], d - 2.0) * variance -
                (draw == SupermarketDraw::DISTINCT ? distinct : 0));
    };
    std::vector<double> right(levels);
    for (std::size_t i = 1; i <= levels; ++i)
    {
        right[i - 1] = -(excess(i - 1) - excess(i));
    }
    const std::vector<double> v = Solve(a, std::move(right));
    for (std::size_t i = 1; i <= levels; ++i)
    {
        x[i] += v[i - 1] / n;
    }
    return x;
}

double
SupermarketTime(double load, unsigned d, unsigned n, SupermarketDraw draw)
{
    if (d == 1)
    {
        return SupermarketTime(load, d);
    }
    const std::vector<double> tails = SupermarketTails(load, d, n, draw);
    return std::accumulate(tails.begin() + 1, tails.end(), 0.0) / load;
}

} // namespace shardsim
