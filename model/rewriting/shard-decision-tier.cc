// SPDX-License-Identifier: GPL-2.0-only
#include "shard-decision-tier.h"

#include "ns3/uinteger.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardDecisionTier);

TypeId
ShardDecisionTier::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardDecisionTier")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardDecisionTier>()
            .AddAttribute("Lifetime",
                          "How long a decision may be relied upon.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&ShardDecisionTier::m_lifetime),
                          MakeTimeChecker(MilliSeconds(1), Hours(1000)))
            .AddAttribute(
                "FlowIdle",
                "A flow that was not asked for so long may be forgotten.",
                TimeValue(Seconds(60)),
                MakeTimeAccessor(&ShardDecisionTier::SetFlowIdle, &ShardDecisionTier::GetFlowIdle),
                MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("MaxPushed",
                          "Most flows, those that were asked for last, that are decided anew and "
                          "told at once when more is known; others ask when they hear of the new "
                          "epoch.",
                          UintegerValue(64),
                          MakeUintegerAccessor(&ShardDecisionTier::m_mostPushed),
                          MakeUintegerChecker<uint32_t>(1, 65536))
            .AddTraceSource("Decision",
                            "The policy has decided on a flow, for the first time or otherwise "
                            "than before.",
                            MakeTraceSourceAccessor(&ShardDecisionTier::m_decisionTrace),
                            "ns3::sharding::ShardDecisionTier::DecisionTracedCallback");
    return tid;
}

ShardDecisionTier::ShardDecisionTier() = default;
ShardDecisionTier::~ShardDecisionTier() = default;

void
ShardDecisionTier::SetPolicy(Ptr<ShardingPolicy> policy)
{
    m_policy = policy;
}

void
ShardDecisionTier::SetFlowIdle(Time idle)
{
    m_flowIdle = idle;
    m_flows.SetIdle(idle);
}

Time
ShardDecisionTier::GetFlowIdle() const
{
    return m_flowIdle;
}

/// Have the policy decide. @return whether it says something else than before
bool
ShardDecisionTier::Judge(Time now, Flow& flow)
{
    const ShardAsk& ask = flow.ask;
    const ShardDestination& destination = m_destinations[ask.node];
    ShardFlowView view;
    view.flow = ask.flow;
    view.size = ask.size;
    view.dscp = ask.dscp;
    view.maxPayload = ask.maxPayload;
    view.paths = ask.paths;
    view.mtu = ask.mtu;
    view.rate = DataRate(uint64_t(1000) * ask.rate);
    view.delay = MicroSeconds(ask.delay);
    view.isArq = ask.isArq;
    view.destination = &destination;
    view.current = flow.isDecided ? &flow.decision.directive : nullptr;
    ++m_counters.decided;
    const ShardDirective directive = m_policy->Decide(now, view);
    const bool isOther = !flow.isDecided || directive != flow.decision.directive;
    m_counters.changed += flow.isDecided && isOther;
    flow.decision.directive = directive;
    flow.decision.flow = ask.flow;
    flow.decision.epoch = m_epoch;
    flow.decision.lifetime = static_cast<uint32_t>(m_lifetime.GetMilliSeconds());
    flow.until = now + m_lifetime;
    flow.isDecided = true;
    if (isOther)
    {
        m_decisionTrace(now, flow.decision, destination);
    }
    return isOther;
}

/// A flow was asked for: the one that was asked for longest ago is reviewed no more.
void
ShardDecisionTier::Remember(uint32_t handle)
{
    ShardPool<Flow>& flows = m_flows.Pool();
    if (flows[handle].isRecent)
    {
        m_recent.Remove(flows, handle);
    }
    else if (m_recentCount == m_mostPushed)
    {
        const uint32_t oldest = m_recent.Front();
        flows[oldest].isRecent = false;
        m_recent.Remove(flows, oldest);
    }
    else
    {
        ++m_recentCount;
    }
    flows[handle].isRecent = true;
    m_recent.PushBack(flows, handle);
}

ShardDecision
ShardDecisionTier::Decide(Time now, const ShardAsk& ask)
{
    ++m_counters.asked;
    bool isNew = false;
    const uint32_t handle = m_flows.Find(now, ask.flow, isNew);
    Flow& flow = m_flows[handle];
    if (isNew || ask.isFresh)
    {
        flow.decision.id = m_nextId++;
    }
    Remember(handle);
    const bool isAsBefore =
        flow.ask.node == ask.node && flow.ask.size == ask.size && flow.ask.dscp == ask.dscp;
    flow.ask = ask;
    if (flow.isDecided && isAsBefore && flow.decision.epoch == m_epoch && now < flow.until)
    {
        ++m_counters.cached;
    }
    else
    {
        Judge(now, flow);
    }
    return flow.decision;
}

std::vector<ShardDecision>
ShardDecisionTier::Review(Time now, uint32_t node)
{
    std::vector<ShardDecision> changed;
    for (uint32_t handle = m_recent.Front(); handle != SHARD_NIL;
         handle = m_flows[handle].links.next)
    {
        if (m_flows[handle].ask.node == node && Judge(now, m_flows[handle]))
        {
            changed.push_back(m_flows[handle].decision);
        }
    }
    if (!changed.empty())
    {
        ++m_epoch;
        for (ShardDecision& decision : changed)
        {
            decision.epoch = m_epoch;
            m_flows[m_flows.Look(decision.flow)].decision.epoch = m_epoch;
        }
    }
    return changed;
}

void
ShardDecisionTier::DoDispose()
{
    m_policy = nullptr;
    m_flows.Clear();
    m_recent = {};
    m_recentCount = 0;
    Object::DoDispose();
}

} // namespace sharding
} // namespace ns3
