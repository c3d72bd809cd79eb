// SPDX-License-Identifier: GPL-2.0-only
/*
 * 1. the manager begins with as many endpoints as it should, and says so in commands
 * 2. what was not heard is said again; what was heard is not
 * 3. it grows and shrinks as the policy says, within the bounds, and ends nobody who is too young
 * 4. who drains is taken back before anybody new is begun, but not who has used up its quota
 * 5. who is silent is given up, and another slot is taken
 * 6. where endpoints are to be larger and not more, they are as large as the units that are wanted,
 *    and the policy sees units
 * 7. a profiler learns what a client's session brings, by device and by client, and ranks clients
 *    into groups
 */
#include "ns3/endpoint-manager.h"
#include "ns3/endpoint-profiler.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <map>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

/// Says what it was told to say.
class ToldScale : public EndpointScale
{
  public:
    uint32_t Units(Time, const EndpointScaleView& view) override
    {
        seen = view;
        return units;
    }

    uint32_t units{2};
    EndpointScaleView seen;
};

class ManagerTest : public testing::Test
{
  protected:
    explicit ManagerTest(bool isVertical = false)
    {
        config.isVertical = isVertical;
        config.mostPermille = 2500;
        config.begin = 2;
        config.least = 1;
        config.most = 5;
        config.minimumLife = Seconds(10);
        config.patience = Seconds(20);
        config.inactivity = Seconds(10000);
        EndpointLoadConfig load;
        load.kind = ENDPOINT_PREDICT_LAST;
        manager = std::make_unique<EndpointManager>(config, scale, load, nullptr);
        for (uint16_t i = 0; i < 6; ++i)
        {
            manager->AddSlot({i, 100, static_cast<uint16_t>(8000 + i)});
        }
    }

    /// All commands of a decision, carried out at once and reported.
    std::vector<EndpointCommand> Decide(int second)
    {
        const std::vector<EndpointCommand> commands = manager->Decide(Seconds(second), {});
        for (const EndpointCommand& command : commands)
        {
            lives[command.endpoint] = command.life;
            states[command.endpoint] =
                command.kind == EndpointCommand::CREATE ? ENDPOINT_WARM : ENDPOINT_DRAINING;
        }
        return commands;
    }

    void Report(int second, uint32_t endpoint, uint32_t sessions = 1, uint64_t work = 0)
    {
        EndpointReport report;
        report.endpoint = endpoint;
        report.life = lives[endpoint];
        report.state = states[endpoint];
        report.interval = 1000000;
        report.busy = 500000;
        report.work = work;
        report.sessions = sessions;
        manager->Take(Seconds(second), report);
    }

    void ReportAll(int second)
    {
        for (const auto& [endpoint, life] : lives)
        {
            Report(second, endpoint, 1, 1000);
        }
    }

    std::size_t Eligible() const
    {
        const auto& slots = manager->GetSlots();
        return static_cast<std::size_t>(
            std::count_if(slots.begin(), slots.end(), &EndpointManager::IsEligible));
    }

    EndpointPoolConfig config;
    Ptr<ToldScale> scale = CreateObject<ToldScale>();
    std::unique_ptr<EndpointManager> manager;
    std::map<uint32_t, uint32_t> lives;
    std::map<uint32_t, uint8_t> states;
};

TEST_F(ManagerTest, ItBeginsWithAsManyAsItShould)
{
    const std::vector<EndpointCommand> commands = Decide(0);
    ASSERT_EQ(commands.size(), 2U);
    EXPECT_EQ(commands[0].kind, EndpointCommand::CREATE);
    EXPECT_EQ(commands[0].life, 1U);
    EXPECT_EQ(Eligible(), 0U); // nobody has reported
    ReportAll(1);
    EXPECT_EQ(Eligible(), 2U);
}

TEST_F(ManagerTest, WhatWasNotHeardIsSaidAgainAndWhatWasIsNot)
{
    const std::vector<EndpointCommand> first = Decide(0);
    EXPECT_EQ(Decide(5).size(), 2U);
    ReportAll(6);
    EXPECT_TRUE(Decide(10).empty());
    EXPECT_EQ(manager->GetSlots()[0].life, first[0].life);
}

