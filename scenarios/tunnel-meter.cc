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

TunnelCounts
TunnelMeter::Counts() const
{
    TunnelCounts counts = m_counts;
    for (const TunnelPath& path : m_paths)
    {
        for (const Ptr<ShardLinkChannel>& channel : path.channels)
        {
            counts.linkLosses += channel->GetCounters(0).dropped;
        }
    }
    return counts;
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
    ++m_counts.entered;
    m_counts.enteredBytes += packet->GetSize() - PPP_BYTES;
}

void
TunnelMeter::Leave(Ptr<const Packet>)
{
    ++m_counts.left;
}

void
TunnelMeter::Drop(Ptr<const Packet> packet)
{
    ShardCrossTrafficTag tag;
    m_counts.queueDrops += packet->PeekPacketTag(tag) ? 0 : 1;
}

} // namespace shardsim
