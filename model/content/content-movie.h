// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_MOVIE_H
#define CONTENT_MOVIE_H

#include "ns3/nstime.h"
#include "ns3/shard-parse-error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * A stream cut into segments of equal duration, each in several renditions: how many bits each of
 * them has. In JSON, as used by the simulator of K. Spiteri et al., "From Theory to Practice:
 * Improving Bitrate Adaptation in the DASH Reference Player" (MMSys 2018):
 *
 *     { "segment_duration_ms": 3000,
 *       "bitrates_kbps": [230, 6000],
 *       "segment_sizes_bits": [[886360, 20657480], [382840, 17114480]] }
 */
class ContentMovie
{
  public:
    /// Most renditions of a movie.
    static constexpr std::size_t MAX_RENDITIONS = 64;
    /// Most segments of a movie.
    static constexpr std::size_t MAX_SEGMENTS = 1'000'000;

    /**
     * @param duration of each segment, positive
     * @param bitrates nominal, bit/s, positive and ascending
     * @param bits of each segment in each rendition, positive
     */
    ContentMovie(Time duration,
                 std::vector<double> bitrates,
                 std::vector<std::vector<uint64_t>> bits);

    /**
     * @param name of the input, for messages
     * @param text in JSON
     * @return the movie
     * @throw ShardParseError naming the place
     */
    static ContentMovie Parse(const std::string& name, const std::string& text);

    /// @param path of a file  @return the movie in it  @throw ShardParseError
    static ContentMovie Load(const std::string& path);

    /// @return the movie in JSON, of which Parse() makes the same
    std::string ToJson() const;

    /**
     * Cut it anew. Within a segment the bits are spread evenly. A segment begins with a key frame,
     * so shorter ones need more of them: a key frame costs as many bits beyond an ordinary one as
     * so much time of its rendition.
     * @param duration of the new segments, positive
     * @param keyFrame cost of a key frame, in time
     * @return the movie in new segments, of which the last may be shorter
     */
    ContentMovie Cut(Time duration, Time keyFrame) const;

    /// @return segments
    uint32_t Segments() const
    {
        return static_cast<uint32_t>(m_bits.size());
    }

    /// @return nominal duration of a segment
    Time Duration() const
    {
        return m_duration;
    }

    /// @param segment number  @return its duration
    Time DurationOf(uint32_t segment) const
    {
        return segment + 1 == Segments() ? m_lastDuration : m_duration;
    }

    /// @return duration of all of it
    Time Length() const;

    /// @return nominal bitrates, bit/s, ascending
    const std::vector<double>& Bitrates() const
    {
        return m_bitrates;
    }

    /// @param segment number  @param rendition number  @return its bits
    uint64_t Bits(uint32_t segment, uint32_t rendition) const
    {
        return m_bits[segment][rendition];
    }

  private:
    Time m_duration;                           ///< of a segment
    Time m_lastDuration;                       ///< of the last one
    std::vector<double> m_bitrates;            ///< bit/s
    std::vector<std::vector<uint64_t>> m_bits; ///< of each segment and rendition
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_MOVIE_H
