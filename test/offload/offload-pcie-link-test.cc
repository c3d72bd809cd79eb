// SPDX-License-Identifier: GPL-2.0-only
//
// The PCIe link, at 8 Gbit/s, which is a byte a nanosecond; the closed forms are sums of the times
// that packets take.
//  1. writes get the rate times payload / (payload + 24), less where credits are few
//  2. reads get the rate times payload / (payload + 20), and no more than tags x size / round trip
//  3. what is written crosses once, in packets of at most MaxPayload; short ends are short packets
//  4. with a queue disc in the direction of the engine nothing is lost and nothing takes longer
//  5. what can never be sent is refused

#include "ns3/offload-classifier.h"
#include "ns3/offload-pcie-link.h"
#include "ns3/offload-queue-disc.h"
#include <ns3/pointer.h>
#include <ns3/simulator.h>
#include <ns3/string.h>
#include <ns3/uinteger.h>

#include <gtest/gtest.h>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

/// A link, and when what was begun at 0 was done.
struct Fixture
{
    Fixture()
        : link(CreateObject<OffloadPcieLink>())
    {
        link->SetAttribute("Rate", StringValue("8Gbps"));
        link->SetAttribute("Delay", StringValue("150ns"));
        link->SetAttribute("HostLatency", StringValue("400ns"));
    }

    ~Fixture()
    {
        link->Dispose();
        Simulator::Destroy();
    }

    void Set(const std::string& name, uint32_t value)
    {
        link->SetAttribute(name, UintegerValue(value));
    }

    OffloadPcieLink::Done Note()
    {
        return OffloadPcieLink::Done([this] { done = Simulator::Now().GetNanoSeconds(); });
    }

    int64_t Write(uint32_t bytes)
    {
        link->Write(0, 0, bytes, Note());
        Simulator::Run();
        return done;
    }

    int64_t Read(uint32_t bytes)
    {
        link->Read(0, 0, bytes, Note());
        Simulator::Run();
        return done;
    }

    Ptr<OffloadPcieLink> link;
    int64_t done{-1};
};

TEST(OffloadPcieLink, WritesGetTheRateLessTheirOverhead)
{
    Fixture fixture;
    // 100 packets of 256 + 24 bytes, then on the way, then in the host.
    EXPECT_EQ(fixture.Write(25600), 100 * 280 + 150 + 400);
    EXPECT_TRUE(fixture.link->IsIdle());
    EXPECT_EQ(fixture.link->GetCounters().writes, 100U);
    EXPECT_EQ(fixture.link->GetCounters().payload, 25600U);
    EXPECT_EQ(fixture.link->GetCounters().lineBytes, 28000U);
}

TEST(OffloadPcieLink, WritesWaitForCredits)
{
    // A credit is back 280 + 150 + 400 ns after its packet began: two packets in that time.
    for (const auto& [name, credits] : {std::pair<const char*, uint32_t>{"HeaderCredits", 2},
                                        std::pair<const char*, uint32_t>{"DataCredits", 2 * 16}})
    {
        Fixture fixture;
        fixture.Set(name, credits);
        EXPECT_EQ(fixture.Write(25600), 49 * 830 + 280 + 830) << name;
        EXPECT_TRUE(fixture.link->IsIdle());
    }
}

TEST(OffloadPcieLink, ReadsWaitForTagsOrForTheLineOfTheirCompletions)
{
    Fixture one;
    one.Set("Tags", 1);
    // Request 24, way 150, host 400, two completions of 276, way 150; then the next.
    EXPECT_EQ(one.Read(51200), 100 * (24 + 150 + 400 + 2 * 276 + 150));
    EXPECT_TRUE(one.link->IsIdle());
    Simulator::Destroy();

    Fixture many;
    EXPECT_EQ(many.Read(51200), 24 + 150 + 400 + 200 * 276 + 150);
    EXPECT_EQ(many.link->GetCounters().reads, 100U);
    EXPECT_EQ(many.link->GetCounters().completions, 200U);
    EXPECT_EQ(many.link->GetCounters().lineBytes, 100U * 24 + 200 * 276);
    EXPECT_TRUE(many.link->IsIdle());
}

TEST(OffloadPcieLink, ShortEndsAreShortPackets)
{
    Fixture fixture;
    fixture.Set("MaxPayload", 128);
    // 512 = 4 x 128 and 88 in the read; 4 x 128 + 88 in the write
    EXPECT_EQ(fixture.Write(600), 5 * 24 + 600 + 550);
    const int64_t begun = fixture.done;
    EXPECT_EQ(fixture.Read(600) - begun, 24 + 550 + 5 * 20 + 600 + 150);
    EXPECT_EQ(fixture.link->GetCounters().reads, 2U);
    EXPECT_EQ(fixture.link->GetCounters().writes, 5U);
    EXPECT_EQ(fixture.link->GetCounters().completions, 5U);
    EXPECT_EQ(fixture.link->GetCounters().payload, 1200U);
}

TEST(OffloadPcieLink, GoesThroughAQueueDiscWithoutLoss)
{
    Fixture fixture;
    const auto disc = CreateObject<OffloadQueueDisc>();
    disc->SetAttribute("Classifier", PointerValue(CreateObject<RequesterClassifier>()));
    disc->SetAttribute("LineRate", StringValue("8Gbps"));
    disc->Initialize();
    fixture.link->SetDisc(disc);
    uint32_t ended = 0;
    for (uint16_t requester = 0; requester < 8; ++requester)
    {
        fixture.link->Read(requester,
                           0,
                           51200,
                           OffloadPcieLink::Done(
                               [&]
                               {
                                   ++ended;
                                   fixture.done = Simulator::Now().GetNanoSeconds();
                               }));
    }
    Simulator::Run();
    EXPECT_EQ(ended, 8U);
    // The line of completions is never idle.
    EXPECT_EQ(fixture.done, 24 + 150 + 400 + 8 * 200 * 276 + 150);
    EXPECT_TRUE(fixture.link->IsIdle());
    EXPECT_TRUE(disc->IsConserved());
    EXPECT_EQ(disc->GetStats().nTotalSentPackets, 1600U);
    EXPECT_EQ(fixture.link->GetCounters().dropped, 0U);
    disc->Dispose();
}

TEST(OffloadPcieLinkDeathTest, WhatCanNeverBeSentIsRefused)
{
    Fixture fixture;
    fixture.Set("DataCredits", 15);
    EXPECT_DEATH(fixture.link->Write(0, 0, 1, OffloadPcieLink::Done()), "DataCredits");
    Fixture other;
    EXPECT_DEATH(other.link->Read(0, 0, 0, OffloadPcieLink::Done()), "at least 1 byte");
}

} // namespace
