// SPDX-License-Identifier: GPL-2.0-only
#include "content-scenario.h"

#include "content-parameters.h"
#include "content-run.h"

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
ContentScenario::DoRun(const Values& values, const RunContext& context) const
{
    ContentRun run(values, context);
    return run.Execute();
}

} // namespace shardsim
