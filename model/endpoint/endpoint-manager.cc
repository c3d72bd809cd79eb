// SPDX-License-Identifier: GPL-2.0-only
#include "endpoint-manager.h"

#include "ns3/log.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

NS_LOG_COMPONENT_DEFINE("EndpointManager");

namespace
{

/// @param endpoints how many  @param permille resource of each  @return in whole units
uint32_t
Units(uint32_t endpoints, uint32_t permille)
{
    return (endpoints * permille + 500) / 1000;
}

} // namespace

EndpointManager::EndpointManager(const EndpointPoolConfig& config,
                                 Ptr<EndpointScale> scale,
                                 const EndpointLoadConfig& load,
                                 Truth truth)
    : m_config(config),
      m_scale(scale),
      m_work(config.groups),
      m_isServing(config.groups),
      m_goals(config.groups),
      m_decisions(config.groups)
{
    for (uint32_t group = 0; group < config.groups; ++group)
    {
        EndpointLoad::Truth own;
        if (truth)
        {
            own = [truth, group](Time at) { return truth(group, at); };
        }
        m_loads.emplace_back(load, own);
    }
}

void
EndpointManager::AddSlot(const EndpointPlace& place)
{
    Slot slot;
    slot.place = place;
    m_slots.push_back(slot);
}

bool
EndpointManager::Take(Time now, const EndpointReport& report)
{
    if (report.endpoint >= m_slots.size())
    {
        return false;
    }
    Slot& slot = m_slots[report.endpoint];
    if (report.life != slot.life || !slot.isOpen)
    {
        return false; // of a life that is over, or was given up
    }
    const bool before = IsEligible(slot);
    slot.heard = now;
    slot.state = static_cast<EndpointState>(report.state);
    slot.isSuspect = false;
    slot.sessions = report.sessions;
    slot.inSystem = report.inSystem;
    slot.busy += report.busy;
    m_work[slot.group] += report.work;
    slot.spoken += report.interval;
    if (report.sessions > 0 || report.requests > 0)
    {
        slot.idleSince = Time::Max();
    }
    else if (slot.idleSince == Time::Max())
    {
        slot.idleSince = now;
    }
    if (slot.state == ENDPOINT_OFF)
    {
        slot.isOpen = false;
        slot.isWanted = false;
    }
    // It ends of itself where its quota is used up: then it is not wanted back.
    else if (slot.state == ENDPOINT_DRAINING && slot.isWanted && before)
    {
        slot.isWanted = false;
        slot.isSpent = true;
    }
    return before != IsEligible(slot);
}

bool
EndpointManager::Suspect(uint32_t endpoint)
{
    if (endpoint >= m_slots.size() || !IsEligible(m_slots[endpoint]))
    {
        return false;
    }
    m_slots[endpoint].isSuspect = true;
    return true;
}

std::vector<uint32_t>
EndpointManager::GiveUp(Time now)
{
    std::vector<uint32_t> gone;
    for (uint32_t number = 0; number < m_slots.size(); ++number)
    {
        Slot& slot = m_slots[number];
        if (slot.isOpen && now - slot.heard > m_config.patience)
        {
            NS_LOG_INFO("no word of " << number << " since " << slot.heard);
            slot.isOpen = false;
            slot.isWanted = false;
            slot.state = ENDPOINT_OFF;
            ++slot.failures;
            gone.push_back(number);
        }
    }
    return gone;
}

/// @return units of the group that there are or will be, in thousandths
uint32_t
EndpointManager::Present(uint32_t group) const
{
    uint32_t permille = 0;
    for (const Slot& slot : m_slots)
    {
        permille += slot.isOpen && slot.isWanted && slot.group == group ? slot.permille : 0;
    }
    return permille;
}

