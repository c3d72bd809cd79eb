// SPDX-License-Identifier: GPL-2.0-only
#include "shard-crypto-unit.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ns3
{
namespace sharding
{

ShardCryptoUnit::ShardCryptoUnit(uint32_t most, double speed)
    : m_most(most)
{
    m_state.speed = speed;
}

/// @return ticks that some work takes at the present speed; NEVER where it stalls
int64_t
ShardCryptoUnit::TimeOf(double work) const
{
    if (m_state.speed <= 0)
    {
        return NEVER;
    }
    const double ticks = work / m_state.speed;
    // Ages: a unit that is as good as stalled.
    return ticks < 1e18 ? std::llround(ticks) : NEVER;
}

void
ShardCryptoUnit::SetFree(int64_t free)
{
    m_free = free;
    m_state.free = free == NEVER ? Time::Max() : Time(TimeStep(static_cast<uint64_t>(free)));
}

namespace
{

/// @return the sum; NEVER where one of both is
int64_t
After(int64_t at, int64_t ticks)
{
    return at == ShardCryptoUnit::NEVER || ticks == ShardCryptoUnit::NEVER ||
                   at > ShardCryptoUnit::NEVER - ticks
               ? ShardCryptoUnit::NEVER
               : at + ticks;
}

} // namespace

bool
ShardCryptoUnit::Accept(int64_t now, ShardUnitJob&& job)
{
    if (!m_state.isAlive || m_state.held > m_most)
    {
        ++m_counters.refused;
        return false;
    }
    ++m_counters.taken;
    const double work = job.work;
    m_jobs.Push(std::move(job));
    if (m_state.held++ == 0)
    {
        Begin(now);
    }
    SetFree(After(std::max(now, m_free), TimeOf(work)));
    return true;
}

/// The first one's service begins.
void
ShardCryptoUnit::Begin(int64_t now)
{
    m_resumed = now;
    m_begun = m_state.speed > 0 ? now : NEVER; // while it stalls, all wait
    m_done = After(now, TimeOf(m_jobs.Front().work));
}

ShardUnitJob
ShardCryptoUnit::Pop(Service& service)
{
    service.begun = m_begun;
    service.done = m_done;
    m_counters.busy += m_done - m_resumed;
    ++m_counters.served;
    ShardUnitJob job = std::move(m_jobs.Front());
    m_jobs.Pop();
    --m_state.held;
    if (m_jobs.IsEmpty())
    {
        m_done = NEVER;
    }
    else
    {
        Begin(m_done);
    }
    return job;
}

/// Account for what was done on the shard in service.
void
ShardCryptoUnit::Pause(int64_t now)
{
    if (m_jobs.IsEmpty() || m_state.speed <= 0)
    {
        return;
    }
    const int64_t spent = now - m_resumed;
    ShardUnitJob& job = m_jobs.Front();
    m_counters.busy += spent;
    job.work = std::max(0.0, job.work - static_cast<double>(spent) * m_state.speed);
}

/// When all that is here will be done, from scratch.
void
ShardCryptoUnit::Foresee(int64_t now)
{
    if (m_jobs.IsEmpty())
    {
        m_done = NEVER;
        SetFree(now);
        return;
    }
    m_resumed = now;
    m_begun = m_begun == NEVER && m_state.speed > 0 ? now : m_begun;
    int64_t free = now;
    for (std::size_t i = m_jobs.Size(); i > 0; --i) // once around
    {
        ShardUnitJob job = std::move(m_jobs.Front());
        m_jobs.Pop();
        free = After(free, TimeOf(job.work));
        m_jobs.Push(std::move(job));
    }
    m_done = After(now, TimeOf(m_jobs.Front().work));
    SetFree(free);
}

void
ShardCryptoUnit::SetSpeed(int64_t now, double speed)
{
    Pause(now);
    m_state.speed = speed;
    Foresee(now);
}

std::vector<ShardUnitJob>
ShardCryptoUnit::Fail(int64_t now)
{
    if (!m_jobs.IsEmpty() && m_state.speed > 0)
    {
        m_counters.busy += now - m_resumed;
    }
    std::vector<ShardUnitJob> jobs;
    jobs.reserve(m_jobs.Size());
    while (!m_jobs.IsEmpty())
    {
        jobs.push_back(std::move(m_jobs.Front()));
        m_jobs.Pop();
    }
    m_counters.takenBack += jobs.size();
    m_state.held = 0;
    m_state.isAlive = false;
    Foresee(now);
    return jobs;
}

void
ShardCryptoUnit::Recover()
{
    m_state.isAlive = true;
}

bool
ShardCryptoUnit::CheckConservation() const
{
    return m_state.held == m_jobs.Size() &&
           m_counters.taken == m_counters.served + m_counters.takenBack + m_state.held;
}

} // namespace sharding
} // namespace ns3
