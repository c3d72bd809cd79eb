// SPDX-License-Identifier: GPL-2.0-only
#include "shard-buffers-ahead.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

namespace
{

/// @param ticks not negative  @return the time
Time
Ticks(int64_t ticks)
{
    return TimeStep(static_cast<uint64_t>(ticks));
}

} // namespace

ShardBuffersAhead::ShardBuffersAhead(const ShardAheadSettings& settings,
                                     ShardPreallocationPolicy& policy)
    : m_settings(settings),
      m_policy(policy)
{
}

std::optional<int64_t>
ShardBuffersAhead::Offer(int64_t now, uint32_t peer, uint32_t flow, uint32_t bytes)
{
    Advance(now);
    const uint32_t handle = Find(peer, flow);
    const uint32_t buffer = handle == ShardIndex::NONE ? SHARD_NIL : Earliest(handle, bytes);
    return buffer == SHARD_NIL ? std::nullopt : std::optional<int64_t>(Ready(buffer));
}

std::optional<int64_t>
ShardBuffersAhead::Open(int64_t now, uint32_t peer, uint32_t flow, uint32_t bytes)
{
    Advance(now);
    const uint32_t handle = Meet(now, peer, flow);
    const uint32_t buffer = Earliest(handle, bytes);
    std::optional<int64_t> ready;
    if (buffer != SHARD_NIL)
    {
        ready = Ready(buffer);
        ++m_counters.taken;
        Remove(buffer);
    }
    Learn(now, handle, bytes);
    Plan(now, handle);
    return ready;
}

/// Begin and give back what is due until then, each at its own time.
void
ShardBuffersAhead::Advance(int64_t now)
{
    while (!m_turns.empty() && m_turns.begin()->first <= now)
    {
        const auto [at, handle] = *m_turns.begin();
        Buffer& buffer = m_buffers[handle];
        Integrate(at);
        if (buffer.begun)
        {
            ++m_counters.unused;
            Remove(handle);
        }
        else if (m_counters.bytes + buffer.bytes > m_settings.memory)
        {
            ++m_counters.refused;
            Remove(handle);
        }
        else
        {
            ++m_counters.begun;
            m_counters.bytes += buffer.bytes;
            m_counters.peakBytes = std::max(m_counters.peakBytes, m_counters.bytes);
            buffer.begun = true;
            ++m_flows[buffer.flow].begun;
            m_turns.erase(m_turns.begin());
            m_turns.emplace(buffer.end, handle);
        }
    }
    Integrate(now);
}

void
ShardBuffersAhead::Integrate(int64_t until)
{
    m_waste += static_cast<double>(m_counters.bytes) * static_cast<double>(until - m_wasteAt);
    m_wasteAt = until;
}

/// @return handle of the flow, or NONE
uint32_t
ShardBuffersAhead::Find(uint32_t peer, uint32_t flow) const
{
    return m_index.Find(ShardIndex::Hash(peer, flow, 0),
                        [&](uint32_t handle)
                        {
                            const Flow& f = m_flows[handle];
                            return f.peer == peer && f.flow == flow;
                        });
}

/// @return handle of the flow, which is added where it is not known
uint32_t
ShardBuffersAhead::Meet(int64_t now, uint32_t peer, uint32_t flow)
{
    const int64_t idle = m_settings.flowIdle.GetTimeStep();
    for (const Ages& ages : m_ages)
    {
        while (!ages.Empty() && now - m_flows[ages.Front()].last >= idle)
        {
            Forget(ages.Front());
        }
    }
    const uint32_t known = Find(peer, flow);
    if (known != ShardIndex::NONE)
    {
        return known;
    }
    if (m_flows.Used() >= m_settings.flows)
    {
        Forget(m_ages[m_ages[0].Empty() ? 1 : 0].Front());
    }
    const uint32_t handle = m_flows.Take();
    Flow& added = m_flows[handle];
    added = Flow();
    added.peer = peer;
    added.flow = flow;
    m_index.Insert(ShardIndex::Hash(peer, flow, 0), handle);
    m_ages[0].PushBack(m_flows, handle);
    return handle;
}

