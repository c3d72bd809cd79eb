// SPDX-License-Identifier: GPL-2.0-only
/**
 * The closed form of the sliding window's loss
 * 1. with a window of one is that of a block code, which is known in closed form;
 * 2. agrees with the enumeration of every loss pattern around a datagram, with ranks by elimination
 *    of random matrices over a large prime field;
 * 3. falls with the window and with repair, and is plain loss without repair.
 */
#include "analysis/closed-forms.h"
#include "analysis/window-forms.h"

#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

namespace
{

using namespace shardsim;

constexpr uint64_t PRIME = 2147483647; // 2^31 - 1

uint64_t
Power(uint64_t x, uint64_t n)
{
    uint64_t result = 1;
    for (; n > 0; n >>= 1, x = x * x % PRIME)
    {
        result = n & 1 ? result * x % PRIME : result;
    }
    return result;
}

/// Rank by Gaussian elimination modulo a prime.
int
Rank(std::vector<std::vector<uint64_t>> rows, std::size_t columns)
{
    std::size_t rank = 0;
    for (std::size_t column = 0; column < columns && rank < rows.size(); ++column)
    {
        std::size_t pivot = rank;
        while (pivot < rows.size() && rows[pivot][column] == 0)
        {
            ++pivot;
        }
        if (pivot == rows.size())
        {
            continue;
        }
        std::swap(rows[pivot], rows[rank]);
        const uint64_t inverse = Power(rows[rank][column], PRIME - 2);
        for (std::size_t row = rank + 1; row < rows.size(); ++row)
        {
            const uint64_t factor = rows[row][column] * inverse % PRIME;
            for (std::size_t i = column; factor != 0 && i < columns; ++i)
            {
                rows[row][i] = (rows[row][i] + (PRIME - factor) * rows[rank][i]) % PRIME;
            }
        }
        ++rank;
    }
    return static_cast<int>(rank);
}

double
Binomial(unsigned n, unsigned x, double p)
{
    return std::exp(std::lgamma(n + 1) - std::lgamma(x + 1) - std::lgamma(n - x + 1)) *
           std::pow(p, x) * std::pow(1 - p, n - x);
}

/// Loss of a datagram that has `past` others before it, by every pattern of losses.
class Enumeration
{
  public:
    Enumeration(double p, unsigned k, unsigned r, unsigned window, unsigned past)
        : m_p(p),
          m_k(k),
          m_r(r),
          m_window(window),
          m_past(past),
          m_missing(past + 2 * window),
          m_equations(past + 2 * window)
    {
        std::mt19937 random(1);
        const std::size_t most = m_missing.size() * std::max(k, r);
        for (std::size_t i = 0; i < most; ++i)
        {
            m_factors.emplace_back();
            for (std::size_t j = 0; j < most; ++j)
            {
                m_factors.back().push_back(1 + random() % (PRIME - 1));
            }
        }
    }

    double Loss()
    {
        Go(0, 1.0);
        return m_loss;
    }

  private:
    void Go(std::size_t block, double chance)
    {
        if (block == m_missing.size())
        {
            m_loss += m_missing[m_past] > 0 && !IsSolvable() ? chance : 0.0;
            return;
        }
        for (m_missing[block] = 0; m_missing[block] <= m_k; ++m_missing[block])
        {
            for (m_equations[block] = 0; m_equations[block] <= m_r; ++m_equations[block])
            {
                Go(block + 1,
                   chance * Binomial(m_k, m_missing[block], m_p) *
                       Binomial(m_r, m_equations[block], 1 - m_p));
            }
        }
        m_missing[block] = 0;
    }

    bool IsSolvable() const
    {
        std::vector<std::size_t> owner; // of each unknown, its own first
        for (std::size_t b = 0; b < m_missing.size(); ++b)
        {
            owner.insert(b == m_past ? owner.begin() : owner.end(), m_missing[b], b);
        }
        std::vector<std::vector<uint64_t>> all;
        std::vector<std::vector<uint64_t>> without; // its first unknown
        for (std::size_t b = 0; b < m_missing.size(); ++b)
        {
            for (unsigned e = 0; e < m_equations[b]; ++e)
            {
                std::vector<uint64_t> row;
                for (std::size_t i = 0; i < owner.size(); ++i)
                {
                    const bool covers = owner[i] <= b && owner[i] + m_window > b;
                    row.push_back(covers ? m_factors[all.size()][i] : 0);
                }
                all.push_back(row);
                row.erase(row.begin());
                without.push_back(row);
            }
        }
        return Rank(all, owner.size()) > Rank(without, owner.size() - 1);
    }

    double m_p;
    unsigned m_k;
    unsigned m_r;
    std::size_t m_window;
    std::size_t m_past;
    std::vector<unsigned> m_missing;
    std::vector<unsigned> m_equations;
    std::vector<std::vector<uint64_t>> m_factors;
    double m_loss{0};
};

TEST(SlidingWindowForm, AWindowOfOneIsABlockCode)
{
    EXPECT_NEAR(SlidingWindowLoss(0.1, 1, 1, 1), 0.01, 1e-12);
    EXPECT_NEAR(SlidingWindowLoss(0.05, 8, 2, 1), BlockLoss(10, 8, 0.05), 1e-12);
    EXPECT_NEAR(SlidingWindowLoss(0.3, 3, 4, 1), BlockLoss(7, 3, 0.3), 1e-12);
}

TEST(SlidingWindowForm, EveryLossPattern)
{
    // The chain has no beginning, and the enumeration has. Each datagram more before the one that
    // is looked at brings the two closer by a factor of 11 or more; the tolerances are what is
    // left.
    EXPECT_NEAR(SlidingWindowLoss(0.1, 1, 1, 2), Enumeration(0.1, 1, 1, 2, 4).Loss(), 1e-8);
    EXPECT_NEAR(SlidingWindowLoss(0.05, 2, 1, 2), Enumeration(0.05, 2, 1, 2, 3).Loss(), 6e-8);
    EXPECT_NEAR(SlidingWindowLoss(0.1, 1, 2, 2), Enumeration(0.1, 1, 2, 2, 3).Loss(), 1e-11);
    EXPECT_NEAR(SlidingWindowLoss(0.05, 1, 1, 3), Enumeration(0.05, 1, 1, 3, 3).Loss(), 8e-10);
}

TEST(SlidingWindowForm, FallsWithWindowAndRepair)
{
    EXPECT_NEAR(SlidingWindowLoss(0.2, 3, 0, 2), FragmentedLoss(0.2, 3), 1e-12);
    double last = 1;
    for (unsigned window = 1; window <= 3; ++window)
    {
        const double loss = SlidingWindowLoss(0.2, 1, 1, window);
        EXPECT_LT(loss, last / 3);
        last = loss;
    }
    EXPECT_LT(SlidingWindowLoss(0.2, 1, 2, 2), SlidingWindowLoss(0.2, 1, 1, 2) / 10);
    EXPECT_THROW(SlidingWindowLoss(0.2, 0, 1, 2), std::invalid_argument);
    EXPECT_THROW(SlidingWindowLoss(0.2, 1, 1, 17), std::invalid_argument);
    EXPECT_THROW(SlidingWindowLoss(1.2, 1, 1, 2), std::invalid_argument);
}

} // namespace
