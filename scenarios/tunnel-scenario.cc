// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-scenario.h"

#include "tunnel-metrics.h"
#include "tunnel-parameters.h"
#include "tunnel-run.h"
#include "tunnel-schedule.h"

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
TunnelScenario::DoRun(const Values& values, const RunContext& context) const
{
    TunnelRun run(values, context);
    return run.Execute();
}

} // namespace shardsim
