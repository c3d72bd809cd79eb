// SPDX-License-Identifier: GPL-2.0-only
//
// The scenario `content`:
//  1. over the ideal link it gives the figures of a public simulator without packets, for every
//     movie and network file that SHARDING_DATA has
//  2. what it refuses
//  3. same seed, same result; rules are compared on the same movie and the same links
//  4. what faults do, by invariants

#include "scenarios/content-scenario.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace shardsim;

namespace
{

using Set = std::vector<std::pair<std::string, std::string>>;
using Metrics = std::map<std::string, std::optional<double>>;

Values
MakeValues(const Set& set)
{
    static const ContentScenario scenario;
    Values values(scenario.Parameters());
    for (const auto& [key, text] : set)
    {
        values.Set(key, text, "test");
    }
    return values;
}

RunResult
RunContent(const Set& set, const RunContext& context = {})
{
    const ContentScenario scenario;
    const Values values = MakeValues(set);
    scenario.Check(values);
    return RunChecked(scenario, values, context);
}

Metrics
Measure(const Set& set, const RunContext& context = {})
{
    const RunResult result = RunContent(set, context);
    return {result.metrics.begin(), result.metrics.end()};
}

std::string
Refusal(const Set& set)
{
    try
    {
        ContentScenario().Check(MakeValues(set));
    }
    catch (const RequestError& error)
    {
        return error.what();
    }
    return "";
}

/// A file that is gone at the end.
struct TemporaryFile
{
    explicit TemporaryFile(const std::string& text)
        : path(std::filesystem::temp_directory_path() /
               ("content-test-" + std::to_string(::getpid()) + ".json"))
    {
        std::ofstream(path) << text;
    }

    ~TemporaryFile()
    {
        std::filesystem::remove(path);
    }

    std::filesystem::path path;
};

/// What differs from host to host is left out.
Metrics
WithoutWall(Metrics metrics)
{
    metrics.erase("sim.wall_s");
    return metrics;
}

} // namespace

TEST(ContentScenario, GivesTheFiguresOfAPublicSimulatorWithoutPackets)
{
    const char* data = std::getenv("SHARDING_DATA");
    const std::string folder = data ? std::string(data) + "/sabre/" : "";
    std::ifstream in(folder + "expected.json");
    if (!data || !in)
    {
        GTEST_SKIP() << "SHARDING_DATA names no folder with sabre/expected.json";
    }
    const nlohmann::json expected = nlohmann::json::parse(in);
    int cases = 0;
    for (const auto& one : expected.at("cases"))
    {
        const std::string rule = one.at("abr");
        const std::string movie = one.at("movie");
        const std::string network = one.at("network");
        SCOPED_TRACE(rule + " " + movie + " " + network);
        const Metrics metrics = Measure({{"movie.file", folder + movie},
                                         {"network.file", folder + network},
                                         {"abr.rule", rule}});
        const double bitrate = one.at("bitrate_per_segment_kbps");
        const double change = one.at("switch_per_segment_kbps");
        const double rebuffer = one.at("rebuffer_ratio");
        const double startup = one.at("startup_ms");
        EXPECT_NEAR(*metrics.at("qoe.mean_bitrate_kbps") / bitrate, 1, 0.02);
        EXPECT_NEAR(*metrics.at("qoe.switch_kbps") / change, 1, 0.02);
        EXPECT_NEAR(*metrics.at("qoe.rebuffer_ratio"), rebuffer, 0.005);
        EXPECT_NEAR(*metrics.at("qoe.startup_ms"), startup, 1);
        // The averages over time follow from these: a share of the time goes to stalls and startup.
        const double segments = one.at("segments");
        const double media = segments * one.at("segment_ms").get<double>() / 1000;
        const double session = (media + *metrics.at("qoe.startup_ms") / 1000) /
                               (1 - *metrics.at("qoe.rebuffer_ratio"));
        const double average = one.at("bitrate_time_average_kbps");
        EXPECT_NEAR(*metrics.at("qoe.mean_bitrate_kbps") * media / session / average, 1, 0.02);
        ++cases;
    }
    EXPECT_GE(cases, 32);
}

