// SPDX-License-Identifier: GPL-2.0-only
#include "shard-spreader-port.h"

#include "shard-ip-capture.h"

#include "ns3/ipv4-l3-protocol.h"
#include "ns3/node.h"
#include "ns3/simulator.h"
#include "ns3/virtual-net-device.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardSpreaderPort);

TypeId
ShardSpreaderPort::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ShardSpreaderPort")
                            .SetParent<Object>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ShardSpreaderPort>();
    return tid;
}

ShardSpreaderPort::ShardSpreaderPort() = default;
ShardSpreaderPort::~ShardSpreaderPort() = default;

uint32_t
ShardSpreaderPort::Install(Ptr<Node> node, Ptr<ShardSpreader> spreader)
{
    m_node = node;
    m_spreader = spreader;
    m_device = CreateObject<VirtualNetDevice>();
    m_device->SetSendCallback(MakeCallback(&ShardSpreaderPort::TakePacket, this));
    return AddShardCapture(node, m_device);
}

void
ShardSpreaderPort::AddNode(uint32_t number, uint32_t interface, Ipv4Address gateway)
{
    m_ways[number] = Way{interface, gateway};
}

bool
ShardSpreaderPort::TakePacket(Ptr<Packet> packet, const Address&, const Address&, uint16_t protocol)
{
    if (protocol != Ipv4L3Protocol::PROT_NUMBER)
    {
        return false;
    }
    const std::optional<uint32_t> node =
        m_spreader->Choose(Simulator::Now(), ReadDatagram(packet)->flow);
    if (node)
    {
        const Way& way = m_ways.at(*node);
        SendShardPacket(m_node, packet, way.interface, way.gateway);
    }
    return true;
}

void
ShardSpreaderPort::DoDispose()
{
    if (m_device)
    {
        m_device->SetSendCallback(VirtualNetDevice::SendCallback());
    }
    m_device = nullptr;
    m_spreader = nullptr;
    m_node = nullptr;
    Object::DoDispose();
}

} // namespace sharding
} // namespace ns3
