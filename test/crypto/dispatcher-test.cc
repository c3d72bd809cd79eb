// SPDX-License-Identifier: GPL-2.0-only
//
// What is proved of the dispatchers:
//  1. round-robin: each shard of a block on a different unit while there are enough, also where
//     blocks are interleaved; blocks go on where the last one ended; every unit gets as many
//  2. weighted: where work is done soonest; the faster of two idle ones; in turn among equals
//  3. shortest-queue: fewest shards; in turn among equals
//  4. random: all units alike (chi-square, a false alarm in a million), reproducible by its stream
//  5. flow-hash: all of a flow on one unit, and flows on all of them; only the flows of a unit that
//     is not alive move
//  6. none of them chooses one that is not alive
#include "ns3/shard-dispatcher.h"
#include <ns3/object-factory.h>

#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

using Units = std::vector<ShardUnitState>;

Ptr<ShardDispatcher>
ByName(const std::string& name)
{
    ObjectFactory factory;
    factory.SetTypeId("ns3::sharding::" + name + "Dispatcher");
    Ptr<ShardDispatcher> dispatcher = factory.Create<ShardDispatcher>();
    dispatcher->AssignStreams(77);
    return dispatcher;
}

Shard
ShardOf(uint32_t flow, uint32_t block, uint32_t index, uint32_t n)
{
    Shard shard;
    shard.fields.flow = flow;
    shard.fields.block = block;
    shard.fields.index = static_cast<uint8_t>(index);
    shard.fields.k = shard.fields.n = static_cast<uint8_t>(n);
    return shard;
}

TEST(RoundRobinDispatcher, DealsABlockToDifferentUnitsAndGoesOn)
{
    Ptr<ShardDispatcher> dispatcher = ByName("RoundRobin");
    const Units units(4);
    std::vector<int> chosen;
    for (uint32_t block = 0; block < 3; ++block)
    {
        for (uint32_t index = 0; index < 3; ++index)
        {
            chosen.push_back(dispatcher->Choose(Time(0), ShardOf(1, block, index, 3), units));
        }
    }
    EXPECT_EQ(chosen, (std::vector<int>{0, 1, 2, 3, 0, 1, 2, 3, 0}));
}

TEST(RoundRobinDispatcher, KeepsShardsOfInterleavedBlocksApart)
{
    for (uint32_t count : {8, 9, 16})
    {
        Ptr<ShardDispatcher> dispatcher = ByName("RoundRobin");
        const Units units(count);
        std::map<uint32_t, std::set<int>> used;
        std::map<int, int> load;
        for (uint32_t index = 0; index < 8; ++index)
        {
            for (uint32_t block = 0; block < 36; ++block)
            {
                const int unit = dispatcher->Choose(Time(0), ShardOf(1, block, index, 8), units);
                used[block].insert(unit);
                ++load[unit];
            }
        }
        for (const auto& [block, its] : used)
        {
            EXPECT_EQ(its.size(), 8u) << "block " << block << " of 8 shards, " << count << " units";
        }
        for (const auto& [unit, shards] : load)
        {
            EXPECT_EQ(shards, static_cast<int>(36 * 8 / count)) << unit;
        }
    }
}

TEST(RoundRobinDispatcher, TellsFlowsAndPeersApart)
{
    Ptr<ShardDispatcher> dispatcher = ByName("RoundRobin");
    const Units units(4);
    EXPECT_EQ(dispatcher->Choose(Time(0), ShardOf(1, 0, 0, 1), units), 0);
    EXPECT_EQ(dispatcher->Choose(Time(0), ShardOf(2, 0, 0, 1), units), 1);
    Shard other = ShardOf(1, 0, 0, 1);
    other.peer = 3;
    EXPECT_EQ(dispatcher->Choose(Time(0), other, units), 2);
    EXPECT_EQ(dispatcher->Choose(Time(0), ShardOf(1, 0, 0, 1), units), 0) << "it is remembered";
}

