// SPDX-License-Identifier: GPL-2.0-only
#include "shard-preallocator.h"

#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardPreallocator);

TypeId
ShardPreallocator::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardPreallocator")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardPreallocator>()
            .AddAttribute("ColdTime",
                          "How long it takes to allocate a buffer.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&ShardPreallocator::m_coldTime),
                          MakeTimeChecker(Time(0), Hours(1)))
            .AddAttribute("PoolBuffers",
                          "Buffers of the shared pool, allocated from the start.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&ShardPreallocator::m_poolBuffers),
                          MakeUintegerChecker<uint32_t>(0, 1U << 24))
            .AddAttribute("PoolBufferSize",
                          "Bytes of each of them; a larger datagram cannot use it.",
                          UintegerValue(65535),
                          MakeUintegerAccessor(&ShardPreallocator::m_poolSize),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("Memory",
                          "Bytes that may be allocated ahead by the policy and not in use, in all.",
                          UintegerValue(1U << 20),
                          MakeUintegerAccessor(&ShardPreallocator::m_memory),
                          MakeUintegerChecker<uint64_t>(0, uint64_t(1) << 40))
            .AddAttribute("MaxFlows",
                          "Flows whose arrivals are remembered for the policy.",
                          UintegerValue(16384),
                          MakeUintegerAccessor(&ShardPreallocator::m_flows),
                          MakeUintegerChecker<uint32_t>(1, 1U << 24))
            .AddAttribute("FlowIdle",
                          "A flow without a datagram for so long is forgotten.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&ShardPreallocator::m_flowIdle),
                          MakeTimeChecker(NanoSeconds(1), Hours(24)))
            .AddAttribute("HeldMemory",
                          "Bytes of shards that may wait for a buffer in all, 128 a shard beside "
                          "its payload; above, shards are dropped.",
                          UintegerValue(4U << 20),
                          MakeUintegerAccessor(&ShardPreallocator::m_heldMemory),
                          MakeUintegerChecker<uint64_t>(0, uint64_t(1) << 40))
            .AddAttribute("Slack",
                          "Shards may be handed over by so much later than they came, and those "
                          "that wait are handed on by so much later, but with the time when it "
                          "was (ShardPathTransport).",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&ShardPreallocator::m_slack),
                          MakeTimeChecker(Time(0)))
            .AddTraceSource("Grant",
                            "A datagram has got its buffer: from where, and how long it waits.",
                            MakeTraceSourceAccessor(&ShardPreallocator::m_grantTrace),
                            "ns3::sharding::ShardPreallocator::GrantTracedCallback")
            .AddTraceSource("Drop",
                            "A shard was dropped: no room to wait for a buffer.",
                            MakeTraceSourceAccessor(&ShardPreallocator::m_dropTrace),
                            "ns3::sharding::ShardPreallocator::DropTracedCallback");
    return tid;
}

ShardPreallocator::ShardPreallocator() = default;
ShardPreallocator::~ShardPreallocator() = default;

void
ShardPreallocator::SetNext(Ptr<ShardReassembler> next)
{
    m_next = next;
    m_next->TraceConnectWithoutContext("BlockEnd", MakeCallback(&ShardPreallocator::Ended, this));
}

void
ShardPreallocator::SetPolicy(Ptr<ShardPreallocationPolicy> policy)
{
    m_policy = policy;
}

uint32_t
ShardPreallocator::Hash(const ShardBlockId& id)
{
    return ShardIndex::Hash(id.peer, id.flow, id.block);
}

uint32_t
ShardPreallocator::Find(const ShardBlockId& id) const
{
    return m_index.Find(Hash(id), [&](uint32_t handle) { return m_blocks[handle].id == id; });
}

