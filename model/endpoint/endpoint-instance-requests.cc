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

/// @return a client's channel, if it is still this one; else the end
EndpointInstance::Sessions::iterator
EndpointInstance::FindSession(uint64_t client, uint32_t session)
{
    const auto found = m_sessions.find(client);
    return found != m_sessions.end() && found->second.session == session ? found : m_sessions.end();
}

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
    if (isHub)
    {
        // The hub has looked at whom it forwards; there is no session with the client.
        if (!IsRunning())
        {
            ++m_counts.refused;
            Answer(job, EndpointAnswer::NO_SUCH);
            return;
        }
        if (HandOn(job, m_number))
        {
            return;
        }
    }
    else
    {
        const auto found = FindSession(job.ask.client, job.ask.session);
        if (!IsRunning() || found == m_sessions.end() || found->second.address != address ||
            found->second.port != port)
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
        session.active = job.came;
        std::vector<uint32_t>& handedOn = session.handedOn;
        const auto before = std::find(handedOn.begin(), handedOn.end(), job.ask.number);
        if (before != handedOn.end())
        {
            // Repeated: who has it may be down. It is not handed on again, but served here.
            handedOn.erase(before);
        }
        else
        {
            ++session.requests;
            session.work += job.ask.work;
            job.home = m_address;
            job.homePort = m_port;
            if (HandOn(job, m_number))
            {
                handedOn.push_back(job.ask.number);
                return;
            }
            job.homePort = 0;
        }
        inService.push_back(job.ask.number);
    }
    Serve(job);
}

void
EndpointInstance::Serve(const Job& job)
{
    m_workInReport += job.ask.work;
    ++m_requestsInReport;
    AddJob(job, NanoSeconds(static_cast<int64_t>(job.ask.work)));
}

/**
 * @param job request that came
 * @param avoid who sent it, if another endpoint did, else itself
 * @return whether another endpoint has it now
 */
bool
EndpointInstance::HandOn(const Job& job, uint32_t avoid)
{
    // Who drains has to answer itself, since its answers say so.
    if (job.hops >= m_hops || m_held == 0 || m_state == ENDPOINT_DRAINING)
    {
        return false;
    }
    const bool isAmong =
        std::any_of(m_peers.begin(),
                    m_peers.end(),
                    [avoid](const EndpointPlace& peer) { return peer.endpoint == avoid; });
    const auto choices = static_cast<uint32_t>(m_peers.size()) - (isAmong ? 1 : 0);
    if (choices == 0)
    {
        return false;
    }
    uint32_t place = m_uniform->GetInteger(0, choices - 1);
    for (uint32_t i = 0; isAmong && i <= place; ++i)
    {
        if (m_peers[i].endpoint == avoid)
        {
            ++place;
            break;
        }
    }
    ++m_counts.handed;
    EndpointHand hand;
    hand.ask = job.ask;
    hand.address = job.address;
    hand.port = job.port;
    hand.home = job.home;
    hand.homePort = job.homePort;
    hand.hops = static_cast<uint8_t>(job.hops + 1);
    Send(hand.Write(), m_peers[place].address, m_peers[place].port, 0);
    return true;
}

void
EndpointInstance::TakeHand(const EndpointMessage& message, uint32_t address, uint16_t port)
{
    EndpointHand hand;
    if (!ReadEndpointBody(message.body, hand))
    {
        ++m_counts.malformed;
        return;
    }
    ++m_counts.received;
    ++m_counts.fromPeers;
    Job job;
    job.ask = hand.ask;
    job.address = hand.address;
    job.port = hand.port;
    job.home = hand.home;
    job.homePort = hand.homePort;
    job.came = Simulator::Now();
    job.hops = hand.hops;
    const auto peer = std::find_if(m_peers.begin(),
                                   m_peers.end(),
                                   [&](const EndpointPlace& place)
                                   { return place.address == address && place.port == port; });
    if (!IsRunning() || peer == m_peers.end())
    {
        // It ends, or who ends has not heard of it: the client asks again.
        ++m_counts.refused;
        TellHome(job, EndpointAnswer::NO_SUCH);
        Answer(job, EndpointAnswer::NO_SUCH);
        return;
    }
    if (!HandOn(job, peer->endpoint))
    {
        Serve(job);
    }
}

/// To who handed it on first, so that it knows a request that is repeated from a new one.
void
EndpointInstance::TellHome(const Job& job, uint8_t kind)
{
    if (job.homePort == 0)
    {
        return;
    }
    Send(MakeAnswer(job, kind).Write(), job.home, job.homePort, 0);
}

/// A request that was handed on is served, or is not going to be.
void
EndpointInstance::TakeServed(const EndpointMessage& message)
{
    EndpointAnswer answer;
    if (!ReadEndpointBody(message.body, answer))
    {
        ++m_counts.malformed;
        return;
    }
    const auto found = FindSession(answer.client, answer.session);
    if (found != m_sessions.end())
    {
        std::vector<uint32_t>& handedOn = found->second.handedOn;
        handedOn.erase(std::remove(handedOn.begin(), handedOn.end(), answer.number),
                       handedOn.end());
    }
}

void
EndpointInstance::TakePeers(const EndpointMessage& message)
{
    EndpointPeers peers;
    if (!ReadEndpointBody(message.body, peers) || peers.endpoint != m_number)
    {
        ++m_counts.malformed;
        return;
    }
    m_peers = peers.places;
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
    const auto found = FindSession(close.client, close.session);
    if (found != m_sessions.end())
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
        if (FindSession(job.ask.client, job.ask.session) != m_sessions.end())
        {
            Opened(job.ask.client, job.ask.session, SHARD_TOKEN_ACCEPTED, job.address, job.port);
        }
        return;
    }
    ++m_counts.served;
    m_counts.servedCold += m_isWarm ? 0 : 1;
    ++m_servedInLife;
    const auto found = FindSession(job.ask.client, job.ask.session);
    if (found != m_sessions.end())
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
    // Where it was handed on, the client's channel is to another endpoint.
    TellHome(job, EndpointAnswer::DONE);
    const bool isMoved = m_state == ENDPOINT_DRAINING && job.hops == 0;
    Answer(job, isMoved ? EndpointAnswer::MOVE : EndpointAnswer::DONE);
}

EndpointAnswer
EndpointInstance::MakeAnswer(const Job& job, uint8_t kind) const
{
    EndpointAnswer answer;
    answer.client = job.ask.client;
    answer.session = job.ask.session;
    answer.number = job.ask.number;
    answer.endpoint = m_number;
    answer.kind = kind;
    return answer;
}

void
EndpointInstance::Answer(const Job& job, uint8_t kind)
{
    EndpointAnswer answer = MakeAnswer(job, kind);
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
