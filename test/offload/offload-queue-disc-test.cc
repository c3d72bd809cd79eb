// SPDX-License-Identifier: GPL-2.0-only
//
// The disc, driven without IP by its owner: PCIe packets of 16 functions.
//  1. what came has gone, was dropped or is held, after every one of many random operations, with
//     each allocation and priority, shaped or not; memory is never exceeded
//  2. without priorities who came first is served first; a lower level is served before a higher;
//     who has waited for the bound is overtaken by nobody, held against a list of what was served
//  3. bad elements are dropped with their reason
//  4. of a request of which an element was dropped, later ones are dropped; deferred elements make
//     way for others, and what is beyond its plan for who is within his
//  5. same seed, same result
//  6. a shaped function sends at its rate and not above, and the disc wakes up for it
//  7. what is urged is served with the others; of what was dropped it is said
//  8. memory that is not given in bytes is refused

#include "ns3/offload-queue-disc.h"
#include <ns3/boolean.h>
#include <ns3/double.h>
#include <ns3/packet.h>
#include <ns3/pointer.h>
#include <ns3/queue-size.h>
#include <ns3/simulator.h>
#include <ns3/string.h>
#include <ns3/uinteger.h>

#include <functional>
#include <gtest/gtest.h>
#include <random>
#include <string>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

/// The requester is the function, the address the request, the tag how many bytes it has.
class TestClassifier : public OffloadClassifier
{
  public:
    uint32_t Classify(OffloadElement& element, uint32_t) override
    {
        element.request = element.tlp->address;
        element.requestBytes = element.tlp->length;
        return element.tlp->requester;
    }
};

/// The level is the tag that the test gave the first element.
class ScriptedPriority : public OffloadPriority
{
  public:
    uint8_t Level(Time, const OffloadArrival&) override
    {
        return next;
    }

    uint8_t Urged() const override
    {
        return urged;
    }

    uint8_t next{0};
    uint8_t urged{0};
};

struct Fixture
{
    Fixture(uint32_t memory, Ptr<OffloadAllocation> allocation, Ptr<OffloadPriority> priority)
        : disc(CreateObject<OffloadQueueDisc>()),
          forecaster(CreateObject<OffloadForecaster>())
    {
        disc->SetMaxSize(QueueSize(QueueSizeUnit::BYTES, memory));
        disc->SetAttribute("Classifier", PointerValue(CreateObject<TestClassifier>()));
        disc->SetAttribute("Allocation", PointerValue(allocation));
        disc->SetAttribute("Priority", PointerValue(priority));
        disc->SetAttribute("Forecaster", PointerValue(forecaster));
        disc->SetAttribute("LineRate", StringValue("100Mbps"));
    }

    ~Fixture()
    {
        disc->Dispose();
        Simulator::Destroy();
    }

    bool Put(uint16_t function, uint32_t size, uint64_t request = 0)
    {
        OffloadTlp tlp;
        tlp.type = request % 2 == 0 ? OFFLOAD_READ : OFFLOAD_WRITE;
        tlp.requester = function;
        tlp.address = request;
        return disc->Enqueue(Create<OffloadTlpItem>(Create<Packet>(size), tlp));
    }

    /// @return function and size of what is served; -1 and 0 for nothing
    std::pair<int, uint32_t> Serve()
    {
        const Ptr<QueueDiscItem> item = disc->Dequeue();
        return item
                   ? std::pair<int, uint32_t>(DynamicCast<OffloadTlpItem>(item)->GetTlp().requester,
                                              item->GetSize())
                   : std::pair<int, uint32_t>(-1, 0);
    }

    uint32_t Drops(const char* reason) const
    {
        const QueueDisc::Stats& stats = disc->GetStats();
        return stats.GetNDroppedPackets(reason);
    }

    Ptr<OffloadQueueDisc> disc;
    Ptr<OffloadForecaster> forecaster;
};

