// SPDX-License-Identifier: GPL-2.0-only
#include "shard-transformer.h"

#include "shard-rewrite.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/shard-erasure-code.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_LOG_COMPONENT_DEFINE("ShardTransformer");

NS_OBJECT_ENSURE_REGISTERED(ShardTransformer);

namespace
{

/// @return how many repair shards a block of k data shards gets
uint32_t
RepairShards(const ShardDirective& directive, uint32_t k)
{
    switch (directive.code)
    {
    case SHARD_CODE_NONE:
        return 0;
    case SHARD_CODE_XOR:
        return std::min<uint32_t>(directive.repair, k); // a parity of nothing protects nothing
    default:
        return directive.repair;
    }
}

} // namespace

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

/// @return what repair shards that cover several blocks are made of, where there are any
std::unique_ptr<ShardSenderWindow>
ShardTransformer::MakeWindow(const ShardDirective& directive)
{
    return directive.code == SHARD_CODE_SLIDING_WINDOW && directive.repair != 0
               ? std::make_unique<ShardSenderWindow>(directive.window)
               : nullptr;
}

std::optional<ShardLayout>
ShardTransformer::ChooseLayout(const ShardDirective& directive, const Datagram& datagram) const
{
    const bool isWindow = directive.code == SHARD_CODE_SLIDING_WINDOW && directive.repair != 0;
    const uint32_t size = datagram.size;
    uint32_t first = directive.headerFirst ? datagram.headers : 0;
    uint32_t k = directive.shards;
    if (k == 0)
    {
        // A repair shard of the sliding window says what it covers, and has to fit all the same.
        const uint32_t prefix = isWindow ? ShardWindowPrefix::SizeOf(directive.window) : 0;
        const uint32_t most = directive.shardSize != 0 ? directive.shardSize
                              : m_maxPayload > prefix  ? m_maxPayload - prefix
                                                       : 1;
        k = first != 0 && first < size ? 1 + (size - first + most - 1) / most
                                       : (size + most - 1) / most;
    }
    k = std::min(k, size);
    if (k < 2 || size < first + k - 1)
    {
        first = 0; // nothing to put apart
    }
    const uint32_t repair = RepairShards(directive, k);
    if (isWindow ? first != 0 || k + repair > MAX_BLOCK_SHARDS
                 : ShardCodeRefusal(repair == 0 ? SHARD_CODE_NONE : directive.code, k, repair) !=
                       nullptr)
    {
        return std::nullopt;
    }
    return ShardLayout::Make(size, k, first);
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

/// Cut a datagram, code it, and let go its shards.
void
ShardTransformer::Shatter(Time now,
                          uint32_t handle,
                          Ptr<const Datagram> datagram,
                          const ShardLayout& layout)
{
    ShardSenderFlow& flow = m_flows[handle];
    const ShardDirective& directive = flow.directive;
    const uint32_t k = layout.DataShards();
    const uint32_t repair = RepairShards(directive, k);

    Shard shard;
    shard.fields.flow = flow.id;
    shard.fields.block = flow.block++;
    shard.fields.datagram = static_cast<uint16_t>(datagram->size);
    shard.fields.first = static_cast<uint16_t>(layout.FirstSize());
    shard.fields.k = static_cast<uint8_t>(k);
    shard.fields.n = static_cast<uint8_t>(k + repair);
    shard.fields.code = repair == 0 ? SHARD_CODE_NONE : directive.code;
    shard.origin = datagram;
    shard.dscp = datagram->dscp;
    shard.peer = flow.peer;
    shard.placement = directive.placement;
    shard.path = directive.path;
    Ptr<const ShardBytes> data;
    Ptr<const ShardBytes> parity;
    if (m_realPayload)
    {
        data = datagram->bytes;
        if (datagram->packet)
        {
            Ptr<ShardBytes> copy = Create<ShardBytes>(datagram->size);
            datagram->packet->CopyData(copy->Data(), datagram->size);
            data = copy;
        }
    }
    // What repair shards are made of, and take along: one block or a window of them.
    Ptr<const ShardWindow> window;
    uint32_t repairSize = layout.SymbolSize();
    if (flow.window)
    {
        flow.window->Add(layout, datagram, data);
        window = flow.window->Describe();
        repairSize = flow.window->RepairSize();
        parity = m_realPayload ? flow.window->Encode(shard.fields, repair) : nullptr;
    }
    else if (m_realPayload && repair != 0)
    {
        Ptr<ShardBytes> made = Create<ShardBytes>(repair * repairSize);
        m_encoder.Encode(directive.code, layout, data->Data(), repair, made->Data());
        parity = made;
    }
    ++m_counters.sharded;
    m_counters.repair += repair;
    m_shardedTrace(datagram, shard.fields);

    const auto piece = [&](uint32_t index)
    {
        Shard one = shard;
        one.fields.index = static_cast<uint8_t>(index);
        one.size = index < k ? layout.Size(index) : repairSize;
        one.bytes = index < k ? data : parity;
        one.offset = index < k ? layout.Offset(index) : (index - k) * repairSize;
        one.window = index < k ? nullptr : window;
        return one;
    };
    const uint32_t copies = layout.FirstSize() != 0 ? directive.protect : 0;
    m_counters.made += k + repair + copies;
    if (!flow.interleaving)
    {
        for (uint32_t index = 0; index < k + repair; ++index)
        {
            Emit(now, piece(index));
        }
        for (uint32_t copy = 0; copy < copies; ++copy)
        {
            Emit(now, piece(0));
        }
        return;
    }
    std::vector<Shard> block;
    block.reserve(k + repair + copies);
    for (uint32_t index = 0; index < k + repair; ++index)
    {
        block.push_back(piece(index));
    }
    for (uint32_t copy = 0; copy < copies; ++copy)
    {
        block.push_back(piece(0));
    }
    EmitBlock(now, handle, std::move(block));
}

void
ShardTransformer::Emit(Time now, Shard&& shard)
{
    ++m_counters.shards;
    m_counters.payloadBytes += shard.size;
    shard.path = m_placements->Choose(now, shard, shard.size + m_overhead);
    NS_ABORT_MSG_UNLESS(shard.path < m_paths.size(),
                        "the placement chose path " << shard.path << ", but there are only "
                                                    << m_paths.size());
    m_next->Accept(now, std::move(shard));
}

void
ShardTransformer::EmitBlock(Time now, uint32_t flow, std::vector<Shard>&& block)
{
    ShardInterleaving& waiting = *m_flows[flow].interleaving;
    waiting.held += block.size();
    m_held += block.size();
    std::vector<Shard> ready = waiting.interleaver.Add(std::move(block));
    if (!ready.empty())
    {
        waiting.flush.Cancel();
        EmitAll(now, flow, std::move(ready));
    }
    else if (waiting.flush.IsExpired())
    {
        waiting.flush = ShardAgenda::Schedule(m_interleaveTimeout, [this, flow] { Flush(flow); });
    }
}

void
ShardTransformer::Flush(uint32_t flow)
{
    EmitAll(Simulator::Now(), flow, m_flows[flow].interleaving->interleaver.Flush());
}

void
ShardTransformer::EmitAll(Time now, uint32_t flow, std::vector<Shard>&& shards)
{
    m_held -= shards.size();
    m_flows[flow].interleaving->held -= shards.size();
    for (Shard& shard : shards)
    {
        Emit(now, std::move(shard));
    }
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
