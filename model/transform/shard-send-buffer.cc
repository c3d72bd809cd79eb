// SPDX-License-Identifier: GPL-2.0-only
#include "shard-send-buffer.h"

#include "ns3/simulator.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardSendBuffer);

TypeId
ShardSendBuffer::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardSendBuffer")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardSendBuffer>()
            .AddAttribute("PacingRate",
                          "Rate in IP bytes at which shards leave for each path; 0bps lets them go "
                          "at once.",
                          DataRateValue(DataRate(0)),
                          MakeDataRateAccessor(&ShardSendBuffer::m_pacingRate),
                          MakeDataRateChecker())
            .AddAttribute("MaxPackets",
                          "Most shards that wait for each path.",
                          UintegerValue(1000),
                          MakeUintegerAccessor(&ShardSendBuffer::m_maxPackets),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("MaxBytes",
                          "Most bytes (of IP packets) that wait for each path.",
                          UintegerValue(4194304),
                          MakeUintegerAccessor(&ShardSendBuffer::m_maxBytes),
                          MakeUintegerChecker<uint64_t>(1))
            .AddTraceSource("Drop",
                            "A shard was dropped for want of room, with the reason.",
                            MakeTraceSourceAccessor(&ShardSendBuffer::m_dropTrace),
                            "ns3::sharding::ShardSendBuffer::DropTracedCallback");
    return tid;
}

void
ShardSendBuffer::SetPaths(uint32_t paths, uint32_t overhead)
{
    m_overhead = overhead;
    m_lanes.clear();
    for (uint32_t path = 0; path < paths; ++path)
    {
        ShardQueueCore::Limits limits;
        limits.packets = m_maxPackets;
        limits.bytes = m_maxBytes;
        m_lanes.emplace_back(limits);
    }
}

void
ShardSendBuffer::SetNext(ShardSink* next)
{
    m_next = next;
}

uint64_t
ShardSendBuffer::GetHeld() const
{
    uint64_t held = 0;
    for (const Lane& lane : m_lanes)
    {
        held += lane.queue.GetCounters().held;
    }
    return held;
}

uint64_t
ShardSendBuffer::GetDropped() const
{
    uint64_t dropped = 0;
    for (const Lane& lane : m_lanes)
    {
        dropped += lane.queue.GetCounters().Dropped();
    }
    return dropped;
}

Time
ShardSendBuffer::PaceTime(const Shard& shard) const
{
    return m_pacingRate.CalculateBytesTxTime(shard.size + m_overhead);
}

void
ShardSendBuffer::Accept(Time now, Shard&& shard)
{
    if (m_pacingRate.GetBitRate() == 0)
    {
        m_next->Accept(now, std::move(shard));
        return;
    }
    const uint32_t path = shard.path;
    Lane& lane = m_lanes[path];
    if (lane.queue.IsEmpty() && lane.free <= now)
    {
        lane.free = now + PaceTime(shard);
        m_next->Accept(now, std::move(shard));
        return;
    }
    ShardView view;
    view.block.source = shard.peer;
    view.block.flow = shard.fields.flow;
    view.block.block = shard.fields.block;
    view.block.k = shard.fields.k;
    view.block.n = shard.fields.n;
    view.block.code = shard.fields.code;
    view.index = shard.fields.index;
    view.dscp = shard.dscp;
    view.bytes = shard.size + m_overhead;
    lane.queue.Enqueue(std::move(shard),
                       view,
                       [this](Shard&& dropped, ShardDrop reason, bool)
                       { m_dropTrace(dropped, reason); });
    if (!lane.queue.IsEmpty() && lane.event.IsExpired())
    {
        lane.event = ShardAgenda::Schedule(lane.free - now, [this, path] { Serve(path); });
    }
}

void
ShardSendBuffer::Serve(uint32_t path)
{
    Lane& lane = m_lanes[path];
    const Time now = Simulator::Now();
    std::optional<Shard> shard = lane.queue.Dequeue();
    if (!shard)
    {
        return;
    }
    lane.free = now + PaceTime(*shard);
    if (!lane.queue.IsEmpty())
    {
        lane.event = ShardAgenda::Schedule(lane.free - now, [this, path] { Serve(path); });
    }
    m_next->Accept(now, std::move(*shard));
}

void
ShardSendBuffer::Fail()
{
    for (Lane& lane : m_lanes)
    {
        lane.event.Cancel();
        while (lane.queue.Dequeue())
        {
            ++m_lost;
        }
        lane.free = Time(0);
    }
}

void
ShardSendBuffer::DoDispose()
{
    for (Lane& lane : m_lanes)
    {
        lane.event.Cancel();
    }
    m_lanes.clear();
    m_next = nullptr;
    Object::DoDispose();
}

} // namespace sharding
} // namespace ns3
