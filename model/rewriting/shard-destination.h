// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_DESTINATION_H
#define SHARD_DESTINATION_H

#include "ns3/nstime.h"
#include "ns3/shard-report.h"

#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What has been learnt, from reports, of the way to a reassembly node, and what that node has
 * announced of itself. Losses are those of shards in the order in which they are sent.
 */
struct ShardDestination
{
    bool isAnnounced{false}; ///< it has said what it can do
    ShardCapability can;     ///< that
    uint64_t reports{0};     ///< taken from it

    double loss{0};      ///< mean loss of a shard, estimated
    double lossError{0}; ///< standard error of that
    double burst{1};     ///< mean number of shards lost in a row on a path, estimated
    Time delay;          ///< one way, median of the slowest path; 0: not known
    Time delayLeast;     ///< the least of that path
    Time delayTail;      ///< its 99th percentile
    Time delayPlain;     ///< one way, median of the first path, that of plain packets; 0: not known
    Time trip;           ///< round trip, smoothed; 0: not known

    double congestion{0}; ///< predicted for the next interval, 0 (none) to 1
    double byteRate{0};   ///< shard payload that comes, bytes a second
    double blockRate{0};  ///< blocks that begin, a second
    double flowRate{0};   ///< of these, of one flow
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_DESTINATION_H
