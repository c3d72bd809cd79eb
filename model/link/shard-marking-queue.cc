// SPDX-License-Identifier: GPL-2.0-only
#include "shard-marking-queue.h"

#include "ns3/ipv4-header.h"
#include "ns3/node.h"
#include "ns3/ppp-header.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace sharding
{

namespace
{

constexpr uint16_t PPP_IPV4 = 0x0021;

} // namespace

bool
ShardMarkCongestion(Ptr<Packet> packet)
{
    Ipv4Header ip;
    packet->PeekHeader(ip);
    if (ip.GetEcn() == Ipv4Header::ECN_NotECT)
    {
        return false;
    }
    packet->RemoveHeader(ip);
    ip.SetEcn(Ipv4Header::ECN_CE);
    if (Node::ChecksumEnabled())
    {
        ip.EnableChecksum();
    }
    packet->AddHeader(ip);
    return true;
}

NS_OBJECT_ENSURE_REGISTERED(ShardMarkingQueue);

TypeId
ShardMarkingQueue::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardMarkingQueue")
            .SetParent<DropTailQueue<Packet>>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardMarkingQueue>()
            .AddAttribute("MarkThreshold",
                          "Packets waiting from which on one that comes is marked; 0: never.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&ShardMarkingQueue::m_threshold),
                          MakeUintegerChecker<uint32_t>())
            .AddTraceSource("Mark",
                            "A packet was marked.",
                            MakeTraceSourceAccessor(&ShardMarkingQueue::m_onMark),
                            "ns3::Packet::TracedCallback");
    return tid;
}

ShardMarkingQueue::ShardMarkingQueue() = default;
ShardMarkingQueue::~ShardMarkingQueue() = default;

bool
ShardMarkingQueue::Enqueue(Ptr<Packet> item)
{
    const bool isOver = m_threshold != 0 && GetNPackets() >= m_threshold;
    if (isOver && GetCurrentSize() + item <= GetMaxSize())
    {
        PppHeader ppp;
        item->RemoveHeader(ppp);
        const bool isMarked = ppp.GetProtocol() == PPP_IPV4 && ShardMarkCongestion(item);
        item->AddHeader(ppp);
        if (isMarked)
        {
            ++m_marked;
            m_onMark(item);
        }
    }
    return DropTailQueue<Packet>::Enqueue(item);
}

} // namespace sharding
} // namespace ns3
