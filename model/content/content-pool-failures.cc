// SPDX-License-Identifier: GPL-2.0-only
// What a pool's manager does about encoders that are silent, and where there is more to do than can
// be done.
#include "content-pool.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

void
ContentPool::CheckHealth()
{
    m_checkEvent = Simulator::Schedule(m_check, &ContentPool::CheckHealth, this);
    std::vector<uint16_t> silent;
    for (const auto& [number, encoder] : m_encoders)
    {
        if (encoder.works && encoder.heard + m_patience < Simulator::Now())
        {
            silent.push_back(number);
        }
    }
    for (const uint16_t number : silent)
    {
        GiveUp(number);
    }
    if (!m_waiting.empty())
    {
        Order(std::vector<uint64_t>(m_waiting.begin(), m_waiting.end()), 1);
    }
    EncodeAhead();
}

void
ContentPool::GiveUp(uint16_t number)
{
    Encoder& encoder = m_encoders.at(number);
    if (!encoder.works)
    {
        return;
    }
    ++m_counters.failures;
    m_failureTrace(number, false);
    encoder.works = false;
    encoder.pixels = 0;
    if (Ptr<ContentConnection> connection = std::exchange(encoder.connection, nullptr))
    {
        connection->End();
        ContentServer::ConnectionEnded(*connection);
    }
    encoder.copies.clear();
    std::vector<uint64_t> again;
    for (const uint64_t key : std::exchange(encoder.orders, {}))
    {
        ++m_counters.lost;
        Work& work = m_work[key];
        work.orders -= std::min(work.orders, 1U);
        again.push_back(key);
    }
    for (const uint64_t key : std::exchange(encoder.shards, {}))
    {
        m_streams.at(ContentKey::Of(key).stream).map.RemoveHolder(ContentKey::Of(key).id, number);
        const ContentMapEntry* const entry = EntryOf(key);
        if (entry != nullptr && entry->holders.empty())
        {
            Work& work = m_work[key];
            work.isLost = true;
            work.failed = number;
            work.noticed = Simulator::Now();
            work.deadline = Simulator::Now() + m_deadline;
            if (m_streams.at(ContentKey::Of(key).stream).what.live)
            {
                // The older, the fewer still want it; none may keep back what is new.
                work.deadline += Simulator::Now() - (ExpiresAt(key) - m_keep);
                work.deadline += m_firm ? m_keep / 2 : Time(0);
            }
        }
        again.push_back(key);
    }
    // What has to be encoded anew goes to the policy all at once.
    std::vector<uint64_t> orders;
    for (const uint64_t key : again)
    {
        const ContentMapEntry* const entry = EntryOf(key);
        Work& work = m_work[key];
        const bool isWanted = entry != nullptr && ExpiresAt(key) > Simulator::Now();
        if (m_reassigns && isWanted && entry->holders.empty() && work.orders == 0)
        {
            ++m_counters.reassigned;
            orders.push_back(key);
        }
        else if (work.orders == 0)
        {
            m_waiting.erase(key);
            m_work.erase(key);
        }
        if (m_reassigns && isWanted && !entry->holders.empty())
        {
            Replicate(key);
        }
    }
    Order(orders, 1);
}

void
ContentPool::HoldBack(uint64_t key)
{
    Stream& stream = m_streams.at(ContentKey::Of(key).stream);
    const uint8_t rendition = KindOf(key).second;
    const auto work = m_work.find(key);
    const ContentMapEntry* const entry = EntryOf(key);
    // Only what is new and has no shard yet tells that there is too much to do: repairs and second
    // encodings are what gives way first.
    const bool isNew = work != m_work.end() && !work->second.isLost && work->second.orders == 0 &&
                       entry != nullptr && entry->holders.empty();
    if (!m_firm || !stream.what.live || !isNew || rendition == 0 ||
        ContentIsAudio(stream.what.encodings[rendition].codec))
    {
        return;
    }
    const Time now = Simulator::Now();
    stream.best = now < stream.holdBack ? std::min(stream.best, rendition - 1U) : rendition - 1U;
    stream.holdBack = now + m_holdBack;
}

} // namespace sharding
} // namespace ns3
