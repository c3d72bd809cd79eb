// SPDX-License-Identifier: GPL-2.0-only

/**
 * @file
 * The Gilbert-Elliott chain alone, fed by draws that the tests make. Proved here:
 * 1. a scripted story of draws gives the states worked out by hand;
 * 2. mean loss and mean burst are what was asked for, transitions have their probabilities, and
 *    the first packet is like any other;
 * 3. the full four-parameter chain agrees with values computed by hand and with its own losses;
 * 4. the degenerate chains (none, all, independent, never twice in a row) behave exactly;
 * 5. what is not a chain is refused with a line that says what is allowed.
 *
 * Statistical tests have fixed seeds and intervals of 5 standard deviations: had the seed been
 * free, each comparison would fail wrongly with probability 6e-7.
 */

#include "ns3/shard-loss-process.h"

#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

using ns3::sharding::GilbertElliott;

namespace
{

constexpr double SIGMAS = 5.0;

/// Uniform draws within [0, 1), the same with every standard library.
class Draws
{
  public:
    explicit Draws(uint64_t seed)
        : m_bits(seed)
    {
    }

    double operator()()
    {
        return static_cast<double>(m_bits() >> 11) * 0x1p-53;
    }

  private:
    std::mt19937_64 m_bits;
};

std::vector<bool>
LossesOf(GilbertElliott chain, std::size_t packets, uint64_t seed)
{
    Draws draw(seed);
    const bool second = chain.NeedsSecondDraw();
    std::vector<bool> lost(packets);
    for (std::size_t i = 0; i < packets; ++i)
    {
        const double u = draw();
        lost[i] = second ? chain.Next(u, draw()) : chain.Next(u);
    }
    return lost;
}

double
MeanOf(const std::vector<bool>& lost)
{
    std::size_t count = 0;
    for (const bool l : lost)
    {
        count += l ? 1 : 0;
    }
    return static_cast<double>(count) / static_cast<double>(lost.size());
}

/// @return number of runs of losses that both begin and end in the record, and their mean length
std::pair<double, double>
RunsOf(const std::vector<bool>& lost)
{
    double runs = 0;
    double total = 0;
    double length = 0;
    bool whole = false;
    for (std::size_t i = 1; i < lost.size(); ++i)
    {
        if (lost[i] && !lost[i - 1])
        {
            whole = true;
            length = 0;
        }
        length += 1;
        if (!lost[i] && lost[i - 1] && whole)
        {
            runs += 1;
            total += length - 1;
        }
    }
    return {runs, total / runs};
}

TEST(GilbertElliottTest, ScriptedDrawsTellTheStoryWorkedOutByHand)
{
    // rate 0.2, burst 4: r = 1/4, p = 1/4 * 0.2 / 0.8 = 1/16; bad is next below 0.2 at the start,
    // below 1/16 after good, below 3/4 after bad.
    auto chain = GilbertElliott::FromMeans(0.2, 4);
    ASSERT_TRUE(chain);
    EXPECT_NEAR(chain->GetParameters().r, 0.25, 1e-15);
    EXPECT_NEAR(chain->GetParameters().p, 0.0625, 1e-15);
    const std::vector<std::pair<double, bool>> story{{0.199, true},
                                                     {0.749, true},
                                                     {0.0, true},
                                                     {0.751, false},
                                                     {0.199, false},
                                                     {0.063, false},
                                                     {0.062, true},
                                                     {0.999, false}};
    for (std::size_t i = 0; i < story.size(); ++i)
    {
        EXPECT_EQ(chain->Next(story[i].first), story[i].second) << "packet " << i;
    }
    chain->Reset();
    EXPECT_TRUE(chain->Next(0.199)) << "after Reset the chain is stationary again";
}

TEST(GilbertElliottTest, MeanLossAndMeanBurstAreWhatWasAskedFor)
{
    constexpr std::size_t PACKETS = 1000000;
    const std::vector<std::pair<double, double>> asked{{0.01, 1.0},
                                                       {0.01, 1.5},
                                                       {0.05, 5.0},
                                                       {0.2, 8.0},
                                                       {0.5, 3.0},
                                                       {0.9, 12.0}};
    uint64_t seed = 100;
    for (const auto& [rate, burst] : asked)
    {
        SCOPED_TRACE("rate " + std::to_string(rate) + " burst " + std::to_string(burst));
        const auto chain = GilbertElliott::FromMeans(rate, burst);
        ASSERT_TRUE(chain);
        EXPECT_NEAR(chain->MeanLoss(), rate, 1e-12);
        EXPECT_NEAR(chain->MeanBurst(), burst, 1e-9);
        EXPECT_FALSE(chain->NeedsSecondDraw());
        const auto lost = LossesOf(*chain, PACKETS, ++seed);

        // A two-state chain forgets by the factor 1 - p - r a packet, which widens the interval.
        const double memory = 1 - 1 / burst / (1 - rate);
        const double variance = rate * (1 - rate) / PACKETS * (1 + memory) / (1 - memory);
        EXPECT_NEAR(MeanOf(lost), rate, SIGMAS * std::sqrt(variance));

        // Runs are geometric with mean b, so their variance is b (b - 1).
        const auto [runs, mean] = RunsOf(lost);
        ASSERT_GT(runs, 1000);
        EXPECT_NEAR(mean, burst, SIGMAS * std::sqrt(burst * (burst - 1) / runs) + 1e-12);
    }
}

TEST(GilbertElliottTest, TransitionsHaveTheirProbabilities)
{
    constexpr double P = 0.03;
    constexpr double R = 0.2;
    const auto chain = GilbertElliott::FromParameters({P, R, 0.0, 1.0});
    ASSERT_TRUE(chain);
    const auto lost = LossesOf(*chain, 1000000, 7);
    double from[2] = {0, 0};
    double toBad[2] = {0, 0};
    for (std::size_t i = 1; i < lost.size(); ++i)
    {
        from[lost[i - 1]] += 1;
        toBad[lost[i - 1]] += lost[i] ? 1 : 0;
    }
    EXPECT_NEAR(toBad[0] / from[0], P, SIGMAS * std::sqrt(P * (1 - P) / from[0]));
    EXPECT_NEAR(toBad[1] / from[1], 1 - R, SIGMAS * std::sqrt(R * (1 - R) / from[1]));
}

TEST(GilbertElliottTest, TheFirstPacketIsLikeAnyOther)
{
    constexpr double RATE = 0.1;
    constexpr int CHAINS = 100000;
    Draws draw(11);
    const auto fresh = GilbertElliott::FromMeans(RATE, 20);
    ASSERT_TRUE(fresh);
    double first = 0;
    double third = 0;
    for (int i = 0; i < CHAINS; ++i)
    {
        auto chain = *fresh;
        first += chain.Next(draw()) ? 1 : 0;
        chain.Next(draw());
        third += chain.Next(draw()) ? 1 : 0;
    }
    const double margin = SIGMAS * std::sqrt(RATE * (1 - RATE) / CHAINS);
    EXPECT_NEAR(first / CHAINS, RATE, margin);
    EXPECT_NEAR(third / CHAINS, RATE, margin);
}

TEST(GilbertElliottTest, FullChainAgreesWithValuesWorkedOutByHand)
{
    // p = 0.1, r = 0.4: bad 1/5 of the time. Loss 0.2 * 0.6 + 0.8 * 0.1 = 0.2. A run ends after
    // a packet with 0.12 * (0.6 * 0.4 + 0.4 * 0.9) + 0.08 * (0.1 * 0.4 + 0.9 * 0.9) = 0.14, so a
    // run has 0.2 / 0.14 packets.
    const auto chain = GilbertElliott::FromParameters({0.1, 0.4, 0.1, 0.6});
    ASSERT_TRUE(chain);
    EXPECT_NEAR(chain->BadRatio(), 0.2, 1e-12);
    EXPECT_NEAR(chain->MeanLoss(), 0.2, 1e-12);
    EXPECT_NEAR(chain->MeanBurst(), 0.2 / 0.14, 1e-12);
    EXPECT_TRUE(chain->NeedsSecondDraw());

    // Loss in batches of 1000, whose means are as good as independent.
    constexpr std::size_t BATCH = 1000;
    constexpr std::size_t BATCHES = 1000;
    const auto lost = LossesOf(*chain, BATCH * BATCHES, 13);
    double sum = 0;
    double squares = 0;
    for (std::size_t b = 0; b < BATCHES; ++b)
    {
        const double mean =
            MeanOf(std::vector<bool>(lost.begin() + b * BATCH, lost.begin() + (b + 1) * BATCH));
        sum += mean;
        squares += mean * mean;
    }
    const double mean = sum / BATCHES;
    const double deviation = std::sqrt((squares / BATCHES - mean * mean) / BATCHES);
    EXPECT_NEAR(mean, 0.2, SIGMAS * deviation);
    // About 140,000 runs of a deviation below 1 packet.
    const auto [runs, length] = RunsOf(lost);
    EXPECT_NEAR(length, 0.2 / 0.14, SIGMAS / std::sqrt(runs));
}

TEST(GilbertElliottTest, IndependentLossIsTheDrawBelowTheRate)
{
    Draws draw(17);
    auto tenth = GilbertElliott::Independent(0.1);
    auto third = GilbertElliott::Independent(0.3);
    ASSERT_TRUE(tenth && third);
    for (int i = 0; i < 10000; ++i)
    {
        const double u = draw();
        const bool few = tenth->Next(u);
        const bool many = third->Next(u);
        ASSERT_EQ(few, u < 0.1);
        ASSERT_EQ(many, u < 0.3);
    }
    EXPECT_NEAR(tenth->MeanBurst(), 1 / 0.9, 1e-12);
    // A Gilbert chain with the burst of independent loss is independent loss.
    const auto same = GilbertElliott::FromMeans(0.1, 1 / 0.9);
    ASSERT_TRUE(same);
    EXPECT_EQ(LossesOf(*same, 10000, 19), LossesOf(*tenth, 10000, 19));
}

TEST(GilbertElliottTest, DegenerateChainsAreExact)
{
    EXPECT_EQ(MeanOf(LossesOf(GilbertElliott(), 1000, 1)), 0.0) << "default: nothing lost";
    EXPECT_EQ(GilbertElliott().MeanBurst(), 0.0);

    const auto none = GilbertElliott::FromMeans(0.0, 50);
    ASSERT_TRUE(none);
    EXPECT_EQ(MeanOf(LossesOf(*none, 1000, 1)), 0.0);

    const auto all = GilbertElliott::Independent(1.0);
    ASSERT_TRUE(all);
    EXPECT_EQ(MeanOf(LossesOf(*all, 1000, 1)), 1.0);
    EXPECT_EQ(all->MeanBurst(), std::numeric_limits<double>::infinity());

    const auto still = GilbertElliott::FromParameters({0.0, 0.0, 0.0, 1.0});
    ASSERT_TRUE(still);
    EXPECT_EQ(MeanOf(LossesOf(*still, 1000, 1)), 0.0) << "p = r = 0 stays good";

    // Burst 1: never two in a row. rate / (1 - rate) = burst: never two delivered in a row.
    const auto lonely = GilbertElliott::FromMeans(0.3, 1);
    const auto crowded = GilbertElliott::FromMeans(0.75, 3);
    ASSERT_TRUE(lonely && crowded);
    const auto few = LossesOf(*lonely, 10000, 3);
    const auto many = LossesOf(*crowded, 10000, 3);
    for (std::size_t i = 1; i < few.size(); ++i)
    {
        ASSERT_FALSE(few[i] && few[i - 1]) << "packet " << i;
        ASSERT_TRUE(many[i] || many[i - 1]) << "packet " << i;
    }
}

TEST(GilbertElliottTest, WhatIsNotAChainIsRefusedWithWhatIsAllowed)
{
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();

    struct Case
    {
        double rate;
        double burst;
        std::string why;
    };

    const std::string rates = ": allowed is 0 or more and below 1";
    const std::string bursts = ": allowed is 1 packet or more";
    const std::vector<Case> cases{
        {-0.1, 1, "mean loss rate -0.1" + rates},
        {1.0, 5, "mean loss rate 1" + rates},
        {nan, 5, "mean loss rate nan" + rates},
        {0.1, 0.5, "mean loss burst 0.5" + bursts},
        {0.1, nan, "mean loss burst nan" + bursts},
        {0.1, infinity, "mean loss burst inf" + bursts},
        {0.75,
         2.9,
         "mean loss burst 2.9: allowed is 3 packets or more at a mean loss rate of 0.75 "
         "(rate / (1 - rate))"},
    };
    for (const auto& c : cases)
    {
        std::string why;
        EXPECT_FALSE(GilbertElliott::FromMeans(c.rate, c.burst, &why)) << c.why;
        EXPECT_EQ(why, c.why);
        EXPECT_FALSE(GilbertElliott::FromMeans(c.rate, c.burst)) << "without a reason too";
    }
    std::string why;
    EXPECT_FALSE(GilbertElliott::Independent(1.5, &why));
    EXPECT_EQ(why, "loss rate 1.5: allowed is 0 to 1");
    EXPECT_FALSE(GilbertElliott::FromParameters({0.1, 1.1, 0.0, 1.0}, &why));
    EXPECT_EQ(why, "transition probability r (bad to good) 1.1: allowed is 0 to 1");
    EXPECT_FALSE(GilbertElliott::FromParameters({nan, 0.1, 0.0, 1.0}, &why));
    EXPECT_FALSE(GilbertElliott::FromParameters({0.1, 0.1, -1.0, 1.0}, &why));
    EXPECT_EQ(why, "loss probability in the good state -1: allowed is 0 to 1");
    EXPECT_FALSE(GilbertElliott::FromParameters({0.1, 0.1, 0.0, 2.0}, &why));
}

} // namespace
