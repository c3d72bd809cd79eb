// SPDX-License-Identifier: GPL-2.0-only
//
// Units that become slow, fail and recover in the middle of a run, and the node that fails.
#include "shard-crypto-pool.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

void
ShardCryptoPool::Plan(const Change& change)
{
    Configure();
    NS_ABORT_MSG_UNLESS(change.unit < m_units.size(),
                        "there is no unit " << change.unit << " of " << m_units.size());
    const auto after =
        std::upper_bound(m_changes.begin(),
                         m_changes.end(),
                         change.at,
                         [](int64_t at, const Change& other) { return at < other.at; });
    m_changes.insert(after, change);
    if (NextTurn() < m_dueFor)
    {
        Schedule();
    }
}

void
ShardCryptoPool::ChangeSpeed(Time at, uint16_t unit, double factor)
{
    Plan({at.GetTimeStep(), unit, Change::SPEED, factor});
}

void
ShardCryptoPool::FailUnit(Time at, uint16_t unit)
{
    Plan({at.GetTimeStep(), unit, Change::FAIL, 0});
}

void
ShardCryptoPool::RecoverUnit(Time at, uint16_t unit)
{
    Plan({at.GetTimeStep(), unit, Change::RECOVER, 0});
}

void
ShardCryptoPool::Apply(const Change& change)
{
    ShardCryptoUnit& unit = m_units[change.unit];
    std::vector<ShardUnitJob> jobs;
    switch (change.kind)
    {
    case Change::SPEED:
        unit.SetSpeed(change.at, change.factor * m_speeds[change.unit % m_speeds.size()]);
        break;
    case Change::FAIL:
        jobs = unit.Fail(change.at);
        break;
    case Change::RECOVER:
        unit.Recover();
        break;
    }
    m_states[change.unit] = unit.GetState();
    FindNext();
    m_unitTrace(ShardUnitChanged{TimeStep(static_cast<uint64_t>(change.at)),
                                 change.unit,
                                 unit.GetState().isAlive,
                                 unit.GetState().speed});
    m_counters.held -= jobs.size();
    for (ShardUnitJob& job : jobs)
    {
        if (m_onFailure == SHARD_FAILURE_LOST)
        {
            Drop(change.at, job.shard, true);
            continue;
        }
        const uint64_t held = m_counters.held;
        Dispatch(change.at, std::move(job));
        m_counters.redispatched += m_counters.held - held;
    }
    FindNext();
}

void
ShardCryptoPool::Fail()
{
    const int64_t now = Simulator::Now().GetTimeStep();
    PassTo(now);
    for (std::size_t unit = 0; unit < m_units.size(); ++unit)
    {
        const bool isAlive = m_states[unit].isAlive;
        for (const ShardUnitJob& job : m_units[unit].Fail(now))
        {
            --m_counters.held;
            Drop(now, job.shard, true);
        }
        if (isAlive)
        {
            m_units[unit].Recover(); // it is the node that has failed
        }
        m_states[unit] = m_units[unit].GetState();
    }
    FindNext();
}

} // namespace sharding
} // namespace ns3
