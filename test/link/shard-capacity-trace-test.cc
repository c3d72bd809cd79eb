// SPDX-License-Identifier: GPL-2.0-only

/**
 * @file
 * Capacity traces without a network. Proved here:
 * 1. the parser takes mahimahi's format and refuses the rest with file, line and what is allowed;
 * 2. cases of service typed by hand;
 * 3. the server agrees with a simulation of mahimahi's loop, millisecond by millisecond, that
 *    shares no code with it, over random traces and arrivals;
 * 4. the traces that the project ships, and real ones where SHARDING_DATA names their folder, are
 *    read and deliver exactly their capacity under saturation.
 */

#include "ns3/shard-capacity-trace.h"

#include <cstdint>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using ns3::sharding::ShardCapacityServer;
using ns3::sharding::ShardCapacityTrace;

namespace
{

constexpr int64_t MS = 1000000;

std::shared_ptr<const ShardCapacityTrace>
TraceOf(const std::string& text)
{
    std::istringstream in(text);
    std::string why;
    auto trace = ShardCapacityTrace::Parse(in, "typed", &why);
    EXPECT_TRUE(trace) << why;
    return std::make_shared<const ShardCapacityTrace>(*trace);
}

/// Times in whole milliseconds for cases typed by hand.
class Server
{
  public:
    explicit Server(const std::string& text, double startMs = 0)
        : m_server(TraceOf(text), MicroSeconds(static_cast<int64_t>(startMs * 1000)))
    {
    }

    double operator()(double nowMs, uint32_t bytes)
    {
        const Time now = MicroSeconds(static_cast<int64_t>(nowMs * 1000));
        return static_cast<double>(m_server.Serve(now, bytes).GetNanoSeconds()) / MS;
    }

  private:
    ShardCapacityServer m_server;
};

TEST(ShardCapacityTraceTest, ReadsTimesCommentsAndBlankLines)
{
    const auto trace = TraceOf("# a comment\n0\n\n 3 \n3\t\r\n  # another\n4294967295");
    EXPECT_EQ(trace->Opportunities(), (std::vector<uint32_t>{0, 3, 3, 4294967295U}));
    EXPECT_EQ(trace->PeriodMs(), 4294967295U);
    // mm-link's own example: a trace of just "1" is 12 Mbit/s.
    EXPECT_DOUBLE_EQ(TraceOf("1")->MeanRate(), 12e6);
    EXPECT_DOUBLE_EQ(TraceOf("0\n5\n10\n")->MeanRate(), 3.6e6);
}

TEST(ShardCapacityTraceTest, RefusesTheRestWithFileLineAndWhatIsAllowed)
{
    const std::string number =
        ", allowed is one whole number of milliseconds a line, 0 to 4294967295";
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "f:1: no time in the trace" + number},
        {"# only\n\n", "f:2: no time in the trace" + number},
        {"0\n0\n\n", "f:2: last time is 0, allowed is 1 ms or more (it is the trace's period)"},
        {"1\nx\n", "f:2: bad time \"x\"" + number},
        {"-1\n", "f:1: bad time \"-1\"" + number},
        {"+1\n", "f:1: bad time \"+1\"" + number},
        {"1.5\n", "f:1: bad time \"1.5\"" + number},
        {"1 2\n", "f:1: bad time \"1 2\"" + number},
        {"0x10\n", "f:1: bad time \"0x10\"" + number},
        {"7 # why\n", "f:1: bad time \"7 # why\"" + number},
        {"4294967296\n", "f:1: bad time \"4294967296\"" + number},
        {std::string("1\n2\0003\n", 6), "f:2: bad time \"2?3\"" + number},
        {"1\n\x1b[31mred\n", "f:2: bad time \"?[31mred\"" + number},
        {std::string(200, '7'), "f:1: bad time \"" + std::string(30, '7') + "...\"" + number},
        {"1\n" + std::string(256, '7'), "f:2: line of more than 255 characters" + number},
        {"1\n" + std::string(100000, ' ') + "\n", "f:2: line of more than 255 characters" + number},
        {"5\n6\n\n4\n", "f:4: time 4 goes back, allowed is 6 ms (the time before it) or more"},
    };
    for (const auto& [text, expected] : cases)
    {
        std::istringstream in(text);
        std::string why;
        EXPECT_FALSE(ShardCapacityTrace::Parse(in, "f", &why)) << expected;
        EXPECT_EQ(why, expected);
        std::istringstream again(text);
        EXPECT_FALSE(ShardCapacityTrace::Parse(again, "f")) << "without a reason too";
    }
}

