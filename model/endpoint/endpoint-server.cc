// SPDX-License-Identifier: GPL-2.0-only
#include "endpoint-server.h"

#include "ns3/assert.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

void
EndpointServer::Arrive(Time now, uint64_t job, Time work)
{
    MoveTo(now);
    Put(job, static_cast<double>(work.GetNanoSeconds()) / 1e9);
    ++m_inSystem;
    Plan();
}

uint64_t
EndpointServer::Depart()
{
    NS_ASSERT_MSG(m_inSystem > 0 && m_next != Time::Max(), "nobody is to leave");
    // All that was left of it, not what the rounded time makes of it: no error is handed on.
    Progress(Left());
    m_now = m_next;
    const uint64_t job = Take();
    --m_inSystem;
    Plan();
    return job;
}

void
EndpointServer::SetSpeed(Time now, double speed)
{
    NS_ASSERT_MSG(speed >= 0, "a processor does not undo work");
    MoveTo(now);
    m_speed = speed;
    Plan();
}

std::vector<uint64_t>
EndpointServer::Clear()
{
    m_inSystem = 0;
    m_next = Time::Max();
    return TakeAll();
}

/// @param work seconds of it that are left  @return when it is done at the speed of now
Time
EndpointServer::After(double work) const
{
    const double ns = std::max(work, 0.0) / m_speed * 1e9;
    const Time longest = Time::Max() - m_now;
    return ns < static_cast<double>(longest.GetNanoSeconds())
               ? m_now + NanoSeconds(std::llround(ns))
               : Time::Max();
}

void
EndpointServer::MoveTo(Time now)
{
    if (m_inSystem > 0 && now > m_now)
    {
        Progress(static_cast<double>((now - m_now).GetNanoSeconds()) / 1e9 * m_speed);
    }
    m_now = std::max(m_now, now);
}

void
EndpointServer::Plan()
{
    m_next = m_inSystem > 0 && m_speed > 0 ? After(Left()) : Time::Max();
}

void
EndpointFifoServer::Progress(double work)
{
    m_jobs.Front().left -= work;
}

void
EndpointFifoServer::Put(uint64_t job, double work)
{
    m_jobs.Push({job, work});
}

uint64_t
EndpointFifoServer::Take()
{
    const uint64_t job = m_jobs.Front().number;
    m_jobs.Pop();
    return job;
}

double
EndpointFifoServer::Left() const
{
    return m_jobs.Front().left;
}

std::vector<uint64_t>
EndpointFifoServer::TakeAll()
{
    std::vector<uint64_t> jobs;
    while (!m_jobs.IsEmpty())
    {
        jobs.push_back(Take());
    }
    return jobs;
}

void
EndpointSharingServer::Progress(double work)
{
    m_virtual += work / static_cast<double>(m_jobs.size());
}

void
EndpointSharingServer::Put(uint64_t job, double work)
{
    m_jobs.push_back({m_virtual + work, m_order++, job});
    std::push_heap(m_jobs.begin(), m_jobs.end());
}

uint64_t
EndpointSharingServer::Take()
{
    std::pop_heap(m_jobs.begin(), m_jobs.end());
    const Job job = m_jobs.back();
    m_jobs.pop_back();
    // Exactly its end, whatever sums and divisions have made of it; and from 0 again for the next
    // busy period, so that long runs lose no precision.
    m_virtual = m_jobs.empty() ? 0 : job.end;
    return job.number;
}

double
EndpointSharingServer::Left() const
{
    return (m_jobs.front().end - m_virtual) * static_cast<double>(m_jobs.size());
}

std::vector<uint64_t>
EndpointSharingServer::TakeAll()
{
    std::sort(m_jobs.begin(),
              m_jobs.end(),
              [](const Job& a, const Job& b) { return a.order < b.order; });
    std::vector<uint64_t> jobs;
    for (const Job& job : m_jobs)
    {
        jobs.push_back(job.number);
    }
    m_jobs.clear();
    m_virtual = 0;
    return jobs;
}

std::unique_ptr<EndpointServer>
MakeEndpointServer(EndpointDiscipline discipline)
{
    if (discipline == ENDPOINT_PS)
    {
        return std::make_unique<EndpointSharingServer>();
    }
    return std::make_unique<EndpointFifoServer>();
}

} // namespace sharding
} // namespace ns3
