// SPDX-License-Identifier: GPL-2.0-only
//
// The scenario `content` with transport = tcp: a pool, its manager and clients that are nodes.
//  1. same seed, same result; the wire carries more than the media
//  2. what is encoded before anybody asks, and what because somebody asks
//  3. streams of unequal popularity (Zipf) do a cache good
//  4. shards that a crash took away are there again, and nobody stands still meanwhile
//  5. whole streams need an encoder for each rendition

#include "scenarios/content-scenario.h"

#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <string>

using namespace shardsim;

namespace
{

using Set = std::map<std::string, std::string>;
using Metrics = std::map<std::string, std::optional<double>>;

/// Twelve seconds in two renditions and shards of half a second, over links with room for both.
Values
MakeValues(const Set& more)
{
    static const ContentScenario scenario;
    Set set = more;
    set.insert({{"transport", "tcp"},
                {"movie.length", "12s"},
                {"movie.bitrates", "200,400"},
                {"movie.model", "constant"},
                {"shards.duration", "500ms"},
                {"network.model", "constant"},
                {"network.rate", "4Mbps"},
                {"pool.encoders", "4"},
                {"pool.contribution", "1Mbps"},
                {"topology.segment", "8960"}});
    Values values(scenario.Parameters());
    for (const auto& [key, text] : set)
    {
        values.Set(key, text, "test");
    }
    return values;
}

Metrics
Measure(const Set& set, uint32_t run = 1)
{
    const ContentScenario scenario;
    const Values values = MakeValues(set);
    scenario.Check(values);
    RunContext context;
    context.run = run;
    const RunResult result = RunChecked(scenario, values, context);
    Metrics metrics(result.metrics.begin(), result.metrics.end());
    metrics.erase("sim.wall_s");
    return metrics;
}

} // namespace

TEST(ContentPackets, GiveTheSameResultForTheSameSeed)
{
    const Set set{{"clients.count", "3"}, {"network.model", "variable"}};
    const Metrics first = Measure(set);
    EXPECT_EQ(first, Measure(set));
    EXPECT_NE(first, Measure(set, 2));
    EXPECT_DOUBLE_EQ(*first.at("clients.done"), 3);
    // Heads of TCP, IP and PPP alone are 54 of 9014 bytes.
    EXPECT_GT(*first.at("wire.overhead_ratio"), 1.006);
    EXPECT_FALSE(first.at("cache.hit_ratio"));
}

TEST(ContentPackets, AreEncodedAheadOrWhenSomebodyAsks)
{
    // Twenty-four segments in two renditions.
    const Metrics all = Measure({{"preencode.policy", "all"}, {"clients.count", "2"}});
    EXPECT_DOUBLE_EQ(*all.at("encoder.preencoded"), 48);
    EXPECT_DOUBLE_EQ(*all.at("encoder.on_demand"), 0);
    EXPECT_DOUBLE_EQ(*all.at("encoder.orders"), 48);
    const Metrics none = Measure({{"preencode.policy", "none"}, {"clients.count", "2"}});
    EXPECT_DOUBLE_EQ(*none.at("encoder.preencoded"), 0);
    EXPECT_GT(*none.at("encoder.on_demand"), 0);
    EXPECT_LE(*none.at("encoder.on_demand"), 48);
    EXPECT_LT(*none.at("encoder.encoding_s"), *all.at("encoder.encoding_s"));
    // Off peak there is room for what nobody has asked for yet; nothing is made twice.
    const Metrics demand = Measure({{"preencode.policy", "demand"}, {"clients.count", "2"}});
    EXPECT_GT(*demand.at("encoder.preencoded"), 0);
    EXPECT_LE(*demand.at("encoder.orders"), 48);
}

TEST(ContentPackets, OfFewPopularStreamsAreOftenerInACache)
{
    const auto hits = [](const std::string& exponent)
    {
        return *Measure({{"movie.live", "true"},
                         {"pool.speed", "4"},
                         {"pool.streams", "8"},
                         {"clients.popularity", exponent},
                         {"clients.count", "8"},
                         {"clients.interval", "300ms"},
                         {"movie.bitrates", "200"},
                         {"cache.capacity", "64MB"}})
                    .at("cache.hit_ratio");
    };
    // At an exponent of 10 a client chooses the first stream with probability 0.999: one in eight
    // asks for what the others did not. Of eight streams alike eight clients choose five in the
    // mean.
    const double one = hits("10");
    EXPECT_GT(one, 0.8);
    EXPECT_LT(one, 0.9);
    EXPECT_LT(hits("0"), 0.7);
}

TEST(ContentPackets, ThatACrashTookAwayAreThereAgain)
{
    const Set live{{"movie.live", "true"},
                   {"clients.count", "2"},
                   {"client.live_delay", "3s"},
                   {"pool.speed", "1"},
                   {"missing.timeout", "400ms"},
                   {"faults.crash", "0.25"},
                   {"faults.crash_at", "5s"}};
    const Metrics again = Measure(live);
    EXPECT_GT(*again.at("repair.shards"), 0);
    EXPECT_GE(*again.at("encoder.reassigned"), *again.at("repair.shards"));
    // Not before it can be noticed.
    EXPECT_GE(*again.at("repair_ms"), 300);
    EXPECT_DOUBLE_EQ(*again.at("qoe.stalls"), 0);
    EXPECT_DOUBLE_EQ(*again.at("qoe.skipped_ratio"), 0);
    Set left = live;
    left["pool.reassign"] = "false";
    EXPECT_DOUBLE_EQ(*Measure(left).at("repair.shards"), 0);
}

TEST(ContentPackets, OfWholeStreamsNeedAnEncoderForEachRendition)
{
    const Values values = MakeValues(
        {{"assign.policy", "whole-streams"}, {"pool.encoders", "1"}, {"replication.copies", "1"}});
    try
    {
        ContentScenario().Check(values);
        FAIL() << "one encoder for two renditions";
    }
    catch (const RequestError& error)
    {
        EXPECT_NE(std::string(error.what()).find("allowed: 2 or more"), std::string::npos);
    }
}
