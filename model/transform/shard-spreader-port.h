// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_SPREADER_PORT_H
#define SHARD_SPREADER_PORT_H

#include "shard-spreader.h"

#include "ns3/ipv4-address.h"
#include "ns3/object.h"

#include <map>

namespace ns3
{

class Address;
class Node;
class Packet;
class VirtualNetDevice;

namespace sharding
{

/**
 * @ingroup sharding
 * A ShardSpreader's foot on the IP stack: whatever its node routes to its virtual device is sent
 * on, as it is, to the transformation node of its flow. IPv4 only; fragments other than the first
 * are a flow of their own.
 */
class ShardSpreaderPort : public Object
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ShardSpreaderPort();
    ~ShardSpreaderPort() override;

    /**
     * Give a node the virtual device and connect it. Routes to it are the caller's.
     * @param node that spreads, with an IPv4 stack
     * @param spreader chooses
     * @return IPv4 interface number of the virtual device
     */
    uint32_t Install(Ptr<Node> node, Ptr<ShardSpreader> spreader);

    /**
     * Say where a transformation node is.
     * @param number by which the spreader knows it
     * @param interface IPv4 interface that leads to it
     * @param gateway its address there
     */
    void AddNode(uint32_t number, uint32_t interface, Ipv4Address gateway);

  protected:
    void DoDispose() override;

  private:
    /// The way to a transformation node.
    struct Way
    {
        uint32_t interface;  ///< of this node
        Ipv4Address gateway; ///< next hop
    };

    bool TakePacket(Ptr<Packet> packet,
                    const Address& source,
                    const Address& destination,
                    uint16_t protocol);

    Ptr<Node> m_node;               ///< that spreads
    Ptr<ShardSpreader> m_spreader;  ///< chooses
    Ptr<VirtualNetDevice> m_device; ///< takes packets off the route
    std::map<uint32_t, Way> m_ways; ///< by node
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_SPREADER_PORT_H
