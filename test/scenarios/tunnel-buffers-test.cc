// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers of the reassembly node, from end to end, on both transports. One link of 10 Mbit/s and
 * 1 ms; expected values by hand.
 * 1. a datagram of one shard is later by the cold time, to the nanosecond
 * 2. a datagram of several shards is complete when its last shard has come and its buffer is there
 * 3. prediction recovers all but the first two at constant distance; less where arrivals are
 *    Poisson; what it gains is the difference of the latencies
 * 4. a wider margin wastes more and finds more
 * 5. a flow of one datagram is never predicted; a pool does not care
 * 6. without a cold time and without pre-allocation there is no value, not 0
 */
#include "scenarios/tunnel-scenario.h"

#include <gtest/gtest.h>
#include <map>

using namespace shardsim;

namespace
{

using Set = std::vector<std::pair<std::string, std::string>>;

/// What came of a run.
struct Outcome
{
    std::map<std::string, std::optional<double>> metrics;
    std::vector<int64_t> latencies; ///< ns, ascending

    double operator[](const std::string& name) const
    {
        return metrics.at(name).value();
    }
};

class TunnelBuffers : public testing::TestWithParam<const char*>
{
  protected:
    static Outcome Simulate(const Set& more)
    {
        const TunnelScenario scenario;
        Values values(scenario.Parameters());
        Set set = {{"transport", GetParam()},
                   {"topology.hops", "1"},
                   {"topology.rate", "10Mbps"},
                   {"topology.delay", "1ms"},
                   {"traffic.size", "1000"},
                   {"traffic.rate", "800kbps"}, // one each 10 ms
                   {"traffic.datagrams", "100"}};
        set.insert(set.end(), more.begin(), more.end());
        for (const auto& [key, text] : set)
        {
            values.Set(key, text, "test");
        }
        scenario.Check(values);
        RunContext context;
        context.keepSamples = true;
        const RunResult result = scenario.Run(values, context);
        return {{result.metrics.begin(), result.metrics.end()}, result.samples.front().second};
    }

