// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_POOL_H
#define SHARD_POOL_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

/// A handle that names nothing.
constexpr uint32_t SHARD_NIL = 0xffffffff;

/// Forward and backward link of a pooled node in one ShardList.
struct ShardLinks
{
    uint32_t previous{SHARD_NIL}; ///< towards the front
    uint32_t next{SHARD_NIL};     ///< towards the back
};

/**
 * @ingroup sharding
 * Nodes of one type, named by 32-bit handles. Taking and giving back a node is O(1), nodes never
 * move, and after warm-up nothing is allocated: a shard must not cost a malloc.
 *
 * @tparam T node; a node that was given back keeps its last value until it is taken again, so its
 *         owner clears what holds resources
 */
template <typename T>
class ShardPool
{
  public:
    /// @return handle of a node in the state in which it was constructed or given back
    uint32_t Take()
    {
        ++m_used;
        if (!m_free.empty())
        {
            const uint32_t handle = m_free.back();
            m_free.pop_back();
            return handle;
        }
        if (m_made == m_chunks.size() * CHUNK)
        {
            m_chunks.push_back(std::make_unique<T[]>(CHUNK));
        }
        return m_made++;
    }

    /// @param handle of a node in use, which is given back
    void Give(uint32_t handle)
    {
        --m_used;
        m_free.push_back(handle);
    }

    /// @param handle of a node in use  @return the node
    T& operator[](uint32_t handle)
    {
        return m_chunks[handle / CHUNK][handle % CHUNK];
    }

    /// @param handle of a node in use  @return the node
    const T& operator[](uint32_t handle) const
    {
        return m_chunks[handle / CHUNK][handle % CHUNK];
    }

    /// @return nodes in use
    uint32_t Used() const
    {
        return m_used;
    }

    /// @return bytes that the pool has taken from the heap
    size_t HeapBytes() const
    {
        return m_chunks.size() * CHUNK * sizeof(T) + m_free.capacity() * sizeof(uint32_t);
    }

  private:
    static constexpr uint32_t CHUNK = 256; ///< nodes that are allocated together

    std::vector<std::unique_ptr<T[]>> m_chunks; ///< the nodes
    std::vector<uint32_t> m_free;               ///< handles to be taken again, latest first
    uint32_t m_made{0};                         ///< nodes ever taken
    uint32_t m_used{0};                         ///< nodes in use
};

/**
 * @ingroup sharding
 * A first-in first-out list through pooled nodes that also lets go of a node in its middle, O(1).
 *
 * @tparam T node
 * @tparam Member the node's links in this list
 */
template <typename T, ShardLinks T::*Member>
class ShardList
{
  public:
    /// @return handle of the oldest node, SHARD_NIL when empty
    uint32_t Front() const
    {
        return m_front;
    }

    /// @return whether there is none
    bool Empty() const
    {
        return m_front == SHARD_NIL;
    }

    /// @param pool where the nodes are  @param handle of a node that is not in the list
    void PushBack(ShardPool<T>& pool, uint32_t handle)
    {
        ShardLinks& links = pool[handle].*Member;
        links.previous = m_back;
        links.next = SHARD_NIL;
        (m_back == SHARD_NIL ? m_front : (pool[m_back].*Member).next) = handle;
        m_back = handle;
    }

    /// @param pool where the nodes are  @param handle of a node that is in the list
    void Remove(ShardPool<T>& pool, uint32_t handle)
    {
        const ShardLinks links = pool[handle].*Member;
        (links.previous == SHARD_NIL ? m_front : (pool[links.previous].*Member).next) = links.next;
        (links.next == SHARD_NIL ? m_back : (pool[links.next].*Member).previous) = links.previous;
    }

  private:
    uint32_t m_front{SHARD_NIL}; ///< the oldest
    uint32_t m_back{SHARD_NIL};  ///< the latest
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_POOL_H
