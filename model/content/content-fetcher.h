// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_FETCHER_H
#define CONTENT_FETCHER_H

#include "ns3/nstime.h"
#include "ns3/object.h"

#include <cstdint>

namespace ns3
{
namespace sharding
{

/// What a client asks a holder for.
struct ContentRequest
{
    uint32_t segment{0};   ///< which part of the stream
    uint32_t rendition{0}; ///< in which rendition
    uint32_t holder{0};    ///< who is asked
    uint64_t bits{0};      ///< of media, by what the client knows
    bool progress{true};   ///< the listener wants to hear of parts
};

/// How far a fetch is.
struct ContentProgress
{
    Time begun;       ///< when it was asked for
    Time firstBit;    ///< when its first bit came; means nothing before `bits` > 0
    uint64_t bits{0}; ///< of media that came
};

/// What became of a fetch.
enum ContentFetchEnd : uint8_t
{
    CONTENT_FETCHED,     ///< it came whole
    CONTENT_NOT_THERE,   ///< the holder answered that it does not have it
    CONTENT_UNREACHABLE, ///< the transport found nobody there
    CONTENT_TIMED_OUT,   ///< nothing came for too long: the client's own verdict
    CONTENT_FETCH_ENDS   ///< how many there are
};

/**
 * @ingroup sharding
 * Hears what becomes of fetches.
 */
class ContentFetchListener
{
  public:
    virtual ~ContentFetchListener() = default;

    /**
     * A part has come: called whenever at least ContentFetcher::PROGRESS_TIME has passed and
     * PROGRESS_BITS have come since the last call (or since the request), before the whole is
     * there. The listener may abort the fetch from within.
     * @param fetch its number
     * @param progress of it
     */
    virtual void FetchProgressed(uint64_t fetch, const ContentProgress& progress) = 0;

    /**
     * It is over. Not called of what was aborted.
     * @param fetch its number
     * @param progress of it
     * @param end what became of it
     */
    virtual void FetchEnded(uint64_t fetch,
                            const ContentProgress& progress,
                            ContentFetchEnd end) = 0;
};

/**
 * @ingroup sharding
 * How shards come to one client: over ns-3's TCP, or over an ideal link. Who asks decides whom, how
 * many at a time and for how long to wait.
 */
class ContentFetcher : public Object
{
  public:
    /// Least bits between two reports of progress.
    static constexpr uint64_t PROGRESS_BITS = 12'000;

    /// @return the TypeId
    static TypeId GetTypeId();

    /// @return least time between two reports of progress
    static Time ProgressTime()
    {
        return MilliSeconds(50);
    }

    /**
     * Ask for a shard. The listener is never called from within.
     * @param request what for
     * @param listener that outlives the fetch
     * @return a number for it, not 0 and never used twice by a fetcher
     */
    virtual uint64_t Fetch(const ContentRequest& request, ContentFetchListener& listener) = 0;

    /**
     * Want it no more: nothing further is heard of it.
     * @param fetch its number; one that has ended is ignored
     */
    virtual void Abort(uint64_t fetch) = 0;
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_FETCHER_H
