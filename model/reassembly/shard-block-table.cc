// SPDX-License-Identifier: GPL-2.0-only
#include "shard-block-table.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr int64_t NEVER = std::numeric_limits<int64_t>::max();

/// @param since ticks, or NEVER  @param duration ticks  @return the sum, or NEVER
int64_t
After(int64_t since, int64_t duration)
{
    return since > NEVER - duration ? NEVER : since + duration;
}

/// @param fields of a shard  @return its layout, or nothing where the fields cannot be
std::optional<ShardLayout>
CheckedLayout(const ShardFields& fields)
{
    if (fields.n < fields.k || fields.index >= fields.n ||
        ShardCodeRefusal(fields.code, fields.k, fields.n - fields.k) != nullptr)
    {
        return std::nullopt;
    }
    return fields.Layout();
}

/// @param shard any  @param layout of its block  @return whether its payload can be of that index
bool
Fits(const Shard& shard, const ShardLayout& layout)
{
    return shard.size == layout.WireSize(shard.fields.index) &&
           (!shard.bytes ||
            static_cast<uint64_t>(shard.offset) + shard.size <= shard.bytes->Size());
}

/// @param layout of a block  @param n all its shards  @return bytes that its decoder takes at once
uint32_t
Reserved(const ShardLayout& layout, uint32_t n)
{
    return layout.DatagramSize() + 2 * std::min(layout.DataShards(), n - layout.DataShards());
}

/// @param layout of a block  @param n all its shards
/// @return whether a repair symbol may not fit in the place of a data shard (ShardBlockDecoder)
bool
MaySpill(const ShardLayout& layout, uint32_t n)
{
    const uint32_t k = layout.DataShards();
    return layout.FirstSize() != 0 && n > k &&
           std::min(layout.Size(0), layout.Size(k - 1)) + 1 < layout.SymbolSize();
}

} // namespace

ShardBlockTable::ShardBlockTable(ShardBlockListener& listener)
    : m_listener(listener),
      m_store(m_counters)
{
    Configure(ShardTableSettings());
}

void
ShardBlockTable::Configure(const ShardTableSettings& settings)
{
    m_timeout = settings.timeout.GetTimeStep();
    m_linger = settings.linger.GetTimeStep();
    m_flowIdle = std::max(settings.flowIdle, settings.linger).GetTimeStep();
    m_order = settings.order;
    m_store.SetLimits(settings.memory);
    m_quietUntil = 0;
}

ShardVerdict
ShardBlockTable::Accept(Time now, const Shard& shard)
{
    PassTo(now.GetTimeStep());
    const ShardVerdict verdict = Take(shard);
    ++m_counters.received;
    ++m_counters.shards[verdict];
    Deliver();
    return verdict;
}

void
ShardBlockTable::Advance(Time now)
{
    PassTo(now.GetTimeStep());
}

void
ShardBlockTable::PassTo(int64_t now)
{
    while (now >= m_quietUntil)
    {
        // Each deadline at its own time, however late it is noticed.
        m_now = std::min(now, std::max(m_now, After(OldestSince(), m_timeout)));
        Expire();
        Deliver();
        if (m_now == now)
        {
            break;
        }
    }
    m_now = now;
}

int64_t
ShardBlockTable::OldestSince() const
{
    int64_t since = NEVER;
    for (uint32_t block :
         {m_store.OldestOpen(false), m_store.OldestOpen(true), m_store.LongestWaiting()})
    {
        if (block != SHARD_NIL)
        {
            since = std::min(since, m_store.Block(block).since);
        }
    }
    return since;
}

Time
ShardBlockTable::NextDeadline() const
{
    const int64_t since = OldestSince();
    return since == NEVER ? Time::Max() : TimeStep(since + m_timeout);
}

ShardVerdict
ShardBlockTable::Take(const Shard& shard)
{
    const ShardBlockId id{shard.peer, shard.fields.flow, shard.fields.block};
    const uint32_t hash = ShardBlockStore::Hash(id);
    uint32_t block = SHARD_NIL;
    switch (m_store.Find(id, hash, block))
    {
    case ShardBlockStore::ENDED:
        return SHARD_LATE;
    case ShardBlockStore::OPEN:
        return TakeInto(block, shard);
    case ShardBlockStore::NOTHING:
        break;
    }
    return TakeFirst(shard, id, hash);
}

ShardVerdict
ShardBlockTable::TakeFirst(const Shard& shard, const ShardBlockId& id, uint32_t hash)
{
    const std::optional<ShardLayout> layout = CheckedLayout(shard.fields);
    if (!layout || !Fits(shard, *layout))
    {
        return SHARD_MALFORMED;
    }
    const uint32_t n = shard.fields.n;
    const uint32_t bytes = Reserved(*layout, n);
    uint32_t flow = m_store.Flows().Find(id.peer, id.flow);
    if (flow == SHARD_NIL)
    {
        const uint32_t all = ShardBlockStore::FLOW_COST + ShardBlockStore::BLOCK_COST + bytes;
        if (!MakeRoom(SHARD_NIL, all, SHARD_NIL))
        {
            return SHARD_NO_ROOM;
        }
        flow = m_store.AddFlow(id.peer, id.flow);
    }
    m_store.Hold(flow);
    const auto isPast = [&]
    {
        if (m_order == SHARD_ORDER_ANY)
        {
            return false;
        }
        ShardReleaseOrder& order = m_store.Flows()[flow].order;
        order.Saw(id.block);
        return order.IsPast(id.block);
    };
    ShardVerdict verdict = SHARD_NO_ROOM;
    if (isPast())
    {
        verdict = SHARD_LATE;
    }
    else if (MakeRoom(flow, ShardBlockStore::BLOCK_COST + bytes, SHARD_NIL))
    {
        // Room may have been made by releasing what waited, which may have been its turn, too.
        verdict = SHARD_LATE;
        if (!isPast())
        {
            NoteOrder(m_store.Flows()[flow], id);
            const uint32_t handle = m_store.Open(flow, id, hash, m_now, bytes);
            ShardBlock& block = m_store.Block(handle);
            block.code = shard.fields.code;
            block.handedOn = 0;
            block.real = static_cast<bool>(shard.bytes);
            block.isMarked = false;
            block.decoder.emplace(*layout, shard.fields.code, n, static_cast<bool>(shard.bytes));
            verdict = TakeInto(handle, shard);
        }
    }
    m_store.LetGo(flow, m_now);
    return verdict;
}

