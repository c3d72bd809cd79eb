// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_POOL_FIXTURE_H
#define CONTENT_POOL_FIXTURE_H

#include "ns3/config.h"
#include "ns3/content-abr-throughput.h"
#include "ns3/content-client.h"
#include "ns3/content-missing.h"
#include "ns3/content-models.h"
#include "ns3/content-pool-helper.h"
#include "ns3/double.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <vector>

namespace pooltest
{

using namespace ns3;
using namespace ns3::sharding;

/// A pool with its clients; what is measured is asserted to add up at the end.
class World : public ::testing::Test
{
  protected:
    static constexpr double LOW = 200e3;
    static constexpr double HIGH = 800e3;

    void SetUp() override
    {
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(1);
        ContentPoolHelper::SetTcp(1448, 1 << 17);
        encoderFactory.SetTypeId("ns3::sharding::ContentEncoder");
        poolFactory.SetTypeId("ns3::sharding::ContentPool");
        poolFactory.Set("ContributionRate", DoubleValue(1e6));
        // Two renditions of 30 frames a second.
        work = (320.0 * 180 + 640.0 * 360) * 30;
        encoderFactory.Set("Capacity", DoubleValue(work));
    }

    void TearDown() override
    {
        if (helper)
        {
            Check();
        }
        for (auto& client : clients)
        {
            client->Dispose();
        }
        for (auto& site : sites)
        {
            site.map->Dispose();
            site.fetcher->Dispose();
        }
        Simulator::Destroy();
    }

    void Check()
    {
        EXPECT_TRUE(helper->GetPool()->CheckConservation());
        for (const auto& encoder : helper->GetEncoders())
        {
            EXPECT_TRUE(encoder->CheckConservation());
        }
        for (const auto& relay : helper->GetRelays())
        {
            EXPECT_TRUE(relay->CheckConservation());
        }
        for (const auto& site : sites)
        {
            EXPECT_TRUE(site.fetcher->CheckConservation());
            for (uint32_t error = 1; error < CONTENT_MAP_ERRORS; ++error)
            {
                EXPECT_EQ(site.map->GetCounters().errors[error], 0u)
                    << ContentMapErrorName(static_cast<ContentMapError>(error));
            }
        }
        for (const auto& client : clients)
        {
            EXPECT_TRUE(client->CheckConservation());
        }
    }

    /// A stream of number 7.
    ContentPoolStream Stream(Time length, Time duration, bool live) const
    {
        ContentPoolStream stream;
        stream.number = 7;
        stream.movie =
            std::make_shared<const ContentMovie>(MakeConstantMovie(length, duration, {LOW, HIGH}));
        stream.encodings = {{CONTENT_H264, 0, 320, 180, static_cast<uint32_t>(LOW)},
                            {CONTENT_H264, 1, 640, 360, static_cast<uint32_t>(HIGH)}};
        stream.live = live;
        stream.begin = Time(0);
        return stream;
    }

    void Build(uint32_t encoders, bool cache = false)
    {
        helper = std::make_unique<ContentPoolHelper>(encoders);
        helper->SetEncoders(encoderFactory);
        helper->SetPool(poolFactory);
        ObjectFactory factory;
        if (cache)
        {
            factory.SetTypeId("ns3::sharding::ContentCache");
        }
        helper->AddEdges(1, {DataRate("10Gbps"), MilliSeconds(5), 1000}, factory);
    }

    /// A client of a number of its own that begins at a time.
    void Watch(Time when, const DataRate& rate = DataRate("20Mbps"))
    {
        ContentClientSite site = helper->AddClient(0, {rate, MilliSeconds(10), 200});
        Ptr<ContentClient> client = CreateObject<ContentClient>();
        client->SetGuide(site.guide);
        client->SetFetcher(site.fetcher);
        client->SetAbr(CreateObject<ContentThroughputAbr>());
        client->SetMissing(CreateObject<ContentLadder>());
        client->SetAttribute("Timeout", TimeValue(MilliSeconds(500)));
        client->SetAttribute("LiveDelay", TimeValue(Seconds(3)));
        sites.push_back(site);
        clients.push_back(client);
        const Callback<void> ready = MakeCallback(&ContentClient::Start, client);
        const ContentAddress manager = helper->GetPool()->GetAddress();
        Simulator::Schedule(when,
                            [site, manager, ready]()
                            { site.map->Start(site.node, manager, 7, site.guide, ready); });
    }

    void RunUntil(Time end)
    {
        Simulator::Stop(end - Simulator::Now());
        Simulator::Run();
    }

    ObjectFactory encoderFactory;
    ObjectFactory poolFactory;
    double work{0}; ///< pixels a second of the stream
    std::unique_ptr<ContentPoolHelper> helper;
    std::vector<ContentClientSite> sites;
    std::vector<Ptr<ContentClient>> clients;
};

} // namespace pooltest

#endif // CONTENT_POOL_FIXTURE_H
