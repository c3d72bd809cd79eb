// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_ABR_THROUGHPUT_H
#define CONTENT_ABR_THROUGHPUT_H

#include "content-abr.h"

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * @param view what is known
 * @param throughput to reckon with, bit/s
 * @return the highest rendition of which a segment of nominal size comes, its latency included, in
 *         no more than its duration; the lowest if there is none. Renditions above one that does
 *         not are not looked at.
 */
uint32_t ContentSustainable(const ContentAbrView& view, double throughput);

/**
 * @ingroup sharding
 * The insufficient-buffer rule of dash.js: no rendition of which a segment of nominal size would
 * not come before the buffer is empty, of which a share is reckoned with that falls from 0.9 by a
 * tenth of itself at each segment, down to 0.5.
 */
class ContentBufferGuard
{
  public:
    /**
     * Once for each segment.
     * @param view what is known
     * @param rendition that is wanted
     * @return that or a lower one
     */
    uint32_t Limit(const ContentAbrView& view, uint32_t rendition);

  private:
    double m_safety{0.9}; ///< share of the buffer
};

/**
 * @ingroup sharding
 * The throughput rule of dash.js: the highest rendition that a safe share of the estimated
 * throughput sustains, and that the buffer suffices for. A segment that takes far too long is given
 * up for a lower rendition, if that has fewer bits than are left.
 */
class ContentThroughputAbr : public ContentAbr
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ContentAbrChoice Choose(const ContentAbrView& view) override;
    std::optional<uint32_t> Abandon(Time now,
                                    const ContentAbrView& view,
                                    const ContentRequest& request,
                                    const ContentProgress& progress) override;

  private:
    double m_safety{0};         ///< attribute: share of the throughput
    double m_patience{0};       ///< attribute: segments' durations that a fetch may take
    Time m_grace;               ///< attribute
    ContentBufferGuard m_guard; ///< of the buffer
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_ABR_THROUGHPUT_H
