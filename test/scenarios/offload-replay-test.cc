// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scenario `offload` with requests from a file.
 * 1. a trace, or a window of it, and a series are replayed; broken files are refused with file and
 *    line
 * 2. while reads are held back nothing is asked for ahead; what no order of service could be below
 *    is as computed by hand
 * 3. what all prefetch buffers have together goes to who reads
 */
#include "offload-simulate.h"
#include "scenarios/offload-load.h"
#include "temporary-folder.h"

#include "ns3/rng-seed-manager.h"

#include <cmath>
#include <fstream>
#include <gtest/gtest.h>
#include <set>

using namespace shardsim;

namespace
{

TEST(OffloadReplay, ATraceIsReplayedAtTheLoadThatIsAskedFor)
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

TEST(OffloadReplay, AWindowOfATraceIsDrawnForEachRunAndHasTheLoadThatIsAskedFor)
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

TEST(OffloadReplay, WhileReadsAreHeldBackNothingIsAskedForAhead)
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

TEST(OffloadReplay, PrefetchBuffersShareWhatTheyHaveTogether)
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

TEST(OffloadReplay, BrokenFilesAreRefusedWithFileLineAndWhatWasExpected)
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

} // namespace
