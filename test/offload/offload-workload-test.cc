// SPDX-License-Identifier: GPL-2.0-only
/*
 * The I/O protocol, and client and server with a link between them that loses what a test says.
 * 1. what is written is read; what is no well-formed message is none
 * 2. a read or write whose messages are lost is tried again for what is missing, and only that
 * 3. a request without an answer is given up after its tries
 * 4. a timeout follows round trips; a prefetch that is urged is read anew only where it was lost
 * 5. the watch is silent where forecasts are as good as before, and not where they fail; over a
 * span it sees what an interval does not say
 */
#include "ns3/boolean.h"
#include "ns3/error-model.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/offload-storage.h"
#include "ns3/offload-watch.h"
#include "ns3/offload-workload-client.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/string.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <gtest/gtest.h>
#include <random>

using namespace ns3;
using namespace ns3::sharding;

namespace
{

OffloadIoFields
Some()
{
    OffloadIoFields fields;
    fields.kind = OFFLOAD_IO_DATA;
    fields.isLast = true;
    fields.function = 7;
    fields.tryNumber = 3;
    fields.chunkBytes = 1400;
    fields.bytes = 3000;
    fields.request = 0x123456789abcdef0;
    fields.offset = 0xfedcba9876543210;
    fields.mask = 4;
    return fields;
}

TEST(OffloadIoHeader, WhatIsWrittenIsRead)
{
    const auto fields = OffloadIoHeader::Read(OffloadIoHeader::Make(Some()));
    ASSERT_TRUE(fields);
    EXPECT_EQ(fields->kind, OFFLOAD_IO_DATA);
    EXPECT_TRUE(fields->isLast);
    EXPECT_FALSE(fields->isPrefetch);
    EXPECT_FALSE(fields->isUrgent);
    EXPECT_EQ(fields->function, 7);
    EXPECT_EQ(fields->tryNumber, 3);
    EXPECT_EQ(fields->request, 0x123456789abcdef0);
    EXPECT_EQ(fields->offset, 0xfedcba9876543210);
    EXPECT_EQ(fields->mask, 4);
    EXPECT_EQ(OffloadIoHeader::Make(Some())->GetSize(), 40 + 200) << "the rest of 3000";
}

TEST(OffloadIoHeader, WhatIsNotWellFormedIsNoMessage)
{
    const auto isRead = [](OffloadIoFields fields, uint32_t payload)
    {
        const Ptr<Packet> packet = Create<Packet>(payload);
        packet->AddHeader(OffloadIoHeader(fields));
        return OffloadIoHeader::Read(packet).has_value();
    };
    EXPECT_TRUE(isRead(Some(), 200));
    EXPECT_FALSE(isRead(Some(), 199));
    EXPECT_FALSE(OffloadIoHeader::Read(Create<Packet>(39)));
    OffloadIoFields fields = Some();
    fields.kind = static_cast<OffloadIoKind>(4);
    EXPECT_FALSE(isRead(fields, 200));
    fields = Some();
    fields.bytes = 0;
    EXPECT_FALSE(isRead(fields, 200));
    fields = Some();
    fields.chunkBytes = 0;
    EXPECT_FALSE(isRead(fields, 200));
    fields = Some();
    fields.mask = 6;
    EXPECT_FALSE(isRead(fields, 200)) << "two chunks in one message";
    fields.mask = 8;
    EXPECT_FALSE(isRead(fields, 200)) << "no such chunk";
    fields = Some();
    fields.bytes = 64 * 1400 + 1;
    fields.kind = OFFLOAD_IO_READ;
    fields.mask = 1;
    EXPECT_FALSE(isRead(fields, 0)) << "more chunks than a mask has bits";
    fields.bytes = 64 * 1400;
    EXPECT_TRUE(isRead(fields, 0));
}

/// A client, a server, and the packets, by number from 0, that are lost on the way to each.
class Pair
{
  public:
    Pair(const std::list<uint32_t>& lostRequests, const std::list<uint32_t>& lostAnswers)
    {
        NodeContainer nodes;
        nodes.Create(2);
        InternetStackHelper stack;
        stack.SetIpv6StackInstall(false); // which would send packets of its own
        stack.Install(nodes);
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
        const NetDeviceContainer devices = link.Install(nodes);
        Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
        const Ipv4Address server = addresses.Assign(devices).GetAddress(1);
        Lose(devices.Get(1), lostRequests);
        Lose(devices.Get(0), lostAnswers);
        client = CreateObject<OffloadClient>();
        client->SetRemote(InetSocketAddress(server, 6000));
        client->SetAttribute("MaxTries", UintegerValue(3));
        client->TraceConnectWithoutContext("End", MakeCallback(&Pair::End, this));
        nodes.Get(0)->AddApplication(client);
        storage = CreateObject<OffloadStorage>();
        nodes.Get(1)->AddApplication(storage);
    }

