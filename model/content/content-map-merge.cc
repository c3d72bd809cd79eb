// SPDX-License-Identifier: GPL-2.0-only
// Whether an update fits a shard map, and taking it over.
#include "content-map-update.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

ContentMapError
ContentMap::CheckMerge(const Update& update) const
{
    if (m_holders.size() + update.holders.size() > MAX_HOLDERS)
    {
        return CONTENT_MAP_LIMIT;
    }
    // Where each rendition ends, as the update goes on.
    std::vector<uint64_t> ends;
    for (const Row& row : m_rows)
    {
        const uint64_t end = row.first + row.entries.size();
        const bool isEmpty = row.entries.empty() || end <= update.firstKept;
        ends.push_back(isEmpty ? MAX_SEGMENTS + 1ULL : end);
    }
    for (const ContentMapEntry& entry : update.entries)
    {
        for (const uint16_t holder : entry.holders)
        {
            if (m_holders.count(holder) == 0 && update.holders.count(holder) == 0)
            {
                return CONTENT_MAP_HOLDER;
            }
        }
        const auto segment = static_cast<uint32_t>(entry.begin / m_stream.duration);
        const uint8_t rendition = m_encodings[entry.encoding].rendition;
        const auto known = m_places.find(entry.id);
        if (known != m_places.end())
        {
            if (known->second != (static_cast<uint64_t>(rendition) << 32 | segment))
            {
                return CONTENT_MAP_DUPLICATE;
            }
            continue;
        }
        uint64_t& end = ends[rendition];
        end = end > MAX_SEGMENTS ? segment : end;
        if (segment != end)
        {
            return segment < end ? CONTENT_MAP_OVERLAP : CONTENT_MAP_GAP;
        }
        ++end;
    }
    return CONTENT_MAP_OK;
}

void
ContentMap::Merge(const Update& update)
{
    for (const auto& [number, holder] : update.holders)
    {
        m_holders[number] = holder;
    }
    m_firstKept = std::max(m_firstKept, update.firstKept);
    Prune(m_firstKept);
    m_version = update.version;
    for (const ContentMapEntry& entry : update.entries)
    {
        const auto segment = static_cast<uint32_t>(entry.begin / m_stream.duration);
        const uint8_t rendition = m_encodings[entry.encoding].rendition;
        Row& row = m_rows[rendition];
        if (m_places.count(entry.id) > 0)
        {
            row.entries[segment - row.first] = entry;
            continue;
        }
        row.first = row.entries.empty() ? segment : row.first;
        m_places.emplace(entry.id, static_cast<uint64_t>(rendition) << 32 | segment);
        row.entries.push_back(entry);
    }
}

ContentMapError
ContentMap::Apply(const uint8_t* data, uint32_t size)
{
    Update update;
    if (const ContentMapError error = Read(data, size, update); error != CONTENT_MAP_OK)
    {
        return error;
    }
    if (m_version > 0)
    {
        const ContentMapStream& stream = update.stream;
        if (stream.stream != m_stream.stream || stream.duration != m_stream.duration ||
            stream.segments != m_stream.segments || stream.lastLength != m_stream.lastLength ||
            stream.live != m_stream.live || stream.beginAt != m_stream.beginAt)
        {
            return CONTENT_MAP_STREAM;
        }
    }
    if (update.version < m_version || update.since > m_version)
    {
        return CONTENT_MAP_STALE;
    }
    std::stable_sort(update.entries.begin(),
                     update.entries.end(),
                     [](const ContentMapEntry& a, const ContentMapEntry& b)
                     { return a.begin < b.begin; });
    // A map from its beginning: what was known is told again, or does not hold any more.
    ContentMap fresh;
    if (update.since == 0)
    {
        fresh = ContentMap(update.stream, update.encodings);
    }
    else if (update.encodingCount != m_encodings.size())
    {
        return CONTENT_MAP_ENCODING;
    }
    ContentMap& base = update.since == 0 ? fresh : *this;
    const ContentMapError error = base.CheckMerge(update);
    if (error == CONTENT_MAP_OK)
    {
        base.Merge(update);
        if (update.since == 0)
        {
            *this = std::move(fresh);
        }
    }
    return error;
}

} // namespace sharding
} // namespace ns3
