// SPDX-License-Identifier: GPL-2.0-only
#include "content-playout.h"

#include "ns3/abort.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

ContentPlayout::ContentPlayout(Time begin, uint32_t first, uint32_t end)
    : m_begin(begin),
      m_clock(begin),
      m_first(first),
      m_next(first),
      m_end(end)
{
    NS_ABORT_MSG_UNLESS(first < end,
                        "ContentPlayout: segments " << first << " to " << end << ", allowed is one "
                                                    << "or more");
}

void
ContentPlayout::Settle(Time now,
                       uint32_t segment,
                       ContentSettled how,
                       Time duration,
                       double bitrate,
                       std::optional<Time> captured)
{
    Advance(now);
    NS_ABORT_MSG_IF(segment < m_next || segment >= m_end || IsSettled(segment),
                    "ContentPlayout: segment " << segment << " settled, allowed are those from "
                                               << m_next << " to before " << m_end
                                               << " that are not settled");
    m_buffer.emplace(segment, Segment{how, duration, bitrate, captured});
    // What is skipped takes no time; what follows it may be over as well.
    Advance(now);
}

void
ContentPlayout::Play(const Segment& segment, Time now)
{
    if (!m_begun)
    {
        m_begun = true;
        m_started = m_started || segment.how != CONTENT_SKIPPED;
        ++m_totals.segments[segment.how];
        if (segment.how == CONTENT_PLAYED)
        {
            m_totals.bitrates += segment.bitrate;
            m_totals.bits += segment.bitrate * segment.duration.GetSeconds();
            if (m_lastBitrate > 0)
            {
                m_totals.changes += std::abs(segment.bitrate - m_lastBitrate);
                ++m_totals.changeCount;
            }
            m_lastBitrate = segment.bitrate;
        }
        if (segment.how != CONTENT_SKIPPED && segment.captured)
        {
            m_totals.latencies += m_clock - *segment.captured;
            ++m_totals.latencyCount;
        }
    }
    if (segment.how == CONTENT_SKIPPED)
    {
        m_into = segment.duration;
        m_totals.skipped += segment.duration;
        return;
    }
    const Time step = std::min(segment.duration - m_into, now - m_clock);
    m_into += step;
    m_clock += step;
    (segment.how == CONTENT_PLAYED ? m_totals.played : m_totals.interpolated) += step;
}

void
ContentPlayout::Advance(Time now)
{
    NS_ABORT_MSG_IF(now < m_clock && !IsOver(),
                    "ContentPlayout: asked at " << now << ", allowed is " << m_clock
                                                << " or later");
    while (m_next < m_end)
    {
        const auto head = m_buffer.find(m_next);
        if (head == m_buffer.end())
        {
            if (now > m_clock)
            {
                Time& spent = m_started ? m_totals.stalled : m_totals.startup;
                m_totals.stalls += m_started && !m_stalling ? 1 : 0;
                m_stalling = m_started;
                spent += now - m_clock;
                m_clock = now;
            }
            break;
        }
        m_stalling = false;
        Play(head->second, now);
        if (m_into < head->second.duration)
        {
            break;
        }
        m_buffer.erase(head);
        ++m_next;
        m_into = Time(0);
        m_begun = false;
    }
    m_totals.session = m_clock - m_begin;
}

uint32_t
ContentPlayout::NextMissing() const
{
    uint32_t segment = m_next;
    for (auto at = m_buffer.find(segment); at != m_buffer.end() && at->first == segment; ++at)
    {
        ++segment;
    }
    return segment;
}

bool
ContentPlayout::IsSettled(uint32_t segment) const
{
    return segment < m_next || m_buffer.count(segment) > 0;
}

Time
ContentPlayout::Level() const
{
    Time level = Time(0) - m_into;
    uint32_t segment = m_next;
    for (auto at = m_buffer.find(segment); at != m_buffer.end() && at->first == segment; ++at)
    {
        level += at->second.how == CONTENT_SKIPPED ? Time(0) : at->second.duration;
        ++segment;
    }
    return level;
}

Time
ContentPlayout::Held() const
{
    Time held = Time(0) - m_into;
    for (const auto& [number, segment] : m_buffer)
    {
        held += segment.how == CONTENT_SKIPPED ? Time(0) : segment.duration;
    }
    return held;
}

bool
ContentPlayout::CheckConservation() const
{
    const ContentPlayoutTotals& all = m_totals;
    const uint64_t begun = all.segments[CONTENT_PLAYED] + all.segments[CONTENT_INTERPOLATED] +
                           all.segments[CONTENT_SKIPPED];
    return all.session == all.startup + all.stalled + all.played + all.interpolated &&
           begun == m_next - m_first + (m_begun ? 1 : 0);
}

} // namespace sharding
} // namespace ns3
