// SPDX-License-Identifier: GPL-2.0-only
#include "shard-block-store.h"

#include <algorithm>
#include <limits>

namespace ns3
{
namespace sharding
{

namespace
{

// An index slot is 8 bytes and, just after growing, 3 of 8 are in use; a pool keeps 4 a node.
constexpr size_t BOOKKEEPING = 8 * 8 / 3 + 4;
static_assert(sizeof(ShardBlock) + BOOKKEEPING <= ShardBlockStore::BLOCK_COST, "charge is a lie");
static_assert(sizeof(ShardEndedBlock) + BOOKKEEPING <= ShardBlockStore::ENDED_COST,
              "charge is a lie");
static_assert(sizeof(ShardFlow) + BOOKKEEPING <= ShardBlockStore::FLOW_COST, "charge is a lie");

// What may be remembered of ended blocks: these parts of NodeMemory, and of FlowMemory. Those of
// unproven flows are apart, so that a flood cannot flush the memory of honest flows' blocks.
constexpr std::array<uint64_t, 2> ENDED_PART = {16, 4}; // [proven]
constexpr uint64_t ENDED_FLOW_PART = 4;

// When flows take this part of NodeMemory, idle ones are forgotten rather than blocks evicted.
constexpr uint64_t FLOWS_PART = 4;

} // namespace

ShardBlockStore::Found
ShardBlockStore::Find(const ShardBlockId& id, uint32_t hash, uint32_t& handle) const
{
    const uint32_t value = m_index.Find(hash,
                                        [&](uint32_t v)
                                        {
                                            if ((v & ENDED_BIT) != 0)
                                            {
                                                return m_ended[v & ~ENDED_BIT].id == id;
                                            }
                                            return m_blocks[v].id == id;
                                        });
    if (value == ShardIndex::NONE)
    {
        return NOTHING;
    }
    handle = value & ~ENDED_BIT;
    return (value & ENDED_BIT) != 0 ? ENDED : OPEN;
}

ShardBlockStore::Room
ShardBlockStore::MakeRoom(uint32_t flow,
                          bool proven,
                          uint64_t bytes,
                          bool isNew,
                          uint32_t& victim,
                          ShardOutcome& why)
{
    if (flow == SHARD_NIL && bytes > m_limits.flow)
    {
        return REFUSED;
    }
    while (flow != SHARD_NIL && m_flows[flow].bytes + bytes > m_limits.flow)
    {
        ShardFlow& own = m_flows[flow];
        why = SHARD_EVICTED_FLOW_CAP;
        victim = own.blocks.Front();
        if (victim != SHARD_NIL)
        {
            return EVICT;
        }
        if (own.endedBlocks.Empty())
        {
            return REFUSED;
        }
        ++m_counters.forgottenBlocks;
        ForgetEnded(own.endedBlocks.Front());
    }
    const auto isShort = [&]
    {
        return m_counters.bytes + bytes > m_limits.node ||
               (!proven && m_unprovenBytes + bytes > m_limits.unproven);
    };
    while (isShort())
    {
        const uint32_t stale = m_flows.LongestIdle(false);
        if (stale != SHARD_NIL)
        {
            ++m_counters.forgottenFlows;
            ForgetFlow(stale);
            continue;
        }
        victim = m_open[false].Front();
        if (victim != SHARD_NIL)
        {
            why = SHARD_EVICTED_UNPROVEN;
            PrefetchAhead(victim);
            return EVICT;
        }
        if (m_counters.bytes + bytes <= m_limits.node)
        {
            return REFUSED; // only the share of the unproven is short
        }
        const uint32_t idle = m_flows.LongestIdle(true);
        const uint32_t heaviest = proven ? m_flows.Heaviest() : SHARD_NIL;
        const bool crowded =
            m_flows.Count() * static_cast<uint64_t>(FLOW_COST) > m_limits.node / FLOWS_PART;
        if (idle != SHARD_NIL && (crowded || (proven && heaviest == SHARD_NIL)))
        {
            ++m_counters.forgottenFlows;
            ForgetFlow(idle);
            continue;
        }
        if (heaviest == SHARD_NIL)
        {
            return REFUSED;
        }
        victim = m_flows[heaviest].blocks.Front();
        why = SHARD_EVICTED_HEAVIEST;
        return EVICT;
    }
    if (isNew && m_limits.blocks != 0 && m_counters.open >= m_limits.blocks)
    {
        victim = m_open[false].Front();
        why = SHARD_EVICTED_UNPROVEN;
        if (victim == SHARD_NIL && proven && m_flows.Heaviest() != SHARD_NIL)
        {
            victim = m_flows[m_flows.Heaviest()].blocks.Front();
            why = SHARD_EVICTED_HEAVIEST;
        }
        if (victim == SHARD_NIL)
        {
            victim = m_flows[flow].blocks.Front(); // it pays for itself
            why = SHARD_EVICTED_FLOW_CAP;
        }
        return victim != SHARD_NIL ? EVICT : REFUSED;
    }
    return GRANTED;
}

// A flood evicts in order of age, which with a million blocks is memory that no cache holds. But
// what will be evicted is known: a cursor runs a few blocks ahead and has brought into the cache
// what an eviction touches.
void
ShardBlockStore::PrefetchAhead(uint32_t victim)
{
    constexpr uint32_t DISTANCE = 6;
    uint32_t steps = 1;
    if (m_ahead == SHARD_NIL)
    {
        m_ahead = victim;
        steps = DISTANCE;
    }
    for (; steps > 0 && m_ahead != SHARD_NIL; --steps)
    {
        m_ahead = m_blocks[m_ahead].byAge.next;
    }
    if (m_ahead == SHARD_NIL)
    {
        return;
    }
    const ShardBlock& block = m_blocks[m_ahead];
    m_index.Prefetch(Hash(block.id));
    if (block.inFlow.next != SHARD_NIL)
    {
        __builtin_prefetch(&m_blocks[block.inFlow.next].inFlow);
    }
    if (block.byAge.next != SHARD_NIL)
    {
        const char* after = reinterpret_cast<const char*>(&m_blocks[block.byAge.next]);
        for (size_t line = 0; line < sizeof(ShardBlock); line += 64)
        {
            __builtin_prefetch(after + line);
        }
    }
}

void
ShardBlockStore::Add(uint32_t flow, int64_t bytes, bool unproven)
{
    // Negative numbers of bytes wrap around, and back.
    m_flows[flow].bytes += static_cast<uint64_t>(bytes);
    m_counters.bytes += static_cast<uint64_t>(bytes);
    if (unproven)
    {
        m_unprovenBytes += static_cast<uint64_t>(bytes);
    }
    m_counters.peakBytes = std::max(m_counters.peakBytes, m_counters.bytes);
}

uint32_t
ShardBlockStore::AddFlow(uint32_t peer, uint32_t flow)
{
    const uint32_t handle = m_flows.Add(peer, flow);
    Add(handle, FLOW_COST, true);
    return handle;
}

void
ShardBlockStore::Hold(uint32_t flow)
{
    ++m_flows[flow].holds;
    m_flows.MakeBusy(flow);
}

void
ShardBlockStore::LetGo(uint32_t flow, int64_t now)
{
    --m_flows[flow].holds;
    Settle(flow, now);
}

uint32_t
ShardBlockStore::Open(uint32_t flow,
                      const ShardBlockId& id,
                      uint32_t hash,
                      int64_t now,
                      uint32_t bytes)
{
    const uint32_t handle = m_blocks.Take();
    ShardBlock& block = m_blocks[handle];
    ShardFlow& f = m_flows[flow];
    block.id = id;
    block.flow = flow;
    block.charge = 0;
    block.stored = 0;
    block.proven = f.MayProve();
    block.waiting = false;
    block.opened = now;
    block.since = now;
    m_index.Insert(hash, handle);
    f.provenBlocks += block.proven ? 1 : 0;
    m_open[block.proven].PushBack(m_blocks, handle);
    f.blocks.PushBack(m_blocks, handle);
    ++m_counters.opened;
    ++m_counters.open;
    Charge(handle, bytes);
    return handle;
}

void
ShardBlockStore::Charge(uint32_t block, uint32_t bytes)
{
    ShardBlock& b = m_blocks[block];
    const int64_t more = static_cast<int64_t>(BLOCK_COST) + bytes - b.charge;
    b.charge = BLOCK_COST + bytes;
    Add(b.flow, more, !b.proven);
    if (b.proven)
    {
        m_flows[b.flow].provenBytes += static_cast<uint64_t>(more);
        m_flows.Reweigh(b.flow);
    }
}

void
ShardBlockStore::ChangeCredit(uint32_t flow, int by)
{
    ShardFlow& f = m_flows[flow];
    const bool was = f.Proven();
    f.credit = static_cast<uint16_t>(std::clamp<int>(f.credit + by, 0, MAX_CREDIT));
    if (was != f.Proven())
    {
        m_unprovenBytes += was ? FLOW_COST : -static_cast<uint64_t>(FLOW_COST);
    }
}

void
ShardBlockStore::Complete(uint32_t block, int64_t now, uint32_t bytes)
{
    ShardBlock& b = m_blocks[block];
    const uint32_t charge = BLOCK_COST + bytes;
    ShardFlow& flow = m_flows[b.flow];
    if (b.proven)
    {
        flow.provenBytes -= b.charge;
    }
    else
    {
        m_unprovenBytes -= b.charge;
        ++flow.provenBlocks;
    }
    flow.provenBytes += charge;
    m_open[b.proven].Remove(m_blocks, block);
    m_ahead = block == m_ahead ? SHARD_NIL : m_ahead;
    Add(b.flow, static_cast<int64_t>(charge) - b.charge, false);
    b.charge = charge;
    b.proven = true;
    b.waiting = true;
    b.since = now;
    m_waiting.PushBack(m_blocks, block);
    flow.delivered = true;
    m_flows.Reweigh(b.flow);
    ChangeCredit(b.flow, 1);
}

void
ShardBlockStore::Close(uint32_t block, int64_t now, bool failed, bool remember)
{
    ShardBlock& b = m_blocks[block];
    const uint32_t flow = b.flow;
    (b.waiting ? m_waiting : m_open[b.proven]).Remove(m_blocks, block);
    m_flows[flow].blocks.Remove(m_blocks, block);
    Add(flow, -static_cast<int64_t>(b.charge), !b.proven);
    if (b.proven)
    {
        m_flows[flow].provenBytes -= b.charge;
        --m_flows[flow].provenBlocks;
        m_flows.Reweigh(flow);
    }
    if (failed)
    {
        ChangeCredit(flow, -1);
    }
    m_index.Erase(Hash(b.id), block);
    b.origin = nullptr;
    b.decoder.reset();
    --m_counters.open;
    if (remember)
    {
        Remember(b, now);
    }
    m_ahead = block == m_ahead ? SHARD_NIL : m_ahead;
    m_blocks.Give(block);
    Settle(flow, now);
}

void
ShardBlockStore::Remember(const ShardBlock& block, int64_t now)
{
    const bool proven = block.proven;
    ShardFlow& flow = m_flows[block.flow];
    if ((flow.ended + 1) * static_cast<uint64_t>(ENDED_COST) > m_limits.flow / ENDED_FLOW_PART)
    {
        if (flow.ended == 0)
        {
            return;
        }
        ++m_counters.forgottenBlocks;
        ForgetEnded(flow.endedBlocks.Front());
    }
    while (m_endedBytes[proven] + ENDED_COST > m_limits.node / ENDED_PART[proven])
    {
        if (m_endedByAge[proven].Empty())
        {
            return;
        }
        ++m_counters.forgottenBlocks;
        ForgetEnded(m_endedByAge[proven].Front());
    }
    const uint32_t handle = m_ended.Take();
    ShardEndedBlock& ended = m_ended[handle];
    ended.id = block.id;
    ended.flow = block.flow;
    ended.proven = proven;
    ended.since = now;
    m_index.Insert(Hash(ended.id), handle | ENDED_BIT);
    m_endedByAge[proven].PushBack(m_ended, handle);
    flow.endedBlocks.PushBack(m_ended, handle);
    ++flow.ended;
    m_endedBytes[proven] += ENDED_COST;
    Add(ended.flow, ENDED_COST, false);
}

void
ShardBlockStore::ForgetEnded(uint32_t handle)
{
    ShardEndedBlock& ended = m_ended[handle];
    m_index.Erase(Hash(ended.id), handle | ENDED_BIT);
    m_endedByAge[ended.proven].Remove(m_ended, handle);
    m_flows[ended.flow].endedBlocks.Remove(m_ended, handle);
    --m_flows[ended.flow].ended;
    m_endedBytes[ended.proven] -= ENDED_COST;
    Add(ended.flow, -static_cast<int64_t>(ENDED_COST), false);
    m_ended.Give(handle);
}

void
ShardBlockStore::Settle(uint32_t flow, int64_t now)
{
    const ShardFlow& f = m_flows[flow];
    if (f.holds != 0 || !f.blocks.Empty())
    {
        return;
    }
    if (!f.delivered && f.ended == 0)
    {
        ForgetFlow(flow); // nothing would be lost by it
        return;
    }
    m_flows.MakeIdle(flow, now);
}

void
ShardBlockStore::ForgetFlow(uint32_t flow)
{
    while (!m_flows[flow].endedBlocks.Empty())
    {
        ForgetEnded(m_flows[flow].endedBlocks.Front());
    }
    Add(flow, -static_cast<int64_t>(FLOW_COST), !m_flows[flow].Proven());
    m_flows.Remove(flow);
}

void
ShardBlockStore::Forget(int64_t endedBefore, int64_t idleBefore)
{
    for (auto& list : m_endedByAge)
    {
        while (!list.Empty() && m_ended[list.Front()].since <= endedBefore)
        {
            ForgetEnded(list.Front());
        }
    }
    for (bool proven : {false, true})
    {
        uint32_t flow = m_flows.LongestIdle(proven);
        while (flow != SHARD_NIL && m_flows[flow].idleSince <= idleBefore)
        {
            ForgetFlow(flow);
            flow = m_flows.LongestIdle(proven);
        }
    }
}

int64_t
ShardBlockStore::EndedSince() const
{
    int64_t since = std::numeric_limits<int64_t>::max();
    for (const auto& list : m_endedByAge)
    {
        if (!list.Empty())
        {
            since = std::min(since, m_ended[list.Front()].since);
        }
    }
    return since;
}

int64_t
ShardBlockStore::IdleSince() const
{
    int64_t since = std::numeric_limits<int64_t>::max();
    for (bool proven : {false, true})
    {
        const uint32_t flow = m_flows.LongestIdle(proven);
        if (flow != SHARD_NIL)
        {
            since = std::min(since, m_flows[flow].idleSince);
        }
    }
    return since;
}

} // namespace sharding
} // namespace ns3