ShardVerdict
ShardBlockTable::TakeInto(uint32_t handle, const Shard& shard)
{
    ShardBlock& block = m_store.Block(handle);
    if (block.waiting)
    {
        return SHARD_LATE;
    }
    ShardBlockDecoder& decoder = *block.decoder;
    const uint32_t index = shard.fields.index;
    if (!block.Agrees(shard.fields))
    {
        const std::optional<ShardLayout> own = CheckedLayout(shard.fields);
        if (!own || !Fits(shard, *own))
        {
            return SHARD_MALFORMED; // says nothing, so contradicts nothing
        }
        End(handle, SHARD_POISONED);
        return SHARD_CONFLICT;
    }
    if (index >= decoder.Shards() || !Fits(shard, decoder.Layout()))
    {
        return SHARD_MALFORMED;
    }
    if (block.real != static_cast<bool>(shard.bytes))
    {
        return SHARD_MIXED;
    }
    const bool maySpill = MaySpill(decoder.Layout(), decoder.Shards());
    if (maySpill && !decoder.Have(index))
    {
        // The decoder may keep one symbol more beside the datagram, and grow a list of such.
        const uint32_t most = decoder.Layout().SymbolSize() + 32 * (decoder.RepairShardsHeld() + 4);
        if (!MakeRoom(block.flow, most, handle))
        {
            return SHARD_NO_ROOM;
        }
    }
    const ShardBlockDecoder::Verdict verdict = decoder.Add(index, shard.Payload(), shard.size);
    if (!block.origin)
    {
        block.origin = shard.origin;
    }
    block.isMarked |= shard.isMarked;
    switch (verdict)
    {
    case ShardBlockDecoder::STORED:
        break;
    case ShardBlockDecoder::DUPLICATE:
        return SHARD_DUPLICATE;
    case ShardBlockDecoder::USELESS:
        return SHARD_USELESS;
    case ShardBlockDecoder::REFUSED:
        return SHARD_MALFORMED;
    case ShardBlockDecoder::CONFLICT:
        End(handle, SHARD_POISONED);
        return SHARD_CONFLICT;
    }
    ++block.stored;
    ++m_counters.heldShards;
    if (maySpill)
    {
        m_store.Charge(handle,
                       std::max(Reserved(decoder.Layout(), decoder.Shards()), decoder.BytesHeld()));
    }
    if (!decoder.Decodable())
    {
        return SHARD_STORED;
    }
    Completed(handle);
    return SHARD_COMPLETED;
}

bool
ShardBlockTable::MakeRoom(uint32_t flow, uint32_t bytes, uint32_t self)
{
    while (true)
    {
        // Asked anew each time: what had to go may have cost the flow its proof.
        const bool proven = self != SHARD_NIL   ? m_store.Block(self).proven
                            : flow != SHARD_NIL ? m_store.Flows()[flow].MayProve()
                                                : false;
        const bool isNew = self == SHARD_NIL && flow != SHARD_NIL;
        uint32_t victim = SHARD_NIL;
        ShardOutcome why = SHARD_EVICTED_UNPROVEN;
        switch (m_store.MakeRoom(flow, proven, bytes, isNew, victim, why))
        {
        case ShardBlockStore::GRANTED:
            return true;
        case ShardBlockStore::REFUSED:
            return false;
        case ShardBlockStore::EVICT:
            break;
        }
        if (m_store.Block(victim).waiting)
        {
            ReleaseUpTo(victim); // complete: there is no reason to lose it
            continue;
        }
        End(victim, why);
        if (victim == self)
        {
            return false;
        }
    }
}

void
ShardBlockTable::Expire()
{
    // First, so that what ends now finds the same memory however often the table is called.
    m_store.Forget(m_now - m_linger, m_now - m_flowIdle);
    const int64_t due = m_now - m_timeout;
    while (true)
    {
        // The earliest deadline first, over all three queues.
        uint32_t earliest = SHARD_NIL;
        for (uint32_t block :
             {m_store.OldestOpen(true), m_store.OldestOpen(false), m_store.LongestWaiting()})
        {
            if (block != SHARD_NIL && m_store.Block(block).since <= due &&
                (earliest == SHARD_NIL ||
                 m_store.Block(block).since < m_store.Block(earliest).since))
            {
                earliest = block;
            }
        }
        if (earliest == SHARD_NIL)
        {
            break;
        }
        if (m_store.Block(earliest).waiting)
        {
            ReleaseUpTo(earliest);
        }
        else
        {
            End(earliest, SHARD_TIMED_OUT);
        }
    }
    // What is stored from now on is due no earlier than the shortest duration from now.
    m_quietUntil = std::min({After(m_now, std::min({m_timeout, m_linger, m_flowIdle})),
                             After(OldestSince(), m_timeout),
                             After(m_store.EndedSince(), m_linger),
                             After(m_store.IdleSince(), m_flowIdle)});
}

} // namespace sharding
} // namespace ns3
