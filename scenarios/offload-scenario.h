// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_OFFLOAD_SCENARIO_H
#define SHARDSIM_OFFLOAD_SCENARIO_H

#include "scenario.h"

namespace shardsim
{

/// I/O of several functions through an offload engine: the system `offload`.
class OffloadScenario : public Scenario
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

#endif // SHARDSIM_OFFLOAD_SCENARIO_H
