// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_DIRECTIVE_H
#define SHARD_DIRECTIVE_H

#include "ns3/shard-code.h"

#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What the decisions tier says of a flow. Everything that a transformation node needs to know,
 * and nothing that it could derive.
 */
struct ShardDirective
{
    /// What happens to the flow's packets.
    enum Action : uint8_t
    {
        FORWARD, ///< leave them as they are: plain IP
        SHARD,   ///< cut them into shards; whole copies are k = 1 with repetition
    };

    Action action{FORWARD};          ///< what to do
    uint32_t shards{0};              ///< data shards k; 0: from shardSize
    uint32_t shardSize{0};           ///< payload bytes a shard at most; 0: what the MTU allows
    bool headerFirst{false};         ///< headers whole in the first shard
    uint8_t protect{0};              ///< further copies of the first shard
    ShardCode code{SHARD_CODE_NONE}; ///< erasure code
    uint8_t repair{0};               ///< repair shards a block
    uint8_t window{8};               ///< blocks that a repair shard covers, sliding window only
    uint8_t interleave{1};           ///< blocks whose shards are sent interleaved
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_DIRECTIVE_H
