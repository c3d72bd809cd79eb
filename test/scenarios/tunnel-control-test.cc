// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sharding that decides for itself, from end to end:
 * 1. the same over both transports, all metrics to the bit, with every policy
 * 2. a flow's first datagrams wait for the tier, and only they
 * 3. a tier that does not answer: open sends plain, closed drops; one that falls silent later is
 * not missed before the lifetime of its answers
 * 4. adaptive: plain where nothing is lost; delivers in time where much is; reacts to a step, and
 * to its end; spends little on bulk
 * 5. threshold shards only while there is congestion
 * 6. a receiver that lies is found out
 * 7. substitution and replication, alone and before sharding
 * 8. where nothing is sharded, probes tell of loss, and threshold shards
 * 9. settling counts from the step until what is decided stays
 * 10. two priorities are counted apart, and together are all
 * 11. contradictions are refused in one line that names the key
 */
#include "tunnel-simulate.h"

#include <gtest/gtest.h>

using namespace shardsim;

namespace
{

Set
With(Set base, const Set& more)
{
    base.insert(base.end(), more.begin(), more.end());
    return base;
}

const Set PATH = {{"transport", "path"}};

Metrics
Simulate(const Set& set)
{
    return MetricsOf(RunTunnel(set));
}

Set
Loss(const std::string& rate, const std::string& burst = "1")
{
    return {{"loss.model", "gilbert-elliott"}, {"loss.rate", rate}, {"loss.burst", burst}};
}

class TunnelControlEquality : public ::testing::TestWithParam<const char*>
{
};

TEST_P(TunnelControlEquality, BothTransportsGiveTheSame)
{
    const Set weather = With(Loss("0.03", "3"),
                             {{"loss.both", "true"},
                              {"congestion.load", "0.3"},
                              {"step.from", "1s"},
                              {"step.until", "2s"},
                              {"step.loss", "0.1"},
                              {"step.congestion", "0.6"},
                              {"tier.enabled", "true"},
                              {"traffic.flows", "3"},
                              {"traffic.datagrams", "450"},
                              {"topology.paths", "2"},
                              {"topology.spread", "0.1"},
                              {"reassembly.timeout", "1s"},
                              {"sharding.policy", GetParam()}});
    Metrics stack = Simulate(weather);
    Metrics path = Simulate(With(weather, PATH));
    EXPECT_GT(path.at("control.reports").value(), 10);
    for (Metrics* metrics : {&stack, &path})
    {
        // What the simulation itself is like, and when it is seen to be over.
        metrics->erase("sim.events");
        metrics->erase("sim.wall_s");
        metrics->erase("sim.time_s");
        metrics->erase("control.reports");
    }
    EXPECT_EQ(stack, path);
}

INSTANTIATE_TEST_SUITE_P(
    Policies,
    TunnelControlEquality,
    ::testing::Values("none", "static", "replicate", "threshold", "adaptive", "oracle"),
    [](const auto& info) { return std::string(info.param); });

TEST(TunnelControl, ThresholdShardsForLossThatOnlyProbesSee)
{
    const Set lossy = With(
        Loss("0.15"),
        {{"transport", "path"}, {"sharding.policy", "threshold"}, {"traffic.datagrams", "3000"}});
    const Metrics metrics = Simulate(lossy);
    EXPECT_GT(metrics.at("control.changes").value(), 0);
    // Of seven fragments one is lost in 1 - 0.85^7 = 68 % of the datagrams.
    EXPECT_LT(metrics.at("datagrams.loss_ratio").value(), 0.3);
    const Metrics clear = Simulate(
        {{"transport", "path"}, {"sharding.policy", "threshold"}, {"traffic.datagrams", "1000"}});
    EXPECT_EQ(clear.at("shards.sent").value(), 0);
}

TEST(TunnelControl, SettlingIsCountedFromTheStep)
{
    const Set base = With(
        Loss("0.001"),
        {{"transport", "path"}, {"sharding.policy", "adaptive"}, {"traffic.datagrams", "3000"}});
    EXPECT_FALSE(Simulate(base).at("control.settling_s").has_value()) << "no step";
    const Metrics stepped =
        Simulate(With(base, {{"step.from", "8s"}, {"step.until", "18s"}, {"step.loss", "0.1"}}));
    EXPECT_GT(stepped.at("control.settling_s").value(), 0);
    EXPECT_LT(stepped.at("control.settling_s").value(), 5);
    // What is decided after the step's end does not count.
    EXPECT_GT(stepped.at("control.last_change_s").value(), 18);
}

TEST(TunnelControl, TwoPrioritiesAreCountedApart)
{
    const Set base = With(Loss("0.05"),
                          {{"traffic.flows", "4"},
                           {"traffic.bulk_flows", "1"},
                           {"traffic.datagrams", "400"},
                           {"sharding.policy", "none"}});
    const Metrics stack = Simulate(base);
    const Metrics path = Simulate(With(base, PATH));
    for (const char* name : {"datagrams.bulk_loss_ratio",
                             "datagrams.rest_loss_ratio",
                             "latency_sent.bulk_p99_ms",
                             "latency_sent.rest_p99_ms"})
    {
        EXPECT_EQ(stack.at(name), path.at(name)) << name;
    }
    const double all = path.at("datagrams.loss_ratio").value();
    EXPECT_NEAR((path.at("datagrams.bulk_loss_ratio").value() +
                 3 * path.at("datagrams.rest_loss_ratio").value()) /
                    4,
                all,
                1e-12);
    EXPECT_GT(all, 0.2); // 1 - 0.95^7 = 30 %
    EXPECT_EQ(Refusal({{"traffic.bulk_flows", "2"}}),
              "test: traffic.bulk_flows: '2': allowed: at most traffic.flows");
}

TEST(TunnelControl, OnlyAFlowsFirstDatagramsWait)
{
    const Set base = {{"transport", "path"},
                      {"sharding.shards", "8"},
                      {"traffic.flows", "4"},
                      {"traffic.datagrams", "400"}};
    const Metrics local = Simulate(base);
    const Metrics remote = Simulate(With(base, {{"tier.enabled", "true"}, {"tier.delay", "3ms"}}));
    EXPECT_EQ(remote.at("tier.asked").value(), 4);
    EXPECT_EQ(remote.at("latency.p50_ms"), local.at("latency.p50_ms"));
    const double wait = remote.at("latency.max_ms").value() - local.at("latency.max_ms").value();
    // There and back, and two messages of some hundred bytes at 1 Gbit/s.
    EXPECT_GT(wait, 6);
    EXPECT_LT(wait, 6.01);
}

TEST(TunnelControl, ATierThatDoesNotAnswer)
{
    // What has waited leaves at once.
    const Set silent = {{"transport", "path"},
                        {"sharding.shards", "8"},
                        {"topology.queue", "1000p"},
                        {"traffic.datagrams", "300"},
                        {"tier.enabled", "true"},
                        {"tier.down_from", "0s"}};
    const Metrics open = Simulate(silent);
    EXPECT_EQ(open.at("datagrams.delivered").value(), 300);
    EXPECT_EQ(open.at("shards.sent").value(), 0);
    EXPECT_GT(open.at("tier.failed").value(), 0);
    const Metrics closed = Simulate(With(silent, {{"tier.fail", "closed"}}));
    EXPECT_EQ(closed.at("datagrams.delivered").value(), 0);
    EXPECT_EQ(closed.at("datagrams.undecided").value(), 300);
}

TEST(TunnelControl, ATierThatFallsSilentIsNotMissedForALifetime)
{
    const Set later = {{"transport", "path"},
                       {"sharding.shards", "8"},
                       {"traffic.datagrams", "600"}, // 4.3 s
                       {"tier.enabled", "true"},
                       {"tier.down_from", "1s"},
                       {"tier.fail", "closed"}};
    EXPECT_EQ(Simulate(later).at("datagrams.delivered").value(), 600);
    const Metrics shorter = Simulate(With(later, {{"tier.lifetime", "2s"}}));
    EXPECT_GT(shorter.at("datagrams.undecided").value(), 200);
}

TEST(TunnelControl, AdaptiveSendsPlainWhereNothingIsLost)
{
    const Metrics m = Simulate(
        {{"transport", "path"}, {"sharding.policy", "adaptive"}, {"traffic.datagrams", "5000"}});
    EXPECT_EQ(m.at("datagrams.delivered").value(), 5000);
    // Plain IP is 1.0156 bytes for each of payload; eight shards and their headers are 1.04.
    EXPECT_LT(m.at("wire.overhead_ratio").value(), 1.035);
}

TEST(TunnelControl, AdaptiveDeliversInTimeWhereMuchIsLost)
{
    const Metrics m = Simulate(With(Loss("0.08", "4"),
                                    {{"transport", "path"},
                                     {"sharding.policy", "adaptive"},
                                     {"topology.delay", "12.5ms"},
                                     {"reassembly.timeout", "2s"},
                                     {"traffic.datagrams", "6000"}}));
    EXPECT_LT(m.at("latency_sent.p99_ms").value(), 30) << "a round trip more would be 75";
    EXPECT_LT(m.at("datagrams.loss_ratio").value(), 0.001);
    EXPECT_LT(m.at("wire.overhead_ratio").value(), 3);
}

TEST(TunnelControl, AdaptiveReactsToAStepAndToItsEnd)
{
    RunContext context;
    context.keepTimeline = true;
    const RunResult result = RunTunnel(With(Loss("0.001", "2"),
                                            {{"transport", "path"},
                                             {"sharding.policy", "adaptive"},
                                             {"step.from", "12s"},
                                             {"step.until", "24s"},
                                             {"step.loss", "0.08"},
                                             {"traffic.datagrams", "5000"}}),
                                       context);
    const auto column = [&](const char* name)
    {
        const auto& names = result.timeline.columns;
        return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) -
                                        names.begin());
    };
    const auto repairAt = [&](double time)
    {
        double repair = 0;
        for (const std::vector<double>& row : result.timeline.rows)
        {
            repair = row[0] <= time ? row[column("repair_shards")] : repair;
        }
        return repair;
    };
    EXPECT_LE(repairAt(11.9), 1);
    EXPECT_GE(repairAt(14), 4) << "two seconds after the step";
    EXPECT_LE(repairAt(30), 2) << "six seconds after its end";
}

