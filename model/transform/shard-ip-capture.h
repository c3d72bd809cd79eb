// SPDX-License-Identifier: GPL-2.0-only
//
// What the stages that stand on the IP stack of a node have in common.
#ifndef SHARD_IP_CAPTURE_H
#define SHARD_IP_CAPTURE_H

#include "ns3/ipv4-address.h"
#include "ns3/shard.h"

#include <cstdint>

namespace ns3
{

class Node;
class VirtualNetDevice;

namespace sharding
{

/**
 * @ingroup sharding
 * Give a node a virtual device to which packets can be routed.
 * @param node with an IPv4 stack
 * @param device whose send callback takes what is routed to it
 * @return IPv4 interface number of the device
 */
uint32_t AddShardCapture(Ptr<Node> node, Ptr<VirtualNetDevice> device);

/**
 * @ingroup sharding
 * @param packet an IPv4 packet
 * @return what its headers say: flow, size, bytes of headers, DSCP; with the packet
 */
Ptr<Datagram> ReadDatagram(Ptr<const Packet> packet);

/**
 * @ingroup sharding
 * Send an IPv4 packet on as it is, whatever the node's routes are.
 * @param node which
 * @param packet what
 * @param interface IPv4 interface by which it leaves
 * @param gateway next hop, or 0.0.0.0 on a point-to-point link
 */
void SendShardPacket(Ptr<Node> node,
                     Ptr<const Packet> packet,
                     uint32_t interface,
                     Ipv4Address gateway);

} // namespace sharding
} // namespace ns3

#endif // SHARD_IP_CAPTURE_H
