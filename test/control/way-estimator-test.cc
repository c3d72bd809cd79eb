// SPDX-License-Identifier: GPL-2.0-only
//
//     chain of losses (simulated here) --> reports (counted here) --> ShardWayEstimator --> belief
//
// What is proved of what is believed of a way:
//  1. loss and burst length come to the truth of a two-state Markov chain, at interleaving depth 1
//     and 4; the wrong depth gives a wrong burst length, and an unknown one none
//  2. the standard error of loss is one: over many seeds it covers the truth as often as it should;
//     it halves when there is four times as much to go by
//  3. a step in loss from 0.1 % to 8 % is believed within 2 s of reports, and one back within 5 s;
//     in a long steady run there is no false alarm, whether losses come singly or in bursts
//  4. congestion is the sum of loss, queueing and marks as shares of what counts as full, at most
//  1;
//     it is predicted, as the predictor says
//  5. delays are those of the slowest path, queueing is counted from the least of that path; round
//     trips and rates are smoothed by hand
//  6. before anything is known, and where nothing is lost, all numbers are finite and possible
//
// Statistical tests have fixed seeds; how often they would fail by chance is said at each.

#include "ns3/shard-way-estimator.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

/// A way that loses what is sent while it is in its bad state (E. N. Gilbert, 1960, with h = 0).
class Chain
{
  public:
    Chain(double loss, double burst, uint32_t seed)
        : m_leave(1 / burst),
          m_enter(loss / (1 - loss) / burst),
          m_engine(seed)
    {
        m_isBad = Draw() < loss;
    }

    bool Loses()
    {
        const bool isLost = m_isBad;
        m_isBad = m_isBad ? Draw() >= m_leave : Draw() < m_enter;
        return isLost;
    }

  private:
    double Draw()
    {
        return static_cast<double>(m_engine()) / 4294967296.0;
    }

    double m_leave;
    double m_enter;
    std::mt19937 m_engine;
    bool m_isBad;
};

constexpr uint32_t N = 10; ///< shards a block

/// @return a tenth of a second in which so many groups of `depth` blocks were sent, one shard of
/// each in turn
ShardReport
Interval(Chain& chain, uint32_t groups, uint32_t depth = 1)
{
    ShardReport report;
    report.interval = 100000;
    std::vector<bool> lost(depth * N);
    for (uint32_t group = 0; group < groups; ++group)
    {
        for (uint32_t index = 0; index < N; ++index)
        {
            for (uint32_t block = 0; block < depth; ++block)
            {
                lost[block * N + index] = chain.Loses();
            }
        }
        for (uint32_t i = 0; i < depth * N; ++i)
        {
            report.lost += lost[i];
            if (lost[i] && i % N != N - 1)
            {
                ++report.pairs;
                report.pairsLost += lost[i + 1];
            }
        }
        report.expected += depth * N;
    }
    report.blocks = groups * depth;
    return report;
}

ShardEstimatorSettings
LongMemory()
{
    ShardEstimatorSettings settings;
    settings.memory = 1e9;
    return settings;
}

class Truth : public ::testing::TestWithParam<uint32_t>
{
};

TEST_P(Truth, OfAChainIsFound)
{
    // 1,200,000 shards. Standard error of the loss: sqrt(0.05 0.95 (1.649 / 0.351) / 1.2e6) =
    // 0.00043; of the burst length 0.02, as 300 other seeds show. Six and more of them: fails by
    // chance less than once in 10^6 times.
    const uint32_t depth = GetParam();
    Chain chain(0.05, 3, 17);
    ShardWayEstimator estimator(LongMemory());
    ShardDestination way;
    for (int i = 0; i < 1200; ++i)
    {
        estimator.Take(Interval(chain, 100 / depth, depth), depth, way);
    }
    EXPECT_NEAR(way.loss, 0.05, 0.0026);
    EXPECT_NEAR(way.burst, 3, 0.3);
    EXPECT_NEAR(way.lossError, 0.00043, 0.00004);
    EXPECT_EQ(way.reports, 1200u);
}

