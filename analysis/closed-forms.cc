// SPDX-License-Identifier: GPL-2.0-only
#include "closed-forms.h"

#include <array>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace shardsim
{

namespace
{

void
CheckProbability(double p)
{
    if (!(p >= 0.0 && p <= 1.0))
    {
        throw std::invalid_argument("a probability must be in [0, 1]");
    }
}

void
CheckBlock(unsigned n, unsigned k)
{
    if (k == 0 || k > n)
    {
        throw std::invalid_argument("a block needs 1 <= k <= n");
    }
}

/** P(at least x of n), n independent trials of probability p. */
double
BinomialTail(unsigned n, unsigned x, double p)
{
    CheckProbability(p);
    if (x == 0)
    {
        return 1.0;
    }
    if (x > n)
    {
        return 0.0;
    }
    return boost::math::ibeta(static_cast<double>(x), static_cast<double>(n - x + 1), p);
}

/** P(more than n - k) of a distribution of loss counts. */
double
FailureOf(const std::vector<double>& counts, unsigned k)
{
    double sum = 0.0;
    for (std::size_t lost = counts.size(); lost-- > 0;)
    {
        if (lost + k >= counts.size()) // lost > n - k with n = counts.size() - 1
        {
            sum += counts[lost];
        }
    }
    return sum;
}

std::vector<double>
Convolve(const std::vector<double>& a, const std::vector<double>& b)
{
    std::vector<double> c(a.size() + b.size() - 1, 0.0);
    for (std::size_t i = 0; i < a.size(); ++i)
    {
        for (std::size_t j = 0; j < b.size(); ++j)
        {
            c[i + j] += a[i] * b[j];
        }
    }
    return c;
}

/** Forward recursion over (state, losses): probability, and mean number of marked losses. */
struct Forward
{
    std::array<std::vector<double>, 2> probability;
    std::array<std::vector<double>, 2> marked;
};

/**
 * @param chain already thinned to the packets that count
 * @param n packets
 * @param marks how many of them, from the first on, have their losses counted as marked
 */
Forward
RunForward(const GilbertElliott& chain, unsigned n, unsigned marks)
{
    const std::array<double, 2> loss{chain.goodLoss, chain.badLoss};
    const std::array<double, 2> leave{chain.goodToBad, chain.badToGood};
    Forward f;
    for (auto& v : f.probability)
    {
        v.assign(n + 1, 0.0);
    }
    f.marked = f.probability;
    f.probability[1][0] = chain.BadShare();
    f.probability[0][0] = 1.0 - chain.BadShare();
    for (unsigned i = 0; i < n; ++i)
    {
        const double mark = i < marks ? 1.0 : 0.0;
        Forward g;
        for (auto& v : g.probability)
        {
            v.assign(n + 1, 0.0);
        }
        g.marked = g.probability;
        for (int state = 0; state < 2; ++state)
        {
            for (unsigned lost = 0; lost <= i; ++lost)
            {
                const double p = f.probability[state][lost];
                const double m = f.marked[state][lost];
                for (int next = 0; next < 2; ++next)
                {
                    const double step = next == state ? 1.0 - leave[state] : leave[state];
                    g.probability[next][lost] += p * (1.0 - loss[state]) * step;
                    g.marked[next][lost] += m * (1.0 - loss[state]) * step;
                    g.probability[next][lost + 1] += p * loss[state] * step;
                    g.marked[next][lost + 1] += (m + mark * p) * loss[state] * step;
                }
            }
        }
        f = std::move(g);
    }
    return f;
}

/** Data shards in parity group g of r. */
unsigned
GroupData(unsigned k, unsigned r, unsigned g)
{
    return k / r + (g < k % r ? 1 : 0);
}

void
CheckXor(unsigned k, unsigned r)
{
    if (r == 0 || r > k)
    {
        throw std::invalid_argument("interleaved parity needs 1 <= r <= k");
    }
}

} // namespace

double
FragmentedLoss(double p, unsigned n)
{
    CheckProbability(p);
    return n == 0 ? 0.0 : -std::expm1(n * std::log1p(-p));
}

double
WholeCopiesLoss(double p, unsigned m, unsigned c)
{
    return std::pow(FragmentedLoss(p, m), c);
}

double
MergedCopiesLoss(double p, unsigned m, unsigned c)
{
    CheckProbability(p);
    return FragmentedLoss(std::pow(p, c), m);
}

std::vector<double>
LossCounts(const std::vector<double>& p)
{
    std::vector<double> counts{1.0};
    for (const double x : p)
    {
        CheckProbability(x);
        counts = Convolve(counts, {1.0 - x, x});
    }
    return counts;
}

double
BlockLoss(unsigned n, unsigned k, double p)
{
    CheckBlock(n, k);
    return BinomialTail(n, n - k + 1, p);
}

double
ResidualShardLoss(unsigned n, unsigned k, double p)
{
    CheckBlock(n, k);
    return p * BinomialTail(n - 1, n - k, p);
}

double
XorBlockLoss(unsigned k, unsigned r, double p)
{
    CheckXor(k, r);
    CheckProbability(p);
    double whole = 1.0;
    for (unsigned g = 0; g < r; ++g)
    {
        const unsigned size = GroupData(k, r, g) + 1;
        whole *= 1.0 - BinomialTail(size, 2, p);
    }
    return 1.0 - whole;
}

double
XorResidualShardLoss(unsigned k, unsigned r, double p)
{
    CheckXor(k, r);
    double sum = 0.0;
    for (unsigned g = 0; g < r; ++g)
    {
        const unsigned data = GroupData(k, r, g);
        sum += data * p * FragmentedLoss(p, data);
    }
    return sum / k;
}

GilbertElliott
GilbertElliott::FromMeans(double loss, double burst)
{
    if (!(loss >= 0.0 && loss < 1.0 && burst >= 1.0 && burst >= loss / (1.0 - loss)))
    {
        throw std::invalid_argument(
            "a Gilbert chain needs a loss in [0, 1) and a burst of at least 1 and loss/(1-loss)");
    }
    GilbertElliott chain;
    chain.badToGood = 1.0 / burst;
    chain.goodToBad = chain.badToGood * loss / (1.0 - loss);
    return chain;
}

GilbertElliott
GilbertElliott::Independent(double p)
{
    CheckProbability(p);
    return GilbertElliott{0.0, 1.0, p, p};
}

double
GilbertElliott::BadShare() const
{
    const double sum = goodToBad + badToGood;
    return sum > 0.0 ? goodToBad / sum : 0.0; // a chain that never moves starts and stays good
}

double
GilbertElliott::MeanLoss() const
{
    return (1.0 - BadShare()) * goodLoss + BadShare() * badLoss;
}

GilbertElliott
GilbertElliott::EveryNth(unsigned d) const
{
    if (d == 0)
    {
        throw std::invalid_argument("packets are at least 1 apart");
    }
    const double moved = 1.0 - std::pow(1.0 - goodToBad - badToGood, d);
    GilbertElliott thinned = *this;
    thinned.goodToBad = BadShare() * moved;
    thinned.badToGood = (1.0 - BadShare()) * moved;
    if (goodToBad + badToGood <= 0.0)
    {
        thinned.badToGood = 0.0;
    }
    return thinned;
}

std::vector<double>
LossCounts(const GilbertElliott& chain, unsigned n, unsigned spacing)
{
    const Forward f = RunForward(chain.EveryNth(spacing), n, 0);
    std::vector<double> counts(n + 1);
    for (unsigned i = 0; i <= n; ++i)
    {
        counts[i] = f.probability[0][i] + f.probability[1][i];
    }
    return counts;
}

double
BlockLoss(unsigned n, unsigned k, const GilbertElliott& chain, unsigned spacing)
{
    CheckBlock(n, k);
    return FailureOf(LossCounts(chain, n, spacing), k);
}

double
ResidualShardLoss(unsigned n, unsigned k, const GilbertElliott& chain, unsigned spacing)
{
    CheckBlock(n, k);
    const Forward f = RunForward(chain.EveryNth(spacing), n, k);
    double sum = 0.0;
    for (unsigned lost = n - k + 1; lost <= n; ++lost)
    {
        sum += f.marked[0][lost] + f.marked[1][lost];
    }
    return sum / k;
}

double
SpreadBlockLossFrom(unsigned n,
                    unsigned k,
                    const std::vector<GilbertElliott>& paths,
                    std::size_t start)
{
    CheckBlock(n, k);
    if (paths.empty())
    {
        throw std::invalid_argument("shards need a path");
    }
    const std::size_t m = paths.size();
    std::vector<double> counts{1.0};
    for (std::size_t j = 0; j < m; ++j)
    {
        // path (start + j) mod m carries shards j, j + m, j + 2m, ...
        const auto share = static_cast<unsigned>(n / m + (j < n % m ? 1 : 0));
        counts = Convolve(counts, LossCounts(paths[(start + j) % m], share));
    }
    return FailureOf(counts, k);
}

double
SpreadBlockLoss(unsigned n, unsigned k, const std::vector<GilbertElliott>& paths)
{
    if (paths.empty())
    {
        throw std::invalid_argument("shards need a path");
    }
    const std::size_t step = std::gcd(static_cast<std::size_t>(n), paths.size());
    double sum = 0.0;
    unsigned starts = 0;
    for (std::size_t start = 0; start < paths.size(); start += step)
    {
        sum += SpreadBlockLossFrom(n, k, paths, start);
        ++starts;
    }
    return sum / starts;
}

} // namespace shardsim
