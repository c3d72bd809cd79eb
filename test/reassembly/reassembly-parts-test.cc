// SPDX-License-Identifier: GPL-2.0-only
/**
 * The parts that reassembly is made of, against the standard library: the index, the list, the
 * order of release, and the search for the heaviest flow.
 */
#include "ns3/shard-flow-table.h"
#include "ns3/shard-index.h"
#include "ns3/shard-pool.h"
#include "ns3/shard-release-order.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <list>
#include <map>
#include <random>

namespace
{

using namespace ns3::sharding;

TEST(ReassemblyParts, TheIndexIsAMapAlsoWhenEveryHashCollides)
{
    for (uint32_t hashes : {1, 7, 1000000})
    {
        std::mt19937 random(hashes);
        ShardIndex index;
        std::map<uint32_t, uint32_t> reference; // value -> hash
        for (uint32_t i = 0; i < 20000; ++i)
        {
            const uint32_t value = random() % 200;
            const auto known = reference.find(value);
            if (known == reference.end())
            {
                const uint32_t hash = static_cast<uint32_t>(random()) % hashes * 2654435761u;
                reference[value] = hash;
                index.Insert(hash, value);
            }
            else
            {
                index.Erase(known->second, value);
                reference.erase(known);
            }
            const uint32_t asked = random() % 200;
            const auto it = reference.find(asked);
            const uint32_t hash = it == reference.end() ? 0 : it->second;
            ASSERT_EQ(index.Find(hash, [&](uint32_t v) { return v == asked; }),
                      it == reference.end() ? ShardIndex::NONE : asked);
        }
    }
}

TEST(ReassemblyParts, TheHashSpreadsNumbersThatCountUp)
{
    // 4096 keys in 4096 bins: with random hashes a bin of 12 or more has a probability below 1e-5.
    for (uint32_t which : {0, 1, 2})
    {
        std::vector<uint32_t> bins(4096);
        for (uint32_t i = 0; i < 4096; ++i)
        {
            ++bins[ShardIndex::Hash(which == 0 ? i : 1, which == 1 ? i : 2, which == 2 ? i : 3) %
                   4096];
        }
        EXPECT_LT(*std::max_element(bins.begin(), bins.end()), 12u);
    }
}

struct Node
{
    ShardLinks links;
};

TEST(ReassemblyParts, TheListKeepsItsOrderWhateverIsTakenOut)
{
    std::mt19937 random(1);
    ShardPool<Node> pool;
    ShardList<Node, &Node::links> list;
    std::list<uint32_t> reference;
    for (uint32_t i = 0; i < 20000; ++i)
    {
        if (reference.empty() || random() % 2 == 0)
        {
            const uint32_t handle = pool.Take();
            list.PushBack(pool, handle);
            reference.push_back(handle);
        }
        else
        {
            auto it = reference.begin();
            std::advance(it, random() % std::min<size_t>(reference.size(), 5));
            list.Remove(pool, *it);
            pool.Give(*it);
            reference.erase(it);
        }
        ASSERT_EQ(list.Front(), reference.empty() ? SHARD_NIL : reference.front());
        ASSERT_EQ(pool.Used(), reference.size());
    }
}

TEST(ReassemblyParts, SerialNumbersCompareAsRfc1982Says)
{
    EXPECT_TRUE(ShardReleaseOrder::Before(0, 1));
    EXPECT_TRUE(ShardReleaseOrder::Before(0xffffffff, 0));
    EXPECT_TRUE(ShardReleaseOrder::Before(0xfffffff0, 0x10));
    EXPECT_FALSE(ShardReleaseOrder::Before(0, 0xffffffff));
    EXPECT_FALSE(ShardReleaseOrder::Before(5, 5));
    EXPECT_TRUE(ShardReleaseOrder::Before(0, 0x7fffffff));
}

TEST(ReassemblyParts, ThoseThatWaitLeaveByDistanceFromTheTurnAlsoAcrossTheWrap)
{
    ShardReleaseOrder order;
    order.SetTurn(0xfffffff0);
    const std::vector<uint32_t> numbers{3, 0xfffffff5, 0x70000000, 0, 0xffffffff};
    for (uint32_t number : numbers)
    {
        order.Wait(number, number);
    }
    for (uint32_t expected : {0xfffffff5u, 0xffffffffu, 0u, 3u, 0x70000000u})
    {
        EXPECT_EQ(order.Earliest(), expected);
        EXPECT_EQ(order.TakeEarliest(), expected);
    }
    EXPECT_TRUE(order.NoneWaits());
}

TEST(ReassemblyParts, TheHeaviestFlowThatIsFoundWeighsEightNinthsOfTheHeaviestOrMore)
{
    std::mt19937 random(3);
    ShardFlowTable table;
    std::vector<uint32_t> flows;
    for (uint32_t i = 0; i < 100; ++i)
    {
        flows.push_back(table.Add(1, i));
    }
    for (uint32_t i = 0; i < 20000; ++i)
    {
        const uint32_t flow = flows[random() % flows.size()];
        table[flow].provenBytes = random() % 4 == 0 ? 0 : random() >> (random() % 32);
        table.Reweigh(flow);
        uint64_t most = 0;
        for (uint32_t other : flows)
        {
            most = std::max(most, table[other].provenBytes);
        }
        const uint32_t found = table.Heaviest();
        ASSERT_EQ(found == SHARD_NIL, most == 0);
        if (most != 0)
        {
            ASSERT_GE(static_cast<double>(table[found].provenBytes),
                      8.0 / 9.0 * static_cast<double>(most));
        }
    }
}

} // namespace
