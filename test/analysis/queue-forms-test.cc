// SPDX-License-Identifier: GPL-2.0-only
/*
 * The closed forms of waiting are held against what does not use them:
 * 1. M/D/1 against Crommelin's alternating series, typed here, and against Lindley's recursion;
 * 2. Erlang's C against fractions worked out by hand, and M/M/c against a simulation of one queue;
 * 3. round-robin with two servers against the root of its quadratic, and with five against a
 *    simulation;
 * 4. the shorter of two queues against a simulation, and between one queue for both and two that
 *    know nothing of each other;
 * 5. arguments out of range are refused.
 *
 * Simulations have fixed seeds and 4,000,000 jobs; bounds are five standard errors over 40 batches
 * of them for a mean (a false alarm in a million), and 3 % for a 99th percentile.
 */
#include "analysis/latency-forms.h"
#include "analysis/queue-forms.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <numeric>
#include <random>
#include <stdexcept>

namespace
{

using namespace shardsim;

/// Exponential draws of mean 1, the same everywhere.
class Draws
{
  public:
    explicit Draws(uint32_t seed)
        : m_engine(seed)
    {
    }

    double Next()
    {
        return -std::log((static_cast<double>(m_engine()) + 0.5) / 4294967296.0);
    }

  private:
    std::mt19937 m_engine;
};

/// Waits of a simulation.
struct Simulated
{
    double mean;
    double error; ///< standard error of the mean
    double p99;
};

/**
 * Poisson arrivals at a rate, each given to the server that `choose` says, which is told when each
 * server is free and how many each has.
 */
Simulated
Simulate(double rate,
         unsigned servers,
         bool isExponential,
         const std::function<unsigned(uint64_t, double, const std::vector<std::vector<double>>&)>&
             choose,
         uint32_t seed)
{
    constexpr uint64_t JOBS = 4000000;
    constexpr uint64_t BATCH = JOBS / 40;
    Draws gaps(seed);
    Draws services(seed + 1);
    std::vector<std::vector<double>> ends(servers); // of what is there, ascending
    std::vector<double> waits;
    std::vector<double> batches;
    double now = 0;
    double sum = 0;
    for (uint64_t job = 0; job < JOBS; ++job)
    {
        now += gaps.Next() / rate;
        for (auto& server : ends)
        {
            server.erase(server.begin(),
                         std::find_if(server.begin(),
                                      server.end(),
                                      [now](double end) { return end > now; }));
        }
        auto& server = ends[choose(job, now, ends)];
        const double begin = server.empty() ? now : server.back();
        server.push_back(begin + (isExponential ? services.Next() : 1.0));
        waits.push_back(begin - now);
        sum += begin - now;
        if ((job + 1) % BATCH == 0)
        {
            batches.push_back(sum / BATCH);
            sum = 0;
        }
    }
    const double mean = std::accumulate(batches.begin(), batches.end(), 0.0) / 40;
    double square = 0;
    for (double batch : batches)
    {
        square += (batch - mean) * (batch - mean);
    }
    std::nth_element(waits.begin(), waits.begin() + JOBS * 99 / 100, waits.end());
    return {mean, std::sqrt(square / 39 / 40), waits[JOBS * 99 / 100]};
}

/// The server that is free first.
unsigned
FreeFirst(uint64_t, double now, const std::vector<std::vector<double>>& ends)
{
    const auto free = [now](const std::vector<double>& server)
    { return server.empty() ? now : server.back(); };
    unsigned best = 0;
    for (unsigned server = 1; server < ends.size(); ++server)
    {
        best = free(ends[server]) < free(ends[best]) ? server : best;
    }
    return best;
}

/// Crommelin (1932): exact, but its terms alternate and grow.
double
Crommelin(double load, double t)
{
    double sum = 0;
    for (int j = 0; j <= static_cast<int>(t); ++j)
    {
        const double u = load * (t - j);
        sum += std::pow(-u, j) / std::tgamma(j + 1.0) * std::exp(u);
    }
    return (1 - load) * sum;
}

TEST(QueueForms, AgreeWithCrommelinsSeriesForMD1)
{
    for (double load : {0.1, 0.5, 0.8, 0.95})
    {
        for (double t : {0.0, 0.3, 0.999, 1.0, 2.5, 5.75, 9.0})
        {
            EXPECT_NEAR(MD1WaitCdf(load, 2.0, 2.0 * t), Crommelin(load, t), 1e-9)
                << load << " " << t;
        }
    }
    EXPECT_EQ(MD1WaitCdf(0.5, 1.0, -0.1), 0);
}

TEST(QueueForms, HaveTheMeanOfMD1AsTheIntegralOfTheirDistribution)
{
    for (double load : {0.3, 0.7, 0.9})
    {
        double integral = 0;
        constexpr double STEP = 1e-3;
        for (double t = STEP / 2; t < 150; t += STEP)
        {
            const double above = 1 - MD1WaitCdf(load, 1.0, t);
            integral += above * STEP;
            if (above < 1e-7)
            {
                break;
            }
        }
        EXPECT_NEAR(integral, load / (2 * (1 - load)), 1e-4);
    }
}

TEST(QueueForms, AgreeWithASimulationOfMD1)
{
    const Simulated seen = Simulate(0.8, 1, false, FreeFirst, 11);
    EXPECT_NEAR(seen.p99 / MD1WaitQuantile(0.8, 1.0, 0.99), 1, 0.03);
    EXPECT_NEAR(seen.mean, MD1MeanWait(0.8, 1.0), 5 * seen.error);
}

TEST(QueueForms, KnowErlangsC)
{
    EXPECT_NEAR(ErlangWait(0.6, 1), 0.6, 1e-14);
    EXPECT_NEAR(ErlangWait(1, 2), 1.0 / 3, 1e-14);
    EXPECT_NEAR(ErlangWait(2, 3), 4.0 / 9, 1e-14);
}

TEST(QueueForms, AgreeWithASimulationOfMMc)
{
    const Simulated seen = Simulate(3.2, 4, true, FreeFirst, 21);
    EXPECT_NEAR(seen.mean, MMcMeanWait(3.2, 1.0, 4), 5 * seen.error);
    EXPECT_NEAR(seen.p99 / MMcWaitQuantile(3.2, 1.0, 4, 0.99), 1, 0.03);
    EXPECT_EQ(MMcWaitQuantile(0.1, 1.0, 4, 0.99), 0) << "hardly any job waits";
}

TEST(QueueForms, KnowTheRootOfRoundRobinWithTwoServers)
{
    for (double load : {0.2, 0.5, 0.9})
    {
        // (2 load)^2 = sigma (2 load + 1 - sigma)^2 has the root 1; the other is of a quadratic.
        const double sigma = (1 + 4 * load - std::sqrt(1 + 8 * load)) / 2;
        const GiM1Wait wait = RoundRobinWait(2 * load / 3.0, 3.0, 2);
        EXPECT_NEAR(wait.sigma, sigma, 1e-12);
        EXPECT_NEAR(wait.Mean(), 3 * sigma / (1 - sigma), 1e-9);
    }
    EXPECT_NEAR(RoundRobinWait(0.7, 1.0, 1).Mean(), MM1MeanWait(0.7, 1.0), 1e-9);
}

TEST(QueueForms, AgreeWithASimulationOfRoundRobin)
{
    const Simulated seen = Simulate(
        4,
        5,
        true,
        [](uint64_t job, double, const auto&) { return static_cast<unsigned>(job % 5); },
        31);
    const GiM1Wait wait = RoundRobinWait(4, 1.0, 5);
    EXPECT_NEAR(seen.mean, wait.Mean(), 5 * seen.error);
    EXPECT_NEAR(seen.p99 / wait.Quantile(0.99), 1, 0.03);
}

TEST(QueueForms, AgreeWithASimulationOfTheShorterQueue)
{
    const Simulated seen = Simulate(
        1.6,
        2,
        true,
        [](uint64_t job, double, const auto& ends)
        {
            return ends[0].size() == ends[1].size() ? static_cast<unsigned>(job % 2)
                                                    : ends[0].size() > ends[1].size();
        },
        41);
    const ShorterQueueWait wait(1.6, 1.0);
    EXPECT_NEAR(seen.mean, wait.Mean(), 5 * seen.error);
    EXPECT_NEAR(seen.p99 / wait.Quantile(0.99), 1, 0.03);
}

TEST(QueueForms, PutTheShorterQueueBetweenOneQueueAndTwo)
{
    for (double load : {0.1, 0.5, 0.9})
    {
        const double mean = ShorterQueueWait(2 * load, 1.0).Mean();
        EXPECT_GT(mean, MMcMeanWait(2 * load, 1.0, 2));
        EXPECT_LT(mean, RoundRobinWait(2 * load, 1.0, 2).Mean());
    }
}

TEST(QueueForms, DealABatch)
{
    EXPECT_EQ(BatchWaits(5, 2, 3.0), (std::vector<double>{0, 0, 3, 3, 6}));
    EXPECT_EQ(BatchWaits(3, 8, 3.0), (std::vector<double>{0, 0, 0}));
}

TEST(QueueForms, RefuseWhatIsNoQueue)
{
    EXPECT_THROW(MD1WaitCdf(1, 1, 1), std::invalid_argument);
    EXPECT_THROW(MD1WaitQuantile(0.5, 1, 1), std::invalid_argument);
    EXPECT_THROW(ErlangWait(2, 2), std::invalid_argument);
    EXPECT_THROW(RoundRobinWait(1, 1, 0), std::invalid_argument);
    EXPECT_THROW(ShorterQueueWait(2, 1), std::invalid_argument);
    EXPECT_THROW(BatchWaits(0, 1, 1), std::invalid_argument);
}

} // namespace
