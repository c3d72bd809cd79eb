// SPDX-License-Identifier: GPL-2.0-only
//
// Network traces: times of latencies and bits over constant pieces, by hand; the trace repeats;
// what is wrong in a file is refused with its place.

#include "ns3/content-models.h"
#include "ns3/content-network-trace.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <string>

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// 1 s at 1 Mbit/s and 100 ms, 1 s of nothing at 50 ms, 1 s at 4 Mbit/s without latency.
ContentNetworkTrace
ThreePieces()
{
    return ContentNetworkTrace({{Seconds(1), 1e6, MilliSeconds(100)},
                                {Seconds(1), 0, MilliSeconds(50)},
                                {Seconds(1), 4e6, Time(0)}});
}

std::string
Refusal(const std::string& text)
{
    try
    {
        ContentNetworkTrace::Parse("n.json", text);
    }
    catch (const ShardParseError& error)
    {
        return error.what();
    }
    return "";
}

} // namespace

TEST(ContentNetworkTrace, DeliversByTheBandwidthThatHolds)
{
    const ContentNetworkTrace trace = ThreePieces();
    EXPECT_EQ(trace.AfterBits(Time(0), 250000), MilliSeconds(250));
    // What is left at 1 s waits through the piece without bandwidth.
    EXPECT_EQ(trace.AfterBits(MilliSeconds(500), 700000), MilliSeconds(2050));
    EXPECT_EQ(trace.AfterBits(MilliSeconds(1500), 4000000), MilliSeconds(3000));
    EXPECT_EQ(trace.AfterBits(MilliSeconds(1500), 0), MilliSeconds(1500));
}

TEST(ContentNetworkTrace, BeginsAnewAtItsEnd)
{
    const ContentNetworkTrace trace = ThreePieces();
    // 5 Mbit a round of 3 s.
    EXPECT_EQ(trace.AfterBits(Time(0), 10e6 + 500000), MilliSeconds(6500));
    EXPECT_EQ(trace.AfterBits(Seconds(300), 500000), MilliSeconds(300500));
    EXPECT_EQ(&trace.At(Seconds(31)), &trace.Periods()[1]);
    EXPECT_DOUBLE_EQ(trace.MeanBandwidth(), 5e6 / 3);
}

TEST(ContentNetworkTrace, UsesALatencyUpAtTheRateThatHolds)
{
    const ContentNetworkTrace trace = ThreePieces();
    EXPECT_EQ(trace.AfterLatency(MilliSeconds(100)), MilliSeconds(200));
    // Half of it in the last 50 ms of the first piece, the other half at 50 ms for a whole one.
    EXPECT_EQ(trace.AfterLatency(MilliSeconds(950)), MilliSeconds(1025));
    // The rest at no latency takes no time.
    EXPECT_EQ(trace.AfterLatency(MilliSeconds(1990)), MilliSeconds(2000));
    EXPECT_EQ(trace.AfterLatency(MilliSeconds(2500)), MilliSeconds(2500));
}

TEST(ContentNetworkTrace, CountsTheBitsThatItDelivers)
{
    // Against a sum over small steps: where the one is right and the other is not, they differ.
    const ContentNetworkTrace trace = ThreePieces();
    std::mt19937 random(1);
    for (int i = 0; i < 200; ++i)
    {
        const int64_t from = random() % 10000;
        const int64_t to = from + random() % 10000;
        double bits = 0;
        for (int64_t ms = from; ms < to; ++ms)
        {
            const int64_t piece = ms / 1000 % 3;
            bits += piece == 0 ? 1000 : piece == 1 ? 0 : 4000;
        }
        ASSERT_NEAR(trace.BitsBetween(MilliSeconds(from), MilliSeconds(to)), bits, 1e-3);
        const Time end = trace.AfterBits(MilliSeconds(from), bits);
        ASSERT_NEAR(trace.BitsBetween(MilliSeconds(from), end), bits, 1e-2);
        ASSERT_LE(end, MilliSeconds(to) + NanoSeconds(1));
    }
}

TEST(ContentNetworkTrace, SaysWhereAFileIsWrong)
{
    EXPECT_EQ(Refusal("{}"), "n.json: is a JSON object, expected is a list of periods");
    EXPECT_EQ(Refusal("[]"), "n.json: has 0 entries, allowed are 1 to 10000000 periods");
    EXPECT_EQ(Refusal("[{\"duration_ms\": 1, \"bandwidth_kbps\": 2}]"),
              "n.json: [0]: has no \"latency_ms\", which is needed");
    EXPECT_EQ(Refusal("[{\"duration_ms\": 0, \"bandwidth_kbps\": 2, \"latency_ms\": 1}]"),
              "n.json: [0].duration_ms: is 0, allowed is 0.001 to 1e+09");
    EXPECT_EQ(Refusal("[{\"duration_ms\": 9, \"bandwidth_kbps\": 0, \"latency_ms\": 1}]"),
              "n.json: has hardly any bandwidth, expected is a mean bandwidth_kbps of 1 or more");
    EXPECT_EQ(Refusal("[{\"duration_ms\": 9, \"bandwidth_kbps\": 5, \"latency_ms\": 1}"),
              "n.json:1: ends in the middle, expected is the rest of the JSON text");
}

TEST(ContentNetworkTrace, OfTheModelHasItsMeanAndItsMemory)
{
    ContentBandwidthModel model;
    model.period = Seconds(1);
    model.latency = MilliSeconds(20);
    model.periods = 20000;
    const ContentNetworkTrace trace = MakeVariableNetwork(model, 7);
    EXPECT_NEAR(trace.MeanBandwidth(), 5e6, 1);
    // The logarithm's deviation and correlation. 20,000 values with a memory of 0.9 are worth about
    // 1,000 independent ones: deviations of these estimates of about 0.011 and 0.003, and the
    // bounds are four of them or more. The seed is fixed.
    double sum = 0;
    double squares = 0;
    double products = 0;
    double before = 0;
    for (const auto& period : trace.Periods())
    {
        sum += std::log(period.bandwidth);
    }
    const double mean = sum / 20000;
    for (const auto& period : trace.Periods())
    {
        const double log = std::log(period.bandwidth) - mean;
        squares += log * log;
        products += log * before;
        before = log;
    }
    EXPECT_NEAR(std::sqrt(squares / 20000), 0.5, 0.05);
    EXPECT_NEAR(products / squares, 0.9, 0.015);
}
