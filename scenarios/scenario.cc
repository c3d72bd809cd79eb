// SPDX-License-Identifier: GPL-2.0-only
#include "scenario.h"

#include "scenarios/near-name.h"

#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace shardsim
{

void
Scenario::Check(const Values&) const
{
}

RunResult
Scenario::Run(const Values& values, const RunContext& context) const
{
    ns3::RngSeedManager::SetSeed(static_cast<uint32_t>(context.seed));
    ns3::RngSeedManager::SetRun(context.run);
    // Before its first run the simulator keeps a list of all times that there are, in case their
    // resolution is changed; afterwards they are mere numbers.
    ns3::Simulator::Run();
    ns3::Simulator::Destroy();

    // The simulator's state is global; it must not outlive this run, whatever happens in it.
    struct Guard
    {
        ~Guard()
        {
            ns3::Simulator::Destroy();
        }
    } guard;

    return DoRun(values, context);
}

const Scenario&
FindScenario(const std::string& name, const std::vector<const Scenario*>& scenarios)
{
    std::vector<std::string> names;
    std::string known;
    for (const Scenario* scenario : scenarios)
    {
        if (scenario->Name() == name)
        {
            return *scenario;
        }
        names.push_back(scenario->Name());
        known += (known.empty() ? "" : ", ") + scenario->Name();
    }
    throw RequestError("unknown scenario " + InQuotes(name) + DidYouMean(name, names) +
                       "; allowed: " + (known.empty() ? "(none is built in)" : known));
}

RunResult
RunChecked(const Scenario& scenario, const Values& values, const RunContext& context)
{
    RunResult result = scenario.Run(values, context);
    std::map<std::string, std::optional<double>> given;
    for (const auto& [name, value] : result.metrics)
    {
        if (value && !std::isfinite(*value))
        {
            throw RunCheckError("metric " + name + " is not a finite number");
        }
        if (!given.emplace(name, value).second)
        {
            throw RunCheckError("metric " + name + " was given twice");
        }
    }
    result.metrics.clear();
    for (const auto& info : scenario.Metrics())
    {
        const auto found = given.find(info.name);
        result.metrics.emplace_back(info.name, found == given.end() ? std::nullopt : found->second);
        if (found != given.end())
        {
            given.erase(found);
        }
    }
    if (!given.empty())
    {
        throw RunCheckError("metric " + given.begin()->first + " is not declared");
    }
    for (auto& [name, samples] : result.samples)
    {
        std::sort(samples.begin(), samples.end());
    }
    return result;
}

} // namespace shardsim
