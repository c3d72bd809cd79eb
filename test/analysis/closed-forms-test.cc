// SPDX-License-Identifier: GPL-2.0-only
/**
 * Closed forms of loss against published numbers, against the enumeration of every loss pattern
 * (and every sequence of hidden states), and against a simulation written here.
 */
#include "analysis/closed-forms.h"

#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <numeric>
#include <random>
#include <stdexcept>

namespace
{

using namespace shardsim;

/** Sum of f over all 2^n patterns; bit i set: packet i lost; each packet by its own loss. */
double
OverPatterns(const std::vector<double>& p, const std::function<double(unsigned)>& f)
{
    double sum = 0.0;
    for (unsigned pattern = 0; pattern < (1u << p.size()); ++pattern)
    {
        double chance = 1.0;
        for (std::size_t i = 0; i < p.size(); ++i)
        {
            chance *= (pattern >> i) & 1 ? p[i] : 1 - p[i];
        }
        sum += chance * f(pattern);
    }
    return sum;
}

int
Ones(unsigned pattern)
{
    int ones = 0;
    for (; pattern; pattern &= pattern - 1)
    {
        ++ones;
    }
    return ones;
}

/**
 * Sum of f over all loss patterns of n packets that are `spacing` apart, by enumerating every
 * sequence of the chain's states over all packets from the first to the last of them.
 */
double
OverHiddenStates(const GilbertElliott& g,
                 unsigned n,
                 unsigned spacing,
                 const std::function<double(unsigned)>& f)
{
    const unsigned length = (n - 1) * spacing + 1;
    const double bad = g.goodToBad / (g.goodToBad + g.badToGood);
    double sum = 0.0;
    for (unsigned states = 0; states < (1u << length); ++states)
    {
        double chance = states & 1 ? bad : 1 - bad;
        for (unsigned i = 1; i < length; ++i)
        {
            const bool from = (states >> (i - 1)) & 1;
            const bool to = (states >> i) & 1;
            const double leave = from ? g.badToGood : g.goodToBad;
            chance *= from == to ? 1 - leave : leave;
        }
        std::vector<double> loss;
        for (unsigned i = 0; i < length; i += spacing)
        {
            loss.push_back((states >> i) & 1 ? g.badLoss : g.goodLoss);
        }
        sum += chance * OverPatterns(loss, f);
    }
    return sum;
}

const GilbertElliott kFourParameters{0.15, 0.35, 0.02, 0.7};

TEST(PublishedNumbers, ReedSolomonAndInterleaving)
{
    // RS(30,20) at 10 % independent loss leaves 3.3e-5 of the shards.
    EXPECT_NEAR(ResidualShardLoss(30, 20, 0.1), 3.3e-5, 0.05e-5);
    // Gilbert loss, mean 5 %, mean burst 5 packets: blocks of 13 that need 10.
    const auto gilbert = GilbertElliott::FromMeans(0.05, 5);
    EXPECT_NEAR(BlockLoss(13, 10, gilbert), 7.3e-2, 0.05e-2);
    EXPECT_NEAR(BlockLoss(13, 10, gilbert, 16), 4.1e-3, 0.05e-3);
}

TEST(FragmentsForm, LossByHand)
{
    EXPECT_NEAR(FragmentedLoss(0.1, 2), 0.19, 1e-15);
    EXPECT_NEAR(FragmentedLoss(0.01, 7), 0.06793465209301, 1e-14);
    EXPECT_NEAR(FragmentedLoss(1e-12, 3), 3e-12, 1e-23);
    EXPECT_EQ(FragmentedLoss(0.0, 7), 0.0);
    EXPECT_EQ(FragmentedLoss(1.0, 7), 1.0);
    EXPECT_EQ(FragmentedLoss(1.0, 0), 0.0);
    EXPECT_THROW(FragmentedLoss(1.1, 2), std::invalid_argument);
}

TEST(CopiesForm, EveryPatternOfTwoCopiesOfThreeFragments)
{
    const std::vector<double> p(6, 0.2); // bits 0 to 2: first copy
    const double apart =
        OverPatterns(p, [](unsigned x) { return (x & 7) && (x >> 3) ? 1.0 : 0.0; });
    const double merged = OverPatterns(p, [](unsigned x) { return x & 7 & (x >> 3) ? 1.0 : 0.0; });
    EXPECT_NEAR(WholeCopiesLoss(0.2, 3, 2), apart, 1e-14);
    EXPECT_NEAR(MergedCopiesLoss(0.2, 3, 2), merged, 1e-14);
    EXPECT_LT(merged, apart);
}

TEST(BlockLossForm, EveryLossPattern)
{
    for (unsigned n = 1; n <= 9; ++n)
    {
        for (unsigned k = 1; k <= n; ++k)
        {
            const auto fails = [&](unsigned x) { return Ones(x) > static_cast<int>(n - k); };
            const auto residual = [&](unsigned x)
            { return fails(x) ? Ones(x & ((1u << k) - 1)) / static_cast<double>(k) : 0.0; };
            const std::vector<double> p(n, 0.13);
            const auto lost = [&](unsigned x) { return fails(x) ? 1.0 : 0.0; };
            EXPECT_NEAR(BlockLoss(n, k, 0.13), OverPatterns(p, lost), 1e-14) << n << ',' << k;
            EXPECT_NEAR(ResidualShardLoss(n, k, 0.13), OverPatterns(p, residual), 1e-14);
        }
    }
    EXPECT_THROW(BlockLoss(4, 5, 0.1), std::invalid_argument);
    EXPECT_THROW(BlockLoss(4, 0, 0.1), std::invalid_argument);
}

TEST(BlockLossForm, CountsOfUnequalLosses)
{
    const std::vector<double> p{0.1, 0.5, 0.02, 0.9};
    const auto counts = LossCounts(p);
    ASSERT_EQ(counts.size(), 5u);
    for (int lost = 0; lost <= 4; ++lost)
    {
        const auto is = [&](unsigned x) { return Ones(x) == lost ? 1.0 : 0.0; };
        EXPECT_NEAR(counts[lost], OverPatterns(p, is), 1e-15);
    }
}

TEST(XorForm, EveryLossPatternOfInterleavedParities)
{
    for (unsigned k = 2; k <= 7; ++k)
    {
        for (unsigned r = 1; r <= std::min(3u, k); ++r)
        {
            // shard i < k is data of group i mod r; shard k + g is the parity of group g
            const auto missing = [&](unsigned x)
            {
                int lost = 0;
                for (unsigned g = 0; g < r; ++g)
                {
                    unsigned data = 0;
                    for (unsigned i = g; i < k; i += r)
                    {
                        data |= 1u << i;
                    }
                    const unsigned group = data | (1u << (k + g));
                    lost += Ones(x & group) > 1 ? Ones(x & data) : 0;
                }
                return lost;
            };
            const std::vector<double> p(k + r, 0.11);
            const double residual = OverPatterns(p, [&](unsigned x) { return missing(x); }) / k;
            const double block =
                OverPatterns(p, [&](unsigned x) { return missing(x) > 0 ? 1.0 : 0.0; });
            EXPECT_NEAR(XorBlockLoss(k, r, 0.11), block, 1e-14) << k << ',' << r;
            EXPECT_NEAR(XorResidualShardLoss(k, r, 0.11), residual, 1e-14) << k << ',' << r;
        }
    }
    EXPECT_THROW(XorBlockLoss(2, 3, 0.1), std::invalid_argument);
}

TEST(GilbertElliottChain, MeansAreThoseAskedFor)
{
    const auto g = GilbertElliott::FromMeans(0.05, 5);
    EXPECT_NEAR(g.badToGood, 0.2, 1e-15);
    EXPECT_NEAR(g.goodToBad, 0.2 * 0.05 / 0.95, 1e-15);
    EXPECT_NEAR(g.MeanLoss(), 0.05, 1e-15);
    EXPECT_NEAR(kFourParameters.MeanLoss(), 0.7 * 0.02 + 0.3 * 0.7, 1e-15);
    EXPECT_THROW(GilbertElliott::FromMeans(0.9, 5), std::invalid_argument);
    EXPECT_THROW(GilbertElliott::FromMeans(0.1, 0.5), std::invalid_argument);
}

TEST(GilbertElliottChain, EverySequenceOfHiddenStates)
{
    for (const unsigned spacing : {1u, 2u, 3u})
    {
        const unsigned n = spacing == 1 ? 6 : 4;
        const auto counts = LossCounts(kFourParameters, n, spacing);
        for (int lost = 0; lost <= static_cast<int>(n); ++lost)
        {
            const auto is = [&](unsigned x) { return Ones(x) == lost ? 1.0 : 0.0; };
            EXPECT_NEAR(counts[lost], OverHiddenStates(kFourParameters, n, spacing, is), 1e-13);
        }
        const unsigned k = n - 2;
        const auto residual = [&](unsigned x)
        { return Ones(x) > 2 ? Ones(x & ((1u << k) - 1)) / static_cast<double>(k) : 0.0; };
        EXPECT_NEAR(ResidualShardLoss(n, k, kFourParameters, spacing),
                    OverHiddenStates(kFourParameters, n, spacing, residual),
                    1e-13);
    }
}

TEST(GilbertElliottChain, WithoutMemoryIsIndependentLoss)
{
    EXPECT_NEAR(BlockLoss(20, 16, GilbertElliott::Independent(0.07)),
                BlockLoss(20, 16, 0.07),
                1e-14);
    // so is a chain far apart
    const auto g = GilbertElliott::FromMeans(0.05, 5);
    EXPECT_NEAR(BlockLoss(13, 10, g, 1000), BlockLoss(13, 10, 0.05), 1e-12);
    EXPECT_NEAR(ResidualShardLoss(13, 10, GilbertElliott::Independent(0.05)),
                ResidualShardLoss(13, 10, 0.05),
                1e-14);
}

TEST(GilbertElliottChain, SimulatedBlocks)
{
    // 40000 blocks of 13 sent back to back; each chain starts anew, so blocks are independent:
    // sd of the share sqrt(0.073 * 0.927 / 40000) = 0.0013; 4 sd, error probability 6e-5.
    std::mt19937_64 generator(5);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    int failed = 0;
    for (int b = 0; b < 40000; ++b)
    {
        bool bad = uniform(generator) < 0.05;
        int lost = 0;
        for (int i = 0; i < 13; ++i)
        {
            lost += bad ? 1 : 0;
            bad = bad ? uniform(generator) >= 0.2 : uniform(generator) < 0.2 * 0.05 / 0.95;
        }
        failed += lost > 3 ? 1 : 0;
    }
    EXPECT_NEAR(failed / 40000.0,
                BlockLoss(13, 10, GilbertElliott::FromMeans(0.05, 5)),
                4 * 0.0013);
}

TEST(SpreadForm, OnePathIsNoSpread)
{
    const auto g = GilbertElliott::FromMeans(0.05, 5);
    EXPECT_NEAR(SpreadBlockLoss(13, 10, {g}), BlockLoss(13, 10, g), 1e-15);
}

TEST(SpreadForm, IndependentPathsByEveryPattern)
{
    // n 5 over 3 paths of losses a b c: the start moves by 5 mod 3 = 2, so all three starts occur.
    const std::vector<double> path{0.02, 0.2, 0.5};
    double mean = 0.0;
    for (int start = 0; start < 3; ++start)
    {
        std::vector<double> p;
        for (int i = 0; i < 5; ++i)
        {
            p.push_back(path[(start + i) % 3]);
        }
        const double loss = OverPatterns(p, [](unsigned x) { return Ones(x) > 2 ? 1.0 : 0.0; });
        std::vector<GilbertElliott> paths;
        for (const double x : path)
        {
            paths.push_back(GilbertElliott::Independent(x));
        }
        EXPECT_NEAR(SpreadBlockLossFrom(5, 3, paths, start), loss, 1e-14);
        mean += loss / 3;
        if (start == 2)
        {
            EXPECT_NEAR(SpreadBlockLoss(5, 3, paths), mean, 1e-14);
        }
    }
}

TEST(SpreadForm, BlocksThatFillTheCycleAlwaysStartAtTheFirstPath)
{
    const std::vector<GilbertElliott> paths{GilbertElliott::Independent(0.1), kFourParameters};
    EXPECT_EQ(SpreadBlockLoss(4, 3, paths), SpreadBlockLossFrom(4, 3, paths, 0));
    // n 5: both starts
    EXPECT_NEAR(SpreadBlockLoss(5, 4, paths),
                (SpreadBlockLossFrom(5, 4, paths, 0) + SpreadBlockLossFrom(5, 4, paths, 1)) / 2,
                1e-15);
    EXPECT_THROW(SpreadBlockLoss(4, 3, {}), std::invalid_argument);
}

TEST(SpreadForm, HiddenStatesOfTwoPaths)
{
    // shards 0 2 4 on the chain, 1 3 on an independent path of loss 0.3; block of 5 that needs 3
    const double expected = OverHiddenStates(
        kFourParameters,
        3,
        1,
        [](unsigned chain)
        {
            return OverPatterns({0.3, 0.3},
                                [&](unsigned other)
                                { return Ones(chain) + Ones(other) > 2 ? 1.0 : 0.0; });
        });
    const std::vector<GilbertElliott> paths{kFourParameters, GilbertElliott::Independent(0.3)};
    EXPECT_NEAR(SpreadBlockLossFrom(5, 3, paths, 0), expected, 1e-14);
}

} // namespace
