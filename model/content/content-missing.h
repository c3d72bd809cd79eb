// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_MISSING_H
#define CONTENT_MISSING_H

#include "content-fetcher.h"

#include "ns3/nstime.h"
#include "ns3/object.h"

#include <cstdint>

namespace ns3
{
namespace sharding
{

/// What can be done about a shard that did not come.
enum ContentRemedyKind : uint8_t
{
    CONTENT_RETRY,        ///< ask the same holder again
    CONTENT_OTHER_HOLDER, ///< ask another one; where there is none, as CONTENT_RETRY
    CONTENT_LOWER, ///< ask for a lower rendition; where there is none, as CONTENT_OTHER_HOLDER
    CONTENT_SKIP,  ///< leave its time out
    CONTENT_INTERPOLATE, ///< fill its time with what can be made of its neighbours
    CONTENT_REMEDIES     ///< how many there are
};

/// What is known of a shard that did not come.
struct ContentMissingView
{
    ContentFetchEnd why{CONTENT_TIMED_OUT}; ///< what became of the request
    uint32_t segment{0};                    ///< number
    uint32_t rendition{0};                  ///< that was asked for last
    uint32_t attempts{1};                   ///< requests for this segment that came to nothing
    uint32_t attemptsHere{1};               ///< of these, to this holder in this rendition
    uint32_t holdersLeft{0};                ///< that were not asked for this rendition yet
    bool live{false};                       ///< the stream is being made while it is watched
    Time buffer;                            ///< until playing stands still for want of it
    Time expected;                          ///< for a request of this rendition, by the estimates
    Time expectedLowest;                    ///< for one of the lowest rendition
    Time timeout;                           ///< that is waited for a request without an answer
};

/// What is to be done.
struct ContentRemedy
{
    ContentRemedyKind kind{CONTENT_RETRY}; ///< what
    Time delay;                            ///< before asking again
};

/**
 * @ingroup sharding
 * Plug-point: what to do about a shard that did not come? A policy holds no host and reads no
 * clock: deadlines are in what it is told. Subclass it in your own file to try one of your own.
 */
class ContentMissing : public Object
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /// @param view what is known  @return what is to be done
    virtual ContentRemedy Judge(const ContentMissingView& view) = 0;
};

/**
 * @ingroup sharding
 * Always the same remedy. What can be asked again is asked again after a delay that doubles with
 * each attempt at the same holder.
 */
class ContentOneRemedy : public ContentMissing
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ContentRemedy Judge(const ContentMissingView& view) override;

  private:
    ContentRemedyKind m_kind{CONTENT_OTHER_HOLDER}; ///< attribute
    Time m_delay;                                   ///< attribute
    Time m_mostDelay;                               ///< attribute
};

/**
 * @ingroup sharding
 * As much as the buffer leaves time for: another holder in the same rendition; else the lowest
 * rendition from whoever is left; and when even that would come too late, the segment is
 * interpolated. On demand, where waiting does no harm beyond the wait, it is asked for again some
 * times before.
 */
class ContentLadder : public ContentMissing
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ContentRemedy Judge(const ContentMissingView& view) override;

  private:
    uint32_t m_patience{0}; ///< attribute
    Time m_delay;           ///< attribute
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_MISSING_H
