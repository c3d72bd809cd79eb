// SPDX-License-Identifier: GPL-2.0-only
#include "content-abr-buffer.h"

#include "ns3/double.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentBufferAbr);

TypeId
ContentBufferAbr::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentBufferAbr")
            .SetParent<ContentAbr>()
            .SetGroupName("Sharding")
            .AddConstructor<ContentBufferAbr>()
            .AddAttribute("Reservoir",
                          "Share of the buffer's limit up to which the lowest rendition is chosen.",
                          DoubleValue(0.375), // 90 s of 240 s
                          MakeDoubleAccessor(&ContentBufferAbr::m_reservoir),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("Full",
                          "Share of the buffer's limit from which on the highest one is chosen.",
                          DoubleValue(0.9),
                          MakeDoubleAccessor(&ContentBufferAbr::m_full),
                          MakeDoubleChecker<double>(0, 1));
    return tid;
}

ContentAbrChoice
ContentBufferAbr::Choose(const ContentAbrView& view)
{
    const auto& bitrates = view.guide->Bitrates();
    const auto highest = static_cast<uint32_t>(bitrates.size() - 1);
    const double share = view.buffer.GetSeconds() / view.bufferLimit.GetSeconds();
    if (share <= m_reservoir)
    {
        m_last = 0;
    }
    else if (share >= m_full)
    {
        m_last = highest;
    }
    else
    {
        const double mapped = bitrates.front() + (bitrates.back() - bitrates.front()) *
                                                     (share - m_reservoir) / (m_full - m_reservoir);
        if (m_last < highest && mapped >= bitrates[m_last + 1])
        {
            while (m_last < highest && bitrates[m_last + 1] <= mapped)
            {
                ++m_last;
            }
        }
        else if (m_last > 0 && mapped <= bitrates[m_last - 1])
        {
            // Down to the lowest that is still above the map.
            while (m_last > 0 && bitrates[m_last - 1] >= mapped)
            {
                --m_last;
            }
        }
    }
    return {m_last, Time(0)};
}

void
ContentBufferAbr::Fetched(const ContentAbrView&, const ContentAbrFetch& fetch)
{
    // Another rendition may have come than was chosen, where a shard was missing.
    m_last = fetch.rendition;
}

} // namespace sharding
} // namespace ns3
