// SPDX-License-Identifier: GPL-2.0-only
#include "shard-release-order.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

void
ShardReleaseOrder::Saw(uint32_t number)
{
    if (!m_seen)
    {
        m_turn = number < START_WINDOW ? 0 : number;
        m_first = number;
        m_seen = true;
    }
    else if (!m_began && Before(number, m_turn) && m_first - number <= START_WINDOW)
    {
        m_turn = number;
    }
}

// The heap orders numbers by their distance from the turn. All that wait are ahead of it, and it
// never goes past one of them, so the order among them is the same whenever it is asked for; and
// unlike a comparison of two serial numbers it is transitive, whatever numbers are forged.

void
ShardReleaseOrder::Wait(uint32_t number, uint32_t handle)
{
    m_waiting.emplace_back(number, handle);
    std::push_heap(m_waiting.begin(),
                   m_waiting.end(),
                   [this](const auto& a, const auto& b)
                   { return a.first - m_turn > b.first - m_turn; });
}

uint32_t
ShardReleaseOrder::TakeEarliest()
{
    std::pop_heap(m_waiting.begin(),
                  m_waiting.end(),
                  [this](const auto& a, const auto& b)
                  { return a.first - m_turn > b.first - m_turn; });
    const uint32_t handle = m_waiting.back().second;
    m_waiting.pop_back();
    return handle;
}

} // namespace sharding
} // namespace ns3
