// SPDX-License-Identifier: GPL-2.0-only
/**
 * Any bytes as updates of a shard map, and as a stream of messages: what is refused changes
 * nothing; what is taken makes a map that, written, makes the same again, and in which shards
 * follow one another. The first byte chooses.
 */
#include "ns3/content-encode-task.h"
#include "ns3/content-map.h"
#include "ns3/content-message.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// Stop with a trace when something that must hold does not.
void
Require(bool holds)
{
    if (!holds)
    {
        std::abort();
    }
}

void
CheckMap(const ContentMap& map)
{
    uint32_t count = 0;
    for (uint32_t rendition = 0; rendition < map.Renditions(); ++rendition)
    {
        int64_t end = -1;
        for (uint32_t segment = 0; segment <= map.Stream().segments; ++segment)
        {
            const ContentMapEntry* const entry = map.Find(segment, rendition);
            if (entry == nullptr)
            {
                continue;
            }
            ++count;
            Require(end < 0 || entry->begin == end);
            end = entry->begin + entry->duration;
            Require(entry->made == !entry->holders.empty() && entry->bytes > 0);
            Require(map.FindId(entry->id) == entry);
            for (const uint16_t holder : entry->holders)
            {
                Require(map.AddressOf(holder).has_value());
            }
        }
    }
    Require(count == map.Count());
}

void
Updates(const uint8_t* data, std::size_t size)
{
    ContentMap map;
    while (size >= 2)
    {
        const std::size_t part = std::min<std::size_t>(size - 2, data[0] << 8 | data[1]);
        const uint32_t version = map.Version();
        const uint32_t count = map.Count();
        const ContentMapError error = map.Apply(data + 2, static_cast<uint32_t>(part));
        Require(error < CONTENT_MAP_ERRORS);
        Require(error == CONTENT_MAP_OK || (map.Version() == version && map.Count() == count));
        data += 2 + part;
        size -= 2 + part;
    }
    // A stream may have a million segments; looking for each takes its time.
    if (map.Version() == 0 || map.Stream().segments > 20000)
    {
        return;
    }
    CheckMap(map);
    const std::vector<uint8_t> bytes = map.Write({0, 0, 0, map.Stream().segments});
    ContentMap copy;
    Require(copy.Apply(bytes.data(), static_cast<uint32_t>(bytes.size())) == CONTENT_MAP_OK);
    Require(copy.Count() == map.Count() && copy.Version() == map.Version());
    Require(copy.Write({0, 0, 0, map.Stream().segments}) == bytes);
}

/// Writes what it hears, and reads that again.
class Echo : public ContentMessageListener
{
  public:
    void MessagePart(const ContentMessage& message, uint32_t media) override
    {
        Require(media > 0 && media < message.media);
    }

    void MessageCame(const ContentMessage& message) override
    {
        ContentEncodeTask::Read(message);
        ContentHealth::Read(message);
        bytes += message.Bytes();
        Require(message.Write().size() + message.media == message.Bytes());
    }

    uint64_t bytes{0};
};

void
Messages(const uint8_t* data, std::size_t size)
{
    ContentMessageReader reader;
    Echo echo;
    while (size > 0)
    {
        const std::size_t part = std::min<std::size_t>(size, 1 + data[0] % 61);
        if (!reader.Read(Create<Packet>(data, static_cast<uint32_t>(part)), echo))
        {
            break;
        }
        data += part;
        size -= part;
    }
    Require(echo.bytes <= reader.Bytes());
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    if (size > 0)
    {
        data[0] & 1 ? Messages(data + 1, size - 1) : Updates(data + 1, size - 1);
    }
    return 0;
}
