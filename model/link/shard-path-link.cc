// SPDX-License-Identifier: GPL-2.0-only
#include "shard-path-link.h"

#include "ns3/abort.h"

namespace ns3
{
namespace sharding
{

ShardPathLink::ShardPathLink(const ShardPathLinkSettings& settings)
    : m_rate(settings.rate),
      m_delay(settings.delay.GetTimeStep()),
      m_countsPackets(settings.queue.GetUnit() == QueueSizeUnit::PACKETS),
      m_limit(settings.queue.GetValue()),
      m_mark(settings.mark)
{
    NS_ABORT_MSG_UNLESS(settings.trace || settings.rate.GetBitRate() > 0,
                        "ShardPathLink: rate is 0, allowed is more, or a trace");
    if (settings.trace)
    {
        m_server.emplace(settings.trace);
    }
}

void
ShardPathLink::SetCross(const ShardArrivals& arrivals, uint32_t bytes)
{
    m_hasCross = true;
    m_cross = arrivals;
    m_crossBytes = bytes;
    m_crossNext = ShardMoment::FromOutside(0).Schedule(m_cross.Next());
}

void
ShardPathLink::DrawCross(const ShardMoment& now)
{
    while (m_crossNext < now)
    {
        ShardMoment moment = m_crossNext;
        Enqueue(moment, m_crossBytes, nullptr);
        ++m_crossOffered;
        m_crossNext = m_crossNext.Schedule(m_cross.Next());
    }
}

int64_t
ShardPathLink::ServiceEnd(int64_t begin, uint32_t bytes)
{
    if (m_server)
    {
        // What counts against an opportunity is the IP packet (ShardLinkChannel::SetCapacity).
        return m_server->Serve(TimeStep(static_cast<uint64_t>(begin)), bytes).GetTimeStep();
    }
    // ns-3's own arithmetic, so that it rounds alike; it takes longer than all the rest.
    Known& known = m_known[bytes % m_known.size()];
    if (known.bytes != bytes)
    {
        known.bytes = bytes;
        known.ticks = m_rate.CalculateBytesTxTime(bytes + HEADER).GetTimeStep();
    }
    return begin + known.ticks;
}

bool
ShardPathLink::Enqueue(ShardMoment& moment, uint32_t bytes, bool* isMarked)
{
    while (!m_queue.IsEmpty() && m_queue.Front().begin < moment)
    {
        m_waitingBytes -= m_queue.Front().bytes;
        m_queue.Pop();
    }
    // The device puts a packet in its queue even when it can transmit at once.
    const uint32_t framed = bytes + HEADER;
    if ((m_countsPackets ? m_queue.Size() + 1 : m_waitingBytes + framed) > m_limit)
    {
        return false;
    }
    if (isMarked != nullptr && m_mark != 0 && m_queue.Size() >= m_mark)
    {
        *isMarked = true;
    }
    if (moment < m_free)
    {
        moment = m_free;
        m_queue.Push(Waiting{moment, framed});
        m_waitingBytes += framed;
    }
    // From here on it is the begin of the transmission.
    const int64_t end = ServiceEnd(moment.Time(), bytes);
    m_free = moment.Schedule(end); // a device schedules the end of the transmission first
    moment = moment.Schedule(end + m_delay);
    return true;
}

} // namespace sharding
} // namespace ns3
