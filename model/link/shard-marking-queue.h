// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_MARKING_QUEUE_H
#define SHARD_MARKING_QUEUE_H

#include "ns3/drop-tail-queue.h"
#include "ns3/packet.h"
#include "ns3/traced-callback.h"

#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Mark a packet with congestion experienced (CE, RFC 3168), if it is ECN-capable.
 * @param packet begins with its IPv4 header
 * @return whether it is marked now
 */
bool ShardMarkCongestion(Ptr<Packet> packet);

/**
 * @ingroup sharding
 * Drop-tail queue of a PointToPointNetDevice that marks: a packet that is ECN-capable and finds at
 * least so many waiting is given congestion experienced. That is the step of switches for DCTCP
 * (RFC 8257, 4.1; M. Alizadeh et al., "Data Center TCP", SIGCOMM 2010): by what waits now, without
 * an average. What is not ECN-capable it treats as a DropTailQueue does.
 */
class ShardMarkingQueue : public DropTailQueue<Packet>
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ShardMarkingQueue();
    ~ShardMarkingQueue() override;

    /// @param item a packet with its PPP header  @return whether there was room
    bool Enqueue(Ptr<Packet> item) override;

    /// @return packets that it marked
    uint64_t GetMarked() const
    {
        return m_marked;
    }

  private:
    uint32_t m_threshold;                       ///< attribute
    uint64_t m_marked{0};                       ///< packets
    TracedCallback<Ptr<const Packet>> m_onMark; ///< a packet, marked
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_MARKING_QUEUE_H
