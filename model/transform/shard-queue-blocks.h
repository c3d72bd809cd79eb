// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_QUEUE_BLOCKS_H
#define SHARD_QUEUE_BLOCKS_H

#include "ns3/shard-code.h"

#include <array>
#include <bitset>
#include <cstdint>
#include <limits>
#include <unordered_map>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Which block a shard belongs to. The block's shape is part of its name, so that a forged shard
 * that contradicts an honest block is another block and cannot be counted against it.
 */
struct ShardBlockKey
{
    uint64_t source{0};              ///< who made the block; flow ids are unique only there
    uint32_t flow{0};                ///< flow id
    uint32_t block{0};               ///< block number within the flow
    uint8_t k{0};                    ///< data shards; 0: not a shard, no block
    uint8_t n{0};                    ///< all shards
    ShardCode code{SHARD_CODE_NONE}; ///< erasure code

    /// @param o the other  @return whether they name one block
    bool operator==(const ShardBlockKey& o) const
    {
        return source == o.source && flow == o.flow && block == o.block && k == o.k && n == o.n &&
               code == o.code;
    }
};

/// Hash of a ShardBlockKey.
struct ShardBlockKeyHash
{
    /// @param key the key  @return its hash
    std::size_t operator()(const ShardBlockKey& key) const;
};

/**
 * Whether losing certain shards makes a block impossible to complete, whatever happens to the
 * others. Never true unless that is certain:
 * - any block code: fewer than k of its n shards are left (Singleton bound);
 * - repetition: a data shard and all copies of it are lost;
 * - XOR: two shards of one parity group are lost;
 * - sliding window: never, since other blocks' repair shards may help.
 *
 * @param block the block
 * @param lost the lost shards, `index` among them
 * @param index the one lost last; the block was not doomed without it
 * @return whether the block is doomed
 */
bool IsShardBlockDoomed(const ShardBlockKey& block, const std::bitset<256>& lost, uint8_t index);

/// What a ShardQueue remembers of a block.
struct ShardQueueBlock
{
    static constexpr uint32_t RANKS = 16; ///< 8 bands, data and repair; rank 0 leaves first
    static constexpr uint32_t NONE = std::numeric_limits<uint32_t>::max(); ///< no slot

    const ShardBlockKey* key{nullptr};   ///< its name, in the map
    ShardQueueBlock* prev{nullptr};      ///< in the list that it is in, if any
    ShardQueueBlock* next{nullptr};      ///< in the list that it is in, if any
    uint32_t newest{NONE};               ///< slot of its shard held last
    bool doomed{false};                  ///< can no longer be completed
    std::bitset<256> alive;              ///< shards held here or sent on
    std::bitset<256> extra;              ///< shards of which more than one copy was alive
    std::bitset<256> lost;               ///< shards lost
    std::array<uint32_t, RANKS> bytes{}; ///< held, by rank

    /// @return whether none of its shards is held
    bool IsIdle() const
    {
        return newest == NONE;
    }

    /**
     * @param index a shard that is lost
     * @return whether that was news and dooms the block, which was sound before
     */
    bool Lose(uint8_t index);
};

/// A list of blocks. A block is in one list at most.
struct ShardQueueBlockList
{
    ShardQueueBlock* head{nullptr}; ///< in it for longest
    ShardQueueBlock* tail{nullptr}; ///< put in last
    uint32_t size{0};               ///< how many

    /// @param block to be put in at the end
    void Append(ShardQueueBlock& block);
    /// @param block to be taken out
    void Remove(ShardQueueBlock& block);
};

/**
 * @ingroup sharding
 * The blocks that a ShardQueue remembers: those that it holds shards of and, least recently used
 * first out, a bounded number of others, called idle.
 */
class ShardQueueBlocks
{
  public:
    /**
     * Find a block or begin to remember it. Until it is released it stays.
     * @param key its name
     * @return the block
     */
    ShardQueueBlock& Touch(const ShardBlockKey& key);

    /**
     * @param block to be kept as idle
     * @param limit most idle blocks to keep
     */
    void Release(ShardQueueBlock& block, uint32_t limit);

    /// @param key a name  @return the block, or null when it is not remembered
    const ShardQueueBlock* Find(const ShardBlockKey& key) const;

    /// @return number of blocks remembered
    std::size_t Size() const
    {
        return m_blocks.size();
    }

  private:
    using Map = std::unordered_map<ShardBlockKey, ShardQueueBlock, ShardBlockKeyHash>;

    Map m_blocks;               ///< all that are remembered
    Map::node_type m_spare;     ///< of a forgotten block, for the next new one
    ShardQueueBlockList m_idle; ///< those of which nothing is held, least recent first
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_QUEUE_BLOCKS_H