TEST(TunnelControl, AdaptiveSpendsLittleOnBulk)
{
    const Set base = With(Loss("0.05", "2"),
                          {{"transport", "path"},
                           {"sharding.policy", "adaptive"},
                           {"reassembly.timeout", "2s"},
                           {"traffic.datagrams", "3000"}});
    EXPECT_GT(Simulate(base).at("wire.overhead_ratio").value(), 1.3);
    const Metrics bulk = Simulate(With(base, {{"traffic.dscp", "8"}}));
    EXPECT_LT(bulk.at("wire.overhead_ratio").value(), 1.3) << "1.2 and what is sent again";
    EXPECT_LT(bulk.at("datagrams.loss_ratio").value(), 0.01);
}

TEST(TunnelControl, ThresholdShardsOnlyWhileThereIsCongestion)
{
    const Set base = {{"transport", "path"},
                      {"sharding.policy", "threshold"},
                      {"traffic.datagrams", "3000"}};
    EXPECT_EQ(Simulate(base).at("shards.sent").value(), 0);
    const Metrics queued = Simulate(With(base,
                                         {{"congestion.load", "0.2"},
                                          {"step.from", "5s"},
                                          {"step.until", "12s"},
                                          {"step.congestion", "0.97"}}));
    EXPECT_GT(queued.at("shards.sent").value(), 1000);
    EXPECT_GE(queued.at("control.changes").value(), 2);
}

