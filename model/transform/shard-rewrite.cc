// SPDX-License-Identifier: GPL-2.0-only
#include "shard-rewrite.h"

#include "ns3/ipv4-header.h"
#include "ns3/node.h"
#include "ns3/tcp-header.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/udp-header.h"
#include "ns3/udp-l4-protocol.h"

namespace ns3
{
namespace sharding
{

namespace
{

/// Replace the port of a packet whose IP header was taken off, and mend the checksum.
template <typename L4Header>
void
SetPort(Ptr<Packet> packet, const Ipv4Header& ip, uint16_t port)
{
    L4Header header;
    packet->RemoveHeader(header);
    if (port != 0)
    {
        header.SetDestinationPort(port);
    }
    if (Node::ChecksumEnabled())
    {
        header.EnableChecksums();
        header.InitializeChecksum(ip.GetSource(), ip.GetDestination(), ip.GetProtocol());
    }
    packet->AddHeader(header);
}

} // namespace

Ptr<const Datagram>
ShardRewrite(const Datagram& datagram, const ShardTarget& target, uint32_t replica)
{
    Ptr<Datagram> other = datagram.Copy();
    if (target.address != 0)
    {
        other->flow.destination = target.address;
    }
    const bool hasPort = other->flow.destinationPort != 0;
    if (target.port != 0 && hasPort)
    {
        other->flow.destinationPort = target.port;
    }
    if (!datagram.packet)
    {
        return other;
    }
    Ptr<Packet> packet = datagram.packet->Copy();
    Ipv4Header ip;
    packet->RemoveHeader(ip);
    ip.SetIdentification(static_cast<uint16_t>(ip.GetIdentification() ^ (0x10000 >> replica)));
    ip.SetDestination(Ipv4Address(other->flow.destination));
    if (Node::ChecksumEnabled())
    {
        ip.EnableChecksum();
    }
    const uint16_t port = hasPort ? target.port : 0;
    if (ip.GetFragmentOffset() == 0 && ip.GetProtocol() == UdpL4Protocol::PROT_NUMBER && hasPort)
    {
        SetPort<UdpHeader>(packet, ip, port);
    }
    else if (ip.GetFragmentOffset() == 0 && ip.GetProtocol() == TcpL4Protocol::PROT_NUMBER &&
             hasPort)
    {
        SetPort<TcpHeader>(packet, ip, port);
    }
    packet->AddHeader(ip);
    other->packet = packet;
    return other;
}

} // namespace sharding
} // namespace ns3
