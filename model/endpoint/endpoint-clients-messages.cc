// SPDX-License-Identifier: GPL-2.0-only
//
// What a client does with messages that come.
#include "endpoint-clients.h"

#include "ns3/shard-token-wrap.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

void
EndpointClients::Receive(Ptr<Socket> socket)
{
    Address from;
    while (Ptr<Packet> packet = socket->RecvFrom(from))
    {
        EndpointMessage message;
        if (message.Read(packet) != SHARD_OK)
        {
            ++m_counts.malformed;
            continue;
        }
        switch (message.type)
        {
        case ENDPOINT_PROBE:
            TakeProbe(message, InetSocketAddress::ConvertFrom(from));
            break;
        case ENDPOINT_GRANT:
            TakeGrant(message);
            break;
        case ENDPOINT_OPENED:
            TakeOpened(message);
            break;
        case ENDPOINT_RESPONSE:
            TakeAnswer(message);
            break;
        default:
            ++m_counts.malformed;
        }
    }
}

void
EndpointClients::TakeProbe(const EndpointMessage& message, const InetSocketAddress& from)
{
    EndpointProbe probe;
    if (!ReadEndpointBody(message.body, probe) || !IsMine(probe.client))
    {
        ++m_counts.malformed;
        return;
    }
    probe.protocol = m_protocol;
    Send(m_socket, probe.Write(ENDPOINT_PROBED), from.GetIpv4().Get(), from.GetPort());
}

void
EndpointClients::TakeGrant(const EndpointMessage& message)
{
    EndpointGrant grant;
    if (!ReadEndpointBody(message.body, grant) || !IsMine(grant.client))
    {
        ++m_counts.malformed;
        return;
    }
    Client& client = At(grant.client);
    if (client.phase != CONTACT || client.session != grant.number || grant.places.empty())
    {
        return; // of an attempt that is over; or there is no endpoint: it asks again when it is
                // late
    }
    std::array<uint8_t, 32> secret;
    if (!ShardTokenUnwrap(m_secrets.seal,
                          ShardTokenClientKey(m_secrets.master, grant.client),
                          grant.token,
                          grant.wrapped,
                          secret))
    {
        ++m_counts.forgedGrants;
        return;
    }
    client.secret = secret;
    client.token = grant.token;
    client.group = grant.group;
    client.places = grant.places;
    client.place = 0;
    client.tries = 0;
    if (client.places.front().endpoint == ENDPOINT_HUB)
    {
        // The hub is a proxy: the channel is to it, and it is open.
        client.phase = OPENING;
        SendRequests(grant.client);
        EndpointOpened opened;
        opened.client = grant.client;
        opened.session = client.session;
        opened.endpoint = ENDPOINT_HUB;
        EndpointMessage own;
        const std::vector<uint8_t> bytes = opened.Write();
        own.Read(bytes.data(), static_cast<uint32_t>(bytes.size()), bytes.size());
        TakeOpened(own);
        return;
    }
    SendOpen(grant.client);
}

void
EndpointClients::TakeOpened(const EndpointMessage& message)
{
    EndpointOpened opened;
    if (!ReadEndpointBody(message.body, opened) || !IsMine(opened.client))
    {
        ++m_counts.malformed;
        return;
    }
    Client& client = At(opened.client);
    if (client.phase != OPENING || client.session != opened.session ||
        client.places[client.place].endpoint != opened.endpoint)
    {
        return;
    }
    if (opened.verdict != SHARD_TOKEN_ACCEPTED)
    {
        NextPlace(opened.client, ENDPOINT_HUB);
        return;
    }
    client.phase = OPEN;
    client.opened = Simulator::Now();
    client.active = client.opened;
    ++m_counts.opened;
    m_connectTrace(opened.client, client.opened - client.contact, opened.endpoint);
    SendRequests(opened.client); // what was given up for lost while it waited
    Simulator::Schedule(m_idle, &EndpointClients::CheckIdle, this, opened.client, client.session);
    if (m_stealEvery > 0 && m_counts.opened % m_stealEvery == 0 && opened.endpoint != ENDPOINT_HUB)
    {
        Steal(opened.client, (1 << ENDPOINT_THEFTS) - 1);
    }
}

void
EndpointClients::TakeAnswer(const EndpointMessage& message)
{
    EndpointAnswer answer;
    if (!ReadEndpointBody(message.body, answer) || !IsMine(answer.client))
    {
        ++m_counts.malformed;
        return;
    }
    Client& client = At(answer.client);
    const auto found =
        std::find_if(client.requests.begin(),
                     client.requests.end(),
                     [&](uint32_t handle) { return m_requests[handle].number == answer.number; });
    if (found == client.requests.end())
    {
        m_counts.late += answer.kind == EndpointAnswer::NO_SUCH ? 0 : 1;
        return;
    }
    const bool isCurrent = client.phase == OPEN && client.session == answer.session;
    if (answer.kind == EndpointAnswer::NO_SUCH)
    {
        if (isCurrent && client.places[client.place].endpoint == answer.endpoint)
        {
            ++m_counts.broken;
            Lost(answer.client, ENDPOINT_HUB);
        }
        else if (client.phase != OPENING && m_requests[*found].session == answer.session)
        {
            // Of a channel that is over: it goes over the next one.
            m_requests[*found].session = 0;
            if (client.phase == OPEN)
            {
                SendRequest(*found);
            }
            else if (client.phase == NONE)
            {
                Contact(answer.client, ENDPOINT_HUB);
            }
        }
        return;
    }
    client.active = Simulator::Now();
    const uint32_t handle = *found;
    if (isCurrent && answer.kind == EndpointAnswer::MOVE)
    {
        // What is in service there is still answered; what comes next goes elsewhere.
        ++m_counts.moved;
        client.phase = NONE;
    }
    Finish(handle, true, answer.endpoint);
}

} // namespace sharding
} // namespace ns3
