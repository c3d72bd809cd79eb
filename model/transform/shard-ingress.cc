// SPDX-License-Identifier: GPL-2.0-only
#include "shard-ingress.h"

#include "ns3/ipv4-header.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv4-route.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/simulator.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/udp-l4-protocol.h"
#include "ns3/virtual-net-device.h"

namespace ns3
{
namespace sharding
{

NS_LOG_COMPONENT_DEFINE("ShardIngress");

NS_OBJECT_ENSURE_REGISTERED(ShardIngress);

TypeId
ShardIngress::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ShardIngress")
                            .SetParent<Object>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ShardIngress>();
    return tid;
}

ShardIngress::ShardIngress() = default;
ShardIngress::~ShardIngress() = default;

uint32_t
ShardIngress::Install(Ptr<Node> node, Ptr<ShardTransformer> transformer)
{
    m_node = node;
    m_transformer = transformer;
    m_device = CreateObject<VirtualNetDevice>();
    m_device->SetNeedsArp(false);
    m_device->SetIsPointToPoint(true);
    m_device->SetMtu(65535);
    m_device->SetSendCallback(MakeCallback(&ShardIngress::TakePacket, this));
    node->AddDevice(m_device);
    Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
    const uint32_t interface = ipv4->AddInterface(m_device);
    // A route needs an address of its interface. This one, link-local (RFC 3927), appears in no
    // packet that is forwarded.
    ipv4->AddAddress(interface,
                     Ipv4InterfaceAddress(Ipv4Address("169.254.47.54"), Ipv4Mask::GetOnes()));
    ipv4->SetMetric(interface, 1);
    ipv4->SetUp(interface);
    m_transformer->SetForward(MakeCallback(&ShardIngress::SendPlain, this));
    return interface;
}

void
ShardIngress::SetPlainRoute(uint32_t interface, Ipv4Address gateway)
{
    m_plainInterface = interface;
    m_plainGateway = gateway;
}

bool
ShardIngress::TakePacket(Ptr<Packet> packet, const Address&, const Address&, uint16_t protocol)
{
    if (protocol != Ipv4L3Protocol::PROT_NUMBER)
    {
        return false;
    }
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
    datagram->entered = Simulator::Now();
    datagram->id = m_next++;
    datagram->packet = packet;
    m_transformer->Submit(datagram->entered, datagram);
    return true;
}

void
ShardIngress::SendPlain(Time, Ptr<const Datagram> datagram)
{
    Ptr<Packet> packet = datagram->packet->Copy();
    Ipv4Header ip;
    packet->RemoveHeader(ip);
    Ptr<Ipv4> ipv4 = m_node->GetObject<Ipv4>();
    Ptr<Ipv4Route> route = Create<Ipv4Route>();
    route->SetSource(ip.GetSource());
    route->SetDestination(ip.GetDestination());
    route->SetGateway(m_plainGateway);
    route->SetOutputDevice(ipv4->GetNetDevice(m_plainInterface));
    ipv4->SendWithHeader(packet, ip, route);
}

void
ShardIngress::DoDispose()
{
    if (m_device)
    {
        m_device->SetSendCallback(VirtualNetDevice::SendCallback());
    }
    m_device = nullptr;
    m_transformer = nullptr;
    m_node = nullptr;
    Object::DoDispose();
}

} // namespace sharding
} // namespace ns3
