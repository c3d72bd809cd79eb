// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_CROSS_TRAFFIC_H
#define SHARD_CROSS_TRAFFIC_H

#include "shard-arrivals.h"

#include "ns3/application.h"
#include "ns3/data-rate.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/random-variable-stream.h"
#include "ns3/shard-compat.h"
#include "ns3/traced-callback.h"

#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Competing traffic of a given mean rate on one link, the device of a ShardLinkChannel: packets
 * stand in the device's queue and occupy the link like others, and the channel discards them at
 * its far end.
 *
 * It knows nothing of the traffic that it competes with (it does not back off), and its arrivals
 * are drawn from a stream of its own, so they are the same whatever else happens. Packets go
 * straight to the device: a queue discipline above it does not see them. They are zeros without an
 * IP header.
 */
class ShardCrossTraffic : public Application
{
  public:
    /**
     * Signature of the trace Tx.
     * @param packet as handed to the device
     * @param accepted whether the device took it; false where its queue was full
     */
    typedef void (*TxTracedCallback)(Ptr<const Packet> packet, bool accepted);

    /// @return the TypeId
    static TypeId GetTypeId();

    ShardCrossTraffic();

    /**
     * @param device to send on; its channel has to be a ShardLinkChannel
     */
    void SetDevice(Ptr<PointToPointNetDevice> device);

    /// @return packets handed to the device, whether or not it took them
    uint64_t GetOffered() const
    {
        return m_offered;
    }

    /**
     * @param stream first stream index to use
     * @return number of streams used (1)
     */
    int64_t AssignStreams(int64_t stream) SHARDING_ASSIGN_STREAMS_OVERRIDE;

  protected:
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;

    /// Send a packet and schedule the next one.
    void Send();

    /// Schedule the next packet.
    void ScheduleNext();

    Ptr<PointToPointNetDevice> m_device; ///< to send on
    DataRate m_rate;                     ///< mean rate of IP packets
    uint32_t m_size;                     ///< bytes of an IP packet
    ShardArrivals::Kind m_kind;          ///< how packets arrive
    Time m_meanOn;                       ///< mean on period
    Time m_meanOff;                      ///< mean off period
    Time m_stepFrom;                     ///< attribute
    Time m_stepUntil;                    ///< attribute
    DataRate m_stepRate;                 ///< attribute

    Ptr<UniformRandomVariable> m_uniform; ///< the only source of chance
    EventId m_event;                      ///< next arrival
    Time m_start;                         ///< when it was started
    ShardArrivals m_arrivals;             ///< when packets come
    uint64_t m_offered{0};                ///< packets handed to the device

    /// Packets handed to the device, and whether it took them.
    TracedCallback<Ptr<const Packet>, bool> m_txTrace;
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_CROSS_TRAFFIC_H
