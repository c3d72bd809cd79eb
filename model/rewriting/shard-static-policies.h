// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_STATIC_POLICIES_H
#define SHARD_STATIC_POLICIES_H

#include "shard-policy.h"

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Never shards: plain IP, fragmented where a packet exceeds the MTU. The baseline.
 */
class ForwardPolicy : public ShardingPolicy
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ShardDirective Decide(Time now, const ShardFlowView& view) override;
};

/**
 * @ingroup sharding
 * The same directive, given by attributes, for every flow.
 */
class StaticPolicy : public ShardingPolicy
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ShardDirective Decide(Time now, const ShardFlowView& view) override;

  private:
    uint32_t m_shards;              ///< data shards a block; 0: from m_shardSize
    uint32_t m_shardSize;           ///< payload bytes a shard; 0: from the MTU
    bool m_headerFirst;             ///< headers whole in the first shard
    uint8_t m_protect;              ///< further copies of that first shard
    ShardCode m_code;               ///< erasure code
    uint8_t m_repair;               ///< repair shards a block
    uint8_t m_window;               ///< blocks that a repair shard covers
    uint8_t m_interleave;           ///< blocks interleaved
    ShardPlacementKind m_placement; ///< which paths the shards take
    uint16_t m_path;                ///< that takes all, where that is single
};

/**
 * @ingroup sharding
 * Whole copies of every packet, spread over the paths by the placement: a block of one data shard
 * under the repetition code. A copy larger than the MTU is fragmented by IP, and lost with any of
 * its fragments.
 */
class ReplicatePolicy : public ShardingPolicy
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ShardDirective Decide(Time now, const ShardFlowView& view) override;

  private:
    uint8_t m_copies; ///< of every packet, the first included
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_STATIC_POLICIES_H