TEST(ShardCapacityTraceTest, SaysWhichFileCannotBeRead)
{
    std::string why;
    EXPECT_FALSE(ShardCapacityTrace::Load("/nonexistent/a.trace", &why));
    EXPECT_EQ(why,
              "/nonexistent/a.trace: cannot be opened (No such file or directory), allowed is a "
              "readable file");
    const auto folder = std::filesystem::temp_directory_path().string();
    EXPECT_FALSE(ShardCapacityTrace::Load(folder, &why));
    EXPECT_EQ(why, folder + ": cannot be read, allowed is a readable text file");
}

TEST(ShardCapacityServerTest, OneFullPacketTakesOneOpportunity)
{
    Server serve("5\n5\n7\n20\n");
    EXPECT_EQ(serve(0, 1500), 5);
    EXPECT_EQ(serve(5, 1500), 5) << "a second opportunity of the same millisecond";
    EXPECT_EQ(serve(5, 1500), 7);
    EXPECT_EQ(serve(7, 1500), 20);
    EXPECT_EQ(serve(20, 1500), 25) << "the trace repeats after its last time";
    EXPECT_EQ(serve(25, 1500), 25);
    EXPECT_EQ(serve(25, 1500), 27);
    EXPECT_EQ(serve(27, 1500), 40);
}

TEST(ShardCapacityServerTest, ZeroIsAnOpportunityOfEveryPeriod)
{
    Server serve("0\n10\n");
    EXPECT_EQ(serve(0, 1500), 10) << "who comes at 0 has missed the one at 0";
    EXPECT_EQ(serve(10, 1500), 10) << "the next period's 0 is this period's 10";
    EXPECT_EQ(serve(10, 1500), 20);
}

TEST(ShardCapacityServerTest, SmallPacketsThatWaitShareAnOpportunity)
{
    Server serve("10\n");
    EXPECT_EQ(serve(1, 500), 10);
    EXPECT_EQ(serve(10, 500), 10);
    EXPECT_EQ(serve(10, 499), 10);
    EXPECT_EQ(serve(10, 1), 10);
    EXPECT_EQ(serve(10, 1), 20) << "1500 bytes are used up";
    EXPECT_EQ(serve(20, 1499), 20);
    EXPECT_EQ(serve(20, 2), 30);
}

TEST(ShardCapacityServerTest, WhatDoesNotFitGoesOnInTheNextOpportunity)
{
    Server serve("10\n");
    EXPECT_EQ(serve(0, 1000), 10);
    EXPECT_EQ(serve(10, 1000), 20) << "500 bytes at 10, 500 at 20";
    EXPECT_EQ(serve(20, 1000), 20) << "the 1000 left at 20";
    EXPECT_EQ(serve(20, 9000), 80) << "a jumbo packet takes six";
    EXPECT_EQ(serve(80, 1), 90);
    EXPECT_EQ(serve(90, 4500), 120) << "1499 at 90, 1500 each at 100 and 110, 1 at 120";
}

TEST(ShardCapacityServerTest, UnusedOpportunitiesAndBytesAreLost)
{
    Server serve("10\n11\n12\n13\n40\n");
    EXPECT_EQ(serve(9, 100), 10);
    EXPECT_EQ(serve(10.5, 1), 11) << "the 1400 bytes left at 10 are lost";
    EXPECT_EQ(serve(13.001, 1500), 40);
    EXPECT_EQ(serve(52, 1500), 53) << "at 52 the opportunity of 52 is just over";
    EXPECT_EQ(serve(1000000 * 40.0 + 9, 1500), 1000000 * 40.0 + 10) << "a million periods later";
    EXPECT_EQ(serve(1000000 * 40.0 + 10, 0), 1000000 * 40.0 + 10) << "nothing to send";
}

