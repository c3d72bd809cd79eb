// SPDX-License-Identifier: GPL-2.0-only
#include "shard-path-model.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

void
ShardPathModel::AddLink(const ShardPathLink& link)
{
    m_links.push_back(link);
    m_delay += link.GetDelay();
}

void
ShardPathModel::SetLoss(Ptr<GilbertElliottErrorModel> loss)
{
    m_loss = loss;
}

void
ShardPathModel::SetJitter(Ptr<RandomVariableStream> jitter)
{
    m_jitter = jitter;
}

ShardPathModel::Outcome
ShardPathModel::End(Outcome outcome, int64_t at)
{
    ++(outcome == LOST ? m_counters.losses : m_counters.queueDrops);
    if (m_ends.size() >= m_manyEnds)
    {
        m_ends.erase(std::remove_if(m_ends.begin(),
                                    m_ends.end(),
                                    [this](const Ending& end) { return end.at < m_now; }),
                     m_ends.end());
        m_manyEnds = 2 * m_ends.size() + FEW_ENDS;
    }
    m_ends.push_back(Ending{outcome, at});
    return outcome;
}

ShardPathModel::Outcome
ShardPathModel::Send(ShardMoment& moment, uint32_t bytes, bool* isMarked)
{
    m_now = moment.Time();
    ++m_counters.entered;
    m_counters.enteredBytes += bytes;
    for (ShardPathLink& link : m_links)
    {
        if (!link.Pass(moment, bytes, isMarked))
        {
            return End(QUEUE_DROP, moment.Time());
        }
    }
    // Both are drawn whatever the other gives, so that neither depends on the other.
    if (m_jitter)
    {
        const double extra = m_jitter->GetValue();
        moment.Delay(extra > 0 ? ShardNanoseconds(extra) : 0);
    }
    if (m_loss && m_loss->Lose(moment.ParentTime()))
    {
        return End(LOST, moment.ParentTime());
    }
    return ARRIVES;
}

ShardPathModel::Counters
ShardPathModel::GetCounters(int64_t now) const
{
    Counters counters = m_counters;
    for (const Ending& end : m_ends)
    {
        if (end.at > now)
        {
            --(end.outcome == LOST ? counters.losses : counters.queueDrops);
        }
    }
    return counters;
}

} // namespace sharding
} // namespace ns3
