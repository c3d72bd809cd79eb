// SPDX-License-Identifier: GPL-2.0-only
//
// When a missing shard comes. For every kind of predictor:
//  1. nothing is known at first; a path knows nothing of another
//  2. it comes to the quantiles of known distributions, in closed form
//  3. quantiles never decrease with the level, and survival is their inverse
//  4. it follows a change of scale, up and down, within 1000 shards
//  5. a stated 50, 90, 95 and 99 % is that, +- 2, on flows that it was not trained on: independent,
//     heavy-tailed, bursty, shifting, with delays that grow by place, and behind measured cellular
//     links where SHARDING_DATA names their folder; without the correction it is not
//  6. those that look at features gain by it, and the network by the past
//  7. the odds of loss are those of Bayes' rule
//  8. what cannot be is refused, counted, and does no harm; paths are bounded
//  9. same seed, same bits
// Seeds are fixed. Coverage is over 12,000 shards or more, with a standard deviation of at most
// 0.5 % if shards were independent, so that 2 % would fail by chance less than once in 10,000.

#include "arrival-worlds.h"

#include "ns3/predict-arrival.h"
#include "ns3/predict-score.h"
#include "ns3/shard-capacity-trace.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace
{

using namespace ns3::sharding;
using namespace worlds;

constexpr double NOT_A_NUMBER = std::numeric_limits<double>::quiet_NaN();
constexpr double INFINITE = std::numeric_limits<double>::infinity();

class PredictArrivalOf : public testing::TestWithParam<PredictArrivalKind>
{
  protected:
    std::unique_ptr<PredictArrival> Make(uint64_t seed = 1) const
    {
        return PredictArrival::Make(GetParam(), seed);
    }
};

std::string
NameOf(const testing::TestParamInfo<PredictArrivalKind>& info)
{
    const char* const names[] = {"Ewma", "Histogram", "Quantile", "Rls", "Kalman", "Lstm"};
    return names[info.param];
}

INSTANTIATE_TEST_SUITE_P(AllKinds,
                         PredictArrivalOf,
                         testing::Values(PREDICT_ARRIVAL_EWMA,
                                         PREDICT_ARRIVAL_HISTOGRAM,
                                         PREDICT_ARRIVAL_QUANTILE,
                                         PREDICT_ARRIVAL_RLS,
                                         PREDICT_ARRIVAL_KALMAN,
                                         PREDICT_ARRIVAL_LSTM),
                         NameOf);

TEST_P(PredictArrivalOf, KnowsNothingAtFirst)
{
    const auto predictor = Make();
    const PredictArrivalFeatures features;
    EXPECT_EQ(predictor->Quantile(features, 0.95), 0);
    EXPECT_EQ(predictor->Survival(features, 1), 1);
    PredictArrivalFeatures other;
    other.path = 1;
    predictor->Came(features, 0.003);
    EXPECT_GT(predictor->Quantile(features, 0.95), 0.001);
    EXPECT_LT(predictor->Quantile(features, 0.95), 0.02);
    EXPECT_EQ(predictor->Quantile(other, 0.95), 0);
    EXPECT_EQ(predictor->Survival(other, 1), 1);
}

TEST_P(PredictArrivalOf, ComesToTheQuantilesOfKnownDistributions)
{
    for (double (*quantile)(double) : {Exponential, Flat, LogLaplace})
    {
        const auto predictor = Make();
        World world = Independent(quantile, 5);
        for (int i = 0; i < 5000; ++i)
        {
            predictor->Came({}, world().delay);
        }
        // Its quantiles move about the true ones; on average they must be near.
        for (double level : {0.25, 0.5, 0.83, 0.9, 0.95, 0.99})
        {
            double sum = 0;
            for (int i = 0; i < 4000; ++i)
            {
                sum += predictor->Quantile({}, level);
                predictor->Came({}, world().delay);
            }
            EXPECT_NEAR(sum / 4000, quantile(level), 0.12 * quantile(level) + 0.0002) << level;
        }
    }
}

TEST_P(PredictArrivalOf, HasQuantilesInOrderAndTheirInverse)
{
    World placed = Placed(3);
    World bursty = Bursty(3);
    const auto predictor = Make();
    for (int i = 0; i < 3000; ++i)
    {
        PredictArrivalFeatures features = placed().features;
        predictor->Came(features, bursty().delay);
        if (i % 100 != 0)
        {
            continue;
        }
        double before = -1;
        for (int step = 1; step < 200; ++step)
        {
            const double level = step / 200.0;
            const double value = predictor->Quantile(features, level);
            ASSERT_GE(value, before) << level;
            ASSERT_GE(value, 0);
            if (value > 0 && value > before + 1e-9)
            {
                ASSERT_NEAR(predictor->Survival(features, value), 1 - level, 0.002) << level;
            }
            before = value;
        }
        EXPECT_EQ(predictor->Survival(features, -1), predictor->Survival(features, 0));
        EXPECT_LT(predictor->Survival(features, 100), 1e-6);
    }
}

TEST_P(PredictArrivalOf, FollowsAChangeOfScaleWithin1000Shards)
{
    for (bool isUp : {true, false})
    {
        const auto predictor = Make();
        World world = Independent(Exponential, 9);
        for (int i = 0; i < 3000; ++i)
        {
            predictor->Came({}, world().delay * (isUp ? 1 : 10));
        }
        const double scale = isUp ? 10 : 1;
        PredictPinball score(0.95);
        double median = 0;
        for (int i = 0; i < 3000; ++i)
        {
            const double delay = world().delay * scale;
            if (i >= 1000)
            {
                score.Add(predictor->Quantile({}, 0.95), delay);
                median += predictor->Quantile({}, 0.5) / 2000;
            }
            predictor->Came({}, delay);
        }
        EXPECT_NEAR(score.Coverage(), 0.95, 0.02) << isUp;
        EXPECT_NEAR(median, scale * Exponential(0.5), 0.2 * scale * Exponential(0.5)) << isUp;
    }
}

/// Scores at some levels, on flows 4 to 7 after training on flows 0 to 3, of 3000 shards each.
template <typename WorldOf>
std::vector<PredictPinball>
HeldOut(PredictArrival& predictor, WorldOf worldOf)
{
    std::vector<PredictPinball> scores;
    const double levels[] = {0.5, 0.9, 0.95, 0.99};
    for (double level : levels)
    {
        scores.emplace_back(level);
    }
    for (uint64_t flow = 0; flow < 8; ++flow)
    {
        World world = worldOf(100 + flow);
        for (int i = 0; i < 3000; ++i)
        {
            const Arrival arrival = world();
            for (std::size_t j = 0; flow >= 4 && j < scores.size(); ++j)
            {
                scores[j].Add(predictor.Quantile(arrival.features, levels[j]), arrival.delay);
            }
            predictor.Came(arrival.features, arrival.delay);
        }
    }
    return scores;
}

void
ExpectCalibrated(const std::vector<PredictPinball>& scores,
                 const std::string& what,
                 double ofMedian = 0.02)
{
    EXPECT_NEAR(scores[0].Coverage(), 0.50, ofMedian) << what;
    EXPECT_NEAR(scores[1].Coverage(), 0.90, 0.02) << what;
    EXPECT_NEAR(scores[2].Coverage(), 0.95, 0.02) << what;
    EXPECT_NEAR(scores[3].Coverage(), 0.99, 0.01) << what;
}

TEST_P(PredictArrivalOf, KeepsWhatItStatesOnFlowsItWasNotTrainedOn)
{
    const auto independent = [](double (*quantile)(double))
    { return [quantile](uint64_t seed) { return Independent(quantile, seed); }; };
    ExpectCalibrated(HeldOut(*Make(), independent(Exponential)), "exponential");
    ExpectCalibrated(HeldOut(*Make(), independent(Flat)), "uniform");
    ExpectCalibrated(HeldOut(*Make(), independent(Pareto)), "Pareto");
    ExpectCalibrated(HeldOut(*Make(), Bursty), "bursty");
    ExpectCalibrated(HeldOut(*Make(), [](uint64_t seed) { return Shifting(seed, 1500); }),
                     "shifting");
    ExpectCalibrated(HeldOut(*Make(), Placed), "placed");
}

TEST(PredictArrival, WithoutCorrectionAStated95IsNot)
{
    PredictArrivalSettings settings;
    settings.correction = 0;
    const auto bare = PredictArrival::Make(PREDICT_ARRIVAL_EWMA, 1, settings);
    const double coverage = HeldOut(*bare, Bursty)[2].Coverage();
    EXPECT_GT(std::abs(coverage - 0.95), 0.02) << coverage;
}

TEST(PredictArrival, FeaturesAndThePastAreWorthTheirWhile)
{
    const auto loss = [](PredictArrivalKind kind, auto world)
    { return HeldOut(*PredictArrival::Make(kind, 1), world)[2].Loss(); };
    const double placed = loss(PREDICT_ARRIVAL_EWMA, Placed);
    EXPECT_GT(PredictSkill(loss(PREDICT_ARRIVAL_KALMAN, Placed), placed), 0.2);
    EXPECT_GT(PredictSkill(loss(PREDICT_ARRIVAL_RLS, Placed), placed), 0.6);
    EXPECT_GT(PredictSkill(loss(PREDICT_ARRIVAL_QUANTILE, Placed), placed), 0.5);
    EXPECT_GT(PredictSkill(loss(PREDICT_ARRIVAL_LSTM, Placed), placed), 0.6);
    const double bursty = loss(PREDICT_ARRIVAL_EWMA, Bursty);
    EXPECT_GT(PredictSkill(loss(PREDICT_ARRIVAL_LSTM, Bursty), bursty), 0.1);
}

TEST_P(PredictArrivalOf, OddsOfLossAreThoseOfBayes)
{
    const auto predictor = Make();
    PredictArrivalFeatures features;
    features.loss = 0.25;
    // Before anything came: the share known, as 16 shards, and half a loss in one.
    const double before = (16 * 0.25 + 0.5) / 17;
    EXPECT_DOUBLE_EQ(predictor->LossOdds(features, 0), before);
    EXPECT_DOUBLE_EQ(predictor->LossOdds(features, 100), before);
    World world = Independent(Exponential, 2);
    features.loss = 0.1;
    for (int i = 0; i < 20000; ++i)
    {
        if (i % 10 == 3)
        {
            predictor->Lost(features);
        }
        else
        {
            predictor->Came(features, world().delay);
        }
    }
    for (double waited : {0.0, 0.004, 0.01, 0.02, 0.05})
    {
        const double late = waited < 0.002 ? 1 : std::exp(-(waited - 0.002) / 0.005);
        EXPECT_NEAR(predictor->LossOdds(features, waited), 0.1 / (0.1 + 0.9 * late), 0.08)
            << waited;
        const double survival = predictor->Survival(features, waited);
        const double share = predictor->LossOdds(features, 0);
        const double start = predictor->Survival(features, 0);
        // share = l / (l + (1 - l) start) turned round
        const double lost = share * start / (1 - share + share * start);
        EXPECT_NEAR(predictor->LossOdds(features, waited),
                    lost / (lost + (1 - lost) * survival),
                    1e-9);
    }
    EXPECT_NEAR(predictor->LossOdds(features, INFINITE), 1, 1e-12);
}

TEST_P(PredictArrivalOf, RefusesWhatCannotBe)
{
    const auto sound = Make();
    const auto hit = Make();
    World world = Bursty(6);
    World same = Bursty(6);
    uint64_t bad = 0;
    for (int i = 0; i < 2000; ++i)
    {
        sound->Came({}, world().delay);
        hit->Came({}, same().delay);
        for (double delay : {NOT_A_NUMBER, INFINITE, -INFINITE, -1e-9, 4000.0})
        {
            hit->Came({}, delay);
            ++bad;
        }
    }
    EXPECT_EQ(sound->Refused(), 0U);
    EXPECT_EQ(hit->Refused(), bad);
    for (double level : {0.05, 0.5, 0.95, 0.999})
    {
        EXPECT_EQ(hit->Quantile({}, level), sound->Quantile({}, level));
    }
    // Features of all kinds of absurdity, and delays at the bounds: still numbers, still learning.
    const double absurd[] = {NOT_A_NUMBER, INFINITE, -INFINITE, 1e300, -1e300, 1e-300};
    for (int i = 0; i < 600; ++i)
    {
        PredictArrivalFeatures features;
        features.ahead = absurd[i % 6];
        features.spacing = absurd[(i + 1) % 6];
        features.rtt = absurd[i / 6 % 6];
        features.loss = absurd[i / 36 % 6];
        features.probe = absurd[(i + 3) % 6];
        hit->Came(features, i % 5 == 0 ? 3600 : (i % 5 == 1 ? 0 : 1e-300));
        hit->Lost(features);
        ASSERT_TRUE(std::isfinite(hit->Quantile(features, 0.95))) << i;
        ASSERT_TRUE(std::isfinite(hit->LossOdds(features, 0.01))) << i;
        ASSERT_TRUE(std::isfinite(hit->Survival(features, NOT_A_NUMBER))) << i;
        ASSERT_TRUE(std::isfinite(hit->Quantile(features, NOT_A_NUMBER))) << i;
    }
    EXPECT_EQ(hit->Refused(), bad + 1200);
    double quantile = 0;
    for (int i = 0; i < 20000; ++i)
    {
        const double delay = world().delay;
        hit->Came({}, delay);
        quantile += i >= 18000 ? hit->Quantile({}, 0.5) / 2000 : 0;
    }
    EXPECT_GT(quantile, 0.0005);
    EXPECT_LT(quantile, 0.03);
}

TEST_P(PredictArrivalOf, KeepsPathsApartUpToABound)
{
    const auto predictor = Make();
    World slow = Independent(Exponential, 1);
    World quick = Independent(Exponential, 2);
    PredictArrivalFeatures first;
    PredictArrivalFeatures second;
    second.path = 1;
    for (int i = 0; i < 2000; ++i)
    {
        predictor->Came(first, 10 * slow().delay);
        predictor->Came(second, quick().delay);
    }
    EXPECT_GT(predictor->Quantile(first, 0.5), 5 * predictor->Quantile(second, 0.5));
    PredictArrivalFeatures beyond;
    beyond.path = 65535; // shares the place of path 63
    predictor->Came(beyond, 0.5);
    beyond.path = PredictArrival::MAX_PATHS - 1;
    EXPECT_GT(predictor->Quantile(beyond, 0.5), 0.1);
}

TEST_P(PredictArrivalOf, SaysTheSameForTheSameSeed)
{
    const auto one = Make(3);
    const auto two = Make(3);
    const auto other = Make(4);
    bool isOther = false;
    World world = Placed(8);
    for (int i = 0; i < 1000; ++i)
    {
        const Arrival arrival = world();
        const double said = one->Quantile(arrival.features, 0.9);
        ASSERT_EQ(said, two->Quantile(arrival.features, 0.9));
        isOther = isOther || said != other->Quantile(arrival.features, 0.9);
        for (PredictArrival* predictor : {one.get(), two.get(), other.get()})
        {
            predictor->Came(arrival.features, arrival.delay);
        }
    }
    EXPECT_EQ(isOther, GetParam() == PREDICT_ARRIVAL_LSTM); // none else has initial weights
}

/// Blocks of 8 shards of 1400 bytes at some 70 % of a link's mean rate, one flow of 3000 shards
/// after another at another place of the trace.
World
Cellular(const std::shared_ptr<const ShardCapacityTrace>& trace, uint64_t flow)
{
    const double start = static_cast<double>(flow - 100) * trace->PeriodMs() / 8 * 1e-3;
    return [server = ShardCapacityServer(trace),
            uniform = Uniform(flow),
            gap = 8 * 1400 * 8 / (0.7 * trace->MeanRate()),
            sent = start,
            done = 0.0,
            first = 0.0,
            least = INFINITE,
            spacing = 0.0,
            index = 0]() mutable
    {
        const auto serve = [&]
        {
            const ns3::Time from = ns3::Seconds(std::max(sent, done));
            done = server.Serve(from, 1400).GetSeconds();
        };
        if (index == 0 || index == 8)
        {
            sent += -gap * std::log(uniform());
            serve();
            first = done;
            least = std::min(least, first - sent);
            index = 1;
        }
        Arrival arrival{{}, 0};
        arrival.features.ahead = index;
        arrival.features.spacing = spacing;
        arrival.features.probe = first - sent - least;
        serve();
        arrival.delay = done - first;
        spacing += 0.125 * (arrival.delay / index - spacing);
        ++index;
        return arrival;
    };
}

TEST_P(PredictArrivalOf, KeepsWhatItStatesBehindMeasuredLinks)
{
    const char* data = std::getenv("SHARDING_DATA");
    if (!data)
    {
        GTEST_SKIP() << "SHARDING_DATA is not set: no real cellular traces to try";
    }
    for (const char* name : {"Verizon-LTE-short.down",
                             "Verizon-LTE-short.up",
                             "TMobile-UMTS-driving.down",
                             "ATT-LTE-driving.up"})
    {
        std::string why;
        auto loaded = ShardCapacityTrace::Load(std::string(data) + "/cellular/" + name, &why);
        ASSERT_TRUE(loaded) << why;
        const auto trace = std::make_shared<const ShardCapacityTrace>(*loaded);
        ExpectCalibrated(
            HeldOut(*Make(), [&trace](uint64_t flow) { return Cellular(trace, flow); }),
            name,
            0.05); // delays are whole milliseconds: what equals a quantile counts as not above
    }
}

} // namespace
