// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_CLASSIFY_H
#define SHARD_CLASSIFY_H

#include "shard-queue.h"

#include "ns3/shard.h"

#include <cstdint>

namespace ns3
{

class QueueDiscItem;

namespace sharding
{

/**
 * @ingroup sharding
 * A shard as ShardQueue sees it.
 * @param shard the shard
 * @param source who made the block; the same number for all shards of a sender
 * @param overhead bytes that its payload is wrapped in (ShardTransport::GetOverhead)
 * @return the view
 */
ShardView ViewShard(const Shard& shard, uint64_t source, uint32_t overhead);

/**
 * @ingroup sharding
 * A packet on its way through a router as ShardQueue sees it. Only an unfragmented IPv4 UDP packet
 * to `port` whose shard header does not contradict itself is a shard; its sender is told by source
 * address and port. Whatever else there is, IPv6, fragments and hostile bytes among it, is no
 * shard, but has a DSCP where it has an IP header. The checksum is not looked at, as a router
 * would not. Bytes are those of the IP packet.
 * @param item the packet, before its IP header is added to it
 * @param port UDP port of shards
 * @return the view
 */
ShardView ViewPacket(const QueueDiscItem& item, uint16_t port);

} // namespace sharding
} // namespace ns3

#endif // SHARD_CLASSIFY_H