TEST(TunnelControl, AReceiverThatLiesIsFoundOut)
{
    const Metrics m = Simulate({{"transport", "path"},
                                {"sharding.policy", "adaptive"},
                                {"reassembly.lies", "true"},
                                {"control.patience", "1s"},
                                {"traffic.datagrams", "1000"}}); // 7.2 s
    EXPECT_EQ(m.at("control.silences").value(), 1);
    // All but those of the second until it is noticed; the first go plain, as nothing is announced.
    EXPECT_GT(m.at("datagrams.delivered").value(), 1000 - 145);
    EXPECT_LT(m.at("datagrams.delivered").value(), 1000 - 100);
}

TEST(TunnelControl, PacketsGoElsewhereAndTwice)
{
    for (const char* policy : {"none", "static", "adaptive"})
    {
        for (const char* transport : {"stack", "path"})
        {
            const Metrics m = Simulate({{"transport", transport},
                                        {"sharding.policy", policy},
                                        {"payload", "real"},
                                        {"rewrite.port", "77"},
                                        {"rewrite.replica_port", "78"},
                                        {"traffic.datagrams", "150"}});
            EXPECT_EQ(m.at("datagrams.delivered").value(), 150) << policy << " " << transport;
            EXPECT_EQ(m.at("datagrams.replicas").value(), 150) << policy << " " << transport;
        }
    }
}

TEST(TunnelControl, ContradictionsAreRefused)
{
    const auto expect = [](const Set& set, const std::string& key)
    { EXPECT_NE(Refusal(set).find(key), std::string::npos) << Refusal(set); };
    expect({{"sharding.policy", "adaptive"}, {"tier.enabled", "false"}}, "tier.enabled");
    expect({{"threshold.shard", "0.5"}, {"threshold.fec", "0.4"}}, "threshold.fec");
    expect({{"tier.down_until", "2s"}}, "tier.down_until");
    expect({{"tier.down_from", "2s"}, {"tier.down_until", "2s"}}, "tier.down_until");
    expect({{"step.loss", "0.1"}}, "step.loss");
    expect({{"step.from", "1s"}, {"step.loss", "0.1"}}, "step.loss");
    expect({{"step.from", "1s"}, {"step.until", "1s"}}, "step.until");
    expect({{"step.from", "1s"}, {"step.congestion", "0.5"}}, "step.congestion");
    expect({{"rewrite.replica_port", "9"}}, "rewrite.replica_port");
    expect({{"rewrite.port", "8"}, {"traffic.kind", "tcp"}}, "rewrite.port");
    expect({{"arq.enabled", "true"}, {"sharding.policy", "none"}}, "arq.enabled");
}

} // namespace
