// SPDX-License-Identifier: GPL-2.0-only
#include "content-throughput.h"

#include "ns3/abort.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

ContentThroughput::ContentThroughput(Time quick, Time slow, Time segment)
    : m_means{Mean{quick.GetSeconds()}, Mean{slow.GetSeconds()}},
      m_segment(segment.GetSeconds())
{
    NS_ABORT_MSG_UNLESS(quick.IsStrictlyPositive() && slow.IsStrictlyPositive() &&
                            segment.IsStrictlyPositive(),
                        "ContentThroughput: half lives of " << quick << " and " << slow
                                                            << ", allowed are positive ones");
}

void
ContentThroughput::Push(double bits, Time downloading, Time latency)
{
    // What came in no time at all came in a nanosecond.
    const double time = std::max(downloading.GetSeconds(), 1e-9);
    m_time += time;
    m_count += 1;
    m_rate = 0;
    m_latency = 0;
    for (Mean& mean : m_means)
    {
        const double keep = std::exp2(-time / mean.halfLife);
        mean.rate = keep * mean.rate + (1 - keep) * bits / time;
        const double segments = mean.halfLife / m_segment;
        const double keepLatency = std::exp2(-1 / segments);
        mean.latency = keepLatency * mean.latency + (1 - keepLatency) * latency.GetSeconds();
        // The zeros that the means began with still have this weight.
        const double rate = mean.rate / (1 - std::exp2(-m_time / mean.halfLife));
        m_rate = m_rate == 0 ? rate : std::min(m_rate, rate);
        m_latency = std::max(m_latency, mean.latency / (1 - std::exp2(-m_count / segments)));
    }
}

} // namespace sharding
} // namespace ns3
