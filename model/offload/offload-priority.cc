// SPDX-License-Identifier: GPL-2.0-only
#include "offload-priority.h"

#include "ns3/double.h"

#include <algorithm>
#include <cmath>

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
constexpr double AIM = 0.75;
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
            .AddAttribute(
                "Gain",
                "Of the threshold: it rises by this share at a deferral, and by more at the "
                "first ones.",
                DoubleValue(0.002),
                MakeDoubleAccessor(&DeferralPriority::m_gain),
                MakeDoubleChecker<double>(1e-6, 1));
    return tid;
}

uint8_t
DeferralPriority::Level(Time, const OffloadArrival& arrival)
{
    if (arrival.isAhead)
    {
        return AHEAD;
    }
    ++m_requests;
    m_meanBytes += (m_requests == 1 ? 1 : SIZE_GAIN) * (arrival.requestBytes - m_meanBytes);
    const double growth = arrival.growth > 0 ? m_lead * arrival.growth : 0;
    const double worth =
        (static_cast<double>(arrival.ahead) + growth) * arrival.requestBytes / m_meanBytes;
    if (m_threshold == 0)
    {
        m_threshold = worth;
        return 0;
    }
    const bool isAbove = worth > m_threshold;
    m_above += isAbove ? 1 : 0;
    const double gain = std::max(m_gain, 1 / (1 + static_cast<double>(m_above)));
    m_threshold *= std::exp(gain * ((isAbove ? 1 : 0) - AIM * m_share));
    const double most = m_share * (static_cast<double>(m_requests) + HEAD_START);
    if (isAbove && static_cast<double>(m_deferred + 1) <= most)
    {
        ++m_deferred;
        return DEFERRED;
    }
    return 0;
}

} // namespace sharding
} // namespace ns3
