// SPDX-License-Identifier: GPL-2.0-only
// The form of shard maps on the wire; docs/content.md has it byte by byte.
#include "content-map.h"

#include "ns3/shard-octets.h"

#include <algorithm>
#include <set>
#include <utility>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr uint16_t MAGIC = 0x534d;
constexpr uint8_t FLAG_LIVE = 1;
constexpr uint8_t FLAG_MADE = 1;
constexpr uint64_t HEADER_BYTES = 64;
constexpr uint64_t ENCODING_BYTES = 12;
constexpr uint64_t HOLDER_BYTES = 8;
constexpr uint64_t ENTRY_BYTES = 28;

bool
IsVideo(uint8_t codec)
{
    return codec >= CONTENT_H264 && codec <= CONTENT_AV1;
}

} // namespace

/// An update as it was read.
struct ContentMap::Update
{
    ContentMapStream stream;                ///< what it is of
    uint32_t version{0};                    ///< it brings the map to
    uint32_t since{0};                      ///< it begins from
    uint32_t firstKept{0};                  ///< segment
    std::vector<ContentEncoding> encodings; ///< all of them, where since is 0
    uint16_t encodingCount{0};              ///< in the table, told or not
    std::map<uint16_t, Holder> holders;     ///< new ones
    std::vector<ContentMapEntry> entries;   ///< new ones
};

std::vector<uint8_t>
ContentMap::Write(const ContentMapWindow& window) const
{
    std::vector<const ContentMapEntry*> entries;
    for (const Row& row : m_rows)
    {
        const uint32_t from = std::max(window.from, row.first);
        const uint64_t end = std::min<uint64_t>(uint64_t(window.from) + window.count,
                                                uint64_t(row.first) + row.entries.size());
        for (uint64_t segment = from; segment < end; ++segment)
        {
            const ContentMapEntry& entry = row.entries[segment - row.first];
            if ((segment >= window.known || entry.changed > window.since) &&
                entries.size() < MAX_ENTRIES)
            {
                entries.push_back(&entry);
            }
        }
    }
    const bool all = window.since == 0;
    std::vector<std::pair<uint16_t, ContentAddress>> holders;
    for (const auto& [number, holder] : m_holders)
    {
        if (holder.changed > window.since)
        {
            holders.emplace_back(number, holder.address);
        }
    }
    ShardOctetWriter out;
    out.Put16(MAGIC).Put8(WIRE_VERSION).Put8(m_stream.live ? FLAG_LIVE : 0);
    out.Put32(m_stream.stream).Put32(m_version).Put32(window.since);
    out.Put64(static_cast<uint64_t>(m_stream.duration));
    out.Put64(static_cast<uint64_t>(m_stream.lastLength));
    out.Put64(static_cast<uint64_t>(m_stream.beginAt));
    out.Put32(m_stream.segments).Put32(m_firstKept);
    out.Put16(static_cast<uint16_t>(m_encodings.size())).Put16(all ? 1 : 0);
    out.Put32(static_cast<uint32_t>(holders.size()));
    out.Put32(static_cast<uint32_t>(entries.size())).Put32(0);
    if (all)
    {
        for (const ContentEncoding& encoding : m_encodings)
        {
            out.Put8(encoding.codec).Put8(encoding.rendition);
            out.Put16(encoding.width).Put16(encoding.height).Put16(0).Put32(encoding.bitrate);
        }
    }
    for (const auto& [number, address] : holders)
    {
        out.Put16(number).Put16(address.port).Put32(address.address);
    }
    for (const ContentMapEntry* const entry : entries)
    {
        out.Put32(entry->id).Put64(static_cast<uint64_t>(entry->begin));
        out.Put64(static_cast<uint64_t>(entry->duration)).Put32(entry->bytes);
        out.Put16(entry->encoding).Put8(entry->made ? FLAG_MADE : 0);
        out.Put8(static_cast<uint8_t>(entry->holders.size()));
        for (const uint16_t holder : entry->holders)
        {
            out.Put16(holder);
        }
    }
    return out.Take();
}

ContentMapError
ContentMap::ReadTables(ShardOctetReader& in, Update& update)
{
    for (ContentEncoding& encoding : update.encodings)
    {
        const uint8_t codec = in.Get8();
        encoding.rendition = in.Get8();
        encoding.width = in.Get16();
        encoding.height = in.Get16();
        const uint16_t reserved = in.Get16();
        encoding.bitrate = in.Get32();
        if (codec < CONTENT_H264 || codec > CONTENT_OPUS)
        {
            return CONTENT_MAP_CODEC;
        }
        encoding.codec = static_cast<ContentCodec>(codec);
        const bool hasPixels = encoding.width > 0 && encoding.height > 0;
        const bool hasNone = encoding.width == 0 && encoding.height == 0;
        if (encoding.rendition >= MAX_RENDITIONS || encoding.bitrate == 0 ||
            !(IsVideo(codec) ? hasPixels : hasNone))
        {
            return CONTENT_MAP_ENCODING;
        }
        if (reserved != 0)
        {
            return CONTENT_MAP_CONTRADICTION;
        }
    }
    return CONTENT_MAP_OK;
}

