// SPDX-License-Identifier: GPL-2.0-only
//
// What an endpoint does with messages: who may come, and who comes. Requests are in
// endpoint-instance-requests.cc, its life is in endpoint-instance-life.cc.
#include "endpoint-instance.h"

#include "ns3/simulator.h"

namespace ns3
{
namespace sharding
{

void
EndpointInstance::Receive(Ptr<Socket> socket)
{
    Address from;
    while (Ptr<Packet> packet = socket->RecvFrom(from))
    {
        if (m_isDown)
        {
            Lose(packet);
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
        case ENDPOINT_PEERS:
            isHub ? TakePeers(message) : void(++m_counts.malformed);
            break;
        case ENDPOINT_HAND:
            TakeHand(message, address, source.GetPort());
            break;
        case ENDPOINT_RESPONSE:
            TakeServed(message);
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

/// A request that comes to a crashed host is lost like those that were there.
void
EndpointInstance::Lose(Ptr<const Packet> packet)
{
    EndpointMessage lost;
    if (lost.Read(packet) != SHARD_OK)
    {
        return;
    }
    const bool isRequest = lost.type == ENDPOINT_REQUEST || lost.type == ENDPOINT_HAND;
    m_counts.fromPeers += lost.type == ENDPOINT_HAND ? 1 : 0;
    m_counts.received += isRequest ? 1 : 0;
    m_counts.dropped += isRequest ? 1 : 0;
    EndpointOpen open;
    if (lost.type == ENDPOINT_OPEN && ReadEndpointBody(lost.body, open))
    {
        m_openTrace(m_number, open.client, ENDPOINT_OPEN_AWAY);
    }
}

void
EndpointInstance::TakeCommand(const EndpointMessage& message)
{
    EndpointCommand command;
    if (!ReadEndpointBody(message.body, command) || command.endpoint != m_number)
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
    if (!ReadEndpointBody(message.body, prepare))
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
    if (!ReadEndpointBody(message.body, probe) || probe.endpoint != m_number)
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
    if (!ReadEndpointBody(message.body, open))
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

} // namespace sharding
} // namespace ns3
