// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_QUEUE_CORE_H
#define SHARD_QUEUE_CORE_H

#include "shard-queue-blocks.h"

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * All that ShardQueue needs to know of an entry. What is not a shard has block.k = 0; it is
 * treated as data of no block.
 */
struct ShardView
{
    ShardBlockKey block; ///< whose it is
    uint8_t index{0};    ///< shard index within the block
    uint8_t dscp{0};     ///< DSCP, 0 to 63; the band is its class selector, dscp >> 3
    uint32_t bytes{0};   ///< what it counts against the bound in bytes; 0 counts as 1

    /// @return whether it is a shard
    bool HasBlock() const
    {
        return block.k != 0;
    }

    /// @return whether it is a repair shard
    bool IsRepair() const
    {
        return HasBlock() && index >= block.k;
    }
};

/// Why a ShardQueue dropped an entry. Order and meaning of the reasons: see ShardQueue.
enum ShardDrop : uint8_t
{
    SHARD_DROP_NO = 0,   ///< not dropped
    SHARD_DROP_DOOMED,   ///< its block can no longer be completed
    SHARD_DROP_REPAIR,   ///< a repair shard, and no room for it
    SHARD_DROP_PRIORITY, ///< data, and made way for a higher band
    SHARD_DROP_FULL,     ///< it came when nothing of less worth could make way
    SHARD_DROP_OVERSIZE, ///< larger than the whole queue
    SHARD_DROP_REASONS,  ///< how many values there are
};

/**
 * @param reason a reason
 * @return it in words, for traces and statistics; a string literal
 */
const char* ShardDropName(ShardDrop reason);

/**
 * @ingroup sharding
 * The order and the bookkeeping of ShardQueue, on slot numbers; ShardQueue adds the entries.
 */
class ShardQueueCore
{
  public:
    /// No slot.
    static constexpr uint32_t NONE = ShardQueueBlock::NONE;

    /// Bounds; may be changed at any time, and are then enforced as entries arrive.
    struct Limits
    {
        uint32_t packets{1000};                               ///< entries held
        uint64_t bytes{std::numeric_limits<uint64_t>::max()}; ///< bytes held
        uint32_t blocks{4096}; ///< blocks remembered of which nothing is held
        bool doom{true};       ///< false: no block is held for doomed; set before the first entry
    };

    /// What came, went and was dropped: in = out + dropped + held, in packets and in bytes.
    struct Counters
    {
        uint64_t in{0};                                     ///< entries that came
        uint64_t inBytes{0};                                ///< their bytes
        uint64_t out{0};                                    ///< entries taken from the head
        uint64_t outBytes{0};                               ///< their bytes
        uint64_t held{0};                                   ///< entries held now
        uint64_t heldBytes{0};                              ///< their bytes
        uint64_t peak{0};                                   ///< most entries ever held
        uint64_t peakBytes{0};                              ///< most bytes ever held
        uint64_t doomedBlocks{0};                           ///< times that a block became doomed
        std::array<uint64_t, SHARD_DROP_REASONS> dropped{}; ///< entries dropped, by reason
        std::array<uint64_t, SHARD_DROP_REASONS> droppedBytes{}; ///< their bytes, by reason

        /// @return entries dropped
        uint64_t Dropped() const;
        /// @return bytes dropped
        uint64_t DroppedBytes() const;
    };

    /// An entry to be dropped, or why there is none.
    struct Victim
    {
        uint32_t slot{NONE};             ///< where it was held; NONE: nobody has to go (any more)
        ShardDrop reason{SHARD_DROP_NO}; ///< why; without a slot: why the arriving one is refused
    };

    /// @param limits the bounds
    explicit ShardQueueCore(const Limits& limits)
        : m_limits(limits)
    {
    }

    // Not copied: blocks and slots point at one another.
    ShardQueueCore(const ShardQueueCore&) = delete;
    ShardQueueCore& operator=(const ShardQueueCore&) = delete;

    /// @return the bounds, to be changed
    Limits& GetLimits()
    {
        return m_limits;
    }

    /// @return the counters
    const Counters& GetCounters() const
    {
        return m_counters;
    }

    /// @return number of blocks remembered, those with held shards included
    std::size_t GetBlockCount() const
    {
        return m_blocks.Size();
    }

    /**
     * An entry comes. Then call NextVictim until it names no slot, then Settle.
     * @param view the entry
     * @return why it is refused at once, or SHARD_DROP_NO
     */
    ShardDrop Arrive(const ShardView& view);

    /// @return who has to go next for the arriving entry; it is no longer held
    Victim NextVictim();

    /**
     * @param refusal SHARD_DROP_NO to hold the arriving entry, else why it is dropped
     * @return its slot, or NONE
     */
    uint32_t Settle(ShardDrop refusal);

    /// @return slot of the entry at the head, or NONE
    uint32_t Head() const;

    /// @return slot of the entry that was at the head and no longer is, or NONE
    uint32_t TakeHead();

    /**
     * @param block a block
     * @param index one of its shards, which is lost
     */
    void NoteLost(const ShardBlockKey& block, uint8_t index);

    /**
     * @param block a block
     * @return whether it is remembered as one that can no longer be completed
     */
    bool IsDoomed(const ShardBlockKey& block) const;

  private:
    using Block = ShardQueueBlock;
    static constexpr uint32_t RANKS = Block::RANKS;

    /// A held entry.
    struct Node
    {
        uint32_t prev{NONE};   ///< held before it in its rank; unused slots: unused
        uint32_t next{NONE};   ///< held after it in its rank; unused slots: next unused one
        uint32_t older{NONE};  ///< of its block, came before it
        uint32_t newer{NONE};  ///< of its block, came after it
        Block* block{nullptr}; ///< its block or null
        uint32_t bytes{0};     ///< its bytes
        uint8_t index{0};      ///< its shard index
        uint8_t rank{0};       ///< its rank
    };

    bool Fits() const;
    bool CanMakeRoom() const;
    void MarkLost(Block& block, uint8_t index);
    void Revive(Block& block);
    void Unlink(uint32_t slot);

    Limits m_limits;
    Counters m_counters;

    std::vector<Node> m_nodes;                      ///< by slot
    uint32_t m_unused{NONE};                        ///< first unused slot
    std::array<uint32_t, RANKS> m_first = Nobody(); ///< heads of the ranks
    std::array<uint32_t, RANKS> m_last = Nobody();  ///< tails of the ranks
    uint32_t m_ranks{0};                            ///< bit r: rank r holds entries
    std::array<uint64_t, RANKS> m_sound{};          ///< bytes held of sound blocks, by rank
    uint64_t m_doomedBytes{0};                      ///< bytes held of doomed blocks

    ShardQueueBlocks m_blocks;    ///< all that are remembered
    ShardQueueBlockList m_doomed; ///< doomed blocks of which something is held

    ShardView m_arriving;            ///< between Arrive and Settle: who arrives
    Block* m_arrivingBlock{nullptr}; ///< between Arrive and Settle: its block, kept from release

    static std::array<uint32_t, RANKS> Nobody();
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_QUEUE_CORE_H
