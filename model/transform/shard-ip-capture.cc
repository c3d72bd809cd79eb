// SPDX-License-Identifier: GPL-2.0-only
#include "shard-ip-capture.h"

#include "ns3/ipv4-header.h"
#include "ns3/ipv4-route.h"
#include "ns3/ipv4.h"
#include "ns3/node.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/udp-l4-protocol.h"
#include "ns3/virtual-net-device.h"

namespace ns3
{
namespace sharding
{

uint32_t
AddShardCapture(Ptr<Node> node, Ptr<VirtualNetDevice> device)
{
    device->SetNeedsArp(false);
    device->SetIsPointToPoint(true);
    device->SetMtu(65535);
    node->AddDevice(device);
    Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
    const uint32_t interface = ipv4->AddInterface(device);
    // A route needs an address of its interface. This one, link-local (RFC 3927), appears in no
    // packet that is forwarded.
    ipv4->AddAddress(interface,
                     Ipv4InterfaceAddress(Ipv4Address("169.254.47.54"), Ipv4Mask::GetOnes()));
    ipv4->SetMetric(interface, 1);
    ipv4->SetUp(interface);
    return interface;
}

Ptr<Datagram>
ReadDatagram(Ptr<const Packet> packet)
{
    Ipv4Header ip;
    packet->PeekHeader(ip);
    Ptr<Datagram> datagram = Create<Datagram>();
    datagram->flow.source = ip.GetSource().Get();
    datagram->flow.destination = ip.GetDestination().Get();
    datagram->flow.protocol = ip.GetProtocol();
    datagram->headers = ip.GetSerializedSize();
    const bool isTcp = ip.GetProtocol() == TcpL4Protocol::PROT_NUMBER;
    // Fragments other than the first have no ports; they travel as a flow of their own.
    if ((isTcp || ip.GetProtocol() == UdpL4Protocol::PROT_NUMBER) && ip.GetFragmentOffset() == 0)
    {
        // Ports are the first four bytes of either header; byte 12 of TCP's has its length.
        uint8_t bytes[60 + 14];
        const uint32_t have = packet->CopyData(bytes, datagram->headers + 14);
        if (have >= datagram->headers + 8)
        {
            const uint8_t* l4 = bytes + datagram->headers;
            datagram->flow.sourcePort = static_cast<uint16_t>(l4[0] << 8 | l4[1]);
            datagram->flow.destinationPort = static_cast<uint16_t>(l4[2] << 8 | l4[3]);
            datagram->headers +=
                !isTcp ? 8 : (have >= datagram->headers + 13 ? (l4[12] >> 4) * 4U : 0);
        }
    }
    datagram->size = packet->GetSize();
    datagram->dscp = ip.GetDscp();
    datagram->packet = packet;
    return datagram;
}

void
SendShardPacket(Ptr<Node> node, Ptr<const Packet> packet, uint32_t interface, Ipv4Address gateway)
{
    Ptr<Packet> copy = packet->Copy();
    Ipv4Header ip;
    copy->RemoveHeader(ip);
    Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
    Ptr<Ipv4Route> route = Create<Ipv4Route>();
    route->SetSource(ip.GetSource());
    route->SetDestination(ip.GetDestination());
    route->SetGateway(gateway);
    route->SetOutputDevice(ipv4->GetNetDevice(interface));
    ipv4->SendWithHeader(copy, ip, route);
}

} // namespace sharding
} // namespace ns3
