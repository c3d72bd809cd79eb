// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_H
#define SHARD_H

#include "shard-directive.h"
#include "shard-header.h"
#include "shard-seal.h"

#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/ptr.h"
#include "ns3/simple-ref-count.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Bytes shared by the shards of a block; written once, by the stage that makes them.
 */
class ShardBytes : public SimpleRefCount<ShardBytes>
{
  public:
    /// @param size bytes, not initialised
    explicit ShardBytes(uint32_t size)
        : m_size(size),
          m_data(new uint8_t[size])
    {
    }

    /// @return the bytes, to be written before they are shared
    uint8_t* Data()
    {
        return m_data.get();
    }

    /// @return the bytes
    const uint8_t* Data() const
    {
        return m_data.get();
    }

    /// @return how many
    uint32_t Size() const
    {
        return m_size;
    }

  private:
    uint32_t m_size;
    std::unique_ptr<uint8_t[]> m_data;
};

/**
 * @ingroup sharding
 * The five numbers that tell flows apart (RFC 6437 and before: the 5-tuple).
 */
struct FlowKey
{
    uint32_t source{0};          ///< IPv4 address, host byte order
    uint32_t destination{0};     ///< IPv4 address, host byte order
    uint16_t sourcePort{0};      ///< 0 where the protocol has none
    uint16_t destinationPort{0}; ///< 0 where the protocol has none
    uint8_t protocol{0};         ///< IP protocol number

    /// @param o the other  @return whether all five agree
    bool operator==(const FlowKey& o) const
    {
        return source == o.source && destination == o.destination && sourcePort == o.sourcePort &&
               destinationPort == o.destinationPort && protocol == o.protocol;
    }
};

/**
 * @ingroup sharding
 * The packet to be sharded, as it entered the transformation node. It is one object for all of
 * its shards. The far end uses `packet` to hand on what was sent with its tags intact and, with
 * real payload, only after comparing every byte: no decision is ever taken from it.
 */
class Datagram : public SimpleRefCount<Datagram>
{
  public:
    /// Sources may derive datagrams that know more.
    virtual ~Datagram() = default;

    /// @return another one that is the same, whatever a source has derived
    virtual Ptr<Datagram> Copy() const
    {
        return Create<Datagram>(*this);
    }

    FlowKey flow;             ///< whose it is
    uint32_t size{0};         ///< bytes, headers included
    uint32_t headers{0};      ///< bytes at the front that are headers (IP and transport)
    uint8_t dscp{0};          ///< priority mark of the packet
    Time entered;             ///< when it came to the transformation node
    uint64_t id{0};           ///< for whoever made it; the module only carries it
    Ptr<const Packet> packet; ///< the IP packet; null where sources do not use the IP stack
    Ptr<const ShardBytes>
        bytes; ///< where there is no packet but real payload: the IP packet's bytes
};

/**
 * @ingroup sharding
 * What the repair shards of a block under the sliding-window code take along beside their bytes;
 * one object for all of them.
 */
class ShardWindow : public SimpleRefCount<ShardWindow>
{
  public:
    /// What is in front of the coded bytes (ShardWindowPrefix), for when payload is virtual and
    /// there are no bytes to read it from.
    std::vector<uint8_t> prefix;
    /// What each block covered is a piece of, oldest first; as with Shard::origin, no decision is
    /// ever taken from it.
    std::vector<Ptr<const Datagram>> origins;
};

/**
 * @ingroup sharding
 * A piece in flight, data or repair: a small value. The payload is a slice of shared bytes
 * (`payload = real`) or only a size (`virtual`: `bytes` is null).
 */
struct Shard
{
    ShardFields fields;            ///< what its header says
    uint32_t offset{0};            ///< where in `bytes` its payload begins
    uint32_t size{0};              ///< bytes of payload
    Ptr<const ShardBytes> bytes;   ///< null when the payload is virtual
    Ptr<const Datagram> origin;    ///< what it is a piece of; null when forged
    Ptr<const ShardWindow> window; ///< what a sliding-window repair shard covers; else null
    ShardSeal seal;                ///< where it is sealed, what its payload begins with
    /// At the receiver: which sender it came from. At the sender: which node it is for, counted in
    /// the order of ShardTransport::GetPeers().
    uint32_t peer{0};
    uint16_t path{0}; ///< path it takes or took
    uint8_t dscp{0};  ///< mark it bears on the wire
    /// At the receiver: it came with congestion experienced (CE of RFC 3168).
    bool isMarked{false};
    /// At the sender: how its path is chosen.
    ShardPlacementKind placement{SHARD_PLACEMENT_NODE};

    /// @return its payload, or nullptr when that is virtual
    const uint8_t* Payload() const
    {
        return bytes ? bytes->Data() + offset : nullptr;
    }

    /// @return whether it is a repair shard
    bool IsRepair() const
    {
        return fields.index >= fields.k;
    }
};

/**
 * @ingroup sharding
 * The narrow interface between the stages of the datapath: a stage takes a shard and, now or
 * later, hands it to the next, which it knows only by this.
 */
class ShardSink
{
  public:
    virtual ~ShardSink() = default;

    /**
     * Take a shard.
     * @param now when it comes; never decreases from call to call
     * @param shard the shard, which the stage now owns
     */
    virtual void Accept(Time now, Shard&& shard) = 0;
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_H
