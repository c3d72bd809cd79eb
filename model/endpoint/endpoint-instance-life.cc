// SPDX-License-Identifier: GPL-2.0-only
//
// Life of an endpoint and of its sessions: from command to end, and what may befall them.
#include "endpoint-instance.h"

#include "ns3/assert.h"
#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_LOG_COMPONENT_DEFINE("EndpointInstance");

void
EndpointInstance::SetState(EndpointState state)
{
    NS_LOG_INFO(m_number << " life " << m_life << " state " << +state);
    Account();
    m_state = state;
    m_stateTrace(m_number, state);
    UpdateSpeed();
}

void
EndpointInstance::UpdateSpeed()
{
    const double speed =
        IsRunning() ? m_slowness * m_permille / 1000 * (m_isWarm ? 1 : m_coldSpeed) : 0;
    m_server->SetSpeed(Simulator::Now(), speed);
    UpdateDeparture();
}

void
EndpointInstance::Begin()
{
    ++m_counts.created;
    m_isWarm = false;
    m_servedInLife = 0;
    m_busyInReport = 0;
    m_workInReport = 0;
    m_requestsInReport = 0;
    m_sentInReport = 0;
    m_histories.clear();
    m_peers.clear();
    SetState(ENDPOINT_STARTING);
    m_change = Simulator::Schedule(m_coldStart, &EndpointInstance::Started, this);
    m_reported = Simulator::Now();
    m_reporting = Simulator::Schedule(m_interval, &EndpointInstance::Report, this);
}

void
EndpointInstance::Started()
{
    m_sendFree = Simulator::Now();
    SetState(ENDPOINT_WARMING);
    m_change = Simulator::Schedule(m_warmUp, &EndpointInstance::Warmed, this);
    SendReport({});
}

void
EndpointInstance::Warmed()
{
    m_isWarm = true;
    SetState(ENDPOINT_WARM);
    SendReport({});
}

void
EndpointInstance::Drop(bool isCrash)
{
    Account();
    m_counts.cut += m_sessions.size();
    for (const uint64_t handle : m_server->Clear())
    {
        m_counts.dropped += m_jobs[static_cast<uint32_t>(handle)].type == ENDPOINT_REQUEST ? 1 : 0;
        m_jobs.Give(static_cast<uint32_t>(handle));
    }
    m_held = 0;
    if (!isCrash)
    {
        for (const auto& [client, session] : m_sessions)
        {
            CloseSession(client, session);
        }
    }
    while (!m_prepared.empty())
    {
        Forget(m_prepared.begin(), true);
    }
    m_sessions.clear();
    m_departure.Cancel();
    m_change.Cancel();
    m_reporting.Cancel();
    SetState(ENDPOINT_OFF);
}

void
EndpointInstance::End()
{
    if (m_state == ENDPOINT_OFF)
    {
        return;
    }
    Drop(false);
    ++m_counts.ended;
    SendReport(m_histories);
    m_histories.clear();
}

void
EndpointInstance::Crash()
{
    NS_ASSERT_MSG(m_server, "it has not begun");
    Drop(true);
    m_isDown = true;
}

void
EndpointInstance::Recover()
{
    m_isDown = false;
}

void
EndpointInstance::SetSlowness(double factor)
{
    Account();
    m_slowness = factor;
    if (m_server)
    {
        UpdateSpeed();
    }
}

void
EndpointInstance::CloseSession(uint64_t client, const Session& session)
{
    m_histories.push_back(
        {client,
         session.requests,
         static_cast<uint32_t>((Simulator::Now() - session.opened).GetMilliSeconds()),
         session.work});
}

/// Whoever is silent for too long is gone.
void
EndpointInstance::Sweep()
{
    const Time now = Simulator::Now();
    for (auto i = m_sessions.begin(); i != m_sessions.end();)
    {
        if (i->second.inService.empty() && now - i->second.active >= m_sessionIdle)
        {
            ++m_counts.idled;
            CloseSession(i->first, i->second);
            i = m_sessions.erase(i);
        }
        else
        {
            ++i;
        }
    }
    for (auto i = m_prepared.begin(); i != m_prepared.end();)
    {
        if (now - i->second.since >= m_prepareHold)
        {
            Forget(i++, true);
        }
        else
        {
            ++i;
        }
    }
}

/// It drains: is anybody left?
void
EndpointInstance::Idle()
{
    if (m_state == ENDPOINT_DRAINING && m_sessions.empty() && m_server->InSystem() == 0)
    {
        End();
    }
}

} // namespace sharding
} // namespace ns3