TEST(WeightedDispatcher, GivesToWhomIsFreeFirst)
{
    Ptr<ShardDispatcher> dispatcher = ByName("Weighted");
    Units units(3);
    const Shard shard = ShardOf(1, 0, 0, 1);
    units[0].free = MicroSeconds(30);
    units[1].free = MicroSeconds(20);
    units[2].free = MicroSeconds(25);
    EXPECT_EQ(dispatcher->Choose(MicroSeconds(10), shard, units), 1);
    units[1].free = Time::Max(); // it stalls
    EXPECT_EQ(dispatcher->Choose(MicroSeconds(10), shard, units), 2);
    // All idle: that some have been so for longer does not count.
    units[1].free = Time(0);
    std::vector<int> chosen;
    for (int i = 0; i < 4; ++i)
    {
        chosen.push_back(dispatcher->Choose(MicroSeconds(40), shard, units));
    }
    EXPECT_EQ(chosen, (std::vector<int>{0, 1, 2, 0}));
    units[1].speed = 2;
    EXPECT_EQ(dispatcher->Choose(MicroSeconds(40), shard, units), 1);
    EXPECT_EQ(dispatcher->Choose(MicroSeconds(40), shard, units), 1);
}

TEST(ShortestQueueDispatcher, GivesToWhomHasFewest)
{
    Ptr<ShardDispatcher> dispatcher = ByName("ShortestQueue");
    Units units(3);
    const Shard shard = ShardOf(1, 0, 0, 1);
    units[0].held = 2;
    units[1].held = 1;
    units[2].held = 1;
    EXPECT_EQ(dispatcher->Choose(Time(0), shard, units), 1);
    EXPECT_EQ(dispatcher->Choose(Time(0), shard, units), 2);
    EXPECT_EQ(dispatcher->Choose(Time(0), shard, units), 1);
    units[2].isAlive = false;
    units[1].held = 9;
    EXPECT_EQ(dispatcher->Choose(Time(0), shard, units), 0);
}

TEST(RandomDispatcher, TreatsUnitsAlikeAndRepeatsItself)
{
    Ptr<ShardDispatcher> dispatcher = ByName("Random");
    Ptr<ShardDispatcher> twin = ByName("Random");
    const Units units(5);
    std::vector<double> count(5);
    constexpr int SHARDS = 50000;
    for (int i = 0; i < SHARDS; ++i)
    {
        const uint16_t unit = dispatcher->Choose(Time(0), ShardOf(1, 0, 0, 1), units);
        ASSERT_EQ(unit, twin->Choose(Time(0), ShardOf(2, 9, 0, 1), units));
        ++count.at(unit);
    }
    double chi = 0;
    for (double one : count)
    {
        chi += (one - SHARDS / 5.0) * (one - SHARDS / 5.0) / (SHARDS / 5.0);
    }
    EXPECT_LT(chi, 33.4) << "four degrees of freedom: P = 1e-6";
}

TEST(FlowHashDispatcher, KeepsAFlowOnAUnitAndMovesOnlyWhatItMust)
{
    Ptr<ShardDispatcher> dispatcher = ByName("FlowHash");
    Units units(8);
    std::map<uint32_t, int> home;
    std::set<int> used;
    for (uint32_t flow = 0; flow < 400; ++flow)
    {
        home[flow] = dispatcher->Choose(Time(0), ShardOf(flow, 0, 0, 4), units);
        used.insert(home[flow]);
        EXPECT_EQ(dispatcher->Choose(Time(0), ShardOf(flow, 7, 3, 4), units), home[flow]);
    }
    EXPECT_EQ(used.size(), 8u);
    units[3].isAlive = false;
    for (uint32_t flow = 0; flow < 400; ++flow)
    {
        const int now = dispatcher->Choose(Time(0), ShardOf(flow, 0, 0, 4), units);
        if (home[flow] == 3)
        {
            EXPECT_NE(now, 3);
        }
        else
        {
            EXPECT_EQ(now, home[flow]);
        }
    }
}

TEST(Dispatchers, ChooseOnlyWhoIsAlive)
{
    for (const char* name : {"RoundRobin", "Weighted", "ShortestQueue", "Random", "FlowHash"})
    {
        Ptr<ShardDispatcher> dispatcher = ByName(name);
        for (uint32_t mask = 1; mask < 16; ++mask)
        {
            Units units(4);
            for (uint32_t unit = 0; unit < 4; ++unit)
            {
                units[unit].isAlive = mask >> unit & 1;
            }
            for (uint32_t shard = 0; shard < 40; ++shard)
            {
                const uint16_t unit =
                    dispatcher->Choose(Time(0), ShardOf(shard % 7, shard / 3, 0, 3), units);
                ASSERT_LT(unit, 4u) << name;
                ASSERT_TRUE(units[unit].isAlive) << name << " of " << mask;
            }
        }
    }
}

} // namespace