TEST_P(Truth, OfLossesThatDoNotClingIsFound)
{
    // The mean number lost in a row is 1 / (1 - loss) = 1.0101. Standard errors: 0.0001 of the loss
    // and 0.001 of that at depth 1. At depth 4 what is measured is the fourth power of how losses
    // cling, so that chance alone makes them seem to cling a little: 1.10 on the mean of 300 other
    // seeds, 1.31 at the most. Fails by chance less than once in 10^6 times.
    const uint32_t depth = GetParam();
    Chain chain(0.01, 1 / 0.99, 3);
    ShardWayEstimator estimator(LongMemory());
    ShardDestination way;
    for (int i = 0; i < 1200; ++i)
    {
        estimator.Take(Interval(chain, 100 / depth, depth), depth, way);
    }
    EXPECT_NEAR(way.loss, 0.01, 0.0006);
    EXPECT_GE(way.burst, 1);
    EXPECT_LT(way.burst, depth == 1 ? 1.02 : 1.5);
}

INSTANTIATE_TEST_SUITE_P(Depths, Truth, ::testing::Values(1, 4));

TEST(WayEstimator, TheDepthIsWhatMakesLossesLookSingle)
{
    // At depth 4 a loss is followed by one with a chance of 0.05 + 0.95 0.649^4 = 0.219. Taken for
    // depth 1 that is a burst length of 1 / (1 - 0.219) = 1.28. Standard error 0.009,
    // as 100 other seeds show.
    Chain chain(0.05, 3, 17);
    ShardWayEstimator estimator(LongMemory());
    ShardDestination way;
    for (int i = 0; i < 1200; ++i)
    {
        estimator.Take(Interval(chain, 25, 4), 1, way);
    }
    EXPECT_NEAR(way.burst, 1.28, 0.06);
}

TEST(WayEstimator, AtAnUnknownDepthLearnsNothingOfBursts)
{
    // While bursts are not known of, chance is taken for a change now and then, and the loss is
    // less certain: 0.008 is the furthest that it is off in 200 other seeds, and 0.12 the burst
    // length.
    Chain chain(0.05, 3, 17);
    ShardWayEstimator estimator(LongMemory());
    ShardDestination way;
    estimator.Take(Interval(chain, 100), 0, way);
    const double before = way.burst;
    for (int i = 0; i < 300; ++i)
    {
        estimator.Take(Interval(chain, 100), 0, way);
    }
    EXPECT_NEAR(way.burst, before, 1e-9);
    EXPECT_NEAR(way.loss, 0.05, 0.015) << "but of loss";
    for (int i = 0; i < 300; ++i)
    {
        estimator.Take(Interval(chain, 100), 1, way);
    }
    EXPECT_NEAR(way.burst, 3, 0.3);
}

TEST(WayEstimator, ItsStandardErrorIsOne)
{
    // Of 400 runs about 95 % are within two standard errors and 68 % within one; limits are five
    // standard deviations of such counts wide, and a little more, because bursts are estimated,
    // too.
    int within1 = 0;
    int within2 = 0;
    for (uint32_t seed = 0; seed < 400; ++seed)
    {
        Chain chain(0.05, 3, 1000 + seed);
        ShardWayEstimator estimator(LongMemory());
        ShardDestination way;
        for (int i = 0; i < 50; ++i)
        {
            estimator.Take(Interval(chain, 40), 1, way);
        }
        within1 += std::fabs(way.loss - 0.05) < way.lossError;
        within2 += std::fabs(way.loss - 0.05) < 2 * way.lossError;
    }
    EXPECT_NEAR(within1, 273, 60);
    EXPECT_GE(within2, 355);
}

TEST(WayEstimator, ItsStandardErrorShrinks)
{
    Chain chain(0.05, 3, 17);
    ShardWayEstimator estimator(LongMemory());
    ShardDestination way;
    std::vector<double> errors;
    for (int i = 1; i <= 1024; ++i)
    {
        estimator.Take(Interval(chain, 100), 1, way);
        if (i == 64 || i == 256 || i == 1024)
        {
            errors.push_back(way.lossError);
        }
    }
    // A half but for what is learnt of loss and bursts meanwhile, which is five standard errors
    // less than 0.1: fails by chance less than once in 10^6 times.
    for (std::size_t i = 1; i < errors.size(); ++i)
    {
        EXPECT_NEAR(errors[i] / errors[i - 1], 0.5, 0.1) << i;
    }
}

