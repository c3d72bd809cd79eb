// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-meter.h"

#include "ns3/abort.h"

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// Link header of a PointToPointNetDevice.
constexpr uint32_t PPP_BYTES = 2;

} // namespace

TunnelMeter::TunnelMeter(const std::vector<TunnelPath>& paths)
    : m_paths(paths)
{
    Connect(true);
}

TunnelMeter::~TunnelMeter()
{
    Connect(false);
}

void
TunnelMeter::Connect(bool on)
{
    const auto set =
        [on](Ptr<PointToPointNetDevice> device, const char* trace, const CallbackBase& sink)
    {
        const bool done = on ? device->TraceConnectWithoutContext(trace, sink)
                             : device->TraceDisconnectWithoutContext(trace, sink);
        NS_ABORT_MSG_UNLESS(done, "PointToPointNetDevice has no trace " << trace);
    };
    for (const TunnelPath& path : m_paths)
    {
        set(path.senders.front(), "MacTx", MakeCallback(&TunnelMeter::Enter, this));
        set(path.receivers.back(), "MacRx", MakeCallback(&TunnelMeter::Leave, this));
        for (const Ptr<PointToPointNetDevice>& sender : path.senders)
        {
            set(sender, "MacTxDrop", MakeCallback(&TunnelMeter::Drop, this));
        }
    }
}

uint64_t
TunnelMeter::LinkLosses() const
{
    uint64_t losses = 0;
    for (const TunnelPath& path : m_paths)
    {
        for (const Ptr<ShardLinkChannel>& channel : path.channels)
        {
            losses += channel->GetCounters(0).dropped;
        }
    }
    return losses;
}

void
TunnelMeter::Enter(Ptr<const Packet> packet)
{
    // Where a path has one link only, cross traffic enters at the same device.
    ShardCrossTrafficTag tag;
    if (packet->PeekPacketTag(tag))
    {
        return;
    }
    ++m_entered;
    m_enteredBytes += packet->GetSize() - PPP_BYTES;
}

void
TunnelMeter::Leave(Ptr<const Packet>)
{
    ++m_left;
}

void
TunnelMeter::Drop(Ptr<const Packet> packet)
{
    ShardCrossTrafficTag tag;
    m_queueDrops += packet->PeekPacketTag(tag) ? 0 : 1;
}

} // namespace shardsim
