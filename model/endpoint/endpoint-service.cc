// SPDX-License-Identifier: GPL-2.0-only
#include "endpoint-service.h"

#include "ns3/assert.h"

#include <cmath>

namespace ns3
{
namespace sharding
{

EndpointService::EndpointService(const EndpointServiceShape& shape,
                                 Ptr<UniformRandomVariable> uniform)
    : m_shape(shape),
      m_uniform(uniform)
{
    NS_ASSERT_MSG(shape.kind != ENDPOINT_PARETO || shape.shape > 1, "there is no mean");
}

Time
EndpointService::Draw()
{
    const double rest = std::log1p(-m_uniform->GetValue()); // of the logarithm of P(S > s)
    const double mean = static_cast<double>(m_shape.mean.GetNanoSeconds());
    double ns = mean;
    switch (m_shape.kind)
    {
    case ENDPOINT_EXPONENTIAL:
        ns = -mean * rest;
        break;
    case ENDPOINT_DETERMINISTIC:
        break;
    case ENDPOINT_PARETO:
        ns = mean * (m_shape.shape - 1) / m_shape.shape * std::exp(-rest / m_shape.shape);
        break;
    }
    return NanoSeconds(std::llround(ns));
}

} // namespace sharding
} // namespace ns3
