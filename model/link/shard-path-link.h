// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_PATH_LINK_H
#define SHARD_PATH_LINK_H

#include "shard-arrivals.h"
#include "shard-capacity-trace.h"
#include "shard-moment.h"

#include "ns3/data-rate.h"
#include "ns3/queue-size.h"
#include "ns3/shard-ring.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

namespace ns3
{
namespace sharding
{

/// What a computed link is like. The defaults are a PointToPointNetDevice's.
struct ShardPathLinkSettings
{
    DataRate rate{uint64_t(32768)};                  ///< of packets with their link header
    std::shared_ptr<const ShardCapacityTrace> trace; ///< capacity in place of the rate; may be null
    Time delay;                                      ///< propagation
    QueueSize queue{"100p"};                         ///< drop-tail, the packet in service apart
    uint32_t mark{0}; ///< packets waiting from which on it marks (ShardMarkingQueue); 0: never
};

/**
 * @ingroup sharding
 * One direction of a link, computed instead of simulated: what a PointToPointNetDevice with a
 * DropTailQueue on a ShardLinkChannel does to a packet, in one call and without an event. Packets
 * are served first come, first served, so that departures follow from D. V. Lindley's recursion
 * ("The theory of queues with a single server", Math. Proc. Cambridge Phil. Soc. 1952): a packet
 * begins when it has come and the one before it is out. Packets have to be offered in the order in
 * which they come.
 *
 * Times are ticks of the simulator (nanoseconds). The queue holds what has not begun; as in the
 * device, bytes there include the link header.
 *
 * Where a packet comes in the very tick in which another leaves a full queue, it depends on the
 * order of the two events whether there is room; that is what ShardMoment is for.
 */
class ShardPathLink
{
  public:
    /// Bytes of the link header (PPP).
    static constexpr uint32_t HEADER = 2;

    /// @param settings what it is like
    explicit ShardPathLink(const ShardPathLinkSettings& settings);

    /**
     * Let open-loop traffic compete for the link; its packets are drawn up to the moment of each
     * packet that is offered.
     * @param arrivals when it comes, since tick 0
     * @param bytes of each of its IP packets
     */
    void SetCross(const ShardArrivals& arrivals, uint32_t bytes);

    /**
     * A packet comes.
     * @param moment when; never decreases. Set to when it arrives at the far end, whose parent is
     *        the begin of the transmission.
     * @param bytes of the IP packet
     * @param isMarked set to true where it is marked, if it is ECN-capable; may be null
     * @return whether it is transmitted; false where the queue was full
     */
    bool Pass(ShardMoment& moment, uint32_t bytes, bool* isMarked = nullptr)
    {
        if (m_hasCross)
        {
            DrawCross(moment);
        }
        return Enqueue(moment, bytes, isMarked);
    }

    /// @return propagation delay, ticks
    int64_t GetDelay() const
    {
        return m_delay;
    }

    /// @return cross packets drawn so far, whether or not the queue took them
    uint64_t GetCrossOffered() const
    {
        return m_crossOffered;
    }

  private:
    /// A packet that was put in the queue.
    struct Waiting
    {
        ShardMoment begin; ///< of its transmission: when it leaves the queue
        uint32_t bytes{0}; ///< with link header
    };

    /// A size whose transmission time is known.
    struct Known
    {
        uint32_t bytes{0}; ///< of an IP packet; 0 for none
        int64_t ticks{0};  ///< its transmission time
    };

    bool Enqueue(ShardMoment& moment, uint32_t bytes, bool* isMarked);
    void DrawCross(const ShardMoment& now);
    int64_t ServiceEnd(int64_t begin, uint32_t bytes);

    DataRate m_rate;                             ///< of packets with their link header
    std::optional<ShardCapacityServer> m_server; ///< in place of the rate
    int64_t m_delay;                             ///< propagation, ticks
    bool m_countsPackets;                        ///< unit of the queue's limit
    uint64_t m_limit;                            ///< of the queue
    uint32_t m_mark;                             ///< packets from which on it marks; 0: never
    ShardMoment m_free;                          ///< end of the last transmission
    std::array<Known, 8> m_known;                ///< by the size's last bits
    ShardRing<Waiting> m_queue;                  ///< what has not begun
    uint64_t m_waitingBytes{0};                  ///< their bytes
    bool m_hasCross{false};                      ///< there is cross traffic
    ShardArrivals m_cross;                       ///< when it comes
    uint32_t m_crossBytes{0};                    ///< of each of its IP packets
    ShardMoment m_crossNext;                     ///< its next arrival
    uint64_t m_crossOffered{0};                  ///< packets
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_PATH_LINK_H
