// SPDX-License-Identifier: GPL-2.0-only
#include "endpoint-select-load.h"

#include "ns3/assert.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(LeastRequestSelect);
NS_OBJECT_ENSURE_REGISTERED(ShortestQueueSelect);
NS_OBJECT_ENSURE_REGISTERED(SampledSelect);
NS_OBJECT_ENSURE_REGISTERED(PowerOfChoicesSelect);
NS_OBJECT_ENSURE_REGISTERED(PeakEwmaSelect);

TypeId
LeastRequestSelect::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::LeastRequestSelect")
                            .SetParent<EndpointSelect>()
                            .SetGroupName("Sharding")
                            .AddConstructor<LeastRequestSelect>();
    return tid;
}

uint32_t
LeastRequestSelect::Choose(Time, const EndpointRequest&, const std::vector<uint32_t>& loads)
{
    NS_ASSERT(loads.size() == m_endpoints.size());
    uint32_t least = loads[0];
    uint32_t ties = 0;
    for (uint32_t load : loads)
    {
        ties = load < least ? 1 : ties + (load == least);
        least = std::min(least, load);
    }
    // One draw a request, whatever the loads are.
    uint32_t skip = Draw(ties);
    uint32_t place = 0;
    while (loads[place] != least || skip-- > 0)
    {
        ++place;
    }
    return place;
}

TypeId
ShortestQueueSelect::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ShortestQueueSelect")
                            .SetParent<LeastRequestSelect>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ShortestQueueSelect>();
    return tid;
}

EndpointSelect::Sight
ShortestQueueSelect::GetSight() const
{
    return PERFECT;
}

TypeId
SampledSelect::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::SampledSelect")
                            .SetParent<EndpointSelect>()
                            .SetGroupName("Sharding")
                            .AddAttribute("Choices",
                                          "Endpoints d that are looked at for each request, all "
                                          "where there are fewer.",
                                          UintegerValue(2),
                                          MakeUintegerAccessor(&SampledSelect::m_choices),
                                          MakeUintegerChecker<uint32_t>(1));
    return tid;
}

void
SampledSelect::SetEndpoints(const std::vector<EndpointInfo>& endpoints)
{
    EndpointSelect::SetEndpoints(endpoints);
    m_deck.resize(endpoints.size());
    std::iota(m_deck.begin(), m_deck.end(), 0);
}

uint32_t
SampledSelect::Choose(Time now, const EndpointRequest&, const std::vector<uint32_t>& loads)
{
    NS_ASSERT(loads.size() == m_endpoints.size());
    const auto count = static_cast<uint32_t>(m_deck.size());
    uint32_t best = 0;
    double bestCost = 0;
    // The first cards of a shuffle (Fisher and Yates); the deck stays as it is for the next one.
    for (uint32_t i = 0; i < std::min(m_choices, count); ++i)
    {
        std::swap(m_deck[i], m_deck[i + Draw(count - i)]);
        const double cost = Cost(now, m_deck[i], loads[m_deck[i]]);
        if (i == 0 || cost < bestCost)
        {
            best = m_deck[i];
            bestCost = cost;
        }
    }
    return best;
}

TypeId
PowerOfChoicesSelect::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::PowerOfChoicesSelect")
                            .SetParent<SampledSelect>()
                            .SetGroupName("Sharding")
                            .AddConstructor<PowerOfChoicesSelect>();
    return tid;
}

double
PowerOfChoicesSelect::Cost(Time, uint32_t, uint32_t load)
{
    return load;
}

TypeId
PeakEwmaSelect::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::PeakEwmaSelect")
                            .SetParent<SampledSelect>()
                            .SetGroupName("Sharding")
                            .AddConstructor<PeakEwmaSelect>()
                            .AddAttribute("Memory",
                                          "Time in which all but 1/e of a latency is forgotten.",
                                          TimeValue(Seconds(10)),
                                          MakeTimeAccessor(&PeakEwmaSelect::m_memory),
                                          MakeTimeChecker(NanoSeconds(1)));
    return tid;
}

/// @return part of the latency that is remembered
double
PeakEwmaSelect::Remembered(const Latency& latency, Time now) const
{
    const double passed = static_cast<double>((now - latency.at).GetNanoSeconds());
    return std::exp(-passed / static_cast<double>(m_memory.GetNanoSeconds()));
}

void
PeakEwmaSelect::Answered(Time now, uint32_t id, Time took)
{
    Latency& latency = m_latency[id];
    const double seconds = static_cast<double>(took.GetNanoSeconds()) / 1e9;
    if (seconds >= latency.seconds)
    {
        latency.seconds = seconds;
    }
    else
    {
        const double old = Remembered(latency, now);
        latency.seconds = old * latency.seconds + (1 - old) * seconds;
    }
    latency.at = now;
}

double
PeakEwmaSelect::Cost(Time now, uint32_t place, uint32_t load)
{
    const auto found = m_latency.find(m_endpoints[place].id);
    // An endpoint that is not asked any more is forgiven in time: nothing else would bring it back.
    // What is not known, or is nothing, still tells more requests from fewer.
    const double seconds =
        found == m_latency.end() ? 0 : found->second.seconds * Remembered(found->second, now);
    return (seconds + 1e-9) * (load + 1.0);
}

} // namespace sharding
} // namespace ns3
