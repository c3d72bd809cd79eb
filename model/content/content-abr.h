// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_ABR_H
#define CONTENT_ABR_H

#include "content-fetcher.h"
#include "content-guide.h"

#include "ns3/nstime.h"
#include "ns3/object.h"

#include <cstdint>
#include <optional>

namespace ns3
{
namespace sharding
{

/// What a rule of adaptation is told.
struct ContentAbrView
{
    const ContentGuide* guide{nullptr}; ///< the stream
    uint32_t segment{0};                ///< in question
    uint32_t begin{0};                  ///< segment with which the session began
    Time buffer;                        ///< what can be played without a further segment
    Time bufferLimit;                   ///< most that is ever buffered
    double throughput{0};               ///< estimate, bit/s; 0: there is none yet
    Time latency;                       ///< estimate of a request's
};

/// What a rule decides.
struct ContentAbrChoice
{
    uint32_t rendition{0}; ///< to ask for
    Time delay;            ///< before asking for it
};

/// A fetch that is over, or given up for a lower rendition.
struct ContentAbrFetch
{
    uint32_t rendition{0};             ///< that was fetched
    double bits{0};                    ///< that came
    Time latency;                      ///< until the first of them
    Time downloading;                  ///< from then on
    std::optional<uint32_t> abandoned; ///< given up, for this rendition
};

/**
 * @ingroup sharding
 * Plug-point: which rendition of the next segment (adaptive bitrate)? A rule belongs to one client
 * and may remember what it was told; it holds no host and reads no clock. Subclass it in your own
 * file to try a rule of your own.
 */
class ContentAbr : public Object
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /// @return rendition of the first segment, when nothing is known; by default the lowest
    virtual uint32_t First() const;

    /**
     * Asked before each further segment, and again after one was given up.
     * @param view what is known
     * @return the rendition
     */
    virtual ContentAbrChoice Choose(const ContentAbrView& view) = 0;

    /**
     * Asked now and then while a segment comes, the first one excepted.
     * @param now when
     * @param view what is known
     * @param request what was asked for
     * @param progress how far it is
     * @return a lower rendition for which it is to be given up; nothing by default
     */
    virtual std::optional<uint32_t> Abandon(Time now,
                                            const ContentAbrView& view,
                                            const ContentRequest& request,
                                            const ContentProgress& progress);

    /// The client waited because its buffer was full. @param delay how long
    virtual void Waited(Time delay);

    /// A fetch is over. @param view with the segment in the buffer  @param fetch what came of it
    virtual void Fetched(const ContentAbrView& view, const ContentAbrFetch& fetch);
};

/**
 * @ingroup sharding
 * Always the same rendition, or the highest where there are not as many.
 */
class ContentFixedAbr : public ContentAbr
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint32_t First() const override;
    ContentAbrChoice Choose(const ContentAbrView& view) override;

  private:
    uint32_t m_rendition{0}; ///< attribute
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_ABR_H
