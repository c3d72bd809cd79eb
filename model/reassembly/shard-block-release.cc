// SPDX-License-Identifier: GPL-2.0-only
// How blocks of a ShardBlockTable end, and in which order their datagrams leave.
#include "shard-block-table.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

namespace ns3
{
namespace sharding
{

void
ShardBlockTable::Completed(uint32_t handle)
{
    ShardBlock& block = m_store.Block(handle);
    block.decoder->Decode();
    m_store.Complete(handle, m_now, block.decoder->Layout().DatagramSize());
    ++m_waiting;
    if (m_order == SHARD_ORDER_ANY)
    {
        ReleaseBlock(handle);
        return;
    }
    const uint32_t flow = block.flow;
    ShardReleaseOrder& order = m_store.Flows()[flow].order;
    if (order.IsPast(block.id.block))
    {
        End(handle, SHARD_OVERTAKEN);
        return;
    }
    m_store.Hold(flow);
    order.Wait(block.id.block, handle);
    ReleaseTurns(flow);
    m_store.LetGo(flow, m_now);
}

void
ShardBlockTable::End(uint32_t handle, ShardOutcome outcome)
{
    const ShardBlock& block = m_store.Block(handle);
    const ShardBlockEnd end{block.id,
                            outcome,
                            block.stored,
                            TimeStep(block.opened),
                            TimeStep(m_now)};
    const uint32_t flow = block.flow;
    m_counters.heldShards -= end.stored;
    m_counters.storedShards[outcome] += end.stored;
    ++m_counters.blocks[outcome];
    m_waiting -= block.waiting ? 1 : 0;
    const bool evicted = outcome == SHARD_EVICTED_UNPROVEN || outcome == SHARD_EVICTED_HEAVIEST ||
                         outcome == SHARD_EVICTED_FLOW_CAP;
    const bool isGivenUp =
        outcome == SHARD_TIMED_OUT || outcome == SHARD_GIVEN_UP || outcome == SHARD_PARTIAL;
    const bool failed = evicted || isGivenUp || outcome == SHARD_POISONED;
    const bool remember = block.proven || !evicted;
    if (isGivenUp)
    {
        m_listener.GivenUp(block, outcome != SHARD_TIMED_OUT);
    }
    m_store.Hold(flow);
    m_store.Close(handle, m_now, failed, remember);
    m_listener.Ended(TimeStep(m_now), end);
    if (m_order == SHARD_ORDER_IN_ORDER && failed)
    {
        ShardReleaseOrder& order = m_store.Flows()[flow].order;
        if (order.Turn() == end.id.block)
        {
            order.SetTurn(end.id.block + 1);
        }
        ReleaseTurns(flow);
    }
    m_store.LetGo(flow, m_now);
}

void
ShardBlockTable::ReleaseBlock(uint32_t handle)
{
    ShardBlock& block = m_store.Block(handle);
    ShardBlockDecoder& decoder = *block.decoder;
    m_out.emplace_back();
    ShardRelease& release = m_out.back();
    release.id = block.id;
    release.size = decoder.Layout().DatagramSize();
    release.recovered = static_cast<uint16_t>(decoder.RecoveredShards());
    release.handedOn = block.handedOn;
    release.isMarked = block.isMarked;
    if (block.real)
    {
        const std::unique_ptr<uint8_t[]> bytes = decoder.TakeBytes();
        Ptr<ShardBytes> copy = Create<ShardBytes>(release.size);
        std::memcpy(copy->Data(), bytes.get(), release.size);
        release.bytes = copy;
        release.mismatch = Differs(block, bytes.get());
        m_counters.mismatches += release.mismatch ? 1 : 0;
    }
    release.origin = std::move(block.origin);
    m_counters.recovered += release.recovered;
    m_counters.recoveredBlocks += release.recovered != 0 ? 1 : 0;
    End(handle, SHARD_RELEASED);
}

bool
ShardBlockTable::Differs(const ShardBlock& block, const uint8_t* bytes)
{
    const uint32_t size = block.decoder->Layout().DatagramSize();
    if (block.origin && block.origin->bytes)
    {
        const ShardBytes& sent = *block.origin->bytes;
        return sent.Size() != size || std::memcmp(sent.Data(), bytes, size) != 0;
    }
    if (!block.origin || !block.origin->packet)
    {
        return false;
    }
    const Packet& packet = *block.origin->packet;
    if (packet.GetSize() != size)
    {
        return true;
    }
    m_sent.resize(std::max<size_t>(m_sent.size(), size));
    packet.CopyData(m_sent.data(), size);
    return std::memcmp(m_sent.data(), bytes, size) != 0;
}

void
ShardBlockTable::ReleaseUpTo(uint32_t handle)
{
    const uint32_t flow = m_store.Block(handle).flow;
    m_store.Hold(flow);
    ++m_counters.skipped;
    uint32_t released = SHARD_NIL;
    while (released != handle)
    {
        ShardReleaseOrder& order = m_store.Flows()[flow].order;
        const uint32_t number = order.Earliest();
        released = order.TakeEarliest();
        order.SetTurn(number + 1);
        ReleaseBlock(released);
    }
    ReleaseTurns(flow);
    m_store.LetGo(flow, m_now);
}

void
ShardBlockTable::ReleaseTurns(uint32_t flow)
{
    ShardFlow& f = m_store.Flows()[flow];
    while (true)
    {
        const ShardBlockId id{f.peer, f.flow, f.order.Turn()};
        if (!f.order.NoneWaits() && f.order.Earliest() == id.block)
        {
            const uint32_t released = f.order.TakeEarliest();
            f.order.SetTurn(id.block + 1);
            ReleaseBlock(released);
            continue;
        }
        uint32_t handle = SHARD_NIL;
        if (m_store.Find(id, ShardBlockStore::Hash(id), handle) != ShardBlockStore::ENDED)
        {
            m_listener.Turn(id);
            return;
        }
        f.order.SetTurn(id.block + 1);
    }
}

void
ShardBlockTable::Deliver()
{
    if (m_out.empty() || m_delivering)
    {
        return; // a shard that is handed in from within Release: the outer call goes on
    }
    m_delivering = true;
    for (size_t i = 0; i < m_out.size(); ++i)
    {
        const ShardRelease release = std::move(m_out[i]);
        m_listener.Release(TimeStep(m_now), release);
    }
    m_out.clear();
    m_delivering = false;
}

} // namespace sharding
} // namespace ns3
