// SPDX-License-Identifier: GPL-2.0-only
//
//     jobs --> server --> departures
//
// What is proved of the servers:
//  1. first in, first out: a story by hand; a change of speed is felt by what is left
//  2. processor sharing: a story by hand; equal jobs leave in the order in which they came
//  3. processor sharing is what a server that cuts time into small slices does
//  4. both are work-conserving: whatever the discipline, the last of a busy period leaves at the
//     same time, and nobody is lost
//  5. a standstill keeps everybody, a crash names them all and leaves the server as new
//  6. the work of requests has the mean that is asked for, and Pareto's tail

#include "ns3/endpoint-server.h"
#include "ns3/endpoint-service.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <utility>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

using Departures = std::vector<std::pair<uint64_t, int64_t>>; ///< job, and when in ms

/// Let all leave who are due by then.
void
Drain(EndpointServer& server, Departures& left, Time until = Time::Max())
{
    while (server.NextDeparture() != Time::Max() && server.NextDeparture() <= until)
    {
        const int64_t at = server.NextDeparture().GetMilliSeconds();
        left.emplace_back(server.Depart(), at);
    }
}

/// A job that arrives. Times in ns.
struct Arrival
{
    int64_t at;
    int64_t work;
};

/// @return when each job leaves, ns
std::vector<int64_t>
Serve(EndpointServer& server, const std::vector<Arrival>& arrivals)
{
    std::vector<int64_t> left(arrivals.size(), -1);
    const auto drain = [&](Time until)
    {
        while (server.NextDeparture() != Time::Max() && server.NextDeparture() <= until)
        {
            const int64_t at = server.NextDeparture().GetNanoSeconds();
            left.at(server.Depart()) = at;
        }
    };
    for (std::size_t job = 0; job < arrivals.size(); ++job)
    {
        drain(NanoSeconds(arrivals[job].at));
        server.Arrive(NanoSeconds(arrivals[job].at), job, NanoSeconds(arrivals[job].work));
    }
    drain(Time::Max());
    return left;
}

std::vector<Arrival>
RandomArrivals(std::size_t count, unsigned seed)
{
    std::mt19937 generator(seed);
    std::exponential_distribution<double> gap(1 / 1.2e6);
    std::exponential_distribution<double> work(1 / 1e6);
    std::vector<Arrival> arrivals;
    int64_t at = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        at += std::llround(gap(generator));
        arrivals.push_back({at, std::llround(work(generator))});
    }
    return arrivals;
}

class EndpointServers : public testing::Test
{
  protected:
    const std::unique_ptr<EndpointServer> fifo = MakeEndpointServer(ENDPOINT_FIFO);
    const std::unique_ptr<EndpointServer> sharing = MakeEndpointServer(ENDPOINT_PS);
};

TEST_F(EndpointServers, FirstInFirstOutByHand)
{
    Departures left;
    fifo->Arrive(MilliSeconds(0), 7, MilliSeconds(10));
    fifo->Arrive(MilliSeconds(2), 8, MilliSeconds(1));
    EXPECT_EQ(fifo->InSystem(), 2u);
    // Half of the first job is done; the other half takes twice as long.
    fifo->SetSpeed(MilliSeconds(5), 0.5);
    Drain(*fifo, left);
    EXPECT_EQ(left, (Departures{{7, 15}, {8, 17}}));
    // An idle time is no credit.
    fifo->Arrive(MilliSeconds(100), 9, MilliSeconds(1));
    Drain(*fifo, left);
    EXPECT_EQ(left.back(), (std::pair<uint64_t, int64_t>(9, 102)));
    EXPECT_EQ(fifo->InSystem(), 0u);
}

TEST_F(EndpointServers, ProcessorSharingByHand)
{
    // 0 to 4: job 1 alone, 8 of 12 ms are left. 4 to 10: with job 2, which leaves with its 3 ms
    // done; 5 are left of job 1, which it does alone by 15.
    Departures left;
    sharing->Arrive(MilliSeconds(0), 1, MilliSeconds(12));
    sharing->Arrive(MilliSeconds(4), 2, MilliSeconds(3));
    Drain(*sharing, left, MilliSeconds(11));
    EXPECT_EQ(left, (Departures{{2, 10}}));
    // At 12 3 ms are left; at a third of the speed they take 9.
    sharing->SetSpeed(MilliSeconds(12), 1.0 / 3);
    Drain(*sharing, left);
    EXPECT_EQ(left.back(), (std::pair<uint64_t, int64_t>(1, 21)));
}

TEST_F(EndpointServers, EqualJobsLeaveInTheOrderInWhichTheyCame)
{
    Departures left;
    for (uint64_t job = 0; job < 5; ++job)
    {
        sharing->Arrive(MilliSeconds(1), 10 - job, MilliSeconds(2));
    }
    Drain(*sharing, left);
    EXPECT_EQ(left, (Departures{{10, 11}, {9, 11}, {8, 11}, {7, 11}, {6, 11}}));
}

