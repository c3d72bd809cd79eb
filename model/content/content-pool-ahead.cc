// SPDX-License-Identifier: GPL-2.0-only
// What a pool's manager does ahead of demand: copies of what is much asked for, and encoding of
// what will be.
#include "content-pool.h"

#include "ns3/shard-octets.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

void
ContentPool::Replicate(uint64_t key)
{
    const ContentMapEntry* const entry = EntryOf(key);
    const auto copies = m_copies.find(KindOf(key));
    const uint32_t wanted = std::max(copies != m_copies.end() ? copies->second : 1, m_encodings);
    uint32_t have = static_cast<uint32_t>(entry->holders.size());
    if (have == 0 || have >= wanted)
    {
        return;
    }
    for (const auto& [number, encoder] : m_encoders)
    {
        have += static_cast<uint32_t>(encoder.copies.count(key) + encoder.orders.count(key));
    }
    for (; have < wanted; ++have)
    {
        // To the one that has least.
        auto best = m_encoders.end();
        for (auto at = m_encoders.begin(); at != m_encoders.end(); ++at)
        {
            const Encoder& encoder = at->second;
            if (encoder.works && encoder.shards.count(key) == 0 && encoder.orders.count(key) == 0 &&
                encoder.copies.count(key) == 0 &&
                (best == m_encoders.end() ||
                 encoder.shards.size() + encoder.copies.size() <
                     best->second.shards.size() + best->second.copies.size()))
            {
                best = at;
            }
        }
        if (best == m_encoders.end())
        {
            return;
        }
        best->second.copies.insert(key);
        ++m_counters.copyOrders;
        ContentMessage message;
        message.type = CONTENT_COPY;
        message.key = ContentKey::Of(key);
        message.holder = m_encoders.at(entry->holders[have % entry->holders.size()]).address;
        ShardOctetWriter out;
        const uint32_t renditions = m_streams.at(message.key.stream).map.Renditions();
        out.Put32(message.key.id / renditions);
        out.Put8(static_cast<uint8_t>(message.key.id % renditions));
        message.body = out.Take();
        best->second.connection->Send(message);
    }
}

void
ContentPool::TakeCopied(uint16_t number, const ContentMessage& message)
{
    ShardOctetReader in(message.body.data(), static_cast<uint32_t>(message.body.size()));
    const uint32_t bytes = in.Get32();
    const uint64_t key = message.key.Number();
    if (!in.IsExact() || m_encoders.at(number).copies.erase(key) == 0)
    {
        return;
    }
    if (message.status == CONTENT_OK && bytes > 0 && bytes <= ContentMap::MAX_SHARD_BYTES)
    {
        ++m_counters.copied;
        AddShard(number, key, bytes);
    }
}

void
ContentPool::LookAhead()
{
    m_aheadEvent = Simulator::Schedule(m_period, &ContentPool::LookAhead, this);
    m_demand.Close();
    std::vector<ContentDemand::Kind> kinds;
    ContentReplicateView view;
    for (const auto& [number, stream] : m_streams)
    {
        for (uint32_t r = 0; r < stream.map.Renditions(); ++r)
        {
            kinds.emplace_back(number, static_cast<uint8_t>(r));
            view.demand.push_back(m_demand.Expected(kinds.back()) / m_period.GetSeconds());
        }
    }
    view.budget = static_cast<uint32_t>(m_budget * static_cast<double>(kinds.size()));
    view.most = std::max(m_poolSize, 1U);
    const std::vector<uint32_t> copies = m_replicate->Copies(view);
    for (std::size_t i = 0; i < kinds.size(); ++i)
    {
        uint32_t& wanted = m_copies[kinds[i]];
        const bool more = copies[i] > wanted;
        wanted = copies[i];
        const Stream& stream = m_streams.at(kinds[i].first);
        if (!more || stream.what.live)
        {
            continue; // live, what is made from now on gets them
        }
        for (uint32_t segment = 0; segment < stream.next; ++segment)
        {
            const ContentMapEntry* const entry = stream.map.Find(segment, kinds[i].second);
            if (entry != nullptr && entry->made)
            {
                Replicate(ContentKey{kinds[i].first, entry->id}.Number());
            }
        }
    }
}

void
ContentPool::EncodeAhead()
{
    const bool isOffPeak = m_demand.ExpectedTotal() <= m_offPeak * m_demand.Peak();
    if (m_preencode == CONTENT_PREENCODE_NONE ||
        (m_preencode == CONTENT_PREENCODE_DEMAND && !isOffPeak))
    {
        return;
    }
    // As much as keeps the encoders that work busy for a second.
    double room = 0;
    for (const auto& [number, encoder] : m_encoders)
    {
        room += encoder.works ? encoder.capacity - encoder.pixels : 0;
    }
    std::vector<std::pair<double, ContentDemand::Kind>> kinds;
    for (const auto& [number, stream] : m_streams)
    {
        for (uint32_t r = 0; r < stream.map.Renditions() && !stream.what.live; ++r)
        {
            const ContentDemand::Kind kind{number, static_cast<uint8_t>(r)};
            const bool byDemand = m_preencode == CONTENT_PREENCODE_DEMAND;
            if (stream.ahead[r] < stream.next)
            {
                kinds.emplace_back(byDemand ? -m_demand.Expected(kind) : 0, kind);
            }
        }
    }
    std::sort(kinds.begin(), kinds.end());
    std::vector<uint64_t> keys;
    for (bool some = true; some && room > 0;)
    {
        some = false;
        for (const auto& [negative, kind] : kinds)
        {
            Stream& stream = m_streams.at(kind.first);
            uint32_t& next = stream.ahead[kind.second];
            // By demand the most wanted kind is finished first; otherwise all go on together.
            while (next < stream.next && room > 0)
            {
                const ContentMapEntry* const entry = stream.map.Find(next++, kind.second);
                const uint64_t key = ContentKey{kind.first, entry->id}.Number();
                if (entry->made || m_work.count(key) > 0)
                {
                    continue;
                }
                keys.push_back(key);
                room -= TaskOf(key).Pixels();
                some = true;
                if (m_preencode == CONTENT_PREENCODE_ALL)
                {
                    break;
                }
            }
        }
    }
    if (!keys.empty())
    {
        m_counters.preencoded += keys.size();
        Want(keys, Simulator::Now() + Seconds(1000));
    }
}

} // namespace sharding
} // namespace ns3
