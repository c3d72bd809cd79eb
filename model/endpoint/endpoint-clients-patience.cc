// SPDX-License-Identifier: GPL-2.0-only
//
// What clients do when nothing comes, when they are done, and what thieves do.
#include "endpoint-clients.h"

#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

/// All wait equally long, so that the last to begin is the last to be late.
void
EndpointClients::Wait(const Deadline& deadline)
{
    m_deadlines.push_back(deadline);
    if (m_checking.IsExpired())
    {
        m_checking = Simulator::Schedule(m_deadlines.front().at - Simulator::Now(),
                                         &EndpointClients::CheckDeadlines,
                                         this);
    }
}

void
EndpointClients::CheckDeadlines()
{
    const Time now = Simulator::Now();
    while (!m_deadlines.empty() && m_deadlines.front().at <= now)
    {
        const Deadline late = m_deadlines.front();
        m_deadlines.pop_front();
        Client& client = At(late.client);
        if (late.phase == CONTACT)
        {
            if (client.phase != CONTACT || client.session != late.session ||
                client.tries != late.tries)
            {
                continue;
            }
            if (++client.tries <= m_retries)
            {
                SendAttempt(late.client, late.handle);
                continue;
            }
            client.phase = NONE;
            while (!client.requests.empty())
            {
                Finish(client.requests.back(), false, ENDPOINT_HUB);
            }
        }
        else if (late.phase == OPENING)
        {
            if (client.phase != OPENING || client.session != late.session ||
                client.place != late.handle || client.tries != late.tries)
            {
                continue;
            }
            if (++client.tries <= m_retries)
            {
                SendOpen(late.client);
                continue;
            }
            NextPlace(late.client, client.places[client.place].endpoint);
        }
        else
        {
            const auto& requests = client.requests;
            if (std::find(requests.begin(), requests.end(), late.handle) == requests.end())
            {
                continue;
            }
            Request& request = m_requests[late.handle];
            if (request.number != late.session || request.tries != late.tries)
            {
                continue;
            }
            // Twice as often as one endpoint is asked: one chance with another one.
            if (request.tries > 2 * m_retries + 1)
            {
                const uint32_t endpoint = request.endpoint;
                Finish(late.handle, false, endpoint);
            }
            else if (client.phase == OPEN && client.session == request.session)
            {
                if (request.triesHere < m_retries)
                {
                    SendRequest(late.handle);
                }
                else
                {
                    ++m_counts.broken;
                    Lost(late.client, request.endpoint);
                }
            }
            else if (client.phase == OPEN)
            {
                SendRequest(late.handle); // it was sent over a channel that is over
            }
            else
            {
                request.session = 0; // it goes over the channel to come
                if (client.phase == NONE)
                {
                    Contact(late.client, ENDPOINT_HUB);
                }
            }
        }
    }
    if (!m_deadlines.empty() && m_checking.IsExpired())
    {
        m_checking = Simulator::Schedule(m_deadlines.front().at - now,
                                         &EndpointClients::CheckDeadlines,
                                         this);
    }
}

/// The channel is no more: all that is open goes over another one.
void
EndpointClients::Lost(uint64_t number, uint32_t avoid)
{
    Client& client = At(number);
    for (const uint32_t handle : client.requests)
    {
        m_requests[handle].session = 0;
    }
    Contact(number, avoid);
}

void
EndpointClients::Close(uint64_t number)
{
    Client& client = At(number);
    const EndpointPlace& place = client.places[client.place];
    if (place.endpoint != ENDPOINT_HUB)
    {
        EndpointAsk close;
        close.client = number;
        close.session = client.session;
        Send(m_socket, close.Write(ENDPOINT_CLOSE), place.address, place.port);
    }
    client.phase = NONE;
}

void
EndpointClients::CheckIdle(uint64_t number, uint32_t session)
{
    const Client& client = At(number);
    if (client.phase != OPEN || client.session != session)
    {
        return;
    }
    const Time silent = Simulator::Now() - client.active;
    if (client.requests.empty() && silent >= m_idle)
    {
        Close(number);
        return;
    }
    const Time next = client.requests.empty() ? m_idle - silent : m_idle;
    Simulator::Schedule(next, &EndpointClients::CheckIdle, this, number, session);
}

/// Somebody has seen what was sent to open a channel, and tries to make use of it.
void
EndpointClients::Steal(uint64_t number, uint64_t kinds)
{
    const Client& client = At(number);
    const EndpointPlace place = client.places[client.place];
    for (uint8_t kind = 0; kind < ENDPOINT_THEFTS; ++kind)
    {
        if ((kinds >> kind & 1) == 0)
        {
            continue;
        }
        EndpointOpen open = OpenOf(number);
        if (kind == ENDPOINT_THEFT_FORGE)
        {
            // Another bit each time, of nonce, claims and tag.
            const uint64_t bit = m_thefts[kind] * 131 % (8 * (open.token.size() - 4));
            open.token[4 + bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
        }
        else if (kind == ENDPOINT_THEFT_CLIENT)
        {
            ++open.client;
        }
        else if (kind == ENDPOINT_THEFT_GROUP)
        {
            ++open.group;
        }
        const Time wait = kind == ENDPOINT_THEFT_EXPIRED ? m_tokenLifetime : Time(0);
        Simulator::Schedule(wait, &EndpointClients::ShowStolen, this, open, place, kind);
    }
}

void
EndpointClients::ShowStolen(EndpointOpen open, EndpointPlace place, uint8_t kind)
{
    if (m_thief)
    {
        ++m_thefts[kind];
        Send(m_thief, open.Write(), place.address, place.port);
    }
}

void
EndpointClients::ReceiveStolen(Ptr<Socket> socket)
{
    while (Ptr<Packet> packet = socket->Recv())
    {
        EndpointMessage message;
        EndpointOpened opened;
        if (message.Read(packet) == SHARD_OK && message.type == ENDPOINT_OPENED &&
            ReadEndpointBody(message.body, opened) && opened.verdict == SHARD_TOKEN_ACCEPTED)
        {
            ++m_succeeded;
        }
    }
}

} // namespace sharding
} // namespace ns3
