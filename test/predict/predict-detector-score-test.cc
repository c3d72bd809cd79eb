// SPDX-License-Identifier: GPL-2.0-only
//
// What the one-pass detector earns by the benchmark's rules, on series that are made up
// (anomaly-series.h), and on files of the Numenta Anomaly Benchmark where the folder that
// SHARDING_DATA names has them.
//  1. the rules are followed, and made-up series are what they should be
//  2. on made-up series of a seed that no setting was chosen on, most is found, by one threshold
//  3. on the benchmark's files it earns what is wanted

#include "anomaly-series.h"

#include "ns3/predict-detector.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace
{

using namespace ns3::sharding;

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
    // Seeds that no setting was chosen on; 83.1 and 72.1 when this was written.
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
    // The goal; docs/detect.md says what it has (79.99).
    EXPECT_GE(result.score, 80) << "missed " << result.missed << ", false " << result.falses;
}

} // namespace
