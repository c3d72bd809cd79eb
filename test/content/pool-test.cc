// SPDX-License-Identifier: GPL-2.0-only
//
// Manager, encoders, caches and clients over ns-3's TCP:
//
//     manager, encoders --- router --- core --- edge (cache) --- clients
//
//  1. a stream on demand is encoded once, and a client plays all of it
//  2. a live stream is played as it is made, and old shards are let go
//  3. what a failed encoder had is made anew at once, and nobody stands still
//  4. without reassignment it is not
//  5. a flaky encoder's failures are made good, and counted
//  6. a cache asks for a shard once
//  7. what nobody has asked for is not encoded, when it is to be encoded on demand
//  8. bytes sent are bytes received
#include "pool-fixture.h"

#include "ns3/boolean.h"
#include "ns3/enum.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>

using namespace pooltest;

namespace
{

using Pool = World;

TEST_F(Pool, AStreamOnDemandIsEncodedOnceAndPlayedWhole)
{
    Build(4);
    helper->GetPool()->AddStream(Stream(Seconds(20), MilliSeconds(500), false));
    Watch(Seconds(1));
    RunUntil(Seconds(60));
    const ContentPoolCounters& c = helper->GetPool()->GetCounters();
    EXPECT_EQ(c.shards, 80u); // 20 s of 0.5 s in two renditions
    EXPECT_EQ(c.orders, 80u);
    EXPECT_EQ(c.done, 80u);
    EXPECT_EQ(c.made, 80u);
    EXPECT_EQ(c.spare + c.failed + c.lost + c.expired + c.reassigned, 0u);
    // An encoder is as fast as the stream: 20 s of work.
    EXPECT_NEAR(c.encoding.GetSeconds(), 20, 1e-6);
    Time busy;
    for (const auto& encoder : helper->GetEncoders())
    {
        busy += encoder->GetBusy();
        EXPECT_GT(encoder->CountShards(), 15u);
    }
    EXPECT_NEAR(busy.GetSeconds(), 20, 1e-6);
    clients[0]->Totals();
    EXPECT_TRUE(clients[0]->IsOver());
    const auto totals = *clients[0]->Totals();
    EXPECT_EQ(totals.segments[CONTENT_PLAYED], 40u);
    EXPECT_EQ(totals.stalled, Time(0));
    EXPECT_LT(totals.startup, Seconds(1));
    EXPECT_EQ(sites[0].fetcher->GetCounters().fetched, 40u);
}

TEST_F(Pool, ALiveStreamIsPlayedAsItIsMade)
{
    poolFactory.Set("Keep", TimeValue(Seconds(10)));
    Build(4);
    helper->GetPool()->AddStream(Stream(Seconds(60), MilliSeconds(300), true));
    Watch(Seconds(8));
    RunUntil(Seconds(80));
    const ContentPoolCounters& c = helper->GetPool()->GetCounters();
    EXPECT_EQ(c.done, 400u);
    EXPECT_TRUE(clients[0]->Totals() && clients[0]->IsOver());
    const auto totals = *clients[0]->Totals();
    EXPECT_EQ(totals.stalled, Time(0));
    EXPECT_EQ(totals.segments[CONTENT_INTERPOLATED] + totals.segments[CONTENT_SKIPPED], 0u);
    EXPECT_GT(totals.segments[CONTENT_PLAYED], 170u);
    const double latency = totals.latencies.GetSeconds() / double(totals.latencyCount);
    EXPECT_GT(latency, 0.4);
    EXPECT_LT(latency, 5);
    // 10 s are kept, of 200 segments of 0.3 s: 33 or 34 segments.
    uint32_t kept = 0;
    for (const auto& encoder : helper->GetEncoders())
    {
        kept += encoder->CountShards();
    }
    EXPECT_LE(kept, 70u);
    EXPECT_LE(helper->GetPool()->GetMap(7)->Count(), 70u);
    EXPECT_LE(sites[0].guide->Map().Count(), 250u);
}

struct Repairs
{
    void Note(const ContentRepair& repair)
    {
        all.push_back(repair);
    }

