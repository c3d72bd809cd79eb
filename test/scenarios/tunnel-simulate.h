// SPDX-License-Identifier: GPL-2.0-only
#ifndef TUNNEL_SIMULATE_H
#define TUNNEL_SIMULATE_H

#include "scenarios/tunnel-scenario.h"
#include "simulate.h"

/// @param set keys and values  @return parameters of the tunnel
inline shardsim::Values
MakeValues(const Set& set)
{
    return ValuesOf<shardsim::TunnelScenario>(set);
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
