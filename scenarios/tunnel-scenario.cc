// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-scenario.h"

#include "tunnel-parameters.h"
#include "tunnel-run.h"
#include "tunnel-schedule.h"

#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"

namespace shardsim
{

std::string
TunnelScenario::Name() const
{
    return "tunnel";
}

std::string
TunnelScenario::Summary() const
{
    return "payloads cut into shards, spread over paths with FEC, put together at the far end";
}

const ParameterSet&
TunnelScenario::Parameters() const
{
    return TunnelParameters();
}

const std::vector<MetricInfo>&
TunnelScenario::Metrics() const
{
    return TunnelMetrics();
}

void
TunnelScenario::Check(const Values& values) const
{
    CheckTunnel(values);
    // Input files too: a sweep must not find one broken when results are half there.
    const TunnelPlan plan(values);
    if (values.Has("traffic.file"))
    {
        ReadTrafficFile(values.GetText("traffic.file"));
    }
}

RunResult
TunnelScenario::Run(const Values& values, const RunContext& context) const
{
    ns3::RngSeedManager::SetSeed(static_cast<uint32_t>(context.seed));
    ns3::RngSeedManager::SetRun(context.run);

    // The simulator's state is global; it must not outlive this run, whatever happens in it.
    struct Guard
    {
        ~Guard()
        {
            ns3::Simulator::Destroy();
        }
    } guard;

    TunnelRun run(values, context);
    return run.Execute();
}

} // namespace shardsim
