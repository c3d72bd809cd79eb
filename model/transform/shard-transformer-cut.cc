// SPDX-License-Identifier: GPL-2.0-only
//
// The part of ShardTransformer that makes shards of datagrams.
#include "shard-transformer.h"

#include "ns3/abort.h"
#include "ns3/shard-erasure-code.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

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

} // namespace sharding
} // namespace ns3
