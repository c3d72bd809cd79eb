// SPDX-License-Identifier: GPL-2.0-only
#include "content-abr-bola.h"

#include "content-abr-throughput.h"

#include "ns3/double.h"
#include "ns3/shard-compat.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentBolaAbr);

ContentBolaScore::ContentBolaScore(const std::vector<double>& bitrates, double lowest)
    : m_bitrates(bitrates)
{
    for (const double bitrate : m_bitrates)
    {
        m_utilities.push_back(lowest + std::log(bitrate / m_bitrates.front()));
    }
}

void
ContentBolaScore::Set(double v, double gp)
{
    m_v = v;
    m_gp = gp;
}

double
ContentBolaScore::Of(uint32_t rendition, double buffer, double size) const
{
    return (MostBuffer(rendition) - buffer) / size;
}

uint32_t
ContentBolaScore::Best(double buffer) const
{
    uint32_t best = 0;
    for (uint32_t q = 1; q < m_bitrates.size(); ++q)
    {
        if (Of(q, buffer, m_bitrates[q]) > Of(best, buffer, m_bitrates[best]))
        {
            best = q;
        }
    }
    return best;
}

double
ContentBolaScore::LeastBuffer(uint32_t rendition) const
{
    // Where the scores of two renditions are equal.
    double least = 0;
    const double rate = m_bitrates[rendition];
    const double utility = m_utilities[rendition];
    for (uint32_t q = 0; q < rendition; ++q)
    {
        const double even =
            (rate * m_utilities[q] - m_bitrates[q] * utility) / (rate - m_bitrates[q]);
        least = std::max(least, m_v * (m_gp + even));
    }
    return least;
}

double
ContentBolaScore::MostBuffer(uint32_t rendition) const
{
    return m_v * (m_utilities[rendition] + m_gp);
}

TypeId
ContentBolaAbr::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentBolaAbr")
            .SetParent<ContentAbr>()
            .SetGroupName("Sharding")
            .AddConstructor<ContentBolaAbr>()
            .AddAttribute("GammaP",
                          "Weight of not standing still, beside a utility of the natural logarithm "
                          "of the bitrate over the lowest.",
                          DoubleValue(5),
                          MakeDoubleAccessor(&ContentBolaAbr::m_gp),
                          MakeDoubleChecker<double>(0.01, 1000))
            .AddAttribute("Variant",
                          "basic, finite, o (never above what the throughput sustains) or u (at "
                          "most one above it, on the way up).",
                          ShardEnumValue<ContentBolaVariant>(CONTENT_BOLA_U),
                          ShardMakeEnumAccessor<ContentBolaVariant>(&ContentBolaAbr::m_variant),
                          ShardMakeEnumChecker(CONTENT_BOLA_BASIC,
                                               "basic",
                                               CONTENT_BOLA_FINITE,
                                               "finite",
                                               CONTENT_BOLA_O,
                                               "o",
                                               CONTENT_BOLA_U,
                                               "u"));
    return tid;
}

void
ContentBolaAbr::Aim(const ContentAbrView& view)
{
    if (!m_score)
    {
        m_score.emplace(view.guide->Bitrates(), 0);
    }
    const double duration = view.guide->Duration().GetSeconds();
    double buffer = view.bufferLimit.GetSeconds();
    if (m_variant != CONTENT_BOLA_BASIC)
    {
        constexpr double LEAST_SEGMENTS = 3;
        const double fromBegin = view.segment - view.begin;
        const double toEnd = view.guide->Segments() - view.segment;
        const double half = std::min(fromBegin, toEnd) / 2;
        buffer = std::min(buffer, std::max(half, LEAST_SEGMENTS) * duration);
    }
    // A buffer of hardly a segment leaves nothing to aim at.
    const double room = std::max(buffer - duration, 0.01 * duration);
    m_score->Set(room / (m_score->HighestUtility() + m_gp), m_gp);
}

ContentAbrChoice
ContentBolaAbr::Choose(const ContentAbrView& view)
{
    Aim(view);
    const double buffer = view.buffer.GetSeconds();
    ContentAbrChoice choice;
    choice.rendition = m_score->Best(buffer);
    const bool capped = m_variant == CONTENT_BOLA_O || m_variant == CONTENT_BOLA_U;
    if (capped && choice.rendition > m_last)
    {
        const uint32_t sustained = ContentSustainable(view, view.throughput);
        if (m_last > sustained)
        {
            choice.rendition = m_last;
        }
        else if (choice.rendition > sustained && m_variant == CONTENT_BOLA_U)
        {
            choice.rendition = sustained + 1;
        }
        else if (choice.rendition > sustained)
        {
            choice.rendition = sustained;
            const double excess = buffer - m_score->MostBuffer(sustained);
            choice.delay = Seconds(std::max(0.0, excess));
        }
    }
    m_last = choice.rendition;
    return choice;
}

std::optional<uint32_t>
ContentBolaAbr::Abandon(Time,
                        const ContentAbrView& view,
                        const ContentRequest& request,
                        const ContentProgress& progress)
{
    if (m_variant == CONTENT_BOLA_BASIC || !m_score || progress.bits == 0)
    {
        return std::nullopt;
    }
    const double buffer = view.buffer.GetSeconds();
    const double left = static_cast<double>(request.bits - progress.bits);
    double score = m_score->Of(request.rendition, buffer, left);
    if (score < 0)
    {
        return std::nullopt; // the buffer is so full that waiting would be best
    }
    const auto& bitrates = view.guide->Bitrates();
    std::optional<uint32_t> better;
    for (uint32_t q = 0; q < request.rendition; ++q)
    {
        const double size =
            static_cast<double>(request.bits) * bitrates[q] / bitrates[request.rendition];
        const double other = m_score->Of(q, buffer, size);
        if (size < left && other > score)
        {
            score = other;
            better = q;
        }
    }
    if (better)
    {
        m_last = *better;
    }
    return better;
}

} // namespace sharding
} // namespace ns3
