// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_COLUMNS_H
#define SHARD_COLUMNS_H

#include "shard-layout.h"

#include <algorithm>
#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * The byte columns of a block, cut into stretches in each of which a data shard has either all
 * bytes or none, so that shards of different sizes are coded where they lie: a shard that has
 * none is represented by zeros, and nothing is copied to be padded.
 *
 * With equal sizing there are at most two stretches, the second being the last byte of the longer
 * shards. One shard is treated apart: a first shard shorter than the others would cut off a short
 * stretch at the front, where vector instructions do not pay; it is to be padded by the caller.
 */
class ShardColumns
{
  public:
    /// Longest stretch in which some shard may have no bytes.
    static constexpr uint32_t ZERO_SIZE = 1024;

    /// @param layout how the datagram is cut
    explicit ShardColumns(const ShardLayout& layout)
        : m_common(layout.Size(layout.DataShards() - 1)),
          m_longer(layout.Size(layout.FirstSize() != 0 ? 1 : 0)),
          m_symbol(layout.SymbolSize()),
          m_padded(layout.FirstSize() != 0 && layout.FirstSize() < m_common)
    {
    }

    /// @return whether shard 0 is to be given padded with zeros to Common() bytes
    bool FirstPadded() const
    {
        return m_padded;
    }

    /// @return bytes that every shard has, shard 0 padded where FirstPadded()
    uint32_t Common() const
    {
        return m_common;
    }

    /// @return ZERO_SIZE zeros
    static const uint8_t* Zeros()
    {
        static const uint8_t zeros[ZERO_SIZE]{};
        return zeros;
    }

    /**
     * Visit the stretches in order.
     * @param visit called with the first column of a stretch and the one after its last
     */
    template <typename Visit>
    void ForEach(const Visit& visit) const
    {
        visit(0u, m_common);
        if (m_longer > m_common)
        {
            visit(m_common, m_longer);
        }
        // Left when the first shard is the longest: it alone has bytes here.
        for (uint32_t begin = m_longer; begin < m_symbol; begin += ZERO_SIZE)
        {
            visit(begin, std::min(m_symbol, begin + ZERO_SIZE));
        }
    }

  private:
    uint32_t m_common; ///< bytes that every shard has
    uint32_t m_longer; ///< bytes of the longest of the equal shards
    uint32_t m_symbol; ///< bytes of the coding symbol
    bool m_padded;     ///< whether shard 0 is to be padded
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_COLUMNS_H