TEST(OffloadQueueDisc, IsConservedAfterEveryOperation)
{
    const auto run =
        [](Ptr<OffloadAllocation> allocation, Ptr<OffloadPriority> priority, double shaping)
    {
        Fixture fixture(100000, allocation, priority);
        fixture.disc->SetAttribute("RingSlots", UintegerValue(32));
        fixture.disc->SetAttribute("Shaping", DoubleValue(shaping));
        fixture.disc->SetAttribute("StarvationBound", TimeValue(MilliSeconds(5)));
        fixture.forecaster->SetAttribute("Interval", TimeValue(MilliSeconds(1)));
        fixture.disc->Initialize();
        std::mt19937 random(3);
        int wrong = 0;
        uint64_t hash = 0;
        for (int step = 0; step < 20000; ++step)
        {
            Simulator::Schedule(MicroSeconds(20 * step),
                                [&]
                                {
                                    const uint32_t dice = random() % 100;
                                    const uint16_t function = random() % 18 * (random() % 2);
                                    const uint32_t size = random() % 4000;
                                    if (dice < 55U)
                                    {
                                        fixture.Put(function, size, random() % 300);
                                    }
                                    else
                                    {
                                        const auto [who, bytes] = fixture.Serve();
                                        hash =
                                            hash * 31 + static_cast<uint64_t>(who * 10000) + bytes;
                                    }
                                    wrong += fixture.disc->IsConserved() ? 0 : 1;
                                });
        }
        Simulator::Stop(Seconds(1));
        Simulator::Run();
        EXPECT_EQ(wrong, 0);
        EXPECT_EQ(fixture.disc->GetStarved(), 0U);
        EXPECT_GT(fixture.disc->GetStats().nTotalDroppedPackets, 100U);
        EXPECT_GT(fixture.disc->GetStats().nTotalDequeuedPackets, 1000U);
        return hash;
    };
    const std::vector<std::function<Ptr<OffloadAllocation>()>> allocations{
        [] { return CreateObject<StaticAllocation>(); },
        [] { return CreateObject<SharedAllocation>(); },
        [] { return CreateObject<DynamicThresholdAllocation>(); },
        [] { return CreateObject<ForecastAllocation>(); }};
    for (const auto& allocation : allocations)
    {
        run(allocation(), CreateObject<EqualPriority>(), 0);
        const uint64_t first = run(allocation(), CreateObject<DeferralPriority>(), 0);
        EXPECT_EQ(run(allocation(), CreateObject<DeferralPriority>(), 0), first);
        run(allocation(), CreateObject<DeferralPriority>(), 1.5);
    }
}

TEST(OffloadQueueDisc, ServesLowerLevelsFirstAndInThemWhoCameFirst)
{
    const Ptr<ScriptedPriority> priority = CreateObject<ScriptedPriority>();
    Fixture fixture(100000, CreateObject<SharedAllocation>(), priority);
    fixture.disc->Initialize();
    for (const auto& [level, function] : {std::pair{2, 1}, {0, 2}, {1, 3}, {0, 1}, {1, 1}, {2, 4}})
    {
        priority->next = static_cast<uint8_t>(level);
        ASSERT_TRUE(fixture.Put(static_cast<uint16_t>(function), 100));
    }
    for (int function : {2, 1, 3, 1, 1, 4, -1})
    {
        EXPECT_EQ(fixture.Serve().first, function);
    }
    EXPECT_TRUE(fixture.disc->IsConserved());
}

