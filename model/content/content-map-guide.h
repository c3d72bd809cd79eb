// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_MAP_GUIDE_H
#define CONTENT_MAP_GUIDE_H

#include "content-guide.h"
#include "content-map.h"

#include "ns3/nstime.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * A stream as its shard map tells a client, kept up to date by a ContentMapClient. A shard that
 * nobody has is offered by holder 0, the pool's manager, who may have it made. The first rendition
 * of an audio codec behind those of pictures is the sound.
 */
class ContentMapGuide : public ContentGuide
{
  public:
    /// @param turn by how many places this client begins later than others where a shard has
    /// several holders
    explicit ContentMapGuide(uint32_t turn = 0)
        : m_turn(turn)
    {
    }

    /// @return the map
    ContentMap& Map()
    {
        return m_map;
    }

    /// @return the map
    const ContentMap& Map() const
    {
        return m_map;
    }

    /// The map has become another.
    void Updated();

    /// @param when something new can be known
    void SetNextLook(Time when)
    {
        m_nextLook = when;
    }

    /// @param grace live: a segment can be asked for when all its renditions are there, and so long
    /// after its end in any case
    void SetGrace(Time grace)
    {
        m_grace = grace;
    }

    /// @return the last segment that was looked up to be asked for
    uint32_t Position() const
    {
        return m_position;
    }

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
    ContentMap m_map;               ///< as it is known
    uint32_t m_turn;                ///< of this client
    std::vector<double> m_nominal;  ///< bitrate of all renditions, bit/s
    std::vector<double> m_bitrates; ///< of those of pictures, which come first
    Time m_grace{Seconds(1)};       ///< after a segment's end
    Time m_nextLook;                ///< when something new can be known
    mutable uint32_t m_position{0}; ///< segment
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_MAP_GUIDE_H