void
ShardPreallocator::Accept(Time time, Shard&& shard)
{
    const int64_t now = time.GetTimeStep();
    PassTo(now);
    m_next->Advance(time); // which datagrams have ended until now
    ++m_counters.received;
    const ShardBlockId id{shard.peer, shard.fields.flow, shard.fields.block};
    uint32_t block = Find(id);
    bool isFirst = false;
    if (block == ShardIndex::NONE && m_next->Look(id) == ShardBlockStore::NOTHING)
    {
        block = Open(now, id, shard);
        if (block == ShardIndex::NONE)
        {
            Drop(shard);
            return;
        }
        isFirst = true;
    }
    if (block == ShardIndex::NONE || !m_blocks[block].isHeld)
    {
        Pass(now, std::move(shard));
        if (isFirst)
        {
            CloseUnlessOpen(now, id);
        }
    }
    else if (MayHold(shard))
    {
        Hold(block, std::move(shard));
    }
    else
    {
        Drop(shard);
    }
}

/// A datagram's first shard has come.
/// @return handle of the block; NONE when it would have to wait and cannot
uint32_t
ShardPreallocator::Open(int64_t now, const ShardBlockId& id, const Shard& shard)
{
    if (m_policy && !m_ahead)
    {
        ShardAheadSettings settings;
        settings.coldTime = m_coldTime;
        settings.memory = m_memory;
        settings.flows = m_flows;
        settings.flowIdle = m_flowIdle;
        m_ahead.emplace(settings, *m_policy);
    }
    const uint32_t bytes = shard.fields.datagram;
    const bool isInPool = m_poolUsed < m_poolBuffers && m_poolSize >= bytes;
    if (!m_coldTime.IsZero() && !isInPool && !MayHold(shard))
    {
        const std::optional<int64_t> offer =
            m_ahead ? m_ahead->Offer(now, id.peer, id.flow, bytes) : std::nullopt;
        if (!offer || *offer > now)
        {
            return ShardIndex::NONE; // it would have to wait; nothing is taken or learnt
        }
    }
    ShardBufferGrant grant;
    grant.id = id;
    grant.wait = m_coldTime;
    const std::optional<int64_t> ready =
        m_ahead ? m_ahead->Open(now, id.peer, id.flow, bytes) : std::nullopt;
    IntegratePool(now);
    m_counters.wasteByteTicks = m_poolWaste + (m_ahead ? m_ahead->Waste() : 0);
    if (ready)
    {
        grant.source = SHARD_BUFFER_PREDICTED;
        grant.wait = TimeStep(static_cast<uint64_t>(std::max<int64_t>(0, *ready - now)));
    }
    else if (isInPool)
    {
        grant.source = SHARD_BUFFER_POOL;
        grant.wait = Time(0);
        ++m_poolUsed;
    }
    ++m_counters.opened;
    m_counters.hits += grant.source != SHARD_BUFFER_COLD && grant.wait.IsZero();

    const uint32_t handle = m_blocks.Take();
    Block& block = m_blocks[handle];
    block = Block();
    block.id = id;
    block.opened = now;
    block.isPooled = grant.source == SHARD_BUFFER_POOL;
    block.isHeld = !grant.wait.IsZero();
    m_index.Insert(Hash(id), handle);
    if (block.isHeld)
    {
        m_turns.Set(handle, block, now + grant.wait.GetTimeStep());
    }
    m_grantTrace(grant);
    return handle;
}

bool
ShardPreallocator::MayHold(const Shard& shard) const
{
    return m_heldBytes + shard.size + HELD_COST <= m_heldMemory;
}

void
ShardPreallocator::Drop(const Shard& shard)
{
    ++m_counters.dropped;
    m_dropTrace(shard);
}

void
ShardPreallocator::Hold(uint32_t block, Shard&& shard)
{
    ++m_counters.held;
    m_heldBytes += shard.size + HELD_COST;
    const uint32_t handle = m_held.Take();
    m_held[handle].shard = std::move(shard);
    m_blocks[block].shards.PushBack(m_held, handle);
    if (m_turns.Next() < m_dueFor)
    {
        Schedule();
    }
}

void
ShardPreallocator::Pass(int64_t now, Shard&& shard)
{
    ++m_counters.passed;
    m_next->Accept(TimeStep(static_cast<uint64_t>(now)), std::move(shard));
}

