// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_CONTENT_SCENARIO_H
#define SHARDSIM_CONTENT_SCENARIO_H

#include "scenario.h"

namespace shardsim
{

/** A stream in shards from an encoder pool, put together by its viewers. */
class ContentScenario : public Scenario
{
  public:
    std::string Name() const override;
    std::string Summary() const override;
    const ParameterSet& Parameters() const override;
    const std::vector<MetricInfo>& Metrics() const override;
    void Check(const Values& values) const override;

  private:
    RunResult DoRun(const Values& values, const RunContext& context) const override;
};

} // namespace shardsim

#endif // SHARDSIM_CONTENT_SCENARIO_H