void
ShardBuffersAhead::Forget(uint32_t handle)
{
    Flow& flow = m_flows[handle];
    while (!flow.buffers.Empty())
    {
        const uint32_t buffer = flow.buffers.Front();
        m_counters.unused += m_buffers[buffer].begun;
        Remove(buffer);
    }
    Age(flow).Remove(m_flows, handle);
    m_index.Erase(ShardIndex::Hash(flow.peer, flow.flow, 0), handle);
    m_flows.Give(handle);
    ++m_counters.forgotten;
}

/// @return handle of the flow's earliest buffer of enough bytes, or SHARD_NIL
uint32_t
ShardBuffersAhead::Earliest(uint32_t flow, uint32_t bytes) const
{
    uint32_t best = SHARD_NIL;
    for (uint32_t handle = m_flows[flow].buffers.Front(); handle != SHARD_NIL;
         handle = m_buffers[handle].inFlow.next)
    {
        const Buffer& buffer = m_buffers[handle];
        if (buffer.begun && buffer.bytes >= bytes &&
            (best == SHARD_NIL || buffer.begin < m_buffers[best].begin))
        {
            best = handle;
        }
    }
    return best;
}

/// @return when the buffer is or was allocated, ticks
int64_t
ShardBuffersAhead::Ready(uint32_t buffer) const
{
    return m_buffers[buffer].begin + m_settings.coldTime.GetTimeStep();
}

void
ShardBuffersAhead::Learn(int64_t now, uint32_t handle, uint32_t bytes)
{
    Flow& flow = m_flows[handle];
    Age(flow).Remove(m_flows, handle);
    if (flow.datagrams > 0)
    {
        flow.gapLast = now - flow.last;
        flow.gap.Learn(static_cast<double>(flow.gapLast));
    }
    flow.sizes[flow.datagrams % SIZES] = bytes;
    flow.last = now;
    ++flow.datagrams;
    Age(flow).PushBack(m_flows, handle);
}

/// Ask the policy for the buffers of the next datagrams.
void
ShardBuffersAhead::Plan(int64_t now, uint32_t handle)
{
    Flow& flow = m_flows[handle];
    for (uint32_t buffer = flow.buffers.Front(); buffer != SHARD_NIL;)
    {
        const uint32_t next = m_buffers[buffer].inFlow.next;
        if (!m_buffers[buffer].begun)
        {
            Remove(buffer);
        }
        buffer = next;
    }
    ShardArrivalPattern pattern;
    pattern.peer = flow.peer;
    pattern.flow = flow.flow;
    pattern.datagrams = flow.datagrams;
    pattern.size = flow.sizes[(flow.datagrams - 1) % SIZES];
    pattern.largest = *std::max_element(flow.sizes.begin(), flow.sizes.end());
    pattern.gap = Ticks(flow.gapLast);
    if (flow.gap.IsKnown())
    {
        pattern.gapMean = Ticks(std::llround(flow.gap.Mean()));
        pattern.gapDeviation = Ticks(std::llround(std::ceil(flow.gap.Deviation())));
    }
    for (uint32_t ahead = flow.begun + 1; ahead <= MOST_AHEAD; ++ahead)
    {
        const ShardBufferPlan plan = m_policy.Plan(Ticks(now), pattern, ahead, m_settings.coldTime);
        const int64_t begin = std::max(now, plan.begin.GetTimeStep());
        if (plan.bytes == 0 || plan.end.GetTimeStep() <= begin)
        {
            break;
        }
        const uint32_t added = m_buffers.Take();
        Buffer& buffer = m_buffers[added];
        buffer = Buffer();
        buffer.flow = handle;
        buffer.bytes = plan.bytes;
        buffer.begin = begin;
        buffer.end = plan.end.GetTimeStep();
        flow.buffers.PushBack(m_buffers, added);
        m_turns.emplace(begin, added);
    }
    Advance(now); // what begins at once
}

/// A buffer is no longer ahead of anything: taken, given back, or never begun.
void
ShardBuffersAhead::Remove(uint32_t handle)
{
    const Buffer& buffer = m_buffers[handle];
    Flow& flow = m_flows[buffer.flow];
    m_turns.erase({buffer.begun ? buffer.end : buffer.begin, handle});
    if (buffer.begun)
    {
        m_counters.bytes -= buffer.bytes;
        --flow.begun;
    }
    flow.buffers.Remove(m_buffers, handle);
    m_buffers.Give(handle);
}

} // namespace sharding
} // namespace ns3
