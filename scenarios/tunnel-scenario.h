// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_SCENARIO_H
#define SHARDSIM_TUNNEL_SCENARIO_H

#include "scenario.h"

namespace shardsim
{

/** Payload sharding between two gateways: the system `tunnel`. */
class TunnelScenario : public Scenario
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

#endif // SHARDSIM_TUNNEL_SCENARIO_H
