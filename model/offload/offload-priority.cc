// SPDX-License-Identifier: GPL-2.0-only
#include "offload-priority.h"

#include "ns3/double.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(OffloadPriority);
NS_OBJECT_ENSURE_REGISTERED(EqualPriority);
NS_OBJECT_ENSURE_REGISTERED(DeferralPriority);

namespace
{

/// Of a new request in the mean size.
constexpr double SIZE_GAIN = 1.0 / 256;
/// Of the share that may be deferred, the threshold aims at this much. The rest is for its errors,
/// and for those that are not deferred and yet wait as long.
constexpr double AIM = 0.85;
/// Classes of worth in a factor of two: a class is 9 % wide.
constexpr double CLASSES = 8;
/// Requests that are seen before one is deferred.
constexpr uint32_t LEAST = 50;
/// Requests, of which so many more may be deferred at first.
constexpr double HEAD_START = 200;

} // namespace

TypeId
OffloadPriority::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::OffloadPriority").SetParent<Object>().SetGroupName("Sharding");
    return tid;
}

uint8_t
OffloadPriority::Urged() const
{
    return 0;
}

TypeId
EqualPriority::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::EqualPriority")
                            .SetParent<OffloadPriority>()
                            .SetGroupName("Sharding")
                            .AddConstructor<EqualPriority>();
    return tid;
}

uint8_t
EqualPriority::Level(Time, const OffloadArrival&)
{
    return 0;
}

TypeId
DeferralPriority::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::DeferralPriority")
            .SetParent<OffloadPriority>()
            .SetGroupName("Sharding")
            .AddConstructor<DeferralPriority>()
            .AddAttribute("Share",
                          "Most requests that are deferred, as a share of all; a little less than "
                          "1 - the quantile that counts.",
                          DoubleValue(0.0095),
                          MakeDoubleAccessor(&DeferralPriority::m_share),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("Lead",
                          "Intervals of expected growth that count as if they waited already.",
                          DoubleValue(0.3),
                          MakeDoubleAccessor(&DeferralPriority::m_lead),
                          MakeDoubleChecker<double>(0, 1000))
            .AddAttribute("Memory",
                          "Requests from which the threshold is learnt: after so many, those "
                          "before count half.",
                          UintegerValue(16384),
                          MakeUintegerAccessor(&DeferralPriority::m_memory),
                          MakeUintegerChecker<uint32_t>(2 * LEAST));
    return tid;
}

uint32_t
DeferralPriority::NotBelow(double worth)
{
    const double place = CLASSES * std::log2(1 + std::max(0.0, worth));
    const uint32_t worthClass = place < WORTHS - 1 ? static_cast<uint32_t>(place) : WORTHS - 1;
    uint32_t above = 0;
    for (uint32_t i = worthClass; i <= m_highest; ++i)
    {
        above += m_counts[i];
    }
    ++m_counts[worthClass];
    m_highest = std::max(m_highest, worthClass);
    if (++m_counted >= m_memory)
    {
        m_counted = 0;
        for (uint32_t& count : m_counts)
        {
            count /= 2;
            m_counted += count;
        }
    }
    return above;
}

uint8_t
DeferralPriority::Level(Time, const OffloadArrival& arrival)
{
    if (arrival.isAhead)
    {
        return AHEAD;
    }
    if (arrival.tries > 0)
    {
        return PLAIN - static_cast<uint8_t>(std::min<uint32_t>(arrival.tries, PLAIN));
    }
    ++m_requests;
    m_meanBytes += (m_requests == 1 ? 1 : SIZE_GAIN) * (arrival.requestBytes - m_meanBytes);
    const double growth = arrival.growth > 0 ? m_lead * arrival.growth : 0;
    const uint64_t before =
        std::accumulate(arrival.waits.begin(), arrival.waits.begin() + DEFERRED, uint64_t{0});
    const double worth =
        (static_cast<double>(before) + growth) * arrival.requestBytes / m_meanBytes;
    const uint32_t counted = m_counted;
    const uint32_t notBelow = NotBelow(worth);
    const bool isAbove = counted >= LEAST && notBelow <= AIM * m_share * counted;
    const double most = m_share * (static_cast<double>(m_requests) + HEAD_START);
    if (isAbove && worth > 0 && static_cast<double>(m_deferred + 1) <= most)
    {
        ++m_deferred;
        return DEFERRED;
    }
    return PLAIN;
}

uint8_t
DeferralPriority::Urged() const
{
    return PLAIN;
}

} // namespace sharding
} // namespace ns3
