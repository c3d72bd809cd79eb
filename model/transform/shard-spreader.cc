// SPDX-License-Identifier: GPL-2.0-only
#include "shard-spreader.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardSpreader);

TypeId
ShardSpreader::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardSpreader")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardSpreader>()
            .AddAttribute("Detection",
                          "How long it takes to notice that a node has failed, or recovered.",
                          TimeValue(MilliSeconds(50)),
                          MakeTimeAccessor(&ShardSpreader::m_detection),
                          MakeTimeChecker(Time(0)))
            .AddAttribute(
                "Points",
                "Points of each node on the ring; the more, the more equal the shares. "
                "Before the first node is added.",
                UintegerValue(ShardHashRing::DEFAULT_POINTS),
                MakeUintegerAccessor(&ShardSpreader::SetPoints, &ShardSpreader::GetPoints),
                MakeUintegerChecker<uint32_t>(1, 65536))
            .AddAttribute(
                "FlowIdle",
                "A flow without a datagram for so long may be forgotten: it is not known "
                "any more whether it moved.",
                TimeValue(Seconds(60)),
                MakeTimeAccessor(&ShardSpreader::SetFlowIdle, &ShardSpreader::GetFlowIdle),
                MakeTimeChecker(NanoSeconds(1)))
            .AddTraceSource("Moved",
                            "A flow goes on at another node than before.",
                            MakeTraceSourceAccessor(&ShardSpreader::m_moved),
                            "ns3::sharding::ShardSpreader::MovedTracedCallback")
            .AddTraceSource("Membership",
                            "A node was taken off the ring, or put on it.",
                            MakeTraceSourceAccessor(&ShardSpreader::m_membership),
                            "ns3::sharding::ShardSpreader::MembershipTracedCallback");
    return tid;
}

ShardSpreader::ShardSpreader() = default;
ShardSpreader::~ShardSpreader() = default;

void
ShardSpreader::SetPoints(uint32_t points)
{
    NS_ABORT_MSG_IF(m_ring.Count() > 0, "Points of a ring that has nodes cannot be changed");
    m_ring = ShardHashRing(points);
}

uint32_t
ShardSpreader::GetPoints() const
{
    return m_ring.GetPoints();
}

void
ShardSpreader::SetFlowIdle(Time idle)
{
    m_flowIdle = idle;
    m_flows.SetIdle(idle);
}

Time
ShardSpreader::GetFlowIdle() const
{
    return m_flowIdle;
}

void
ShardSpreader::AddNode(uint32_t node)
{
    m_isUp[node] = true;
    m_ring.Add(node);
    m_membership(node, true);
}

void
ShardSpreader::SetState(uint32_t node, bool isUp)
{
    m_isUp.at(node) = isUp;
    Simulator::Schedule(m_detection, &ShardSpreader::Notice, Ptr<ShardSpreader>(this), node);
}

void
ShardSpreader::Notice(uint32_t node)
{
    const auto state = m_isUp.find(node);
    if (state == m_isUp.end() || state->second == m_ring.Has(node))
    {
        return; // it has come back, or failed again, unnoticed
    }
    if (state->second)
    {
        m_ring.Add(node);
    }
    else
    {
        m_ring.Remove(node);
    }
    m_membership(node, state->second);
}

std::optional<uint32_t>
ShardSpreader::Choose(Time now, const FlowKey& key)
{
    const std::optional<uint32_t> node = m_ring.Find(key);
    if (!node)
    {
        ++m_counters.homeless;
        return node;
    }
    ++m_counters.datagrams;
    bool isNew = false;
    Flow& flow = m_flows[m_flows.Find(now, key, isNew)];
    if (!isNew && flow.node != *node)
    {
        ++m_counters.moved;
        m_moved(key, flow.node, *node);
    }
    flow.node = *node;
    return node;
}

void
ShardSpreader::DoDispose()
{
    m_isUp.clear();
    m_flows.Clear();
    Object::DoDispose();
}

} // namespace sharding
} // namespace ns3
