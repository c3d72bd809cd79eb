// SPDX-License-Identifier: GPL-2.0-only
#include "shard-transformer.h"

#include "shard-rewrite.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_LOG_COMPONENT_DEFINE("ShardTransformer");

NS_OBJECT_ENSURE_REGISTERED(ShardTransformer);

TypeId
ShardTransformer::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardTransformer")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardTransformer>()
            .AddAttribute("RealPayload",
                          "Cut and code the packets' real bytes instead of only their sizes.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&ShardTransformer::m_realPayload),
                          MakeBooleanChecker())
            .AddAttribute("InterleaveTimeout",
                          "Longest time that the shards of a block wait for the blocks that they "
                          "are to be interleaved with.",
                          TimeValue(MilliSeconds(20)),
                          MakeTimeAccessor(&ShardTransformer::m_interleaveTimeout),
                          MakeTimeChecker(Time(0)))
            .AddAttribute(
                "FlowIdle",
                "A flow without a datagram for so long may be forgotten; when it comes "
                "back it is decided on anew.",
                TimeValue(Seconds(1)),
                MakeTimeAccessor(&ShardTransformer::SetFlowIdle, &ShardTransformer::GetFlowIdle),
                MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("Node",
                          "Number of this node, by which it asks the decisions tier.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&ShardTransformer::m_node),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("FailOpen",
                          "Where the decisions tier does not answer: true, packets are sent as "
                          "they are; false, they are dropped.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&ShardTransformer::m_failOpen),
                          MakeBooleanChecker())
            .AddAttribute("MaxWaiting",
                          "Most datagrams, of all flows, that wait for the decisions tier; further "
                          "ones are dropped.",
                          UintegerValue(1000),
                          MakeUintegerAccessor(&ShardTransformer::m_mostWaiting),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("Arq",
                          "Shards can be asked for again; said to the decisions tier.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&ShardTransformer::m_isArq),
                          MakeBooleanChecker())
            .AddTraceSource("Decision",
                            "There is a directive for a flow: the first, or another one.",
                            MakeTraceSourceAccessor(&ShardTransformer::m_decisionTrace),
                            "ns3::sharding::ShardTransformer::DecisionTracedCallback")
            .AddTraceSource("Refused",
                            "A directive contradicts itself or the MTU, or names a path or a "
                            "reassembly node that there is not: the flow's packets are sent as "
                            "they are.",
                            MakeTraceSourceAccessor(&ShardTransformer::m_refusedTrace),
                            "ns3::sharding::ShardTransformer::RefusedTracedCallback")
            .AddTraceSource("Sharded",
                            "A datagram was cut into a block.",
                            MakeTraceSourceAccessor(&ShardTransformer::m_shardedTrace),
                            "ns3::sharding::ShardTransformer::ShardedTracedCallback");
    return tid;
}

ShardTransformer::ShardTransformer()
    : m_placements(CreateObject<ShardPlacements>())
{
}

ShardTransformer::~ShardTransformer() = default;

void
ShardTransformer::SetFlowIdle(Time idle)
{
    m_flowIdle = idle;
    m_flows.SetIdle(idle);
}

Time
ShardTransformer::GetFlowIdle() const
{
    return m_flowIdle;
}

void
ShardTransformer::SetPolicy(Ptr<ShardingPolicy> policy)
{
    m_policy = policy;
}

void
ShardTransformer::SetPlacement(Ptr<ShardPlacement> placement)
{
    m_placements->SetOwn(placement);
}

void
ShardTransformer::SetPaths(const std::vector<ShardPathInfo>& paths, uint32_t overhead)
{
    m_paths = paths;
    m_placements->SetPaths(paths);
    m_overhead = overhead;
    const uint32_t mtu = std::min_element(paths.begin(),
                                          paths.end(),
                                          [](const ShardPathInfo& a, const ShardPathInfo& b)
                                          { return a.mtu < b.mtu; })
                             ->mtu;
    NS_ABORT_MSG_IF(mtu <= overhead,
                    "an MTU of " << mtu << " bytes does not hold a shard: " << overhead
                                 << " bytes of headers and at least one of payload");
    m_maxPayload = mtu - overhead;
    m_slowest = DataRate(0);
    m_longest = Time(0);
    for (const ShardPathInfo& path : paths)
    {
        const bool isKnown = path.rate.GetBitRate() != 0;
        if (isKnown && (m_slowest.GetBitRate() == 0 || path.rate < m_slowest))
        {
            m_slowest = path.rate;
        }
        m_longest = std::max(m_longest, path.delay);
    }
}

void
ShardTransformer::SetNext(ShardSink* next)
{
    m_next = next;
}

void
ShardTransformer::SetForward(ForwardCallback forward)
{
    m_forward = forward;
}

void
ShardTransformer::SetUnitWait(UnitWaitCallback wait)
{
    m_unitWait = wait;
}

uint32_t
ShardTransformer::FindFlow(Time now, const Datagram& datagram)
{
    bool isNew = false;
    const uint32_t handle = m_flows.Find(now, datagram.flow, isNew);
    ShardSenderFlow& flow = m_flows[handle];
    if (m_tier)
    {
        const bool isOld = now >= flow.until || flow.epoch != m_tier->GetEpoch();
        if (!flow.isAsking && (flow.state != ShardSenderFlow::FAILED ? isOld : now >= flow.until))
        {
            Ask(now, flow, datagram);
        }
    }
    else if (isNew)
    {
        Judge(now, flow, datagram);
    }
    else if (m_policy->IsPerPacket())
    {
        JudgeAgain(now, flow, datagram);
    }
    return handle;
}

void
ShardTransformer::Submit(Time now, Ptr<const Datagram> datagram)
{
    ++m_counters.datagrams;
    if (m_isDown)
    {
        ++m_counters.lost;
        return;
    }
    if (m_prober)
    {
        m_prober->Passing(now);
    }
    const uint32_t handle = FindFlow(now, *datagram);
    if (m_flows[handle].state == ShardSenderFlow::UNDECIDED)
    {
        Wait(m_flows[handle], datagram);
        return;
    }
    Process(now, handle, datagram);
}

/// Do what was decided: rewrite, replicate, and send what comes of it.
void
ShardTransformer::Process(Time now, uint32_t handle, Ptr<const Datagram> datagram)
{
    const ShardSenderFlow& flow = m_flows[handle];
    if (flow.state == ShardSenderFlow::FAILED && !m_failOpen)
    {
        ++m_counters.undecided;
        return;
    }
    if (flow.state != ShardSenderFlow::DECIDED ||
        (!flow.directive.destination && flow.directive.replicaCount == 0))
    {
        Send(now, handle, datagram);
        return;
    }
    const ShardDirective directive = flow.directive;
    Send(now,
         handle,
         directive.destination ? ShardRewrite(*datagram, directive.destination, 0) : datagram);
    for (uint32_t i = 0; i < directive.replicaCount; ++i)
    {
        ++m_counters.replicas;
        Send(now, handle, ShardRewrite(*datagram, directive.replicas[i], i + 1));
    }
}

/// Cut a datagram into shards, or leave it as it is.
void
ShardTransformer::Send(Time now, uint32_t handle, Ptr<const Datagram> datagram)
{
    const ShardSenderFlow& flow = m_flows[handle];
    std::optional<ShardLayout> layout;
    if (m_prober && flow.peer != 0)
    {
        m_prober->Passing(now, flow.peer);
    }
    if (flow.state == ShardSenderFlow::DECIDED && flow.directive.action == ShardDirective::SHARD &&
        !(m_prober && m_prober->IsSilent(now, flow.peer)))
    {
        layout = ChooseLayout(flow.directive, *datagram);
        m_counters.unshardable += !layout;
    }
    if (!layout)
    {
        Forward(now, datagram);
        return;
    }
    Shatter(now, handle, datagram, *layout);
}

void
ShardTransformer::Forward(Time now, Ptr<const Datagram> datagram)
{
    ++m_counters.forwarded;
    m_forward(now, datagram);
}

void
ShardTransformer::Fail()
{
    m_isDown = true;
    m_counters.lost += m_waiting;
    m_counters.lostShards += m_held;
    m_waiting = m_held = 0;
    m_flows.Clear();
}

void
ShardTransformer::Recover()
{
    m_isDown = false;
}

void
ShardTransformer::DoDispose()
{
    m_flows.Clear();
    m_policy = nullptr;
    m_tier = nullptr;
    m_prober = nullptr;
    m_placements->Dispose();
    m_findPeer = FindPeerCallback();
    m_forward = ForwardCallback();
    m_unitWait = UnitWaitCallback();
    m_next = nullptr;
    Object::DoDispose();
}

} // namespace sharding
} // namespace ns3
