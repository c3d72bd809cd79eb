// SPDX-License-Identifier: GPL-2.0-only
/**
 * Closed forms of latency and queueing against hand-computed numbers, known special cases, and
 * simulations written here (fixed seeds; error probability stated).
 */
#include "analysis/latency-forms.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <queue>
#include <random>
#include <stdexcept>

namespace
{

using namespace shardsim;

TEST(MessageForm, CutIntoPackets)
{
    EXPECT_EQ(FullPackets(9000, 1480, 20),
              (std::vector<double>{1500, 1500, 1500, 1500, 1500, 1500, 140}));
    EXPECT_EQ(FullPackets(2960, 1480, 20), (std::vector<double>{1500, 1500}));
    EXPECT_EQ(EqualPackets(10, 3, 1), (std::vector<double>{5, 5, 3}));
    EXPECT_EQ(EqualPackets(9000, 8, 28), (std::vector<double>(8, 1153)));
    EXPECT_THROW(EqualPackets(3, 4, 0), std::invalid_argument);
    EXPECT_THROW(FullPackets(0, 4, 0), std::invalid_argument);
}

TEST(MessageForm, LatencyOverEqualLinksByHand)
{
    // 1500 bytes at 12 Mbit/s take 1 ms. Four packets, the last of 750 bytes, over 2 links of 5 ms:
    // first link done at 3.5 ms; full packets leave the second at 2 3 4 ms, the last at 4.5 ms.
    const StoreAndForwardLink link{12e6, 0.005};
    EXPECT_NEAR(MessageLatency(4, 1500, 750, 2, link), 0.0145, 1e-12);
    EXPECT_NEAR(MessageLatency(1, 1500, 750, 3, link), 0.0165, 1e-12);
    EXPECT_NEAR(MessageLatency(2, 1500, 1500, 1, link), 0.007, 1e-12);
    EXPECT_THROW(MessageLatency(2, 750, 1500, 1, link), std::invalid_argument);
}

TEST(MessageForm, RecursionAgreesWithTheFormulaAndWithHandOverDistinctLinks)
{
    for (unsigned n = 1; n <= 6; ++n)
    {
        for (unsigned links = 1; links <= 4; ++links)
        {
            std::vector<double> packets(n, 1200);
            packets.back() = 333;
            const StoreAndForwardLink link{1e7, 0.002};
            const auto arrivals =
                PacketArrivals(packets, std::vector<StoreAndForwardLink>(links, link));
            EXPECT_NEAR(arrivals.back(), MessageLatency(n, 1200, 333, links, link), 1e-12);
        }
    }
    // 2 packets of 1000 bytes over 8 Mbit/s (1 ms each, 10 ms away) and 2 Mbit/s (4 ms, 1 ms away):
    // there at 11 and 12 ms; leave at 15 and 19; arrive at 16 and 20.
    const auto slow = PacketArrivals({1000, 1000}, {{8e6, 0.010}, {2e6, 0.001}});
    EXPECT_NEAR(slow[0], 0.016, 1e-12);
    EXPECT_NEAR(slow[1], 0.020, 1e-12);
}

TEST(OrderStatistics, SimultaneousArrivalsByTheirTextbookMeans)
{
    EXPECT_NEAR(ExponentialOrderMean(3, 2, 6.0), 6.0 * (1 / 3.0 + 1 / 2.0), 1e-14);
    EXPECT_NEAR(ExponentialOrderMean(4, 1, 8.0), 2.0, 1e-14);
    EXPECT_NEAR(UniformOrderMean(3, 3, 2.0), 3.0, 1e-14);
    for (const unsigned n : {1u, 5u, 10u, 40u})
    {
        for (const unsigned k : {1u, n / 2 + 1, n})
        {
            const auto arrivals = SpacedArrivals(n, 0.0, 0.5, 0.0);
            EXPECT_NEAR(KthArrivalMean(arrivals, {Jitter::EXPONENTIAL, 0.02}, k),
                        0.5 + ExponentialOrderMean(n, k, 0.02),
                        1e-9);
            EXPECT_NEAR(KthArrivalMean(arrivals, {Jitter::UNIFORM, 0.02}, k),
                        0.5 + UniformOrderMean(n, k, 0.02),
                        1e-9);
        }
    }
    EXPECT_THROW(ExponentialOrderMean(3, 4, 1.0), std::invalid_argument);
}

TEST(OrderStatistics, WithoutJitterItIsTheKthArrival)
{
    const auto arrivals = SpacedArrivals(5, 0.001, 0.010, 0.0);
    EXPECT_NEAR(KthArrivalMean(arrivals, {}, 4), 0.013, 1e-12);
    EXPECT_NEAR(KthArrivalQuantile(arrivals, {}, 4, 0.5), 0.013, 1e-12);
    EXPECT_EQ(KthArrivalCdf(arrivals, {}, 4, 0.0129), 0.0);
    EXPECT_EQ(KthArrivalCdf(arrivals, {}, 4, 0.0131), 1.0);
}

TEST(OrderStatistics, TwoSpacedExponentialsByHand)
{
    // X and s + Y, both of mean 1: mean of the smaller: 1 - exp(-s) + exp(-s) / 2, of the larger
    // the rest of the sum 2 + s.
    for (const double s : {0.1, 1.0, 25.0})
    {
        const auto arrivals = SpacedArrivals(2, s, 0.0, 0.0);
        const double smaller = 1 - std::exp(-s) / 2;
        EXPECT_NEAR(KthArrivalMean(arrivals, {Jitter::EXPONENTIAL, 1.0}, 1), smaller, 1e-9) << s;
        EXPECT_NEAR(KthArrivalMean(arrivals, {Jitter::EXPONENTIAL, 1.0}, 2), 2 + s - smaller, 1e-9);
    }
}

TEST(OrderStatistics, LostShardsNeverArrive)
{
    // Any 1 of 2 without jitter at 1 s and 2 s, loss 1/4: arrives with 15/16; at 1 s in 12/16.
    const auto arrivals = SpacedArrivals(2, 1.0, 1.0, 0.25);
    EXPECT_NEAR(KthArrivalProbability(arrivals, 1), 15.0 / 16, 1e-15);
    EXPECT_NEAR(KthArrivalProbability(arrivals, 2), 9.0 / 16, 1e-15);
    EXPECT_NEAR(KthArrivalCdf(arrivals, {}, 1, 1.5), 0.75, 1e-15);
    EXPECT_NEAR(KthArrivalMean(arrivals, {}, 1), (12 * 1.0 + 3 * 2.0) / 15, 1e-12);
    EXPECT_NEAR(KthArrivalQuantile(arrivals, {}, 1, 0.79), 1.0, 1e-12);
    EXPECT_NEAR(KthArrivalQuantile(arrivals, {}, 1, 0.81), 2.0, 1e-9);
    EXPECT_TRUE(std::isnan(KthArrivalMean(SpacedArrivals(2, 0, 0, 1.0), {}, 1)));
}

TEST(OrderStatistics, MedianOfOneExponential)
{
    EXPECT_NEAR(KthArrivalQuantile(SpacedArrivals(1, 0, 0.3, 0), {Jitter::EXPONENTIAL, 2}, 1, 0.5),
                0.3 + 2 * std::log(2.0),
                1e-9);
}

/** Mean and standard error of the k-th arrival of 20000 simulated blocks, lost ones left out. */
std::pair<double, double>
Simulate(const std::vector<ShardArrival>& arrivals,
         const std::function<double(std::mt19937_64&)>& jitter,
         unsigned k)
{
    std::mt19937_64 generator(6);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    double sum = 0.0;
    double squares = 0.0;
    int blocks = 0;
    for (int i = 0; i < 20000; ++i)
    {
        std::vector<double> times;
        for (const auto& a : arrivals)
        {
            if (uniform(generator) < a.delivered)
            {
                times.push_back(a.base + jitter(generator));
            }
        }
        if (times.size() >= k)
        {
            std::sort(times.begin(), times.end());
            sum += times[k - 1];
            squares += times[k - 1] * times[k - 1];
            ++blocks;
        }
    }
    const double mean = sum / blocks;
    return {mean, std::sqrt((squares / blocks - mean * mean) / blocks)};
}

TEST(OrderStatistics, SpacedArrivalsOnOnePathAgainstSimulation)
{
    // 4 standard errors: error probability 6e-5 each
    const auto arrivals = SpacedArrivals(10, 0.001, 0.02, 0.1);
    std::exponential_distribution<double> exponential(1 / 0.004);
    std::uniform_real_distribution<double> uniform(0.0, 0.008);
    const auto e = Simulate(arrivals, exponential, 8);
    EXPECT_NEAR(KthArrivalMean(arrivals, {Jitter::EXPONENTIAL, 0.004}, 8), e.first, 4 * e.second);
    const auto u = Simulate(arrivals, uniform, 8);
    EXPECT_NEAR(KthArrivalMean(arrivals, {Jitter::UNIFORM, 0.004}, 8), u.first, 4 * u.second);
}

TEST(OrderStatistics, SeveralPathsOfUnequalDelay)
{
    // shards 0 to 4 from path 1 of 3: paths 1 2 0 1 2; the last two go second on theirs
    const auto arrivals = SpreadArrivals(5, {0.010, 0.020, 0.030}, 0.001, 1, 0.05);
    const double expected[] = {0.021, 0.031, 0.011, 0.022, 0.032};
    for (int i = 0; i < 5; ++i)
    {
        EXPECT_NEAR(arrivals[i].base, expected[i], 1e-15);
        EXPECT_NEAR(arrivals[i].delivered, 0.95, 1e-15);
    }
    std::exponential_distribution<double> exponential(1 / 0.003);
    const auto e = Simulate(arrivals, exponential, 4);
    EXPECT_NEAR(KthArrivalMean(arrivals, {Jitter::EXPONENTIAL, 0.003}, 4), e.first, 4 * e.second);
}

TEST(Queues, FormulasByHand)
{
    EXPECT_DOUBLE_EQ(LittlesLaw(200, 0.05), 10.0);
    EXPECT_NEAR(MD1MeanWait(0.5, 0.002), 0.001, 1e-15);
    EXPECT_NEAR(MM1MeanWait(0.5, 0.002), 0.002, 1e-15);
    // Cross traffic of 400/s of 1 ms and probes of 50/s of 2 ms: load 0.5,
    // (400e-6 + 200e-6) / (2 * 0.5) = 0.6 ms
    EXPECT_NEAR(PoissonMeanWait({{400, 0.001}, {50, 0.002}}), 0.0006, 1e-15);
    EXPECT_NEAR(PoissonMeanWait({{250, 0.002}}), MD1MeanWait(0.5, 0.002), 1e-15);
    // M/M/2 at load 0.75 (rate 1.5, service 1): wait 9/7, the textbook r^2/(1-r^2)
    EXPECT_NEAR(MMcMeanWait(1.5, 1.0, 2), 9.0 / 7, 1e-14);
    EXPECT_NEAR(MMcMeanWait(0.9, 1.0, 1), 9.0, 1e-12);
    // (2^2/2) / (1 + 2 + 2^2/2) = 2/5, and with three places (8/6) / (5 + 8/6) = 4/19
    EXPECT_NEAR(ErlangLoss(2.0, 2), 0.4, 1e-15);
    EXPECT_NEAR(ErlangLoss(2.0, 3), 4.0 / 19, 1e-15);
    EXPECT_EQ(ErlangLoss(2.0, 0), 1.0);
    EXPECT_EQ(ErlangLoss(0.0, 1), 0.0);
    EXPECT_THROW(MD1MeanWait(1.0, 1.0), std::invalid_argument);
    EXPECT_THROW(PoissonMeanWait({{600, 0.001}, {250, 0.002}}), std::invalid_argument);
}

TEST(Queues, SimulatedMixtureWaitsAsPollaczekAndKhinchineSay)
{
    // 40 independent stretches of 20000 jobs at load 0.5 by Lindley's recursion; 4 standard errors
    // of their means and 0.5 % for starting empty: error probability below 1e-3.
    std::mt19937_64 generator(7);
    std::exponential_distribution<double> gap(450.0);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    double sum = 0.0;
    double squares = 0.0;
    for (int stretch = 0; stretch < 40; ++stretch)
    {
        double wait = 0.0;
        double total = 0.0;
        for (int i = 0; i < 20000; ++i)
        {
            total += wait;
            const double service = uniform(generator) < 50.0 / 450 ? 0.002 : 0.001;
            wait = std::max(0.0, wait + service - gap(generator));
        }
        sum += total / 20000;
        squares += total / 20000 * total / 20000;
    }
    const double mean = sum / 40;
    const double error = std::sqrt((squares / 40 - mean * mean) / 39);
    EXPECT_NEAR(mean, PoissonMeanWait({{400, 0.001}, {50, 0.002}}), 4 * error + 0.005 * mean);
}

TEST(Queues, SimulatedServersWaitAsErlangSays)
{
    // 40 stretches of 20000 jobs at 4 servers, load 0.7; as above.
    std::mt19937_64 generator(8);
    std::exponential_distribution<double> gap(2.8);
    std::exponential_distribution<double> service(1.0);
    double sum = 0.0;
    double squares = 0.0;
    for (int stretch = 0; stretch < 40; ++stretch)
    {
        std::priority_queue<double, std::vector<double>, std::greater<double>> free;
        for (int i = 0; i < 4; ++i)
        {
            free.push(0.0);
        }
        double now = 0.0;
        double total = 0.0;
        for (int i = 0; i < 20000; ++i)
        {
            now += gap(generator);
            const double start = std::max(now, free.top());
            free.pop();
            free.push(start + service(generator));
            total += start - now;
        }
        sum += total / 20000;
        squares += total / 20000 * total / 20000;
    }
    const double mean = sum / 40;
    const double error = std::sqrt((squares / 40 - mean * mean) / 39);
    EXPECT_NEAR(mean, MMcMeanWait(2.8, 1.0, 4), 4 * error + 0.005 * mean);
}

} // namespace