TEST(ContentScenario, PlaysAMovieOfNominalSizesWithoutStallsWhereTheLinkSuffices)
{
    const Metrics metrics = Measure({{"movie.model", "constant"},
                                     {"movie.length", "1min"},
                                     {"movie.bitrates", "500,1000"},
                                     {"network.model", "constant"},
                                     {"network.rate", "2Mbps"},
                                     {"network.latency", "100ms"},
                                     {"abr.rule", "fixed"},
                                     {"abr.rendition", "1"}});
    // 20 segments of 3 Mbit at 2 Mbit/s: 1.6 s each.
    EXPECT_DOUBLE_EQ(*metrics.at("qoe.startup_ms"), 1600);
    EXPECT_DOUBLE_EQ(*metrics.at("qoe.mean_bitrate_kbps"), 1000);
    EXPECT_DOUBLE_EQ(*metrics.at("qoe.linear"), 20);
    EXPECT_DOUBLE_EQ(*metrics.at("qoe.linear_per_s"), 1);
    EXPECT_DOUBLE_EQ(*metrics.at("fetch.requests"), 20);
    EXPECT_DOUBLE_EQ(*metrics.at("fetch.mean_ms"), 1600);
    EXPECT_DOUBLE_EQ(*metrics.at("sim.time_s"), 61.6);
    EXPECT_DOUBLE_EQ(*metrics.at("qoe.switch_kbps"), 0);
    EXPECT_FALSE(metrics.at("qoe.live_latency_ms"));
}

TEST(ContentScenario, SaysWhatIsWrongInOneLine)
{
    EXPECT_NE(
        Refusal({{"shards.duration", "soon"}}).find("'soon': is no duration; allowed: from-movie"),
        std::string::npos);
    EXPECT_NE(Refusal({{"movie.bitrates", "300,200"}}).find("allowed: 1 to 64 ascending numbers"),
              std::string::npos);
    EXPECT_NE(Refusal({{"movie.bitrates", "300,fast"}}).find("movie.bitrates"), std::string::npos);
    EXPECT_NE(Refusal({{"replication.copies", "9"}}).find("allowed: 1 to pool.encoders = 8"),
              std::string::npos);
    EXPECT_NE(Refusal({{"client.buffer", "2s"}}).find("less than a shard"), std::string::npos);
    EXPECT_NE(Refusal({{"abr.rule", "fixed"}, {"abr.rendition", "6"}}).find("allowed: 0 to 5"),
              std::string::npos);
    EXPECT_EQ(Refusal({}), "");
    EXPECT_EQ(Refusal({{"shards.duration", "300ms"}}), "");
}

TEST(ContentScenario, RefusesBrokenInputFilesBeforeItRuns)
{
    const TemporaryFile file("[{\"duration_ms\": 1000, \"bandwidth_kbps\": 5");
    EXPECT_NE(Refusal({{"network.file", file.path.string()}}).find(":1: ends in the middle"),
              std::string::npos);
    EXPECT_NE(Refusal({{"movie.file", file.path.string()}}).find(":1: ends in the middle"),
              std::string::npos);
    EXPECT_NE(Refusal({{"movie.file", "/nowhere/movie.json"}}).find("/nowhere/movie.json"),
              std::string::npos);
}

TEST(ContentScenario, GivesTheSameResultForTheSameSeed)
{
    const Set set{{"clients.count", "5"}, {"movie.length", "1min"}, {"faults.absent", "0.1"}};
    RunContext context;
    const Metrics first = WithoutWall(Measure(set, context));
    EXPECT_EQ(first, WithoutWall(Measure(set, context)));
    context.run = 2;
    EXPECT_NE(first, WithoutWall(Measure(set, context)));
}

TEST(ContentScenario, ComparesRulesOnTheSameMovieAndLinks)
{
    // With one rendition there is nothing to choose: whatever the rule, the same happens, unless
    // one of them changed what is drawn.
    Metrics first;
    for (const char* rule : {"fixed", "throughput", "bba", "bola-finite", "mpc", "dynamic"})
    {
        const Metrics metrics = WithoutWall(Measure({{"clients.count", "3"},
                                                     {"movie.length", "2min"},
                                                     {"movie.bitrates", "1500"},
                                                     {"client.abandon", "false"},
                                                     {"abr.rule", rule}}));
        if (first.empty())
        {
            first = metrics;
        }
        EXPECT_EQ(metrics, first) << rule;
    }
    EXPECT_GT(*first.at("fetch.requests"), 0);
}

