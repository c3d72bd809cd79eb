// SPDX-License-Identifier: GPL-2.0-only
#include "shard-sender-flows.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

uint32_t
ShardSenderFlows::Hash(const FlowKey& key)
{
    return ShardIndex::Hash(key.source,
                            key.destination ^ static_cast<uint32_t>(key.protocol) << 24,
                            static_cast<uint32_t>(key.sourcePort) << 16 | key.destinationPort);
}

uint32_t
ShardSenderFlows::Find(Time now, const FlowKey& key, bool& isNew)
{
    // Two looks for each datagram: the hand is round before the table has doubled.
    Forget(now);
    Forget(now);
    const uint32_t hash = Hash(key);
    uint32_t handle =
        m_index.Find(hash, [&](uint32_t candidate) { return m_pool[candidate].key == key; });
    isNew = handle == ShardIndex::NONE;
    if (isNew)
    {
        handle = m_pool.Take();
        m_made = std::max(m_made, handle + 1);
        m_index.Insert(hash, handle);
        ShardSenderFlow& flow = m_pool[handle];
        flow = ShardSenderFlow();
        flow.key = key;
        flow.id = m_nextId++;
        flow.known = true;
    }
    m_pool[handle].used = now;
    return handle;
}

/// Look at one flow, and forget it where it is idle.
void
ShardSenderFlows::Forget(Time now)
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
    ShardSenderFlow& flow = m_pool[handle];
    if (!flow.known || now - flow.used < m_idle ||
        (flow.interleaving && flow.interleaving->held != 0))
    {
        return;
    }
    m_index.Erase(Hash(flow.key), handle);
    flow.known = false;
    flow.interleaving.reset();
    flow.window.reset();
    m_pool.Give(handle);
}

void
ShardSenderFlows::Clear()
{
    for (uint32_t handle = 0; handle < m_made; ++handle)
    {
        if (m_pool[handle].interleaving)
        {
            m_pool[handle].interleaving->flush.Cancel();
        }
    }
    *this = ShardSenderFlows();
}

} // namespace sharding
} // namespace ns3
