// SPDX-License-Identifier: GPL-2.0-only
// The form of shard maps on the wire; docs/content.md has it byte by byte.
#include "content-map-update.h"

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

} // namespace sharding
} // namespace ns3
