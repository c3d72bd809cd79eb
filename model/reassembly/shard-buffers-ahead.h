// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_BUFFERS_AHEAD_H
#define SHARD_BUFFERS_AHEAD_H

#include "shard-preallocation-policy.h"

#include "ns3/shard-index.h"
#include "ns3/shard-pool.h"
#include "ns3/shard-smoothed-mean.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

namespace ns3
{
namespace sharding
{

/// What may be allocated ahead and remembered for it.
struct ShardAheadSettings
{
    Time coldTime;              ///< how long an allocation takes
    uint64_t memory{1U << 20};  ///< bytes allocated ahead, in all
    uint32_t flows{16384};      ///< flows whose arrivals are remembered
    Time flowIdle{Seconds(10)}; ///< a flow without a datagram is forgotten after
};

/// What was counted of buffers allocated ahead.
struct ShardAheadCounters
{
    uint64_t begun{0};     ///< allocations
    uint64_t taken{0};     ///< buffers that a datagram has taken
    uint64_t unused{0};    ///< buffers given back without one
    uint64_t refused{0};   ///< allocations for which there was no memory
    uint64_t forgotten{0}; ///< flows forgotten
    uint64_t bytes{0};     ///< allocated ahead and not yet taken
    uint64_t peakBytes{0}; ///< most of that
};

/**
 * @ingroup sharding
 * The buffers that are allocated before a flow's datagrams come, and the patterns of arrival that
 * the policy judges by. It reads no clock; what happens between two calls is done at the next, at
 * its own time.
 *
 * Memory is bounded: allocated bytes by a limit, above which nothing is begun; a flow has at most
 * MOST_AHEAD buffers; and flows by their number. When there are too many, those go first of which
 * one datagram only has come, so that a flood of new flows displaces no pattern.
 */
class ShardBuffersAhead
{
  public:
    static constexpr uint32_t MOST_AHEAD = 16; ///< buffers for one flow

    /// @param settings what is allowed  @param policy decides; not owned
    ShardBuffersAhead(const ShardAheadSettings& settings, ShardPreallocationPolicy& policy);

    /**
     * @param now when, ticks; never decreases
     * @param peer which sender
     * @param flow id at that sender
     * @param bytes of a datagram
     * @return when the buffer that it would take is or was allocated, ticks; nothing for none
     */
    std::optional<int64_t> Offer(int64_t now, uint32_t peer, uint32_t flow, uint32_t bytes);

    /**
     * The first shard of a datagram has come: take a buffer for it, learn, and plan for the next.
     * @param now when, ticks; never decreases
     * @param peer which sender
     * @param flow id at that sender
     * @param bytes of the datagram
     * @return when its buffer is or was allocated, ticks; nothing when there is none
     */
    std::optional<int64_t> Open(int64_t now, uint32_t peer, uint32_t flow, uint32_t bytes);

    /// @return what was counted
    const ShardAheadCounters& Counters() const
    {
        return m_counters;
    }

    /// @return bytes allocated ahead and not yet taken, integrated until the last Open, byte ticks
    double Waste() const
    {
        return m_waste;
    }

    /// @return flows that are remembered
    uint32_t Flows() const
    {
        return m_flows.Used();
    }

    /// @return bytes taken from the heap for flows and plans (trees not included)
    size_t HeapBytes() const
    {
        return m_flows.HeapBytes() + m_buffers.HeapBytes() + m_index.HeapBytes();
    }

  private:
    static constexpr uint32_t SIZES = 8; ///< datagrams whose sizes are remembered

    /// A buffer that is planned, or allocated and not yet taken.
    struct Buffer
    {
        uint32_t flow{0};  ///< handle of whose
        uint32_t bytes{0}; ///< how large
        int64_t begin{0};  ///< when its allocation begins, ticks
        int64_t end{0};    ///< when it is given back, ticks
        bool begun{false}; ///< its allocation has begun
        ShardLinks inFlow; ///< among its flow's
    };

    /// What is known of a flow.
    struct Flow
    {
        uint32_t peer{0};                           ///< which sender
        uint32_t flow{0};                           ///< id at that sender
        uint64_t datagrams{0};                      ///< begun
        int64_t last{0};                            ///< when the last one was, ticks
        int64_t gapLast{0};                         ///< between the last two, ticks
        ShardSmoothedMean gap;                      ///< between datagrams, ticks
        std::array<uint32_t, SIZES> sizes{};        ///< bytes of the last ones, in turn
        ShardList<Buffer, &Buffer::inFlow> buffers; ///< planned or begun
        uint32_t begun{0};                          ///< how many of these have begun
        ShardLinks byAge;                           ///< in order of last
    };

    using Ages = ShardList<Flow, &Flow::byAge>;

    void Advance(int64_t now);
    void Integrate(int64_t until);
    uint32_t Meet(int64_t now, uint32_t peer, uint32_t flow);
    void Forget(uint32_t flow);
    uint32_t Find(uint32_t peer, uint32_t flow) const;
    uint32_t Earliest(uint32_t flow, uint32_t bytes) const;
    int64_t Ready(uint32_t buffer) const;
    void Learn(int64_t now, uint32_t flow, uint32_t bytes);
    void Plan(int64_t now, uint32_t flow);
    void Remove(uint32_t buffer);

    /// @param flow any  @return the list that it is in
    Ages& Age(const Flow& flow)
    {
        return m_ages[flow.datagrams > 1 ? 1 : 0];
    }

    ShardAheadSettings m_settings;
    ShardPreallocationPolicy& m_policy;
    ShardPool<Flow> m_flows;
    ShardPool<Buffer> m_buffers;
    ShardIndex m_index;         ///< flows by name
    std::array<Ages, 2> m_ages; ///< flows with one datagram, and with a pattern; oldest first
    std::set<std::pair<int64_t, uint32_t>> m_turns; ///< when to begin or give back which buffer
    double m_waste{0};                              ///< byte ticks
    int64_t m_wasteAt{0};                           ///< until when, ticks
    ShardAheadCounters m_counters;
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_BUFFERS_AHEAD_H
