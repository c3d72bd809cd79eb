// SPDX-License-Identifier: GPL-2.0-only
#ifndef SIMULATE_H
#define SIMULATE_H

#include "scenarios/scenario.h"

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
template <typename Scenario>
shardsim::Values
ValuesOf(const Set& set)
{
    static const Scenario scenario;
    shardsim::Values values(scenario.Parameters());
    for (const auto& [key, text] : set)
    {
        values.Set(key, text, "test");
    }
    return values;
}

/// @param result of a run  @return its metrics
inline Metrics
MetricsOf(const shardsim::RunResult& result)
{
    return {result.metrics.begin(), result.metrics.end()};
}

#endif // SIMULATE_H
