// SPDX-License-Identifier: GPL-2.0-only
#include "scenario.h"

#include "scenarios/near-name.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace shardsim
{

void
Scenario::Check(const Values&) const
{
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