TEST(ShardCapacityServerTest, BeforeItsStartThereIsNoCapacity)
{
    Server serve("0\n10\n", 100.5);
    EXPECT_EQ(serve(0, 1500), 100.5);
    EXPECT_EQ(serve(100.5, 1500), 110.5);
    EXPECT_EQ(serve(110.6, 1500), 120.5);
}

TEST(ShardCapacityServerTest, TenIdleYearsCostNothing)
{
    // Three hundred thousand million periods: only arithmetic comes to an end here.
    Server serve("1\n");
    const double years = 10.0 * 365 * 86400 * 1000;
    EXPECT_EQ(serve(0, 1500), 1);
    EXPECT_EQ(serve(years, 1500), years + 1);
}

TEST(ShardCapacityServerTest, APacketBeforeTheCompletionOfTheLastIsAMistake)
{
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    Server serve("10\n");
    EXPECT_EQ(serve(0, 1500), 10);
    EXPECT_DEATH(serve(9, 1500), "packet served at 9000000 ns, allowed is 10000000 ns");
}

// ---- against mahimahi's loop -----------------------------------------------------------------

struct Arrival
{
    int64_t ns;
    uint32_t bytes;
};

/**
 * mahimahi's link queue, millisecond by millisecond: at each opportunity take 1500 bytes off the
 * queue of what arrived before it. (Its limit of 1500 bytes a packet is the one thing left out.)
 */
std::vector<int64_t>
ByMilliseconds(const std::vector<uint32_t>& opportunities, const std::vector<Arrival>& arrivals)
{
    std::vector<int64_t> departures;
    std::deque<uint32_t> queue; // bytes still to go of each waiting packet
    std::size_t arrived = 0;
    std::size_t index = 0;
    int64_t base = 0;
    for (int64_t ms = 0; departures.size() < arrivals.size(); ++ms)
    {
        while (arrived < arrivals.size() && arrivals[arrived].ns < ms * MS)
        {
            queue.push_back(arrivals[arrived++].bytes);
        }
        while (base + opportunities[index] == ms)
        {
            uint32_t left = 1500;
            while (left > 0 && !queue.empty())
            {
                const uint32_t sent = std::min(left, queue.front());
                left -= sent;
                queue.front() -= sent;
                if (queue.front() == 0)
                {
                    queue.pop_front();
                    departures.push_back(ms * MS);
                }
            }
            if (++index == opportunities.size())
            {
                index = 0;
                base += opportunities.back();
            }
        }
    }
    return departures;
}

TEST(ShardCapacityServerTest, AgreesWithMahimahisLoopOverRandomTracesAndArrivals)
{
    std::size_t shared = 0;
    std::size_t idle = 0;
    for (uint64_t seed = 1; seed <= 200; ++seed)
    {
        std::mt19937_64 random(seed);
        const auto below = [&random](uint64_t n) { return random() % n; };
        // Sparse and dense traces, several opportunities in one millisecond, outages.
        std::vector<uint32_t> times;
        std::string text;
        uint32_t time = static_cast<uint32_t>(below(3));
        const auto count = 1 + below(60);
        const auto density = 1 + below(4);
        for (uint64_t i = 0; i < count; ++i)
        {
            times.push_back(time);
            text += std::to_string(time) + "\n";
            time += static_cast<uint32_t>(below(density + 1) + (below(25) == 0 ? below(200) : 0));
        }
        times.push_back(time + 1);
        text += std::to_string(time + 1) + "\n";

        std::vector<Arrival> arrivals;
        const int64_t spacing = MS * static_cast<int64_t>(1 + below(seed % 10 == 0 ? 900 : 8));
        int64_t now = 0;
        for (int i = 0; i < 400; ++i)
        {
            if (below(3) != 0)
            {
                now += static_cast<int64_t>(below(spacing));
            }
            now += now % MS == 0 ? 1 : 0; // ties with opportunities have their own test
            const auto size = below(4) == 0 ? 1500 : 1 + below(below(10) == 0 ? 9000 : 1500);
            arrivals.push_back({now, static_cast<uint32_t>(size)});
        }

        const auto expected = ByMilliseconds(times, arrivals);
        ShardCapacityServer server(TraceOf(text));
        int64_t last = 0;
        for (std::size_t i = 0; i < arrivals.size(); ++i)
        {
            idle += arrivals[i].ns > last ? 1 : 0;
            const int64_t head = std::max(last, arrivals[i].ns);
            last = server.Serve(NanoSeconds(head), arrivals[i].bytes).GetNanoSeconds();
            ASSERT_EQ(last, expected[i]) << "seed " << seed << ", packet " << i;
            shared += i > 0 && expected[i] == expected[i - 1] ? 1 : 0;
        }
    }
    // The comparison met both of the situations that it is about.
    EXPECT_GT(shared, 1000U);
    EXPECT_GT(idle, 1000U);
}