TEST(OffloadQueueDisc, NobodyWhoHasWaitedForTheBoundIsOvertaken)
{
    const Ptr<ScriptedPriority> priority = CreateObject<ScriptedPriority>();
    Fixture fixture(1000000, CreateObject<SharedAllocation>(), priority);
    const Time bound = MilliSeconds(2);
    fixture.disc->SetAttribute("StarvationBound", TimeValue(bound));
    fixture.disc->Initialize();
    std::mt19937 random(4);
    std::vector<Time> came;
    std::vector<Time> went;
    uint32_t overtaken = 0;
    for (int step = 0; step < 3000; ++step)
    {
        Simulator::Schedule(MicroSeconds(10 * step),
                            [&, step]
                            {
                                if (step < 1500 || step % 2 == 0)
                                {
                                    priority->next = random() % 20 == 0 ? 3 : random() % 2;
                                    came.push_back(Simulator::Now());
                                    went.push_back(Time(0));
                                    fixture.Put(random() % 16, uint32_t(came.size()));
                                }
                                if (step % 3 > 0)
                                {
                                    const uint32_t who = fixture.Serve().second;
                                    if (who > 0)
                                    {
                                        went[who - 1] = Simulator::Now();
                                    }
                                }
                            });
    }
    Simulator::Stop(Seconds(1));
    Simulator::Run();
    uint32_t late = 0;
    for (std::size_t i = 0; i < came.size(); ++i)
    {
        const Time left = went[i].IsZero() ? Seconds(1) : went[i];
        late += left - came[i] >= bound ? 1 : 0;
        for (std::size_t j = i + 1; j < came.size(); ++j)
        {
            const bool isEarlier = !went[j].IsZero() && went[j] < left;
            ASSERT_FALSE(isEarlier && went[j] - came[i] >= bound) << i << " by " << j;
            overtaken += isEarlier ? 1 : 0;
        }
    }
    EXPECT_GT(late, 100U);       // the bound was reached
    EXPECT_GT(overtaken, 1000U); // and before it, priorities counted
    EXPECT_EQ(fixture.disc->GetStarved(), 0U);
}

TEST(OffloadQueueDisc, DropsBadElementsWithTheirReason)
{
    Fixture fixture(10000, CreateObject<SharedAllocation>(), CreateObject<EqualPriority>());
    fixture.disc->SetAttribute("MaxElement", UintegerValue(4096));
    fixture.disc->SetAttribute("RingSlots", UintegerValue(2));
    fixture.disc->Initialize();
    EXPECT_FALSE(fixture.Put(1, 0));
    EXPECT_FALSE(fixture.Put(1, 4097));
    EXPECT_FALSE(fixture.Put(16, 100));
    const auto early = Create<OffloadTlpItem>(Create<Packet>(10), OffloadTlp());
    early->SetTimeStamp(NanoSeconds(1));
    EXPECT_FALSE(fixture.disc->Enqueue(early));
    EXPECT_TRUE(fixture.Put(1, 4096));
    EXPECT_TRUE(fixture.Put(1, 1));
    EXPECT_FALSE(fixture.Put(1, 1));
    EXPECT_TRUE(fixture.Put(2, 4000));
    EXPECT_FALSE(fixture.Put(2, 2000));
    EXPECT_EQ(fixture.Drops(OffloadQueueDisc::EMPTY_DROP), 1U);
    EXPECT_EQ(fixture.Drops(OffloadQueueDisc::OVERSIZE_DROP), 1U);
    EXPECT_EQ(fixture.Drops(OffloadQueueDisc::FUNCTION_DROP), 1U);
    EXPECT_EQ(fixture.Drops(OffloadQueueDisc::SLOT_DROP), 1U);
    EXPECT_EQ(fixture.Drops(OffloadQueueDisc::ORDER_DROP), 1U);
    EXPECT_EQ(fixture.disc->GetStats().nTotalDroppedPackets, 6U);
    EXPECT_TRUE(fixture.disc->IsConserved());
}

