// SPDX-License-Identifier: GPL-2.0-only
#include "shard-arrival-queue.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

void
ShardArrivalQueue::Push(ShardArrival&& arrival)
{
    const std::size_t path = arrival.shard.path;
    if (path >= m_lanes.size())
    {
        if (m_front == m_lanes.size())
        {
            m_front = path + 1; // the heap's number
        }
        m_lanes.resize(path + 1);
    }
    ++m_size;
    const ShardArrival* const front = Front();
    const bool isFirst = front == nullptr || arrival.at < front->at;
    ShardRing<ShardArrival>& lane = m_lanes[path];
    if (lane.IsEmpty() || lane.Back().at < arrival.at)
    {
        lane.Push(std::move(arrival));
        m_front = isFirst ? path : m_front;
        return;
    }
    const ShardMoment at = arrival.at;
    uint32_t slot = 0;
    if (m_freeSlots.empty())
    {
        slot = static_cast<uint32_t>(m_slots.size());
        m_slots.push_back(std::move(arrival));
    }
    else
    {
        slot = m_freeSlots.back();
        m_freeSlots.pop_back();
        m_slots[slot] = std::move(arrival);
    }
    m_heap.push_back(Place{at, slot});
    std::push_heap(m_heap.begin(), m_heap.end());
    m_front = isFirst ? m_lanes.size() : m_front;
}

const ShardArrival*
ShardArrivalQueue::Front() const
{
    if (m_front == NOWHERE)
    {
        return nullptr;
    }
    return m_front == m_lanes.size() ? &m_slots[m_heap.front().slot] : &m_lanes[m_front].Front();
}

void
ShardArrivalQueue::FindFront()
{
    m_front = NOWHERE;
    const ShardMoment* first = nullptr;
    for (std::size_t lane = 0; lane < m_lanes.size(); ++lane)
    {
        if (!m_lanes[lane].IsEmpty() && (first == nullptr || m_lanes[lane].Front().at < *first))
        {
            first = &m_lanes[lane].Front().at;
            m_front = lane;
        }
    }
    if (!m_heap.empty() && (first == nullptr || m_heap.front().at < *first))
    {
        m_front = m_lanes.size();
    }
}

ShardArrival
ShardArrivalQueue::Pop()
{
    const bool isHeaped = m_front == m_lanes.size();
    ShardArrival arrival =
        std::move(isHeaped ? m_slots[m_heap.front().slot] : m_lanes[m_front].Front());
    if (isHeaped)
    {
        m_freeSlots.push_back(m_heap.front().slot);
        std::pop_heap(m_heap.begin(), m_heap.end());
        m_heap.pop_back();
    }
    else
    {
        m_lanes[m_front].Pop();
    }
    --m_size;
    FindFront();
    return arrival;
}

void
ShardArrivalQueue::Clear()
{
    *this = ShardArrivalQueue();
}

} // namespace sharding
} // namespace ns3
