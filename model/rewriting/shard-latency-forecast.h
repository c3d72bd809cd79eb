// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_LATENCY_FORECAST_H
#define SHARD_LATENCY_FORECAST_H

#include "shard-loss-odds.h"

#include "ns3/shard-directive.h"

#include <cstdint>
#include <map>

namespace ns3
{
namespace sharding
{

/// The way as ShardLatencyForecast wants it, all times in seconds.
struct ShardWay
{
    double loss{0};         ///< mean loss of a packet
    double burst{1};        ///< mean packets lost in a row on a path
    double delay{0};        ///< one way, of the slowest path
    double delayPlain{0};   ///< one way, of the path of plain packets
    double trip{0};         ///< round trip
    double rate{0};         ///< of each path, bit/s; 0: so high that it does not matter
    uint32_t paths{1};      ///< that shards go round
    uint32_t mtu{1500};     ///< bytes
    uint32_t overhead{48};  ///< bytes that wrap a shard's payload
    double packetRate{0};   ///< datagrams a second of all flows; 0: not known
    double gap{0};          ///< between datagrams of a flow; 0: not known
    bool isArq{false};      ///< shards can be asked for again
    uint32_t rounds{3};     ///< so often
    double silence{1e-3};   ///< after which a shard is missed
    double patience{20e-3}; ///< longest wait for blocks to be interleaved with
};

/// What is to be expected of a directive.
struct ShardForecast
{
    double quantile{0};  ///< of latency over all that are sent, s; infinite where too many are lost
    double overhead{0};  ///< bytes on the wire for each byte of the packet
    double delivered{0}; ///< probability that a packet is delivered at all
    bool isByCode{false}; ///< the quantile is reached without asking again
};

/**
 * @ingroup sharding
 * What a directive would do to packets of one size on a way, from a model of the way: losses by
 * ShardLossOdds, shards one after the other at the paths' rate, rounds of requests where blocks
 * fail. docs/tunnel.md ("The model of adaptive") derives it. Forecasts of one object share the odds
 * that they have in common.
 */
class ShardLatencyForecast
{
  public:
    /**
     * @param way what is known of it
     * @param quantile that is wanted, in (0, 1)
     */
    ShardLatencyForecast(const ShardWay& way, double quantile);

    /**
     * @param directive with its number of shards said
     * @param size of the packets, bytes
     * @return what is to be expected
     */
    ShardForecast Of(const ShardDirective& directive, uint32_t size);

  private:
    ShardForecast OfPlain(uint32_t size);
    ShardForecast OfShards(const ShardDirective& directive, uint32_t size);
    ShardForecast OfCopies(uint32_t copies, uint32_t size);
    double Queueing(double overhead, uint32_t size) const;
    ShardLossOdds& Odds(uint32_t spacing, uint32_t paths);

    ShardWay m_way;
    double m_quantile;
    std::map<uint64_t, ShardLossOdds> m_odds; ///< by spacing and paths
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_LATENCY_FORECAST_H
