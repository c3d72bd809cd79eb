// SPDX-License-Identifier: GPL-2.0-only
//
// The part of ShardBlockTable that knows what has not come.

#include "shard-block-table.h"

namespace ns3
{
namespace sharding
{

namespace
{

/// Blocks of a flow that can be missing at a time.
constexpr uint32_t MOST_PASSED_OVER = 64;

} // namespace

/// A block begins: were others passed over?
void
ShardBlockTable::NoteOrder(ShardFlow& flow, const ShardBlockId& id)
{
    // RFC 1982; a new flow begins with block 0.
    const uint32_t ahead = flow.some ? id.block - flow.latest : id.block + 1;
    if (ahead == 0 || ahead >= uint32_t(1) << 31)
    {
        return;
    }
    // More are no losses but a flow that was forgotten and goes on.
    if (ahead > 1 && ahead <= MOST_PASSED_OVER)
    {
        m_listener.PassedOver({id.peer, id.flow, id.block + 1 - ahead}, ahead - 1);
    }
    m_listener.Began(id);
    flow.latest = id.block;
    flow.some = true;
}

std::optional<ShardNeed>
ShardBlockTable::Need(const ShardBlockId& id) const
{
    ShardNeed need;
    uint32_t handle = SHARD_NIL;
    switch (m_store.Find(id, ShardBlockStore::Hash(id), handle))
    {
    case ShardBlockStore::ENDED:
        return std::nullopt;
    case ShardBlockStore::NOTHING:
        return need;
    case ShardBlockStore::OPEN:
        break;
    }
    const ShardBlock& block = m_store.Block(handle);
    if (block.waiting)
    {
        return std::nullopt;
    }
    const ShardBlockDecoder& decoder = *block.decoder;
    need.isOpen = true;
    need.deadline = block.opened + m_timeout;
    if (block.code != SHARD_CODE_REED_SOLOMON)
    {
        need.wanted = decoder.Missing() - decoder.Recoverable();
        return need;
    }
    // Any k will do, so of what has not come as many as lack, data first.
    uint32_t lack =
        decoder.Layout().DataShards() - decoder.DataShardsHeld() - decoder.RepairShardsHeld();
    for (uint32_t index = 0; index < decoder.Shards() && lack > 0; ++index)
    {
        if (!decoder.Have(index))
        {
            need.wanted.Set(index);
            --lack;
        }
    }
    return need;
}

} // namespace sharding
} // namespace ns3
