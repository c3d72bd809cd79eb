// SPDX-License-Identifier: GPL-2.0-only
//
// What an endpoint does with messages. Its life is in endpoint-instance.cc.
#include "endpoint-instance.h"

#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

namespace
{

/// @param body of a message  @param into what to read it into  @return whether it is one
template <typename T>
bool
ReadBody(const std::vector<uint8_t>& body, T& into)
{
    return into.Read(body.data(), static_cast<uint32_t>(body.size())) == SHARD_OK;
}

} // namespace

void
EndpointInstance::Receive(Ptr<Socket> socket)
{
    Address from;
    while (Ptr<Packet> packet = socket->RecvFrom(from))
    {
        if (m_isDown)
        {
            // A request that comes to a crashed host is lost like those that were there.
            EndpointMessage lost;
            const bool isRequest = lost.Read(packet) == SHARD_OK && lost.type == ENDPOINT_REQUEST;
            m_counts.received += isRequest ? 1 : 0;
            m_counts.dropped += isRequest ? 1 : 0;
            continue;
        }
        const InetSocketAddress source = InetSocketAddress::ConvertFrom(from);
        const uint32_t address = source.GetIpv4().Get();
        EndpointMessage message;
        if (message.Read(packet) != SHARD_OK)
        {
            ++m_counts.malformed;
            continue;
        }
        const bool isHub = address == m_hubAddress && source.GetPort() == m_hubPort;
        switch (message.type)
        {
        case ENDPOINT_PREPARE:
            isHub ? TakePrepare(message) : void(++m_counts.malformed);
            break;
        case ENDPOINT_COMMAND:
            isHub ? TakeCommand(message) : void(++m_counts.malformed);
            break;
        case ENDPOINT_PROBED:
            TakeProbed(message);
            break;
        case ENDPOINT_OPEN:
            TakeOpen(message, address, source.GetPort());
            break;
        case ENDPOINT_REQUEST:
            TakeRequest(message, address, source.GetPort());
            break;
        case ENDPOINT_CLOSE:
            TakeClose(message);
            break;
        default:
            ++m_counts.malformed;
        }
    }
}

void
EndpointInstance::TakeCommand(const EndpointMessage& message)
{
    EndpointCommand command;
    if (!ReadBody(message.body, command) || command.endpoint != m_number)
    {
        ++m_counts.malformed;
        return;
    }
    if (command.kind == EndpointCommand::CREATE)
    {
        if (m_state == ENDPOINT_OFF && command.life > m_life)
        {
            m_life = command.life;
            m_group = command.group;
            m_permille = command.permille;
            Begin();
            return;
        }
        if (command.life != m_life || m_state == ENDPOINT_OFF)
        {
            return;
        }
        if (m_permille != command.permille)
        {
            Account();
            m_permille = command.permille;
            UpdateSpeed();
        }
        if (m_state == ENDPOINT_DRAINING && (m_quota == 0 || m_servedInLife < m_quota))
        {
            m_change.Cancel();
            SetState(m_isWarm ? ENDPOINT_WARM : ENDPOINT_WARMING);
            if (!m_isWarm)
            {
                m_change = Simulator::Schedule(m_warmUp, &EndpointInstance::Warmed, this);
            }
        }
        return;
    }
    if (command.life != m_life)
    {
        return;
    }
    if (m_state == ENDPOINT_STARTING)
    {
        End();
    }
    else if (m_state == ENDPOINT_WARMING || m_state == ENDPOINT_WARM)
    {
        m_change.Cancel();
        SetState(ENDPOINT_DRAINING);
        m_change = Simulator::Schedule(m_drainTime, &EndpointInstance::End, this);
        Idle();
    }
}

void
EndpointInstance::TakePrepare(const EndpointMessage& message)
{
    EndpointPrepare prepare;
    if (!ReadBody(message.body, prepare))
    {
        ++m_counts.malformed;
        return;
    }
    if (m_state != ENDPOINT_WARMING && m_state != ENDPOINT_WARM)
    {
        return;
    }
    const uint32_t bytes =
        EndpointMessage::FRAME + static_cast<uint32_t>(message.body.size()) + message.filling;
    ++m_counts.prepared;
    m_counts.preparedBytes += bytes;
    const auto before = m_prepared.find(prepare.client);
    if (before != m_prepared.end())
    {
        Forget(before, true); // of an attempt that came to nothing
    }
    Prepared& prepared = m_prepared[prepare.client];
    prepared.number = prepare.number;
    prepared.since = Simulator::Now();
    prepared.address = prepare.address;
    prepared.port = prepare.port;
    prepared.bytes = bytes;
    prepared.early = message.filling;
    m_early += message.filling;
    m_counts.preparedWork += m_prepareWork.GetSeconds();
    Job job;
    job.type = ENDPOINT_PREPARE;
    job.ask.client = prepare.client;
    job.ask.session = prepare.number;
    AddJob(job, m_prepareWork);
}

