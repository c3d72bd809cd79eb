// SPDX-License-Identifier: GPL-2.0-only
#include "offload-scenario.h"

#include "offload-parameters.h"
#include "offload-replay.h"
#include "offload-run.h"

namespace shardsim
{

std::string
OffloadScenario::Name() const
{
    return "offload";
}

std::string
OffloadScenario::Summary() const
{
    return "reads and writes of a storage server through an offload engine that foresees them";
}

const ParameterSet&
OffloadScenario::Parameters() const
{
    return OffloadParameters();
}

const std::vector<MetricInfo>&
OffloadScenario::Metrics() const
{
    return OffloadMetrics();
}

void
OffloadScenario::Check(const Values& values) const
{
    CheckOffload(values);
    // Input files too: a sweep must not find one broken when results are half there.
    const std::string mix = values.GetText("functions.mix");
    if (mix == "trace")
    {
        ReadOffloadTrace(values.GetText("functions.file"),
                         static_cast<uint32_t>(values.GetInt("functions.count")));
    }
    else if (mix == "series")
    {
        ReadOffloadSeries(values.GetText("functions.file"));
    }
}

RunResult
OffloadScenario::DoRun(const Values& values, const RunContext& context) const
{
    OffloadRun run(values, context);
    return run.Execute();
}

} // namespace shardsim
