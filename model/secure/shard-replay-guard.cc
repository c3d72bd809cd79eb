// SPDX-License-Identifier: GPL-2.0-only
#include "shard-replay-guard.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

ShardReplayGuard::ShardReplayGuard(uint32_t size, uint32_t flows)
    : m_size(size),
      m_most(flows)
{
}

ShardReplayVerdict
ShardReplayGuard::Check(uint32_t flow, uint32_t number) const
{
    // Mostly it is the flow of the one before.
    const bool isFront = !m_flows.empty() && m_flows.front().flow == flow;
    const auto found = isFront ? m_byId.end() : m_byId.find(flow);
    if (!isFront && found == m_byId.end())
    {
        return number > m_floor ? SHARD_REPLAY_NEW : SHARD_REPLAY_TOO_OLD;
    }
    const Flow& known = isFront ? m_flows.front() : *found->second;
    return number > known.floor ? known.window.Check(number) : SHARD_REPLAY_TOO_OLD;
}

uint32_t
ShardReplayGuard::Take(uint32_t flow, uint32_t number)
{
    if (m_flows.empty() || m_flows.front().flow != flow)
    {
        const auto found = m_byId.find(flow);
        if (found != m_byId.end())
        {
            m_flows.splice(m_flows.begin(), m_flows, found->second);
        }
        else
        {
            if (m_flows.size() == m_most)
            {
                m_floor = std::max(m_floor, m_flows.back().window.Latest());
                m_byId.erase(m_flows.back().flow);
                m_flows.pop_back();
            }
            m_flows.push_front(Flow{flow, m_floor, ShardReplayWindow(m_size)});
            m_byId[flow] = m_flows.begin();
        }
    }
    ShardReplayWindow& window = m_flows.front().window;
    window.Take(number);
    return window.Latest() - number;
}

} // namespace sharding
} // namespace ns3
