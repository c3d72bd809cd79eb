// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_MOVIE_GUIDE_H
#define CONTENT_MOVIE_GUIDE_H

#include "content-guide.h"
#include "content-movie.h"

#include <memory>

namespace ns3
{
namespace sharding
{

/// Where and when the shards of a movie are.
struct ContentPlan
{
    uint32_t holders{1}; ///< of all shards, numbered from 0
    uint32_t copies{1};  ///< holders of each shard, at most `holders`
    bool live{false};    ///< it is made while it is watched
    Time encoding;       ///< live: from the end of a segment until it can be asked for
    double sound{0};     ///< bitrate of the sound in shards of its own, bit/s; 0: there are none
};

/**
 * @ingroup sharding
 * A movie as a client sees it, its shards dealt out to holders in turn: segment s is at holders s,
 * s + 1, ... (modulo their number), in all its renditions, and so is its sound. Live, it begins at
 * time zero.
 */
class ContentMovieGuide : public ContentGuide
{
  public:
    /// @param movie what there is; not null  @param plan where and when it is
    ContentMovieGuide(std::shared_ptr<const ContentMovie> movie, const ContentPlan& plan);

    uint32_t Segments() const override;
    const std::vector<double>& Bitrates() const override;
    std::optional<uint32_t> Sound() const override;
    Time Duration() const override;
    Time DurationOf(uint32_t segment) const override;
    ContentOffer Offer(uint32_t segment, uint32_t rendition) const override;
    uint64_t Bits(uint32_t segment, uint32_t rendition) const override;
    bool IsLive() const override;
    Time CapturedAt(uint32_t segment) const override;
    Time AvailableAt(uint32_t segment) const override;

  private:
    std::shared_ptr<const ContentMovie> m_movie; ///< what there is
    ContentPlan m_plan;                          ///< where and when
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_MOVIE_GUIDE_H
