// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_SENDER_WINDOW_H
#define SHARD_SENDER_WINDOW_H

#include "ns3/shard-window.h"
#include "ns3/shard.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * The last blocks of a flow, of which the sliding-window code makes repair shards. It shares the
 * datagrams' bytes and copies none.
 */
class ShardSenderWindow
{
  public:
    /// @param blocks most that a repair shard covers, 1 to MAX_WINDOW
    explicit ShardSenderWindow(uint32_t blocks)
        : m_most(blocks)
    {
    }

    /**
     * The next block goes in, and the oldest out where there are too many.
     * @param layout how it is cut
     * @param origin the datagram
     * @param bytes of it; null with virtual payload
     */
    void Add(const ShardLayout& layout, Ptr<const Datagram> origin, Ptr<const ShardBytes> bytes);

    /// @return what repair shards of the last block say of the blocks that they cover
    const ShardWindowPrefix& Prefix() const
    {
        return m_prefix;
    }

    /// @return the same as repair shards carry it
    Ptr<const ShardWindow> Describe() const;

    /// @return bytes of a repair shard's payload
    uint32_t RepairSize() const
    {
        return m_prefix.Size() + m_prefix.SymbolSize();
    }

    /**
     * @param fields of the last block
     * @param r repair shards
     * @return their payloads, RepairSize() bytes each, one after the other
     */
    Ptr<const ShardBytes> Encode(const ShardFields& fields, uint32_t r) const;

  private:
    /// A block.
    struct Block
    {
        ShardLayout layout;
        Ptr<const Datagram> origin;
        Ptr<const ShardBytes> bytes;
    };

    uint32_t m_most;             ///< blocks covered
    std::vector<Block> m_blocks; ///< oldest first
    ShardWindowPrefix m_prefix;  ///< what describes them
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_SENDER_WINDOW_H
