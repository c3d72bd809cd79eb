// SPDX-License-Identifier: GPL-2.0-only
#include "endpoint-select.h"

#include "ns3/assert.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(EndpointSelect);

TypeId
EndpointSelect::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::EndpointSelect").SetParent<Object>().SetGroupName("Sharding");
    return tid;
}

EndpointSelect::EndpointSelect()
    : m_uniform(CreateObject<UniformRandomVariable>())
{
}

EndpointSelect::Sight
EndpointSelect::GetSight() const
{
    return OWN;
}

bool
EndpointSelect::IsSticky() const
{
    return false;
}

void
EndpointSelect::SetEndpoints(const std::vector<EndpointInfo>& endpoints)
{
    NS_ASSERT_MSG(!endpoints.empty(), "a selection needs at least one endpoint");
    m_endpoints = endpoints;
}

void
EndpointSelect::Answered(Time, uint32_t, Time)
{
}

int64_t
EndpointSelect::AssignStreams(int64_t stream)
{
    m_uniform->SetStream(stream);
    return 1;
}

uint32_t
EndpointSelect::Draw(uint32_t n)
{
    return std::min(static_cast<uint32_t>(m_uniform->GetValue() * n), n - 1);
}

} // namespace sharding
} // namespace ns3
