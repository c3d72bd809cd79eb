// SPDX-License-Identifier: GPL-2.0-only
//
// The part of ShardTransformer that has flows decided on, by a policy or the decisions tier, and
// holds decisions against what it knows.
#include "shard-transformer.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

namespace
{

/// Where nobody answers, it is asked again after.
const Time ASK_AGAIN = Seconds(1);

} // namespace

void
ShardTransformer::SetTier(Ptr<ShardTierClient> tier)
{
    m_tier = tier;
    m_tier->SetSink(this);
}

void
ShardTransformer::SetProber(Ptr<ShardProber> prober)
{
    m_prober = prober;
}

void
ShardTransformer::Ask(Time now, ShardSenderFlow& flow, const Datagram& datagram)
{
    ShardAsk ask;
    ask.node = m_node;
    ask.flow = datagram.flow;
    ask.size = datagram.size;
    ask.dscp = datagram.dscp;
    ask.maxPayload = static_cast<uint16_t>(m_maxPayload);
    ask.paths = static_cast<uint16_t>(m_paths.size());
    ask.mtu = static_cast<uint16_t>(m_maxPayload + m_overhead);
    ask.rate = static_cast<uint32_t>(std::min<uint64_t>(m_slowest.GetBitRate() / 1000, UINT32_MAX));
    ask.delay = static_cast<uint32_t>(std::min<int64_t>(m_longest.GetMicroSeconds(), UINT32_MAX));
    ask.isFresh = !flow.hasId;
    ask.isArq = m_isArq;
    flow.isAsking = true;
    if (flow.state == ShardSenderFlow::NEW)
    {
        flow.state = ShardSenderFlow::UNDECIDED;
    }
    m_tier->Ask(now, ask);
}

void
ShardTransformer::Wait(ShardSenderFlow& flow, Ptr<const Datagram> datagram)
{
    if (m_waiting >= m_mostWaiting)
    {
        ++m_counters.undecided;
        return;
    }
    ++m_waiting;
    flow.waiting.push_back(datagram);
}

void
ShardTransformer::SetPeers(FindPeerCallback find)
{
    m_findPeer = find;
}

/**
 * @param directive of a flow
 * @param peer set to where it wants shards put together
 * @return why shards cannot go there, or not as it wants; null where they can
 */
const char*
ShardTransformer::Reach(const ShardDirective& directive, uint32_t& peer) const
{
    if (directive.action != ShardDirective::SHARD)
    {
        return nullptr;
    }
    if (const char* why = ShardPlacementRefusal(directive, static_cast<uint32_t>(m_paths.size())))
    {
        return why;
    }
    if (directive.reassembly)
    {
        const std::optional<uint32_t> found =
            m_findPeer.IsNull() ? std::nullopt : m_findPeer(directive.reassembly);
        if (!found)
        {
            return "a reassembly node that is not known";
        }
        peer = *found;
    }
    return nullptr;
}

/// @return what a policy is told
ShardFlowView
ShardTransformer::Describe(Time now, const Datagram& datagram) const
{
    ShardFlowView view;
    view.flow = datagram.flow;
    view.size = datagram.size;
    view.dscp = datagram.dscp;
    view.maxPayload = m_maxPayload;
    view.paths = static_cast<uint32_t>(m_paths.size());
    view.mtu = m_maxPayload + m_overhead;
    view.rate = m_slowest;
    view.delay = m_longest;
    view.isArq = m_isArq;
    view.unitWait = m_unitWait.IsNull() ? Time(0) : m_unitWait(now);
    return view;
}

/// Decide by the policy how a flow's packets are cut from now on. What they are coded and
/// interleaved with stays.
void
ShardTransformer::JudgeAgain(Time now, ShardSenderFlow& flow, const Datagram& datagram)
{
    ShardFlowView view = Describe(now, datagram);
    view.current = &flow.directive;
    const ShardDirective next = m_policy->Decide(now, view);
    if (next.shards != flow.directive.shards || next.shardSize != flow.directive.shardSize)
    {
        flow.directive.shards = next.shards;
        flow.directive.shardSize = next.shardSize;
        m_decisionTrace(datagram.flow, flow.id, flow.directive);
    }
}

