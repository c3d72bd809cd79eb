// SPDX-License-Identifier: GPL-2.0-only
#include "endpoint-scale.h"

#include "ns3/double.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

namespace
{

/// Rounded up, but for what is a rounding error above a whole number.
uint32_t
RoundUp(double units)
{
    return static_cast<uint32_t>(std::ceil(std::max(0.0, std::min(units, 1e6)) - 1e-9));
}

} // namespace

NS_OBJECT_ENSURE_REGISTERED(EndpointScale);
NS_OBJECT_ENSURE_REGISTERED(StaticScale);
NS_OBJECT_ENSURE_REGISTERED(ThresholdScale);
NS_OBJECT_ENSURE_REGISTERED(ForecastScale);

TypeId
EndpointScale::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::EndpointScale").SetParent<Object>().SetGroupName("Sharding");
    return tid;
}

TypeId
StaticScale::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::StaticScale")
                            .SetParent<EndpointScale>()
                            .SetGroupName("Sharding")
                            .AddConstructor<StaticScale>()
                            .AddAttribute("Units",
                                          "Of each group.",
                                          UintegerValue(1),
                                          MakeUintegerAccessor(&StaticScale::m_units),
                                          MakeUintegerChecker<uint32_t>(1));
    return tid;
}

uint32_t
StaticScale::Units(Time, const EndpointScaleView&)
{
    return m_units;
}

uint32_t
EndpointStabiliser::Largest(Time now, Time window, uint32_t wanted)
{
    while (!m_wanted.empty() && m_wanted.back().second <= wanted)
    {
        m_wanted.pop_back();
    }
    m_wanted.emplace_back(now, wanted);
    while (m_wanted.front().first < now - window)
    {
        m_wanted.pop_front();
    }
    return m_wanted.front().second;
}

TypeId
ThresholdScale::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ThresholdScale")
                            .SetParent<EndpointScale>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ThresholdScale>()
                            .AddAttribute("Target",
                                          "Utilisation that it aims at.",
                                          DoubleValue(0.6),
                                          MakeDoubleAccessor(&ThresholdScale::m_target),
                                          MakeDoubleChecker<double>(0.01, 1))
                            .AddAttribute("Tolerance",
                                          "By which utilisation over target may differ from 1.",
                                          DoubleValue(0.1),
                                          MakeDoubleAccessor(&ThresholdScale::m_tolerance),
                                          MakeDoubleChecker<double>(0))
                            .AddAttribute("Stabilisation",
                                          "Time in which the largest wish counts when it shrinks.",
                                          TimeValue(Seconds(300)),
                                          MakeTimeAccessor(&ThresholdScale::m_window),
                                          MakeTimeChecker(Time(0)))
                            .AddAttribute("GrowPeriod",
                                          "Time in which it at most doubles, or grows by four.",
                                          TimeValue(Seconds(15)),
                                          MakeTimeAccessor(&ThresholdScale::m_growPeriod),
                                          MakeTimeChecker(Time(0)));
    return tid;
}

uint32_t
ThresholdScale::Units(Time now, const EndpointScaleView& view)
{
    const uint32_t have = view.ready + view.starting;
    uint32_t wanted = have;
    double ratio = view.utilisation / m_target;
    if (view.ready > 0 && std::abs(ratio - 1) > m_tolerance)
    {
        if (ratio > 1 && view.starting > 0)
        {
            ratio *= static_cast<double>(view.ready) / have;
            wanted = ratio > 1 + m_tolerance ? RoundUp(ratio * have) : have;
        }
        else
        {
            wanted = RoundUp(ratio * view.ready);
        }
    }
    auto& had = m_had[view.group];
    had.emplace_back(now, have);
    while (had.front().first < now - m_growPeriod)
    {
        had.pop_front();
    }
    uint32_t least = have;
    for (const auto& [when, units] : had)
    {
        least = std::min(least, units);
    }
    wanted = std::min(wanted, std::max({2 * least, least + 4, have}));
    const uint32_t largest = m_past[view.group].Largest(now, m_window, wanted);
    return std::max(1U, wanted >= have ? wanted : std::min(have, largest));
}

TypeId
ForecastScale::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ForecastScale")
                            .SetParent<EndpointScale>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ForecastScale>()
                            .AddAttribute("Target",
                                          "Utilisation that it aims at.",
                                          DoubleValue(0.7),
                                          MakeDoubleAccessor(&ForecastScale::m_target),
                                          MakeDoubleChecker<double>(0.01, 1))
                            .AddAttribute("Stabilisation",
                                          "Time in which the largest wish counts when it shrinks.",
                                          TimeValue(Seconds(10)),
                                          MakeTimeAccessor(&ForecastScale::m_window),
                                          MakeTimeChecker(Time(0)));
    return tid;
}

uint32_t
ForecastScale::Units(Time now, const EndpointScaleView& view)
{
    const uint32_t wanted = std::max(1U, RoundUp(view.forecast / m_target));
    return m_past[view.group].Largest(now, m_window, wanted);
}

} // namespace sharding
} // namespace ns3
