// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scenario `offload`, from end to end. Every run asserts conservation by itself.
 * 1. with every queue disc, all requests are answered, and the same seed gives the same result
 * 2. what is asked for does not depend on the disc
 * 3. an idle system has the latency that its links and its storage have
 *    also where the storage's port is the bottleneck
 * 4. prefetching: an oracle covers nearly all reads and wastes nothing; without it there is none
 * 5. a fault is detected, in the function that has it
 * 6. a timeline has a row an interval
 * 7. a PCIe link delays messages by what its packets take
 * 8. reads that are held back are not dropped, and take as long as the line needs
 */
#include "offload-simulate.h"
#include "scenarios/offload-load.h"

#include "ns3/rng-seed-manager.h"

#include <gtest/gtest.h>
#include <numeric>

using namespace shardsim;

namespace
{

const Set SHORT = {{"duration", "500ms"}};

class OffloadDisc : public testing::TestWithParam<const char*>
{
};

TEST_P(OffloadDisc, AnswersAllRequestsAndTheSameSeedGivesTheSameResult)
{
    const Set set = With(SHORT, {{"disc", GetParam()}});
    Metrics first = Simulate(set);
    EXPECT_GT(*first["requests.issued"], 300);
    EXPECT_EQ(*first["requests.done"], *first["requests.issued"]);
    EXPECT_GT(*first["drops.packets"], 0) << "this load makes the buffer full";
    EXPECT_LE(*first["buffer.peak_bytes"], 256 * 1024 + 1500);
    EXPECT_EQ(Simulate(set), first);
}

INSTANTIATE_TEST_SUITE_P(All,
                         OffloadDisc,
                         testing::Values("offload",
                                         "fifo",
                                         "pfifo-fast",
                                         "prio",
                                         "tbf",
                                         "fq-codel",
                                         "fq-cobalt",
                                         "fq-pie"));

TEST(Offload, RequestsDoNotDependOnTheDisc)
{
    const auto plans = [](const char* disc)
    {
        ns3::RngSeedManager::SetSeed(1);
        ns3::RngSeedManager::SetRun(1);
        return MakeOffloadLoad(Make({{"disc", disc}, {"functions.mix", "bursty"}}));
    };
    const auto one = plans("fifo");
    const auto two = plans("offload");
    ASSERT_EQ(one.size(), two.size());
    for (std::size_t i = 0; i < one.size(); ++i)
    {
        ASSERT_EQ(one[i].requests.size(), two[i].requests.size());
        for (std::size_t j = 0; j < one[i].requests.size(); ++j)
        {
            ASSERT_EQ(one[i].requests[j].atNs, two[i].requests[j].atNs);
            ASSERT_EQ(one[i].requests[j].offset, two[i].requests[j].offset);
        }
    }
}

TEST(Offload, EveryMixHasTheLoadThatIsAskedFor)
{
    for (const char* mix : {"poisson", "periodic", "diurnal", "bursty"})
    {
        const Values values = Make({{"duration", "60s"},
                                    {"functions.mix", mix},
                                    {"functions.load", "0.5"},
                                    {"functions.small", "1400"},
                                    {"functions.bulk", "14000"}});
        double bytes = 0;
        for (const OffloadFunctionPlan& plan : MakeOffloadLoad(values))
        {
            int64_t last = 0;
            for (const OffloadPlannedRequest& request : plan.requests)
            {
                ASSERT_GE(request.atNs, last);
                last = request.atNs;
                bytes += request.bytes / 1400.0 * 1470;
            }
        }
        // 60 s at half of 100 Mbit/s. Bursty has some 300 bursts a function, 8 functions: the
        // deviation is about 3 %; 15 % are five of them.
        EXPECT_NEAR(bytes / (60 * 50e6 / 8), 1, 0.15) << mix;
    }
}

TEST(Offload, AnIdleSystemHasTheLatencyOfLinksAndStorage)
{
    Metrics metrics = Simulate({{"functions.count", "1"},
                                {"functions.mix", "poisson"},
                                {"functions.load", "0.001"},
                                {"functions.reads", "1"},
                                {"functions.small", "1400"},
                                {"duration", "10s"}});
    // 2 x (1 ms + 1 us + 1 us) on the way, 200 us of the storage, 1470 B at 100 Mbit/s 117.6 us, at
    // 1 Gbit/s 11.76 us, at 8 Gbit/s 1.47 us, its data at 8 Gbit/s 1.4 us; a request has 70 B:
    // twice 0.56 us and once 0.07 us.
    EXPECT_NEAR(*metrics["latency.p50_ms"],
                2.004 + 0.2 + 0.1176 + 0.01176 + 0.00147 + 0.0014 + 0.00112 + 0.00007,
                0.0001);
    EXPECT_EQ(*metrics["requests.retries"], 0);
}

TEST(Offload, AnOracleCoversNearlyAllReadsAndWastesNothing)
{
    const Set set = With(SHORT, {{"functions.load", "0.3"}, {"storage.latency", "5ms"}});
    Metrics none = Simulate(set);
    Metrics oracle = Simulate(With(set, {{"prefetch.model", "oracle"}}));
    EXPECT_FALSE(none["prefetch.coverage_ratio"]);
    EXPECT_GT(*oracle["prefetch.coverage_ratio"], 0.9);
    EXPECT_LT(*oracle["latency.p50_ms"], *none["latency.p50_ms"] - 1);
    EXPECT_GT(*oracle["prefetch.accuracy_ratio"], 0.9);
}

TEST(Offload, AFloodIsDetectedInItsFunction)
{
    const Set set = {{"functions.mix", "poisson"},
                     {"functions.load", "0.4"},
                     {"forecast.model", "ewma"},
                     {"duration", "4s"},
                     {"anomaly.detector", "ewma"},
                     {"anomaly.from", "3s"}};
    Metrics quiet = Simulate(set);
    Metrics flood = Simulate(With(set, {{"anomaly.kind", "flood"}, {"anomaly.factor", "8"}}));
    EXPECT_FALSE(quiet["anomaly.detected"]);
    EXPECT_EQ(*flood["anomaly.detected"], 1);
    EXPECT_LT(*flood["anomaly.delay_s"], 0.2);
    EXPECT_GT(*flood["requests.issued"], *quiet["requests.issued"]);
}

TEST(Offload, APcieLinkDelaysByWhatItsPacketsTake)
{
    // One request of one message of 1400 bytes at a time.
    const Set set = With(SHORT,
                         {{"functions.mix", "poisson"},
                          {"functions.count", "1"},
                          {"functions.small", "1400"},
                          {"functions.reads", "1"},
                          {"functions.load", "0.001"}});
    Metrics without = Simulate(set);
    Metrics with = Simulate(With(set, {{"topology.pcie_lanes", "4"}}));
    EXPECT_EQ(with["requests.done"], without["requests.done"]);
    EXPECT_FALSE(without["pcie.line_bytes"]);
    // The request is written: 64 bytes. Its answer of 1440 is read by three reads (24 each), of
    // which the last one (416) is asked for when two have taken the line; it is back as six
    // completions (20 each), the first when the host has read 512 bytes, the others behind it.
    const double lane = 4e9 * 128 / 130;
    const double way = 150e-9;
    const double host = 400e-9;
    const double write = 64 / lane + way + host;
    const double read = 24 / lane + 2 * way + host + (1440 + 6 * 20) / lane;
    EXPECT_NEAR(*with["latency.p50_ms"] - *without["latency.p50_ms"], (write + read) * 1e3, 2e-6);
}

TEST(Offload, ReadsThatAreHeldBackAreNotDropped)
{
    // Twice what the line carries, for half a second: a backlog of 50 Mbit, a memory of 2.
    for (const char* disc : {"offload", "fifo"})
    {
        const Set set = With(SHORT,
                             {{"disc", disc},
                              {"topology.bottleneck", "storage"},
                              {"functions.mix", "poisson"},
                              {"functions.load", "2"},
                              {"functions.reads", "1"}});
        Metrics without = Simulate(set);
        Metrics with = Simulate(With(set, {{"shaping.window", "128KiB"}}));
        EXPECT_GT(*without["drops.packets"], 100) << disc;
        EXPECT_EQ(*with["drops.packets"], 0) << disc;
        EXPECT_EQ(*with["requests.duplicates"], 0) << disc;
        EXPECT_EQ(*with["requests.done"], *with["requests.issued"]) << disc;
        EXPECT_GT(*with["shaping.held"], 100) << disc;
        EXPECT_GT(*with["shaping.absorbed"], 0) << "clients lose patience, " << disc;
        // All that is asked for in 0.5 s takes the line 1 s. Some 90 bulk requests deviate by a
        // tenth, which is 100 ms: two of these.
        EXPECT_NEAR(*with["latency.max_ms"], 500, 200) << disc;
        EXPECT_FALSE(without["shaping.held"]) << disc;
    }
}

TEST(Offload, WhatContradictsItselfIsRefused)
{
    const OffloadScenario scenario;
    EXPECT_THROW(scenario.Check(Make({{"functions.mix", "trace"}})), RequestError);
    EXPECT_THROW(scenario.Check(Make({{"functions.window", "5"}})), RequestError);
    EXPECT_THROW(scenario.Check(Make({{"shaping.window", "1MiB"}})), RequestError);
    EXPECT_THROW(scenario.Check(Make({{"anomaly.kind", "stall"}, {"anomaly.function", "9"}})),
                 RequestError);
}

TEST(Offload, ReadingAheadServesReadsAtOnceAndTakesNothingFromOthersWhereItIsServedLast)
{
    const Set set = {{"duration", "1s"},
                     {"topology.bottleneck", "storage"},
                     {"topology.delay", "10us"},
                     {"topology.host_delay", "1ms"},
                     {"functions.mix", "poisson"},
                     {"functions.reads", "1"},
                     {"buffer.total", "1MiB"},
                     {"prefetch.depth", "64"},
                     {"prefetch.window", "16KiB"}};
    Metrics none = Simulate(set);
    Metrics ahead = Simulate(With(set, {{"prefetch.model", "oracle"}}));
    EXPECT_GT(*ahead["prefetch.coverage_ratio"], 0.9);
    // All that was asked for ahead is read, so that the line carries no more than without.
    EXPECT_GT(*ahead["prefetch.accuracy_ratio"], 0.9);
    // 64 KiB take 5.4 ms on the bottleneck, and 0.5 ms from the engine on.
    EXPECT_GT(*none["latency.bulk.p50_ms"], 7.6);
    EXPECT_LT(*ahead["latency.bulk.p50_ms"], 1);
    EXPECT_LT(*ahead["latency.p99_ms"], 0.5 * *none["latency.p99_ms"]);
    EXPECT_EQ(Simulate(With(set, {{"prefetch.model", "oracle"}})), ahead);
}

TEST(Offload, WithTheStorageAsBottleneckAnIdleSystemHasTheLatencyOfItsLinks)
{
    Metrics metrics = Simulate({{"functions.count", "1"},
                                {"topology.bottleneck", "storage"},
                                {"functions.mix", "poisson"},
                                {"functions.load", "0.001"},
                                {"functions.reads", "1"},
                                {"functions.small", "1400"},
                                {"duration", "10s"}});
    // As with the bottleneck at the clients, but the answer is on the links, one of 100 Mbit/s and
    // two of 1 Gbit/s (not one, and one of 8 Gbit/s), one after the other.
    EXPECT_NEAR(*metrics["latency.p50_ms"],
                2.004 + 0.2 + 0.1176 + 2 * 0.01176 + 0.0014 + 0.00112 + 0.00007,
                0.0001);
}

TEST(Offload, ATimelineHasARowAnIntervalAndPlansThatAreAllOfTheMemory)
{
    const OffloadScenario scenario;
    const Values values = Make({{"duration", "300ms"}, {"buffer.total", "200000"}});
    RunContext context;
    context.keepTimeline = true;
    const Timeline timeline = RunChecked(scenario, values, context).timeline;
    ASSERT_EQ(timeline.columns.size(), 6U + 8);
    EXPECT_EQ(timeline.columns[6], "plan_0_kib");
    ASSERT_GT(timeline.rows.size(), 25U);
    double last = 0;
    for (const std::vector<double>& row : timeline.rows)
    {
        ASSERT_EQ(row.size(), timeline.columns.size());
        // 10 ms, or the pause that an engine without traffic makes.
        EXPECT_GT(row[0], last);
        last = row[0];
        EXPECT_NEAR(std::accumulate(row.begin() + 6, row.end(), 0.0), 200000 / 1024.0, 1e-6);
    }
}

} // namespace
