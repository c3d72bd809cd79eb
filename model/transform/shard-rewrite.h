// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_REWRITE_H
#define SHARD_REWRITE_H

#include "ns3/shard-directive.h"
#include "ns3/shard.h"

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * A datagram that goes elsewhere: destination address and port replaced, in its flow and in its
 * packet, with the checksums that depend on them. A port is replaced where UDP or TCP has one in
 * the packet, which a fragment other than the first has not.
 * @param datagram as it came
 * @param target where it is to go
 * @param replica number of the copy, from 1, where the datagram itself goes on, too; else 0. A copy
 *        has another IP identification, so that fragments of the two are not taken for one's.
 * @return a copy that goes there
 */
Ptr<const Datagram> ShardRewrite(const Datagram& datagram,
                                 const ShardTarget& target,
                                 uint32_t replica);

} // namespace sharding
} // namespace ns3

#endif // SHARD_REWRITE_H
