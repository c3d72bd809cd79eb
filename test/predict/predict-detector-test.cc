// SPDX-License-Identifier: GPL-2.0-only
//
// The one-pass detector. Series are made up (anomaly-series.h), or files of the Numenta Anomaly
// Benchmark where the folder that SHARDING_DATA names has them.
//  1. verdicts of the first rows do not depend on those to come
//  2. scores are within 0 and 1, whatever comes, and the same in every run
//  3. neither the unit nor the zero of the values matters
//  4. constants and exact repetitions are never anomalous; the first change of a constant is
//  5. missing values are not judged and not learnt from
//  6. an event is scored once, and hides nothing for long
//  7. on made-up series of a seed that no setting was chosen on, most is found, by one threshold
//  8. with few days known, an odd one is believed little; one absurd value is as a spike is

#include "anomaly-series.h"

#include "ns3/predict-detector.h"

#include <cmath>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>

namespace
{

using namespace ns3::sharding;

const double NAN_VALUE = std::numeric_limits<double>::quiet_NaN();

std::vector<double>
Scores(const std::vector<double>& time, const std::vector<double>& value)
{
    PredictDetector detector;
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
    // One absurd value is an anomaly, and hides no more than any spike far out does: of a fall 200
    // rows later, which has 0.52 without it, 0.21 and more are left.
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
    const auto most = [](size_t odd)
    {
        std::mt19937_64 engine(13);
        std::vector<double> value;
        for (size_t i = 0; i < 14 * 288; ++i)
        {
            const bool up = i % 288 >= 108 && i % 288 < 216;
            const bool night = i / 288 == odd && i % 288 < 60;
            value.push_back((up || night ? 80 : 20) + 4 * ((engine() >> 11) * 0x1p-53));
        }
        const auto scores = Scores(Times(value.size()), value);
        return *std::max_element(scores.begin() + odd * 288, scores.begin() + odd * 288 + 60);
    };
    // 0.2 is where alarms pay. Without the discount the sixth day would have 0.27.
    EXPECT_LT(most(5), 0.2);
    EXPECT_GT(most(12), 0.2);
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

TEST(NabScoreTest, FollowsTheRules)
{
    // 100 rows, the window is rows 50 to 59: 15 on probation, 75 outside.
    LabelledSeries series{"", {}, {}, {{50, 59}}, std::vector<double>(100, 0.0)};
    EXPECT_DOUBLE_EQ(NabScore({series}).score, 0);
    series.score[50] = 1; // the first row of the window is worth all
    EXPECT_NEAR(NabScore({series}).score, 100, 1e-9);
    series.score[20] = 1; // a false one: 0.11 of 2
    EXPECT_NEAR(NabScore({series}).score, 94.5, 1e-9);
    series.score[14] = 1; // on probation
    EXPECT_NEAR(NabScore({series}).score, 94.5, 1e-9);
    series.score[50] = 0;
    series.score[55] = 0.9; // half-way: sigmoid(-0.5) = 0.848284, of sigmoid(-1) = 0.986614
    EXPECT_NEAR(NabScore({series}).score, 100 * (1 + 0.859793 - 0.11) / 2, 1e-3);
    EXPECT_EQ(NabScore({series}).missed, 0u);
    EXPECT_EQ(NabScore({series}).falses, 1u);
}

TEST(AnomalySeriesTest, AreTheSameForASeedAndDifferOtherwise)
{
    const auto kinds = AnomalyKinds();
    EXPECT_GE(kinds.size(), 80u);
    for (const AnomalyKind& kind : kinds)
    {
        const LabelledSeries one = MakeAnomalySeries(kind, 5);
        ASSERT_EQ(one.value.size(), kind.rows) << kind.name;
        EXPECT_EQ(one.windows.size(), kind.anomalies) << kind.name;
        EXPECT_EQ(one.value, MakeAnomalySeries(kind, 5).value) << kind.name;
        EXPECT_NE(one.time, MakeAnomalySeries(kind, 6).time) << kind.name;
        const size_t probation = std::min<size_t>(0.15 * kind.rows, 750);
        size_t from = probation;
        for (const auto& [first, last] : one.windows)
        {
            // In order, apart, behind the probation, within the series, a tenth of it together.
            EXPECT_GE(first, from) << kind.name;
            EXPECT_LT(last, kind.rows) << kind.name;
            EXPECT_NEAR(last - first, kind.rows / 10.0 / kind.anomalies, 2) << kind.name;
            from = last + 1;
        }
    }
}

/// @return every third kind, from a place on, with scores
std::vector<LabelledSeries>
Scored(uint64_t seed, size_t from)
{
    std::vector<LabelledSeries> all;
    const auto kinds = AnomalyKinds();
    for (size_t i = from; i < kinds.size(); i += 3)
    {
        all.push_back(MakeAnomalySeries(kinds[i], seed));
        all.back().score = Scores(all.back().time, all.back().value);
    }
    return all;
}

TEST(PredictDetector, FindsMostOfWhatWasPutIn)
{
    // Seeds that no setting was chosen on; 80.0 and 75.2 when this was written.
    for (const uint64_t seed : {77, 78})
    {
        const NabResult result = NabScore(Scored(seed, seed % 3));
        RecordProperty("score-" + std::to_string(seed), std::to_string(result.score));
        EXPECT_GT(result.score, 71)
            << seed << ": missed " << result.missed << ", false " << result.falses;
    }
}

TEST(PredictDetector, KeepsItsFigureOnRealSeries)
{
    const char* data = std::getenv("SHARDING_DATA");
    const std::string folder = data ? std::string(data) + "/nab/" : "";
    std::ifstream labels(folder + "combined_windows.json");
    if (!data || !labels)
    {
        GTEST_SKIP() << "SHARDING_DATA names no folder with nab/combined_windows.json";
    }
    std::vector<LabelledSeries> all;
    const auto windows = nlohmann::json::parse(labels);
    for (const auto& [name, spans] : windows.items())
    {
        LabelledSeries series;
        series.name = name;
        std::ifstream file(folder + name);
        std::vector<std::string> stamps;
        std::string line;
        std::getline(file, line);
        while (std::getline(file, line))
        {
            std::tm parts{};
            ASSERT_NE(::strptime(line.c_str(), "%Y-%m-%d %H:%M:%S", &parts), nullptr) << line;
            stamps.push_back(line.substr(0, 19));
            series.time.push_back(::timegm(&parts));
            series.value.push_back(std::stod(line.substr(line.find(',') + 1)));
        }
        ASSERT_FALSE(stamps.empty()) << name;
        for (const auto& span : spans)
        {
            const auto row = [&](const std::string& stamp) {
                return std::find(stamps.begin(), stamps.end(), stamp.substr(0, 19)) -
                       stamps.begin();
            };
            series.windows.emplace_back(row(span[0]), row(span[1]));
            ASSERT_LT(series.windows.back().second, stamps.size()) << name;
        }
        series.score = Scores(series.time, series.value);
        all.push_back(std::move(series));
    }
    const NabResult result = NabScore(all);
    RecordProperty("score", std::to_string(result.score));
    // What it has, by docs/detect.md (80.3); the goal is 80.
    EXPECT_GE(result.score, 80) << "missed " << result.missed << ", false " << result.falses;
}

} // namespace
