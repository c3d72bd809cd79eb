// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_UNITS_METER_H
#define SHARDSIM_TUNNEL_UNITS_METER_H

#include "analysis/timeline.h"

#include "ns3/shard-crypto-pool.h"

#include <cstdint>
#include <vector>

namespace shardsim
{

/**
 * What cryptographic units, and the datagrams that they serve, do over time: by intervals of 10 ms.
 * It listens to what happens and schedules nothing.
 */
class TunnelUnitsMeter
{
  public:
    /**
     * @param pools whose work is added up; the queues of the first one's units are looked at. Not
     *        owned
     */
    explicit TunnelUnitsMeter(const std::vector<ns3::sharding::ShardCryptoPool*>& pools);

    TunnelUnitsMeter(const TunnelUnitsMeter&) = delete;
    TunnelUnitsMeter& operator=(const TunnelUnitsMeter&) = delete;

    /**
     * A datagram arrived.
     * @param sentNs when it was sent
     * @param at when it arrived, ns
     * @param payload bytes
     */
    void Delivered(int64_t sentNs, int64_t at, uint32_t payload);

    /// @return an interval a row, with its end; the queues are those at the end
    Timeline Past() const;

  private:
    /// What happened in one.
    struct Interval
    {
        uint64_t served{0};    ///< shards
        uint64_t bytes{0};     ///< of payload, of these
        int64_t waits{0};      ///< of these, ns, in all
        int64_t longest{0};    ///< of these, ns
        uint64_t dropped{0};   ///< shards for which there was no room, or that were lost
        uint64_t delivered{0}; ///< datagrams
        uint64_t payload{0};   ///< bytes of these
        int64_t latencies{0};  ///< of these, ns, in all
        int64_t latencyMax{0}; ///< of these, ns
    };

    void Dispatched(ns3::Time now, const ns3::sharding::Shard& shard, uint16_t unit);
    void ServedByFirst(const ns3::sharding::Shard& shard, const ns3::sharding::ShardServed& served);
    void Served(const ns3::sharding::Shard& shard, const ns3::sharding::ShardServed& served);
    void Dropped(ns3::Time now, const ns3::sharding::Shard& shard, bool isLost);
    std::vector<double> Queues() const;
    std::size_t NumberOf(int64_t ns) const;
    Interval& At(int64_t ns);

    const ns3::sharding::ShardCryptoPool& m_first;
    std::vector<Interval> m_past;              ///< by number
    std::vector<std::vector<double>> m_queues; ///< of each unit, at the end of each interval
};

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_UNITS_METER_H
