// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers allocated ahead, under a policy that says what the story says. Ticks are nanoseconds, an
 * allocation takes 100; expected values are worked out by hand.
 * 1. a plan becomes a buffer at its time, and a datagram takes it, ready or not; the waste is bytes
 *    times the time until then
 * 2. a buffer that is too small, or another flow's, is not taken
 * 3. what nobody takes is given back at its end, and is waste until then
 * 4. plans that have not begun are dropped by the next datagram, and asked for anew
 * 5. the policy is told the pattern: mean and deviation after RFC 6298, largest of the last eight
 * 6. of several buffers the earliest is taken; no flow has more than 16
 * 7. above the limit nothing is allocated
 * 8. a flood of new flows displaces no pattern, and no memory grows with it
 * 9. idle flows are forgotten, with their buffers
 * 10. over random stories: allocated = taken + unused + still there, and never over the limit
 */
#include "ns3/shard-buffers-ahead.h"

#include <functional>
#include <gtest/gtest.h>
#include <random>

namespace ns3
{
namespace sharding
{
namespace
{

/// Does what it is told.
class ScriptedPolicy : public ShardPreallocationPolicy
{
  public:
    ShardBufferPlan Plan(Time now,
                         const ShardArrivalPattern& pattern,
                         uint32_t ahead,
                         Time) override
    {
        last = pattern;
        return script(now.GetTimeStep(), pattern, ahead);
    }

    std::function<ShardBufferPlan(int64_t, const ShardArrivalPattern&, uint32_t)> script;
    ShardArrivalPattern last;
};

/// @return a plan of so many bytes, between the two times
ShardBufferPlan
Buffer(uint32_t bytes, int64_t begin, int64_t end)
{
    return {bytes, NanoSeconds(begin), NanoSeconds(end)};
}

class BuffersAhead : public ::testing::Test
{
  protected:
    BuffersAhead()
        : policy(CreateObject<ScriptedPolicy>())
    {
        settings.coldTime = NanoSeconds(100);
        settings.memory = 10000;
        settings.flows = 8;
        settings.flowIdle = NanoSeconds(1000000);
        // One buffer of 1000 bytes for the next datagram, from 50 to 1050 ns after this one.
        policy->script = [](int64_t now, const ShardArrivalPattern&, uint32_t ahead)
        { return ahead == 1 ? Buffer(1000, now + 50, now + 1050) : ShardBufferPlan(); };
    }

    void Begin()
    {
        ahead.emplace(settings, *policy);
    }

    std::optional<int64_t> Open(int64_t now, uint32_t flow = 7, uint32_t bytes = 1000)
    {
        return ahead->Open(now, 1, flow, bytes);
    }

