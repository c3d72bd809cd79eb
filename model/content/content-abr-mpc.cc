// SPDX-License-Identifier: GPL-2.0-only
#include "content-abr-mpc.h"

#include "ns3/double.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentMpcAbr);

/// What is the same for all rows of a search, and the best row so far.
struct ContentMpcAbr::Search
{
    const ContentGuide* guide; ///< the stream
    uint32_t segment;          ///< the first to decide on
    uint32_t depth;            ///< how many
    double rate;               ///< that is reckoned with, bit/s
    double limit;              ///< of the buffer, seconds
    double highest;            ///< bitrate, Mbit/s
    double best;               ///< value
    uint32_t choice;           ///< first rendition of it
};

TypeId
ContentMpcAbr::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ContentMpcAbr")
                            .SetParent<ContentAbr>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ContentMpcAbr>()
                            .AddAttribute("Horizon",
                                          "Segments that are looked ahead.",
                                          UintegerValue(5),
                                          MakeUintegerAccessor(&ContentMpcAbr::m_horizon),
                                          MakeUintegerChecker<uint32_t>(1, 8))
                            .AddAttribute("Past",
                                          "Segments whose throughput is remembered.",
                                          UintegerValue(5),
                                          MakeUintegerAccessor(&ContentMpcAbr::m_past),
                                          MakeUintegerChecker<uint32_t>(1, 1000))
                            .AddAttribute("StallWeight",
                                          "Mbit/s that a second of standing still costs.",
                                          DoubleValue(4.3),
                                          MakeDoubleAccessor(&ContentMpcAbr::m_stallWeight),
                                          MakeDoubleChecker<double>(0))
                            .AddAttribute("ChangeWeight",
                                          "Mbit/s that a change by one Mbit/s costs.",
                                          DoubleValue(1),
                                          MakeDoubleAccessor(&ContentMpcAbr::m_changeWeight),
                                          MakeDoubleChecker<double>(0));
    return tid;
}

double
ContentMpcAbr::Forecast() const
{
    double inverse = 0;
    for (const double one : m_throughput)
    {
        inverse += 1 / one;
    }
    return m_throughput.empty() ? 0 : static_cast<double>(m_throughput.size()) / inverse;
}

void
ContentMpcAbr::Fetched(const ContentAbrView&, const ContentAbrFetch& fetch)
{
    m_last = fetch.rendition;
    const double time = (fetch.latency + fetch.downloading).GetSeconds();
    if (fetch.abandoned || fetch.bits <= 0 || time <= 0)
    {
        return;
    }
    const double actual = fetch.bits / time;
    const double forecast = Forecast();
    if (forecast > 0)
    {
        m_errors.push_back(std::abs(forecast - actual) / actual);
    }
    m_throughput.push_back(actual);
    if (m_throughput.size() > m_past)
    {
        m_throughput.pop_front();
    }
    if (m_errors.size() > m_past)
    {
        m_errors.pop_front();
    }
}

void
ContentMpcAbr::Explore(Search& search,
                       uint32_t depth,
                       double buffer,
                       double last,
                       double value,
                       uint32_t first) const
{
    if (depth == search.depth)
    {
        if (value > search.best)
        {
            search.best = value;
            search.choice = first;
        }
        return;
    }
    if (value + search.highest * (search.depth - depth) <= search.best)
    {
        return; // not even the highest bitrates without a stall or change would do
    }
    const uint32_t segment = search.segment + depth;
    const double duration = search.guide->DurationOf(segment).GetSeconds();
    const auto& bitrates = search.guide->Bitrates();
    // From the top: what is good is found early, and more is left out then.
    for (auto q = static_cast<uint32_t>(bitrates.size()); q-- > 0;)
    {
        const double time = static_cast<double>(search.guide->Bits(segment, q)) / search.rate;
        const double stall = std::max(0.0, time - buffer);
        const double rate = bitrates[q] / 1e6;
        const double after = std::min(std::max(0.0, buffer - time) + duration, search.limit);
        Explore(search,
                depth + 1,
                after,
                rate,
                value + rate - m_stallWeight * stall - m_changeWeight * std::abs(rate - last),
                depth == 0 ? q : first);
    }
}

ContentAbrChoice
ContentMpcAbr::Choose(const ContentAbrView& view)
{
    const double worst = m_errors.empty() ? 0 : *std::max_element(m_errors.begin(), m_errors.end());
    Search search{};
    search.guide = view.guide;
    search.segment = view.segment;
    search.depth = std::min(m_horizon, view.guide->Segments() - view.segment);
    search.rate = Forecast() / (1 + worst);
    search.limit = view.bufferLimit.GetSeconds();
    search.highest = view.guide->Bitrates().back() / 1e6;
    search.best = -std::numeric_limits<double>::infinity();
    if (search.rate <= 0)
    {
        return {m_last, Time(0)};
    }
    Explore(search, 0, view.buffer.GetSeconds(), view.guide->Bitrates()[m_last] / 1e6, 0, 0);
    return {search.choice, Time(0)};
}

} // namespace sharding
} // namespace ns3
