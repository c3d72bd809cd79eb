// SPDX-License-Identifier: GPL-2.0-only
#include "content-map.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace ns3
{
namespace sharding
{

const char*
ContentMapErrorName(ContentMapError error)
{
    static constexpr const char* NAMES[] = {"ok",
                                            "truncated",
                                            "length",
                                            "magic",
                                            "stream",
                                            "stale",
                                            "limit",
                                            "codec",
                                            "encoding",
                                            "size",
                                            "duration",
                                            "gap",
                                            "overlap",
                                            "duplicate",
                                            "holder",
                                            "no-holder",
                                            "contradiction"};
    static_assert(sizeof(NAMES) / sizeof(NAMES[0]) == CONTENT_MAP_ERRORS, "a name for each");
    return error < CONTENT_MAP_ERRORS ? NAMES[error] : "unknown";
}

ContentMap::ContentMap(const ContentMapStream& stream, std::vector<ContentEncoding> encodings)
    : m_stream(stream),
      m_version(1),
      m_encodings(std::move(encodings))
{
    uint32_t renditions = 0;
    for (const ContentEncoding& encoding : m_encodings)
    {
        renditions = std::max<uint32_t>(renditions, encoding.rendition + 1U);
    }
    m_rows.resize(renditions);
}

ContentMapError
ContentMap::Append(uint32_t id, uint32_t segment, uint16_t encoding, uint32_t bytes)
{
    if (encoding >= m_encodings.size())
    {
        return CONTENT_MAP_ENCODING;
    }
    if (segment >= m_stream.segments)
    {
        return CONTENT_MAP_LIMIT;
    }
    if (bytes == 0 || bytes > MAX_SHARD_BYTES)
    {
        return CONTENT_MAP_SIZE;
    }
    Row& row = m_rows[m_encodings[encoding].rendition];
    if (row.entries.empty())
    {
        row.first = segment;
    }
    const auto next = row.first + static_cast<uint32_t>(row.entries.size());
    if (segment != next)
    {
        return segment < next ? CONTENT_MAP_OVERLAP : CONTENT_MAP_GAP;
    }
    const uint64_t place = static_cast<uint64_t>(m_encodings[encoding].rendition) << 32 | segment;
    if (!m_places.emplace(id, place).second)
    {
        return CONTENT_MAP_DUPLICATE;
    }
    ContentMapEntry entry;
    entry.id = id;
    entry.begin = m_stream.duration * segment;
    entry.duration = DurationOf(segment);
    entry.bytes = bytes;
    entry.encoding = encoding;
    entry.changed = ++m_version;
    row.entries.push_back(std::move(entry));
    return CONTENT_MAP_OK;
}

void
ContentMap::SetHolder(uint16_t holder, const ContentAddress& address)
{
    Holder& known = m_holders[holder];
    if (known.changed == 0 || !(known.address == address))
    {
        known = {address, ++m_version};
    }
}

void
ContentMap::AddHolder(uint32_t id, uint16_t holder, uint32_t bytes)
{
    ContentMapEntry* const entry = Mutable(id);
    if (entry == nullptr || m_holders.count(holder) == 0 ||
        entry->holders.size() == MAX_SHARD_HOLDERS ||
        std::find(entry->holders.begin(), entry->holders.end(), holder) != entry->holders.end())
    {
        return;
    }
    entry->holders.push_back(holder);
    entry->made = true;
    entry->bytes = bytes;
    entry->changed = ++m_version;
}

void
ContentMap::RemoveHolder(uint32_t id, uint16_t holder)
{
    ContentMapEntry* const entry = Mutable(id);
    if (entry == nullptr)
    {
        return;
    }
    const auto found = std::find(entry->holders.begin(), entry->holders.end(), holder);
    if (found != entry->holders.end())
    {
        entry->holders.erase(found);
        entry->made = !entry->holders.empty();
        entry->changed = ++m_version;
    }
}

void
ContentMap::ForgetBefore(uint32_t segment)
{
    if (segment <= m_firstKept)
    {
        return;
    }
    m_firstKept = segment;
    ++m_version;
    Prune(segment);
}

void
ContentMap::Prune(uint32_t segment)
{
    for (Row& row : m_rows)
    {
        if (segment <= row.first)
        {
            continue;
        }
        const std::size_t gone = std::min<std::size_t>(segment - row.first, row.entries.size());
        for (std::size_t i = 0; i < gone; ++i)
        {
            m_places.erase(row.entries[i].id);
        }
        row.entries.erase(row.entries.begin(),
                          row.entries.begin() + static_cast<std::ptrdiff_t>(gone));
        row.first += static_cast<uint32_t>(gone);
    }
}

const ContentMapEntry*
ContentMap::Find(uint32_t segment, uint32_t rendition) const
{
    if (rendition >= m_rows.size())
    {
        return nullptr;
    }
    const Row& row = m_rows[rendition];
    return segment >= row.first && segment - row.first < row.entries.size()
               ? &row.entries[segment - row.first]
               : nullptr;
}

const ContentMapEntry*
ContentMap::FindId(uint32_t id) const
{
    const auto found = m_places.find(id);
    return found != m_places.end() ? Find(static_cast<uint32_t>(found->second),
                                          static_cast<uint32_t>(found->second >> 32))
                                   : nullptr;
}

ContentMapEntry*
ContentMap::Mutable(uint32_t id)
{
    return const_cast<ContentMapEntry*>(FindId(id));
}

std::optional<ContentAddress>
ContentMap::AddressOf(uint16_t holder) const
{
    const auto found = m_holders.find(holder);
    return found != m_holders.end() ? std::optional<ContentAddress>(found->second.address)
                                    : std::nullopt;
}

uint32_t
ContentMap::End() const
{
    uint32_t end = m_rows.empty() ? 0 : UINT32_MAX;
    for (const Row& row : m_rows)
    {
        end = std::min(end, row.first + static_cast<uint32_t>(row.entries.size()));
    }
    return end;
}

} // namespace sharding
} // namespace ns3
