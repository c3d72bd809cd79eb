// SPDX-License-Identifier: GPL-2.0-only
#include "shard-window-recovery.h"

#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardWindowRecovery);

namespace
{

/// @param shard of this code  @return how its block is cut, or nothing where it is malformed
std::optional<ShardLayout>
CheckedLayout(const Shard& shard)
{
    const ShardFields& fields = shard.fields;
    const bool isSlice =
        !shard.bytes || static_cast<uint64_t>(shard.offset) + shard.size <= shard.bytes->Size();
    if (fields.n < fields.k || fields.index >= fields.n || fields.first != 0 || !isSlice)
    {
        return std::nullopt;
    }
    return fields.Layout();
}

/// @param shard a repair shard  @param prefix receives what it covers
/// @return whether that is well-formed and agrees with header and size
bool
ReadPrefix(const Shard& shard, ShardWindowPrefix& prefix)
{
    const bool isRead =
        shard.bytes
            ? ShardWindowPrefix::Read(shard.Payload(), shard.size, prefix)
            : shard.window &&
                  ShardWindowPrefix::Read(shard.window->prefix.data(),
                                          static_cast<uint32_t>(shard.window->prefix.size()),
                                          prefix);
    if (!isRead || shard.size != prefix.Size() + prefix.SymbolSize())
    {
        return false;
    }
    const ShardWindowPrefix::Block& own = prefix.blocks[prefix.count - 1];
    return own.k == shard.fields.k && own.datagram == shard.fields.datagram;
}

/// As what it leaves this stage: a shard of a block without repair.
void
StripCode(ShardFields& fields)
{
    fields.code = SHARD_CODE_NONE;
    fields.n = fields.k;
}

} // namespace

TypeId
ShardWindowRecovery::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardWindowRecovery")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardWindowRecovery>()
            .AddAttribute("MaxBytes",
                          "Bytes that may be held in all: payload, 128 a block and an equation, 16 "
                          "an unknown of one, 1024 a flow.",
                          UintegerValue(4U << 20),
                          MakeUintegerAccessor(&ShardWindowRecovery::m_maxBytes),
                          MakeUintegerChecker<uint64_t>(4096, uint64_t(1) << 40))
            .AddAttribute("FlowIdle",
                          "A flow of which nothing has come for so long is forgotten.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&ShardWindowRecovery::m_flowIdle),
                          MakeTimeChecker(NanoSeconds(1), Hours(24)))
            .AddTraceSource("Repair",
                            "A repair shard came: the shard and what became of it.",
                            MakeTraceSourceAccessor(&ShardWindowRecovery::m_repairTrace),
                            "ns3::sharding::ShardWindowRecovery::RepairTracedCallback")
            .AddTraceSource("Recovered",
                            "A data shard was computed and is handed on.",
                            MakeTraceSourceAccessor(&ShardWindowRecovery::m_recoveredTrace),
                            "ns3::sharding::ShardWindowRecovery::RecoveredTracedCallback");
    return tid;
}

ShardWindowRecovery::ShardWindowRecovery() = default;
ShardWindowRecovery::~ShardWindowRecovery() = default;

void
ShardWindowRecovery::SetNext(ShardSink* next)
{
    m_next = next;
}

void
ShardWindowRecovery::Accept(Time now, Shard&& shard)
{
    if (shard.fields.code != SHARD_CODE_SLIDING_WINDOW)
    {
        m_next->Accept(now, std::move(shard));
        return;
    }
    std::vector<Shard> recovered;
    if (shard.IsRepair())
    {
        const Fate fate = TakeRepair(now, shard, recovered);
        ++m_counters.repair;
        ++m_counters.repairs[fate];
        m_repairTrace(shard, fate);
    }
    else
    {
        ++m_counters.data;
        const std::optional<ShardLayout> layout = CheckedLayout(shard);
        // A malformed one is for reassembly to refuse, which knows no such code.
        if (layout && shard.size == layout->Size(shard.fields.index))
        {
            if (Flow* flow = FindFlow(now, shard))
            {
                NoteOrigin(*flow, shard.fields.block, shard.origin);
                flow->decoder->AddData(shard.fields.block,
                                       *layout,
                                       shard.fields.index,
                                       shard.Payload());
                Collect(*flow, shard, recovered);
                Settle(*flow);
            }
            StripCode(shard.fields);
        }
        m_next->Accept(now, std::move(shard));
    }
    HandOn(now, std::move(recovered));
}

ShardWindowRecovery::Fate
ShardWindowRecovery::TakeRepair(Time now, const Shard& shard, std::vector<Shard>& recovered)
{
    ShardWindowPrefix prefix;
    if (!CheckedLayout(shard) || !ReadPrefix(shard, prefix))
    {
        return REFUSED;
    }
    Flow* const flow = FindFlow(now, shard);
    if (flow == nullptr)
    {
        return REFUSED;
    }
    const ShardWindow* const window = PeekPointer(shard.window);
    const uint8_t* const payload = shard.Payload();
    const ShardWindowDecoder::Verdict verdict =
        flow->decoder->AddRepair(shard.fields.block,
                                 shard.fields.index,
                                 prefix,
                                 payload != nullptr ? payload + prefix.Size() : nullptr);
    if (verdict == ShardWindowDecoder::STORED && window != nullptr &&
        window->origins.size() == prefix.count)
    {
        for (uint32_t i = 0; i < prefix.count; ++i)
        {
            NoteOrigin(*flow, shard.fields.block + 1 + i - prefix.count, window->origins[i]);
        }
    }
    Collect(*flow, shard, recovered);
    Settle(*flow);
    switch (verdict)
    {
    case ShardWindowDecoder::STORED:
        return STORED;
    case ShardWindowDecoder::USELESS:
        return USELESS;
    case ShardWindowDecoder::LATE:
        return LATE;
    case ShardWindowDecoder::REFUSED:
        break;
    }
    return REFUSED;
}

