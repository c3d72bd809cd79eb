// SPDX-License-Identifier: GPL-2.0-only
//
// The part of ShardBlockTable that lets go of blocks before they are complete.
#include "shard-block-table.h"

#include <algorithm>
#include <cstring>

namespace ns3
{
namespace sharding
{

namespace
{

/// @param decoder of a block  @return the data shards at its front before the first hole
ShardSet
Front(const ShardBlockDecoder& decoder)
{
    return ShardSet::Below(std::min(decoder.Missing().Next(0), decoder.Layout().DataShards()));
}

/// @param layout of a datagram  @param shards data shards  @return their bytes
uint32_t
Bytes(const ShardLayout& layout, const ShardSet& shards)
{
    uint32_t bytes = 0;
    for (uint32_t i = shards.Next(0); i < ShardSet::SIZE; i = shards.Next(i + 1))
    {
        bytes += layout.Size(i);
    }
    return bytes;
}

/// @param layout of a datagram  @param have the data shards that are there  @return the rest
std::vector<ShardByteRange>
Holes(const ShardLayout& layout, const ShardSet& have)
{
    std::vector<ShardByteRange> holes;
    for (uint32_t i = 0; i < layout.DataShards(); ++i)
    {
        if (have.Test(i))
        {
            continue;
        }
        const uint32_t begin = layout.Offset(i);
        const uint32_t end = begin + layout.Size(i);
        if (!holes.empty() && holes.back().end == begin)
        {
            holes.back().end = end;
        }
        else
        {
            holes.push_back({begin, end});
        }
    }
    return holes;
}

} // namespace

/// @return handle of an open block that is not complete, or SHARD_NIL
uint32_t
ShardBlockTable::FindIncomplete(const ShardBlockId& id) const
{
    uint32_t handle = SHARD_NIL;
    if (m_store.Find(id, ShardBlockStore::Hash(id), handle) != ShardBlockStore::OPEN ||
        m_store.Block(handle).waiting)
    {
        return SHARD_NIL;
    }
    return handle;
}

/// @return whether nothing before a block holds it back
bool
ShardBlockTable::IsTurn(const ShardBlock& block) const
{
    return m_order == SHARD_ORDER_ANY || m_store.Flows()[block.flow].order.Turn() == block.id.block;
}

std::optional<ShardReleaseState>
ShardBlockTable::State(const ShardBlockId& id) const
{
    const uint32_t handle = FindIncomplete(id);
    const std::optional<ShardNeed> need = handle != SHARD_NIL ? Need(id) : std::nullopt;
    if (!need)
    {
        return std::nullopt;
    }
    const ShardBlock& block = m_store.Block(handle);
    const ShardBlockDecoder& decoder = *block.decoder;
    const ShardLayout& layout = decoder.Layout();
    ShardReleaseState state;
    state.id = id;
    state.size = layout.DatagramSize();
    state.k = static_cast<uint8_t>(layout.DataShards());
    state.n = static_cast<uint8_t>(decoder.Shards());
    state.code = block.code;
    for (uint32_t index = 0; index < decoder.Shards(); ++index)
    {
        if (!decoder.Have(index))
        {
            state.missing.Set(index);
        }
    }
    state.lack = need->wanted.Count();
    state.prefix = Bytes(layout, Front(decoder));
    state.handedOn = block.handedOn;
    state.there = layout.DatagramSize() - Bytes(layout, decoder.Missing());
    state.opened = TimeStep(static_cast<uint64_t>(block.opened));
    state.deadline = TimeStep(static_cast<uint64_t>(need->deadline));
    state.isTurn = IsTurn(block);
    state.behind = m_order == SHARD_ORDER_ANY ? 0 : m_store.Flows()[block.flow].order.Waiting();
    return state;
}

bool
ShardBlockTable::GiveUp(Time now, const ShardBlockId& id)
{
    PassTo(now.GetTimeStep());
    const uint32_t handle = FindIncomplete(id);
    if (handle == SHARD_NIL)
    {
        return false;
    }
    End(handle, SHARD_GIVEN_UP);
    Deliver();
    return true;
}

bool
ShardBlockTable::ReleasePartial(Time now, const ShardBlockId& id)
{
    PassTo(now.GetTimeStep());
    const uint32_t handle = FindIncomplete(id);
    if (handle == SHARD_NIL || !IsTurn(m_store.Block(handle)))
    {
        return false;
    }
    ShardBlock& block = m_store.Block(handle);
    const ShardSet all = ShardSet::Below(block.decoder->Layout().DataShards());
    const ShardSet have = (all - block.decoder->Missing()) | (block.decoder->Recoverable() & all);
    if (have.Empty())
    {
        return false;
    }
    block.decoder->Salvage();
    ReleasePart(block, have, true);
    End(handle, SHARD_PARTIAL);
    Deliver();
    return true;
}

bool
ShardBlockTable::HandOn(Time now, const ShardBlockId& id)
{
    PassTo(now.GetTimeStep());
    const uint32_t handle = FindIncomplete(id);
    if (handle == SHARD_NIL || !IsTurn(m_store.Block(handle)))
    {
        return false;
    }
    ShardBlock& block = m_store.Block(handle);
    const ShardSet front = Front(*block.decoder);
    const uint32_t bytes = Bytes(block.decoder->Layout(), front);
    if (bytes <= block.handedOn)
    {
        return false;
    }
    ReleasePart(block, front, false);
    block.handedOn = static_cast<uint16_t>(bytes);
    ++m_counters.handedOn;
    Deliver();
    return true;
}

/// Queue for delivery what is there of a block.
void
ShardBlockTable::ReleasePart(const ShardBlock& block, const ShardSet& have, bool isLast)
{
    const ShardBlockDecoder& decoder = *block.decoder;
    const ShardLayout& layout = decoder.Layout();
    m_out.emplace_back();
    ShardRelease& release = m_out.back();
    release.id = block.id;
    release.origin = block.origin;
    release.size = layout.DatagramSize();
    release.handedOn = block.handedOn;
    release.isMarked = block.isMarked;
    release.recovered = isLast ? static_cast<uint16_t>(decoder.RecoveredShards()) : 0;
    release.complete = false;
    release.isLast = isLast;
    release.early = true;
    release.holes = Holes(layout, have);
    if (!block.real)
    {
        return;
    }
    Ptr<ShardBytes> copy = Create<ShardBytes>(release.size);
    std::memset(copy->Data(), 0, release.size);
    for (uint32_t i = have.Next(0); i < ShardSet::SIZE; i = have.Next(i + 1))
    {
        std::memcpy(copy->Data() + layout.Offset(i), decoder.InPlace(i), layout.Size(i));
    }
    release.bytes = copy;
    release.mismatch = PartDiffers(block, have, copy->Data());
    m_counters.mismatches += release.mismatch ? 1 : 0;
}

/// @return whether what is there of a block is not what was sent
bool
ShardBlockTable::PartDiffers(const ShardBlock& block, const ShardSet& have, const uint8_t* bytes)
{
    const ShardLayout& layout = block.decoder->Layout();
    const uint8_t* sent = nullptr;
    uint32_t size = layout.DatagramSize();
    if (block.origin && block.origin->bytes)
    {
        sent = block.origin->bytes->Data();
        size = block.origin->bytes->Size();
    }
    else if (block.origin && block.origin->packet)
    {
        size = block.origin->packet->GetSize();
        m_sent.resize(std::max<size_t>(m_sent.size(), size));
        block.origin->packet->CopyData(m_sent.data(), size);
        sent = m_sent.data();
    }
    if (sent == nullptr)
    {
        return false;
    }
    if (size != layout.DatagramSize())
    {
        return true;
    }
    for (uint32_t i = have.Next(0); i < ShardSet::SIZE; i = have.Next(i + 1))
    {
        const uint32_t offset = layout.Offset(i);
        if (std::memcmp(bytes + offset, sent + offset, layout.Size(i)) != 0)
        {
            return true;
        }
    }
    return false;
}

} // namespace sharding
} // namespace ns3