TEST(ContentScenario, HasAnotherHolderWhereAQuarterOfThemCrashes)
{
    const Set set{{"clients.count", "4"},
                  {"movie.length", "2min"},
                  {"network.model", "constant"},
                  {"network.rate", "8Mbps"},
                  {"shards.duration", "500ms"},
                  {"faults.crash", "0.25"},
                  {"faults.crash_at", "20s"},
                  {"missing.timeout", "500ms"}};
    const auto with = [&set](const std::string& copies, const std::string& policy)
    {
        Set all = set;
        all.emplace_back("replication.copies", copies);
        all.emplace_back("missing.policy", policy);
        return Measure(all);
    };
    // Three copies at eight encoders of which two crash: somebody always has it.
    const Metrics other = with("3", "other");
    EXPECT_GT(*other.at("fetch.timed_out"), 0);
    EXPECT_DOUBLE_EQ(*other.at("qoe.stalls"), 0);
    EXPECT_DOUBLE_EQ(*other.at("qoe.interpolated_ratio"), 0);
    EXPECT_DOUBLE_EQ(*other.at("qoe.skipped_ratio"), 0);
    // One copy: what the two had is missing, a quarter of what comes after the crash.
    const Metrics skip = with("1", "skip");
    EXPECT_GT(*skip.at("qoe.skipped_ratio"), 0.05);
    EXPECT_LE(*skip.at("qoe.skipped_ratio"), 0.25);
    EXPECT_DOUBLE_EQ(*skip.at("clients.done"), 4);
}

TEST(ContentScenario, IsCloserToLiveWithShorterShards)
{
    const auto latency = [](const std::string& duration)
    {
        return *Measure({{"movie.live", "true"},
                         {"movie.length", "1min"},
                         {"movie.model", "constant"},
                         {"network.model", "constant"},
                         {"network.rate", "8Mbps"},
                         {"client.live_delay", "0s"},
                         {"clients.interval", "0s"},
                         {"shards.duration", duration}})
                    .at("qoe.live_latency_ms");
    };
    // A shard can be asked for when it is over and encoded (0.2 s): later than its first picture by
    // that, and by the time of the fetch.
    EXPECT_GE(latency("3s"), 3200);
    EXPECT_LE(latency("3s"), 4500);
    EXPECT_GE(latency("500ms"), 700);
    EXPECT_LE(latency("500ms"), 1500);
}

TEST(ContentScenario, ShowsWhatAClientDecidedOverTime)
{
    RunContext context;
    context.keepTimeline = true;
    const RunResult result = RunContent({{"movie.length", "1min"}}, context);
    EXPECT_EQ(result.timeline.columns.front(), "time_s");
    ASSERT_GE(result.timeline.rows.size(), 20U);
    for (const auto& row : result.timeline.rows)
    {
        EXPECT_EQ(row.size(), result.timeline.columns.size());
        EXPECT_GE(row[1], 0);
        EXPECT_LE(row[1], 22);
    }
}

TEST(ContentScenario, KeepsASampleOfEachClientsQuality)
{
    RunContext context;
    context.keepSamples = true;
    const RunResult result =
        RunContent({{"movie.length", "1min"}, {"clients.count", "7"}}, context);
    ASSERT_EQ(result.samples.size(), 1U);
    EXPECT_EQ(result.samples[0].first, "qoe");
    ASSERT_EQ(result.samples[0].second.size(), 7U);
    double sum = 0;
    for (const int64_t millionths : result.samples[0].second)
    {
        sum += static_cast<double>(millionths) / 1e6;
    }
    const Metrics metrics(result.metrics.begin(), result.metrics.end());
    EXPECT_NEAR(sum / 7, *metrics.at("qoe.linear_per_s"), 1e-6);
}
