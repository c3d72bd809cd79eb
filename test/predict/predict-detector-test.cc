// SPDX-License-Identifier: GPL-2.0-only
//
// The one-pass detector, on small series; its figures are in predict-detector-score-test.cc.
//  1. verdicts of the first rows do not depend on those to come
//  2. scores are within 0 and 1, whatever comes, and the same in every run
//  3. neither the unit nor the zero of the values matters
//  4. constants and exact repetitions are never anomalous; the first change of a constant is
//  5. missing values are not judged and not learnt from
//  6. an event is scored once, and hides nothing for long
//  7. with few days known, an odd one is believed little; one absurd value is as a spike is
//  8. hours are compared with hours, events are shorter in short series

#include "ns3/predict-detector.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <utility>
#include <vector>

namespace
{

using namespace ns3::sharding;

const double NAN_VALUE = std::numeric_limits<double>::quiet_NaN();

std::vector<double>
Scores(const std::vector<double>& time,
       const std::vector<double>& value,
       const PredictDetectorSetting& setting = {})
{
    PredictDetector detector(setting);
    std::vector<double> scores;
    for (size_t i = 0; i < value.size(); ++i)
    {
        scores.push_back(detector.Add(time[i], value[i]).score);
    }
    return scores;
}

/// @return rows 300 s apart
std::vector<double>
Times(size_t count)
{
    std::vector<double> times;
    for (size_t i = 0; i < count; ++i)
    {
        times.push_back(1e9 + 300.0 * i);
    }
    return times;
}

/// @return a series with a day, noise of the given seed, and a fall at row 900
std::vector<double>
Daily(size_t count, uint64_t seed)
{
    std::mt19937_64 engine(seed);
    std::vector<double> values;
    for (size_t i = 0; i < count; ++i)
    {
        const double noise = (engine() >> 11) * 0x1p-53;
        values.push_back(20 + 8 * std::sin(2 * M_PI * i / 288) + noise -
                         (i >= 900 && i < 930 ? 25 : 0));
    }
    return values;
}

TEST(PredictDetector, DoesNotLookAhead)
{
    const auto time = Times(1500);
    const auto value = Daily(1500, 3);
    const auto whole = Scores(time, value);
    for (const size_t length : {1u, 95u, 96u, 400u, 905u, 1499u})
    {
        // Behind the prefix comes something quite different.
        std::vector<double> other(value.begin(), value.begin() + length);
        other.resize(length + 50, -1e9);
        const auto scores = Scores(time, other);
        for (size_t i = 0; i < length; ++i)
        {
            ASSERT_EQ(scores[i], whole[i]) << length << ' ' << i;
        }
    }
}

TEST(PredictDetector, FindsAFallAndIsTheSameInEveryRun)
{
    const auto time = Times(1500);
    const auto value = Daily(1500, 3);
    const auto scores = Scores(time, value);
    const auto most = std::max_element(scores.begin(), scores.end()) - scores.begin();
    EXPECT_GE(most, 900);
    EXPECT_LT(most, 930);
    EXPECT_GT(scores[most], 0.3);
    EXPECT_EQ(scores, Scores(time, value));
    // The forecast of a row is made before it is seen.
    PredictDetector detector;
    for (size_t i = 0; i < 900; ++i)
    {
        detector.Add(time[i], value[i]);
    }
    PredictDetector twin = detector;
    const double forecast = detector.Add(time[900], value[900]).forecast;
    EXPECT_EQ(forecast, twin.Add(time[900], 1e6).forecast);
    EXPECT_NEAR(forecast, 20 + 8 * std::sin(2 * M_PI * 900 / 288) + 0.5, 2);
}

TEST(PredictDetector, HasNoUnitAndNoZero)
{
    const auto time = Times(1500);
    const auto value = Daily(1500, 4);
    const auto scores = Scores(time, value);
    for (const auto& [factor, offset] :
         {std::pair{1024.0, 0.0}, {0x1p-40, 0.0}, {0x1p-900, 0.0}, {0x1p900, 0.0}})
    {
        std::vector<double> other;
        for (const double v : value)
        {
            other.push_back(factor * v + offset);
        }
        EXPECT_EQ(Scores(time, other), scores) << factor; // a power of two rounds nothing
    }
    for (const auto& [factor, offset] : {std::pair{3.7, -12.0}, {1e-6, 1.0}, {1e9, 1e9}})
    {
        std::vector<double> other;
        for (const double v : value)
        {
            other.push_back(factor * v + offset);
        }
        const auto scaled = Scores(time, other);
        for (size_t i = 0; i < scores.size(); ++i)
        {
            ASSERT_NEAR(scaled[i], scores[i], 1e-4) << factor << ' ' << i;
        }
    }
}

TEST(PredictDetector, NeedsNoRowsAndNoClock)
{
    EXPECT_EQ(Scores({5}, {7}), std::vector<double>{0});
    EXPECT_EQ(Scores({5, 5}, {7, -7}), (std::vector<double>{0, 0}));
    // All rows at one time: there are no other days, and what is odd is found all the same.
    const auto value = Daily(1500, 3);
    const auto scores = Scores(std::vector<double>(1500, 1e9), value);
    const auto most = std::max_element(scores.begin(), scores.end()) - scores.begin();
    EXPECT_GE(most, 900);
    EXPECT_LT(most, 930);
}

TEST(PredictDetector, FindsNothingInWhatRepeatsExactly)
{
    const auto time = Times(2500);
    std::vector<double> constant(2500, 0.1);
    std::vector<double> square;
    for (size_t i = 0; i < 2500; ++i)
    {
        square.push_back(i % 288 < 108 ? 20.1 : 80.3);
    }
    for (const double score : Scores(time, constant))
    {
        ASSERT_EQ(score, 0);
    }
    const auto scores = Scores(time, square);
    for (size_t i = 4 * 288; i < scores.size(); ++i)
    {
        ASSERT_LT(scores[i], 0.2) << i;
    }
    constant[2000] = 0.2;
    EXPECT_GT(Scores(time, constant)[2000], 0.2);
}

TEST(PredictDetector, PassesOverMissingValues)
{
    const auto time = Times(1200);
    const auto value = Daily(1200, 5);
    PredictDetector detector;
    PredictDetector plain;
    for (size_t i = 0; i < value.size(); ++i)
    {
        for (const double odd : {NAN_VALUE,
                                 std::numeric_limits<double>::infinity(),
                                 -std::numeric_limits<double>::infinity()})
        {
            const auto verdict = detector.Add(time[i], odd);
            ASSERT_EQ(verdict.score, 0);
            ASSERT_TRUE(std::isfinite(verdict.forecast));
        }
        const auto verdict = detector.Add(time[i], value[i]);
        const auto other = plain.Add(time[i], value[i]);
        ASSERT_EQ(verdict.score, other.score);
        ASSERT_EQ(verdict.forecast, other.forecast);
    }
}

TEST(PredictDetector, SurvivesAbsurdValuesAndTimes)
{
    const double most = std::numeric_limits<double>::max();
    std::mt19937_64 engine(9);
    const double odd[] = {most, -most, 0, 1e-310, -1e-310, NAN_VALUE, 1e200, 5, 5, 5};
    PredictDetector detector;
    for (size_t i = 0; i < 3000; ++i)
    {
        const auto verdict = detector.Add(1e9 * (engine() % 7), odd[engine() % std::size(odd)]);
        ASSERT_GE(verdict.score, 0);
        ASSERT_LE(verdict.score, 1);
        ASSERT_FALSE(std::isnan(verdict.forecast));
    }
    // One absurd value is an anomaly, and hides no more than any spike far out does: a fall 200 rows
    // later is still one.
    auto value = Daily(2600, 6);
    value[700] = 500; // the others are from 12 to 29
    const auto spike = Scores(Times(2600), value);
    for (const double absurd : {1e300, 1e9, most})
    {
        value[700] = absurd;
        EXPECT_EQ(Scores(Times(2600), value), spike) << absurd;
    }
    value[700] = -1e300;
    for (const auto& scores : {spike, Scores(Times(2600), value)})
    {
        EXPECT_EQ(scores[700], *std::max_element(scores.begin(), scores.end()));
        EXPECT_GT(*std::max_element(scores.begin() + 900, scores.begin() + 930), 0.2);
    }
}

TEST(PredictDetector, BelievesFewDaysLittle)
{
    // Plateaus by day; on one night there is one too, which other days alone can tell.
    const auto most = [](size_t odd, const PredictDetectorSetting& setting = {})
    {
        std::mt19937_64 engine(13);
        std::vector<double> value;
        for (size_t i = 0; i < 14 * 288; ++i)
        {
            const bool up = i % 288 >= 108 && i % 288 < 216;
            const bool night = i / 288 == odd && i % 288 < 60;
            value.push_back((up || night ? 80 : 20) + 4 * ((engine() >> 11) * 0x1p-53));
        }
        const auto scores = Scores(Times(value.size()), value, setting);
        return *std::max_element(scores.begin() + odd * 288, scores.begin() + odd * 288 + 60);
    };
    PredictDetectorSetting believing;
    believing.young = 1; // s
    // 0.2 is where alarms pay on made-up series.
    EXPECT_LT(most(4), 0.2);
    EXPECT_GT(most(4, believing), 0.2);
    EXPECT_GT(most(12), 0.2);
}

TEST(PredictDetector, ComparesHoursOfDaysHoweverOftenRowsCome)
{
    // Rows by the hour: one plateau begins two hours late, which half a day hardly shows.
    std::mt19937_64 engine(14);
    std::vector<double> time;
    std::vector<double> value;
    for (size_t i = 0; i < 1000; ++i)
    {
        const bool up = i % 24 >= 8 && i % 24 < 20 && i != 824 && i != 825;
        time.push_back(1e9 + 3600.0 * i);
        value.push_back((up ? 30 : 10) + 6 * ((engine() >> 11) * 0x1p-53));
    }
    const auto scores = Scores(time, value);
    EXPECT_GT(std::max(scores[824], scores[825]), 0.2);
}

TEST(PredictDetector, KnowsAnEventForLessLongInAShortSeries)
{
    // Two like outages, 40 rows from one another; the second is an event of its own at row 400.
    const auto second = [](size_t at)
    {
        std::mt19937_64 engine(15);
        std::vector<double> value;
        for (size_t i = 0; i < at + 60; ++i)
        {
            const bool out = (i >= at && i < at + 3) || (i >= at + 40 && i < at + 43);
            value.push_back((engine() >> 11) * 0x1p-53 - (out ? 10 : 0));
        }
        const auto scores = Scores(Times(value.size()), value);
        return *std::max_element(scores.begin() + at + 40, scores.begin() + at + 43);
    };
    EXPECT_GT(second(400), 0.2);
    EXPECT_LT(second(2500), 0.1);
}

TEST(PredictDetector, ScoresAnEventOnce)
{
    std::mt19937_64 engine(11);
    std::vector<double> value;
    for (size_t i = 0; i < 1500; ++i)
    {
        value.push_back((engine() >> 11) * 0x1p-53 + (i >= 1000 ? 10 : 0)); // it stays
    }
    const auto scores = Scores(Times(1500), value);
    size_t alarms = 0;
    for (size_t i = 1000; i < 1500; ++i)
    {
        alarms += scores[i] >= 0.3;
    }
    EXPECT_GE(scores[1000] + scores[1001] + scores[1002], 0.3);
    EXPECT_GE(alarms, 1u);
    EXPECT_LE(alarms, 6u);
}

TEST(PredictDetector, AHarmlessSpikeHidesNothingForLong)
{
    // A spike, and a level that changes by less 110 rows later.
    std::mt19937_64 engine(12);
    std::vector<double> value;
    for (size_t i = 0; i < 1500; ++i)
    {
        const double noise = (engine() >> 11) * 0x1p-53;
        value.push_back(noise + (i >= 1000 && i < 1002 ? 15 : i >= 1110 ? 10 : 0));
    }
    const auto scores = Scores(Times(1500), value);
    EXPECT_GE(*std::max_element(scores.begin() + 1000, scores.begin() + 1002), 0.2);
    EXPECT_GE(*std::max_element(scores.begin() + 1110, scores.begin() + 1130), 0.2);
}

} // namespace
