// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_MAP_H
#define CONTENT_MAP_H

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace ns3
{
namespace sharding
{

class ShardOctetReader;

/// How a shard is encoded. The numbers are those of the wire form.
enum ContentCodec : uint8_t
{
    CONTENT_H264 = 1, ///< video
    CONTENT_HEVC = 2, ///< video
    CONTENT_AV1 = 3,  ///< video
    CONTENT_AAC = 4,  ///< audio
    CONTENT_OPUS = 5, ///< audio
};

/// @param codec one of them  @return whether it is one of sound
inline bool
ContentIsAudio(ContentCodec codec)
{
    return codec == CONTENT_AAC || codec == CONTENT_OPUS;
}

/// What is wrong with a shard map, or an update of one.
enum ContentMapError : uint8_t
{
    CONTENT_MAP_OK,
    CONTENT_MAP_TRUNCATED,     ///< it ends too early
    CONTENT_MAP_LENGTH,        ///< something follows its end, or a count is beyond what there is
    CONTENT_MAP_MAGIC,         ///< no shard map, or of an unknown version
    CONTENT_MAP_STREAM,        ///< of another stream, or cut otherwise than before
    CONTENT_MAP_STALE,         ///< older than what is known, or it leaves out what came between
    CONTENT_MAP_LIMIT,         ///< more encodings, holders, shards or segments than may be
    CONTENT_MAP_CODEC,         ///< an unknown codec
    CONTENT_MAP_ENCODING,      ///< an encoding that is not in the table, or cannot be
    CONTENT_MAP_SIZE,          ///< a shard without bytes, or with absurdly many
    CONTENT_MAP_DURATION,      ///< a duration that cannot be
    CONTENT_MAP_GAP,           ///< between shards of a rendition time is left out
    CONTENT_MAP_OVERLAP,       ///< shards of a rendition overlap
    CONTENT_MAP_DUPLICATE,     ///< an id twice
    CONTENT_MAP_HOLDER,        ///< a holder that is not in the table, or twice for a shard
    CONTENT_MAP_NO_HOLDER,     ///< a shard that was made, but nobody has it
    CONTENT_MAP_CONTRADICTION, ///< flags or reserved bits that cannot be
    CONTENT_MAP_ERRORS         ///< how many there are
};

/// @param error which  @return a word for it
const char* ContentMapErrorName(ContentMapError error);

/// How shards may be encoded.
struct ContentEncoding
{
    ContentCodec codec{CONTENT_H264}; ///< of it
    uint8_t rendition{0};             ///< number, in ascending order of bitrate
    uint16_t width{0};                ///< pixels; audio: 0
    uint16_t height{0};               ///< pixels; audio: 0
    uint32_t bitrate{0};              ///< nominal, bit/s
};

/// Where a holder is.
struct ContentAddress
{
    uint32_t address{0}; ///< IPv4
    uint16_t port{0};    ///< of TCP

    /// @param o another one  @return whether it is the same
    bool operator==(const ContentAddress& o) const
    {
        return address == o.address && port == o.port;
    }
};

/// What a map says of a shard.
struct ContentMapEntry
{
    uint32_t id{0};                ///< unique in its stream
    int64_t begin{0};              ///< in the stream, ns
    int64_t duration{0};           ///< ns
    uint32_t bytes{0};             ///< of media; of one that is not made yet, what is expected
    uint16_t encoding{0};          ///< in the table
    bool made{false};              ///< it can be asked for
    std::vector<uint16_t> holders; ///< who has it, the preferred one first
    uint32_t changed{0};           ///< version of the map in which this was new; not on the wire
};

/// What a stream is, all versions of its map alike.
struct ContentMapStream
{
    uint32_t stream{0};    ///< number
    int64_t duration{0};   ///< of a segment, ns
    uint32_t segments{0};  ///< in all; the last one may be shorter
    bool live{false};      ///< made while it is watched
    int64_t beginAt{0};    ///< live: when its first picture is taken, ns of the wall clock
    int64_t lastLength{0}; ///< of the last segment, ns
};

/// Which part of a map is wanted. Segments before `known` are told only where they have changed.
struct ContentMapWindow
{
    uint32_t since{0}; ///< version of the map that is known; 0 for none
    uint32_t from{0};  ///< first segment
    uint32_t known{0}; ///< one after the last segment of which the map `since` was told
    uint32_t count{0}; ///< segments
};

/**
 * @ingroup sharding
 * Shard map: of each shard of a stream its id, place in time, encoding, size and holders. It has a
 * version that rises with every change, and is handed on in updates that say what has changed since
 * a version. See docs/content.md for the form on the wire. It knows neither clock nor network.
 *
 * In each rendition the shards that it names follow one another without gap or overlap. A shard
 * that is not made yet, or that nobody has any more, is named without holders.
 */
class ContentMap
{
  public:
    static constexpr uint8_t WIRE_VERSION = 1;             ///< of the form on the wire
    static constexpr uint32_t MAX_ENCODINGS = 256;         ///< of a stream
    static constexpr uint32_t MAX_RENDITIONS = 64;         ///< of a stream
    static constexpr uint32_t MAX_HOLDERS = 4096;          ///< of a stream
    static constexpr uint32_t MAX_SHARD_HOLDERS = 255;     ///< of a shard
    static constexpr uint32_t MAX_ENTRIES = 65536;         ///< of an update
    static constexpr uint32_t MAX_SEGMENTS = 1000000;      ///< of a stream
    static constexpr uint32_t MAX_SHARD_BYTES = 1U << 28;  ///< of a shard
    static constexpr int64_t MAX_DURATION = 3600000000000; ///< of a shard, ns

    ContentMap() = default;

    /// @param stream what it is  @param encodings of its shards
    ContentMap(const ContentMapStream& stream, std::vector<ContentEncoding> encodings);

    /**
     * Add a shard, not made yet, at the end of its rendition.
     * @param id unique
     * @param segment number
     * @param encoding in the table
     * @param bytes expected
     * @return whether it fits there; where not, nothing has changed
     */
    ContentMapError Append(uint32_t id, uint32_t segment, uint16_t encoding, uint32_t bytes);

    /// @param holder number  @param address where it is
    void SetHolder(uint16_t holder, const ContentAddress& address);

    /// A holder has a shard. @param id of one that is there  @param holder in the table
    /// @param bytes of it
    void AddHolder(uint32_t id, uint16_t holder, uint32_t bytes);

    /// A holder has a shard no more. @param id of one that is there  @param holder number
    void RemoveHolder(uint32_t id, uint16_t holder);

    /// Forget the shards of segments before one, in a new version. @param segment number
    void ForgetBefore(uint32_t segment);

    /// Forget them for oneself: the version stays. @param segment number
    void Prune(uint32_t segment);

    /// @param window what is wanted  @return an update
    std::vector<uint8_t> Write(const ContentMapWindow& window) const;

    /**
     * Take an update over, all of it or nothing.
     * @param data bytes of any origin
     * @param size how many
     * @return what is wrong with it
     */
    ContentMapError Apply(const uint8_t* data, uint32_t size);

    /// @return version, 0 for a map without anything
    uint32_t Version() const
    {
        return m_version;
    }

    /// @return what the stream is
    const ContentMapStream& Stream() const
    {
        return m_stream;
    }

    /// @return how shards are encoded
    const std::vector<ContentEncoding>& Encodings() const
    {
        return m_encodings;
    }

    /// @return renditions
    uint32_t Renditions() const
    {
        return static_cast<uint32_t>(m_rows.size());
    }

    /// @param segment number  @param rendition number  @return the shard, if it is named
    const ContentMapEntry* Find(uint32_t segment, uint32_t rendition) const;

    /// @param id of a shard  @return it, if it is named
    const ContentMapEntry* FindId(uint32_t id) const;

    /// @param holder number  @return where it is, if it is in the table
    std::optional<ContentAddress> AddressOf(uint16_t holder) const;

    /// @return shards named
    uint32_t Count() const
    {
        return static_cast<uint32_t>(m_places.size());
    }

    /// @return one after the last segment that is named in all renditions
    uint32_t End() const;

    /// @param segment number  @return its duration, ns
    int64_t DurationOf(uint32_t segment) const
    {
        return segment + 1 == m_stream.segments ? m_stream.lastLength : m_stream.duration;
    }

  private:
    /// Shards of a rendition, one a segment.
    struct Row
    {
        uint32_t first{0};                    ///< segment of the first one
        std::vector<ContentMapEntry> entries; ///< in order
    };

    struct Holder
    {
        ContentAddress address; ///< where it is
        uint32_t changed{0};    ///< version in which that was new
    };

    struct Update;

    ContentMapEntry* Mutable(uint32_t id);
    static ContentMapError Read(const uint8_t* data, uint32_t size, Update& update);
    static ContentMapError ReadTables(ShardOctetReader& in, Update& update);
    static ContentMapError ReadEntries(ShardOctetReader& in, uint32_t count, Update& update);
    /// @return what is wrong with one shard by itself
    static ContentMapError CheckEntry(const Update& update, const ContentMapEntry& entry);
    /// @return what would be wrong with the map after it
    ContentMapError CheckMerge(const Update& update) const;
    void Merge(const Update& update);

    ContentMapStream m_stream;                       ///< what it is
    uint32_t m_version{0};                           ///< of the map
    uint32_t m_firstKept{0};                         ///< segment
    std::vector<ContentEncoding> m_encodings;        ///< table
    std::map<uint16_t, Holder> m_holders;            ///< table
    std::vector<Row> m_rows;                         ///< by rendition
    std::unordered_map<uint32_t, uint64_t> m_places; ///< rendition << 32 | segment, by id
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_MAP_H
