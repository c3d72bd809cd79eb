// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_LAYOUT_H
#define SHARD_LAYOUT_H

#include <cstdint>
#include <optional>

namespace ns3
{
namespace sharding
{

/// Most shards, data and repair together, that one block may have (an index is one byte).
constexpr uint32_t MAX_BLOCK_SHARDS = 255;

/**
 * @ingroup sharding
 * How a datagram of some bytes is cut into k data shards (RFC 6363: source symbols).
 *
 * Equal sizing: the sizes differ by at most one byte, the longer shards first. Header-first sizing:
 * shard 0 holds exactly the first `first` bytes (headers, control information) and the rest is cut
 * equally into k - 1 shards. Everything follows from the three numbers, so both ends of a tunnel
 * derive the same layout from what the shard header carries and there is nothing to contradict.
 */
class ShardLayout
{
  public:
    /**
     * @param datagram bytes of the datagram, at least 1
     * @param k data shards, 1 to 255, at most one a byte
     * @param first bytes of shard 0, or 0 for equal sizing; needs k of 2 or more and must leave
     *        every other shard at least one byte
     * @return the layout, or nothing where the numbers contradict each other
     */
    static std::optional<ShardLayout> Make(uint32_t datagram, uint32_t k, uint32_t first = 0);

    /// @return bytes of the datagram
    uint32_t DatagramSize() const
    {
        return m_datagram;
    }

    /// @return number of data shards
    uint32_t DataShards() const
    {
        return m_k;
    }

    /// @return bytes of shard 0 where sizing is header-first, else 0
    uint32_t FirstSize() const
    {
        return m_first;
    }

    /**
     * @param index of a data shard, below k
     * @return its bytes
     */
    uint32_t Size(uint32_t index) const
    {
        if (m_first != 0)
        {
            return index == 0 ? m_first : m_base + (index - 1 < m_longer ? 1 : 0);
        }
        return m_base + (index < m_longer ? 1 : 0);
    }

    /**
     * @param index of a data shard, below k
     * @return where in the datagram it begins, bytes
     */
    uint32_t Offset(uint32_t index) const
    {
        if (m_first != 0)
        {
            return index == 0 ? 0 : m_first + Prefix(index - 1);
        }
        return Prefix(index);
    }

    /**
     * @return bytes of the coding symbol, to which shorter shards are padded with zeros for
     * coding only: the size of the longest data shard and of every repair shard
     */
    uint32_t SymbolSize() const
    {
        const uint32_t rest = m_base + (m_longer != 0 ? 1 : 0);
        return rest > m_first ? rest : m_first;
    }

    /**
     * @param index of any shard, data or repair
     * @return bytes of its payload on the wire
     */
    uint32_t WireSize(uint32_t index) const
    {
        return index < m_k ? Size(index) : SymbolSize();
    }

  private:
    ShardLayout() = default;

    uint32_t Prefix(uint32_t count) const
    {
        return count * m_base + (count < m_longer ? count : m_longer);
    }

    uint32_t m_datagram{0}; ///< bytes of the datagram
    uint32_t m_k{0};        ///< data shards
    uint32_t m_first{0};    ///< bytes of shard 0 where sizing is header-first, else 0
    uint32_t m_base{0};     ///< bytes of a shorter one of the equal shards
    uint32_t m_longer{0};   ///< how many of the equal shards have a byte more
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_LAYOUT_H