ContentMapError
ContentMap::CheckEntry(const Update& update, const ContentMapEntry& entry)
{
    const int64_t whole = update.stream.duration;
    if (entry.encoding >= update.encodingCount)
    {
        return CONTENT_MAP_ENCODING;
    }
    if (entry.bytes == 0 || entry.bytes > MAX_SHARD_BYTES)
    {
        return CONTENT_MAP_SIZE;
    }
    if (entry.duration <= 0 || entry.duration > MAX_DURATION || entry.begin < 0)
    {
        return CONTENT_MAP_DURATION;
    }
    // What begins within another's time overlaps it.
    if (entry.begin % whole != 0 || entry.duration > whole)
    {
        return CONTENT_MAP_OVERLAP;
    }
    const int64_t segment = entry.begin / whole;
    if (segment >= update.stream.segments)
    {
        return CONTENT_MAP_LIMIT;
    }
    const bool last = segment + 1 == update.stream.segments;
    const int64_t right = last ? update.stream.lastLength : whole;
    if (entry.duration != right)
    {
        return entry.duration < right ? CONTENT_MAP_GAP : CONTENT_MAP_OVERLAP;
    }
    if (segment < update.firstKept)
    {
        return CONTENT_MAP_CONTRADICTION;
    }
    return CONTENT_MAP_OK;
}

ContentMapError
ContentMap::ReadEntries(ShardOctetReader& in, uint32_t count, Update& update)
{
    update.entries.reserve(count);
    std::set<uint32_t> ids;
    for (uint32_t i = 0; i < count; ++i)
    {
        ContentMapEntry entry;
        entry.id = in.Get32();
        entry.begin = static_cast<int64_t>(in.Get64());
        entry.duration = static_cast<int64_t>(in.Get64());
        entry.bytes = in.Get32();
        entry.encoding = in.Get16();
        const uint8_t flags = in.Get8();
        const uint8_t holders = in.Get8();
        for (uint32_t j = 0; j < holders && !in.IsShort(); ++j)
        {
            const uint16_t holder = in.Get16();
            const auto& known = entry.holders;
            if (std::find(known.begin(), known.end(), holder) != known.end() && !in.IsShort())
            {
                return CONTENT_MAP_HOLDER;
            }
            entry.holders.push_back(holder);
        }
        if (in.IsShort())
        {
            return CONTENT_MAP_TRUNCATED;
        }
        if (const ContentMapError error = CheckEntry(update, entry); error != CONTENT_MAP_OK)
        {
            return error;
        }
        entry.made = (flags & FLAG_MADE) != 0;
        if ((flags & ~FLAG_MADE) != 0 || (!entry.made && holders > 0))
        {
            return CONTENT_MAP_CONTRADICTION;
        }
        if (entry.made && holders == 0)
        {
            return CONTENT_MAP_NO_HOLDER;
        }
        if (!ids.insert(entry.id).second)
        {
            return CONTENT_MAP_DUPLICATE;
        }
        entry.changed = update.version;
        update.entries.push_back(std::move(entry));
    }
    return CONTENT_MAP_OK;
}

ContentMapError
ContentMap::Read(const uint8_t* data, uint32_t size, Update& update)
{
    ShardOctetReader in(data, size);
    const uint16_t magic = in.Get16();
    const uint8_t wire = in.Get8();
    const uint8_t flags = in.Get8();
    update.stream.live = (flags & FLAG_LIVE) != 0;
    update.stream.stream = in.Get32();
    update.version = in.Get32();
    update.since = in.Get32();
    update.stream.duration = static_cast<int64_t>(in.Get64());
    update.stream.lastLength = static_cast<int64_t>(in.Get64());
    update.stream.beginAt = static_cast<int64_t>(in.Get64());
    update.stream.segments = in.Get32();
    update.firstKept = in.Get32();
    update.encodingCount = in.Get16();
    const uint16_t told = in.Get16();
    const uint32_t holders = in.Get32();
    const uint32_t entries = in.Get32();
    const uint32_t reserved = in.Get32();
    if (in.IsShort())
    {
        return CONTENT_MAP_TRUNCATED;
    }
    if (magic != MAGIC || wire != WIRE_VERSION)
    {
        return CONTENT_MAP_MAGIC;
    }
    const ContentMapStream& stream = update.stream;
    if (stream.duration <= 0 || stream.duration > MAX_DURATION || stream.lastLength <= 0 ||
        stream.lastLength > stream.duration || stream.beginAt < 0)
    {
        return CONTENT_MAP_DURATION;
    }
    if (stream.segments == 0 || stream.segments > MAX_SEGMENTS || update.encodingCount == 0 ||
        update.encodingCount > MAX_ENCODINGS || holders > MAX_HOLDERS || entries > MAX_ENTRIES ||
        update.firstKept > stream.segments)
    {
        return CONTENT_MAP_LIMIT;
    }
    if ((flags & ~FLAG_LIVE) != 0 || reserved != 0 || told > 1 ||
        (told == 1) != (update.since == 0) || update.version < update.since || update.version == 0)
    {
        return CONTENT_MAP_CONTRADICTION;
    }
    // Counts before anything is allocated for them.
    const uint64_t least = HEADER_BYTES + (told == 1 ? update.encodingCount * ENCODING_BYTES : 0) +
                           holders * HOLDER_BYTES + entries * ENTRY_BYTES;
    if (least > size)
    {
        return CONTENT_MAP_TRUNCATED;
    }
    update.encodings.resize(told == 1 ? update.encodingCount : 0);
    if (const ContentMapError error = ReadTables(in, update); error != CONTENT_MAP_OK)
    {
        return error;
    }
    for (uint32_t i = 0; i < holders; ++i)
    {
        const uint16_t number = in.Get16();
        const uint16_t port = in.Get16();
        const uint32_t address = in.Get32();
        if (address == 0 || port == 0 ||
            !update.holders.emplace(number, Holder{{address, port}, update.version}).second)
        {
            return CONTENT_MAP_HOLDER;
        }
    }
    if (const ContentMapError error = ReadEntries(in, entries, update); error != CONTENT_MAP_OK)
    {
        return error;
    }
    return in.IsExact() ? CONTENT_MAP_OK : CONTENT_MAP_LENGTH;
}

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