TEST_F(ManagerTest, ItGrowsToTheBoundAndEndsNobodyWhoIsTooYoung)
{
    Decide(0);
    ReportAll(1);
    scale->units = 100;
    EXPECT_EQ(Decide(5).size(), 3U); // five are the most
    ReportAll(6);
    EXPECT_EQ(Eligible(), 5U);
    scale->units = 1;
    std::vector<EndpointCommand> commands = Decide(11);
    ASSERT_EQ(commands.size(), 2U); // the first two are 11 s old, the others 6
    EXPECT_EQ(commands[0].kind, EndpointCommand::DRAIN);
    ReportAll(12);
    EXPECT_EQ(Eligible(), 3U);
    EXPECT_EQ(Decide(16).size(), 2U);
    ReportAll(17);
    EXPECT_EQ(Eligible(), 1U);
}

TEST_F(ManagerTest, BeforeAnybodyHasComeNothingIsEnded)
{
    Decide(0);
    scale->units = 1;
    Report(1, 0, 0, 0);
    Report(1, 1, 0, 0);
    EXPECT_TRUE(Decide(15).empty());
    Report(16, 0, 1, 1000);
    EXPECT_EQ(Decide(20).size(), 1U);
}

TEST_F(ManagerTest, TheFewestSessionsAreEndedFirst)
{
    Decide(0);
    Report(1, 0, 9, 1000);
    Report(1, 1, 3, 1000);
    scale->units = 1;
    const std::vector<EndpointCommand> commands = Decide(15);
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(commands[0].endpoint, 1U);
}

TEST_F(ManagerTest, WhoDrainsIsTakenBackButNotWhoHasUsedUpItsQuota)
{
    Decide(0);
    ReportAll(1);
    scale->units = 1;
    ASSERT_EQ(Decide(15).size(), 1U);
    ReportAll(16);
    scale->units = 2;
    std::vector<EndpointCommand> commands = Decide(20);
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(commands[0].kind, EndpointCommand::CREATE);
    EXPECT_EQ(commands[0].life, 1U); // the life that it had
    ReportAll(21);
    EXPECT_EQ(Eligible(), 2U);
    states[0] = ENDPOINT_DRAINING; // of itself
    ReportAll(22);
    EXPECT_EQ(Eligible(), 1U);
    commands = manager->Replace(Seconds(23)); // at once, not with the next decision
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(commands[0].endpoint, 2U);
    EXPECT_TRUE(manager->Replace(Seconds(23)).empty());
}

TEST_F(ManagerTest, WhoIsSilentIsGivenUpAndAnotherSlotIsTaken)
{
    Decide(0);
    ReportAll(1);
    Report(15, 1);
    EXPECT_TRUE(manager->GiveUp(Seconds(21)).empty());
    EXPECT_EQ(manager->GiveUp(Seconds(22)), std::vector<uint32_t>{0});
    const std::vector<EndpointCommand> commands = Decide(25);
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(commands[0].endpoint, 2U); // not the one that failed
    Report(26, 0);                       // of a life that was given up
    EXPECT_EQ(manager->GetSlots()[0].isOpen, false);
}

TEST_F(ManagerTest, DemandIsTheWorkThatIsReported)
{
    Decide(0);
    Report(1, 0, 1, 700000000); // 0.7 s in a second
    Report(1, 1, 1, 200000000);
    Report(2, 0, 1, 600000000);
    states[0] = ENDPOINT_OFF; // what has ended served its group, too
    Report(3, 0, 0, 0);
    Decide(5);
    EXPECT_DOUBLE_EQ(scale->seen.demand, 0.3); // 1.5 s in 5 s
    EXPECT_DOUBLE_EQ(scale->seen.utilisation, 0.5);
    EXPECT_EQ(scale->seen.ready, 1U);
}

class VerticalManagerTest : public ManagerTest
{
  protected:
    VerticalManagerTest()
        : ManagerTest(true)
    {
    }
};

