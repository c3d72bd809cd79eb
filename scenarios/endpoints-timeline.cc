// SPDX-License-Identifier: GPL-2.0-only
#include "endpoints-timeline.h"

#include <algorithm>
#include <limits>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

EndpointsTimeline::EndpointsTimeline(Time start, Time interval)
    : m_start(start),
      m_interval(interval)
{
}

/// @param asked when a request was asked  @return those of its interval
EndpointsTimeline::Requests&
EndpointsTimeline::At(Time asked)
{
    const auto index =
        static_cast<std::size_t>((asked - m_start).GetNanoSeconds() / m_interval.GetNanoSeconds());
    if (index >= m_requests.size())
    {
        m_requests.resize(index + 1);
    }
    return m_requests[index];
}

void
EndpointsTimeline::Asked(Time at, Time work)
{
    Requests& requests = At(at);
    ++requests.asked;
    requests.work += work.GetSeconds();
}

void
EndpointsTimeline::InTime(Time asked)
{
    ++At(asked).inTime;
}

void
EndpointsTimeline::Sample(const std::vector<Ptr<EndpointInstance>>& endpoints,
                          std::optional<double> forecast)
{
    Pool pool;
    pool.forecast = forecast.value_or(std::numeric_limits<double>::quiet_NaN());
    for (const Ptr<EndpointInstance>& endpoint : endpoints)
    {
        switch (endpoint->GetState())
        {
        case ENDPOINT_WARM:
            pool.warm += endpoint->GetUnits();
            break;
        case ENDPOINT_STARTING:
        case ENDPOINT_WARMING:
            pool.cold += endpoint->GetUnits();
            break;
        case ENDPOINT_DRAINING:
            pool.draining += endpoint->GetUnits();
            break;
        default:
            break;
        }
    }
    m_pools.push_back(pool);
}

Timeline
EndpointsTimeline::Past() const
{
    Timeline past;
    past.kind = TimelineKind::POOL;
    past.columns = {"time_s",
                    "offered_units",
                    "forecast_units",
                    "warm_units",
                    "cold_units",
                    "draining_units",
                    "violation_ratio"};
    const double seconds = m_interval.GetSeconds();
    for (std::size_t i = 0; i < std::min(m_requests.size(), m_pools.size()); ++i)
    {
        const Requests& requests = m_requests[i];
        const Pool& pool = m_pools[i];
        const auto asked = static_cast<double>(requests.asked);
        past.rows.push_back({seconds * static_cast<double>(i + 1),
                             requests.work / seconds,
                             pool.forecast,
                             pool.warm,
                             pool.cold,
                             pool.draining,
                             requests.asked > 0 ? 1 - static_cast<double>(requests.inTime) / asked
                                                : std::numeric_limits<double>::quiet_NaN()});
    }
    return past;
}

} // namespace shardsim