TEST(WayEstimator, BelievesAStepWithinTwoSeconds)
{
    for (uint32_t seed = 0; seed < 20; ++seed)
    {
        ShardWayEstimator estimator{ShardEstimatorSettings()};
        ShardDestination way;
        Chain before(0.001, 1 / 0.999, seed);
        for (int i = 0; i < 600; ++i)
        {
            estimator.Take(Interval(before, 100), 1, way);
        }
        // Standard error sqrt(0.001 / 600,000) = 0.00004; with a memory of 60 s a little more.
        EXPECT_NEAR(way.loss, 0.001, 0.0004) << seed;
        Chain after(0.08, 1 / 0.92, 100 + seed);
        for (int i = 0; i < 20; ++i)
        {
            estimator.Take(Interval(after, 100), 1, way);
        }
        // In two seconds 86 % of what is watched is of the new loss: 0.069. What is believed is at
        // most four standard errors, 0.015, from that, and chance a quarter as much. 500 other
        // seeds gave 0.0615 to 0.0703, and 0.004 at the most on the way back.
        EXPECT_GT(way.loss, 0.05) << seed;
        EXPECT_LT(way.loss, 0.09) << seed;
        Chain again(0.001, 1 / 0.999, 200 + seed);
        for (int i = 0; i < 50; ++i)
        {
            estimator.Take(Interval(again, 100), 1, way);
        }
        EXPECT_LT(way.loss, 0.012) << seed;
    }
}

TEST(WayEstimator, RaisesNoFalseAlarmInALongSteadyRun)
{
    // After an alarm only the last second is believed: the standard error is several times what it
    // was. The deviation that raises one is four standard errors as they are reckoned, 5.6 as they
    // are, of a compound Poisson count: less than 2 * 10^-7 a report, and 10^-3 a run of 6000. 40
    // runs with other seeds had none.
    for (const double burst : {1 / 0.98, 3.0})
    {
        Chain chain(0.02, burst, 29);
        ShardWayEstimator estimator{ShardEstimatorSettings()};
        ShardDestination way;
        for (int i = 0; i < 6000; ++i)
        {
            const double before = way.lossError;
            estimator.Take(Interval(chain, 400), 1, way);
            if (i >= 50)
            {
                ASSERT_LT(way.lossError, 1.2 * before) << i << " burst " << burst;
            }
        }
        // Standard error at most sqrt(0.02 5 / 2,400,000) = 0.0002.
        EXPECT_NEAR(way.loss, 0.02, 0.0012);
    }
}

TEST(WayEstimator, ThinksOfThePossibleBeforeMuchIsKnown)
{
    for (uint32_t expected : {0u, 1u, 10u, 1000u, 4000000000u})
    {
        for (uint32_t lost : {0u, expected / 2, expected})
        {
            ShardWayEstimator estimator{ShardEstimatorSettings()};
            ShardDestination way;
            ShardReport report; // of no time, too
            report.expected = expected;
            report.lost = lost;
            report.pairs = report.pairsLost = lost / 2;
            for (int i = 0; i < 20; ++i)
            {
                estimator.Take(report, 1 + i % 64, way);
                EXPECT_GT(way.loss, 0);
                EXPECT_LT(way.loss, 1);
                EXPECT_TRUE(std::isfinite(way.lossError));
                EXPECT_GE(way.lossError, 0);
                EXPECT_TRUE(std::isfinite(way.burst));
                EXPECT_GE(way.burst, 1);
                EXPECT_GE(way.congestion, 0);
                EXPECT_LE(way.congestion, 1);
                EXPECT_TRUE(std::isfinite(way.byteRate + way.blockRate + way.flowRate));
            }
        }
    }
}

/// @return a report of nothing but delays on path 0, and bytes enough
ShardReport
Delays(uint32_t least, uint32_t p50, uint32_t p99, uint16_t path = 0)
{
    ShardReport report;
    report.interval = 100000;
    ShardPathReport one;
    one.path = path;
    one.count = 10;
    one.least = least;
    one.p50 = p50;
    one.p90 = one.p99 = p99;
    report.paths.push_back(one);
    return report;
}

ShardEstimatorSettings
With(PredictSeriesKind predictor)
{
    ShardEstimatorSettings settings;
    settings.predictor = predictor;
    return settings;
}

