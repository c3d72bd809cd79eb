// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_ENDPOINTS_CALENDAR_H
#define SHARDSIM_ENDPOINTS_CALENDAR_H

#include "ns3/nstime.h"

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace shardsim
{

/**
 * Which of a fixed number of things is due first, where each may change its time at any moment: a
 * binary heap that knows where everybody is. Of things that are due at the same time the one with
 * the lower number is first.
 */
class EndpointsCalendar
{
  public:
    /// @param count of things, at least 1, none of which is due ever
    explicit EndpointsCalendar(uint32_t count)
        : m_at(count, ns3::Time::Max()),
          m_heap(count),
          m_place(count)
    {
        std::iota(m_heap.begin(), m_heap.end(), 0);
        std::iota(m_place.begin(), m_place.end(), 0);
    }

    /// @return number of the thing that is due first
    uint32_t First() const
    {
        return m_heap.front();
    }

    /// @return when it is due; Time::Max() for never
    ns3::Time FirstAt() const
    {
        return m_at[m_heap.front()];
    }

    /// @param number of a thing  @param at when it is due from now on
    void Set(uint32_t number, ns3::Time at)
    {
        if (m_at[number] == at)
        {
            return;
        }
        m_at[number] = at;
        uint32_t place = m_place[number];
        while (place > 0 && IsBefore(m_heap[place], m_heap[(place - 1) / 2]))
        {
            Swap(place, (place - 1) / 2);
            place = (place - 1) / 2;
        }
        while (true)
        {
            uint32_t first = place;
            for (uint32_t child = 2 * place + 1; child <= 2 * place + 2; ++child)
            {
                if (child < m_heap.size() && IsBefore(m_heap[child], m_heap[first]))
                {
                    first = child;
                }
            }
            if (first == place)
            {
                return;
            }
            Swap(place, first);
            place = first;
        }
    }

  private:
    bool IsBefore(uint32_t a, uint32_t b) const
    {
        return m_at[a] != m_at[b] ? m_at[a] < m_at[b] : a < b;
    }

    void Swap(uint32_t a, uint32_t b)
    {
        std::swap(m_heap[a], m_heap[b]);
        m_place[m_heap[a]] = a;
        m_place[m_heap[b]] = b;
    }

    std::vector<ns3::Time> m_at;   ///< when each is due, by number
    std::vector<uint32_t> m_heap;  ///< numbers, the first in front
    std::vector<uint32_t> m_place; ///< of each in the heap, by number
};

} // namespace shardsim

#endif // SHARDSIM_ENDPOINTS_CALENDAR_H