/// Hand on what is due until then, each at its own time.
void
ShardPreallocator::PassTo(int64_t now)
{
    m_turns.Advance(
        now,
        [this](uint32_t handle) -> ShardTurns::Slot& { return m_blocks[handle]; },
        [this](int64_t at, uint32_t handle) { Ready(at, handle); });
}

/// A block has got its buffer: its shards wait no more.
void
ShardPreallocator::Ready(int64_t at, uint32_t handle)
{
    Block& block = m_blocks[handle];
    const ShardBlockId id = block.id;
    auto shards = block.shards;
    block.shards = {};
    block.isHeld = false;
    while (!shards.Empty())
    {
        const uint32_t first = shards.Front();
        shards.Remove(m_held, first);
        Shard shard = std::move(m_held[first].shard);
        m_held[first].shard = Shard();
        m_held.Give(first);
        --m_counters.held;
        m_heldBytes -= shard.size + HELD_COST;
        Pass(at, std::move(shard)); // which may end the block, or bring further shards
    }
    CloseUnlessOpen(at, id);
}

/// What the reassembler has not taken needs no buffer.
void
ShardPreallocator::CloseUnlessOpen(int64_t now, const ShardBlockId& id)
{
    const uint32_t block = Find(id);
    if (block != ShardIndex::NONE && !m_blocks[block].isHeld &&
        m_next->Look(id) != ShardBlockStore::OPEN)
    {
        Close(now, block);
    }
}

void
ShardPreallocator::Close(int64_t now, uint32_t handle)
{
    const Block& block = m_blocks[handle];
    if (block.isPooled)
    {
        IntegratePool(now);
        --m_poolUsed;
    }
    m_index.Erase(Hash(block.id), handle);
    m_blocks.Give(handle);
}

void
ShardPreallocator::Ended(const ShardBlockEnd& end)
{
    const uint32_t handle = Find(end.id);
    if (handle == ShardIndex::NONE)
    {
        return;
    }
    const Block& block = m_blocks[handle];
    if (end.outcome == SHARD_RELEASED)
    {
        // Had its shards waited for a cold allocation, it could not have left before that.
        const int64_t cold = block.opened + m_coldTime.GetTimeStep();
        ++m_counters.released;
        m_counters.gained +=
            TimeStep(static_cast<uint64_t>(std::max<int64_t>(0, cold - end.ended.GetTimeStep())));
    }
    Close(end.ended.GetTimeStep(), handle);
}

void
ShardPreallocator::IntegratePool(int64_t until)
{
    if (m_poolWasteAt >= 0)
    {
        m_poolWaste += static_cast<double>(m_poolBuffers - m_poolUsed) *
                       static_cast<double>(m_poolSize) * static_cast<double>(until - m_poolWasteAt);
    }
    m_poolWasteAt = until;
}

void
ShardPreallocator::Schedule()
{
    m_due.Cancel();
    m_dueFor = m_turns.Next();
    if (m_dueFor != ShardTurns::NEVER)
    {
        const Time due = TimeStep(static_cast<uint64_t>(m_dueFor)) + m_slack;
        m_due = Simulator::Schedule(std::max(due - Simulator::Now(), Time(0)),
                                    &ShardPreallocator::Due,
                                    this);
    }
}

void
ShardPreallocator::Due()
{
    PassTo((Simulator::Now() - m_slack).GetTimeStep());
    Schedule();
}

void
ShardPreallocator::Advance(Time now)
{
    PassTo(now.GetTimeStep());
}

ShardPreallocatorCounters
ShardPreallocator::GetCounters() const
{
    return m_counters;
}

ShardAheadCounters
ShardPreallocator::GetAheadCounters() const
{
    return m_ahead ? m_ahead->Counters() : ShardAheadCounters();
}

void
ShardPreallocator::DoDispose()
{
    m_due.Cancel();
    if (m_next)
    {
        m_next->TraceDisconnectWithoutContext("BlockEnd",
                                              MakeCallback(&ShardPreallocator::Ended, this));
        m_next = nullptr;
    }
    m_ahead.reset();
    m_policy = nullptr;
    Object::DoDispose();
}

} // namespace sharding
} // namespace ns3