    ShardAheadSettings settings;
    Ptr<ScriptedPolicy> policy;
    std::optional<ShardBuffersAhead> ahead;
};

TEST_F(BuffersAhead, APlanBecomesABufferThatADatagramTakes)
{
    Begin();
    EXPECT_EQ(Open(0), std::nullopt);
    EXPECT_EQ(ahead->Offer(120, 1, 7, 1000), 150);
    EXPECT_EQ(Open(200), 150); // begun at 50
    EXPECT_DOUBLE_EQ(ahead->Waste(), 1000.0 * 150);
    EXPECT_EQ(Open(260), 350) << "begun at 250, not ready yet";
    EXPECT_DOUBLE_EQ(ahead->Waste(), 1000.0 * 160);
    EXPECT_EQ(Open(300), std::nullopt) << "planned for 310 only";
    EXPECT_EQ(ahead->Counters().taken, 2u);
    EXPECT_EQ(ahead->Counters().begun, 2u);
    EXPECT_EQ(ahead->Counters().peakBytes, 1000u);
}

TEST_F(BuffersAhead, NeitherTooSmallNorAnotherFlowsIsTaken)
{
    Begin();
    Open(0);
    EXPECT_EQ(Open(200, 7, 1001), std::nullopt);
    EXPECT_EQ(Open(210, 8, 1000), std::nullopt);
    EXPECT_EQ(ahead->Open(220, 2, 7, 1000), std::nullopt) << "another sender's flow 7";
    EXPECT_EQ(ahead->Offer(230, 1, 9, 1), std::nullopt) << "of a flow never seen";
    EXPECT_EQ(Open(240, 7, 1000), 150);
}

TEST_F(BuffersAhead, WhatNobodyTakesIsGivenBack)
{
    Begin();
    Open(0);
    EXPECT_EQ(Open(1050), std::nullopt);
    EXPECT_DOUBLE_EQ(ahead->Waste(), 1000.0 * 1000);
    EXPECT_EQ(ahead->Counters().unused, 1u);
    EXPECT_EQ(ahead->Counters().bytes, 0u);
}

TEST_F(BuffersAhead, PlansThatHaveNotBegunAreDropped)
{
    policy->script = [](int64_t now, const ShardArrivalPattern& pattern, uint32_t ahead)
    {
        const bool plan = ahead == 1 && pattern.datagrams == 1;
        return plan ? Buffer(1000, now + 50, now + 1050) : ShardBufferPlan();
    };
    Begin();
    Open(0);
    Open(49);
    EXPECT_EQ(Open(500), std::nullopt);
    EXPECT_EQ(ahead->Counters().begun, 0u);
    EXPECT_DOUBLE_EQ(ahead->Waste(), 0);
}

TEST_F(BuffersAhead, ThePolicyIsToldThePattern)
{
    Begin();
    Open(1000, 7, 500);
    EXPECT_EQ(policy->last.datagrams, 1u);
    EXPECT_EQ(policy->last.gapMean, Time(0));
    Open(1800, 7, 400);
    EXPECT_EQ(policy->last.gapMean, NanoSeconds(800));
    EXPECT_EQ(policy->last.gapDeviation, NanoSeconds(400));
    Open(3400, 7, 300);
    // The gap of 1600 differs by 800: deviation 400 + (800 - 400) / 4, mean 800 + 800 / 8.
    EXPECT_EQ(policy->last.gap, NanoSeconds(1600));
    EXPECT_EQ(policy->last.gapMean, NanoSeconds(900));
    EXPECT_EQ(policy->last.gapDeviation, NanoSeconds(500));
    EXPECT_EQ(policy->last.size, 300u);
    EXPECT_EQ(policy->last.largest, 500u);
    EXPECT_EQ(policy->last.peer, 1u);
    EXPECT_EQ(policy->last.flow, 7u);
    for (int64_t i = 0; i < 6; ++i)
    {
        Open(4000 + i, 7, 200);
    }
    EXPECT_EQ(policy->last.largest, 400u) << "500 was nine datagrams ago";
}

TEST_F(BuffersAhead, OfSeveralTheEarliestIsTakenAndThereAreNotMoreThanSixteen)
{
    settings.memory = 1000000;
    policy->script = [](int64_t now, const ShardArrivalPattern&, uint32_t ahead)
    { return Buffer(1000, now + 10 * ahead, now + 100000); };
    Begin();
    Open(0);
    EXPECT_EQ(ahead->Open(1000, 1, 7, 1000), 110);
    EXPECT_EQ(ahead->Counters().begun, 16u);
    EXPECT_EQ(ahead->Open(1001, 1, 7, 1000), 120);
}

TEST_F(BuffersAhead, AboveTheLimitNothingIsAllocated)
{
    settings.memory = 2500;
    Begin();
    for (uint32_t flow = 0; flow < 5; ++flow)
    {
        Open(0, flow);
    }
    for (uint32_t flow = 0; flow < 5; ++flow)
    {
        EXPECT_EQ(Open(200, flow).has_value(), flow < 2) << flow;
    }
    EXPECT_EQ(ahead->Counters().refused, 3u);
    EXPECT_EQ(ahead->Counters().peakBytes, 2000u);
}

TEST_F(BuffersAhead, AFloodOfNewFlowsDisplacesNoPattern)
{
    settings.flows = 100;
    Begin();
    Open(0, 1);
    Open(200, 1);
    const size_t before = [&]
    {
        for (uint32_t flow = 1000; flow < 2000; ++flow)
        {
            Open(210, flow);
        }
        return ahead->HeapBytes();
    }();
    for (uint32_t flow = 2000; flow < 200000; ++flow)
    {
        Open(220, flow);
    }
    EXPECT_EQ(ahead->Flows(), 100u);
    EXPECT_EQ(ahead->HeapBytes(), before);
    EXPECT_LE(ahead->Counters().peakBytes, settings.memory);
    EXPECT_EQ(Open(400, 1), 350);
}

TEST_F(BuffersAhead, IdleFlowsAreForgottenWithTheirBuffers)
{
    settings.flowIdle = NanoSeconds(500);
    Begin();
    Open(0, 1);
    Open(0, 2);
    Open(499, 2);
    Open(500, 3);
    EXPECT_EQ(ahead->Counters().forgotten, 1u);
    EXPECT_EQ(ahead->Counters().unused, 1u);
    EXPECT_EQ(ahead->Flows(), 2u);
    Open(5000, 4);
    EXPECT_EQ(ahead->Flows(), 1u);
    EXPECT_EQ(ahead->Counters().bytes, 0u);
}

TEST_F(BuffersAhead, OverRandomStoriesNothingIsLostAndTheLimitHolds)
{
    for (uint32_t seed = 0; seed < 20; ++seed)
    {
        std::mt19937 engine(seed);
        policy->script = [&](int64_t now, const ShardArrivalPattern&, uint32_t)
        {
            const int64_t begin = now + engine() % 400;
            return Buffer(engine() % 3000, begin, begin + engine() % 900);
        };
        Begin();
        uint64_t took = 0;
        int64_t now = 0;
        for (int step = 0; step < 3000; ++step)
        {
            now += engine() % 200;
            took += Open(now, engine() % 12, 1 + engine() % 2500).has_value();
            ASSERT_LE(ahead->Counters().bytes, settings.memory);
            ASSERT_LE(ahead->Flows(), settings.flows);
        }
        policy->script = [](int64_t, const ShardArrivalPattern&, uint32_t)
        { return ShardBufferPlan(); };
        took += Open(now + 10000000, 77, 1).has_value(); // all are given back by then
        const ShardAheadCounters& counters = ahead->Counters();
        EXPECT_EQ(counters.bytes, 0u);
        EXPECT_EQ(counters.begun, counters.taken + counters.unused);
        EXPECT_EQ(counters.taken, took);
        EXPECT_GT(counters.taken, 100u);
        EXPECT_GT(counters.unused, 100u);
        EXPECT_GT(counters.refused, 0u);
    }
}

} // namespace
} // namespace sharding
} // namespace ns3
