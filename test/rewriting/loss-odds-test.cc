// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many shards of a block are lost, against a sum over all patterns of loss, which shares no
 * code with the model (2^n patterns, each with its probability as a walk of the chain):
 * 1. one path, independent losses and bursts, every number of shards up to 12
 * 2. blocks interleaved: the chain steps several packets at a time
 * 3. several paths, round which the shards go
 * 4. none of so many in a row
 * 5. extremes: no loss, a burst shorter than the loss allows
 */
#include "ns3/shard-loss-odds.h"

#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <vector>

namespace
{

using ns3::sharding::ShardLossOdds;

/// Transition probabilities, [from][to], 1 is lost; over so many packets, by plain multiplication.
std::array<std::array<double, 2>, 2>
Steps(double loss, double burst, unsigned packets)
{
    const double r = 1 / burst;
    const double p = r * loss / (1 - loss);
    const double one[2][2] = {{1 - p, p}, {r, 1 - r}};
    std::array<std::array<double, 2>, 2> all = {{{{1, 0}}, {{0, 1}}}};
    for (unsigned i = 0; i < packets; ++i)
    {
        std::array<std::array<double, 2>, 2> next{};
        for (int a = 0; a < 2; ++a)
        {
            for (int b = 0; b < 2; ++b)
            {
                for (int c = 0; c < 2; ++c)
                {
                    next[a][c] += all[a][b] * one[b][c];
                }
            }
        }
        all = next;
    }
    return all;
}

/// P(at most `lost` of `n`), shard i on path i mod `paths`.
double
BruteForce(double loss, double burst, unsigned spacing, unsigned paths, unsigned lost, unsigned n)
{
    const auto step = Steps(loss, burst, spacing);
    double sum = 0;
    for (unsigned pattern = 0; pattern < 1U << n; ++pattern)
    {
        double probability = 1;
        unsigned count = 0;
        for (unsigned i = 0; i < n; ++i)
        {
            const unsigned now = pattern >> i & 1;
            count += now;
            probability *=
                i < paths ? (now ? loss : 1 - loss) : step[pattern >> (i - paths) & 1][now];
        }
        sum += count <= lost ? probability : 0;
    }
    return sum;
}

struct Channel
{
    double loss;
    double burst;
};

const Channel CHANNELS[] = {{0.05, 1 / 0.95}, {0.1, 1}, {0.1, 5}, {0.01, 20}, {0.4, 3}};

TEST(LossOdds, OnePathAsAllPatternsSay)
{
    for (const Channel& channel : CHANNELS)
    {
        ShardLossOdds odds(channel.loss, channel.burst, 1, 1);
        for (unsigned n = 1; n <= 12; ++n)
        {
            for (unsigned lost = 0; lost <= n; ++lost)
            {
                EXPECT_NEAR(odds.AtMost(lost, n),
                            BruteForce(channel.loss, channel.burst, 1, 1, lost, n),
                            1e-12)
                    << channel.loss << " " << channel.burst << ": " << lost << " of " << n;
            }
        }
    }
}

TEST(LossOdds, InterleavedAsAllPatternsSay)
{
    for (const Channel& channel : CHANNELS)
    {
        for (unsigned spacing : {2U, 3U, 16U})
        {
            ShardLossOdds odds(channel.loss, channel.burst, spacing, 1);
            for (unsigned lost = 0; lost <= 9; ++lost)
            {
                EXPECT_NEAR(odds.AtMost(lost, 9),
                            BruteForce(channel.loss, channel.burst, spacing, 1, lost, 9),
                            1e-12);
            }
        }
    }
}

TEST(LossOdds, SeveralPathsAsAllPatternsSay)
{
    for (const Channel& channel : CHANNELS)
    {
        for (unsigned paths : {2U, 3U, 5U, 20U})
        {
            ShardLossOdds odds(channel.loss, channel.burst, 1, paths);
            // In no order: what was computed for one must not spoil another.
            for (unsigned n : {11U, 3U, 8U, 1U, 7U})
            {
                for (unsigned lost = 0; lost <= n; ++lost)
                {
                    EXPECT_NEAR(odds.AtMost(lost, n),
                                BruteForce(channel.loss, channel.burst, 1, paths, lost, n),
                                1e-12);
                }
            }
        }
    }
}

TEST(LossOdds, NoneInARow)
{
    for (const Channel& channel : CHANNELS)
    {
        const ShardLossOdds odds(channel.loss, channel.burst, 1, 1);
        EXPECT_EQ(odds.NoneOf(0), 1);
        for (unsigned n = 1; n <= 10; ++n)
        {
            EXPECT_NEAR(odds.NoneOf(n), BruteForce(channel.loss, channel.burst, 1, 1, 0, n), 1e-12);
        }
    }
}

TEST(LossOdds, Extremes)
{
    ShardLossOdds nothing(0, 1, 1, 1);
    EXPECT_EQ(nothing.AtMost(0, 200), 1);
    EXPECT_EQ(nothing.NoneOf(200), 1);
    // Two of three packets lost cannot come in bursts of one: they are as short as they can be,
    // two each, with one packet between.
    ShardLossOdds much(2.0 / 3, 1, 1, 1);
    EXPECT_NEAR(much.AtMost(0, 1), 1.0 / 3, 1e-12);
    EXPECT_NEAR(much.AtMost(0, 2), 0, 1e-12) << "never two in a row come";
}

} // namespace
