// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_SIMULATE_H
#define OFFLOAD_SIMULATE_H

#include "scenarios/offload-scenario.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Keys and values, as on the command line.
using Set = std::vector<std::pair<std::string, std::string>>;
/// Metrics by name.
using Metrics = std::map<std::string, std::optional<double>>;

/// @param set keys and values  @return parameters of the scenario
inline shardsim::Values
Make(const Set& set)
{
    static const shardsim::OffloadScenario scenario;
    shardsim::Values values(scenario.Parameters());
    for (const auto& [key, text] : set)
    {
        values.Set(key, text, "test");
    }
    return values;
}

/// @param set keys and values  @return metrics of a run, without host time
inline Metrics
Simulate(const Set& set)
{
    const shardsim::OffloadScenario scenario;
    const shardsim::Values values = Make(set);
    scenario.Check(values);
    const shardsim::RunResult result = RunChecked(scenario, values, shardsim::RunContext());
    Metrics metrics(result.metrics.begin(), result.metrics.end());
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
