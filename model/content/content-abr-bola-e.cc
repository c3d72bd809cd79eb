// SPDX-License-Identifier: GPL-2.0-only
#include "content-abr-bola-e.h"

#include "ns3/shard-compat.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentBolaEAbr);

TypeId
ContentBolaEAbr::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentBolaEAbr")
            .SetParent<ContentAbr>()
            .SetGroupName("Sharding")
            .AddConstructor<ContentBolaEAbr>()
            .AddAttribute("LeastBuffer",
                          "Buffer below which the lowest rendition is right.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&ContentBolaEAbr::m_leastBuffer),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("PerRendition",
                          "Buffer that is reckoned with for each rendition beside that.",
                          TimeValue(Seconds(2)),
                          MakeTimeAccessor(&ContentBolaEAbr::m_perRendition),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("Variant",
                          "o (never above what the throughput sustains) or u (at most one above "
                          "it, on the way up).",
                          ShardEnumValue<ContentBolaVariant>(CONTENT_BOLA_U),
                          ShardMakeEnumAccessor<ContentBolaVariant>(&ContentBolaEAbr::m_variant),
                          ShardMakeEnumChecker(CONTENT_BOLA_O, "o", CONTENT_BOLA_U, "u"));
    return tid;
}

ContentAbrChoice
ContentBolaEAbr::Begin(const ContentAbrView& view)
{
    const auto& bitrates = view.guide->Bitrates();
    // Utilities begin at 1, so that the lowest rendition is chosen below the least buffer.
    m_score.emplace(bitrates, 1);
    const double least = m_leastBuffer.GetSeconds();
    const double buffer =
        std::max(least + m_perRendition.GetSeconds() * static_cast<double>(bitrates.size()),
                 view.bufferLimit.GetSeconds());
    // With one rendition there is nothing to choose, whatever the weight.
    const double span = std::max(m_score->HighestUtility() - 1, 1e-9);
    const double gp = span / (buffer / least - 1);
    m_score->Set(least / gp, gp);
    const uint32_t sustained = ContentSustainable(view, view.throughput);
    m_placeholder = std::max(0.0, m_score->LeastBuffer(sustained) - view.buffer.GetSeconds());
    return {sustained, Time(0)};
}

ContentAbrChoice
ContentBolaEAbr::Choose(const ContentAbrView& view)
{
    if (!m_score)
    {
        return view.throughput > 0 ? Begin(view) : ContentAbrChoice{m_last, Time(0)};
    }
    const double buffer = view.buffer.GetSeconds();
    uint32_t rendition = m_score->Best(buffer + m_placeholder);
    const uint32_t sustained = ContentSustainable(view, view.throughput);
    if (rendition > m_last && rendition > sustained)
    {
        rendition = std::max(m_last, sustained) + (m_variant == CONTENT_BOLA_U ? 1 : 0);
    }
    // Rather than to wait, the placeholder is used up.
    double excess = std::max(0.0, buffer + m_placeholder - m_score->MostBuffer(rendition));
    const double used = std::min(excess, m_placeholder);
    m_placeholder -= used;
    excess -= used;
    if (rendition + 1 == view.guide->Bitrates().size())
    {
        excess = 0;
    }
    const uint32_t safe = m_guard.Limit(view, rendition);
    if (safe < rendition)
    {
        excess = 0;
        const double most = std::max(0.0, m_score->LeastBuffer(safe) - buffer);
        m_placeholder = std::min(m_placeholder, most);
    }
    return {safe, Seconds(excess)};
}

void
ContentBolaEAbr::Waited(Time delay)
{
    m_placeholder += delay.GetSeconds();
}

void
ContentBolaEAbr::Fetched(const ContentAbrView& view, const ContentAbrFetch& fetch)
{
    m_last = fetch.rendition;
    if (!m_score)
    {
        return;
    }
    const double buffer = view.buffer.GetSeconds();
    if (fetch.abandoned)
    {
        // Something went wrong: down to what the lower rendition needs.
        const double wanted = *fetch.abandoned > 0 ? m_score->LeastBuffer(*fetch.abandoned)
                                                   : m_leastBuffer.GetSeconds();
        m_placeholder = std::min(m_placeholder, std::max(0.0, wanted - buffer));
        return;
    }
    // What the buffer would be, had the fetch taken no time: within the limits of its rendition.
    const double before = buffer + (fetch.latency + fetch.downloading).GetSeconds();
    const double most = std::max(0.0, m_score->MostBuffer(fetch.rendition) - before);
    m_placeholder = std::min(m_placeholder, most);
    if (buffer > 0)
    {
        m_placeholder = std::max(m_placeholder, m_score->LeastBuffer(fetch.rendition) - before);
    }
}

std::optional<uint32_t>
ContentBolaEAbr::Abandon(Time now,
                         const ContentAbrView& view,
                         const ContentRequest& request,
                         const ContentProgress& progress)
{
    const double downloading = (now - progress.firstBit).GetSeconds();
    if (!m_score || progress.bits == 0 || downloading <= 0)
    {
        return std::nullopt;
    }
    // Another request costs another latency, in which the present one goes on.
    const double latency = (progress.firstBit - progress.begun).GetSeconds();
    const double buffer = std::max(0.0, view.buffer.GetSeconds() + m_placeholder - latency);
    const double throughput = static_cast<double>(progress.bits) / downloading;
    const double left = static_cast<double>(request.bits - progress.bits) - latency * throughput;
    if (left <= 0)
    {
        return std::nullopt;
    }
    const auto& bitrates = view.guide->Bitrates();
    double score = m_score->Of(request.rendition, buffer, left);
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
    return better;
}

} // namespace sharding
} // namespace ns3
