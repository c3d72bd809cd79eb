// SPDX-License-Identifier: GPL-2.0-only
#include "shard-flow-table.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

namespace
{

/// @param bits not 0  @return the highest bit that is set
uint32_t
HighestBit(uint64_t bits)
{
    return 63 - static_cast<uint32_t>(__builtin_clzll(bits));
}

} // namespace

uint32_t
ShardFlowTable::Find(uint32_t peer, uint32_t flow) const
{
    return m_index.Find(ShardIndex::Hash(peer, flow, 0),
                        [&](uint32_t handle)
                        {
                            const ShardFlow& f = m_pool[handle];
                            return f.flow == flow && f.peer == peer;
                        });
}

uint32_t
ShardFlowTable::Add(uint32_t peer, uint32_t flow)
{
    const uint32_t handle = m_pool.Take();
    ShardFlow& f = m_pool[handle];
    f = ShardFlow();
    f.peer = peer;
    f.flow = flow;
    m_index.Insert(ShardIndex::Hash(peer, flow, 0), handle);
    return handle;
}

void
ShardFlowTable::Remove(uint32_t handle)
{
    Leave(handle);
    ShardFlow& f = m_pool[handle];
    m_index.Erase(ShardIndex::Hash(f.peer, f.flow, 0), handle);
    f.order = ShardReleaseOrder(); // gives back what it has allocated
    m_pool.Give(handle);
}

void
ShardFlowTable::MakeIdle(uint32_t handle, int64_t now)
{
    ShardFlow& f = m_pool[handle];
    if (f.place == ShardFlow::NOWHERE)
    {
        f.idleSince = now;
        f.place = f.Proven() ? ShardFlow::IDLE_PROVEN : ShardFlow::IDLE_UNPROVEN;
        m_idle[f.Proven() ? 1 : 0].PushBack(m_pool, handle);
    }
}

void
ShardFlowTable::MakeBusy(uint32_t handle)
{
    const uint16_t place = m_pool[handle].place;
    if (place == ShardFlow::IDLE_PROVEN || place == ShardFlow::IDLE_UNPROVEN)
    {
        Leave(handle);
    }
}

uint32_t
ShardFlowTable::WeightClass(uint64_t bytes)
{
    if (bytes < 8)
    {
        return static_cast<uint32_t>(bytes);
    }
    const uint32_t octave = HighestBit(bytes);
    const uint32_t eighth = static_cast<uint32_t>(bytes >> (octave - 3)) & 7;
    return std::min((octave - 2) * 8 + eighth, CLASSES - 1);
}

void
ShardFlowTable::Leave(uint32_t handle)
{
    ShardFlow& f = m_pool[handle];
    if (f.place >= ShardFlow::WEIGHED)
    {
        const uint32_t weight = f.place - ShardFlow::WEIGHED;
        m_weights[weight].Remove(m_pool, handle);
        if (m_weights[weight].Empty())
        {
            m_populated[weight / 64] &= ~(1ULL << (weight % 64));
        }
    }
    else if (f.place != ShardFlow::NOWHERE)
    {
        m_idle[f.place == ShardFlow::IDLE_PROVEN ? 1 : 0].Remove(m_pool, handle);
    }
    f.place = ShardFlow::NOWHERE;
}

void
ShardFlowTable::Reweigh(uint32_t handle)
{
    ShardFlow& f = m_pool[handle];
    const uint32_t weight = WeightClass(f.provenBytes);
    const uint32_t place = f.provenBytes == 0 ? static_cast<uint32_t>(ShardFlow::NOWHERE)
                                              : ShardFlow::WEIGHED + weight;
    if (place == f.place)
    {
        return;
    }
    Leave(handle);
    if (place != ShardFlow::NOWHERE)
    {
        m_weights[weight].PushBack(m_pool, handle);
        m_populated[weight / 64] |= 1ULL << (weight % 64);
    }
    f.place = static_cast<uint16_t>(place);
}

uint32_t
ShardFlowTable::Heaviest() const
{
    for (size_t word = m_populated.size(); word-- > 0;)
    {
        if (m_populated[word] != 0)
        {
            return m_weights[word * 64 + HighestBit(m_populated[word])].Front();
        }
    }
    return SHARD_NIL;
}

} // namespace sharding
} // namespace ns3
