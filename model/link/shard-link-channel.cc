// SPDX-License-Identifier: GPL-2.0-only
#include "shard-link-channel.h"

#include "shard-arrivals.h"

#include "ns3/abort.h"
#include "ns3/data-rate.h"
#include "ns3/node.h"
#include "ns3/packet.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"

#include <utility>

namespace ns3
{
namespace sharding
{

namespace
{

/// Bytes of the link header that a PointToPointNetDevice adds (PPP protocol number).
constexpr uint32_t PPP_BYTES = 2;

/**
 * Rate of a device ruled by a trace, bit/s: 65,535 bytes take half a millionth of a nanosecond,
 * which is 0 in ns-3's time.
 */
constexpr uint64_t IMMENSE_RATE = 1'000'000'000'000'000'000;

} // namespace

NS_OBJECT_ENSURE_REGISTERED(ShardCrossTrafficTag);
NS_OBJECT_ENSURE_REGISTERED(ShardLinkChannel);

TypeId
ShardCrossTrafficTag::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ShardCrossTrafficTag")
                            .SetParent<Tag>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ShardCrossTrafficTag>();
    return tid;
}

TypeId
ShardCrossTrafficTag::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint32_t
ShardCrossTrafficTag::GetSerializedSize() const
{
    return 0;
}

void
ShardCrossTrafficTag::Serialize(TagBuffer /* buffer */) const
{
}

void
ShardCrossTrafficTag::Deserialize(TagBuffer /* buffer */)
{
}

void
ShardCrossTrafficTag::Print(std::ostream& os) const
{
    os << "cross traffic";
}

TypeId
ShardLinkChannel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardLinkChannel")
            .SetParent<PointToPointChannel>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardLinkChannel>()
            .AddTraceSource("Drop",
                            "A packet lost on the way, with its link header, and the direction "
                            "(0: sent by the device attached first, 1: by the second). Fires when "
                            "the packet's transmission begins.",
                            MakeTraceSourceAccessor(&ShardLinkChannel::m_dropTrace),
                            "ns3::sharding::ShardLinkChannel::DropTracedCallback");
    return tid;
}

void
ShardLinkChannel::Check(uint32_t direction)
{
    NS_ABORT_MSG_UNLESS(direction < DIRECTIONS,
                        "ShardLinkChannel: direction " << direction << ", allowed are 0 and 1");
}

void
ShardLinkChannel::SetLoss(uint32_t direction, Ptr<ErrorModel> loss)
{
    Check(direction);
    m_directions[direction].loss = loss;
}

void
ShardLinkChannel::SetJitter(uint32_t direction, Ptr<RandomVariableStream> jitter)
{
    Check(direction);
    m_directions[direction].jitter = jitter;
}

void
ShardLinkChannel::SetCapacity(uint32_t direction,
                              std::shared_ptr<const ShardCapacityTrace> trace,
                              Time start)
{
    Check(direction);
    auto& server = m_directions[direction].server;
    NS_ABORT_MSG_UNLESS(direction < GetNDevices(),
                        "ShardLinkChannel: capacity of direction "
                            << direction
                            << " set before its device was attached, allowed is after");
    const bool first = !server;
    server = std::make_unique<ShardCapacityServer>(std::move(trace), start);
    if (first)
    {
        auto device = GetPointToPointDevice(direction);
        device->SetDataRate(DataRate(IMMENSE_RATE));
        device->TraceConnectWithoutContext(
            "PhyTxBegin",
            MakeCallback(&ShardLinkChannel::BeginService, this, direction));
    }
}

void
ShardLinkChannel::BeginService(uint32_t direction, Ptr<const Packet> packet)
{
    auto& d = m_directions[direction];
    const Time now = Simulator::Now();
    d.service = d.server->Serve(now, packet->GetSize() - PPP_BYTES) - now;
    GetPointToPointDevice(direction)->SetInterframeGap(d.service);
}

uint32_t
ShardLinkChannel::DirectionFrom(Ptr<const NetDevice> sender) const
{
    for (uint32_t i = 0; i < GetNDevices(); ++i)
    {
        if (GetDevice(i) == sender)
        {
            return i;
        }
    }
    NS_ABORT_MSG("ShardLinkChannel: the sender is not attached, allowed is one of its devices");
    return DIRECTIONS;
}

const ShardLinkChannel::Counters&
ShardLinkChannel::GetCounters(uint32_t direction) const
{
    Check(direction);
    return m_directions[direction].counters;
}

bool
ShardLinkChannel::TransmitStart(Ptr<const Packet> p, Ptr<PointToPointNetDevice> src, Time txTime)
{
    const uint32_t direction = src == GetSource(0) ? 0 : 1;
    auto& d = m_directions[direction];
    if (d.server)
    {
        NS_ABORT_MSG_UNLESS(txTime.IsZero(),
                            "ShardLinkChannel: DataRate of the device changed after SetCapacity(), "
                            "allowed is to leave it to the trace");
        txTime = d.service;
    }
    ShardCrossTrafficTag cross;
    if (p->PeekPacketTag(cross))
    {
        ++d.counters.cross;
        return true;
    }
    ++d.counters.transmitted;
    Time delay = txTime + GetDelay();
    if (d.jitter)
    {
        const double extra = d.jitter->GetValue();
        if (extra > 0.0)
        {
            delay += NanoSeconds(ShardNanoseconds(extra));
        }
    }
    // A copy, for the error model and for the receiver, both of which may change the packet.
    Ptr<Packet> packet = p->Copy();
    if (d.loss && d.loss->IsCorrupt(packet))
    {
        ++d.counters.dropped;
        m_dropTrace(p, direction);
        return true;
    }
    auto receiver = GetDestination(direction);
    Simulator::ScheduleWithContext(receiver->GetNode()->GetId(),
                                   delay,
                                   &PointToPointNetDevice::Receive,
                                   receiver,
                                   packet);
    return true;
}

void
ShardLinkChannel::DoDispose()
{
    for (auto& d : m_directions)
    {
        d.loss = nullptr;
        d.jitter = nullptr;
    }
    PointToPointChannel::DoDispose();
}

} // namespace sharding
} // namespace ns3
