// SPDX-License-Identifier: GPL-2.0-only
//
// What the hub does for clients: first contact and token, and the proxy to compare with.
#include "endpoint-hub.h"

#include "ns3/shard-token-wrap.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

/// @param wanted group  @return it, or another one where nobody is there in it
uint32_t
EndpointHub::FillGroup(uint32_t wanted) const
{
    for (uint32_t i = 0; i < m_groups.size(); ++i)
    {
        const uint32_t group = (wanted + i) % static_cast<uint32_t>(m_groups.size());
        if (!m_groups[group].who.empty())
        {
            return group;
        }
    }
    return wanted;
}

/// What the policy may know of loads, just before it is asked.
void
EndpointHub::UpdateLoads(Group& group)
{
    group.loads.resize(group.who.size());
    const bool isPerfect = group.select->GetSight() == EndpointSelect::PERFECT && m_loadTruth;
    for (std::size_t place = 0; place < group.who.size(); ++place)
    {
        const uint32_t number = group.who[place].id;
        const uint32_t load = isPerfect   ? m_loadTruth(number)
                              : m_isProxy ? m_forwardsAt[number]
                                          : m_manager->GetSlots()[number].sessions;
        // One that is slower is as full with fewer: connections go to the warm ones first.
        group.loads[place] = static_cast<uint32_t>(std::lround(load / group.who[place].weight));
    }
}

/// @return number of an endpoint of a group that has any
uint32_t
EndpointHub::Select(Group& group, uint64_t client, uint32_t avoid)
{
    UpdateLoads(group);
    EndpointRequest request;
    request.client = client;
    uint32_t place = group.select->Choose(Simulator::Now(), request, group.loads);
    if (group.who[place].id == avoid)
    {
        place = (place + 1) % group.who.size();
    }
    return group.who[place].id;
}

void
EndpointHub::TakeAttempt(const Job& job)
{
    EndpointAttempt attempt;
    if (!ReadEndpointBody(job.message.body, attempt))
    {
        ++m_counts.malformed;
        return;
    }
    ++m_counts.attempts;
    const Time now = Simulator::Now();
    if (attempt.avoid != ENDPOINT_HUB && m_manager->Suspect(attempt.avoid))
    {
        GroupsChanged();
    }
    Client& client = m_clients[attempt.client];
    Commit(client, 0);
    client.features = {attempt.client, attempt.region, attempt.device};
    const double demand = m_profiler->Demand(now, client.features);
    const auto groups = static_cast<uint32_t>(m_groups.size());
    client.group = FillGroup(m_grouping == BY_REGION ? attempt.region % groups
                                                     : m_profiler->Group(attempt.client, demand));
    Group& group = m_groups[client.group];
    Pending pending;
    pending.attempt = attempt;
    pending.address = job.address;
    pending.port = job.port;
    pending.group = client.group;
    pending.sent = now;
    if (group.who.empty())
    {
        ++m_counts.refused;
        Grant(pending, {});
        return;
    }
    Commit(client, demand);
    if (m_isProxy)
    {
        Grant(pending, {ENDPOINT_HUB});
        return;
    }
    const uint32_t selected = Select(group, attempt.client, attempt.avoid);
    pending.numbers = Announce(job, attempt, group, selected);
    if (m_isFirstReady && m_fanout > 0)
    {
        Pending& waiting = m_pending[attempt.client];
        waiting.late.Cancel();
        waiting = pending;
        waiting.late =
            Simulator::Schedule(m_readyTimeout, &EndpointHub::Late, this, attempt.client);
        return;
    }
    m_manager->Granted(selected);
    Grant(pending, pending.numbers);
}

/// Tell N endpoints, the selected one among them. @return they, and further ones to fall back on
std::vector<uint32_t>
EndpointHub::Announce(const Job& job,
                      const EndpointAttempt& attempt,
                      Group& group,
                      uint32_t selected)
{
    std::vector<uint32_t> numbers{selected};
    const auto wanted =
        std::min<std::size_t>(std::max(m_fanout, 1 + m_fallbacks), group.who.size());
    // As many draws whatever is drawn: each one begins where it fell, and goes on to the next.
    for (std::size_t i = 1; i < wanted; ++i)
    {
        std::size_t place = 0;
        if (m_scheme == ROUND_ROBIN)
        {
            place = group.next++ % group.who.size();
        }
        else
        {
            double sum = 0;
            for (const EndpointInfo& info : group.who)
            {
                sum += info.weight;
            }
            double left = m_uniform->GetValue() * sum;
            while (place + 1 < group.who.size() && left >= group.who[place].weight)
            {
                left -= group.who[place++].weight;
            }
        }
        while (std::find(numbers.begin(), numbers.end(), group.who[place].id) != numbers.end())
        {
            place = (place + 1) % group.who.size();
        }
        numbers.push_back(group.who[place].id);
    }
    for (std::size_t i = 0; i < numbers.size() && i < m_fanout; ++i)
    {
        EndpointPrepare prepare;
        prepare.client = attempt.client;
        prepare.number = attempt.number;
        prepare.address = job.address;
        prepare.port = job.port;
        prepare.early = static_cast<uint16_t>(m_early);
        const EndpointPlace& place = m_manager->GetSlots()[numbers[i]].place;
        const std::vector<uint8_t> message = prepare.Write();
        ++m_counts.prepares;
        m_counts.prepareBytes += message.size() + m_early;
        Send(message, place.address, place.port, m_early);
    }
    return numbers;
}

