// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_WINDOW_DECODER_H
#define SHARD_WINDOW_DECODER_H

#include "shard-set.h"
#include "shard-window-equations.h"
#include "shard-window.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What a receiver keeps of one flow under the sliding-window code: the data shards of the last
 * blocks, and an equation for each repair shard that adds something to what is at hand
 * (ShardWindowEquations). Whatever can be computed is computed at once.
 *
 * Blocks are dropped when the latest one is twice the sender's window ahead. With virtual payload
 * the same is done without the bytes: every answer, and Bytes(), is the same in both modes, as long
 * as nobody forges bytes.
 *
 * All input may be hostile: what contradicts itself or what is at hand is refused.
 */
class ShardWindowDecoder
{
  public:
    /// What became of a shard.
    enum Verdict : uint8_t
    {
        STORED = 0, ///< it was news
        USELESS,    ///< it adds nothing to what is at hand
        LATE,       ///< its block, or one that it covers, has been dropped
        REFUSED,    ///< it contradicts itself or what is at hand
    };

    /// A data shard that was computed.
    struct Solved
    {
        uint32_t block;      ///< its block
        uint32_t index;      ///< its index
        ShardLayout layout;  ///< how the block is cut
        const uint8_t* data; ///< its bytes, until the next call; null with virtual payload
    };

    static constexpr uint32_t BLOCK_COST = 128; ///< bytes charged for a block beside its datagram
    static constexpr uint32_t MOST_ROWS = 1024; ///< equations that are kept

    /// @param flow id, of which the coefficients depend  @param real whether there are bytes
    ShardWindowDecoder(uint32_t flow, bool real);

    /**
     * Take a data shard.
     * @param block number, which may wrap around
     * @param layout of the block, equal sizes
     * @param index of the shard, below k
     * @param payload layout.Size(index) bytes; ignored with virtual payload
     * @return what became of it
     */
    Verdict AddData(uint32_t block,
                    const ShardLayout& layout,
                    uint32_t index,
                    const uint8_t* payload);

    /**
     * Take a repair shard.
     * @param block number
     * @param index of the shard
     * @param prefix as Read() took it
     * @param coded prefix.SymbolSize() bytes; ignored with virtual payload
     * @return what became of it
     */
    Verdict AddRepair(uint32_t block,
                      uint32_t index,
                      const ShardWindowPrefix& prefix,
                      const uint8_t* coded);

    /// @return what the last call has computed
    const std::vector<Solved>& Recovered() const
    {
        return m_solved;
    }

    /// Drop the oldest block, and what cannot do without it; there must be one. Afterwards
    /// Recovered() is empty.
    void DropOldest();

    /// @return blocks held, those included that were passed over
    uint32_t Blocks() const
    {
        return static_cast<uint32_t>(m_blocks.size());
    }

    /// @return equations held
    uint32_t Equations() const
    {
        return static_cast<uint32_t>(m_equations.Count());
    }

    /// @return bytes charged for blocks and equations
    uint64_t Bytes() const
    {
        return m_bytes + m_equations.Bytes();
    }

    /// @return equations that cannot be, so that somebody has lied; they were given up
    uint64_t Contradictions() const
    {
        return m_contradictions;
    }

  private:
    /// A block.
    struct Block
    {
        std::optional<ShardLayout> layout; ///< nothing while nothing is known of it
        ShardSet known;                    ///< data shards at hand
        std::unique_ptr<uint8_t[]> bytes;  ///< the datagram, as far as known; null before
    };

    int64_t Unwrap(uint32_t block) const;
    void Advance(int64_t block);
    void DropBelow(int64_t floor);
    bool Agrees(int64_t number, const ShardLayout& layout) const;
    Block& Open(int64_t number, const ShardLayout& layout);
    ShardWindowEquations::Row MakeRow(int64_t last,
                                      uint32_t index,
                                      const ShardWindowPrefix& prefix,
                                      const uint8_t* coded);
    void Solve();
    void StoreSolved(const ShardWindowEquations::Row& row);

    uint32_t m_flow;
    bool m_real;
    int64_t m_latest{-1};               ///< block furthest on, unwrapped; negative for none
    int64_t m_floor{0};                 ///< blocks below have been dropped
    int64_t m_first{0};                 ///< number of m_blocks.front()
    uint32_t m_horizon{2 * MAX_WINDOW}; ///< blocks that are kept
    std::vector<Block> m_blocks;        ///< of consecutive numbers
    ShardWindowEquations m_equations;
    std::vector<Solved> m_solved; ///< by the last call
    uint64_t m_bytes{0};          ///< charged for blocks
    uint64_t m_contradictions{0}; ///< symbols that cannot be
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_WINDOW_DECODER_H