std::vector<EndpointCommand>
EndpointManager::Decide(Time now, const std::vector<double>& committed)
{
    GiveUp(now);
    const std::vector<Slot> before = m_slots;
    for (uint32_t group = 0; group < m_config.groups; ++group)
    {
        DecideGroup(now, group, group < committed.size() ? committed[group] : 0);
    }
    m_decided = now;
    std::vector<EndpointCommand> commands;
    for (uint32_t number = 0; number < m_slots.size(); ++number)
    {
        Slot& slot = m_slots[number];
        // A command may have been lost: it is said again until reports show that it was heard.
        const bool isUnheard = slot.isOpen && ((slot.isWanted && slot.state == ENDPOINT_DRAINING) ||
                                               (slot.isWanted && slot.state == ENDPOINT_OFF) ||
                                               (!slot.isWanted && slot.state != ENDPOINT_DRAINING));
        // Reports do not tell of resources: of these it is said again always.
        const bool isResized = m_config.isVertical && slot.isOpen && slot.isWanted;
        if (isUnheard || isResized || IsNews(slot, before[number]))
        {
            commands.push_back(CommandFor(number));
        }
        slot.busy = 0;
        slot.spoken = 0;
    }
    return commands;
}

bool
EndpointManager::IsNews(const Slot& slot, const Slot& before)
{
    return slot.life != before.life || slot.isWanted != before.isWanted ||
           slot.permille != before.permille;
}

std::vector<EndpointCommand>
EndpointManager::Replace(Time now)
{
    const std::vector<Slot> before = m_slots;
    for (uint32_t group = 0; group < m_config.groups; ++group)
    {
        const auto have = static_cast<uint32_t>(
            std::count_if(m_slots.begin(),
                          m_slots.end(),
                          [group](const Slot& slot)
                          { return slot.isOpen && slot.isWanted && slot.group == group; }));
        if (m_goals[group] > have)
        {
            Grow(now, group, m_goals[group] - have);
        }
    }
    std::vector<EndpointCommand> commands;
    for (uint32_t number = 0; number < m_slots.size(); ++number)
    {
        if (IsNews(m_slots[number], before[number]))
        {
            commands.push_back(CommandFor(number));
        }
    }
    return commands;
}

void
EndpointManager::DecideGroup(Time now, uint32_t group, double committed)
{
    EndpointScaleView view;
    view.group = group;
    double busy = 0;
    uint32_t ready = 0;
    uint32_t starting = 0;
    uint32_t permille = 1000; // of each: in a group all have as much
    for (Slot& slot : m_slots)
    {
        if (!slot.isOpen || slot.group != group)
        {
            continue;
        }
        view.inSystem += slot.inSystem;
        if (!slot.isWanted)
        {
            continue;
        }
        const bool isReady = slot.state == ENDPOINT_WARMING || slot.state == ENDPOINT_WARM;
        ready += isReady ? 1 : 0;
        starting += isReady ? 0 : 1;
        permille = slot.permille;
        if (isReady && slot.spoken > 0)
        {
            busy += static_cast<double>(slot.busy) / static_cast<double>(slot.spoken);
        }
    }
    // Of all that reported, those that have ended meanwhile included: they served the group, too.
    const double elapsed = (now - m_decided).GetSeconds();
    view.demand = elapsed > 0 ? static_cast<double>(m_work[group]) / 1e9 / elapsed : 0;
    m_work[group] = 0;
    view.utilisation = ready > 0 ? busy / ready : 0;
    view.ready = Units(ready, permille);
    view.starting = Units(starting, permille);
    EndpointLoad& load = m_loads[group];
    // Before anybody has come there is nothing to learn from, and no reason to end anything.
    m_isServing[group] = m_isServing[group] || view.demand > 0;
    const bool isFirst = !m_isServing[group];
    if (!isFirst)
    {
        load.Add(now, view.demand);
    }
    view.forecast = std::max(load.Peak(now), committed);
    uint32_t wanted = isFirst ? m_config.begin : m_scale->Units(now, view);
    wanted = std::max(wanted, m_config.least);
    m_decisions[group] = {now, view, wanted};
    if (m_config.isVertical && !isFirst)
    {
        // As many as at the start, each larger or smaller.
        const uint32_t each = std::clamp(wanted * 1000 / m_config.begin, 1U, m_config.mostPermille);
        for (Slot& slot : m_slots)
        {
            slot.permille = slot.isOpen && slot.group == group ? each : slot.permille;
        }
        wanted = m_config.begin;
    }
    m_goals[group] = wanted;
    const uint32_t have = ready + starting;
    if (wanted > have)
    {
        Grow(now, group, wanted - have);
    }
    else if (wanted < have)
    {
        Shrink(now, group, have - wanted);
    }
    if (m_config.isVertical)
    {
        return;
    }
    // Who has had nobody for long is ended, whatever the policy holds on to.
    uint32_t left = Present(group) / 1000;
    for (Slot& slot : m_slots)
    {
        if (left > m_config.least && slot.isOpen && slot.isWanted && slot.group == group &&
            slot.idleSince != Time::Max() && now - slot.idleSince >= m_config.inactivity &&
            now - slot.created >= m_config.minimumLife)
        {
            slot.isWanted = false;
            --left;
            m_goals[group] = std::min(m_goals[group], left);
        }
    }
}

