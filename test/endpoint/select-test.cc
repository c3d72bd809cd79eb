// SPDX-License-Identifier: GPL-2.0-only
//
//     request, loads --> selection --> place of an endpoint
//
// What is proved of the selection policies:
//  1. all choose somebody who is there, whatever comes and goes, and the same again with the same
//     streams
//  2. round-robin goes round; random and weighted have the shares that they should
//  3. least-request takes a least one, each of several as often; so does power of d with all
//  4. power of d is never caught taking more than the d-th of the order; with d = 1 it is blind
//  5. peak-EWMA believes a peak at once, and forgets it in time
//  6. Maglev's shares are equal to within a place; rendezvous and Maglev keep, when one leaves, who
//     was not there: all of them, and nearly all
//  7. bounded loads keep their bound while load comes and goes
//  8. shuffle sharding keeps a client in its few, and two clients seldom share all of them

#include "ns3/double.h"
#include "ns3/endpoint-select.h"
#include "ns3/object-factory.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

using Loads = std::vector<uint32_t>;

const char* const ALL[] = {"Random",
                           "RoundRobin",
                           "Weighted",
                           "LeastRequest",
                           "PowerOfChoices",
                           "PeakEwma",
                           "Maglev",
                           "Rendezvous",
                           "BoundedHash",
                           "ShuffleShard",
                           "ShortestQueue"};

/// @return endpoints 0 to count - 1 without one of them
std::vector<EndpointInfo>
Pool(uint32_t count, int without = -1)
{
    std::vector<EndpointInfo> pool;
    for (uint32_t id = 0; id < count; ++id)
    {
        if (static_cast<int>(id) != without)
        {
            pool.push_back({id, 1});
        }
    }
    return pool;
}

Ptr<EndpointSelect>
Make(const std::string& name, const std::string& attribute = "", uint32_t value = 0)
{
    ObjectFactory factory("ns3::sharding::" + name + "Select");
    if (!attribute.empty())
    {
        factory.Set(attribute, UintegerValue(value));
    }
    Ptr<EndpointSelect> select = factory.Create<EndpointSelect>();
    EXPECT_GE(select->AssignStreams(500), 1);
    return select;
}

/// @return how often each of the places is chosen
std::vector<int>
Shares(Ptr<EndpointSelect> select, const Loads& loads, int requests)
{
    std::vector<int> chosen(loads.size(), 0);
    for (int i = 0; i < requests; ++i)
    {
        ++chosen.at(select->Choose(Seconds(1), {static_cast<uint64_t>(i)}, loads));
    }
    return chosen;
}

/// Five standard deviations of a count of binomial distribution: missed with less than 1e-6.
double
Noise(double requests, double share)
{
    return 5 * std::sqrt(requests * share * (1 - share));
}

class EverySelect : public testing::TestWithParam<const char*>
{
};

TEST_P(EverySelect, ChoosesWhoIsThereAndTheSameAgain)
{
    std::vector<uint32_t> first;
    for (int round = 0; round < 2; ++round)
    {
        Ptr<EndpointSelect> select = Make(GetParam());
        std::mt19937 generator(3);
        std::vector<uint32_t> chosen;
        for (uint32_t count : {1U, 2U, 7U, 3U, 100U, 1U})
        {
            select->SetEndpoints(Pool(count));
            for (int i = 0; i < 200; ++i)
            {
                Loads loads(count);
                for (uint32_t& load : loads)
                {
                    load = generator() % 5;
                }
                chosen.push_back(select->Choose(MilliSeconds(i), {generator()}, loads));
                ASSERT_LT(chosen.back(), count);
                select->Answered(MilliSeconds(i), chosen.back(), MicroSeconds(generator() % 1000));
            }
        }
        first = round == 0 ? chosen : first;
        EXPECT_EQ(chosen, first);
    }
}

INSTANTIATE_TEST_SUITE_P(Policies, EverySelect, testing::ValuesIn(ALL));

TEST(BlindSelect, RoundRobinGoesRound)
{
    Ptr<EndpointSelect> select = Make("RoundRobin");
    select->SetEndpoints(Pool(3));
    std::vector<uint32_t> chosen;
    for (int i = 0; i < 5; ++i)
    {
        chosen.push_back(select->Choose(Seconds(0), {}, {9, 0, 0}));
    }
    EXPECT_EQ(chosen, (std::vector<uint32_t>{0, 1, 2, 0, 1}));
}

