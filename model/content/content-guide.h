// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_GUIDE_H
#define CONTENT_GUIDE_H

#include "ns3/nstime.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace sharding
{

/// One shard: a segment of the stream in one rendition.
struct ContentOffer
{
    uint64_t bits{0};              ///< of media; 0: there is no such shard
    std::vector<uint32_t> holders; ///< who is said to have it, the preferred one first
};

/**
 * @ingroup sharding
 * What a client knows of a stream: what a shard map says, or a movie. A stream is a row of segments
 * (numbered from 0), each in several renditions (numbered from 0, in ascending order of bitrate).
 */
class ContentGuide
{
  public:
    virtual ~ContentGuide() = default;

    /// @return segments of the stream
    virtual uint32_t Segments() const = 0;

    /// @return nominal bitrate of each rendition, bit/s, ascending
    virtual const std::vector<double>& Bitrates() const = 0;

    /// @return rendition of the sound, where that is in shards of its own; it is none of those of
    /// Bitrates()
    virtual std::optional<uint32_t> Sound() const
    {
        return std::nullopt;
    }

    /// @return nominal duration of a segment
    virtual Time Duration() const = 0;

    /// @param segment number  @return its own duration; only the last one may be shorter
    virtual Time DurationOf(uint32_t segment) const = 0;

    /// @param segment number  @param rendition number  @return the shard
    virtual ContentOffer Offer(uint32_t segment, uint32_t rendition) const = 0;

    /// @param segment number  @param rendition number  @return bits of the shard, as in Offer()
    virtual uint64_t Bits(uint32_t segment, uint32_t rendition) const = 0;

    /// @return whether the stream is still being made
    virtual bool IsLive() const = 0;

    /// @param segment number  @return when its first picture is taken (live)
    virtual Time CapturedAt(uint32_t segment) const = 0;

    /// @param segment number  @return from when on it can be asked for; zero on demand
    virtual Time AvailableAt(uint32_t segment) const = 0;
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_GUIDE_H
