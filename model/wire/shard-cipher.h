// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_CIPHER_H
#define SHARD_CIPHER_H

#include "shard.h"

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What a cryptographic unit does to a shard when its service is over. With virtual payload the
 * sizes change and the checks that need no bytes are done.
 */
class ShardCipher
{
  public:
    virtual ~ShardCipher() = default;

    /**
     * A shard is given to a unit, for the first time: one that is to bear a number gets it now,
     * before units that work side by side bring shards into another order.
     * @param shard in the order in which shards come
     */
    virtual void Number([[maybe_unused]] Shard& shard)
    {
    }

    /**
     * Seal a shard, or open it: one cipher does one of the two.
     * @param now when
     * @param unit which unit does it
     * @param shard the shard, changed in place; its payload is not shared with others afterwards
     * @return false when it is to be dropped, which the cipher has counted with its reason
     */
    virtual bool Apply(Time now, uint16_t unit, Shard& shard) = 0;
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_CIPHER_H