TEST(BlindSelect, RandomIsEvenAndWeightedAsWeightsAre)
{
    Ptr<EndpointSelect> even = Make("Random");
    even->SetEndpoints(Pool(4));
    for (int chosen : Shares(even, {5, 0, 0, 0}, 40000))
    {
        EXPECT_NEAR(chosen, 10000, Noise(40000, 0.25));
    }
    Ptr<EndpointSelect> weighted = Make("Weighted");
    weighted->SetEndpoints({{0, 0.5}, {1, 3}, {2, 1.5}});
    const std::vector<int> chosen = Shares(weighted, {0, 0, 0}, 40000);
    EXPECT_NEAR(chosen[0], 4000, Noise(40000, 0.1));
    EXPECT_NEAR(chosen[1], 24000, Noise(40000, 0.6));
    EXPECT_NEAR(chosen[2], 12000, Noise(40000, 0.3));
}

TEST(LoadSelect, TheLeastIsTakenEachOfSeveralAsOften)
{
    for (Ptr<EndpointSelect> select :
         {Make("LeastRequest"), Make("ShortestQueue"), Make("PowerOfChoices", "Choices", 6)})
    {
        select->SetEndpoints(Pool(6));
        const std::vector<int> chosen = Shares(select, {4, 2, 3, 2, 9, 2}, 30000);
        EXPECT_EQ(chosen[0] + chosen[2] + chosen[4], 0);
        for (int least : {1, 3, 5})
        {
            EXPECT_NEAR(chosen[least], 10000, Noise(30000, 1.0 / 3));
        }
    }
    EXPECT_EQ(Make("ShortestQueue")->GetSight(), EndpointSelect::PERFECT);
    EXPECT_EQ(Make("LeastRequest")->GetSight(), EndpointSelect::OWN);
}

TEST(LoadSelect, PowerOfTwoTakesThePlaceInTheOrderThatPairsGive)
{
    // Of C(5, 2) = 10 pairs, the one of rank r, from 0 on, is the lower one in 4 - r.
    Ptr<EndpointSelect> select = Make("PowerOfChoices");
    select->SetEndpoints(Pool(5));
    const std::vector<int> chosen = Shares(select, {30, 10, 50, 20, 40}, 50000);
    const int rank[] = {2, 0, 4, 1, 3};
    for (int place = 0; place < 5; ++place)
    {
        const double share = (4 - rank[place]) / 10.0;
        EXPECT_NEAR(chosen[place], 50000 * share, Noise(50000, share)) << place;
    }
}

TEST(LoadSelect, OneChoiceIsBlind)
{
    Ptr<EndpointSelect> select = Make("PowerOfChoices", "Choices", 1);
    select->SetEndpoints(Pool(2));
    EXPECT_NEAR(Shares(select, {1000, 0}, 10000)[0], 5000, Noise(10000, 0.5));
}

TEST(LoadSelect, PeakEwmaBelievesAPeakAtOnceAndForgetsItInTime)
{
    Ptr<EndpointSelect> select = Make("PeakEwma"); // two of two: always the lesser cost
    select->SetAttribute("Memory", TimeValue(Seconds(10)));
    select->SetEndpoints(Pool(2));
    select->Answered(Seconds(1), 0, MilliSeconds(10));
    select->Answered(Seconds(1), 1, MilliSeconds(30));
    EXPECT_EQ(select->Choose(Seconds(1), {}, {0, 0}), 0u);
    // 10 ms x 4 against 30 ms x 1, and x 3 against x 1 just not.
    EXPECT_EQ(select->Choose(Seconds(1), {}, {3, 0}), 1u);
    EXPECT_EQ(select->Choose(Seconds(1), {}, {1, 0}), 0u);
    select->Answered(Seconds(2), 0, MilliSeconds(500));
    EXPECT_EQ(select->Choose(Seconds(2), {}, {0, 0}), 1u);
    // One good answer does not outweigh the peak: 0.1 of 10 s have passed, 0.99 of it is left.
    select->Answered(MilliSeconds(2100), 0, MilliSeconds(10));
    EXPECT_EQ(select->Choose(MilliSeconds(2100), {}, {0, 0}), 1u);
    // After 4 memories 500 x e^-4 + ... is below 30 as it is kept up by answers.
    for (int second = 3; second <= 43; ++second)
    {
        select->Answered(Seconds(second), 1, MilliSeconds(30));
        select->Answered(Seconds(second), 0, MilliSeconds(10));
    }
    EXPECT_EQ(select->Choose(Seconds(43), {}, {0, 0}), 0u);
}

