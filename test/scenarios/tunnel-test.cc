// SPDX-License-Identifier: GPL-2.0-only
//
// The tunnel scenario as a whole.
//  1. the same seed and run give the same numbers to the bit; another run does not
//  2. virtual and real payload have one timeline
//  3. every metric is there once, whatever the traffic; what has no value is null
//  4. the experimenter's notebook refuses what cannot be
//  5. values that contradict each other are refused, naming the key
#include "scenarios/tunnel-hosts.h"
#include "tunnel-simulate.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <ostream>
#include <set>

using namespace shardsim;

namespace
{

RunResult
Simulate(const Set& set, uint64_t run = 1)
{
    RunContext context;
    context.run = run;
    return RunTunnel(set, context);
}

Metrics
Timeless(const RunResult& result)
{
    Metrics metrics = MetricsOf(result);
    metrics.erase("sim.wall_s");
    return metrics;
}

Set
With(Set base, const Set& more)
{
    base.insert(base.end(), more.begin(), more.end());
    return base;
}

const Set RS = {{"traffic.datagrams", "150"},
                {"sharding.shards", "8"},
                {"fec.code", "rs"},
                {"fec.repair", "2"}};
const Set LOSS = {{"loss.model", "iid"}, {"loss.rate", "0.1"}};

TEST(TunnelScenario, SameSeedSameNumbersToTheBitAndAnotherRunOthers)
{
    const Set set = With(With(RS, LOSS),
                         {{"congestion.load", "0.5"},
                          {"jitter.model", "exponential"},
                          {"jitter.mean", "3ms"},
                          {"traffic.kind", "poisson"},
                          {"topology.paths", "2"}});
    const RunResult first = Simulate(set);
    const RunResult again = Simulate(set);
    const RunResult other = Simulate(set, 2);
    EXPECT_EQ(Timeless(first), Timeless(again));
    EXPECT_EQ(first.samples, again.samples);
    EXPECT_NE(first.samples, other.samples);
}

class TunnelPayload : public testing::TestWithParam<Set>
{
};

TEST_P(TunnelPayload, VirtualAndRealHaveOneTimeline)
{
    const Set set = With(RS, GetParam());
    const RunResult sizes = Simulate(With(set, {{"payload", "virtual"}}));
    const RunResult bytes = Simulate(With(set, {{"payload", "real"}}));
    EXPECT_EQ(sizes.samples, bytes.samples);
    EXPECT_EQ(Timeless(sizes), Timeless(bytes));
    EXPECT_FALSE(sizes.samples.front().second.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Configurations,
    TunnelPayload,
    testing::Values(Set{},
                    LOSS,
                    With(LOSS, {{"fec.code", "xor"}}),
                    With(LOSS, {{"fec.code", "sliding-window"}}),
                    With(LOSS,
                         {{"fec.code", "sliding-window"},
                          {"fec.window", "3"},
                          {"arq.enabled", "true"},
                          {"jitter.model", "exponential"},
                          {"jitter.mean", "3ms"},
                          {"traffic.flows", "5"},
                          {"loss.rate", "0.3"}}),
                    With(LOSS, {{"sharding.policy", "replicate"}}),
                    With(LOSS, {{"sharding.policy", "none"}}),
                    With(LOSS, {{"sharding.sizing", "header-first"}}),
                    With(LOSS, {{"fec.interleave", "4"}, {"traffic.rate", "60Mbps"}}),
                    With(LOSS, {{"loss.model", "gilbert-elliott"}, {"loss.burst", "4"}}),
                    Set{{"jitter.model", "uniform"}, {"jitter.mean", "9ms"}},
                    With(LOSS, {{"topology.paths", "3"}, {"topology.spread", "0.7"}}),
                    With(LOSS, {{"reassembly.order", "in-order"}, {"traffic.flows", "3"}}),
                    Set{{"topology.mtu", "576"}, {"congestion.load", "0.9"}},
                    Set{{"pacing.rate", "15Mbps"}, {"placement", "least-delay"}}));

TEST(TunnelScenario, EveryMetricIsThereOnceWhateverTheTraffic)
{
    for (const char* kind : {"cbr", "poisson", "tcp"})
    {
        SCOPED_TRACE(kind);
        const RunResult result = Simulate(With(RS, {{"traffic.kind", kind}}));
        std::multiset<std::string> declared;
        for (const MetricInfo& metric : TunnelScenario().Metrics())
        {
            declared.insert(metric.name);
        }
        std::multiset<std::string> given;
        for (const auto& metric : result.metrics)
        {
            given.insert(metric.first);
        }
        EXPECT_EQ(given, declared);
    }
}

TEST(TunnelScenario, WhatNothingArrivedForIsNullNotZero)
{
    const auto metrics = Timeless(
        Simulate({{"traffic.datagrams", "20"}, {"loss.model", "iid"}, {"loss.rate", "0.9999"}}));
    EXPECT_EQ(metrics.at("datagrams.delivered"), 0);
    EXPECT_EQ(metrics.at("datagrams.loss_ratio"), 1);
    EXPECT_EQ(metrics.at("latency.p50_ms"), std::nullopt);
    EXPECT_EQ(metrics.at("latency_sent.p50_ms"), std::nullopt);
    EXPECT_EQ(metrics.at("wire.overhead_ratio"), std::nullopt);
}

TEST(TunnelScenario, TcpCompletesOverLossyPathsAndDurationCutsARunOff)
{
    const Set tcp =
        With(RS, {{"traffic.kind", "tcp"}, {"loss.model", "iid"}, {"loss.rate", "0.01"}});
    EXPECT_NE(Timeless(Simulate(tcp)).at("tcp.completion_ms"), std::nullopt);
    const auto cut = Timeless(Simulate(With(RS, {{"duration", "100ms"}})));
    EXPECT_EQ(cut.at("sim.time_s"), 0.1);
    EXPECT_LT(cut.at("datagrams.delivered"), 150);
}

TEST(TunnelNotebook, RefusesWhatWasNeverSentAndCountsWhatComesTwice)
{
    TunnelLedger ledger;
    TunnelNotebook notebook(ledger);
    const uint64_t number = notebook.Sent(ns3::Seconds(1), 100, false);
    EXPECT_THROW(notebook.Delivered(ns3::Seconds(2), number + 1, 100), RunCheckError);
    EXPECT_THROW(notebook.Delivered(ns3::Seconds(2), number, 99), RunCheckError);
    notebook.Delivered(ns3::Seconds(2), number, 100);
    notebook.Delivered(ns3::Seconds(3), number, 100);
    EXPECT_EQ(ledger.duplicates, 1u);
    EXPECT_EQ(ledger.delivered, 1u);
    EXPECT_EQ(ledger.latencies.Sorted(), std::vector<int64_t>{1000000000});
}

/// What is refused, and a piece of the answer.
struct Contradiction
{
    Set set;
    std::string answer;
};

/// For GoogleTest's messages.
void
PrintTo(const Contradiction& contradiction, std::ostream* out)
{
    *out << contradiction.answer;
}

class TunnelContradiction : public testing::TestWithParam<Contradiction>
{
};

TEST_P(TunnelContradiction, IsRefusedInOneLine)
{
    try
    {
        Simulate(GetParam().set);
        FAIL() << "taken: " << GetParam().answer;
    }
    catch (const RequestError& error)
    {
        const std::string what = error.what();
        EXPECT_NE(what.find(GetParam().answer), std::string::npos) << what;
        EXPECT_EQ(what.find('\n'), std::string::npos) << what;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Inputs,
    TunnelContradiction,
    testing::Values(
        Contradiction{{{"topology.mtu", "40"}}, "topology.mtu"},
        Contradiction{{{"topology.mtu", "70000"}}, "from 68 to 65535"},
        Contradiction{{{"topology.mtu", "68"}}, "255 together"},
        Contradiction{{{"topology.paths", "0"}}, "topology.paths"},
        Contradiction{{{"topology.delay", "5"}}, "lacks a unit"},
        Contradiction{{{"topology.rate", "fast"}}, "topology.rate"},
        Contradiction{{{"topology.rat", "1Mbps"}}, "did you mean topology.rate"},
        Contradiction{{{"topology.file", "/no/such.graphml"}}, "topology.file"},
        Contradiction{{{"topology.trace", "/no/such.trace"}}, "topology.trace"},
        Contradiction{{{"topology.from", "a"}}, "topology.from"},
        Contradiction{{{"loss.rate", "1"}}, "below 1"},
        Contradiction{{{"loss.rate", "-0.1"}}, "loss.rate"},
        Contradiction{{{"loss.rate", "nan"}}, "loss.rate"},
        Contradiction{{{"loss.rate", "0.1"}}, "loss.model"},
        Contradiction{{{"loss.burst", "3"}}, "gilbert-elliott"},
        Contradiction{{{"loss.model", "gilbert-elliott"}, {"loss.rate", "0.9"}}, "loss.burst"},
        Contradiction{{{"loss.model", "bernoulli"}}, "none, iid"},
        Contradiction{{{"jitter.mean", "1ms"}}, "jitter.model"},
        Contradiction{{{"congestion.arrivals", "onoff"}, {"congestion.load", "7"}}, "0 to 5"},
        Contradiction{{{"traffic.size", "7"}}, "traffic.size"},
        Contradiction{{{"traffic.size", "66000"}}, "traffic.size"},
        Contradiction{{{"traffic.kind", "trace"}}, "traffic.file"},
        Contradiction{{{"sharding.shards", "256"}}, "255"},
        Contradiction{{{"sharding.shards", "0"}}, "sharding.shards"},
        Contradiction{{{"sharding.shards", "8"}, {"sharding.size", "100"}}, "one of the two"},
        Contradiction{{{"sharding.shards", "250"}, {"fec.code", "rs"}, {"fec.repair", "6"}},
                      "255 together"},
        Contradiction{{{"sharding.shards", "100"}, {"traffic.size", "8"}}, "36 bytes"},
        Contradiction{{{"sharding.size", "10"}}, "255 together"},
        Contradiction{{{"fec.repair", "2"}}, "fec.code"},
        Contradiction{{{"sharding.shards", "2"}, {"fec.code", "xor"}, {"fec.repair", "3"}},
                      "0 to 2"},
        Contradiction{{{"fec.code", "turbo"}}, "none, xor, rs or sliding-window"},
        Contradiction{
            {{"fec.code", "sliding-window"}, {"fec.repair", "1"}, {"fec.interleave", "4"}},
            "1 with sliding-window"},
        Contradiction{{{"fec.code", "sliding-window"},
                       {"fec.repair", "1"},
                       {"sharding.sizing", "header-first"}},
                      "equal with sliding-window"},
        Contradiction{
            {{"fec.code", "sliding-window"}, {"fec.repair", "6"}, {"sharding.shards", "250"}},
            "255 together"},
        Contradiction{{{"fec.window", "17"}}, "from 1 to 16"},
        Contradiction{{{"placement", "random"}}, "round-robin"},
        Contradiction{{{"sharding.placement", "random"}}, "node, single"},
        Contradiction{{{"sharding.path", "1"}, {"topology.paths", "2"}},
                      "sharding.placement = single"},
        Contradiction{
            {{"sharding.placement", "single"}, {"sharding.path", "2"}, {"topology.paths", "2"}},
            "0 to 1"},
        Contradiction{{{"reassembly.timeout", "0s"}}, "reassembly.timeout"},
        Contradiction{{{"reassembly.timeout", "2h"}}, "1h"},
        Contradiction{{{"traffic.kind", "tcp"}, {"traffic.flows", "20000"}}, "10000 with tcp"},
        Contradiction{{{"sharding.copies", "0"}}, "sharding.copies"},
        Contradiction{{{"traffic.dscp", "64"}}, "traffic.dscp"},
        Contradiction{{{"topology.queue", "0p"}}, "empty queue"},
        Contradiction{{{"reassembly.memory", "8KiB"}}, "reassembly.memory"},
        Contradiction{{{"reassembly.flow_memory", "5KiB"}}, "reassembly.flow_memory"},
        Contradiction{{{"reassembly.prealloc", "magic"}}, "none, fixed or predictive"},
        Contradiction{{{"reassembly.cold_time", "1ms"}, {"sharding.policy", "none"}},
                      "reassembly.cold_time"},
        Contradiction{{{"reassembly.prealloc", "fixed"}, {"sharding.policy", "none"}},
                      "reassembly.prealloc"},
        Contradiction{{{"reassembly.prealloc_memory", "1MiB"}}, "fixed or predictive"},
        Contradiction{{{"reassembly.prealloc_buffers", "4"}}, "reassembly.prealloc = fixed"},
        Contradiction{{{"reassembly.prealloc_margin", "2"}}, "reassembly.prealloc = predictive"},
        Contradiction{{{"reassembly.prealloc", "fixed"}, {"reassembly.prealloc_buffers", "200"}},
                      "1805600 bytes or more"},
        Contradiction{
            {{"reassembly.prealloc", "predictive"}, {"reassembly.prealloc_memory", "9027"}},
            "9028 bytes or more"},
        Contradiction{{{"payload", "true"}}, "virtual"},
        Contradiction{{{"duration", "-1s"}}, "duration"}));

} // namespace