/// Begin so many, as far as the pool allows; who drains and is warm is taken back first.
void
EndpointManager::Grow(Time now, uint32_t group, uint32_t by)
{
    for (Slot& slot : m_slots)
    {
        const bool isLeaving =
            slot.isOpen && !slot.isWanted && !slot.isSpent && slot.group == group;
        if (by > 0 && isLeaving)
        {
            slot.isWanted = true;
            slot.idleSince = Time::Max();
            --by;
        }
    }
    uint32_t open = 0;
    for (const Slot& slot : m_slots)
    {
        open += slot.isOpen ? 1 : 0;
    }
    while (by > 0 && open < m_config.most)
    {
        // Where it did not fail before, rather than where it did.
        Slot* best = nullptr;
        for (Slot& slot : m_slots)
        {
            if (!slot.isOpen && (best == nullptr || slot.failures < best->failures))
            {
                best = &slot;
            }
        }
        if (best == nullptr)
        {
            return;
        }
        ++best->life;
        best->isOpen = true;
        best->isWanted = true;
        best->isSpent = false;
        best->isSuspect = false;
        best->state = ENDPOINT_OFF;
        best->group = group;
        best->permille = 1000;
        best->created = now;
        best->heard = now;
        best->idleSince = Time::Max();
        best->sessions = 0;
        best->inSystem = 0;
        ++open;
        --by;
    }
}

/// End so many of those that are old enough: who is not there yet, then who has the fewest
/// sessions.
void
EndpointManager::Shrink(Time now, uint32_t group, uint32_t by)
{
    while (by > 0)
    {
        Slot* best = nullptr;
        for (Slot& slot : m_slots)
        {
            if (!slot.isOpen || !slot.isWanted || slot.group != group ||
                now - slot.created < m_config.minimumLife)
            {
                continue;
            }
            const auto rank = [](const Slot& s)
            { return std::make_pair(s.state == ENDPOINT_WARM, s.sessions); };
            if (best == nullptr || rank(slot) < rank(*best))
            {
                best = &slot;
            }
        }
        if (best == nullptr)
        {
            return;
        }
        best->isWanted = false;
        --by;
    }
}

EndpointCommand
EndpointManager::CommandFor(uint32_t number) const
{
    const Slot& slot = m_slots[number];
    EndpointCommand command;
    command.endpoint = number;
    command.life = slot.life;
    command.kind = slot.isWanted ? EndpointCommand::CREATE : EndpointCommand::DRAIN;
    command.group = slot.group;
    command.permille = slot.permille;
    return command;
}

} // namespace sharding
} // namespace ns3
