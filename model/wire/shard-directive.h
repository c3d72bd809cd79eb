// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_DIRECTIVE_H
#define SHARD_DIRECTIVE_H

#include "ns3/shard-code.h"

#include <array>
#include <cstdint>

namespace ns3
{
namespace sharding
{

/// How the paths of a flow's shards are chosen. The numbers are those on the wire.
enum ShardPlacementKind : uint8_t
{
    SHARD_PLACEMENT_NODE = 0,        ///< as the node does unless it is told otherwise
    SHARD_PLACEMENT_SINGLE = 1,      ///< one path takes all
    SHARD_PLACEMENT_ROUND_ROBIN = 2, ///< in turn
    SHARD_PLACEMENT_WEIGHTED = 3,    ///< bytes in proportion to the paths' rates
    SHARD_PLACEMENT_LEAST_DELAY = 4, ///< where it would arrive first
};

/// Where a packet is to go instead.
struct ShardTarget
{
    uint32_t address{0}; ///< IPv4, host byte order; 0: where it went before
    uint16_t port{0};    ///< UDP or TCP; 0: as before

    /// @param o the other  @return whether both are the same
    bool operator==(const ShardTarget& o) const
    {
        return address == o.address && port == o.port;
    }

    /// @return whether anything is to change
    explicit operator bool() const
    {
        return address != 0 || port != 0;
    }
};

/**
 * @ingroup sharding
 * What the decisions tier says of a flow. Everything that a transformation node needs to know,
 * and nothing that it could derive. Substitution and replication are done first; what comes of
 * them is then sharded or sent on.
 */
struct ShardDirective
{
    /// What happens to the flow's packets.
    enum Action : uint8_t
    {
        FORWARD, ///< leave them as they are: plain IP
        SHARD,   ///< cut them into shards; whole copies are k = 1 with repetition
    };

    static constexpr uint32_t MOST_REPLICAS = 3;   ///< further destinations
    static constexpr uint8_t MOST_PROTECT = 15;    ///< further copies of a first shard
    static constexpr uint8_t MOST_INTERLEAVE = 64; ///< blocks

    Action action{FORWARD};          ///< what to do
    uint32_t shards{0};              ///< data shards k; 0: from shardSize
    uint32_t shardSize{0};           ///< payload bytes a shard at most; 0: what the MTU allows
    bool headerFirst{false};         ///< headers whole in the first shard
    uint8_t protect{0};              ///< further copies of the first shard
    ShardCode code{SHARD_CODE_NONE}; ///< erasure code
    uint8_t repair{0};               ///< repair shards a block
    uint8_t interleave{1};           ///< blocks whose shards are sent interleaved
    uint8_t window{8};               ///< blocks that a repair shard covers, sliding window only
    ShardPlacementKind placement{SHARD_PLACEMENT_NODE}; ///< which paths the shards take
    uint16_t path{0};        ///< that takes all, where placement is single
    ShardTarget reassembly;  ///< where shards are put together; 0: at the tunnel's own far end
    ShardTarget destination; ///< substitution: where packets go instead
    std::array<ShardTarget, MOST_REPLICAS> replicas{}; ///< replication: where else they go
    uint8_t replicaCount{0};                           ///< how many of those there are

    /// @param o the other  @return whether both say the same
    bool operator==(const ShardDirective& o) const
    {
        return action == o.action && shards == o.shards && shardSize == o.shardSize &&
               headerFirst == o.headerFirst && protect == o.protect && code == o.code &&
               repair == o.repair && interleave == o.interleave && window == o.window &&
               placement == o.placement && path == o.path && reassembly == o.reassembly &&
               destination == o.destination && replicas == o.replicas &&
               replicaCount == o.replicaCount;
    }

    /// @param o the other  @return whether they differ
    bool operator!=(const ShardDirective& o) const
    {
        return !(*this == o);
    }
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_DIRECTIVE_H
