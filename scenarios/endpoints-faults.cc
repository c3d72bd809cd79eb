// SPDX-License-Identifier: GPL-2.0-only
#include "endpoints-faults.h"

#include "ns3/simulator.h"

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

EndpointsFaults::EndpointsFaults(const Values& values,
                                 const std::vector<Ptr<EndpointInstance>>& endpoints,
                                 Time start)
    : m_values(values),
      m_endpoints(endpoints)
{
    if (values.GetText("faults.kind") == "none")
    {
        return;
    }
    for (const Ptr<EndpointInstance>& endpoint : endpoints)
    {
        if (IsFaulty(endpoint->GetNumber()))
        {
            endpoint->TraceConnectWithoutContext("Open",
                                                 MakeCallback(&EndpointsFaults::Shown, this));
        }
    }
    Simulator::Schedule(start + NanoSeconds(values.GetTimeNs("faults.from")),
                        &EndpointsFaults::Begin,
                        this);
    if (values.Has("faults.until"))
    {
        Simulator::Schedule(start + NanoSeconds(values.GetTimeNs("faults.until")),
                            &EndpointsFaults::End,
                            this);
    }
}

bool
EndpointsFaults::IsFaulty(uint32_t endpoint) const
{
    return endpoint < static_cast<uint32_t>(m_values.GetInt("faults.endpoints"));
}

void
EndpointsFaults::Begin()
{
    m_isOn = true;
    for (const Ptr<EndpointInstance>& endpoint : m_endpoints)
    {
        const bool isFaulty = IsFaulty(endpoint->GetNumber());
        for (const uint64_t client : endpoint->GetClients())
        {
            m_there.insert(client);
            if (isFaulty)
            {
                m_touched.insert(client);
            }
        }
        if (isFaulty && m_values.GetText("faults.kind") == "crash")
        {
            endpoint->Crash();
        }
        else if (isFaulty)
        {
            endpoint->SetSlowness(m_values.GetReal("faults.factor"));
        }
    }
}

void
EndpointsFaults::End()
{
    m_isOn = false;
    for (const Ptr<EndpointInstance>& endpoint : m_endpoints)
    {
        if (IsFaulty(endpoint->GetNumber()))
        {
            endpoint->Recover();
            endpoint->SetSlowness(1);
        }
    }
}

void
EndpointsFaults::Asked(uint64_t client)
{
    if (m_isOn)
    {
        m_there.insert(client);
    }
}

void
EndpointsFaults::Answered(uint64_t client, uint32_t endpoint)
{
    if (m_isOn && IsFaulty(endpoint))
    {
        m_there.insert(client);
        m_touched.insert(client);
    }
}

void
EndpointsFaults::Shown(uint32_t endpoint, uint64_t client, uint8_t)
{
    Answered(client, endpoint);
}

std::optional<double>
EndpointsFaults::BlastRatio() const
{
    return m_there.empty() ? std::nullopt
                           : std::optional(static_cast<double>(m_touched.size()) /
                                           static_cast<double>(m_there.size()));
}

} // namespace shardsim