/// Decide on a new flow by the policy.
void
ShardTransformer::Judge(Time now, ShardSenderFlow& flow, const Datagram& datagram)
{
    flow.id = m_nextId++;
    flow.state = ShardSenderFlow::DECIDED;
    flow.directive = m_policy->Decide(now, Describe(now, datagram));
    uint32_t peer = 0;
    if (const char* why = Reach(flow.directive, peer))
    {
        Refuse(datagram.flow, flow.directive, why);
    }
    flow.SendTo(peer);
    flow.directive.window = std::clamp<uint8_t>(flow.directive.window, 1, MAX_WINDOW);
    if (flow.directive.interleave > 1)
    {
        flow.interleaving = std::make_unique<ShardInterleaving>(flow.directive.interleave);
    }
    flow.window = MakeWindow(flow.directive);
    m_decisionTrace(datagram.flow, flow.id, flow.directive);
}

/// Say that a directive cannot be followed, and leave the flow plain.
void
ShardTransformer::Refuse(const FlowKey& flow, ShardDirective& directive, const char* why)
{
    ++m_counters.refused;
    m_refusedTrace(flow, directive, why);
    directive = ShardDirective();
}

void
ShardTransformer::Apply(Time now,
                        uint32_t handle,
                        uint32_t id,
                        const ShardDirective& directive,
                        uint32_t peer)
{
    ShardSenderFlow& flow = m_flows[handle];
    const bool isOther = flow.state != ShardSenderFlow::DECIDED || flow.directive != directive;
    if (!flow.hasId)
    {
        // For as long as the flow is known: a question that was repeated is answered twice, each
        // time with another id.
        flow.id = id;
        flow.hasId = true;
    }
    flow.state = ShardSenderFlow::DECIDED;
    if (isOther)
    {
        // A group that was made for another depth is let go.
        if (flow.interleaving)
        {
            flow.interleaving->flush.Cancel();
            EmitAll(now, handle, flow.interleaving->interleaver.Flush());
        }
        flow.directive = directive;
        flow.SendTo(peer);
        flow.interleaving = directive.interleave > 1
                                ? std::make_unique<ShardInterleaving>(directive.interleave)
                                : nullptr;
        // A window that was left has a gap behind it: it begins anew.
        flow.window = MakeWindow(directive);
        m_decisionTrace(flow.key, flow.id, directive);
    }
}

void
ShardTransformer::Decided(Time now, const ShardDecision& decision)
{
    const uint32_t handle = m_flows.Look(decision.flow);
    if (handle == ShardIndex::NONE)
    {
        return; // forgotten meanwhile
    }
    ShardDirective directive = decision.directive;
    uint32_t peer = 0;
    const char* why = ShardDirectiveRefusal(directive, m_maxPayload);
    if (why == nullptr)
    {
        why = Reach(directive, peer);
    }
    if (why != nullptr)
    {
        Refuse(decision.flow, directive, why);
    }
    ShardSenderFlow& flow = m_flows[handle];
    flow.isAsking = false;
    flow.epoch = decision.epoch;
    flow.until = now + MilliSeconds(decision.lifetime);
    Apply(now, handle, decision.id, directive, peer);
    const std::vector<Ptr<const Datagram>> waiting = std::move(flow.waiting);
    flow.waiting.clear();
    m_waiting -= waiting.size();
    for (const Ptr<const Datagram>& datagram : waiting)
    {
        Process(now, handle, datagram);
    }
}

void
ShardTransformer::Undecided(Time now, const FlowKey& key)
{
    const uint32_t handle = m_flows.Look(key);
    if (handle == ShardIndex::NONE)
    {
        return;
    }
    ShardSenderFlow& flow = m_flows[handle];
    flow.isAsking = false;
    if (flow.state == ShardSenderFlow::DECIDED && now < flow.until)
    {
        flow.epoch = m_tier->GetEpoch(); // it serves for the rest of its life
        return;
    }
    flow.state = ShardSenderFlow::FAILED;
    flow.until = now + ASK_AGAIN;
    const std::vector<Ptr<const Datagram>> waiting = std::move(flow.waiting);
    flow.waiting.clear();
    m_waiting -= waiting.size();
    for (const Ptr<const Datagram>& datagram : waiting)
    {
        Process(now, handle, datagram);
    }
}

} // namespace sharding
} // namespace ns3
