// SPDX-License-Identifier: GPL-2.0-only
#include "shard-ingress.h"

#include "shard-ip-capture.h"

#include "ns3/ipv4-l3-protocol.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/simulator.h"
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
    m_device->SetSendCallback(MakeCallback(&ShardIngress::TakePacket, this));
    const uint32_t interface = AddShardCapture(node, m_device);
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
    Ptr<Datagram> datagram = ReadDatagram(packet);
    datagram->entered = Simulator::Now();
    datagram->id = m_next++;
    m_transformer->Submit(datagram->entered, datagram);
    return true;
}

void
ShardIngress::SendPlain(Time, Ptr<const Datagram> datagram)
{
    SendShardPacket(m_node, datagram->packet, m_plainInterface, m_plainGateway);
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
