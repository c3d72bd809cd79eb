// SPDX-License-Identifier: GPL-2.0-only
/*
 * When datagrams are released, from end to end, on both transports.
 * 1. in order, prediction gives up what is lost so that those behind it are not held back until
 *    the timeout; few of those would have come
 * 2. where nobody waits (any order, no requests, no parts) it changes nothing
 * 3. with requests it asks for what is overdue and not, after a silence, for what is not
 * 4. fronts of datagrams leave sooner than the whole; what is not completed is partial, not
 *    delivered
 * 5. with real payload, parts are compared with what was sent: the run does not fail
 * 6. no forecast, no value; a 90 % quantile covers about as much
 * 7. a bound on blocks costs datagrams and is kept
 * 8. what contradicts itself is refused with one line
 */
#include "scenarios/tunnel-scenario.h"

#include "ns3/simulator.h"

#include <gtest/gtest.h>
#include <map>

using namespace shardsim;

namespace
{

using Set = std::vector<std::pair<std::string, std::string>>;
using Metrics = std::map<std::string, std::optional<double>>;

Set
With(Set set, const Set& more)
{
    set.insert(set.end(), more.begin(), more.end());
    return set;
}

/// Four paths of 5, 15, 25 and 35 ms, eight shards.
const Set PATHS = {{"topology.paths", "4"},
                   {"topology.hops", "1"},
                   {"topology.spread", "2"},
                   {"sharding.shards", "8"},
                   {"traffic.datagrams", "2000"},
                   {"loss.model", "iid"},
                   {"loss.rate", "0.01"},
                   {"jitter.model", "exponential"},
                   {"jitter.mean", "500us"}};
const Set IN_ORDER = {{"reassembly.order", "in-order"}};
const Set PREDICTIVE = {{"reassembly.release", "predictive"}, {"predictor", "histogram"}};

class TunnelRelease : public testing::TestWithParam<const char*>
{
  protected:
    static Metrics Simulate(const Set& set)
    {
        const TunnelScenario scenario;
        Values values(scenario.Parameters());
        values.Set("transport", GetParam(), "test");
        for (const auto& [key, text] : set)
        {
            values.Set(key, text, "test");
        }
        scenario.Check(values);
        const RunResult result = scenario.Run(values, RunContext());
        return {result.metrics.begin(), result.metrics.end()};
    }
};

TEST_P(TunnelRelease, InOrderPredictionDoesNotHoldBackWhatIsBehindALostDatagram)
{
    Metrics complete = Simulate(With(PATHS, IN_ORDER));
    Metrics predictive = Simulate(With(With(PATHS, IN_ORDER), PREDICTIVE));
    // 1 - 0.99^8 = 7.7 % of the datagrams lack a shard, each holds back those of half a second.
    EXPECT_GT(*complete["latency.p90_ms"], 400);
    EXPECT_LT(*predictive["latency.p90_ms"], 60);
    EXPECT_GT(*predictive["reassembly.early"], 50);
    EXPECT_LE(*predictive["reassembly.early_wrong"], 0.1 * *predictive["reassembly.early"]);
    EXPECT_GE(*predictive["datagrams.delivered"], 0.99 * *complete["datagrams.delivered"]);
}

TEST_P(TunnelRelease, WhereNobodyWaitsPredictionChangesNothing)
{
    Metrics complete = Simulate(PATHS);
    Metrics predictive = Simulate(With(PATHS, PREDICTIVE));
    for (const char* metric : {"datagrams.delivered",
                               "latency.mean_ms",
                               "latency.max_ms",
                               "reassembly.timeouts",
                               "reassembly.early",
                               "shards.received"})
    {
        EXPECT_EQ(complete[metric], predictive[metric]) << metric;
    }
}

TEST_P(TunnelRelease, WhatIsOverdueIsAskedForWithoutWaitingForASilence)
{
    // A silence is longer than the way to the next path; prediction knows which one a shard takes.
    const Set arq =
        With(With(PATHS, IN_ORDER),
             {{"arq.enabled", "true"}, {"topology.rate", "10Mbps"}, {"traffic.rate", "20Mbps"}});
    Metrics complete = Simulate(arq);
    Metrics predictive =
        Simulate(With(arq, {{"reassembly.release", "predictive"}, {"predictor", "kalman"}}));
    EXPECT_LT(*predictive["latency.p99_ms"], 0.75 * *complete["latency.p99_ms"]);
    EXPECT_GE(*predictive["datagrams.delivered"], *complete["datagrams.delivered"]);
    // One in a hundred of 16000 shards is lost, and 2 % may be asked for needlessly: 480, and what
    // is learnt at the beginning. The silence is that of the way between two paths: few needless.
    EXPECT_LT(*predictive["arq.retransmissions"], 720);
    EXPECT_LT(*complete["arq.retransmissions"], 480);
}

TEST_P(TunnelRelease, FrontsLeaveSoonerAndWhatIsNotCompletedIsPartial)
{
    Metrics complete = Simulate(PATHS);
    Metrics partial = Simulate(With(PATHS, {{"reassembly.release", "partial"}}));
    EXPECT_EQ(partial["datagrams.delivered"], complete["datagrams.delivered"]);
    EXPECT_EQ(partial["latency.mean_ms"], complete["latency.mean_ms"]);
    EXPECT_GT(*partial["datagrams.partial"], 0);
    // All but those whose first shard is the one that lacks, about.
    EXPECT_LT(*partial["datagrams.partial"], *complete["reassembly.timeouts"]);
    EXPECT_GT(*partial["datagrams.partial"], 0.7 * *complete["reassembly.timeouts"]);
    // The first three shards are there after 25 ms, the whole after 35.
    EXPECT_GT(*partial["reassembly.partial_lead_ms"], 5);
    EXPECT_LT(*partial["reassembly.partial_lead_ms"], 35);
    EXPECT_EQ(*complete["datagrams.partial"], 0);
    EXPECT_FALSE(complete["reassembly.partial_lead_ms"]);
}

TEST_P(TunnelRelease, PartsOfRealPayloadAreWhatWasSent)
{
    const Set real = {{"payload", "real"}, {"traffic.datagrams", "500"}, {"loss.rate", "0.05"}};
    Metrics fronts = Simulate(With(With(PATHS, {{"reassembly.release", "partial"}}), real));
    EXPECT_GT(*fronts["datagrams.partial"], 0);
    Metrics holes = Simulate(
        With(With(With(PATHS, PREDICTIVE), {{"reassembly.accept_partial", "true"}}), real));
    EXPECT_GT(*holes["reassembly.early"], 0);
    EXPECT_GE(*holes["datagrams.partial"], *holes["reassembly.early"]);
}

TEST_P(TunnelRelease, ForecastsCoverAboutWhatTheySay)
{
    Metrics none = Simulate(PATHS);
    EXPECT_FALSE(none["predictor.mae_ms"]);
    EXPECT_FALSE(none["predictor.coverage90_ratio"]);
    // It learns without deciding anything.
    Metrics some = Simulate(With(PATHS, {{"predictor", "histogram"}}));
    EXPECT_EQ(some["latency.mean_ms"], none["latency.mean_ms"]);
    // 2000 shards: five standard deviations of the share are 3.4 %.
    EXPECT_NEAR(*some["predictor.coverage90_ratio"], 0.9, 0.034);
    EXPECT_LT(*some["predictor.mae_ms"], 3) << "as little as the jitter, about";
    // At 90 %, as by default, coverage is the same share.
    EXPECT_EQ(*some["predictor.coverage_ratio"], *some["predictor.coverage90_ratio"]);
    // The pinball loss at 50 % is half the distance.
    Metrics half =
        Simulate(With(PATHS, {{"predictor", "histogram"}, {"reassembly.score_level", "0.5"}}));
    EXPECT_NEAR(*half["predictor.pinball_ms"], *half["predictor.mae_ms"] / 2, 1e-6);
    EXPECT_NEAR(*half["predictor.coverage_ratio"], 0.5, 0.056);
    EXPECT_EQ(*half["predictor.coverage90_ratio"], *some["predictor.coverage90_ratio"]);
    EXPECT_FALSE(none["predictor.pinball_ms"]);
}

TEST_P(TunnelRelease, ABoundOnBlocksIsKeptAndCosts)
{
    Metrics free = Simulate(PATHS);
    Metrics bounded = Simulate(With(PATHS, {{"reassembly.blocks", "2"}}));
    EXPECT_GT(*bounded["reassembly.evictions"], 0);
    EXPECT_LT(*bounded["datagrams.delivered"], *free["datagrams.delivered"]);
    EXPECT_LE(*bounded["reassembly.open_mean"], 2);
}

INSTANTIATE_TEST_SUITE_P(Transports, TunnelRelease, testing::Values("stack", "path"));

TEST(TunnelReleaseRequests, ContradictionsAreRefusedWithOneLine)
{
    const std::vector<std::pair<Set, std::string>> bad = {
        {{{"reassembly.release", "predictive"}, {"predictor", "none"}}, "predictor"},
        {{{"reassembly.release", "sometimes"}}, "reassembly.release"},
        {{{"predictor", "oracle"}}, "predictor"},
        {{{"reassembly.release", "partial"}, {"reassembly.accept_partial", "false"}},
         "reassembly.accept_partial"},
        {{{"reassembly.accept_partial", "true"}}, "reassembly.accept_partial"},
        {{{"reassembly.confidence", "0.9"}}, "reassembly.confidence"},
        {{{"reassembly.score_level", "0.5"}}, "reassembly.score_level"},
        {{{"reassembly.release", "predictive"}, {"reassembly.confidence", "1"}},
         "reassembly.confidence"},
        {{{"reassembly.release", "predictive"}, {"reassembly.request_waste", "0.1"}},
         "reassembly.request_waste"},
        {{{"sharding.policy", "none"}, {"reassembly.release", "predictive"}}, "reassembly.release"},
        {{{"sharding.policy", "none"}, {"predictor", "ewma"}}, "predictor"},
        {{{"reassembly.blocks", "-1"}}, "reassembly.blocks"},
    };
    const TunnelScenario scenario;
    for (const auto& [set, key] : bad)
    {
        SCOPED_TRACE(key + " = " + set.back().second);
        try
        {
            Values values(scenario.Parameters());
            for (const auto& [name, text] : set)
            {
                values.Set(name, text, "test");
            }
            scenario.Check(values);
            ADD_FAILURE() << "accepted";
        }
        catch (const RequestError& error)
        {
            const std::string what = error.what();
            EXPECT_NE(what.find(key), std::string::npos) << what;
            EXPECT_EQ(what.find('\n'), std::string::npos) << what;
        }
    }
}

} // namespace