/// @return the number of the endpoint of each of so many clients
std::vector<uint32_t>
Homes(Ptr<EndpointSelect> select, const std::vector<EndpointInfo>& pool, int clients)
{
    select->SetEndpoints(pool);
    std::vector<uint32_t> homes;
    for (int client = 0; client < clients; ++client)
    {
        const Loads loads(pool.size(), 0);
        homes.push_back(
            pool[select->Choose(Seconds(0), {static_cast<uint64_t>(client)}, loads)].id);
    }
    return homes;
}

TEST(HashSelect, SharesAreEven)
{
    constexpr int CLIENTS = 40000;
    for (const char* name : {"Maglev", "Rendezvous"})
    {
        std::map<uint32_t, int> chosen;
        for (uint32_t home : Homes(Make(name), Pool(20), CLIENTS))
        {
            ++chosen[home];
        }
        for (uint32_t id = 0; id < 20; ++id)
        {
            EXPECT_NEAR(chosen[id], CLIENTS / 20, Noise(CLIENTS, 0.05)) << name;
        }
    }
}

TEST(HashSelect, ALeaverMovesItsOwnClientsAndFewOthers)
{
    constexpr int CLIENTS = 20000;
    // Maglev's paper has 0.2 % to some % of others moved, the fewer the larger the table.
    for (const auto& [name, most] : {std::pair("Rendezvous", 0), std::pair("Maglev", 400)})
    {
        Ptr<EndpointSelect> select = Make(name);
        const std::vector<uint32_t> before = Homes(select, Pool(20), CLIENTS);
        const std::vector<uint32_t> after = Homes(select, Pool(20, 7), CLIENTS);
        int moved = 0;
        for (int client = 0; client < CLIENTS; ++client)
        {
            moved += before[client] != 7 && before[client] != after[client];
        }
        EXPECT_LE(moved, most) << name;
        EXPECT_EQ(Homes(select, Pool(20), CLIENTS), before) << name;
    }
}

TEST(HashSelect, AnotherSaltIsAnotherHome)
{
    for (const char* name : {"Maglev", "Rendezvous", "BoundedHash"})
    {
        const std::vector<uint32_t> a = Homes(Make(name), Pool(10), 5000);
        const std::vector<uint32_t> b = Homes(Make(name, "Salt", 1), Pool(10), 5000);
        int same = 0;
        for (std::size_t i = 0; i < a.size(); ++i)
        {
            same += a[i] == b[i];
        }
        EXPECT_NEAR(same, 500, Noise(5000, 0.1) * 3) << name; // shares are uneven on a ring
    }
}

TEST(HashSelect, BoundedLoadsKeepTheirBound)
{
    Ptr<EndpointSelect> select = Make("BoundedHash");
    select->SetAttribute("Slack", DoubleValue(0.1));
    select->SetEndpoints(Pool(10));
    Loads loads(10, 0);
    std::mt19937 generator(4);
    int walked = 0;
    for (int i = 0; i < 20000; ++i)
    {
        // Three clients only: without a bound seven endpoints would have nothing.
        const uint32_t place = select->Choose(Seconds(0), {generator() % 3}, loads);
        const double all = std::accumulate(loads.begin(), loads.end(), 1.0);
        ++loads[place];
        ASSERT_LE(loads[place], std::ceil(1.1 * all / 10));
        walked += loads[place] > 0;
        const uint32_t leaver = generator() % 10;
        if (all > 100 && loads[leaver] > 0)
        {
            --loads[leaver];
        }
    }
    EXPECT_GT(*std::min_element(loads.begin(), loads.end()), 0u);
}

TEST(HashSelect, AClientStaysWithinItsShardAndShardsDiffer)
{
    Ptr<EndpointSelect> select = Make("ShuffleShard", "ShardSize", 3);
    select->SetEndpoints(Pool(30));
    std::mt19937 generator(5);
    std::map<std::set<uint32_t>, int> shards;
    for (uint64_t client = 0; client < 300; ++client)
    {
        std::set<uint32_t> shard;
        for (int i = 0; i < 100; ++i)
        {
            Loads loads(30);
            for (uint32_t& load : loads)
            {
                load = generator() % 4;
            }
            shard.insert(select->Choose(Seconds(0), {client}, loads));
        }
        // Missed by one of three in 100 requests: (2/3)^100.
        EXPECT_EQ(shard.size(), 3u);
        ++shards[shard];
    }
    // 44,850 pairs of clients, 4,060 possible shards: some 11 pairs share all.
    EXPECT_GT(shards.size(), 270u);
    // Of one's own, the one with the least.
    const std::set<uint32_t> own = shards.begin()->first;
    EXPECT_FALSE(select->IsSticky());
    EXPECT_TRUE(Make("ShuffleShard", "ShardSize", 1)->IsSticky());
    EXPECT_EQ(own.size(), 3u);
}

} // namespace