    ~Pair()
    {
        Simulator::Destroy();
    }

    void Run(bool isWrite, uint32_t bytes)
    {
        Simulator::Schedule(MilliSeconds(1),
                            [this, isWrite, bytes] { client->Issue(isWrite, 0, bytes); });
        Simulator::Run();
    }

    Ptr<OffloadClient> client;
    Ptr<OffloadStorage> storage;
    std::vector<OffloadIoOutcome> ended;

  private:
    static void Lose(Ptr<NetDevice> device, const std::list<uint32_t>& packets)
    {
        const auto model = CreateObject<ReceiveListErrorModel>();
        model->SetList(packets);
        device->SetAttribute("ReceiveErrorModel", PointerValue(model));
    }

    void End(const OffloadIoOutcome& outcome)
    {
        ended.push_back(outcome);
    }
};

TEST(OffloadClient, AReadIsAnswered)
{
    Pair pair({}, {});
    pair.Run(false, 3000);
    ASSERT_EQ(pair.ended.size(), 1);
    EXPECT_TRUE(pair.ended[0].isDone);
    EXPECT_EQ(pair.ended[0].tries, 1);
    EXPECT_EQ(pair.storage->GetCounters().readBytes, 3000);
    EXPECT_GE(pair.ended[0].ended - pair.ended[0].issued, MicroSeconds(200)) << "the storage's";
}

TEST(OffloadClient, OnlyTheMissingChunksAreAskedForAgain)
{
    Pair pair({}, {1});
    pair.Run(false, 3000);
    ASSERT_EQ(pair.ended.size(), 1);
    EXPECT_TRUE(pair.ended[0].isDone);
    EXPECT_EQ(pair.ended[0].tries, 2);
    EXPECT_EQ(pair.storage->GetCounters().readBytes, 3000 + 1400);
    EXPECT_GE(pair.ended[0].ended - pair.ended[0].issued, MilliSeconds(50)) << "the timeout";
    EXPECT_EQ(pair.client->GetCounters().duplicates, 0);
}

TEST(OffloadClient, AWriteIsDoneWhenTheServerHasAllOfIt)
{
    // Of three chunks the second is lost, and then the answer to the second try.
    Pair pair({1}, {1});
    pair.Run(true, 3000);
    ASSERT_EQ(pair.ended.size(), 1);
    EXPECT_TRUE(pair.ended[0].isDone);
    EXPECT_TRUE(pair.ended[0].isWrite);
    EXPECT_EQ(pair.ended[0].tries, 3);
    EXPECT_EQ(pair.storage->GetCounters().writes, 1);
    EXPECT_EQ(pair.storage->GetCounters().writtenBytes, 3000);
}

TEST(OffloadClient, ARequestIsGivenUpAfterItsTries)
{
    Pair pair({0, 1, 2}, {});
    pair.Run(false, 100);
    ASSERT_EQ(pair.ended.size(), 1);
    EXPECT_FALSE(pair.ended[0].isDone);
    EXPECT_EQ(pair.ended[0].tries, 3);
    // 50 + 100 + 200 ms.
    EXPECT_EQ(pair.ended[0].ended - pair.ended[0].issued, MilliSeconds(350));
    EXPECT_EQ(pair.client->Open(), 0);
}

void
CountAlert(std::vector<OffloadAlert>* alerts, const OffloadAlert& alert)
{
    alerts->push_back(alert);
}

TEST(OffloadWatch, AForecastThatFailsRaisesOneAlertOfItsFunction)
{
    const auto watch = CreateObject<OffloadWatch>();
    std::vector<OffloadAlert> alerts;
    watch->TraceConnectWithoutContext("Alert", MakeBoundCallback(&CountAlert, &alerts));
    std::mt19937 random(3);
    std::normal_distribution<double> noise(0, 100);
    for (int i = 0; i < 600; ++i)
    {
        for (uint32_t function : {0, 1})
        {
            const bool isFault = function == 1 && i >= 500 && i < 550;
            watch->Add(MilliSeconds(10 * i), function, 5000, (isFault ? 0 : 5000) + noise(random));
        }
    }
    ASSERT_EQ(alerts.size(), 1) << "false alarms at 0.9 come once in 10^9 intervals";
    EXPECT_EQ(alerts[0].function, 1);
    EXPECT_GE(alerts[0].at, Seconds(5));
    EXPECT_LE(alerts[0].at, MilliSeconds(5050));
    EXPECT_EQ(watch->GetAlerts(), 1);
}

TEST(OffloadClient, AnAdaptiveTimeoutOutgrowsAServerThatIsSlowerThanIt)
{
    // The server takes 80 ms, the timeout is 50 ms.
    for (const bool isAdaptive : {true, false})
    {
        Pair pair({}, {});
        pair.client->SetAttribute("Adaptive", BooleanValue(isAdaptive));
        pair.storage->SetAttribute("Latency", TimeValue(MilliSeconds(80)));
        for (int i = 0; i < 9; ++i)
        {
            Simulator::Schedule(MilliSeconds(1 + 500 * i),
                                [&pair] { pair.client->Issue(false, 0, 1000); });
        }
        pair.Run(false, 1000);
        ASSERT_EQ(pair.ended.size(), 10);
        EXPECT_TRUE(pair.ended[9].isDone);
        // Of the first two, which are asked for at once, the first answers teach the others.
        EXPECT_EQ(pair.client->GetCounters().retries, isAdaptive ? 2 : 10);
    }
}

TEST(OffloadStorage, WhatIsUrgedIsReadAnewOnlyWhereItWasLost)
{
    for (const bool isOnItsWay : {true, false})
    {
        const auto storage = CreateObject<OffloadStorage>();
        NodeContainer nodes;
        nodes.Create(1);
        InternetStackHelper stack;
        stack.SetIpv6StackInstall(false);
        stack.Install(nodes);
        nodes.Get(0)->AddApplication(storage);
        uint32_t asked = 0;
        storage->SetUrge(OffloadStorage::Urge(
            [&asked, isOnItsWay](const OffloadIoFields&)
            {
                ++asked;
                return isOnItsWay;
            }));
        Simulator::Schedule(MilliSeconds(1),
                            [node = nodes.Get(0)]
                            {
                                OffloadIoFields fields = Some();
                                fields.kind = OFFLOAD_IO_READ;
                                fields.isPrefetch = true;
                                fields.isUrgent = true;
                                const Ptr<Socket> socket =
                                    Socket::CreateSocket(node, UdpSocketFactory::GetTypeId());
                                socket->SendTo(OffloadIoHeader::Make(fields),
                                               0,
                                               InetSocketAddress("127.0.0.1", 6000));
                            });
        Simulator::Run();
        EXPECT_EQ(asked, 1U);
        EXPECT_EQ(storage->GetCounters().reads, isOnItsWay ? 0U : 1U);
        Simulator::Destroy();
    }
}

TEST(OffloadWatch, SilenceOfASparseFunctionIsSeenOverASpanAndNotInAnInterval)
{
    // 1.5 requests an interval, a forecast that follows (a smoothed mean with a gain of 1/4), and
    // silence, or four times as many, from interval 1000 on.
    for (const double factor : {0.0, 4.0})
    {
        for (const uint32_t span : {0U, 48U})
        {
            if (factor > 0 && span == 0)
            {
                continue; // four times as many can be enough in one interval
            }
            const auto watch = CreateObject<OffloadWatch>();
            watch->SetAttribute("Kind", StringValue("Gaussian"));
            watch->SetAttribute("Span", UintegerValue(span));
            std::vector<OffloadAlert> alerts;
            watch->TraceConnectWithoutContext("Alert", MakeBoundCallback(&CountAlert, &alerts));
            std::mt19937 random(5);
            double expected = 1.5;
            for (int i = 0; i < 1050; ++i)
            {
                const double mean = i < 1000 ? 1.5 : 1.5 * factor;
                const double seen = mean > 0 ? std::poisson_distribution<int>(mean)(random) : 0;
                watch->Add(MilliSeconds(10 * i), 0, 4096 * expected, 4096 * seen);
                expected += (seen - expected) / 4;
            }
            // 48 intervals have 72 requests, with a deviation of 8.5 (Poisson), and up to 10 as the
            // sums themselves say: silence is 6.1 of these (a score of 0.9) off after 41 intervals,
            // four times as many after 14. Sums are by chance once in 10^8.
            ASSERT_EQ(alerts.size(), span > 0 ? 1 : 0) << factor << ' ' << span;
            if (span > 0)
            {
                EXPECT_GE(alerts[0].at, Seconds(10));
                EXPECT_LE(alerts[0].at, MilliSeconds(factor > 0 ? 10250 : 10500)) << factor;
            }
        }
    }
}

} // namespace
