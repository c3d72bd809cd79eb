// SPDX-License-Identifier: GPL-2.0-only
//
// The part of the disc that runs once an interval: logs are read, forecast, and used.
#include "offload-queue-disc.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_LOG_COMPONENT_DEFINE("OffloadQueueDiscForecast");

namespace
{

/// Empty intervals after which the engine rests until something comes, so that a simulation with no
/// traffic left ends. What it rests longer is not in the series that forecasts learn from.
constexpr uint32_t MOST_IDLE = 1024;

} // namespace

void
OffloadQueueDisc::Begin(Time now)
{
    // Intervals begin at multiples of their length, whenever the first element comes.
    const int64_t length = m_forecaster->GetInterval().GetTimeStep();
    m_intervalBegin = TimeStep(now.GetTimeStep() / length * length);
    m_idle = 0;
    m_tick = Simulator::Schedule(m_intervalBegin + TimeStep(length) - now,
                                 &OffloadQueueDisc::Tick,
                                 this);
}

void
OffloadQueueDisc::Tick()
{
    NS_LOG_FUNCTION(this);
    const Time now = Simulator::Now();
    const Time interval = m_forecaster->GetInterval();
    bool isIdle = m_space.held == 0;
    for (uint32_t i = 0; i < m_functions; ++i)
    {
        m_seen[i] = m_buffers[i].Read(m_intervalBegin, interval);
        isIdle = isIdle && m_seen[i].elements == 0;
    }
    m_intervalBegin = now;
    m_idle = isIdle ? m_idle + 1 : 0;
    if (m_idle < MOST_IDLE)
    {
        m_tick = Simulator::Schedule(interval, &OffloadQueueDisc::Tick, this);
    }
    Await(m_forecaster->Step(now, m_seen));
}

void
OffloadQueueDisc::Await(Time ready)
{
    const Time now = Simulator::Now();
    if (ready > now)
    {
        m_apply = Simulator::Schedule(ready - now, &OffloadQueueDisc::Apply, this);
    }
    else if (ready == now)
    {
        Apply();
    }
}

void
OffloadQueueDisc::Apply()
{
    NS_LOG_FUNCTION(this);
    const Time ready = m_forecaster->Finish(Simulator::Now());
    UseForecast(Simulator::Now());
    Await(ready);
}

void
OffloadQueueDisc::UseForecast(Time now)
{
    const std::vector<OffloadTraffic>& expected = m_forecaster->Expected();
    const double interval = m_forecaster->GetInterval().GetSeconds();
    const double floor = static_cast<double>(m_shapingFloor.GetBitRate()) / 8;
    m_planBefore = m_space.plan;
    m_allocation->Plan(now, m_space, expected);
    m_growth = -m_lineBytes;
    for (uint32_t i = 0; i < m_functions; ++i)
    {
        m_growth += expected[i].bytes;
        if (m_space.plan[i] != m_planBefore[i])
        {
            m_moves += m_space.plan[i] > m_planBefore[i] ? 1 : 0;
            m_tracePlan(i, m_planBefore[i], m_space.plan[i]);
        }
        if (m_shaping > 0)
        {
            const double rate = std::max(floor, m_shaping * expected[i].bytes / interval);
            m_shaper.SetRate(i, now, rate, rate * interval);
        }
    }
}

} // namespace sharding
} // namespace ns3