// ---- files -----------------------------------------------------------------------------------

/// Saturated with full packets for two periods, a trace must deliver at its own times.
void
ExpectDeliversItsOwnTimes(const std::filesystem::path& path)
{
    std::string why;
    const auto trace = ShardCapacityTrace::Load(path.string(), &why);
    ASSERT_TRUE(trace) << why;
    std::vector<int64_t> times;
    std::ifstream in(path);
    for (int64_t ms = 0; in >> ms;)
    {
        times.push_back(ms);
    }
    ASSERT_EQ(trace->Opportunities().size(), times.size());
    ShardCapacityServer server(std::make_shared<const ShardCapacityTrace>(*trace), NanoSeconds(1));
    Time now(0); // a nanosecond before the start, so that an opportunity at 0 is not missed
    for (int period = 0; period < 2; ++period)
    {
        for (std::size_t i = 0; i < times.size(); ++i)
        {
            now = server.Serve(now, 1500);
            ASSERT_EQ(now.GetNanoSeconds(), (period * times.back() + times[i]) * MS + 1)
                << path << " opportunity " << i << " of period " << period;
        }
    }
}

TEST(ShippedTracesTest, AreWhatTheirNamesSay)
{
    const auto folder =
        std::filesystem::path(__FILE__).parent_path() / ".." / ".." / "scenarios" / "traces";

    struct Case
    {
        const char* name;
        uint32_t periodMs;
        double least; // Mbit/s
        double most;
    };

    for (const auto& c : {Case{"constant-12mbps.trace", 1, 12, 12},
                          Case{"lte-like.trace", 20000, 3, 8},
                          Case{"outage.trace", 10000, 2, 4}})
    {
        SCOPED_TRACE(c.name);
        ExpectDeliversItsOwnTimes(folder / c.name);
        EXPECT_LT(std::filesystem::file_size(folder / c.name), 60000U);
        const auto trace = ShardCapacityTrace::Load((folder / c.name).string());
        ASSERT_TRUE(trace);
        EXPECT_EQ(trace->PeriodMs(), c.periodMs);
        EXPECT_GE(trace->MeanRate() / 1e6, c.least);
        EXPECT_LE(trace->MeanRate() / 1e6, c.most);
    }
}

TEST(RealTracesTest, AreReadAndDeliverTheirOwnTimes)
{
    const char* data = std::getenv("SHARDING_DATA");
    if (data == nullptr)
    {
        GTEST_SKIP() << "SHARDING_DATA is not set: no real cellular traces to try";
    }
    for (const char* name : {"Verizon-LTE-short.down",
                             "Verizon-LTE-short.up",
                             "ATT-LTE-driving.up",
                             "TMobile-UMTS-driving.down"})
    {
        SCOPED_TRACE(name);
        ExpectDeliversItsOwnTimes(std::filesystem::path(data) / "cellular" / name);
    }
}

} // namespace
