// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_SIMULATE_H
#define OFFLOAD_SIMULATE_H

#include "scenarios/offload-scenario.h"
#include "simulate.h"

/// @param set keys and values  @return parameters of the scenario
inline shardsim::Values
Make(const Set& set)
{
    return ValuesOf<shardsim::OffloadScenario>(set);
}

/// @param set keys and values  @return metrics of a run, without host time
inline Metrics
Simulate(const Set& set)
{
    const shardsim::OffloadScenario scenario;
    const shardsim::Values values = Make(set);
    scenario.Check(values);
    Metrics metrics = MetricsOf(RunChecked(scenario, values, shardsim::RunContext()));
    metrics.erase("sim.wall_s");
    return metrics;
}

/// @param set keys and values  @param more that go before them  @return both
inline Set
With(Set set, const Set& more)
{
    set.insert(set.end(), more.begin(), more.end());
    return set;
}

#endif // OFFLOAD_SIMULATE_H