void
EndpointInstance::TakeProbed(const EndpointMessage& message)
{
    EndpointProbe probe;
    if (!ReadBody(message.body, probe) || probe.endpoint != m_number)
    {
        ++m_counts.malformed;
        return;
    }
    const auto found = m_prepared.find(probe.client);
    if (found == m_prepared.end() || found->second.number != probe.number)
    {
        return;
    }
    probe.trip = static_cast<uint32_t>((Simulator::Now() - found->second.probed).GetMicroSeconds());
    probe.protocol = probe.protocol == m_protocol ? m_protocol : 0;
    const std::vector<uint8_t> ready = probe.Write(ENDPOINT_READY);
    const uint32_t bytes = static_cast<uint32_t>(2 * ready.size());
    m_counts.preparedBytes += bytes; // the answer to the probe is as long
    found->second.bytes += bytes;
    Send(ready, m_hubAddress, m_hubPort, 0);
}

void
EndpointInstance::Opened(uint64_t client,
                         uint32_t session,
                         uint8_t verdict,
                         uint32_t address,
                         uint16_t port)
{
    EndpointOpened opened;
    opened.client = client;
    opened.session = session;
    opened.endpoint = m_number;
    opened.verdict = verdict;
    Send(opened.Write(), address, port, 0);
}

void
EndpointInstance::TakeOpen(const EndpointMessage& message, uint32_t address, uint16_t port)
{
    EndpointOpen open;
    if (!ReadBody(message.body, open))
    {
        ++m_counts.malformed;
        return;
    }
    const auto known = m_sessions.find(open.client);
    if (known != m_sessions.end() && known->second.session == open.session &&
        known->second.address == address && known->second.port == port)
    {
        // Sent again, because what was opened was not heard of. It goes to where it did.
        Opened(open.client, open.session, SHARD_TOKEN_ACCEPTED, address, port);
        return;
    }
    uint8_t verdict = ENDPOINT_OPEN_AWAY;
    const bool isOpen = m_state == ENDPOINT_WARMING || m_state == ENDPOINT_WARM;
    if (!isOpen)
    {
        ++m_counts.away;
    }
    else if (Memory() + m_sessionMemory > m_memory * m_permille / 1000)
    {
        // Before the token is used up: it may be shown elsewhere.
        verdict = ENDPOINT_OPEN_FULL;
        ++m_counts.full;
    }
    else
    {
        verdict = m_gate->Judge(Simulator::Now(), open, address, m_group, m_number);
    }
    m_openTrace(m_number, open.client, verdict);
    if (verdict != SHARD_TOKEN_ACCEPTED)
    {
        Opened(open.client, open.session, verdict, address, port);
        return;
    }
    if (known != m_sessions.end())
    {
        CloseSession(known->first, known->second);
    }
    Session session;
    session.session = open.session;
    session.address = address;
    session.port = port;
    session.opened = Simulator::Now();
    session.active = Simulator::Now();
    m_sessions[open.client] = session;
    Job job;
    job.type = ENDPOINT_OPEN;
    job.ask.client = open.client;
    job.ask.session = open.session;
    job.address = address;
    job.port = port;
    Time work = m_openWork;
    const auto prepared = m_prepared.find(open.client);
    if (prepared != m_prepared.end())
    {
        // Where that work is still waiting, it is done before this.
        const bool isUsed = prepared->second.number == open.session;
        m_counts.preparedUsed += isUsed ? 1 : 0;
        work = isUsed ? Time(0) : work;
        Forget(prepared, !isUsed);
    }
    AddJob(job, work);
}

void
EndpointInstance::TakeRequest(const EndpointMessage& message, uint32_t address, uint16_t port)
{
    Job job;
    if (!ReadBody(message.body, job.ask))
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
    if (!ReadBody(message.body, close))
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
