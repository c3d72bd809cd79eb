// SPDX-License-Identifier: GPL-2.0-only
#include "content-map-guide.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <cstddef>

namespace ns3
{
namespace sharding
{

void
ContentMapGuide::Updated()
{
    if (m_nominal.empty())
    {
        m_nominal.resize(m_map.Renditions());
        std::size_t sound = m_nominal.size();
        // The first encoding of a rendition is its ordinary one.
        for (auto at = m_map.Encodings().rbegin(); at != m_map.Encodings().rend(); ++at)
        {
            m_nominal[at->rendition] = at->bitrate;
            if (ContentIsAudio(at->codec))
            {
                sound = std::min<std::size_t>(sound, at->rendition);
            }
        }
        // A stream that begins with sound has nothing else.
        sound = sound > 0 ? sound : m_nominal.size();
        m_bitrates.assign(m_nominal.begin(),
                          m_nominal.begin() + static_cast<std::ptrdiff_t>(sound));
    }
}

uint32_t
ContentMapGuide::Segments() const
{
    return m_map.Stream().segments;
}

const std::vector<double>&
ContentMapGuide::Bitrates() const
{
    return m_bitrates;
}

std::optional<uint32_t>
ContentMapGuide::Sound() const
{
    return m_bitrates.size() < m_nominal.size()
               ? std::optional<uint32_t>(static_cast<uint32_t>(m_bitrates.size()))
               : std::nullopt;
}

Time
ContentMapGuide::Duration() const
{
    return NanoSeconds(m_map.Stream().duration);
}

Time
ContentMapGuide::DurationOf(uint32_t segment) const
{
    return NanoSeconds(m_map.DurationOf(segment));
}

ContentOffer
ContentMapGuide::Offer(uint32_t segment, uint32_t rendition) const
{
    m_position = std::max(m_position, segment);
    ContentOffer offer;
    offer.bits = Bits(segment, rendition);
    const ContentMapEntry* const entry = m_map.Find(segment, rendition);
    if (entry == nullptr || entry->holders.empty())
    {
        offer.holders.push_back(0);
        return offer;
    }
    const std::size_t count = entry->holders.size();
    for (std::size_t i = 0; i < count; ++i)
    {
        offer.holders.push_back(entry->holders[(i + m_turn + segment) % count]);
    }
    return offer;
}

uint64_t
ContentMapGuide::Bits(uint32_t segment, uint32_t rendition) const
{
    if (const ContentMapEntry* const entry = m_map.Find(segment, rendition))
    {
        return uint64_t(entry->bytes) * 8;
    }
    return static_cast<uint64_t>(m_nominal[rendition] * DurationOf(segment).GetSeconds());
}

bool
ContentMapGuide::IsLive() const
{
    return m_map.Stream().live;
}

Time
ContentMapGuide::CapturedAt(uint32_t segment) const
{
    return NanoSeconds(m_map.Stream().beginAt + m_map.Stream().duration * segment);
}

Time
ContentMapGuide::AvailableAt(uint32_t segment) const
{
    uint32_t there = 0;
    for (uint32_t rendition = 0; rendition < m_map.Renditions(); ++rendition)
    {
        const ContentMapEntry* const entry = m_map.Find(segment, rendition);
        there += entry != nullptr && (entry->made || !IsLive()) ? 1 : 0;
    }
    if (there == m_map.Renditions())
    {
        return Time(0);
    }
    // Not before the map can tell.
    const Time now = Simulator::Now();
    const Time look = std::max(m_nextLook, now + MilliSeconds(10));
    if (!IsLive())
    {
        return look;
    }
    const Time end = CapturedAt(segment) + DurationOf(segment);
    return end + m_grace <= now ? Time(0) : std::max(end, std::min(look, end + m_grace));
}

} // namespace sharding
} // namespace ns3
