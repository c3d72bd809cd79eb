// SPDX-License-Identifier: GPL-2.0-only
//
// What happens next in a pool, and when.
#include "shard-crypto-pool.h"

#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

/// Which unit will be done first; among equals, with the shard that was given first.
void
ShardCryptoPool::FindNext()
{
    m_nextUnit = NOBODY;
    for (std::size_t unit = 0; unit < m_units.size(); ++unit)
    {
        const int64_t done = m_units[unit].NextDone();
        if (done == ShardCryptoUnit::NEVER)
        {
            continue;
        }
        const ShardCryptoUnit* const best = m_nextUnit == NOBODY ? nullptr : &m_units[m_nextUnit];
        if (best == nullptr || done < best->NextDone() ||
            (done == best->NextDone() && m_units[unit].NextOrder() < best->NextOrder()))
        {
            m_nextUnit = unit;
        }
    }
}

/// @return when something happens next, ticks
int64_t
ShardCryptoPool::NextTurn() const
{
    const int64_t done =
        m_nextUnit == NOBODY ? ShardCryptoUnit::NEVER : m_units[m_nextUnit].NextDone();
    return m_changes.empty() ? done : std::min(done, m_changes.front().at);
}

/// Let all happen that is due until then, each at its own time: what is done before what changes.
void
ShardCryptoPool::PassTo(int64_t now)
{
    while (NextTurn() <= now)
    {
        const int64_t at = NextTurn();
        if (m_nextUnit != NOBODY && m_units[m_nextUnit].NextDone() == at)
        {
            Serve();
        }
        else
        {
            const Change change = m_changes.front();
            m_changes.pop_front();
            Apply(change);
        }
    }
}

void
ShardCryptoPool::Schedule()
{
    m_turn.Cancel();
    m_due.Cancel();
    m_dueFor = NextTurn();
    if (m_dueFor == ShardCryptoUnit::NEVER)
    {
        return;
    }
    const Time due = TimeStep(static_cast<uint64_t>(m_dueFor)) + m_slack;
    const Time wait = std::max(due - Simulator::Now(), Time(0));
    if (m_slack.IsZero())
    {
        m_turn = ShardAgenda::Schedule(wait, [this] { Due(); });
    }
    else
    {
        m_due = Simulator::Schedule(wait, &ShardCryptoPool::Due, this);
    }
}

void
ShardCryptoPool::Due()
{
    PassTo((Simulator::Now() - m_slack).GetTimeStep());
    Schedule();
}

void
ShardCryptoPool::Advance(Time now)
{
    PassTo(now.GetTimeStep());
}

} // namespace sharding
} // namespace ns3
