// SPDX-License-Identifier: GPL-2.0-only
#include "endpoint-select-blind.h"

#include <algorithm>
#include <iterator>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(RandomSelect);
NS_OBJECT_ENSURE_REGISTERED(RoundRobinSelect);
NS_OBJECT_ENSURE_REGISTERED(WeightedSelect);

TypeId
RandomSelect::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::RandomSelect")
                            .SetParent<EndpointSelect>()
                            .SetGroupName("Sharding")
                            .AddConstructor<RandomSelect>();
    return tid;
}

uint32_t
RandomSelect::Choose(Time, const EndpointRequest&, const std::vector<uint32_t>&)
{
    return Draw(static_cast<uint32_t>(m_endpoints.size()));
}

TypeId
RoundRobinSelect::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::RoundRobinSelect")
                            .SetParent<EndpointSelect>()
                            .SetGroupName("Sharding")
                            .AddConstructor<RoundRobinSelect>();
    return tid;
}

uint32_t
RoundRobinSelect::Choose(Time, const EndpointRequest&, const std::vector<uint32_t>&)
{
    // Taken modulo here too, because there may be fewer endpoints than at the last request.
    const auto count = static_cast<uint32_t>(m_endpoints.size());
    const uint32_t chosen = m_next % count;
    m_next = (chosen + 1) % count;
    return chosen;
}

TypeId
WeightedSelect::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::WeightedSelect")
                            .SetParent<EndpointSelect>()
                            .SetGroupName("Sharding")
                            .AddConstructor<WeightedSelect>();
    return tid;
}

void
WeightedSelect::SetEndpoints(const std::vector<EndpointInfo>& endpoints)
{
    EndpointSelect::SetEndpoints(endpoints);
    m_upTo.clear();
    double sum = 0;
    for (const EndpointInfo& endpoint : endpoints)
    {
        m_upTo.push_back(sum += endpoint.weight);
    }
}

uint32_t
WeightedSelect::Choose(Time, const EndpointRequest&, const std::vector<uint32_t>&)
{
    const double at = m_uniform->GetValue() * m_upTo.back();
    // Rounding may make it the sum itself.
    const auto found = std::upper_bound(m_upTo.begin(), std::prev(m_upTo.end()), at);
    return static_cast<uint32_t>(found - m_upTo.begin());
}

} // namespace sharding
} // namespace ns3