    std::vector<ContentRepair> all;
};

TEST_F(Pool, WhatAFailedEncoderHadIsMadeAnewAtOnce)
{
    Build(8);
    helper->GetPool()->AddStream(Stream(Seconds(60), MilliSeconds(300), true));
    Repairs repairs;
    helper->GetPool()->TraceConnectWithoutContext("Repaired",
                                                  MakeCallback(&Repairs::Note, &repairs));
    for (int i = 0; i < 4; ++i)
    {
        Watch(Seconds(10 + i));
    }
    for (const int failing : {2, 5})
    {
        Simulator::Schedule(Seconds(30), &ContentEncoder::Fail, helper->GetEncoders()[failing]);
    }
    RunUntil(Seconds(80));
    const ContentPoolCounters& c = helper->GetPool()->GetCounters();
    EXPECT_EQ(c.failures, 2u);
    // A quarter of the 400 shards of a minute was there.
    EXPECT_GT(c.reassigned, 30u);
    EXPECT_EQ(repairs.all.size(), c.reassigned - c.lost);
    for (const ContentRepair& repair : repairs.all)
    {
        // Noticed after 350 ms of silence, reports every 100 ms, looks every 50 ms.
        EXPECT_GE(repair.noticed, Seconds(30) + MilliSeconds(250));
        EXPECT_LE(repair.noticed, Seconds(30) + MilliSeconds(410));
        // Six encoders have up to 60 s of stream of 1/4 to make anew, beside the stream itself.
        EXPECT_LT(repair.repaired - repair.noticed, Seconds(3.5));
    }
    for (const auto& client : clients)
    {
        const auto totals = *client->Totals();
        EXPECT_TRUE(client->IsOver());
        EXPECT_EQ(totals.stalled, Time(0));
        EXPECT_EQ(totals.segments[CONTENT_SKIPPED], 0u);
    }
}

TEST_F(Pool, WithoutReassignmentItIsLost)
{
    poolFactory.Set("Reassign", BooleanValue(false));
    Build(4);
    helper->GetPool()->AddStream(Stream(Seconds(20), MilliSeconds(500), false));
    Simulator::Schedule(Seconds(10), &ContentEncoder::Fail, helper->GetEncoders()[0]);
    RunUntil(Seconds(20));
    EXPECT_EQ(helper->GetPool()->GetCounters().reassigned, 0u);
    const ContentMap& map = *helper->GetPool()->GetMap(7);
    uint32_t without = 0;
    for (uint32_t id = 0; id < 80; ++id)
    {
        without += map.FindId(id)->made ? 0 : 1;
    }
    EXPECT_GT(without, 15u);
    EXPECT_LT(without, 25u);
}

TEST_F(Pool, AnEncoderThatComesBackWorksAgain)
{
    Build(2);
    helper->GetPool()->AddStream(Stream(Seconds(60), MilliSeconds(500), true));
    Ptr<ContentEncoder> encoder = helper->GetEncoders()[1];
    Simulator::Schedule(Seconds(10), &ContentEncoder::Fail, encoder);
    Simulator::Schedule(Seconds(20), &ContentEncoder::Recover, encoder);
    RunUntil(Seconds(70));
    const ContentPoolCounters& c = helper->GetPool()->GetCounters();
    EXPECT_EQ(c.failures, 1u);
    EXPECT_EQ(c.returns, 1u);
    EXPECT_EQ(c.made, 240u);
    EXPECT_GT(encoder->GetCounters().done, 100u);
}

TEST_F(Pool, AFlakyEncodersFailuresAreMadeGood)
{
    Build(4);
    helper->GetPool()->AddStream(Stream(Seconds(60), MilliSeconds(500), true));
    helper->GetEncoders()[0]->SetFailing(0.5);
    RunUntil(Seconds(80));
    const ContentPoolCounters& c = helper->GetPool()->GetCounters();
    const ContentEncoderCounters& flaky = helper->GetEncoders()[0]->GetCounters();
    EXPECT_EQ(c.made, 240u);
    EXPECT_EQ(c.failed, flaky.failed);
    EXPECT_EQ(c.reassigned, flaky.failed);
    EXPECT_EQ(c.wasted, flaky.wasted);
    // Half of some 60, within four standard deviations.
    const double tries = static_cast<double>(flaky.done + flaky.failed);
    EXPECT_GT(tries, 30);
    EXPECT_NEAR(flaky.failed / tries, 0.5, 4 * 0.5 / std::sqrt(tries));
}

TEST_F(Pool, ACacheAsksForAShardOnce)
{
    Build(4, true);
    helper->GetPool()->AddStream(Stream(Seconds(30), MilliSeconds(500), true));
    for (int i = 0; i < 5; ++i)
    {
        Watch(Seconds(5));
    }
    RunUntil(Seconds(50));
    const ContentCacheCounters& c = helper->GetCaches()[0]->GetCounters();
    uint64_t fetched = 0;
    for (const auto& site : sites)
    {
        fetched += site.fetcher->GetCounters().fetched;
    }
    EXPECT_GT(fetched, 5 * 50u);
    EXPECT_EQ(c.requests, fetched);
    // At most each segment in both renditions.
    EXPECT_LE(c.misses, 120u);
    EXPECT_GT(c.hits + c.joined, 3 * c.misses / 2);
    uint64_t served = 0;
    for (const auto& encoder : helper->GetEncoders())
    {
        served += encoder->GetHolderCounters().requests;
    }
    EXPECT_EQ(served, c.misses);
}

TEST_F(Pool, OnDemandNothingIsEncodedBeforeItIsAskedFor)
{
    poolFactory.Set("Preencode", StringValue("None"));
    Build(4);
    helper->GetPool()->AddStream(Stream(Seconds(10), MilliSeconds(500), false));
    RunUntil(Seconds(5));
    EXPECT_EQ(helper->GetPool()->GetCounters().orders, 0u);
    Watch(Seconds(1));
    RunUntil(Seconds(60));
    const ContentPoolCounters& c = helper->GetPool()->GetCounters();
    EXPECT_GE(c.onDemand, 20u);
    EXPECT_LE(c.onDemand, 40u);
    EXPECT_EQ(c.onDemand, c.orders);
    EXPECT_TRUE(clients[0]->Totals() && clients[0]->IsOver());
}

TEST_F(Pool, ClientsOfAnEdgeShareOneConnectionToTheManager)
{
    Build(4);
    helper->GetPool()->AddStream(Stream(Seconds(10), MilliSeconds(500), true));
    for (int i = 0; i < 5; ++i)
    {
        Watch(Seconds(5));
    }
    RunUntil(Seconds(12));
    // Four encoders and one relay, although five clients ask for maps.
    EXPECT_EQ(helper->GetPool()->GetConnections(), 5u);
    EXPECT_EQ(helper->GetRelays()[0]->GetUpstreamTally().connections, 1u);
    uint64_t requests = 0;
    uint64_t answers = 0;
    for (const auto& site : sites)
    {
        EXPECT_GT(site.map->GetCounters().answers, 10u);
        requests += site.map->GetCounters().requests;
        answers += site.map->GetCounters().answers;
    }
    const ContentRelayCounters& relay = helper->GetRelays()[0]->GetRelayCounters();
    EXPECT_LE(answers, relay.answered);
    EXPECT_LE(relay.relayed, requests);
    EXPECT_EQ(relay.lost + relay.orphaned, 0u);
}

TEST_F(Pool, EveryByteSentIsReceived)
{
    Build(4, true);
    helper->GetPool()->AddStream(Stream(Seconds(10), MilliSeconds(500), false));
    Watch(Seconds(1));
    // Health reports never end; between two of them nothing is under way.
    Simulator::Schedule(Seconds(50), &ContentMapClient::Stop, sites[0].map);
    RunUntil(Seconds(60) + MicroSeconds(99000));
    uint64_t sent = helper->GetPool()->GetTally().sent;
    uint64_t received = helper->GetPool()->GetTally().received;
    for (const auto& encoder : helper->GetEncoders())
    {
        sent += encoder->GetTally().sent;
        received += encoder->GetTally().received;
    }
    const ContentTally& cache = helper->GetCaches()[0]->GetTally();
    const ContentTally& up = helper->GetCaches()[0]->GetUpstreamTally();
    const ContentTally& client = sites[0].fetcher->GetTally();
    const ContentTally& map = sites[0].map->GetTally();
    EXPECT_EQ(client.received + map.received, cache.sent);
    EXPECT_EQ(client.sent + map.sent, cache.received);
    EXPECT_GT(client.received, 20 * LOW / 8 / 2);
    // Beyond the cache: manager, encoders, and the cache's side towards them.
    sent += up.sent;
    received += up.received;
    EXPECT_EQ(sent, received);
}

TEST_F(Pool, MuchAskedShardsGetMoreHolders)
{
    poolFactory.Set("CopyBudget", DoubleValue(2));
    poolFactory.Set("DemandPeriod", TimeValue(Seconds(2)));
    Build(6);
    Ptr<ContentReplicate> replicate = CreateObject<ContentPowerReplicate>();
    replicate->SetAttribute("Exponent", DoubleValue(1));
    helper->GetPool()->SetReplicate(replicate);
    helper->GetPool()->AddStream(Stream(Seconds(40), MilliSeconds(500), true));
    for (int i = 0; i < 3; ++i)
    {
        Watch(Seconds(5)); // with room for the high rendition only
    }
    RunUntil(Seconds(39));
    const ContentMap& map = *helper->GetPool()->GetMap(7);
    // A budget of four holders for two kinds: three for the one that is asked for.
    EXPECT_EQ(map.Find(70, 1)->holders.size(), 3u);
    EXPECT_EQ(map.Find(70, 0)->holders.size(), 1u);
    EXPECT_GT(helper->GetPool()->GetCounters().copied, 50u);
    EXPECT_EQ(helper->GetPool()->GetCounters().spare, 0u);
}

} // namespace
