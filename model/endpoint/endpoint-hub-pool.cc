// SPDX-License-Identifier: GPL-2.0-only
//
// What the hub hears of endpoints, and tells them, on behalf of the shard manager.
#include "endpoint-hand.h"
#include "endpoint-hub.h"

#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

void
EndpointHub::TakeReport(const Job& job)
{
    EndpointReport report;
    if (!ReadEndpointBody(job.message.body, report) ||
        report.endpoint >= m_manager->GetSlots().size() ||
        m_manager->GetSlots()[report.endpoint].place.address != job.address)
    {
        ++m_counts.malformed;
        return;
    }
    ++m_counts.reports;
    // Of requests that go straight to endpoints the hub sees no answers.
    if (const auto latency = report.Latency(); latency && !m_isProxy)
    {
        m_groups[m_manager->GetSlots()[report.endpoint].group].select->Answered(
            Simulator::Now(),
            report.endpoint,
            MicroSeconds(*latency));
    }
    for (const EndpointHistory& history : report.ended)
    {
        const auto found = m_clients.find(history.client);
        if (found != m_clients.end())
        {
            m_profiler->Learn(Simulator::Now(),
                              found->second.features,
                              history.requests,
                              NanoSeconds(static_cast<int64_t>(history.work)),
                              MilliSeconds(history.lasted));
            Commit(found->second, 0);
        }
    }
    if (m_manager->Take(Simulator::Now(), report))
    {
        SendCommands(m_manager->Replace(Simulator::Now()));
        GroupsChanged();
    }
}

void
EndpointHub::Tick()
{
    m_ticking = Simulator::Schedule(m_pool.interval, &EndpointHub::Tick, this);
    std::vector<double> committed(m_groups.size(), 0);
    // Summed anew: rounding does not pile up, and what was forgotten is left out.
    for (auto& [number, client] : m_clients)
    {
        if (client.demand > 0 && Simulator::Now() - client.since > m_commitHold)
        {
            client.demand = 0;
        }
        committed[client.group] += client.demand;
    }
    for (std::size_t i = 0; i < m_groups.size(); ++i)
    {
        m_groups[i].committed = committed[i];
    }
    if (!m_useCommitted)
    {
        committed.clear();
    }
    SendCommands(m_manager->Decide(Simulator::Now(), committed));
    GroupsChanged();
    for (const Group& group : m_groups)
    {
        TellPeers(group); // again: what was said before may have been lost
    }
}

/// Tell the endpoints of a group of each other: of the nearest ones, on a ring by number, so that
/// who knows of somebody is known there.
void
EndpointHub::TellPeers(const Group& group)
{
    const std::size_t count = m_arePeers ? group.who.size() : 0;
    const std::vector<EndpointManager::Slot>& slots = m_manager->GetSlots();
    for (std::size_t i = 0; i < count; ++i)
    {
        EndpointPeers peers;
        peers.endpoint = group.who[i].id;
        const std::size_t others = std::min<std::size_t>(count - 1, EndpointPeers::MOST_PEERS);
        for (std::size_t k = 0; k < others; ++k)
        {
            const std::size_t step = k / 2 + 1;
            const std::size_t place = (k % 2 == 0 ? i + step : i + count - step) % count;
            peers.places.push_back(slots[group.who[place].id].place);
            peers.places.back().endpoint = group.who[place].id;
        }
        ++m_counts.peers;
        const EndpointPlace& to = slots[peers.endpoint].place;
        Send(peers.Write(), to.address, to.port, 0);
    }
}

void
EndpointHub::SendCommands(const std::vector<EndpointCommand>& commands)
{
    for (const EndpointCommand& command : commands)
    {
        const EndpointPlace& place = m_manager->GetSlots()[command.endpoint].place;
        ++m_counts.commands;
        Send(command.Write(), place.address, place.port, 0);
    }
}

void
EndpointHub::Watch()
{
    m_watching = Simulator::Schedule(m_pool.patience / 2, &EndpointHub::Watch, this);
    const std::vector<uint32_t> gone = m_manager->GiveUp(Simulator::Now());
    m_counts.givenUp += gone.size();
    for (const uint32_t number : gone)
    {
        for (auto i = m_forwards.begin(); i != m_forwards.end();)
        {
            i = i->second.endpoint == number ? m_forwards.erase(i) : std::next(i);
        }
        m_forwardsAt[number] = 0;
    }
    if (!gone.empty())
    {
        SendCommands(m_manager->Replace(Simulator::Now()));
        GroupsChanged();
    }
}

/// Who may be chosen is another now, or what they can do is.
void
EndpointHub::GroupsChanged()
{
    std::vector<std::vector<EndpointInfo>> who(m_groups.size());
    const std::vector<EndpointManager::Slot>& slots = m_manager->GetSlots();
    for (uint32_t number = 0; number < slots.size(); ++number)
    {
        const EndpointManager::Slot& slot = slots[number];
        if (EndpointManager::IsEligible(slot))
        {
            const double weight =
                slot.permille / 1000.0 * (slot.state == ENDPOINT_WARM ? 1 : m_coldSpeed);
            who[slot.group].push_back({number, weight});
        }
    }
    for (std::size_t i = 0; i < m_groups.size(); ++i)
    {
        Group& group = m_groups[i];
        const auto isSame = [](const EndpointInfo& a, const EndpointInfo& b)
        { return a.id == b.id && a.weight == b.weight; };
        if (std::equal(who[i].begin(), who[i].end(), group.who.begin(), group.who.end(), isSame))
        {
            continue;
        }
        group.who = who[i];
        if (!group.who.empty())
        {
            group.select->SetEndpoints(group.who);
        }
        TellPeers(group);
    }
}

} // namespace sharding
} // namespace ns3