TEST(WayEstimator, CongestionIsTheSumOfItsSigns)
{
    const auto congestion = [](uint32_t lost, uint32_t queue, uint32_t marked)
    {
        ShardWayEstimator estimator(With(PREDICT_LAST));
        ShardDestination way;
        ShardReport report = Delays(20000, 20000 + queue, 90000);
        report.expected = 1000;
        report.lost = lost;
        report.marked = marked;
        estimator.Take(report, 1, way);
        return way.congestion;
    };
    EXPECT_DOUBLE_EQ(congestion(0, 0, 0), 0);
    // Full are a loss of 0.1, a queueing of 50 ms and marks on half of all.
    EXPECT_NEAR(congestion(25, 0, 0), 0.25, 1e-12);
    EXPECT_NEAR(congestion(0, 10000, 0), 0.2, 1e-12);
    EXPECT_NEAR(congestion(0, 0, 50), 0.1, 1e-12);
    EXPECT_NEAR(congestion(25, 10000, 50), 0.55, 1e-12);
    EXPECT_DOUBLE_EQ(congestion(100, 0, 0), 1);
    EXPECT_DOUBLE_EQ(congestion(60, 40000, 0), 1) << "never more";
}

TEST(WayEstimator, MarksOfProbesTellOfPlainFlows)
{
    ShardWayEstimator estimator(With(PREDICT_LAST));
    ShardDestination way;
    ShardReport report = Delays(20000, 20000, 90000);
    report.probes = 8;
    report.marked = 2; // half as many as would be full
    estimator.Take(report, 1, way);
    EXPECT_NEAR(way.congestion, 0.5, 1e-12);
    // What was settled may be fewer than what came.
    report.probes = 0;
    report.expected = 2;
    report.marked = 100;
    estimator.Take(report, 1, way);
    EXPECT_DOUBLE_EQ(way.congestion, 1);
}

TEST(WayEstimator, CongestionIsPredicted)
{
    // Losses of 1, 2 and 3 %: the last is 3, Holt expects 4; the mean with a gain of 1/4 is 1, 1.25
    // and 1.6875.
    for (const auto& [kind, percent] :
         {std::pair{PREDICT_LAST, 3.0}, {PREDICT_HOLT, 4.0}, {PREDICT_EWMA, 1.6875}})
    {
        ShardWayEstimator estimator(With(kind));
        ShardDestination way;
        for (uint32_t lost : {10, 20, 30})
        {
            ShardReport report;
            report.interval = 100000;
            report.expected = 1000;
            report.lost = lost;
            estimator.Take(report, 1, way);
        }
        EXPECT_NEAR(way.congestion, percent / 10, 1e-12) << int(kind);
    }
}

TEST(WayEstimator, WhatIsExpectedToFallBelowNothingIsNothing)
{
    ShardWayEstimator estimator(With(PREDICT_HOLT));
    ShardDestination way;
    for (uint32_t lost : {30, 0})
    {
        ShardReport report = Delays(20000, 30000, 30000);
        report.expected = 1000;
        report.lost = lost;
        estimator.Take(report, 1, way);
    }
    EXPECT_NEAR(way.congestion, 0.2, 1e-12) << "the queue alone";
}

TEST(WayEstimator, DelaysAreThoseOfTheSlowestPath)
{
    ShardWayEstimator estimator(With(PREDICT_LAST));
    ShardDestination way;
    ShardReport report = Delays(10000, 12000, 15000);
    report.paths.push_back(Delays(30000, 31000, 40000, 1).paths[0]);
    report.paths.push_back(Delays(90000, 91000, 92000, 2).paths[0]);
    report.paths.back().count = 0; // means nothing
    estimator.Take(report, 1, way);
    EXPECT_EQ(way.delay, MilliSeconds(31));
    EXPECT_EQ(way.delayPlain, MilliSeconds(12)) << "that of the first path";
    EXPECT_EQ(way.delayLeast, MilliSeconds(30));
    EXPECT_EQ(way.delayTail, MilliSeconds(40));
    EXPECT_NEAR(way.congestion, 0.02, 1e-12);
    // The least is that of all time.
    report.paths[1] = Delays(45000, 46000, 50000, 1).paths[0];
    estimator.Take(report, 1, way);
    EXPECT_EQ(way.delay, MilliSeconds(46));
    EXPECT_EQ(way.delayLeast, MilliSeconds(30));
    EXPECT_NEAR(way.congestion, 0.32, 1e-12);
    report.paths.clear();
    estimator.Take(report, 1, way);
    EXPECT_EQ(way.delay, MilliSeconds(46)) << "nothing is known that is newer";
}

