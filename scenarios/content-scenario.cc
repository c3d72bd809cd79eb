// SPDX-License-Identifier: GPL-2.0-only
#include "content-scenario.h"

#include "content-parameters.h"
#include "content-run.h"

#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"

namespace shardsim
{

std::string
ContentScenario::Name() const
{
    return "content";
}

std::string
ContentScenario::Summary() const
{
    return "a stream in shards from several holders, put together by viewers that adapt its "
           "bitrate";
}

const ParameterSet&
ContentScenario::Parameters() const
{
    return ContentParameters();
}

const std::vector<MetricInfo>&
ContentScenario::Metrics() const
{
    return ContentMetrics();
}

void
ContentScenario::Check(const Values& values) const
{
    CheckContent(values);
}

RunResult
ContentScenario::Run(const Values& values, const RunContext& context) const
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

    ContentRun run(values, context);
    return run.Execute();
}

} // namespace shardsim
