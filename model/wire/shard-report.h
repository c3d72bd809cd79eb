// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_REPORT_H
#define SHARD_REPORT_H

#include "shard-header.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * The sender's time on one path, to be echoed: what a sender report is to RTP (RFC 3550, 6.4.1).
 * The clocks of the two ends are taken to agree; a constant error of theirs shifts one-way delays,
 * but neither their spread nor round trips.
 */
struct ShardProbe
{
    uint32_t number{0}; ///< counted on from 1, the same on all paths
    uint64_t at{0};     ///< when it is sent, ns
    uint32_t report{0}; ///< number of the report that came last; 0 for none
    uint32_t held{0};   ///< how long ago that came, us

    /// @return body of the message
    std::vector<uint8_t> Write() const;

    /// @param body of a message  @param size of it  @return SHARD_OK, or why it is to be dropped
    ShardError Read(const uint8_t* body, uint32_t size);
};

/// One-way delays on a path, of the last probes.
struct ShardPathReport
{
    uint16_t path{0};  ///< number
    uint16_t count{0}; ///< probes that these are of; 0: the rest means nothing
    uint32_t least{0}; ///< us
    uint32_t p50{0};   ///< us
    uint32_t p90{0};   ///< us
    uint32_t p99{0};   ///< us
};

/**
 * @ingroup sharding
 * What the reassembly node saw in an interval: a receiver report (RFC 3550, 6.4.2), with what is
 * needed to tell bursts from single losses. Shards are counted in the order in which they were
 * cut, a while later, when those that still come are known for lost; shards that were sent again
 * are not counted.
 */
struct ShardReport
{
    static constexpr uint32_t MOST_PATHS = 64; ///< that a report speaks of

    uint32_t number{0};     ///< counted on from 1
    uint64_t at{0};         ///< end of the interval, ns
    uint32_t interval{0};   ///< us
    uint32_t expected{0};   ///< shards that were due to come
    uint32_t lost{0};       ///< of these, not come
    uint32_t pairs{0};      ///< lost shards whose successor on the path is known, too ...
    uint32_t pairsLost{0};  ///< ... and of these successors those lost as well
    uint32_t blocks{0};     ///< blocks begun
    uint32_t flows{0};      ///< flows that they are of
    uint32_t shardBytes{0}; ///< mean payload of a shard, bytes
    uint64_t bytes{0};      ///< payload of shards that came
    uint64_t delivered{0};  ///< bytes of datagrams released (goodput)
    uint32_t marked{0};     ///< shards and probes that came with congestion experienced (RFC 3168)
    uint32_t trip{0};       ///< round trip, us; 0: not known
    uint32_t probes{0};     ///< probes that were due to come, counted when a later one comes
    uint32_t probesLost{0}; ///< of these, not come
    std::vector<ShardPathReport> paths; ///< what is known of each

    /// @return lost / expected; 0 where nothing was expected
    double Loss() const
    {
        return expected == 0 ? 0 : static_cast<double>(lost) / expected;
    }

    /// @return body of the message
    std::vector<uint8_t> Write() const;

    /// @param body of a message  @param size of it  @return SHARD_OK, or why it is to be dropped
    ShardError Read(const uint8_t* body, uint32_t size);
};

/// What a reassembly node can do: announced at the start, and again with every tenth report.
struct ShardCapability
{
    bool reassembles{false}; ///< at all
    uint16_t mtu{0};         ///< largest IP packet that it takes unfragmented, bytes
    uint32_t shardRate{0};   ///< shards a second that it can process; 0: no limit
    uint16_t codes{0};       ///< bit i: erasure code number i is known
    uint64_t memory{0};      ///< bytes for reassembly

    /// @return body of the message
    std::vector<uint8_t> Write() const;

    /// @param body of a message  @param size of it  @return SHARD_OK, or why it is to be dropped
    ShardError Read(const uint8_t* body, uint32_t size);
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_REPORT_H
