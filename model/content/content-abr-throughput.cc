// SPDX-License-Identifier: GPL-2.0-only
#include "content-abr-throughput.h"

#include "ns3/double.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentThroughputAbr);

uint32_t
ContentSustainable(const ContentAbrView& view, double throughput)
{
    const auto& bitrates = view.guide->Bitrates();
    const double duration = view.guide->Duration().GetSeconds();
    const double latency = view.latency.GetSeconds();
    const auto comesInTime = [&](double bitrate)
    { return throughput > 0 && latency + duration * bitrate / throughput <= duration; };
    const auto beyond = std::find_if_not(bitrates.begin() + 1, bitrates.end(), comesInTime);
    return static_cast<uint32_t>(beyond - bitrates.begin()) - 1;
}

uint32_t
ContentBufferGuard::Limit(const ContentAbrView& view, uint32_t rendition)
{
    constexpr double DECAY = 0.9;
    constexpr double LEAST = 0.5;
    const auto& bitrates = view.guide->Bitrates();
    const double safe = m_safety * (view.buffer - view.latency).GetSeconds() * view.throughput;
    m_safety = std::max(LEAST, m_safety * DECAY);
    const double duration = view.guide->Duration().GetSeconds();
    uint32_t allowed = 0;
    while (allowed < rendition && bitrates[allowed + 1] * duration <= safe)
    {
        ++allowed;
    }
    return allowed;
}

TypeId
ContentThroughputAbr::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentThroughputAbr")
            .SetParent<ContentAbr>()
            .SetGroupName("Sharding")
            .AddConstructor<ContentThroughputAbr>()
            .AddAttribute("Safety",
                          "Share of the estimated throughput that is reckoned with.",
                          DoubleValue(0.9),
                          MakeDoubleAccessor(&ContentThroughputAbr::m_safety),
                          MakeDoubleChecker<double>(0.01, 10))
            .AddAttribute("Patience",
                          "A segment is given up if it would take longer than so many times its "
                          "duration.",
                          DoubleValue(1.8),
                          MakeDoubleAccessor(&ContentThroughputAbr::m_patience),
                          MakeDoubleChecker<double>(0))
            .AddAttribute("Grace",
                          "Not before it has been fetched for so long.",
                          TimeValue(MilliSeconds(500)),
                          MakeTimeAccessor(&ContentThroughputAbr::m_grace),
                          MakeTimeChecker(Time(0)));
    return tid;
}

ContentAbrChoice
ContentThroughputAbr::Choose(const ContentAbrView& view)
{
    const uint32_t wanted = ContentSustainable(view, view.throughput * m_safety);
    return {m_guard.Limit(view, wanted), Time(0)};
}

std::optional<uint32_t>
ContentThroughputAbr::Abandon(Time now,
                              const ContentAbrView& view,
                              const ContentRequest& request,
                              const ContentProgress& progress)
{
    const double downloading = (now - progress.firstBit).GetSeconds();
    const Time spent = now - progress.begun;
    if (spent < m_grace || downloading <= 0 || progress.bits == 0)
    {
        return std::nullopt;
    }
    const double throughput = static_cast<double>(progress.bits) / downloading;
    const double left = static_cast<double>(request.bits - progress.bits);
    const double duration = view.guide->Duration().GetSeconds();
    if (spent.GetSeconds() + left / throughput <= m_patience * duration)
    {
        return std::nullopt;
    }
    const uint32_t lower = ContentSustainable(view, throughput * m_safety);
    if (lower >= request.rendition)
    {
        return std::nullopt;
    }
    const auto& bitrates = view.guide->Bitrates();
    const double size =
        static_cast<double>(request.bits) * bitrates[lower] / bitrates[request.rendition];
    return size < left ? std::optional<uint32_t>(lower) : std::nullopt;
}

} // namespace sharding
} // namespace ns3
