// SPDX-License-Identifier: GPL-2.0-only
//
//     shards --> pool (units, dispatcher, cipher) --> what leaves, and when
//
// What is proved of the pool:
//  1. service takes fixed + bits / rate, by the speed of the unit; units work side by side
//  2. what has no room is dropped, and counted
//  3. the cipher numbers shards in the order in which they come, and what it refuses goes no
//  further
//  4. a unit that fails: its shards go to others or are lost; with none alive all is lost
//  5. a stalled unit holds what it has until it goes on
//  6. the node fails: all that is held is lost
//  7. late by slack, everything leaves with the same times, in the same order
//  8. exponential service times have their mean and deviation, and do not depend on the dispatcher
//  9. whatever happens, every shard is accounted for
#include "transform/recording-sink.h"

#include "ns3/shard-crypto-pool.h"
#include <ns3/enum.h>
#include <ns3/object-factory.h>
#include <ns3/rng-seed-manager.h>
#include <ns3/simulator.h>
#include <ns3/string.h>
#include <ns3/uinteger.h>

#include <cmath>
#include <gtest/gtest.h>
#include <random>

namespace
{

using namespace ns3;
using namespace ns3::sharding;
using transformtest::RecordingSink;

/// Gives numbers, and refuses those with an index that is marked.
class NumberingCipher : public ShardCipher
{
  public:
    void Number(Shard& shard) override
    {
        shard.seal.sequence = ++m_last;
    }

    bool Apply(Time, uint16_t unit, Shard& shard) override
    {
        units.push_back(unit);
        shard.size += 28;
        return shard.fields.index != refused;
    }

    int refused{-1};             ///< index of shards
    std::vector<uint16_t> units; ///< that applied it

  private:
    uint32_t m_last{0};
};

class CryptoPool : public testing::Test
{
  protected:
    /// 1 Mbit/s and 2 us: a shard of 1 byte takes 10 us.
    void Make(uint32_t units, const std::string& dispatcher = "RoundRobin")
    {
        pool = CreateObject<ShardCryptoPool>();
        pool->SetAttribute("Units", UintegerValue(units));
        pool->SetAttribute("Rate", DataRateValue(DataRate("1Mbps")));
        pool->SetAttribute("Fixed", TimeValue(MicroSeconds(2)));
        ObjectFactory factory;
        factory.SetTypeId("ns3::sharding::" + dispatcher + "Dispatcher");
        pool->SetDispatcher(factory.Create<ShardDispatcher>());
        pool->AssignStreams(5);
        pool->SetNext(&sink);
        sink.arrivals.clear();
    }

    /// Have shards of a block come.
    void Come(Time at, uint32_t block, uint32_t n, uint32_t size = 1)
    {
        Simulator::Schedule(at,
                            [this, block, n, size]
                            {
                                for (uint32_t index = 0; index < n; ++index)
                                {
                                    Shard shard;
                                    shard.fields.block = block;
                                    shard.fields.index = static_cast<uint8_t>(index);
                                    shard.fields.n = shard.fields.k = static_cast<uint8_t>(n);
                                    shard.size = size;
                                    pool->Accept(Simulator::Now(), std::move(shard));
                                }
                            });
    }

    void TearDown() override
    {
        if (pool)
        {
            EXPECT_TRUE(pool->CheckConservation());
            pool->Dispose();
        }
        Simulator::Destroy();
    }

