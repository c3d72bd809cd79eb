// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_RELEASE_H
#define SHARD_RELEASE_H

#include "ns3/nstime.h"
#include "ns3/ptr.h"
#include "ns3/shard.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Which block: numbers of a flow are its sender's own, so the sender is part of the name.
struct ShardBlockId
{
    uint32_t peer{0};  ///< which sender
    uint32_t flow{0};  ///< flow id at that sender
    uint32_t block{0}; ///< block number within the flow

    /// @param o the other  @return whether all three agree
    bool operator==(const ShardBlockId& o) const
    {
        return peer == o.peer && flow == o.flow && block == o.block;
    }
};

/// Bytes of a datagram, from the first to before the last.
struct ShardByteRange
{
    uint32_t begin{0}; ///< the first
    uint32_t end{0};   ///< behind the last
};

/**
 * A datagram that leaves reassembly, or a part of one. A part that is handed on from the front
 * while the rest is waited for has isLast = false, and one hole, behind it. What is released with
 * holes is all that there will be of it.
 */
struct ShardRelease
{
    ShardBlockId id;             ///< whose and which
    Ptr<const Datagram> origin;  ///< what was sent, as its shards named it; null when forged
    Ptr<const ShardBytes> bytes; ///< the datagram, zero in its holes; null when payload is virtual
    uint32_t size{0};            ///< bytes of the datagram
    uint32_t handedOn{0};        ///< bytes at the front that were handed on before
    uint16_t recovered{0};       ///< data shards that the erasure code restored
    bool complete{true};         ///< whole, not with holes
    bool isLast{true};           ///< nothing more will come of it
    bool early{false};           ///< released by a policy, before all of it was there
    bool mismatch{false};        ///< real bytes differ from what was sent: never acceptable
    bool isMarked{false};        ///< a shard of it came with congestion experienced
    std::vector<ShardByteRange> holes; ///< what is missing, in order; empty where it is complete
};

/**
 * @ingroup sharding
 * Takes the datagrams that leave reassembly.
 */
class ShardDatagramSink
{
  public:
    virtual ~ShardDatagramSink() = default;

    /**
     * Take a datagram.
     * @param now when
     * @param release the datagram
     */
    virtual void Release(Time now, const ShardRelease& release) = 0;
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_RELEASE_H
