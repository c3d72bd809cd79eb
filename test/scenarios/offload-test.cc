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
 * 7. a trace, or a window of it, and a series are replayed; broken files are refused with file and
 *    line
 * 8. a PCIe link delays messages by what its packets take
 * 9. reads that are held back are not dropped, and take as long as the line needs; meanwhile
 * nothing is asked for ahead; what no order of service could be below is as computed by hand
 */
#include "scenarios/offload-load.h"
#include "scenarios/offload-replay.h"
#include "scenarios/offload-scenario.h"
#include "temporary-folder.h"

#include "ns3/rng-seed-manager.h"

#include <cmath>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <numeric>
#include <set>

using namespace shardsim;

namespace
{

using Set = std::vector<std::pair<std::string, std::string>>;
using Metrics = std::map<std::string, std::optional<double>>;

Values
Make(const Set& set)
{
    static const OffloadScenario scenario;
    Values values(scenario.Parameters());
    for (const auto& [key, text] : set)
    {
        values.Set(key, text, "test");
    }
    return values;
}

Metrics
Simulate(Set set)
{
    const OffloadScenario scenario;
    const Values values = Make(set);
    scenario.Check(values);
    const RunResult result = RunChecked(scenario, values, RunContext());
    Metrics metrics(result.metrics.begin(), result.metrics.end());
    metrics.erase("sim.wall_s");
    return metrics;
}

Set
With(Set set, const Set& more)
{
    set.insert(set.end(), more.begin(), more.end());
    return set;
}

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

TEST(Offload, ATraceIsReplayedAtTheLoadThatIsAskedFor)
{
    const TemporaryFolder folder;
    const std::string file = folder.File("trace.csv");
    std::ofstream(file) << "time,function,offset,bytes,op\n0,0,0,4096,read\n"
                           "1,1,4096,200000,write\n2,0,8192,4096,read\n";
    const auto plans = MakeOffloadLoad(Make({{"functions.mix", "trace"},
                                             {"functions.file", file},
                                             {"functions.count", "2"},
                                             {"functions.load", "0.1"}}));
    ASSERT_EQ(plans[0].requests.size(), 2);
    // 200000 = 2 x 89600 + 20800.
    ASSERT_EQ(plans[1].requests.size(), 3);
    EXPECT_EQ(plans[1].requests[2].bytes, 20800);
    EXPECT_TRUE(plans[1].requests[0].isWrite);
    // 4096 B: 3 chunks; 200000 B: 143. 70 B more each, at 10 Mbit/s.
    const double lasts = (2 * (4096 + 3 * 70) + 200000 + 143 * 70) * 8 / 10e6;
    EXPECT_NEAR(static_cast<double>(plans[0].requests[1].atNs), lasts * 1e9, 2);
}

TEST(Offload, AWindowOfATraceIsDrawnForEachRunAndHasTheLoadThatIsAskedFor)
{
    const TemporaryFolder folder;
    const std::string file = folder.File("trace.csv");
    std::ofstream out(file);
    out << "time,function,offset,bytes,op\n";
    for (int i = 0; i < 1000; ++i)
    {
        // Ever faster, so that the load of a window is not that of the whole.
        out << 100 * std::sqrt(i) << ",0," << i << ",1400,read\n";
    }
    out.close();
    const auto plan = [&](uint64_t run, const char* window)
    {
        ns3::RngSeedManager::SetSeed(1);
        ns3::RngSeedManager::SetRun(run);
        return MakeOffloadLoad(Make({{"functions.mix", "trace"},
                                     {"functions.file", file},
                                     {"functions.count", "1"},
                                     {"functions.load", "0.5"},
                                     {"functions.window", window},
                                     {"duration", "1h"}}))[0]
            .requests;
    };
    std::set<uint64_t> begins;
    for (uint64_t run = 1; run <= 20; ++run)
    {
        const auto requests = plan(run, "50");
        ASSERT_EQ(requests.size(), 50);
        EXPECT_EQ(requests.front().atNs, 0);
        EXPECT_EQ(requests.back().offset, requests.front().offset + 49) << "in a row";
        // 50 x 1470 bytes at half of 100 Mbit/s.
        EXPECT_NEAR(static_cast<double>(requests.back().atNs), 50 * 1470 * 8 / 50e6 * 1e9, 2);
        begins.insert(requests.front().offset);
        EXPECT_EQ(plan(run, "50").front().offset, requests.front().offset);
    }
    EXPECT_GT(begins.size(), 10U); // of 951 places, 20 drawn
    EXPECT_EQ(plan(1, "0").size(), 1000);
    EXPECT_EQ(plan(1, "5000").size(), 1000);
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

TEST(Offload, WhileReadsAreHeldBackNothingIsAskedForAhead)
{
    // 20 reads at once, then ten, after a quarter of the time that all of them take the line.
    const TemporaryFolder folder;
    const std::string file = folder.File("batch.csv");
    std::ofstream out(file);
    out << "time,function,offset,bytes,op\n";
    for (int i = 0; i < 20; ++i)
    {
        out << "0,0," << i * 1000000 << ",65536,read\n";
    }
    for (int i = 0; i < 10; ++i)
    {
        out << "1,1," << i * 4096 << ",4096,read\n";
    }
    out.close();
    const Set set = {{"topology.bottleneck", "storage"},
                     {"functions.mix", "trace"},
                     {"functions.file", file},
                     {"functions.load", "4"},
                     {"buffer.total", "2MiB"},
                     {"prefetch.model", "next-block"},
                     {"prefetch.depth", "1"}};
    Metrics with = Simulate(With(set, {{"shaping.window", "64KiB"}}));
    EXPECT_EQ(*with["shaping.held"], 29) << "all but the first";
    EXPECT_EQ(*with["prefetch.asked"], 1) << "after the first";
    Metrics without = Simulate(set);
    EXPECT_GT(*without["prefetch.asked"], 20);

    // A message for each 1400 bytes, with 70 of headers. None of 30 requests is above p99, and the
    // last of the first batch, whichever it is, ends with all of it.
    const double bits = 20 * (65536 + 47 * 70) * 8;
    EXPECT_NEAR(*with["latency.floor_ms"], bits / 100e6 * 1e3, 1e-5);
    EXPECT_GT(*with["latency.p99_ms"], *with["latency.floor_ms"]);
}

TEST(Offload, PrefetchBuffersShareWhatTheyHaveTogether)
{
    // Function 0 reads ten blocks in a row, then function 1 ten of its own, then 0 the next ten;
    // what lies behind is read ahead, and there is time for it.
    const TemporaryFolder folder;
    const std::string file = folder.File("turns.csv");
    std::ofstream out(file);
    out << "time,function,offset,bytes,op\n";
    for (int i = 0; i < 30; ++i)
    {
        const int function = i / 10 % 2;
        const int block = i % 10 + (i >= 20 ? 10 : 0) + 1000 * function;
        out << i << ',' << function << ',' << block * 4096 << ",4096,read\n";
    }
    out.close();
    const Set set = {{"functions.mix", "trace"},
                     {"functions.file", file},
                     {"functions.load", "0.01"},
                     {"prefetch.model", "next-block"},
                     {"prefetch.depth", "4"},
                     {"prefetch.lifetime", "1h"},
                     {"prefetch.memory", "16KiB"}};
    // Each has room for four: misses are the first of 0 and of 1.
    EXPECT_NEAR(*Simulate(set)["prefetch.coverage_ratio"], 28.0 / 30, 1e-9);
    EXPECT_EQ(*Simulate(set)["prefetch.wasted_bytes"], 8 * 4096) << "four beyond the last of each";
    // Both together have room for four: those of 0 make way for those of 1, and the other way.
    const Set four = With(set, {{"prefetch.total", "16KiB"}});
    EXPECT_NEAR(*Simulate(four)["prefetch.coverage_ratio"], 27.0 / 30, 1e-9);
    EXPECT_EQ(*Simulate(four)["prefetch.wasted_bytes"], 12 * 4096);
    // Room for eight is enough.
    const Set eight = With(set, {{"prefetch.total", "32KiB"}});
    EXPECT_EQ(Simulate(eight), Simulate(set));
    EXPECT_EQ(*Simulate(With(set, {{"prefetch.total", "4095B"}}))["prefetch.asked"], 0);
}

TEST(Offload, BrokenFilesAreRefusedWithFileLineAndWhatWasExpected)
{
    const TemporaryFolder folder;
    const std::string file = folder.File("broken.csv");
    const auto refusal = [&](const std::string& mix, const std::string& text) -> std::string
    {
        std::ofstream(file) << text;
        try
        {
            OffloadScenario().Check(Make({{"functions.mix", mix}, {"functions.file", file}}));
        }
        catch (const RequestError& error)
        {
            return error.what();
        }
        return "";
    };
    const std::string head = "time,function,offset,bytes,op\n";
    EXPECT_EQ(refusal("trace", head + "0,0,0,512,read\n"), "");
    for (const char* line : {"0,0,0,512",
                             "x,0,0,512,read",
                             "0,8,0,512,read",
                             "0,-1,0,512,read",
                             "0,0,0,0,read",
                             "0,0,0,512,seek",
                             "0,0,0.5,512,read",
                             "nan,0,0,512,read",
                             ",,,,"})
    {
        const std::string said = refusal("trace", head + "0,0,0,512,read\n" + line + "\n");
        EXPECT_NE(said.find("broken.csv:3: '"), std::string::npos) << line << ": " << said;
        EXPECT_NE(said.find("expected: "), std::string::npos) << said;
    }
    EXPECT_NE(refusal("trace", head + "1,0,0,512,read\n0,0,0,512,read\n").find(":3:"),
              std::string::npos);
    EXPECT_NE(refusal("trace", "a,b\n").find(":1:"), std::string::npos);
    EXPECT_NE(refusal("trace", "").find("is empty"), std::string::npos);
    EXPECT_NE(refusal("trace", head).find("no request"), std::string::npos);
    const std::string scsi = "version,time,op,size,lbn\n";
    EXPECT_EQ(refusal("trace", scsi + "1,5,2a,512,1\n1,5,28,512,2\n"), "");
    EXPECT_NE(refusal("trace", scsi + "1,5,35,512,1\n").find(":2:"), std::string::npos);
    EXPECT_EQ(refusal("series", "timestamp,value\n0,1\n1,2\n"), "");
    EXPECT_NE(refusal("series", "timestamp,value\n0,1\n1,-2\n").find(":3:"), std::string::npos);
    EXPECT_NE(refusal("series", "timestamp,value\n0,0\n").find("no value"), std::string::npos);
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
