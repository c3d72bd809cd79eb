// SPDX-License-Identifier: GPL-2.0-only
#include "shard-egress.h"

#include "ns3/ipv4-l3-protocol.h"
#include "ns3/node.h"
#include "ns3/packet.h"
#include "ns3/shard-marking-queue.h"
#include "ns3/virtual-net-device.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardEgress);

TypeId
ShardEgress::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ShardEgress")
                            .SetParent<Object>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ShardEgress>()
                            .AddTraceSource("Release",
                                            "A datagram was handed to the IP stack.",
                                            MakeTraceSourceAccessor(&ShardEgress::m_releaseTrace),
                                            "ns3::sharding::ShardEgress::ReleaseTracedCallback");
    return tid;
}

ShardEgress::ShardEgress() = default;
ShardEgress::~ShardEgress() = default;

void
ShardEgress::Install(Ptr<Node> node)
{
    m_device = CreateObject<VirtualNetDevice>();
    m_device->SetNeedsArp(false);
    m_device->SetIsPointToPoint(true);
    m_device->SetMtu(65535);
    m_device->SetSendCallback(MakeCallback(&ShardEgress::RefuseToSend, this));
    node->AddDevice(m_device);
    Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
    const uint32_t interface = ipv4->AddInterface(m_device);
    ipv4->SetMetric(interface, 1);
    ipv4->SetUp(interface);
}

void
ShardEgress::Release(Time now, const ShardRelease& release)
{
    if (!release.complete)
    {
        if (m_partialReceiver != nullptr)
        {
            m_partialReceiver->Release(now, release);
            return;
        }
        ++m_partialsDropped;
        return;
    }
    Ptr<Packet> packet;
    if (release.origin && release.origin->packet && !release.mismatch)
    {
        // What was sent, with its tags; real bytes were found equal to it.
        packet = release.origin->packet->Copy();
    }
    else if (release.bytes)
    {
        packet = Create<Packet>(release.bytes->Data(), release.size);
    }
    else
    {
        ++m_unknown;
        return;
    }
    if (release.isMarked)
    {
        ShardMarkCongestion(packet); // as where fragments are put together (RFC 3168, 5.3)
    }
    m_releaseTrace(now, release);
    m_device->Receive(packet,
                      Ipv4L3Protocol::PROT_NUMBER,
                      m_device->GetAddress(),
                      m_device->GetAddress(),
                      NetDevice::PACKET_HOST);
}

bool
ShardEgress::RefuseToSend(Ptr<Packet>, const Address&, const Address&, uint16_t)
{
    return false; // it is a way in, not a way out
}

void
ShardEgress::DoDispose()
{
    if (m_device)
    {
        m_device->SetSendCallback(VirtualNetDevice::SendCallback());
    }
    m_device = nullptr;
    m_partialReceiver = nullptr;
    Object::DoDispose();
}

} // namespace sharding
} // namespace ns3
