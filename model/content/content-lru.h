// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_LRU_H
#define CONTENT_LRU_H

#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What a cache has: at most so many bytes, of which the least recently used go first. Neither clock
 * nor network.
 */
class ContentLru
{
  public:
    /// @param capacity bytes
    explicit ContentLru(uint64_t capacity)
        : m_capacity(capacity)
    {
    }

    /// @param key of a shard  @return its bytes, where it is there; it is the latest used then
    std::optional<uint32_t> Use(uint64_t key)
    {
        const auto found = m_index.find(key);
        if (found == m_index.end())
        {
            return std::nullopt;
        }
        m_order.splice(m_order.begin(), m_order, found->second);
        return found->second->bytes;
    }

    /// @param key of a shard  @param bytes of it; what is larger than all the room is not taken
    void Put(uint64_t key, uint32_t bytes)
    {
        const auto found = m_index.find(key);
        if (found != m_index.end())
        {
            m_bytes -= found->second->bytes;
            m_order.erase(found->second);
            m_index.erase(found);
        }
        if (bytes > m_capacity)
        {
            return;
        }
        while (m_bytes + bytes > m_capacity)
        {
            m_bytes -= m_order.back().bytes;
            m_index.erase(m_order.back().key);
            m_order.pop_back();
            ++m_evicted;
        }
        m_order.push_front({key, bytes});
        m_index[key] = m_order.begin();
        m_bytes += bytes;
    }

    /// Forget all.
    void Clear()
    {
        m_order.clear();
        m_index.clear();
        m_bytes = 0;
    }

    /// @return bytes there
    uint64_t Bytes() const
    {
        return m_bytes;
    }

    /// @return shards that had to go
    uint64_t Evicted() const
    {
        return m_evicted;
    }

  private:
    struct Item
    {
        uint64_t key;   ///< of a shard
        uint32_t bytes; ///< of it
    };

    uint64_t m_capacity;                                             ///< bytes
    uint64_t m_bytes{0};                                             ///< there
    uint64_t m_evicted{0};                                           ///< shards
    std::list<Item> m_order;                                         ///< the latest used first
    std::unordered_map<uint64_t, std::list<Item>::iterator> m_index; ///< by key
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_LRU_H
