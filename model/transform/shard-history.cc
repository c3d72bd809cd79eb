// SPDX-License-Identifier: GPL-2.0-only
#include "shard-history.h"

#include "ns3/uinteger.h"

#include <utility>

namespace ns3
{
namespace sharding
{

namespace
{

/// Charged for a block beside its payload, so that tiny datagrams are bounded, too.
constexpr uint32_t BLOCK_COST = 128;

} // namespace

NS_OBJECT_ENSURE_REGISTERED(ShardHistory);

TypeId
ShardHistory::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardHistory")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardHistory>()
            .AddAttribute("MaxBytes",
                          "Most payload that is remembered, 128 bytes a block included; the "
                          "oldest blocks go first.",
                          UintegerValue(4U << 20),
                          MakeUintegerAccessor(&ShardHistory::m_maxBytes),
                          MakeUintegerChecker<uint64_t>(1024, uint64_t(1) << 40))
            .AddAttribute("MaxAge",
                          "Longest time that a block is remembered.",
                          TimeValue(Seconds(2)),
                          MakeTimeAccessor(&ShardHistory::m_maxAge),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddTraceSource("Retransmit",
                            "A shard is sent again, and the round of the request.",
                            MakeTraceSourceAccessor(&ShardHistory::m_retransmitTrace),
                            "ns3::sharding::ShardHistory::RetransmitTracedCallback");
    return tid;
}

ShardHistory::ShardHistory()
    : m_blocks(16)
{
}

ShardHistory::~ShardHistory() = default;

void
ShardHistory::SetNext(ShardSink* next)
{
    m_next = next;
}

uint32_t
ShardHistory::Find(uint32_t peer, uint32_t flow, uint32_t number) const
{
    return m_index.Find(ShardIndex::Hash(flow, number, peer),
                        [&](uint32_t place)
                        {
                            const Block& block = At(place);
                            return block.flow == flow && block.number == number &&
                                   block.peer == peer;
                        });
}

void
ShardHistory::Accept(Time now, Shard&& shard)
{
    Remember(now, shard);
    m_next->Accept(now, std::move(shard));
}

void
ShardHistory::Remember(Time now, const Shard& shard)
{
    while (m_first != m_end && now - At(m_first).sent > m_maxAge)
    {
        ForgetOldest();
    }
    uint32_t place = Find(shard.peer, shard.fields.flow, shard.fields.block);
    if (place == ShardIndex::NONE)
    {
        if (shard.fields.index != 0)
        {
            return; // of a block that was forgotten while it was being sent
        }
        if (m_end - m_first == m_blocks.size())
        {
            Grow();
        }
        place = m_end++;
        Block& block = At(place);
        block.peer = shard.peer;
        block.flow = shard.fields.flow;
        block.number = shard.fields.block;
        block.sent = now;
        block.bytes = BLOCK_COST;
        block.round = 0;
        block.answered = ShardSet();
        m_bytes += BLOCK_COST;
        m_index.Insert(ShardIndex::Hash(block.flow, block.number, block.peer), place);
    }
    Block& block = At(place);
    if (block.shards.size() != shard.fields.index)
    {
        return; // a further copy of the first shard
    }
    block.shards.push_back(shard);
    block.bytes += shard.size;
    m_bytes += shard.size;
    while (m_bytes > m_maxBytes)
    {
        ForgetOldest();
    }
}

void
ShardHistory::ForgetOldest()
{
    Block& block = At(m_first);
    m_index.Erase(ShardIndex::Hash(block.flow, block.number, block.peer), m_first);
    m_bytes -= block.bytes;
    block.shards.clear(); // its memory is used again
    ++m_first;
}

void
ShardHistory::Grow()
{
    std::vector<Block> larger(2 * m_blocks.size());
    for (uint32_t place = m_first; place != m_end; ++place)
    {
        larger[place % larger.size()] = std::move(At(place));
    }
    m_blocks.swap(larger);
}

void
ShardHistory::AcceptControl(Time now, const ShardControlMessage& message)
{
    ShardRequest request;
    if (request.Read(message.body, message.size) != SHARD_OK)
    {
        ++m_counters.malformed;
        return;
    }
    const uint32_t place = Find(message.place, request.flow, request.block);
    if (place == ShardIndex::NONE)
    {
        ++m_counters.unknown;
        return;
    }
    Block& block = At(place);
    const ShardSet before = request.round == block.round ? block.answered : ShardSet();
    if (request.round < block.round || (request.whole && !before.Empty()) ||
        !(request.wanted & before).Empty())
    {
        ++m_counters.stale;
        return;
    }
    const auto sent = static_cast<uint32_t>(block.shards.size());
    if (!request.whole && request.wanted.Next(sent) < ShardSet::SIZE)
    {
        ++m_counters.malformed; // asks for what there never was
        return;
    }
    block.round = request.round;
    block.answered = before | (request.whole ? ShardSet::Below(ShardSet::SIZE) : request.wanted);
    ++m_counters.requests;
    // Copied first: what is sent again may come back through this stage in a program of one's own.
    std::vector<Shard> again;
    for (uint32_t index = 0; index < sent; ++index)
    {
        // Of a whole block the data shards, and that many do.
        if (request.whole ? index < block.shards[index].fields.k : request.wanted.Test(index))
        {
            again.push_back(block.shards[index]);
        }
    }
    for (Shard& shard : again)
    {
        ++m_counters.retransmitted;
        shard.path = message.path;
        m_retransmitTrace(shard, request.round);
        m_next->Accept(now, std::move(shard));
    }
}

void
ShardHistory::Fail()
{
    while (m_first != m_end)
    {
        ForgetOldest();
    }
}

void
ShardHistory::DoDispose()
{
    m_blocks.clear();
    m_blocks.resize(16);
    m_first = m_end = 0;
    m_index = ShardIndex();
    m_bytes = 0;
    m_next = nullptr;
    Object::DoDispose();
}

} // namespace sharding
} // namespace ns3
