// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_LINK_CHANNEL_H
#define SHARD_LINK_CHANNEL_H

#include "shard-capacity-trace.h"

#include "ns3/error-model.h"
#include "ns3/nstime.h"
#include "ns3/point-to-point-channel.h"
#include "ns3/random-variable-stream.h"
#include "ns3/tag.h"
#include "ns3/traced-callback.h"

#include <array>
#include <cstdint>
#include <memory>

namespace ns3
{

class NetDevice;
class PointToPointNetDevice;

namespace sharding
{

/**
 * @ingroup sharding
 * Packet tag of cross traffic: such a packet occupies a ShardLinkChannel and goes nowhere.
 */
class ShardCrossTrafficTag : public Tag
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();
    TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(TagBuffer buffer) const override;
    void Deserialize(TagBuffer buffer) override;
    void Print(std::ostream& os) const override;
};

/**
 * @ingroup sharding
 * A point-to-point channel with, in each direction by itself: packet loss, random extra delay, a
 * capacity that varies by a trace, and absorption of cross traffic. With none of them set it is
 * ns3::PointToPointChannel to the nanosecond, except that the latter's TxRxPointToPoint trace (for
 * NetAnim) does not fire.
 *
 * Direction 0 is what the device attached first sends, direction 1 what the second sends.
 *
 * Loss strikes on the way: a lost packet has taken its time on the link like any other. Its fate
 * is drawn when its transmission begins, which is also when the trace Drop fires.
 *
 * Every packet but cross traffic asks the loss model once and draws jitter once, whether or not it
 * is lost; cross traffic does neither. So the n-th packet of a direction meets the same weather
 * whatever the cross traffic, and whatever happens in the other direction, as long as no model is
 * shared between directions.
 *
 * **How a capacity trace works on a PointToPointNetDevice**, whose transmission time is always
 * bytes / DataRate: SetCapacity() makes the sending device's rate so high that this time is 0 ns,
 * and connects to its PhyTxBegin trace. The device fires it when a packet has come to the head of
 * the line and before it reads its interframe gap, which the channel sets there to the time until
 * the trace has served the packet. The device is then busy for exactly that gap, and the channel
 * delivers at the gap's end. Queues, pcap and MTU of the device work as ever; its attributes
 * DataRate and InterframeGap belong to the channel from then on.
 */
class ShardLinkChannel : public PointToPointChannel
{
  public:
    /// Directions of a channel.
    static constexpr uint32_t DIRECTIONS = 2;

    /// What was transmitted in one direction, packets.
    struct Counters
    {
        uint64_t transmitted{0}; ///< began their transmission, cross traffic not included
        uint64_t dropped{0};     ///< of these, lost on the way
        uint64_t cross{0};       ///< cross traffic transmitted and absorbed
    };

    /**
     * Signature of the trace Drop.
     * @param packet the lost packet, with its link header
     * @param direction that it was sent in
     */
    typedef void (*DropTracedCallback)(Ptr<const Packet> packet, uint32_t direction);

    /// @return the TypeId
    static TypeId GetTypeId();

    /**
     * @param direction 0 or 1
     * @param loss says which packets are lost; null for none
     */
    void SetLoss(uint32_t direction, Ptr<ErrorModel> loss);

    /**
     * @param direction 0 or 1
     * @param jitter extra one-way delay of each packet in seconds, where it is negative (or not a
     *        number) none; packets may overtake each other; null for none
     */
    void SetJitter(uint32_t direction, Ptr<RandomVariableStream> jitter);

    /**
     * Let a trace rule a direction's capacity in place of the device's DataRate. What counts
     * against an opportunity's 1500 bytes is the IP packet, without the link's 2-byte header.
     *
     * @param direction 0 or 1, whose sending device has to be attached already
     * @param trace the capacity; not null
     * @param start when the trace's time is 0
     */
    void SetCapacity(uint32_t direction,
                     std::shared_ptr<const ShardCapacityTrace> trace,
                     Time start = Time(0));

    /**
     * @param sender a device of this channel
     * @return the direction that it sends in
     */
    uint32_t DirectionFrom(Ptr<const NetDevice> sender) const;

    /**
     * @param direction 0 or 1
     * @return what was transmitted in it
     */
    const Counters& GetCounters(uint32_t direction) const;

    bool TransmitStart(Ptr<const Packet> p, Ptr<PointToPointNetDevice> src, Time txTime) override;

  protected:
    void DoDispose() override;

  private:
    /// One direction's impairments.
    struct Direction
    {
        Ptr<ErrorModel> loss;                        ///< may be null
        Ptr<RandomVariableStream> jitter;            ///< seconds; may be null
        std::unique_ptr<ShardCapacityServer> server; ///< may be null
        Time service;                                ///< of the packet now sent, by the server
        Counters counters;                           ///< so far
    };

    /// @param direction checked to be 0 or 1, else aborts
    static void Check(uint32_t direction);

    /**
     * Sink of the sending device's PhyTxBegin trace where a trace rules the capacity.
     * @param direction of the device
     * @param packet at the head of the line
     */
    void BeginService(uint32_t direction, Ptr<const Packet> packet);

    std::array<Direction, DIRECTIONS> m_directions; ///< by direction

    /// Packets lost on the way, and their direction.
    TracedCallback<Ptr<const Packet>, uint32_t> m_dropTrace;
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_LINK_CHANNEL_H