    RecordingSink sink;
    Ptr<ShardCryptoPool> pool;
};

using Times = std::vector<int64_t>;

TEST_F(CryptoPool, WorksSideBySide)
{
    Make(2);
    Come(MicroSeconds(100), 0, 5);
    Simulator::Run();
    EXPECT_EQ(sink.Times(), (Times{110, 110, 120, 120, 130}));
    EXPECT_EQ(sink.Indexes(), (std::vector<int>{0, 1, 2, 3, 4}));
    EXPECT_EQ(pool->GetFirst(), MicroSeconds(100));
    EXPECT_EQ(pool->GetLast(), MicroSeconds(130));
    EXPECT_EQ(pool->GetCounters().passed, 5u);
    EXPECT_EQ(pool->GetCounters().reorderMax, 0u);
}

TEST_F(CryptoPool, HasUnitsOfDifferentSpeed)
{
    Make(2);
    pool->SetSpeeds({2, 0.5});
    Come(Time(0), 0, 4);
    Simulator::Run();
    EXPECT_EQ(sink.Times(), (Times{5, 10, 20, 40}));
    EXPECT_EQ(sink.Indexes(), (std::vector<int>{0, 2, 1, 3}));
    EXPECT_EQ(pool->GetCounters().reorderMax, 1u) << "shard 1 left behind shard 2";
}

TEST_F(CryptoPool, TellsWhatItDoes)
{
    Make(1);
    std::vector<std::string> story;
    pool->TraceConnectWithoutContext(
        "Served",
        Callback<void, const Shard&, const ShardServed&>(
            [&story](const Shard& shard, const ShardServed& served)
            {
                story.push_back(std::to_string(shard.fields.index) + " at " +
                                std::to_string(served.at.GetMicroSeconds()) + " waited " +
                                std::to_string(served.wait.GetMicroSeconds()) + " took " +
                                std::to_string(served.service.GetMicroSeconds()));
            }));
    Come(MicroSeconds(5), 0, 2);
    Simulator::Run();
    EXPECT_EQ(story,
              (std::vector<std::string>{"0 at 15 waited 0 took 10", "1 at 25 waited 10 took 10"}));
}

TEST_F(CryptoPool, DropsWhatHasNoRoom)
{
    Make(2);
    pool->SetAttribute("MaxWaiting", UintegerValue(1));
    Come(Time(0), 0, 7);
    Simulator::Run();
    EXPECT_EQ(sink.Indexes(), (std::vector<int>{0, 1, 2, 3}));
    EXPECT_EQ(pool->GetCounters().dropped, 3u);
}

TEST_F(CryptoPool, HasTheCipherNumberShardsAsTheyCome)
{
    Make(2);
    pool->SetSpeeds({1, 4});
    NumberingCipher cipher;
    cipher.refused = 2;
    pool->SetCipher(&cipher);
    Come(Time(0), 0, 4);
    Simulator::Run();
    EXPECT_EQ(sink.Indexes(), (std::vector<int>{1, 3, 0}));
    EXPECT_EQ(sink.Each([](const auto& a) { return a.shard.seal.sequence; }),
              (std::vector<uint32_t>{2, 4, 1}));
    EXPECT_EQ(sink.Sizes(), (std::vector<uint32_t>{29, 29, 29}));
    EXPECT_EQ(cipher.units, (std::vector<uint16_t>{1, 1, 0, 0}));
    EXPECT_EQ(pool->GetCounters().rejected, 1u);
}

TEST_F(CryptoPool, GivesTheShardsOfAFailedUnitToOthers)
{
    Make(2);
    NumberingCipher cipher;
    pool->SetCipher(&cipher);
    Come(Time(0), 0, 6);
    pool->FailUnit(MicroSeconds(12), 0); // 2 is in service, 4 waits; 3 and 5 are at the other
    pool->RecoverUnit(MicroSeconds(41), 0);
    Come(MicroSeconds(45), 1, 2);
    Simulator::Run();
    EXPECT_EQ(sink.Indexes(), (std::vector<int>{0, 1, 3, 5, 2, 4, 0, 1}));
    EXPECT_EQ(sink.Times(), (Times{10, 10, 20, 30, 40, 50, 55, 60}));
    EXPECT_EQ(pool->GetCounters().redispatched, 2u);
    EXPECT_EQ(pool->GetCounters().lost, 0u);
    EXPECT_EQ(pool->GetCounters().reorderMax, 3u) << "shard 3 of all left behind shard 6";
}

TEST_F(CryptoPool, LosesTheShardsOfAFailedUnitWhereThatIsWanted)
{
    Make(2);
    pool->SetAttribute("OnFailure", StringValue("lost"));
    Come(Time(0), 0, 6);
    pool->FailUnit(MicroSeconds(12), 0);
    Come(MicroSeconds(50), 1, 2);
    Simulator::Run();
    EXPECT_EQ(sink.Indexes(), (std::vector<int>{0, 1, 3, 5, 0, 1}));
    EXPECT_EQ(sink.Times(), (Times{10, 10, 20, 30, 60, 70})) << "one unit is left";
    EXPECT_EQ(pool->GetCounters().lost, 2u);
}

TEST_F(CryptoPool, LosesAllWhereNoUnitWorks)
{
    Make(1);
    Come(Time(0), 0, 2);
    pool->FailUnit(MicroSeconds(5), 0);
    Come(MicroSeconds(10), 1, 1);
    pool->RecoverUnit(MicroSeconds(20), 0);
    Come(MicroSeconds(30), 2, 1);
    Simulator::Run();
    EXPECT_EQ(sink.Times(), (Times{40}));
    EXPECT_EQ(pool->GetCounters().lost, 3u);
}

TEST_F(CryptoPool, HoldsWhatAStalledUnitHas)
{
    Make(1);
    Come(Time(0), 0, 2);
    pool->ChangeSpeed(MicroSeconds(4), 0, 0);
    pool->ChangeSpeed(MicroSeconds(1000), 0, 1);
    Simulator::Run();
    EXPECT_EQ(sink.Times(), (Times{1006, 1016}));
}

TEST_F(CryptoPool, ServesWhatIsDoneAtTheMomentOfAFailure)
{
    Make(1);
    Come(Time(0), 0, 2);
    pool->FailUnit(MicroSeconds(10), 0);
    Simulator::Run();
    EXPECT_EQ(sink.Times(), (Times{10}));
    EXPECT_EQ(pool->GetCounters().lost, 1u);
}

TEST_F(CryptoPool, LosesWhatItHoldsWhenTheNodeFails)
{
    Make(2);
    Come(Time(0), 0, 4);
    Simulator::Schedule(MicroSeconds(12), [this] { pool->Fail(); });
    Come(MicroSeconds(20), 1, 1);
    Simulator::Run();
    EXPECT_EQ(sink.Times(), (Times{10, 10, 30}));
    EXPECT_EQ(pool->GetCounters().lost, 2u);
    EXPECT_EQ(pool->GetWait(MicroSeconds(40)), Time(0));
}

TEST_F(CryptoPool, SaysHowLongAShardWouldWait)
{
    Make(2);
    EXPECT_EQ(pool->GetWait(Time(0)), Time(0));
    Come(Time(0), 0, 3);
    Simulator::Schedule(MicroSeconds(4),
                        [this] { EXPECT_EQ(pool->GetWait(Simulator::Now()), MicroSeconds(6)); });
    Simulator::Run();
}

/// The same arrivals and faults, handed over when they come or late, by at most some slack.
TEST_F(CryptoPool, LateBySlackGivesTheSame)
{
    for (uint32_t seed = 1; seed <= 60; ++seed)
    {
        std::vector<std::pair<int64_t, int>> expected;
        ShardCryptoCounters counted;
        for (const int64_t slack : {0, 37})
        {
            std::mt19937 dice(seed);
            const std::vector<std::string> names = {"RoundRobin",
                                                    "Weighted",
                                                    "ShortestQueue",
                                                    "FlowHash"};
            Make(1 + dice() % 4, names[dice() % 4]);
            pool->SetAttribute("Slack", TimeValue(MicroSeconds(slack)));
            pool->SetAttribute("MaxWaiting", UintegerValue(dice() % 5));
            pool->SetAttribute("OnFailure", StringValue(dice() % 2 ? "lost" : "redispatch"));
            if (dice() % 2)
            {
                pool->SetSpeeds({1, 0.5, 3});
            }
            int64_t at = 0;
            int64_t heard = 0;
            for (uint32_t i = 0; i < 120; ++i)
            {
                at += dice() % 12;
                Shard shard;
                shard.fields.flow = dice() % 5;
                shard.fields.block = i;
                shard.fields.k = shard.fields.n = 1;
                shard.size = 1 + dice() % 3;
                // Never before one that came sooner, and never later than slack allows.
                heard = std::max(heard, at + static_cast<int64_t>(dice() % (slack + 1)));
                heard = std::min(heard, at + slack);
                Simulator::Schedule(MicroSeconds(heard),
                                    [this, at, shard]
                                    {
                                        Shard copy = shard;
                                        pool->Accept(MicroSeconds(at), std::move(copy));
                                    });
            }
            std::mt19937 faults(seed + 1000);
            for (int i = 0; i < 4; ++i)
            {
                const Time when = MicroSeconds(faults() % 600);
                const auto unit = static_cast<uint16_t>(0);
                switch (faults() % 4)
                {
                case 0:
                    pool->ChangeSpeed(when, unit, 0.25);
                    pool->ChangeSpeed(when + MicroSeconds(100), unit, 1);
                    break;
                case 1:
                    pool->ChangeSpeed(when, unit, 0);
                    pool->ChangeSpeed(when + MicroSeconds(50), unit, 1);
                    break;
                default:
                    pool->FailUnit(when, unit);
                    pool->RecoverUnit(when + MicroSeconds(80), unit);
                    break;
                }
            }
            Simulator::Run();
            ASSERT_TRUE(pool->CheckConservation());
            ASSERT_EQ(pool->GetCounters().held, 0u);
            const auto seen = sink.Each(
                [](const auto& a)
                { return std::pair<int64_t, int>(a.us, static_cast<int>(a.shard.fields.block)); });
            if (slack == 0)
            {
                expected = seen;
                counted = pool->GetCounters();
                ASSERT_GT(seen.size(), 8u);
            }
            else
            {
                ASSERT_EQ(seen, expected) << "seed " << seed;
                ASSERT_EQ(pool->GetCounters().dropped, counted.dropped);
                ASSERT_EQ(pool->GetCounters().lost, counted.lost);
                ASSERT_EQ(pool->GetCounters().redispatched, counted.redispatched);
            }
            pool->Dispose();
            Simulator::Destroy();
        }
    }
    pool = nullptr;
}

TEST_F(CryptoPool, DrawsTheSameServicesForAllDispatchers)
{
    std::vector<int64_t> first;
    for (const char* name : {"RoundRobin", "Random", "ShortestQueue"})
    {
        RngSeedManager::SetSeed(3);
        RngSeedManager::SetRun(1);
        Make(8, name);
        pool->SetAttribute("Service", StringValue("exponential"));
        std::vector<int64_t> services(5000);
        pool->TraceConnectWithoutContext(
            "Served",
            Callback<void, const Shard&, const ShardServed&>(
                [&services](const Shard& shard, const ShardServed& served)
                { services.at(shard.fields.block) = served.service.GetNanoSeconds(); }));
        for (uint32_t i = 0; i < 5000; ++i)
        {
            Come(MicroSeconds(10 * i), i, 1);
        }
        Simulator::Run();
        if (first.empty())
        {
            first = services;
        }
        EXPECT_EQ(services, first) << name;
        pool->Dispose();
        Simulator::Destroy();
    }
    pool = nullptr;
    double sum = 0;
    double squares = 0;
    for (int64_t service : first)
    {
        sum += static_cast<double>(service);
        squares += static_cast<double>(service) * static_cast<double>(service);
    }
    const double mean = sum / 5000;
    // Mean and deviation of an exponential of mean 10 us; five standard errors.
    EXPECT_NEAR(mean, 10000, 5 * 10000 / std::sqrt(5000));
    EXPECT_NEAR(std::sqrt(squares / 5000 - mean * mean), 10000, 5 * 10000 * std::sqrt(2.0 / 5000));
}

} // namespace
