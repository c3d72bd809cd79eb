// SPDX-License-Identifier: GPL-2.0-only
#include "endpoints-scenario.h"

#include "endpoints-ideal.h"
#include "endpoints-network.h"
#include "endpoints-parameters.h"

#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"

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
EndpointsScenario::Run(const Values& values, const RunContext& context) const
{
    ns3::RngSeedManager::SetSeed(static_cast<uint32_t>(context.seed));
    ns3::RngSeedManager::SetRun(context.run);
    // Before its first run the simulator keeps a list of all times that there are, in case their
    // resolution is changed; afterwards they are mere numbers.
    ns3::Simulator::Run();
    ns3::Simulator::Destroy();
    if (values.GetBool("network.ideal"))
    {
        return EndpointsIdeal(values, context).Execute();
    }

    // The simulator's state is global; it must not outlive this run, whatever happens in it.
    struct Guard
    {
        ~Guard()
        {
            ns3::Simulator::Destroy();
        }
    } guard;

    return EndpointsNetwork(values, context).Execute();
}

} // namespace shardsim