void
ShardWindowRecovery::NoteOrigin(Flow& flow, uint32_t block, const Ptr<const Datagram>& datagram)
{
    Origin& origin = flow.origins[block % flow.origins.size()];
    // A late shard of an old block does not take the place of a newer one, still to be computed.
    if (!origin.datagram || static_cast<int32_t>(block - origin.block) > 0)
    {
        origin.block = block;
        origin.datagram = datagram;
    }
}

/// Make shards of what the decoder has computed, before anything of it is dropped.
void
ShardWindowRecovery::Collect(Flow& flow, const Shard& cause, std::vector<Shard>& recovered)
{
    for (const ShardWindowDecoder::Solved& solved : flow.decoder->Recovered())
    {
        const Origin& origin = flow.origins[solved.block % flow.origins.size()];
        Shard shard;
        shard.fields.flow = cause.fields.flow;
        shard.fields.block = solved.block;
        shard.fields.datagram = static_cast<uint16_t>(solved.layout.DatagramSize());
        shard.fields.index = static_cast<uint8_t>(solved.index);
        shard.fields.k = static_cast<uint8_t>(solved.layout.DataShards());
        StripCode(shard.fields);
        shard.size = solved.layout.Size(solved.index);
        if (solved.data != nullptr)
        {
            Ptr<ShardBytes> bytes = Create<ShardBytes>(shard.size);
            std::memcpy(bytes->Data(), solved.data, shard.size);
            shard.bytes = bytes;
        }
        shard.origin = origin.block == solved.block ? origin.datagram : nullptr;
        shard.peer = cause.peer;
        shard.path = cause.path;
        shard.dscp = cause.dscp;
        recovered.push_back(std::move(shard));
    }
}

void
ShardWindowRecovery::HandOn(Time now, std::vector<Shard>&& recovered)
{
    for (Shard& shard : recovered)
    {
        ++m_counters.recovered;
        m_recoveredTrace(shard);
        m_next->Accept(now, std::move(shard));
    }
}

/// @return the flow of a shard, made where it is new; null where its payload is of another mode
ShardWindowRecovery::Flow*
ShardWindowRecovery::FindFlow(Time now, const Shard& shard)
{
    // Two looks for each shard, of which at most one is of a new flow.
    for (int look = 0; look < 2; ++look)
    {
        const uint32_t idle = m_byUse.Front();
        if (idle != SHARD_NIL && now - m_flows[idle].used > m_flowIdle)
        {
            ForgetFlow(idle);
        }
    }
    const bool isReal = static_cast<bool>(shard.bytes);
    const uint32_t hash = ShardIndex::Hash(shard.peer, shard.fields.flow, 0);
    uint32_t handle =
        m_index.Find(hash,
                     [&](uint32_t candidate)
                     {
                         const Flow& flow = m_flows[candidate];
                         return flow.flow == shard.fields.flow && flow.peer == shard.peer;
                     });
    if (handle == ShardIndex::NONE)
    {
        handle = m_flows.Take();
        Flow& flow = m_flows[handle];
        flow.peer = shard.peer;
        flow.flow = shard.fields.flow;
        flow.isReal = isReal;
        flow.charge = FLOW_COST;
        flow.decoder.emplace(flow.flow, isReal);
        m_counters.bytes += FLOW_COST;
        m_index.Insert(hash, handle);
    }
    else
    {
        m_byUse.Remove(m_flows, handle);
    }
    m_byUse.PushBack(m_flows, handle);
    Flow& flow = m_flows[handle];
    flow.used = now;
    return flow.isReal == isReal ? &flow : nullptr;
}

void
ShardWindowRecovery::ForgetFlow(uint32_t handle)
{
    Flow& flow = m_flows[handle];
    m_byUse.Remove(m_flows, handle);
    m_index.Erase(ShardIndex::Hash(flow.peer, flow.flow, 0), handle);
    m_counters.bytes -= flow.charge;
    flow.decoder.reset();
    flow.origins.fill(Origin());
    m_flows.Give(handle);
}

/// Charge the flow for what it holds now, and make room where that is too much.
void
ShardWindowRecovery::Settle(Flow& flow)
{
    ShardWindowDecoder& decoder = *flow.decoder;
    const uint64_t share = m_maxBytes / m_flows.Used();
    while (FLOW_COST + decoder.Bytes() > share && decoder.Blocks() > 1)
    {
        decoder.DropOldest();
        ++m_counters.evicted;
    }
    m_counters.bytes += FLOW_COST + decoder.Bytes() - flow.charge;
    flow.charge = FLOW_COST + decoder.Bytes();
    while (m_counters.bytes > m_maxBytes)
    {
        ForgetFlow(m_byUse.Front());
        ++m_counters.evicted;
    }
    m_counters.peakBytes = std::max(m_counters.peakBytes, m_counters.bytes);
}

bool
ShardWindowRecovery::CheckConservation() const
{
    uint64_t fates = 0;
    for (uint64_t count : m_counters.repairs)
    {
        fates += count;
    }
    return fates == m_counters.repair;
}

void
ShardWindowRecovery::DoDispose()
{
    while (m_byUse.Front() != SHARD_NIL)
    {
        ForgetFlow(m_byUse.Front());
    }
    m_next = nullptr;
    Object::DoDispose();
}

} // namespace sharding
} // namespace ns3