void
EndpointHub::TakeReady(const Job& job)
{
    EndpointProbe probe;
    if (!ReadEndpointBody(job.message.body, probe) ||
        probe.endpoint >= m_manager->GetSlots().size())
    {
        ++m_counts.malformed;
        return;
    }
    ++m_counts.ready;
    m_counts.mismatched += probe.protocol == 0 ? 1 : 0;
    const auto found = m_pending.find(probe.client);
    const uint32_t groupOf = m_manager->GetSlots()[probe.endpoint].group;
    if (found == m_pending.end() || found->second.attempt.number != probe.number)
    {
        const auto client = m_clients.find(probe.client);
        if (client != m_clients.end() && probe.protocol != 0)
        {
            m_groups[groupOf].select->Answered(Simulator::Now(),
                                               probe.endpoint,
                                               Simulator::Now() - client->second.since);
        }
        return;
    }
    if (probe.protocol == 0)
    {
        return;
    }
    Pending pending = found->second;
    m_pending.erase(found);
    pending.late.Cancel();
    m_groups[groupOf].select->Answered(Simulator::Now(),
                                       probe.endpoint,
                                       Simulator::Now() - pending.sent);
    const auto first = std::find(pending.numbers.begin(), pending.numbers.end(), probe.endpoint);
    if (first != pending.numbers.end())
    {
        std::rotate(pending.numbers.begin(), first, first + 1);
    }
    m_manager->Granted(pending.numbers.front());
    Grant(pending, pending.numbers);
}

void
EndpointHub::Late(uint64_t client)
{
    const auto found = m_pending.find(client);
    const Pending pending = found->second;
    m_pending.erase(found);
    m_manager->Granted(pending.numbers.front());
    Grant(pending, pending.numbers);
}

/// @param pending client  @param numbers of endpoints to name; none: it is refused
void
EndpointHub::Grant(const Pending& pending, const std::vector<uint32_t>& numbers)
{
    EndpointGrant grant;
    grant.client = pending.attempt.client;
    grant.number = pending.attempt.number;
    grant.group = pending.group;
    for (const uint32_t number : numbers)
    {
        grant.places.push_back(number == ENDPOINT_HUB
                                   ? EndpointPlace{ENDPOINT_HUB, m_address, m_port}
                                   : m_manager->GetSlots()[number].place);
        grant.places.back().endpoint = number;
    }
    if (!numbers.empty())
    {
        const auto now = static_cast<uint64_t>(Simulator::Now().GetNanoSeconds());
        ShardTokenClaims claims;
        claims.secret = m_keys->SecretFor(m_number);
        claims.client = grant.client;
        claims.address = pending.address;
        claims.group = pending.group;
        claims.issued = now;
        claims.expires = now + static_cast<uint64_t>(m_lifetime.GetNanoSeconds());
        grant.token = m_keys->Write(now, m_number, claims);
        grant.wrapped = ShardTokenWrap(m_secrets.seal,
                                       ShardTokenClientKey(m_secrets.master, grant.client),
                                       m_number,
                                       claims.secret);
        ++m_number.count;
        ++m_counts.granted;
    }
    Send(grant.Write(), pending.address, pending.port, 0);
}

/// As a proxy: on to an endpoint.
void
EndpointHub::TakeRequest(const Job& job)
{
    EndpointAsk ask;
    if (!ReadEndpointBody(job.message.body, ask) || !m_isProxy)
    {
        ++m_counts.malformed;
        return;
    }
    const auto client = m_clients.find(ask.client);
    const uint32_t wanted = client == m_clients.end() ? 0 : client->second.group;
    const uint32_t number = FillGroup(wanted);
    Group& group = m_groups[number];
    if (group.who.empty())
    {
        ++m_counts.refused;
        return; // the client asks again
    }
    const auto [entry, isNew] = m_forwards.try_emplace({ask.client, ask.number});
    Forward& forward = entry->second;
    if (isNew)
    {
        forward.address = job.address;
        forward.port = job.port;
        forward.group = number;
        forward.endpoint = Select(group, ask.client, ENDPOINT_HUB);
        ++m_forwardsAt[forward.endpoint];
    }
    forward.sent = Simulator::Now();
    ++m_counts.forwarded;
    const EndpointPlace& place = m_manager->GetSlots()[forward.endpoint].place;
    Send(ask.Write(ENDPOINT_REQUEST), place.address, place.port, 0);
}

/// As a proxy: back to the client.
void
EndpointHub::TakeResponse(const Job& job)
{
    EndpointAnswer answer;
    if (!ReadEndpointBody(job.message.body, answer))
    {
        ++m_counts.malformed;
        return;
    }
    const auto found = m_forwards.find({answer.client, answer.number});
    if (found == m_forwards.end())
    {
        return; // answered before, or given up
    }
    const Forward forward = found->second;
    m_forwards.erase(found);
    --m_forwardsAt[forward.endpoint];
    m_groups[forward.group].select->Answered(Simulator::Now(),
                                             forward.endpoint,
                                             Simulator::Now() - forward.sent);
    if (answer.kind == EndpointAnswer::NO_SUCH)
    {
        return; // it ends; the client asks again
    }
    ++m_counts.returned;
    answer.kind = EndpointAnswer::DONE; // who ends behind a proxy is not the client's business
    Send(answer.Write(), forward.address, forward.port, answer.size);
}

} // namespace sharding
} // namespace ns3
