// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_PLAYOUT_H
#define CONTENT_PLAYOUT_H

#include "ns3/nstime.h"

#include <cstdint>
#include <map>
#include <optional>

namespace ns3
{
namespace sharding
{

/// How a segment was settled.
enum ContentSettled : uint8_t
{
    CONTENT_PLAYED,       ///< it was fetched
    CONTENT_INTERPOLATED, ///< its time is filled with what can be made of its neighbours
    CONTENT_SKIPPED       ///< its time is left out
};

/**
 * @ingroup sharding
 * What playing comes to. Times add up: session = startup + stalled + played + interpolated.
 */
struct ContentPlayoutTotals
{
    Time session;             ///< from the begin until now or the end
    Time startup;             ///< until the first picture
    Time stalled;             ///< standing still after that
    Time played;              ///< showing what was fetched
    Time interpolated;        ///< showing what was made of neighbours
    uint64_t stalls{0};       ///< times that it stood still
    uint64_t segments[3]{};   ///< begun, by ContentSettled
    Time skipped;             ///< of the stream, left out; takes no time of the session
    double bitrates{0};       ///< sum over segments played, bit/s
    double bits{0};           ///< the same, each times its duration
    double changes{0};        ///< sum of absolute differences of consecutive ones of these, bit/s
    uint64_t changeCount{0};  ///< consecutive pairs
    Time latencies;           ///< live: sum over segments of the age of their first picture
    uint64_t latencyCount{0}; ///< segments in that
};

/**
 * @ingroup sharding
 * A playout buffer: segments come in any order and are played in theirs. It reads no clock: each
 * call tells the time, which never goes back, and playing catches up with it.
 */
class ContentPlayout
{
  public:
    /// @param begin of the session  @param first segment to play  @param end one after the last
    ContentPlayout(Time begin, uint32_t first, uint32_t end);

    /**
     * Settle a segment that is not settled and has not been played.
     * @param now when
     * @param segment number
     * @param how it is settled
     * @param duration of it
     * @param bitrate of the rendition, bit/s; means nothing unless played
     * @param captured when its first picture was taken; nothing on demand
     */
    void Settle(Time now,
                uint32_t segment,
                ContentSettled how,
                Time duration,
                double bitrate,
                std::optional<Time> captured);

    /// Play up to a time. @param now when
    void Advance(Time now);

    /// @return the first segment that is neither played nor buffered
    uint32_t NextMissing() const;

    /// @param segment number  @return whether it is settled
    bool IsSettled(uint32_t segment) const;

    /// @return as of the last call, how long it can be played without a further segment
    Time Level() const;

    /// @return as of the last call, all that is buffered, also beyond a gap
    Time Held() const;

    /// @return whether something was shown
    bool HasStarted() const
    {
        return m_started;
    }

    /// @return whether every segment was played
    bool IsOver() const
    {
        return m_next == m_end;
    }

    /// @return the segment that is, or is to be, played
    uint32_t Position() const
    {
        return m_next;
    }

    /// @return the time up to which it has played; the end of the session when it is over
    Time PlayedUpTo() const
    {
        return m_clock;
    }

    /// @return what it has come to
    const ContentPlayoutTotals& Totals() const
    {
        return m_totals;
    }

    /// @return whether the times and the segments add up
    bool CheckConservation() const;

  private:
    struct Segment
    {
        ContentSettled how;           ///< it was settled
        Time duration;                ///< of it
        double bitrate;               ///< bit/s
        std::optional<Time> captured; ///< its first picture
    };

    /// Play the segment at the head as far as the time goes. @param now when
    void Play(const Segment& segment, Time now);

    std::map<uint32_t, Segment> m_buffer; ///< settled and not yet played to the end
    Time m_begin;                         ///< of the session
    Time m_clock;                         ///< up to when it has played
    uint32_t m_first;                     ///< segment
    uint32_t m_next;                      ///< segment to play or being played
    uint32_t m_end;                       ///< one after the last
    Time m_into;                          ///< how much of m_next was played
    bool m_begun{false};                  ///< m_next has begun
    bool m_started{false};                ///< something was shown
    bool m_stalling{false};               ///< it stands still
    double m_lastBitrate{0};              ///< of the last segment played; 0 for none
    ContentPlayoutTotals m_totals;        ///< so far
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_PLAYOUT_H