TEST(WayEstimator, QueueingIsCountedFromTheLeastOfTheSamePath)
{
    ShardWayEstimator estimator(With(PREDICT_LAST));
    ShardDestination way;
    const auto take = [&](uint32_t first, uint32_t second)
    {
        ShardReport report = Delays(first, first, first);
        report.paths.push_back(Delays(second, second, second, 1).paths[0]);
        estimator.Take(report, 1, way);
    };
    take(10000, 30000);
    EXPECT_NEAR(way.congestion, 0, 1e-12);
    take(40000, 30000); // the short path has a queue of 30 ms, and is slower than the long one
    EXPECT_EQ(way.delayLeast, MilliSeconds(10));
    EXPECT_NEAR(way.congestion, 0.6, 1e-12);
    take(10000, 30000); // and it is gone
    EXPECT_EQ(way.delay, MilliSeconds(30));
    EXPECT_EQ(way.delayLeast, MilliSeconds(30));
    EXPECT_NEAR(way.congestion, 0, 1e-12);
}

TEST(WayEstimator, RoundTripsAreSmoothed)
{
    ShardWayEstimator estimator{ShardEstimatorSettings()};
    ShardDestination way;
    ShardReport report;
    report.interval = 100000;
    estimator.Take(report, 1, way);
    EXPECT_TRUE(way.trip.IsZero()) << "not known";
    report.trip = 40000;
    estimator.Take(report, 1, way);
    EXPECT_EQ(way.trip, MilliSeconds(40));
    report.trip = 80000; // an eighth of it
    estimator.Take(report, 1, way);
    EXPECT_EQ(way.trip, MilliSeconds(45));
    report.trip = 0;
    estimator.Take(report, 1, way);
    EXPECT_EQ(way.trip, MilliSeconds(45));
}

TEST(WayEstimator, WhereNoShardsComeProbesTellOfLoss)
{
    ShardEstimatorSettings settings;
    settings.predictor = PREDICT_LAST;
    ShardWayEstimator estimator(settings);
    ShardDestination way;
    ShardReport report;
    report.interval = 1000000;
    report.probes = 100;
    report.probesLost = 10;
    for (int i = 0; i < 40; ++i)
    {
        estimator.Take(report, 1, way);
    }
    EXPECT_NEAR(way.loss, 0.1, 0.005);    // 4000 probes, and a little that was there before
    EXPECT_NEAR(way.congestion, 1, 0.05); // a tenth is what counts as full
    report.expected = 100000;             // shards are what counts where there are any
    report.probesLost = 100;
    for (int i = 0; i < 200; ++i)
    {
        estimator.Take(report, 1, way);
    }
    EXPECT_LT(way.loss, 0.001);
    EXPECT_EQ(way.congestion, 0);
}

TEST(WayEstimator, RatesAreSmoothedOverASecond)
{
    ShardWayEstimator estimator{ShardEstimatorSettings()};
    ShardDestination way;
    ShardReport report;
    report.interval = 100000;
    report.bytes = 100000;
    report.blocks = 40;
    report.flows = 4;
    estimator.Take(report, 1, way);
    EXPECT_NEAR(way.byteRate, 1e6, 1e-3);
    EXPECT_NEAR(way.blockRate, 400, 1e-9);
    EXPECT_NEAR(way.flowRate, 100, 1e-9);
    report.interval = 1000000; // a second at three times the rate: 1 - 1/e of the way
    report.bytes = 3000000;
    report.blocks = 1200;
    estimator.Take(report, 1, way);
    EXPECT_NEAR(way.byteRate, 1e6 + 2e6 * 0.6321206, 1);
    EXPECT_NEAR(way.blockRate, 400 + 800 * 0.6321206, 1e-3);
    EXPECT_NEAR(way.flowRate, 100 + 200 * 0.6321206, 1e-3);
    report.bytes = report.blocks = report.flows = 0;
    for (int i = 0; i < 20; ++i)
    {
        estimator.Take(report, 1, way);
    }
    EXPECT_LT(way.byteRate, 1);
    EXPECT_LT(way.blockRate, 1);
}

} // namespace