TEST_F(VerticalManagerTest, EndpointsAreAsLargeAsTheUnitsThatAreWanted)
{
    Decide(0);
    ReportAll(1);
    scale->units = 3;
    std::vector<EndpointCommand> commands = Decide(5);
    ASSERT_EQ(commands.size(), 2U); // the two that there are
    EXPECT_EQ(commands[0].permille, 1500U);
    EXPECT_EQ(commands[1].permille, 1500U);
    EXPECT_EQ(commands[0].life, 1U);
    ReportAll(6);
    scale->units = 1; // said of what is there
    commands = Decide(20);
    EXPECT_EQ(scale->seen.ready, 3U);
    EXPECT_DOUBLE_EQ(scale->seen.utilisation, 0.5);
    ASSERT_EQ(commands.size(), 2U);
    EXPECT_EQ(commands[0].permille, 500U);
    EXPECT_EQ(commands[1].kind, EndpointCommand::CREATE);
    ReportAll(21);
    scale->units = 100;
    EXPECT_EQ(Decide(25)[0].permille, 2500U); // the most
    EXPECT_EQ(Eligible(), 2U);
}

TEST(Profiler, LearnsDemandByDevice)
{
    EndpointProfiler none(ENDPOINT_PROFILE_NONE, 1, Time(0));
    EndpointProfiler learned(ENDPOINT_PROFILE_LEARNED, 1, Time(0));
    for (uint64_t i = 0; i < 4000; ++i)
    {
        // Each client comes once, so that only its device tells.
        const EndpointFeatures features{i, 0, static_cast<uint8_t>(i % 2)};
        const Time work = MilliSeconds(i % 2 == 0 ? 100 : 300);
        none.Learn(Seconds(i), features, 10, work, Seconds(1));
        learned.Learn(Seconds(i), features, 10, work, Seconds(1));
    }
    EXPECT_NEAR(none.Demand(Seconds(1), {9999, 0, 0}), 0.2, 0.01);
    EXPECT_NEAR(learned.Demand(Seconds(1), {9999, 0, 0}), 0.1, 0.02);
    EXPECT_NEAR(learned.Demand(Seconds(1), {9999, 0, 1}), 0.3, 0.02);
    EXPECT_LT(learned.ErrorRatio(), none.ErrorRatio() / 4);
}

TEST(Profiler, LearnsDemandByClient)
{
    EndpointProfiler learned(ENDPOINT_PROFILE_LEARNED, 1, Time(0));
    for (uint64_t i = 0; i < 6000; ++i)
    {
        const uint64_t client = i % 20;
        learned.Learn(Seconds(i), {client, 0, 0}, 10, MilliSeconds(10 + 10 * client), Seconds(1));
    }
    EXPECT_NEAR(learned.Demand(Seconds(1), {0, 0, 0}), 0.01, 0.02);
    EXPECT_NEAR(learned.Demand(Seconds(1), {19, 0, 0}), 0.2, 0.02);
}

TEST(Profiler, RanksClientsIntoGroupsOfAsMany)
{
    EndpointProfiler profiler(ENDPOINT_PROFILE_CLIENT, 4, Time(0));
    std::map<uint32_t, int> sizes;
    for (uint64_t i = 0; i < 4000; ++i)
    {
        const double demand = static_cast<double>(i * 7919 % 1000);
        const uint32_t group = profiler.Group(i, demand);
        if (i >= 1000)
        {
            ++sizes[group];
            EXPECT_NEAR(group, demand / 250, 1.2);
        }
    }
    for (uint32_t group = 0; group < 4; ++group)
    {
        EXPECT_NEAR(sizes[group], 750, 75) << group;
    }
    // All alike: their numbers spread them.
    EndpointProfiler alike(ENDPOINT_PROFILE_NONE, 2, Time(0));
    int second = 0;
    for (uint64_t i = 0; i < 1000; ++i)
    {
        second += alike.Group(i, 0.5) == 1 ? 1 : 0;
    }
    EXPECT_NEAR(second, 500, 80); // five standard deviations
}

} // namespace
