// SPDX-License-Identifier: GPL-2.0-only
//
// Shards of content through a sharding tunnel between the pool and its clients:
//  1. the same shards come as without one, at the same times but for what the tunnel adds
//  2. where packets are lost, repair shards spare TCP most of the losses

#include "pool-fixture.h"

#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <utility>

using namespace pooltest;

namespace
{

/// A pool whose clients are behind links that lose packets, with or without a tunnel.
class ContentTunnel : public World
{
  protected:
    /**
     * Watch 20 s of a stream to the end.
     * @param tunnel whether there is one
     * @param loss of each link from the core
     * @param cache at the edge
     */
    void Play(bool tunnel, double loss, bool cache)
    {
        helper = std::make_unique<ContentPoolHelper>(4);
        helper->SetEncoders(encoderFactory);
        helper->SetPool(poolFactory);
        ObjectFactory factory;
        if (cache)
        {
            factory.SetTypeId("ns3::sharding::ContentCache");
        }
        if (tunnel)
        {
            ShardTunnelHelper what;
            what.SetPolicy("ns3::sharding::StaticPolicy",
                           "Shards",
                           UintegerValue(4),
                           "Code",
                           StringValue("rs"),
                           "Repair",
                           UintegerValue(2));
            what.SetPlacement("ns3::sharding::RoundRobinPlacement");
            helper->SetTunnel(what, 2);
        }
        helper->AddEdges(2, {DataRate("1Gbps"), MilliSeconds(20), 1000, loss}, factory);
        helper->AssignStreams(100);
        helper->GetPool()->AddStream(Stream(Seconds(20), MilliSeconds(500), false));
        Watch(Seconds(1));
        RunUntil(Seconds(120));
        Check();
        for (const auto& one : helper->GetTunnels())
        {
            EXPECT_TRUE(one->reassembler->CheckConservation());
        }
        ASSERT_TRUE(clients[0]->Totals() && clients[0]->IsOver());
        fetching = clients[0]->GetCounters().fetching;
        bytes = sites[0].fetcher->GetCounters().mediaBytes;
        fetched = sites[0].fetcher->GetCounters().fetched;
    }

    /// Forget all of it.
    void Clear()
    {
        TearDown();
        clients.clear();
        sites.clear();
        helper.reset();
        SetUp();
    }

    Time fetching;       ///< sum over shards
    uint64_t bytes{0};   ///< of media
    uint64_t fetched{0}; ///< shards
};

} // namespace

TEST_F(ContentTunnel, DeliversTheSameShards)
{
    for (const bool cache : {false, true})
    {
        Play(false, 0, cache);
        const uint64_t plainBytes = bytes;
        const Time plainFetching = fetching;
        EXPECT_EQ(fetched, 40U);
        Clear();
        Play(true, 0, cache);
        EXPECT_EQ(fetched, 40U);
        EXPECT_EQ(bytes, plainBytes);
        // A packet in six shards takes some microseconds longer at 1 Gbit/s, beside 70 ms and more.
        EXPECT_NEAR(fetching.GetSeconds() / plainFetching.GetSeconds(), 1, 0.02);
        // All of it went through the tunnel of that edge, and nothing through the other one's.
        const auto& tunnels = helper->GetTunnels();
        ASSERT_EQ(tunnels.size(), 2U);
        EXPECT_GE(tunnels[0]->transformer->GetCounters().sharded, bytes / 1448);
        EXPECT_EQ(tunnels[0]->reassembler->GetCounters().blocks[SHARD_RELEASED],
                  tunnels[0]->transformer->GetCounters().sharded);
        EXPECT_EQ(tunnels[1]->transformer->GetCounters().datagrams, 0U);
        Clear();
    }
}

TEST_F(ContentTunnel, SparesTcpMostLosses)
{
    Play(false, 0.03, false);
    const Time plainFetching = fetching;
    Clear();
    Play(true, 0.03, false);
    EXPECT_EQ(fetched, 40U);
    const auto& tunnel = *helper->GetTunnels()[0];
    const uint64_t sharded = tunnel.transformer->GetCounters().sharded;
    const uint64_t lost = sharded - tunnel.reassembler->GetCounters().blocks[SHARD_RELEASED];
    EXPECT_GT(tunnel.reassembler->GetCounters().recoveredBlocks, 0U);
    // Of six shards three or more are lost with 0.0005: of some 1500 packets 0.8 on average; more
    // than 8 with less than 1e-6. Without a tunnel it would be 45.
    EXPECT_GT(sharded, 500U);
    EXPECT_LE(lost, 8U);
    EXPECT_LT(fetching, plainFetching);
}