TEST(OffloadQueueDisc, RequestsFareAsAWhole)
{
    for (bool isWhole : {true, false})
    {
        Fixture fixture(3000, CreateObject<SharedAllocation>(), CreateObject<EqualPriority>());
        fixture.disc->SetAttribute("WholeRequests", BooleanValue(isWhole));
        fixture.disc->Initialize();
        EXPECT_TRUE(fixture.Put(1, 2000, 7));
        EXPECT_FALSE(fixture.Put(1, 2000, 7));
        EXPECT_EQ(fixture.Put(1, 100, 7), !isWhole);
        EXPECT_TRUE(fixture.Put(1, 100, 8));
        EXPECT_TRUE(fixture.Put(2, 100, 7)); // another function's
        EXPECT_EQ(fixture.Drops(OffloadQueueDisc::REQUEST_DROP), isWhole ? 1U : 0U);
    }
    // All elements of a request have the level of its first.
    const Ptr<ScriptedPriority> priority = CreateObject<ScriptedPriority>();
    Fixture fixture(3000, CreateObject<SharedAllocation>(), priority);
    fixture.disc->Initialize();
    priority->next = 1;
    fixture.Put(1, 100, 5);
    priority->next = 0;
    fixture.Put(1, 101, 5);
    fixture.Put(1, 102, 6);
    EXPECT_EQ(fixture.Serve().second, 102U);
    EXPECT_EQ(fixture.Serve().second, 100U);
    EXPECT_EQ(fixture.Serve().second, 101U);
}

TEST(OffloadQueueDisc, TheLessUrgentMakesWay)
{
    const Ptr<ScriptedPriority> priority = CreateObject<ScriptedPriority>();
    Fixture fixture(3000, CreateObject<SharedAllocation>(), priority);
    fixture.disc->Initialize();
    priority->next = 1;
    EXPECT_TRUE(fixture.Put(1, 1000, 11));
    EXPECT_TRUE(fixture.Put(1, 900, 12));
    priority->next = 0;
    EXPECT_TRUE(fixture.Put(2, 1000, 13));
    EXPECT_TRUE(fixture.Put(3, 1000, 14)); // 900 makes way, the newest
    EXPECT_FALSE(fixture.Put(1, 10, 12));  // what is left of that request
    EXPECT_TRUE(fixture.Put(2, 1000, 15)); // the other one
    EXPECT_FALSE(fixture.Put(2, 1, 16));   // nobody left to make way
    EXPECT_EQ(fixture.Drops(OffloadQueueDisc::ROOM_DROP), 2U);
    EXPECT_EQ(fixture.Drops(OffloadQueueDisc::FULL_DROP) +
                  fixture.Drops(OffloadQueueDisc::LIMIT_DROP),
              1U);
    EXPECT_TRUE(fixture.disc->IsConserved());
}

TEST(OffloadQueueDisc, WhoIsWithinThePlanIsSureOfIt)
{
    Fixture fixture(16000, CreateObject<ForecastAllocation>(), CreateObject<EqualPriority>());
    fixture.disc->Initialize(); // 1000 planned for each
    uint32_t greedy = 0;
    while (fixture.Put(1, 100))
    {
        ++greedy;
    }
    EXPECT_GT(greedy, 120U); // far beyond its plan, while nobody else came
    for (uint16_t function = 2; function < 16; ++function)
    {
        for (int i = 0; i < 10; ++i)
        {
            EXPECT_TRUE(fixture.Put(function, 100));
        }
        EXPECT_TRUE(fixture.disc->IsConserved());
    }
    EXPECT_GE(fixture.disc->GetBuffer(1).Bytes(), 1000U);
    EXPECT_FALSE(fixture.Put(1, 100));
}