    static Set With(Set set, const Set& more)
    {
        set.insert(set.end(), more.begin(), more.end());
        return set;
    }
};

const Set COLD = {{"reassembly.cold_time", "3ms"}};
const Set PREDICTIVE = {{"reassembly.cold_time", "3ms"}, {"reassembly.prealloc", "predictive"}};
const Set FIXED = {{"reassembly.cold_time", "3ms"}, {"reassembly.prealloc", "fixed"}};
const Set POISSON = {{"traffic.kind", "poisson"}, {"traffic.datagrams", "1000"}};

TEST_P(TunnelBuffers, OneShardIsLaterByTheColdTime)
{
    const Outcome warm = Simulate({});
    const Outcome cold = Simulate(COLD);
    // 1000 and 28, 48 and 2 bytes take 862.4 us; two access links for 1030 bytes 82.4 ns each.
    for (const int64_t latency : warm.latencies)
    {
        EXPECT_NEAR(static_cast<double>(latency), 1862400 + 2 * 82.4, 2);
    }
    ASSERT_EQ(cold.latencies.size(), 100u);
    for (std::size_t i = 0; i < cold.latencies.size(); ++i)
    {
        ASSERT_EQ(cold.latencies[i], warm.latencies[i] + 3000000);
    }
    EXPECT_EQ(cold["reassembly.prealloc_hit_ratio"], 0);
    EXPECT_EQ(cold["reassembly.prealloc_gained_ms"], 0);
    EXPECT_EQ(cold["reassembly.prealloc_waste_byte_s"], 0);
}

TEST_P(TunnelBuffers, SeveralShardsAreCompleteWithTheLastOneAndTheBuffer)
{
    // Four shards of 257 and 50 bytes: 245.6 us each, 736.8 us from the first to the last.
    const Set four = {{"sharding.shards", "4"}};
    const Outcome warm = Simulate(four);
    const Outcome little = Simulate(With(four, {{"reassembly.cold_time", "736us"}}));
    EXPECT_EQ(little.latencies, warm.latencies);
    const Outcome more = Simulate(With(four, {{"reassembly.cold_time", "1ms"}}));
    EXPECT_EQ(more.latencies.front(), warm.latencies.front() + 1000000 - 736800);
    EXPECT_EQ(more.latencies.back(), warm.latencies.back() + 1000000 - 736800);
    const Outcome pooled =
        Simulate(With(four, {{"reassembly.cold_time", "1ms"}, {"reassembly.prealloc", "fixed"}}));
    EXPECT_EQ(pooled.latencies, warm.latencies);
    EXPECT_DOUBLE_EQ(pooled["reassembly.prealloc_gained_ms"], 0.2632);
}

TEST_P(TunnelBuffers, PredictionRecoversAllButTheFirstTwoAtConstantDistance)
{
    const Outcome warm = Simulate({});
    const Outcome predicted = Simulate(PREDICTIVE);
    EXPECT_DOUBLE_EQ(predicted["reassembly.prealloc_hit_ratio"], 0.98);
    EXPECT_DOUBLE_EQ(predicted["reassembly.prealloc_gained_ms"], 3 * 0.98);
    EXPECT_EQ(predicted.latencies[97], warm.latencies[97]);
    EXPECT_EQ(predicted.latencies[98], warm.latencies[98] + 3000000);
    // A distance of 1 ms, less than an allocation takes: buffers are begun several datagrams ahead.
    const Outcome fast = Simulate(With(PREDICTIVE, {{"traffic.rate", "8Mbps"}}));
    EXPECT_GE(fast["reassembly.prealloc_hit_ratio"], 0.94);
}

TEST_P(TunnelBuffers, OfPoissonArrivalsItRecoversLess)
{
    const Outcome cold = Simulate(With(POISSON, COLD));
    const Outcome predicted = Simulate(With(POISSON, PREDICTIVE));
    const double ratio = predicted["reassembly.prealloc_hit_ratio"];
    EXPECT_GT(ratio, 0.9);
    EXPECT_LT(ratio, 0.998);
    EXPECT_NEAR(predicted["reassembly.prealloc_gained_ms"],
                cold["latency.mean_ms"] - predicted["latency.mean_ms"],
                1e-6); // releases of one moment queue on the access link
    EXPECT_GE(predicted["reassembly.prealloc_gained_ms"], 3 * ratio);
}

TEST_P(TunnelBuffers, AWiderMarginWastesMoreAndFindsMore)
{
    double waste = 0;
    double ratio = 0;
    for (const char* margin : {"0", "1", "2", "4", "8"})
    {
        SCOPED_TRACE(margin);
        const Outcome outcome =
            Simulate(With(With(POISSON, PREDICTIVE), {{"reassembly.prealloc_margin", margin}}));
        EXPECT_GT(outcome["reassembly.prealloc_waste_byte_s"], waste);
        EXPECT_GT(outcome["reassembly.prealloc_hit_ratio"], ratio);
        waste = outcome["reassembly.prealloc_waste_byte_s"];
        ratio = outcome["reassembly.prealloc_hit_ratio"];
    }
}

TEST_P(TunnelBuffers, AFlowOfOneDatagramIsNeverPredicted)
{
    const Set flood = {{"traffic.flows", "1000"},
                       {"traffic.datagrams", "1000"},
                       {"traffic.rate", "8Mbps"}};
    const Outcome predicted = Simulate(With(flood, PREDICTIVE));
    EXPECT_EQ(predicted["reassembly.prealloc_hit_ratio"], 0);
    EXPECT_EQ(predicted["reassembly.prealloc_waste_byte_s"], 0);
    EXPECT_EQ(predicted["datagrams.delivered"], 1000);
    EXPECT_EQ(Simulate(With(flood, FIXED))["reassembly.prealloc_hit_ratio"], 1);
}

TEST_P(TunnelBuffers, APoolsWasteIsItsFreeBytesOverTime)
{
    // Two buffers of 2000 bytes over 99 distances of 10 ms; a shard's buffer is free at once.
    const Outcome outcome = Simulate(
        With(FIXED,
             {{"reassembly.prealloc_buffers", "2"}, {"reassembly.prealloc_memory", "4000"}}));
    EXPECT_NEAR(outcome["reassembly.prealloc_waste_byte_s"], 4000 * 0.99, 1e-3);
}

TEST_P(TunnelBuffers, WhatIsNotModelledHasNoValue)
{
    const Outcome outcome = Simulate({});
    for (const char* name : {"hit_ratio", "waste_byte_s", "gained_ms"})
    {
        EXPECT_EQ(outcome.metrics.at(std::string("reassembly.prealloc_") + name), std::nullopt);
    }
    const Outcome free = Simulate({{"reassembly.prealloc", "predictive"}});
    EXPECT_DOUBLE_EQ(free["reassembly.prealloc_hit_ratio"], 0.98) << "an allocation costs nothing";
    EXPECT_EQ(free["reassembly.prealloc_gained_ms"], 0);
}

INSTANTIATE_TEST_SUITE_P(Transports, TunnelBuffers, testing::Values("stack", "path"));

} // namespace