TEST_F(EndpointServers, ProcessorSharingIsTheLimitOfSmallSlices)
{
    const std::vector<Arrival> arrivals = RandomArrivals(40, 1);
    const std::vector<int64_t> left = Serve(*sharing, arrivals);
    // Slices of 100 ns, each shared equally among those who are there: late by at most two of them
    // for each job that came or went in a busy period.
    std::vector<double> rest(arrivals.size());
    std::vector<int64_t> expected(arrivals.size(), -1);
    std::size_t next = 0;
    std::size_t done = 0;
    for (int64_t now = 0; done < arrivals.size(); now += 100)
    {
        for (; next < arrivals.size() && arrivals[next].at <= now; ++next)
        {
            rest[next] = static_cast<double>(arrivals[next].work);
        }
        double present = 0;
        for (std::size_t job = 0; job < next; ++job)
        {
            present += expected[job] < 0;
        }
        for (std::size_t job = 0; job < next; ++job)
        {
            if (expected[job] < 0 && (rest[job] -= 100 / present) <= 0)
            {
                expected[job] = now + 100;
                ++done;
            }
        }
    }
    for (std::size_t job = 0; job < arrivals.size(); ++job)
    {
        EXPECT_NEAR(static_cast<double>(left[job]), static_cast<double>(expected[job]), 8000);
    }
}

TEST_F(EndpointServers, BusyPeriodsEndAtTheSameTimeWhateverTheDiscipline)
{
    const std::vector<Arrival> arrivals = RandomArrivals(20000, 2);
    const std::vector<int64_t> first = Serve(*fifo, arrivals);
    const std::vector<int64_t> shared = Serve(*sharing, arrivals);
    EXPECT_EQ(std::count(first.begin(), first.end(), -1), 0);
    EXPECT_EQ(std::count(shared.begin(), shared.end(), -1), 0);
    std::size_t periods = 0;
    int64_t latestShared = 0;
    for (std::size_t job = 0; job < arrivals.size(); ++job)
    {
        latestShared = std::max(latestShared, shared[job]);
        if (job + 1 == arrivals.size() || arrivals[job + 1].at > first[job])
        {
            // Each departure is rounded by half a nanosecond at most.
            EXPECT_NEAR(static_cast<double>(latestShared), static_cast<double>(first[job]), 200);
            ++periods;
        }
    }
    EXPECT_GT(periods, 1000u);
}

TEST_F(EndpointServers, AStandstillKeepsEverybody)
{
    for (EndpointServer* server : {fifo.get(), sharing.get()})
    {
        Departures left;
        server->Arrive(MilliSeconds(0), 1, MilliSeconds(4));
        server->SetSpeed(MilliSeconds(1), 0);
        EXPECT_EQ(server->NextDeparture(), Time::Max());
        server->Arrive(MilliSeconds(5), 2, MilliSeconds(9));
        EXPECT_EQ(server->NextDeparture(), Time::Max());
        server->SetSpeed(MilliSeconds(10), 3);
        Drain(*server, left);
        ASSERT_EQ(left.size(), 2u);
        EXPECT_EQ(left[0].first, 1u);
        EXPECT_EQ(left[1].second, 14); // 12 ms of work at three times the speed
    }
}

TEST_F(EndpointServers, ACrashNamesThemAllAndLeavesTheServerAsNew)
{
    for (EndpointServer* server : {fifo.get(), sharing.get()})
    {
        server->Arrive(MilliSeconds(0), 5, MilliSeconds(9));
        server->Arrive(MilliSeconds(1), 3, MilliSeconds(1));
        server->Arrive(MilliSeconds(1), 4, MilliSeconds(5));
        EXPECT_EQ(server->Clear(), (std::vector<uint64_t>{5, 3, 4}));
        EXPECT_EQ(server->InSystem(), 0u);
        EXPECT_EQ(server->NextDeparture(), Time::Max());
        server->Arrive(MilliSeconds(20), 6, MilliSeconds(2));
        EXPECT_EQ(server->NextDeparture(), MilliSeconds(22));
    }
}

TEST(EndpointService, WorkHasTheMeanAndTheTailThatAreAskedFor)
{
    Simulator::Run(); // before, every Time would be remembered
    Simulator::Destroy();
    constexpr int COUNT = 100000;
    for (const auto kind : {ENDPOINT_EXPONENTIAL, ENDPOINT_DETERMINISTIC, ENDPOINT_PARETO})
    {
        Ptr<UniformRandomVariable> uniform = CreateObject<UniformRandomVariable>();
        uniform->SetStream(77);
        EndpointService service({kind, MilliSeconds(3), 4}, uniform);
        double sum = 0;
        int above = 0;
        for (int i = 0; i < COUNT; ++i)
        {
            const double ms = static_cast<double>(service.Draw().GetNanoSeconds()) / 1e6;
            sum += ms;
            above += ms > 4.5;
        }
        // Standard deviations are 3, 0 and 3 / sqrt(8) ms; five standard errors: error probability
        // below 1e-6 each.
        const double error = kind == ENDPOINT_EXPONENTIAL ? 3 : kind == ENDPOINT_PARETO ? 1.061 : 0;
        EXPECT_NEAR(sum / COUNT, 3, 5 * error / std::sqrt(COUNT) + 1e-9);
        // exp(-1.5); never; (2.25 / 4.5)^4, 2.25 = 3 (4 - 1) / 4 being the least.
        const double tail = kind == ENDPOINT_EXPONENTIAL ? 0.22313
                            : kind == ENDPOINT_PARETO    ? 0.0625
                                                         : 0;
        EXPECT_NEAR(1.0 * above / COUNT, tail, 5 * std::sqrt(tail * (1 - tail) / COUNT));
    }
}

} // namespace
