// SPDX-License-Identifier: GPL-2.0-only
#include "offload-prefetch-buffer.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

OffloadPrefetchBuffer::OffloadPrefetchBuffer(uint64_t memory, Time lifetime)
    : m_memory(memory),
      m_lifetime(lifetime)
{
}

std::map<uint64_t, OffloadPrefetchBuffer::Entry>::iterator
OffloadPrefetchBuffer::Find(const OffloadRange& range)
{
    // No two ranges begin at the same byte; the nearest one that does not begin later.
    auto found = m_byOffset.upper_bound(range.offset);
    if (found == m_byOffset.begin())
    {
        return m_entries.end();
    }
    --found;
    const auto entry = m_entries.find(found->second);
    const uint64_t skipped = range.offset - found->first;
    const uint64_t bytes = entry->second.range.bytes;
    return skipped <= bytes && range.bytes <= bytes - skipped ? entry : m_entries.end();
}

void
OffloadPrefetchBuffer::Remove(std::map<uint64_t, Entry>::iterator which)
{
    m_bytes -= which->second.range.bytes;
    m_coming -= which->second.isHere ? 0 : which->second.range.bytes;
    m_byOffset.erase(which->second.range.offset);
    m_entries.erase(which);
}

void
OffloadPrefetchBuffer::Discard(std::map<uint64_t, Entry>::iterator which)
{
    if (!which->second.isRead)
    {
        ++m_counters.discarded;
        m_counters.discardedBytes += which->second.range.bytes;
    }
    Remove(which);
}

void
OffloadPrefetchBuffer::Expire(Time now)
{
    while (!m_entries.empty() && now - m_entries.begin()->second.asked > m_lifetime)
    {
        Discard(m_entries.begin());
    }
}

std::map<uint64_t, OffloadPrefetchBuffer::Entry>::const_iterator
OffloadPrefetchBuffer::FindOldest() const
{
    // A read that waits would be told of nothing, and its client would have to lose patience.
    return std::find_if(m_entries.begin(),
                        m_entries.end(),
                        [](const auto& entry) { return entry.second.waiting.empty(); });
}

std::optional<Time>
OffloadPrefetchBuffer::Oldest() const
{
    const auto oldest = FindOldest();
    return oldest != m_entries.end() ? std::optional<Time>(oldest->second.asked) : std::nullopt;
}

void
OffloadPrefetchBuffer::DiscardOldest()
{
    const auto oldest = FindOldest();
    if (oldest != m_entries.end())
    {
        Discard(m_entries.find(oldest->first));
    }
}

bool
OffloadPrefetchBuffer::Ask(const OffloadRange& range, uint64_t request, Time now)
{
    Expire(now);
    if (range.bytes == 0 || range.bytes > m_memory || Find(range) != m_entries.end())
    {
        return false;
    }
    const auto same = m_byOffset.find(range.offset);
    if (same != m_byOffset.end())
    {
        // A shorter one.
        const auto shorter = m_entries.find(same->second);
        if (!shorter->second.waiting.empty())
        {
            return false;
        }
        Discard(shorter);
    }
    while (m_bytes > m_memory - range.bytes)
    {
        if (!Oldest())
        {
            return false;
        }
        DiscardOldest();
    }
    Entry entry;
    entry.range = range;
    entry.asked = now;
    m_entries.emplace(request, entry);
    m_byOffset.emplace(range.offset, request);
    m_bytes += range.bytes;
    m_coming += range.bytes;
    ++m_counters.asked;
    m_counters.askedBytes += range.bytes;
    return true;
}

OffloadPrefetchBuffer::Found
OffloadPrefetchBuffer::Read(const OffloadIoFields& fields, Time now)
{
    Expire(now);
    const auto found = Find({fields.offset, fields.bytes});
    if (found == m_entries.end())
    {
        return ABSENT;
    }
    Entry& entry = found->second;
    if (!entry.isHere)
    {
        m_counters.late += entry.isRead ? 0 : 1;
        entry.read = entry.isRead ? entry.read : now;
        entry.isRead = true;
        entry.waiting.push_back(fields);
        return COMING;
    }
    ++m_counters.hits;
    ++m_counters.timed;
    m_counters.aheadNs += (now - entry.came).GetNanoSeconds();
    Remove(found);
    return HERE;
}

std::optional<OffloadPrefetchBuffer::Missing>
OffloadPrefetchBuffer::WaitedFor(const OffloadIoFields& fields)
{
    const auto found = Find({fields.offset, fields.bytes});
    if (found == m_entries.end() || found->second.waiting.empty())
    {
        return std::nullopt;
    }
    const Entry& entry = found->second;
    return Missing{found->first,
                   entry.range,
                   entry.held,
                   static_cast<uint32_t>(entry.waiting.size())};
}

std::vector<OffloadIoFields>
OffloadPrefetchBuffer::Arrive(const OffloadIoFields& fields, Time now)
{
    Expire(now);
    const auto found = m_entries.find(fields.request);
    if (found == m_entries.end())
    {
        return {};
    }
    Entry& entry = found->second;
    entry.held |= fields.mask;
    if (entry.isHere || entry.held != fields.All())
    {
        return {};
    }
    entry.isHere = true;
    m_coming -= entry.range.bytes;
    entry.came = now;
    if (!entry.isRead)
    {
        return {};
    }
    ++m_counters.timed;
    m_counters.aheadNs += (entry.read - now).GetNanoSeconds();
    std::vector<OffloadIoFields> waiting = std::move(entry.waiting);
    Remove(found);
    return waiting;
}

void
OffloadPrefetchBuffer::Flush()
{
    while (!m_entries.empty())
    {
        Discard(m_entries.begin());
    }
}

} // namespace sharding
} // namespace ns3
