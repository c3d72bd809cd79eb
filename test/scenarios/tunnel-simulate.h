// SPDX-License-Identifier: GPL-2.0-only
#ifndef TUNNEL_SIMULATE_H
#define TUNNEL_SIMULATE_H

#include "scenarios/tunnel-scenario.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Keys and values, as on the command line.
using Set = std::vector<std::pair<std::string, std::string>>;
/// Metrics by name.
using Metrics = std::map<std::string, std::optional<double>>;

/// @param set keys and values  @return parameters of the tunnel
inline shardsim::Values
MakeValues(const Set& set)
{
    static const shardsim::TunnelScenario scenario;
    shardsim::Values values(scenario.Parameters());
    for (const auto& [key, text] : set)
    {
        values.Set(key, text, "test");
    }
    return values;
}

/// Check and run a tunnel. @param set keys and values  @param context of the run  @return all of it
inline shardsim::RunResult
RunTunnel(const Set& set, const shardsim::RunContext& context = {})
{
    const shardsim::TunnelScenario scenario;
    const shardsim::Values values = MakeValues(set);
    scenario.Check(values);
    return scenario.Run(values, context);
}

/// @param result of a run  @return its metrics
inline Metrics
MetricsOf(const shardsim::RunResult& result)
{
    return {result.metrics.begin(), result.metrics.end()};
}

/// @param set keys and values  @return what Check says; "" where it takes them
inline std::string
Refusal(const Set& set)
{
    try
    {
        shardsim::TunnelScenario().Check(MakeValues(set));
    }
    catch (const shardsim::RequestError& error)
    {
        return error.what();
    }
    return "";
}

#endif // TUNNEL_SIMULATE_H
