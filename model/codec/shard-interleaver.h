// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_INTERLEAVER_H
#define SHARD_INTERLEAVER_H

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Sends the shards of `depth` consecutive blocks by columns: shard 0 of every block, shard 1 of
 * every block, and so on, so that a burst of up to `depth` losses takes at most one shard of each
 * (block interleaving, as RFC 2354 and RFC 8627 discuss it). It has no clock: who must not wait
 * for a group to fill calls Flush().
 *
 * @tparam Item what a shard is, movable
 */
template <typename Item>
class ShardInterleaver
{
  public:
    /// A block's shards in order of their index; or items in the order in which to send them.
    using Items = std::vector<Item>;

    /// @param depth blocks that are interleaved; 1 or 0: none, everything passes at once
    explicit ShardInterleaver(uint32_t depth = 1)
        : m_depth(depth)
    {
    }

    /// @return blocks that are interleaved
    uint32_t Depth() const
    {
        return m_depth;
    }

    /// @return blocks that wait for their group to fill
    uint32_t WaitingBlocks() const
    {
        return uint32_t(m_blocks.size());
    }

    /**
     * Another depth from now on.
     * @param depth as for the constructor
     * @return what was waiting, to be sent now: the group was made for another depth
     */
    Items SetDepth(uint32_t depth)
    {
        m_depth = depth;
        return Flush();
    }

    /**
     * Take a block. Blocks of a group may have different numbers of shards.
     * @param block its shards; an empty block counts as a block
     * @return what is to be sent now: nothing while the group fills, then all of it. With depth 1
     *         the block itself.
     */
    Items Add(Items block)
    {
        if (m_depth <= 1)
        {
            return block;
        }
        m_blocks.push_back(std::move(block));
        return m_blocks.size() < m_depth ? Items() : Flush();
    }

    /// @return all that waits, interleaved; the group begins anew
    Items Flush()
    {
        Items out;
        if (m_blocks.size() == 1)
        {
            out = std::move(m_blocks.front());
        }
        else
        {
            size_t total = 0;
            size_t longest = 0;
            for (const Items& block : m_blocks)
            {
                total += block.size();
                longest = std::max(longest, block.size());
            }
            out.reserve(total);
            for (size_t column = 0; column < longest; ++column)
            {
                for (Items& block : m_blocks)
                {
                    if (column < block.size())
                    {
                        out.push_back(std::move(block[column]));
                    }
                }
            }
        }
        m_blocks.clear();
        return out;
    }

  private:
    uint32_t m_depth;            ///< blocks that are interleaved
    std::vector<Items> m_blocks; ///< the group that fills
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_INTERLEAVER_H
