// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_RING_H
#define SHARD_RING_H

#include <cstddef>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * First in, first out, in one piece of memory that is used over and over (std::deque takes and
 * returns a chunk every few elements). What was popped keeps its last value until overwritten.
 * @tparam T default-constructible and movable
 */
template <typename T>
class ShardRing
{
  public:
    /// @return whether there is nothing in it
    bool IsEmpty() const
    {
        return m_count == 0;
    }

    /// @return elements in it
    std::size_t Size() const
    {
        return m_count;
    }

    /// @return the oldest; there must be one
    T& Front()
    {
        return m_slots[m_first];
    }

    /// @return the oldest; there must be one
    const T& Front() const
    {
        return m_slots[m_first];
    }

    /// @return the newest; there must be one
    const T& Back() const
    {
        return m_slots[(m_first + m_count - 1) & (m_slots.size() - 1)];
    }

    /// @param value goes to the end
    void Push(T&& value)
    {
        if (m_count == m_slots.size())
        {
            Grow();
        }
        m_slots[(m_first + m_count) & (m_slots.size() - 1)] = std::move(value);
        ++m_count;
    }

    /// Let the oldest go; there must be one.
    void Pop()
    {
        m_first = (m_first + 1) & (m_slots.size() - 1);
        --m_count;
    }

  private:
    void Grow()
    {
        std::vector<T> larger(m_slots.empty() ? 16 : 2 * m_slots.size());
        for (std::size_t i = 0; i < m_count; ++i)
        {
            larger[i] = std::move(m_slots[(m_first + i) & (m_slots.size() - 1)]);
        }
        m_slots.swap(larger);
        m_first = 0;
    }

    std::vector<T> m_slots; ///< their number is a power of two, or 0
    std::size_t m_first{0}; ///< place of the oldest
    std::size_t m_count{0}; ///< elements
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_RING_H
