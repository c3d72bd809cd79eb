// SPDX-License-Identifier: GPL-2.0-only
#include "shard-queue-core.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace ns3
{
namespace sharding
{

namespace
{

/// Bits of the ranks that hold repair shards: every second one.
constexpr uint32_t REPAIR_RANKS = 0xaaaa;

/**
 * @param view an entry
 * @return its rank: 0 leaves first
 */
uint32_t
RankOf(const ShardView& view)
{
    return 2 * (7 - ((view.dscp >> 3) & 7)) + (view.IsRepair() ? 1 : 0);
}

/**
 * @param rank a rank
 * @return bits of the ranks in lower bands
 */
uint32_t
LowerBands(uint32_t rank)
{
    return 0xffffU << ((rank | 1) + 1) & 0xffff;
}

/// @param bits not 0  @return number of the lowest bit set
uint32_t
Lowest(uint32_t bits)
{
    uint32_t bit = 0;
    while ((bits & 1) == 0)
    {
        bits >>= 1;
        ++bit;
    }
    return bit;
}

/// @param bits not 0  @return number of the highest bit set
uint32_t
Highest(uint32_t bits)
{
    uint32_t bit = 0;
    while (bits >>= 1)
    {
        ++bit;
    }
    return bit;
}

} // namespace

const char*
ShardDropName(ShardDrop reason)
{
    switch (reason)
    {
    case SHARD_DROP_DOOMED:
        return "Shard of a block that cannot be completed";
    case SHARD_DROP_REPAIR:
        return "Repair shard, no room";
    case SHARD_DROP_PRIORITY:
        return "Made way for higher priority";
    case SHARD_DROP_FULL:
        return "Queue full";
    case SHARD_DROP_OVERSIZE:
        return "Larger than the queue";
    default:
        return "Not dropped";
    }
}

uint64_t
ShardQueueCore::Counters::Dropped() const
{
    return std::accumulate(dropped.begin(), dropped.end(), uint64_t{0});
}

uint64_t
ShardQueueCore::Counters::DroppedBytes() const
{
    return std::accumulate(droppedBytes.begin(), droppedBytes.end(), uint64_t{0});
}

std::array<uint32_t, ShardQueueCore::RANKS>
ShardQueueCore::Nobody()
{
    std::array<uint32_t, RANKS> none{};
    none.fill(NONE);
    return none;
}

bool
ShardQueueCore::Fits() const
{
    return m_counters.held < m_limits.packets &&
           m_counters.heldBytes + m_arriving.bytes <= m_limits.bytes;
}

bool
ShardQueueCore::CanMakeRoom() const
{
    if (m_counters.heldBytes + m_arriving.bytes <= m_limits.bytes)
    {
        return true; // one packet fewer is enough, and NextVictim finds out if there is one
    }
    const uint32_t rank = RankOf(m_arriving);
    uint32_t mayGo = LowerBands(rank);
    mayGo = m_arriving.IsRepair() ? mayGo & REPAIR_RANKS : mayGo | REPAIR_RANKS;
    uint64_t bytes = m_doomedBytes;
    for (uint32_t r = 0; r < RANKS; ++r)
    {
        bytes += (mayGo >> r & 1) != 0 ? m_sound[r] : 0;
    }
    return m_counters.heldBytes + m_arriving.bytes - bytes <= m_limits.bytes;
}

void
ShardQueueCore::MarkLost(Block& block, uint8_t index)
{
    if (!block.Lose(index) || !m_limits.doom)
    {
        return;
    }
    block.doomed = true;
    ++m_counters.doomedBlocks;
    if (!block.IsIdle())
    {
        m_doomed.Append(block);
    }
    for (uint32_t r = 0; r < RANKS; ++r)
    {
        m_sound[r] -= block.bytes[r];
        m_doomedBytes += block.bytes[r];
    }
}

void
ShardQueueCore::Revive(Block& block)
{
    block.lost.reset();
    if (!block.doomed)
    {
        return;
    }
    block.doomed = false;
    if (!block.IsIdle())
    {
        m_doomed.Remove(block);
    }
    for (uint32_t r = 0; r < RANKS; ++r)
    {
        m_sound[r] += block.bytes[r];
        m_doomedBytes -= block.bytes[r];
    }
}

ShardDrop
ShardQueueCore::Arrive(const ShardView& view)
{
    m_arriving = view;
    m_arriving.bytes = std::max<uint32_t>(view.bytes, 1);
    ++m_counters.in;
    m_counters.inBytes += m_arriving.bytes;
    if (view.index >= view.block.n || view.block.k > view.block.n)
    {
        m_arriving.block = ShardBlockKey(); // contradicts itself: not a shard
    }
    if (m_arriving.HasBlock())
    {
        m_arrivingBlock = &m_blocks.Touch(view.block);
        if (m_arrivingBlock->lost[view.index])
        {
            Revive(*m_arrivingBlock);
        }
        if (m_arrivingBlock->doomed)
        {
            return SHARD_DROP_DOOMED;
        }
    }
    if (m_arriving.bytes > m_limits.bytes)
    {
        return SHARD_DROP_OVERSIZE;
    }
    if (!CanMakeRoom())
    {
        return m_arriving.IsRepair() ? SHARD_DROP_REPAIR : SHARD_DROP_FULL;
    }
    return SHARD_DROP_NO;
}

ShardQueueCore::Victim
ShardQueueCore::NextVictim()
{
    if (m_arrivingBlock && m_arrivingBlock->doomed)
    {
        return {NONE, SHARD_DROP_DOOMED};
    }
    if (Fits())
    {
        return {NONE, SHARD_DROP_NO};
    }
    Victim victim;
    const uint32_t lower = m_ranks & LowerBands(RankOf(m_arriving));
    const uint32_t repair = (m_arriving.IsRepair() ? lower : m_ranks) & REPAIR_RANKS;
    const uint32_t data = m_arriving.IsRepair() ? 0 : lower & ~REPAIR_RANKS;
    if (m_doomed.head)
    {
        victim = {m_doomed.head->newest, SHARD_DROP_DOOMED};
    }
    else if (repair != 0)
    {
        victim = {m_last[Highest(repair)], SHARD_DROP_REPAIR};
    }
    else if (data != 0)
    {
        victim = {m_last[Highest(data)], SHARD_DROP_PRIORITY};
    }
    else
    {
        return {NONE, m_arriving.IsRepair() ? SHARD_DROP_REPAIR : SHARD_DROP_FULL};
    }
    const Node node = m_nodes[victim.slot];
    Unlink(victim.slot);
    ++m_counters.dropped[victim.reason];
    m_counters.droppedBytes[victim.reason] += node.bytes;
    if (node.block)
    {
        if (!node.block->extra[node.index])
        {
            MarkLost(*node.block, node.index);
        }
        if (node.block->IsIdle() && node.block != m_arrivingBlock)
        {
            m_blocks.Release(*node.block, m_limits.blocks);
        }
    }
    return victim;
}

uint32_t
ShardQueueCore::Settle(ShardDrop refusal)
{
    const ShardView& view = m_arriving;
    Block* block = std::exchange(m_arrivingBlock, nullptr);
    if (refusal != SHARD_DROP_NO)
    {
        ++m_counters.dropped[refusal];
        m_counters.droppedBytes[refusal] += view.bytes;
        if (block)
        {
            if (!block->alive[view.index])
            {
                MarkLost(*block, view.index);
            }
            if (block->IsIdle())
            {
                m_blocks.Release(*block, m_limits.blocks);
            }
        }
        return NONE;
    }

    const uint32_t rank = RankOf(view);
    uint32_t slot = m_unused;
    if (slot == NONE)
    {
        slot = static_cast<uint32_t>(m_nodes.size());
        m_nodes.emplace_back();
    }
    else
    {
        m_unused = m_nodes[slot].next;
    }
    Node& node = m_nodes[slot];
    node = Node();
    node.bytes = view.bytes;
    node.index = view.index;
    node.rank = static_cast<uint8_t>(rank);
    node.prev = m_last[rank];
    (node.prev == NONE ? m_first[rank] : m_nodes[node.prev].next) = slot;
    m_last[rank] = slot;
    m_ranks |= 1U << rank;
    m_sound[rank] += view.bytes;
    if (block)
    {
        node.block = block;
        node.older = block->newest;
        if (node.older != NONE)
        {
            m_nodes[node.older].newer = slot;
        }
        block->newest = slot;
        block->bytes[rank] += view.bytes;
        block->extra[view.index] = block->extra[view.index] || block->alive[view.index];
        block->alive.set(view.index);
    }
    ++m_counters.held;
    m_counters.heldBytes += view.bytes;
    m_counters.peak = std::max(m_counters.peak, m_counters.held);
    m_counters.peakBytes = std::max(m_counters.peakBytes, m_counters.heldBytes);
    return slot;
}

void
ShardQueueCore::Unlink(uint32_t slot)
{
    Node& node = m_nodes[slot];
    (node.prev == NONE ? m_first[node.rank] : m_nodes[node.prev].next) = node.next;
    (node.next == NONE ? m_last[node.rank] : m_nodes[node.next].prev) = node.prev;
    if (m_first[node.rank] == NONE)
    {
        m_ranks &= ~(1U << node.rank);
    }
    --m_counters.held;
    m_counters.heldBytes -= node.bytes;
    Block* block = node.block;
    (block && block->doomed ? m_doomedBytes : m_sound[node.rank]) -= node.bytes;
    if (block)
    {
        if (node.older != NONE)
        {
            m_nodes[node.older].newer = node.newer;
        }
        (node.newer == NONE ? block->newest : m_nodes[node.newer].older) = node.older;
        block->bytes[node.rank] -= node.bytes;
        if (block->IsIdle() && block->doomed)
        {
            m_doomed.Remove(*block);
        }
    }
    node.next = m_unused;
    m_unused = slot;
}

uint32_t
ShardQueueCore::Head() const
{
    return m_ranks == 0 ? NONE : m_first[Lowest(m_ranks)];
}

uint32_t
ShardQueueCore::TakeHead()
{
    const uint32_t slot = Head();
    if (slot == NONE)
    {
        return NONE;
    }
    Block* block = m_nodes[slot].block;
    ++m_counters.out;
    m_counters.outBytes += m_nodes[slot].bytes;
    Unlink(slot);
    if (block && block->IsIdle())
    {
        m_blocks.Release(*block, m_limits.blocks);
    }
    return slot;
}

void
ShardQueueCore::NoteLost(const ShardBlockKey& key, uint8_t index)
{
    if (key.k == 0 || index >= key.n)
    {
        return;
    }
    Block& block = m_blocks.Touch(key);
    uint32_t held = block.newest;
    while (held != NONE && m_nodes[held].index != index)
    {
        held = m_nodes[held].older;
    }
    if (held == NONE)
    {
        MarkLost(block, index);
    }
    if (block.IsIdle())
    {
        m_blocks.Release(block, m_limits.blocks);
    }
}

bool
ShardQueueCore::IsDoomed(const ShardBlockKey& key) const
{
    const Block* block = m_blocks.Find(key);
    return block != nullptr && block->doomed;
}

} // namespace sharding
} // namespace ns3
