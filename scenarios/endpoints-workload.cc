// SPDX-License-Identifier: GPL-2.0-only
#include "endpoints-workload.h"

#include "endpoints-streams.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

Ptr<UniformRandomVariable>
MakeUniform(int64_t stream)
{
    Ptr<UniformRandomVariable> uniform = CreateObject<UniformRandomVariable>();
    uniform->SetStream(stream);
    return uniform;
}

double
Seconds(const Values& values, const char* key)
{
    return static_cast<double>(values.GetTimeNs(key)) / 1e9;
}

EndpointServiceShape
ServiceShape(const Values& values)
{
    const std::map<std::string, EndpointServiceKind> kinds = {
        {"exponential", ENDPOINT_EXPONENTIAL},
        {"deterministic", ENDPOINT_DETERMINISTIC},
        {"pareto", ENDPOINT_PARETO}};
    return {kinds.at(values.GetText("endpoint.service")),
            NanoSeconds(values.GetTimeNs("endpoint.service_mean")),
            values.GetReal("endpoint.service_shape")};
}

} // namespace

EndpointsWorkload::EndpointsWorkload(const Values& values)
    : m_rate(values.GetReal("load.per_endpoint") *
             static_cast<double>(values.GetInt("pool.endpoints")) /
             Seconds(values, "endpoint.service_mean")),
      m_shape(values),
      m_clients(static_cast<uint32_t>(values.GetInt("clients.count"))),
      m_arrivalDraw(MakeUniform(STREAM_ARRIVALS)),
      m_clientDraw(MakeUniform(STREAM_CLIENTS)),
      m_service(ServiceShape(values), MakeUniform(STREAM_SERVICE))
{
    if (const double skew = values.GetReal("clients.skew"); skew > 0)
    {
        double sum = 0;
        for (uint32_t i = 1; i <= m_clients; ++i)
        {
            m_clientUpTo.push_back(sum += std::pow(i, -skew));
        }
    }
}

Time
EndpointsWorkload::NextArrival()
{
    m_expected -= std::log1p(-m_arrivalDraw->GetValue()) / m_rate;
    return NanoSeconds(std::llround(m_shape.WhenExpected(m_expected) * 1e9));
}

uint32_t
EndpointsWorkload::NextClient()
{
    const double draw = m_clientDraw->GetValue();
    if (m_clientUpTo.empty())
    {
        return std::min(static_cast<uint32_t>(draw * m_clients), m_clients - 1);
    }
    const auto found = std::upper_bound(m_clientUpTo.begin(),
                                        std::prev(m_clientUpTo.end()),
                                        draw * m_clientUpTo.back());
    return static_cast<uint32_t>(found - m_clientUpTo.begin());
}

EndpointsRequest
EndpointsWorkload::Next()
{
    EndpointsRequest request;
    request.at = NextArrival();
    request.work = m_service.Draw();
    request.client = NextClient();
    return request;
}

} // namespace shardsim
