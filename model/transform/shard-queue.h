// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_QUEUE_H
#define SHARD_QUEUE_H

#include "shard-queue-core.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * The out-going shard buffer: a queue that knows shards, bounded in packets and in bytes.
 *
 * Order: strict priority over eight bands, the DSCP's class selectors, higher first; within a band
 * data before repair; then first come, first served. A sender that never pauses in a higher band
 * starves the lower ones, as strict priority does.
 *
 * When there is no room for an arriving entry, somebody has to go, the arriving one among the
 * candidates as the newest:
 * 1. held shards of doomed blocks: those that can no longer be completed because of what was
 *    dropped here or reported by NoteLost (IsShardBlockDoomed); the block doomed first goes first,
 *    its newest shard first;
 * 2. repair shards, lowest band first, newest first: an arriving repair shard never displaces
 *    data, nor repair of its own or a higher band;
 * 3. data (and what is no shard) of the lowest band, newest first, if the arriving one is of a
 *    higher band; else the arriving one.
 * Nobody goes in vain: if all that may go would not make room, only the arriving one is dropped.
 * (Except when the drops doom the arriving shard's own block: then it is dropped as well.)
 *
 * An arriving shard of a doomed block is dropped at once, even if there is room. But when a shard
 * arrives that was lost before, its sender is repairing the block, so that all losses of the block
 * are forgiven. A drop does not count as a loss while another copy of the shard is held or was
 * sent on.
 *
 * Work per call: O(1), plus O(1) for each entry dropped; marking a loss looks at no more than 255
 * bits and NoteLost at the held shards of the block. Memory: about 40 bytes and an entry for each
 * slot ever used at a time, about 280 bytes for each block remembered. Those are the blocks with
 * held shards and, least recently used first out, `Limits::blocks` more. A block that is forgotten
 * counts as sound.
 *
 * It reads no clock and is deterministic.
 *
 * @tparam Entry what is held: default constructible, movable
 */
template <typename Entry>
class ShardQueue
{
  public:
    using Limits = ShardQueueCore::Limits;     ///< bounds
    using Counters = ShardQueueCore::Counters; ///< what came, went and was dropped

    /// @param limits the bounds
    explicit ShardQueue(const Limits& limits = Limits())
        : m_core(limits)
    {
    }

    /**
     * Take an entry, or drop it, or drop others for it.
     * @tparam OnDrop callable as `(Entry&&, ShardDrop reason, bool held)`; `held` is false for the
     *         arriving entry. It must not call this queue.
     * @param entry the entry
     * @param view what is to be known of it
     * @param dropped is told of every entry dropped
     * @return where the entry is held, valid until the next call; null when it was dropped
     */
    template <typename OnDrop>
    Entry* Enqueue(Entry&& entry, const ShardView& view, OnDrop&& dropped)
    {
        ShardDrop refusal = m_core.Arrive(view);
        while (refusal == SHARD_DROP_NO)
        {
            const ShardQueueCore::Victim victim = m_core.NextVictim();
            if (victim.slot == ShardQueueCore::NONE)
            {
                refusal = victim.reason;
                break;
            }
            dropped(std::exchange(m_entries[victim.slot], Entry()), victim.reason, true);
        }
        const uint32_t slot = m_core.Settle(refusal);
        if (slot == ShardQueueCore::NONE)
        {
            dropped(std::move(entry), refusal, false);
            return nullptr;
        }
        if (slot >= m_entries.size())
        {
            m_entries.resize(slot + 1);
        }
        m_entries[slot] = std::move(entry);
        return &m_entries[slot];
    }

    /// @return the entry at the head, taken out, or nothing when the queue is empty
    std::optional<Entry> Dequeue()
    {
        const uint32_t slot = m_core.TakeHead();
        if (slot == ShardQueueCore::NONE)
        {
            return std::nullopt;
        }
        return std::exchange(m_entries[slot], Entry());
    }

    /// @return the entry at the head, or null when the queue is empty
    const Entry* Peek() const
    {
        const uint32_t slot = m_core.Head();
        return slot == ShardQueueCore::NONE ? nullptr : &m_entries[slot];
    }

    /**
     * A shard is known to be lost elsewhere, after it left here. Ignored while a copy of it is
     * held here.
     * @param block its block
     * @param index its index
     */
    void NoteLost(const ShardBlockKey& block, uint8_t index)
    {
        m_core.NoteLost(block, index);
    }

    /**
     * @param block a block
     * @return whether it is remembered as one that can no longer be completed
     */
    bool IsDoomed(const ShardBlockKey& block) const
    {
        return m_core.IsDoomed(block);
    }

    /// @return whether nothing is held
    bool IsEmpty() const
    {
        return m_core.GetCounters().held == 0;
    }

    /// @return the counters
    const Counters& GetCounters() const
    {
        return m_core.GetCounters();
    }

    /// @return the bounds, to be changed
    Limits& GetLimits()
    {
        return m_core.GetLimits();
    }

    /// @return number of blocks remembered, those with held shards included
    std::size_t GetBlockCount() const
    {
        return m_core.GetBlockCount();
    }

  private:
    ShardQueueCore m_core;        ///< order and bookkeeping
    std::vector<Entry> m_entries; ///< by slot
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_QUEUE_H
