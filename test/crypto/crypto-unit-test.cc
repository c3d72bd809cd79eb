// SPDX-License-Identifier: GPL-2.0-only
//
// A cryptographic unit is a queueing server:
//  1. it serves in order, one at a time, and knows when it will be done
//  2. its queue is bounded
//  3. slowed, stalled and resumed in mid-service, what is left is done at the new speed
//  4. failing, it gives back what it holds, in order, and takes nothing until it recovers
//  5. over random histories, it agrees with a server that is simulated tick by tick
//
// All times are ticks here.
#include "ns3/shard-crypto-unit.h"

#include <cmath>
#include <deque>
#include <gtest/gtest.h>
#include <random>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

ShardUnitJob
Job(double work, uint64_t order = 0)
{
    ShardUnitJob job;
    job.work = work;
    job.order = order;
    return job;
}

/// @return when a shard that is served now was begun and done
std::pair<int64_t, int64_t>
Take(ShardCryptoUnit& unit)
{
    ShardCryptoUnit::Service service;
    unit.Pop(service);
    return {service.begun, service.done};
}

using Span = std::pair<int64_t, int64_t>;

TEST(CryptoUnit, ServesOneAfterTheOther)
{
    ShardCryptoUnit unit;
    EXPECT_EQ(unit.NextDone(), ShardCryptoUnit::NEVER);
    EXPECT_TRUE(unit.Accept(10, Job(100)));
    EXPECT_TRUE(unit.Accept(20, Job(50)));
    EXPECT_EQ(unit.NextDone(), 110);
    EXPECT_EQ(unit.GetState().held, 2u);
    EXPECT_EQ(unit.GetState().free, NanoSeconds(160));
    EXPECT_EQ(Take(unit), Span(10, 110));
    EXPECT_EQ(Take(unit), Span(110, 160));
    EXPECT_TRUE(unit.Accept(500, Job(1)));
    EXPECT_EQ(Take(unit), Span(500, 501));
    EXPECT_EQ(unit.GetCounters().busy, 151);
    EXPECT_EQ(unit.GetCounters().served, 3u);
    EXPECT_TRUE(unit.CheckConservation());
}

TEST(CryptoUnit, WorksAtItsSpeed)
{
    ShardCryptoUnit unit(10, 0.5);
    unit.Accept(0, Job(100));
    EXPECT_EQ(unit.NextDone(), 200);
}

TEST(CryptoUnit, HasRoomForSoManyBesideTheOneServed)
{
    ShardCryptoUnit unit(2);
    EXPECT_TRUE(unit.Accept(0, Job(10)));
    EXPECT_TRUE(unit.Accept(0, Job(10)));
    EXPECT_TRUE(unit.Accept(0, Job(10)));
    EXPECT_FALSE(unit.Accept(0, Job(10)));
    EXPECT_EQ(unit.GetCounters().refused, 1u);
    Take(unit);
    EXPECT_TRUE(unit.Accept(10, Job(10)));
    EXPECT_TRUE(unit.CheckConservation());

    ShardCryptoUnit narrow(0);
    EXPECT_TRUE(narrow.Accept(0, Job(10)));
    EXPECT_FALSE(narrow.Accept(0, Job(10)));
}

TEST(CryptoUnit, GoesOnAtAnotherSpeedWithWhatIsLeft)
{
    ShardCryptoUnit unit;
    unit.Accept(0, Job(100));
    unit.Accept(0, Job(100));
    unit.SetSpeed(40, 0.5); // 60 are left: 120 ticks
    EXPECT_EQ(unit.NextDone(), 160);
    EXPECT_EQ(unit.GetState().free, NanoSeconds(360));
    unit.SetSpeed(100, 0); // 30 are left
    EXPECT_EQ(unit.NextDone(), ShardCryptoUnit::NEVER);
    EXPECT_EQ(unit.GetState().free, Time::Max());
    unit.SetSpeed(1000, 1);
    EXPECT_EQ(unit.NextDone(), 1030);
    EXPECT_EQ(Take(unit), Span(0, 1030));
    EXPECT_EQ(Take(unit), Span(1030, 1130));
    EXPECT_EQ(unit.GetCounters().busy, 40 + 60 + 30 + 100) << "standing still is no work";
}

TEST(CryptoUnit, HasShardsWaitWhileItStalls)
{
    ShardCryptoUnit unit;
    unit.SetSpeed(5, 0);
    unit.Accept(10, Job(100));
    EXPECT_EQ(unit.NextDone(), ShardCryptoUnit::NEVER);
    unit.SetSpeed(50, 1);
    EXPECT_EQ(Take(unit), Span(50, 150)) << "its service begins when there is one";
}

TEST(CryptoUnit, GivesBackWhatItHoldsWhenItFails)
{
    ShardCryptoUnit unit;
    unit.Accept(0, Job(100, 1));
    unit.Accept(0, Job(100, 2));
    const std::vector<ShardUnitJob> jobs = unit.Fail(30);
    ASSERT_EQ(jobs.size(), 2u);
    EXPECT_EQ(jobs[0].order, 1u);
    EXPECT_EQ(jobs[0].work, 100) << "another begins from scratch";
    EXPECT_EQ(jobs[1].order, 2u);
    EXPECT_EQ(unit.NextDone(), ShardCryptoUnit::NEVER);
    EXPECT_FALSE(unit.GetState().isAlive);
    EXPECT_FALSE(unit.Accept(40, Job(100)));
    EXPECT_EQ(unit.GetCounters().busy, 30);
    unit.Recover();
    EXPECT_TRUE(unit.Accept(50, Job(100)));
    EXPECT_EQ(Take(unit), Span(50, 150));
    EXPECT_TRUE(unit.CheckConservation());
}

TEST(CryptoUnit, AgreesWithOneSimulatedTickByTick)
{
    std::mt19937 dice(7);
    uint64_t served = 0;
    for (int history = 0; history < 300; ++history)
    {
        const uint32_t most = dice() % 4;
        ShardCryptoUnit unit(most);
        std::deque<double> left; // work, of those that are here
        double speed = 1;
        bool isAlive = true;
        for (int64_t now = 0; now < 400; ++now)
        {
            // What is left is whole or ends in a half, which both round up.
            const bool isDone = !left.empty() && left.front() <= 0;
            ASSERT_EQ(unit.NextDone() <= now, isDone) << now;
            if (isDone)
            {
                ASSERT_EQ(unit.NextDone(), now);
                Take(unit);
                left.pop_front();
                ++served;
            }
            switch (dice() % 24)
            {
            case 0:
                speed = std::vector<double>{0, 0.5, 1, 1}[dice() % 4];
                unit.SetSpeed(now, speed);
                break;
            case 1:
                isAlive = !isAlive;
                if (isAlive)
                {
                    unit.Recover();
                }
                else
                {
                    ASSERT_EQ(unit.Fail(now).size(), left.size());
                    left.clear();
                }
                break;
            case 2:
            case 3:
            {
                const double work = 2.0 * (1 + dice() % 20);
                const bool hasRoom = isAlive && left.size() <= most;
                ASSERT_EQ(unit.Accept(now, Job(work)), hasRoom);
                if (hasRoom)
                {
                    left.push_back(work);
                }
                break;
            }
            default:
                break;
            }
            ASSERT_EQ(unit.GetState().held, left.size());
            ASSERT_TRUE(unit.CheckConservation());
            if (!left.empty())
            {
                left.front() -= speed;
            }
        }
    }
    EXPECT_GT(served, 500u);
}

} // namespace
