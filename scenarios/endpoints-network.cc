// SPDX-License-Identifier: GPL-2.0-only
//
// Lets endpoints on a network run. How they are made is in endpoints-network-setup.cc, what is
// measured in endpoints-network-measure.cc.
#include "endpoints-network.h"

#include "endpoints-streams.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <string>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

Time
TimeOf(const Values& values, const char* key)
{
    return NanoSeconds(values.GetTimeNs(key));
}

uint64_t
Warmup(const Values& values)
{
    return static_cast<uint64_t>(values.Has("requests.warmup")
                                     ? values.GetInt("requests.warmup")
                                     : values.GetInt("requests.count") / 10);
}

} // namespace

EndpointsNetwork::EndpointsNetwork(const Values& values, const RunContext& context)
    : m_values(values),
      m_context(context),
      m_begun(std::chrono::steady_clock::now()),
      m_count(static_cast<uint64_t>(values.GetInt("requests.count"))),
      m_warmup(Warmup(values)),
      m_workload(values),
      m_topology(values)
{
    Ptr<UniformRandomVariable> uniform = CreateObject<UniformRandomVariable>();
    uniform->SetStream(STREAM_SALT);
    for (uint8_t& byte : m_secrets.master)
    {
        byte = static_cast<uint8_t>(uniform->GetValue() * 256);
    }
    m_secrets.seal = values.GetText("payload") == "real" ? SHARD_TOKEN_SEALED : SHARD_TOKEN_TAGGED;
    m_secrets.rotation = TimeOf(values, "token.rotation");
    m_secrets.keep = static_cast<uint32_t>(values.GetInt("token.keep"));
    m_start = TimeOf(values, "endpoint.cold_start") + TimeOf(values, "endpoint.warm_up") +
              TimeOf(values, "topology.hub_delay") * 4 + TimeOf(values, "topology.host_delay") * 4 +
              MilliSeconds(100);
    MakeEndpoints();
    MakeHub();
    MakeClients();
    m_faults.emplace(values, m_endpoints, m_start);
}

void
EndpointsNetwork::Arrive()
{
    if (m_given == m_warmup)
    {
        m_measureFrom = Simulator::Now();
        m_atBegin = Sum();
    }
    const EndpointsRequest request = m_next;
    ++m_given;
    const double last = static_cast<double>(m_values.GetInt("clients.devices") - 1);
    const double device = request.client % m_values.GetInt("clients.devices");
    const double factor =
        last < 1 ? 1 : 1 + m_values.GetReal("clients.device_spread") * (2 * device / last - 1);
    const uint64_t given = m_given;
    if (m_given == m_count)
    {
        m_lastSent = Simulator::Now();
        m_atEnd = Sum();
        // Whoever has no answer by then is counted as open, and the run ends.
        const int64_t tries = 4 * (m_values.GetInt("clients.retries") + 2);
        Simulator::Schedule(TimeOf(m_values, "clients.timeout") * tries,
                            &EndpointsNetwork::Enough,
                            this);
    }
    else
    {
        m_next = m_workload.Next();
        Simulator::Schedule(m_start + m_next.at - Simulator::Now(),
                            &EndpointsNetwork::Arrive,
                            this);
    }
    const Time work = NanoSeconds(static_cast<int64_t>(request.work.GetNanoSeconds() * factor));
    if (m_timeline)
    {
        m_timeline->Asked(Simulator::Now(), work);
    }
    m_workAsked += given > m_warmup ? work.GetSeconds() : 0;
    m_faults->Asked(request.client);
    m_clients[request.client / m_perRegion]->Ask(request.client, work);
    if (m_context.progress && given % std::max<uint64_t>(m_count / 100, 1) == 0)
    {
        m_context.progress(static_cast<double>(given) / static_cast<double>(m_count));
    }
}

void
EndpointsNetwork::Answered(uint64_t client, Time took, bool isDone, uint32_t endpoint)
{
    ++m_over;
    m_faults->Answered(client, endpoint);
    const bool isInTime = isDone && took.GetNanoSeconds() <= m_values.GetTimeNs("slo.latency");
    if (m_timeline && isInTime)
    {
        m_timeline->InTime(Simulator::Now() - took);
    }
    // By when it was asked, which is what the warm-up is counted by.
    const bool isMeasured = m_given > m_warmup && Simulator::Now() - took >= m_measureFrom;
    if (isMeasured)
    {
        ++m_measured;
        if (isDone)
        {
            ++m_answered;
            m_latencies.Add(took.GetNanoSeconds());
            m_inTime += isInTime ? 1 : 0;
        }
    }
    if (m_over == m_count)
    {
        // A little longer, for what is under way.
        Simulator::Schedule(MilliSeconds(200), &EndpointsNetwork::Enough, this);
    }
}

void
EndpointsNetwork::Connected(uint64_t, Time took, uint32_t)
{
    if (m_given > m_warmup)
    {
        m_connects.Add(took.GetNanoSeconds());
    }
}

/// An interval of the timeline ends.
void
EndpointsNetwork::Look()
{
    std::optional<double> forecast;
    if (m_values.GetText("scale.policy") == "forecast")
    {
        forecast = 0;
        for (const EndpointManager::Decision& decision : m_hub->GetManager().GetDecisions())
        {
            *forecast += decision.view.forecast;
        }
    }
    m_timeline->Sample(m_endpoints, forecast);
    Simulator::Schedule(TimeOf(m_values, "scale.interval"), &EndpointsNetwork::Look, this);
}

void
EndpointsNetwork::Enough()
{
    Simulator::Stop();
}

RunResult
EndpointsNetwork::Execute()
{
    if (m_context.keepTimeline)
    {
        const Time interval = TimeOf(m_values, "scale.interval");
        m_timeline.emplace(m_start, interval);
        Simulator::Schedule(m_start + interval, &EndpointsNetwork::Look, this);
    }
    m_next = m_workload.Next();
    Simulator::Schedule(m_start + m_next.at, &EndpointsNetwork::Arrive, this);
    Simulator::Run();
    RunResult result;
    Measure(result);
    if (m_timeline)
    {
        result.timeline = m_timeline->Past();
    }
    if (m_context.keepSamples)
    {
        result.samples.emplace_back("latency", m_latencies.Sorted());
        result.samples.emplace_back("connect", m_connects.Sorted());
    }
    return result;
}

} // namespace shardsim
