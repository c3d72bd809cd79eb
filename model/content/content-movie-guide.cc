// SPDX-License-Identifier: GPL-2.0-only
#include "content-movie-guide.h"

#include "ns3/abort.h"

#include <utility>

namespace ns3
{
namespace sharding
{

ContentMovieGuide::ContentMovieGuide(std::shared_ptr<const ContentMovie> movie,
                                     const ContentPlan& plan)
    : m_movie(std::move(movie)),
      m_plan(plan)
{
    NS_ABORT_MSG_UNLESS(m_movie && m_plan.copies >= 1 && m_plan.copies <= m_plan.holders,
                        "ContentMovieGuide: " << m_plan.copies << " copies at " << m_plan.holders
                                              << " holders, allowed is 1 to as many copies");
}

uint32_t
ContentMovieGuide::Segments() const
{
    return m_movie->Segments();
}

const std::vector<double>&
ContentMovieGuide::Bitrates() const
{
    return m_movie->Bitrates();
}

std::optional<uint32_t>
ContentMovieGuide::Sound() const
{
    return m_plan.sound > 0
               ? std::optional<uint32_t>(static_cast<uint32_t>(m_movie->Bitrates().size()))
               : std::nullopt;
}

Time
ContentMovieGuide::Duration() const
{
    return m_movie->Duration();
}

Time
ContentMovieGuide::DurationOf(uint32_t segment) const
{
    return m_movie->DurationOf(segment);
}

ContentOffer
ContentMovieGuide::Offer(uint32_t segment, uint32_t rendition) const
{
    ContentOffer offer;
    offer.bits = Bits(segment, rendition);
    for (uint32_t copy = 0; copy < m_plan.copies; ++copy)
    {
        offer.holders.push_back((segment + copy) % m_plan.holders);
    }
    return offer;
}

uint64_t
ContentMovieGuide::Bits(uint32_t segment, uint32_t rendition) const
{
    return rendition == Sound()
               ? static_cast<uint64_t>(m_plan.sound * DurationOf(segment).GetSeconds())
               : m_movie->Bits(segment, rendition);
}

bool
ContentMovieGuide::IsLive() const
{
    return m_plan.live;
}

Time
ContentMovieGuide::CapturedAt(uint32_t segment) const
{
    return TimeStep(static_cast<uint64_t>(Duration().GetTimeStep()) * segment);
}

Time
ContentMovieGuide::AvailableAt(uint32_t segment) const
{
    return m_plan.live ? CapturedAt(segment) + DurationOf(segment) + m_plan.encoding : Time(0);
}

} // namespace sharding
} // namespace ns3
