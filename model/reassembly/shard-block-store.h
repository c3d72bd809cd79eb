// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_BLOCK_STORE_H
#define SHARD_BLOCK_STORE_H

#include "shard-block.h"
#include "shard-flow-table.h"

#include "ns3/shard-index.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace ns3
{
namespace sharding
{

/// How much a reassembly node may hold.
struct ShardMemoryLimits
{
    uint64_t node{4U << 20};     ///< bytes in all
    uint64_t flow{1U << 20};     ///< bytes for one flow
    uint64_t unproven{2U << 20}; ///< bytes for flows without a proof and for their blocks
    uint32_t blocks{0};          ///< blocks that are open or wait for their turn; 0: no bound
};

/**
 * @ingroup sharding
 * What a reassembly node holds: open blocks, what it remembers of ended ones, and flows; how many
 * bytes that is, and what has to go when room is needed. It knows neither shards nor decoding.
 *
 * Memory is charged by constants and not by sizeof, so that a simulation has the same result on
 * every platform and with virtual and real payload; assertions keep the constants true.
 *
 * Who has to go when half-finished blocks, which anyone can send, fill the memory? A flow earns a
 * credit by each datagram that it completes and loses one by each block that it fails to complete;
 * a block is proven when its flow, as it opens it, has fewer proven blocks open than credits. So
 * whoever wants to fill memory with proven blocks has to deliver as many datagrams. What goes:
 * 1. over FlowMemory: the flow's own oldest block;
 * 2. unproven flows and blocks over their share, or memory full: idle unproven flows, then the
 *    oldest unproven block;
 * 3. memory still full, and flows alone take a quarter of it: idle proven flows, longest idle
 * first;
 * 4. memory still full, and it is for a proven block: the oldest block of the heaviest proven flow;
 *    where there is none, idle proven flows.
 * Where the number of blocks is bounded too, a new one displaces the oldest unproven block; if it
 * is proven, the oldest of the heaviest proven flow; else the oldest of its own flow.
 *
 * An unproven block never displaces a proven one. That a block is proven is settled when it is
 * opened (and when it is complete), which keeps every step O(1).
 */
class ShardBlockStore
{
  public:
    static constexpr uint32_t BLOCK_COST = 256;  ///< bytes charged for a block beside its payload
    static constexpr uint32_t ENDED_COST = 80;   ///< bytes charged for remembering an ended block
    static constexpr uint32_t FLOW_COST = 192;   ///< bytes charged for a flow
    static constexpr uint16_t MAX_CREDIT = 1024; ///< most credits that a flow can have

    /// What Find found.
    enum Found
    {
        NOTHING,
        OPEN,
        ENDED,
    };

    /// What MakeRoom says.
    enum Room
    {
        GRANTED, ///< there is room
        EVICT,   ///< end the block that it names, then ask again
        REFUSED, ///< there is no room for the one that asks
    };

    /// @param counters to count what is held and forgotten in; outlives the store
    explicit ShardBlockStore(ShardReassemblyCounters& counters)
        : m_counters(counters)
    {
    }

    /// @param limits from now on; what is over them goes when next something is stored
    void SetLimits(const ShardMemoryLimits& limits)
    {
        m_limits = limits;
    }

    /// @param handle of an open block  @return the block
    ShardBlock& Block(uint32_t handle)
    {
        return m_blocks[handle];
    }

    /// @param handle of an open block  @return the block
    const ShardBlock& Block(uint32_t handle) const
    {
        return m_blocks[handle];
    }

    /// @return the flows
    ShardFlowTable& Flows()
    {
        return m_flows;
    }

    /// @return the flows
    const ShardFlowTable& Flows() const
    {
        return m_flows;
    }

    /// @param id of a block  @return its hash
    static uint32_t Hash(const ShardBlockId& id)
    {
        return ShardIndex::Hash(id.peer, id.flow, id.block);
    }

    /**
     * @param id of a block
     * @param hash of it
     * @param handle receives the block's, when it is open
     * @return whether it is open, has ended, or is not known
     */
    Found Find(const ShardBlockId& id, uint32_t hash, uint32_t& handle) const;

    /**
     * Look whether bytes can be stored, and forget what may be forgotten for them.
     * @param flow that asks, busy; or SHARD_NIL for one that is not yet known
     * @param proven whether they are for a proven block
     * @param bytes how many
     * @param isNew whether they are for a block that is to be opened
     * @param victim receives the block to end, with EVICT
     * @param why receives its outcome, with EVICT
     * @return what to do
     */
    Room MakeRoom(uint32_t flow,
                  bool proven,
                  uint64_t bytes,
                  bool isNew,
                  uint32_t& victim,
                  ShardOutcome& why);

    /// @param peer which sender  @param flow id  @return handle of the new flow, to be held
    uint32_t AddFlow(uint32_t peer, uint32_t flow);

    /// @param flow which is in use, and must stay although it may have no block, until it is let
    /// go as often as it was held
    void Hold(uint32_t flow);

    /// @param flow that was held  @param now ticks
    void LetGo(uint32_t flow, int64_t now);

    /**
     * Begin a block, for which there must be room.
     * @param flow of the block, held
     * @param id of the block
     * @param hash of its name
     * @param now ticks
     * @param bytes to charge for it beside BLOCK_COST
     * @return handle of the block; origin, decoder and what follows from them are the caller's
     */
    uint32_t Open(uint32_t flow,
                  const ShardBlockId& id,
                  uint32_t hash,
                  int64_t now,
                  uint32_t bytes);

    /// @param block handle  @param bytes to charge for it beside BLOCK_COST instead of what was
    /// charged; for more there must be room
    void Charge(uint32_t block, uint32_t bytes);

    /// @param block handle, complete: what it holds is now `bytes` of datagram; its flow earns
    /// credit  @param now ticks  @param bytes at most what it held
    void Complete(uint32_t block, int64_t now, uint32_t bytes);

    /// @param block handle, which ends  @param now ticks  @param failed whether that is held
    /// against its flow  @param remember whether late shards are to be known for such
    void Close(uint32_t block, int64_t now, bool failed, bool remember);

    /// @param proven which kind  @return handle of the one open longest, or SHARD_NIL
    uint32_t OldestOpen(bool proven) const
    {
        return m_open[proven].Front();
    }

    /// @return handle of the complete block that has waited longest for its turn, or SHARD_NIL
    uint32_t LongestWaiting() const
    {
        return m_waiting.Front();
    }

    /**
     * Forget ended blocks and idle flows whose time is over.
     * @param endedBefore ended blocks that ended then or before, ticks
     * @param idleBefore flows that are idle since then or before, ticks
     */
    void Forget(int64_t endedBefore, int64_t idleBefore);

    /// @return when the longest remembered block ended, ticks; the largest number when there is
    /// none
    int64_t EndedSince() const;

    /// @return since when the longest idle flow is idle, ticks; the largest number for none
    int64_t IdleSince() const;

    /// @return bytes taken from the heap for open and ended blocks and flows, payload not included
    size_t HeapBytes() const
    {
        return m_blocks.HeapBytes() + m_ended.HeapBytes() + m_index.HeapBytes() +
               m_flows.HeapBytes();
    }

  private:
    static constexpr uint32_t ENDED_BIT = 0x80000000; ///< in the index: handle of an ended block

    void PrefetchAhead(uint32_t victim);
    void Add(uint32_t flow, int64_t bytes, bool unproven);
    void ChangeCredit(uint32_t flow, int by);
    void Settle(uint32_t flow, int64_t now);
    void Remember(const ShardBlock& block, int64_t now);
    void ForgetEnded(uint32_t handle);
    void ForgetFlow(uint32_t flow);

    ShardReassemblyCounters& m_counters;
    ShardMemoryLimits m_limits;
    ShardPool<ShardBlock> m_blocks;                                  ///< open blocks
    ShardPool<ShardEndedBlock> m_ended;                              ///< remembered ones
    ShardIndex m_index;                                              ///< both, by name
    ShardFlowTable m_flows;                                          ///< flows
    std::array<ShardList<ShardBlock, &ShardBlock::byAge>, 2> m_open; ///< [proven]
    ShardList<ShardBlock, &ShardBlock::byAge> m_waiting;             ///< by completion
    std::array<ShardList<ShardEndedBlock, &ShardEndedBlock::byAge>, 2> m_endedByAge; ///< [proven]
    std::array<uint64_t, 2> m_endedBytes{};                                          ///< [proven]
    uint32_t m_ahead{SHARD_NIL}; ///< an open unproven block that is soon to be evicted
    uint64_t m_unprovenBytes{0}; ///< flows and blocks
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_BLOCK_STORE_H
