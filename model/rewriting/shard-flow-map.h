// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_FLOW_MAP_H
#define SHARD_FLOW_MAP_H

#include "ns3/nstime.h"
#include "ns3/shard-index.h"
#include "ns3/shard-pool.h"
#include "ns3/shard.h"

#include <algorithm>
#include <cstdint>

namespace ns3
{
namespace sharding
{

/// What ShardFlowMap wants to know of a flow.
struct ShardMappedFlow
{
    FlowKey key;       ///< whose it is
    bool known{false}; ///< the node is in use
    Time used;         ///< last

    /// @return whether it must not be forgotten just now
    bool IsBusy() const
    {
        return false;
    }
};

/**
 * @ingroup sharding
 * Flows by their 5-tuple. One that has been idle is forgotten, so that memory depends on the flows
 * of the last while and not on all there ever were. Finding is O(1); two others are looked at for
 * idleness each time.
 *
 * @tparam Flow derived from ShardMappedFlow, default-constructible and movable
 */
template <typename Flow>
class ShardFlowMap
{
  public:
    /// @param idle a flow that was not used for so long may be forgotten
    void SetIdle(Time idle)
    {
        m_idle = idle;
    }

    /**
     * @param now when; never decreases
     * @param key of a flow
     * @param isNew set to whether it was not known; it then has its key and nothing else
     * @return handle of the flow, until the next call
     */
    uint32_t Find(Time now, const FlowKey& key, bool& isNew)
    {
        // The hand is round before the map has doubled.
        Forget(now);
        Forget(now);
        const uint32_t hash = Hash(key);
        uint32_t handle = Find(key, hash);
        isNew = handle == ShardIndex::NONE;
        if (isNew)
        {
            handle = m_pool.Take();
            m_made = std::max(m_made, handle + 1);
            m_index.Insert(hash, handle);
            Flow& flow = m_pool[handle];
            flow = Flow();
            flow.key = key;
            flow.known = true;
        }
        m_pool[handle].used = now;
        return handle;
    }

    /// @param key of a flow  @return its handle, or ShardIndex::NONE where it is not known
    uint32_t Look(const FlowKey& key) const
    {
        return Find(key, Hash(key));
    }

    /// @param handle of a flow  @return the flow
    Flow& operator[](uint32_t handle)
    {
        return m_pool[handle];
    }

    /// @return the flows, for lists through them; handles are those of Find
    ShardPool<Flow>& Pool()
    {
        return m_pool;
    }

    /// @return flows known
    uint32_t Count() const
    {
        return m_pool.Used();
    }

    /// @param each called with every flow that is known
    template <typename Each>
    void ForEach(Each each)
    {
        for (uint32_t handle = 0; handle < m_made; ++handle)
        {
            if (m_pool[handle].known)
            {
                each(m_pool[handle]);
            }
        }
    }

    /// Forget everything.
    void Clear()
    {
        m_pool = ShardPool<Flow>();
        m_index = ShardIndex();
        m_made = m_hand = 0;
    }

  private:
    static uint32_t Hash(const FlowKey& key)
    {
        return ShardIndex::Hash(key.source,
                                key.destination ^ static_cast<uint32_t>(key.protocol) << 24,
                                static_cast<uint32_t>(key.sourcePort) << 16 | key.destinationPort);
    }

    uint32_t Find(const FlowKey& key, uint32_t hash) const
    {
        return m_index.Find(hash, [&](uint32_t candidate) { return m_pool[candidate].key == key; });
    }

    /// Look at one flow, and forget it where it is idle.
    void Forget(Time now)
    {
        if (m_hand >= m_made)
        {
            m_hand = 0;
            if (m_made == 0)
            {
                return;
            }
        }
        const uint32_t handle = m_hand++;
        Flow& flow = m_pool[handle];
        if (!flow.known || now - flow.used < m_idle || flow.IsBusy())
        {
            return;
        }
        m_index.Erase(Hash(flow.key), handle);
        flow = Flow();
        m_pool.Give(handle);
    }

    ShardPool<Flow> m_pool;  ///< the flows
    ShardIndex m_index;      ///< by key
    Time m_idle{Seconds(1)}; ///< before a flow is forgotten
    uint32_t m_made{0};      ///< nodes of the pool that were ever used
    uint32_t m_hand{0};      ///< node to be looked at next for idleness
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_FLOW_MAP_H
