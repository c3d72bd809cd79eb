// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_INGRESS_H
#define SHARD_INGRESS_H

#include "shard-transformer.h"

#include "ns3/ipv4-address.h"
#include "ns3/object.h"

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
 * The transformation node's foot on the IP stack: whatever the node routes to its virtual device
 * becomes a datagram for the transformer; what stays plain leaves by a device and next hop of its
 * own, fragmented there by IP where it exceeds the MTU. IPv4 only.
 */
class ShardIngress : public Object
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ShardIngress();
    ~ShardIngress() override;

    /**
     * Give a node the virtual device and connect it. Routes to it are the caller's.
     * @param node the transformation node, with an IPv4 stack
     * @param transformer where datagrams go
     * @return IPv4 interface number of the virtual device
     */
    uint32_t Install(Ptr<Node> node, Ptr<ShardTransformer> transformer);

    /**
     * Where packets that stay plain go.
     * @param interface IPv4 interface of the node
     * @param gateway next hop, or 0.0.0.0 on a point-to-point link
     */
    void SetPlainRoute(uint32_t interface, Ipv4Address gateway);

  protected:
    void DoDispose() override;

  private:
    bool TakePacket(Ptr<Packet> packet,
                    const Address& source,
                    const Address& destination,
                    uint16_t protocol);
    void SendPlain(Time now, Ptr<const Datagram> datagram);

    Ptr<Node> m_node;                    ///< the transformation node
    Ptr<ShardTransformer> m_transformer; ///< takes the datagrams
    Ptr<VirtualNetDevice> m_device;      ///< takes packets off the route
    uint32_t m_plainInterface{0};        ///< leaves what stays plain
    Ipv4Address m_plainGateway;          ///< next hop of what stays plain
    uint64_t m_next{0};                  ///< number of the next datagram
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_INGRESS_H
