// SPDX-License-Identifier: GPL-2.0-only
//
// What an endpoint does with requests, from coming to answer.
#include "endpoint-instance.h"

#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

void
EndpointInstance::TakeRequest(const EndpointMessage& message, uint32_t address, uint16_t port)
{
    Job job;
    if (!ReadEndpointBody(message.body, job.ask))
    {
        ++m_counts.malformed;
        return;
    }
    job.address = address;
    job.port = port;
    job.came = Simulator::Now();
    ++m_counts.received;
    const bool isHub = address == m_hubAddress && port == m_hubPort;
    const auto found = m_sessions.find(job.ask.client);
    if (isHub)
    {
        // The hub has looked at whom it forwards; there is no session with the client.
        if (!IsRunning())
        {
            ++m_counts.refused;
            Answer(job, EndpointAnswer::NO_SUCH);
            return;
        }
    }
    else
    {
        if (!IsRunning() || found == m_sessions.end() || found->second.session != job.ask.session ||
            found->second.address != address || found->second.port != port)
        {
            ++m_counts.refused;
            Answer(job, EndpointAnswer::NO_SUCH);
            return;
        }
        Session& session = found->second;
        std::vector<uint32_t>& inService = session.inService;
        if (std::find(inService.begin(), inService.end(), job.ask.number) != inService.end())
        {
            ++m_counts.repeated;
            return;
        }
        inService.push_back(job.ask.number);
        session.active = job.came;
        ++session.requests;
        session.work += job.ask.work;
    }
    m_workInReport += job.ask.work;
    ++m_requestsInReport;
    AddJob(job, NanoSeconds(static_cast<int64_t>(job.ask.work)));
}

void
EndpointInstance::TakeClose(const EndpointMessage& message)
{
    EndpointAsk close;
    if (!ReadEndpointBody(message.body, close))
    {
        ++m_counts.malformed;
        return;
    }
    const auto found = m_sessions.find(close.client);
    if (found != m_sessions.end() && found->second.session == close.session)
    {
        CloseSession(found->first, found->second);
        m_sessions.erase(found);
        Idle();
    }
}

/// The CPU has done what it was asked to.
void
EndpointInstance::Finish(const Job& job)
{
    if (job.type == ENDPOINT_PREPARE)
    {
        const auto found = m_prepared.find(job.ask.client);
        if (found != m_prepared.end() && found->second.number == job.ask.session)
        {
            found->second.probed = Simulator::Now();
            EndpointProbe probe;
            probe.client = job.ask.client;
            probe.number = job.ask.session;
            probe.endpoint = m_number;
            probe.protocol = m_protocol;
            const std::vector<uint8_t> sent = probe.Write(ENDPOINT_PROBE);
            m_counts.preparedBytes += sent.size();
            found->second.bytes += static_cast<uint32_t>(sent.size());
            Send(sent, found->second.address, found->second.port, 0);
        }
        return;
    }
    if (job.type == ENDPOINT_OPEN)
    {
        const auto found = m_sessions.find(job.ask.client);
        if (found != m_sessions.end() && found->second.session == job.ask.session)
        {
            Opened(job.ask.client, job.ask.session, SHARD_TOKEN_ACCEPTED, job.address, job.port);
        }
        return;
    }
    ++m_counts.served;
    m_counts.servedCold += m_isWarm ? 0 : 1;
    ++m_servedInLife;
    const auto found = m_sessions.find(job.ask.client);
    if (found != m_sessions.end() && found->second.session == job.ask.session)
    {
        std::vector<uint32_t>& inService = found->second.inService;
        inService.erase(std::remove(inService.begin(), inService.end(), job.ask.number),
                        inService.end());
        if (m_state == ENDPOINT_DRAINING && inService.empty())
        {
            // The answer says so: the client is to go elsewhere with its next request.
            CloseSession(found->first, found->second);
            m_sessions.erase(found);
        }
    }
    if (m_quota != 0 && m_servedInLife == m_quota && m_state != ENDPOINT_DRAINING)
    {
        ++m_counts.overQuota;
        m_change.Cancel();
        SetState(ENDPOINT_DRAINING);
        m_change = Simulator::Schedule(m_drainTime, &EndpointInstance::End, this);
        SendReport({});
    }
    Answer(job, m_state == ENDPOINT_DRAINING ? EndpointAnswer::MOVE : EndpointAnswer::DONE);
}

void
EndpointInstance::Answer(const Job& job, uint8_t kind)
{
    EndpointAnswer answer;
    answer.client = job.ask.client;
    answer.session = job.ask.session;
    answer.number = job.ask.number;
    answer.endpoint = m_number;
    answer.kind = kind;
    if (kind == EndpointAnswer::NO_SUCH)
    {
        Send(answer.Write(), job.address, job.port, 0);
        return;
    }
    answer.size = static_cast<uint16_t>(m_answerSize);
    // Answers leave one after the other at the bandwidth that the instance has.
    const double bits = 8.0 * (m_answerSize + 28);
    const double rate = static_cast<double>(m_bandwidth.GetBitRate()) * m_permille / 1000;
    m_sendFree = std::max(m_sendFree, Simulator::Now()) +
                 NanoSeconds(static_cast<int64_t>(bits / rate * 1e9));
    m_sentInReport += m_answerSize;
    Simulator::Schedule(m_sendFree - Simulator::Now(),
                        &EndpointInstance::SendAnswer,
                        this,
                        answer,
                        job.address,
                        job.port);
}

void
EndpointInstance::SendAnswer(EndpointAnswer answer, uint32_t address, uint16_t port)
{
    if (m_socket && !m_isDown)
    {
        Send(answer.Write(), address, port, answer.size);
    }
}

} // namespace sharding
} // namespace ns3