TEST(OffloadQueueDisc, HoldsAFunctionToItsRate)
{
    Fixture fixture(1000000, CreateObject<SharedAllocation>(), CreateObject<EqualPriority>());
    fixture.disc->SetAttribute("Shaping", DoubleValue(1));
    fixture.disc->SetAttribute("ShapingFloor", StringValue("8Mbps")); // 1 MB/s
    fixture.disc->SetAttribute("StarvationBound", TimeValue(Seconds(100)));
    uint64_t sent = 0;
    fixture.disc->SetSendCallback([&sent](Ptr<QueueDiscItem> item) { sent += item->GetSize(); });
    fixture.disc->Initialize();
    Simulator::Schedule(MilliSeconds(1), [&] { fixture.Put(1, 1); });
    // The engine has forecast by then: nothing, so the floor holds.
    Simulator::Schedule(MilliSeconds(25),
                        [&]
                        {
                            for (int i = 0; i < 500; ++i)
                            {
                                fixture.Put(1, 1000);
                            }
                            fixture.disc->Run();
                        });
    Simulator::Stop(MilliSeconds(27));
    Simulator::Run();
    // An interval's depth at once, a millisecond or two at 1 MB/s, one element overdraws.
    EXPECT_LE(sent, 10000 + 2000 + 1000 + 1U);
    EXPECT_GE(sent, 10000U);
    Simulator::Stop(Seconds(30));
    Simulator::Run();
    EXPECT_EQ(sent, 500001U); // it woke up for the rest
    EXPECT_TRUE(fixture.disc->IsConserved());
}

TEST(OffloadQueueDisc, RefusesWhatItCannotBe)
{
    const Ptr<OffloadQueueDisc> disc = CreateObject<OffloadQueueDisc>();
    disc->SetMaxSize(QueueSize("100p"));
    EXPECT_DEATH(disc->Initialize(), "in bytes, not 100p");
}

TEST(OffloadQueueDisc, WhatIsUrgedIsServedWithTheOthersAndWhatWasDroppedIsNot)
{
    const auto priority = CreateObject<ScriptedPriority>();
    Fixture fixture(10000, CreateObject<SharedAllocation>(), priority);
    fixture.disc->Initialize();
    priority->next = 2;
    fixture.Put(0, 100, 10);
    fixture.Put(1, 200, 20);
    priority->next = 0;
    fixture.Put(1, 300, 30);
    EXPECT_TRUE(fixture.disc->Urge(1, 20));
    EXPECT_TRUE(fixture.disc->IsConserved());
    fixture.Put(1, 400, 20); // comes after it was urged
    using P = std::pair<int, uint32_t>;
    EXPECT_EQ(fixture.Serve(), P(1, 200)) << "came before the 300";
    EXPECT_EQ(fixture.Serve(), P(1, 300));
    EXPECT_EQ(fixture.Serve(), P(1, 400));
    EXPECT_EQ(fixture.Serve(), P(0, 100)) << "nobody waits for it";
    EXPECT_TRUE(fixture.disc->IsConserved());

    priority->next = 2;
    fixture.Put(0, 4000, 12);
    priority->next = 0;
    fixture.Put(1, 8000, 32); // for which 12 makes way
    EXPECT_EQ(fixture.Drops(OffloadQueueDisc::ROOM_DROP), 1U);
    EXPECT_FALSE(fixture.disc->Urge(0, 12));
    EXPECT_FALSE(fixture.disc->Urge(99, 1)) << "no such function";
    EXPECT_TRUE(fixture.disc->IsConserved());
}

TEST(OffloadQueueDisc, WhatIsUrgedGoesToTheLevelThatThePriorityNames)
{
    const auto priority = CreateObject<ScriptedPriority>();
    Fixture fixture(10000, CreateObject<SharedAllocation>(), priority);
    fixture.disc->Initialize();
    priority->urged = 1;
    priority->next = 3;
    fixture.Put(0, 100, 10);
    priority->next = 0;
    fixture.Put(1, 200, 20);
    priority->next = 1;
    fixture.Put(2, 300, 30);
    EXPECT_TRUE(fixture.disc->Urge(1, 20)); // is more urgent already, and stays so
    EXPECT_TRUE(fixture.disc->Urge(0, 10));
    fixture.Put(0, 400, 10); // the rest of it
    using P = std::pair<int, uint32_t>;
    EXPECT_EQ(fixture.Serve(), P(1, 200));
    EXPECT_EQ(fixture.Serve(), P(0, 100));
    EXPECT_EQ(fixture.Serve(), P(2, 300));
    EXPECT_EQ(fixture.Serve(), P(0, 400));
    EXPECT_TRUE(fixture.disc->IsConserved());
}

} // namespace
