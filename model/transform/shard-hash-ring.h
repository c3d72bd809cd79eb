// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_HASH_RING_H
#define SHARD_HASH_RING_H

#include "ns3/shard-key-ring.h"
#include "ns3/shard-mix.h"
#include "ns3/shard.h"

#include <cstdint>
#include <optional>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * A ring on which the keys are flows.
 */
class ShardHashRing : public ShardKeyRing
{
  public:
    using ShardKeyRing::ShardKeyRing;

    /// @param flow whose node is asked for  @return the node; nothing where the ring is empty
    std::optional<uint32_t> Find(const FlowKey& flow) const
    {
        const uint64_t addresses = static_cast<uint64_t>(flow.source) << 32 | flow.destination;
        const uint64_t rest = static_cast<uint64_t>(flow.sourcePort) << 32 |
                              static_cast<uint64_t>(flow.destinationPort) << 16 | flow.protocol;
        return FindAt(ShardMix(ShardMix(addresses) ^ rest));
    }
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_HASH_RING_H
