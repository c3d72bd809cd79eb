// SPDX-License-Identifier: GPL-2.0-only
//
// What spreads flows over transformation nodes.
//  1. a flow has one node, that of the ring
//  2. a failed node gets its flows until that is noticed, and no longer; then each of them is
//     counted once as moved, and again when the node is back
//  3. a failure that is over before it is noticed changes nothing
//  4. of several changes the last one counts, when it is noticed
//  5. where there is no node, datagrams are counted as homeless
//  6. a flow that is forgotten is not counted as moved
#include "ns3/shard-spreader.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::sharding;

namespace
{

FlowKey
Flow(uint32_t number)
{
    FlowKey key;
    key.source = 0x0a000001;
    key.destination = 0x0a000006;
    key.sourcePort = static_cast<uint16_t>(10000 + number);
    key.destinationPort = 9;
    key.protocol = 17;
    return key;
}

class Spreader : public testing::Test
{
  protected:
    Spreader()
    {
        spreader->SetAttribute("Detection", TimeValue(MilliSeconds(50)));
        spreader->TraceConnectWithoutContext("Membership",
                                             MakeCallback(&Spreader::Membership, this));
        spreader->TraceConnectWithoutContext("Moved", MakeCallback(&Spreader::Moved, this));
        for (uint32_t node = 0; node < 4; ++node)
        {
            spreader->AddNode(node);
            ring.Add(node);
        }
        members.clear();
    }

    ~Spreader() override
    {
        spreader->Dispose();
        Simulator::Destroy();
    }

    void Membership(uint32_t node, bool isIn)
    {
        members.emplace_back(node, isIn);
    }

    void Moved(const FlowKey& flow, uint32_t from, uint32_t to)
    {
        EXPECT_NE(from, to);
        movedPorts.insert(flow.sourcePort);
    }

    void Advance(Time until)
    {
        Simulator::Stop(until - Simulator::Now());
        Simulator::Run();
    }

    /// A datagram of each of 40 flows. @return their nodes
    std::vector<uint32_t> Round()
    {
        std::vector<uint32_t> nodes;
        for (uint32_t flow = 0; flow < 40; ++flow)
        {
            nodes.push_back(spreader->Choose(Simulator::Now(), Flow(flow)).value_or(99));
        }
        return nodes;
    }

    Ptr<ShardSpreader> spreader = CreateObject<ShardSpreader>();
    ShardHashRing ring;
    std::vector<std::pair<uint32_t, bool>> members;
    std::set<uint16_t> movedPorts;
};

TEST_F(Spreader, AFlowHasTheNodeOfTheRing)
{
    for (uint32_t flow = 0; flow < 40; ++flow)
    {
        EXPECT_EQ(spreader->Choose(Time(0), Flow(flow)), ring.Find(Flow(flow)));
    }
    EXPECT_EQ(spreader->GetCounters().datagrams, 40u);
    EXPECT_EQ(spreader->GetCounters().moved, 0u);
}

TEST_F(Spreader, AFailedNodeGetsItsFlowsUntilThatIsNoticed)
{
    const std::vector<uint32_t> before = Round();
    const auto own = static_cast<uint64_t>(std::count(before.begin(), before.end(), 2));
    ASSERT_GT(own, 0u);
    spreader->SetState(2, false);
    Advance(MilliSeconds(49));
    EXPECT_EQ(Round(), before);
    Advance(MilliSeconds(51));
    const std::vector<uint32_t> after = Round();
    EXPECT_EQ(std::count(after.begin(), after.end(), 2), 0);
    EXPECT_EQ(spreader->GetCounters().moved, own);
    EXPECT_EQ(movedPorts.size(), own);
    Round();
    EXPECT_EQ(spreader->GetCounters().moved, own);
    spreader->SetState(2, true);
    Advance(MilliSeconds(102));
    EXPECT_EQ(Round(), before);
    EXPECT_EQ(spreader->GetCounters().moved, 2 * own);
    EXPECT_EQ(members, (std::vector<std::pair<uint32_t, bool>>{{2, false}, {2, true}}));
}

TEST_F(Spreader, AFailureThatIsOverBeforeItIsNoticedChangesNothing)
{
    const std::vector<uint32_t> before = Round();
    spreader->SetState(2, false);
    Advance(MilliSeconds(30));
    spreader->SetState(2, true);
    Advance(MilliSeconds(200));
    EXPECT_EQ(Round(), before);
    EXPECT_TRUE(members.empty());
    EXPECT_EQ(spreader->GetCounters().moved, 0u);
}

TEST_F(Spreader, OfSeveralChangesTheLastOneCounts)
{
    spreader->SetState(2, false);
    Advance(MilliSeconds(10));
    spreader->SetState(2, true);
    Advance(MilliSeconds(20));
    spreader->SetState(2, false); // down since 20 ms, and seen so at 50 ms already
    Advance(MilliSeconds(200));
    EXPECT_EQ(members, (std::vector<std::pair<uint32_t, bool>>{{2, false}}));
}

TEST_F(Spreader, WhereThereIsNoNodeDatagramsAreHomeless)
{
    for (uint32_t node = 0; node < 4; ++node)
    {
        spreader->SetState(node, false);
    }
    Advance(MilliSeconds(60));
    EXPECT_EQ(spreader->Choose(Simulator::Now(), Flow(0)), std::nullopt);
    EXPECT_EQ(spreader->GetCounters().homeless, 1u);
    EXPECT_EQ(spreader->GetCounters().datagrams, 0u);
}

TEST_F(Spreader, AFlowThatIsForgottenIsNotCountedAsMoved)
{
    spreader->SetAttribute("FlowIdle", TimeValue(MilliSeconds(10)));
    const uint32_t node = spreader->Choose(Time(0), Flow(0)).value();
    spreader->SetState(node, false);
    Advance(MilliSeconds(60));
    EXPECT_NE(spreader->Choose(Simulator::Now(), Flow(0)), node);
    EXPECT_EQ(spreader->GetCounters().moved, 0u);
}

} // namespace
