// SPDX-License-Identifier: GPL-2.0-only
#include "endpoints-scenario.h"

#include "endpoints-ideal.h"
#include "endpoints-network.h"
#include "endpoints-parameters.h"

namespace shardsim
{

std::string
EndpointsScenario::Name() const
{
    return "endpoints";
}

std::string
EndpointsScenario::Summary() const
{
    return "requests spread over a pool of endpoints by selection policies";
}

const ParameterSet&
EndpointsScenario::Parameters() const
{
    return EndpointsParameters();
}

const std::vector<MetricInfo>&
EndpointsScenario::Metrics() const
{
    return EndpointsMetrics();
}

void
EndpointsScenario::Check(const Values& values) const
{
    CheckEndpoints(values);
}

RunResult
EndpointsScenario::DoRun(const Values& values, const RunContext& context) const
{
    if (values.GetBool("network.ideal"))
    {
        return EndpointsIdeal(values, context).Execute();
    }
    return EndpointsNetwork(values, context).Execute();
}

} // namespace shardsim
