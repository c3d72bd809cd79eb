// SPDX-License-Identifier: GPL-2.0-only
#include "describe.h"

#include "analysis/text-table.h"
#include "scenarios/provenance.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

namespace shardsim
{

namespace
{

using Json = nlohmann::ordered_json;

std::string
Dump(const Json& json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string
UnitText(const Parameter& parameter)
{
    if (!parameter.unit.empty())
    {
        return parameter.unit;
    }
    switch (parameter.kind)
    {
    case ParameterKind::TIME:
        return "ns us ms s min h";
    case ParameterKind::RATE:
        return "bps kbps Mbps Gbps";
    case ParameterKind::BYTES:
        return "B kB MB GB KiB MiB GiB";
    case ParameterKind::QUEUE:
        return "p B kB MB KiB MiB";
    default:
        return "";
    }
}

std::string
RangeText(const Parameter& parameter)
{
    if (parameter.kind == ParameterKind::CHOICE || parameter.kind == ParameterKind::BOOLEAN)
    {
        return parameter.Allowed();
    }
    return parameter.Range();
}

std::string
DefaultText(const Parameter& parameter)
{
    if (!parameter.defaultText.empty())
    {
        return parameter.defaultText;
    }
    return "(" + (parameter.absentMeaning.empty() ? "none" : parameter.absentMeaning) + ")";
}

void
PrintParameters(const Scenario& scenario, std::ostream& out)
{
    // Entries, not columns: meaning and range are too long for a terminal's width together.
    out << "Parameters (--set KEY=VALUE)\n";
    for (const auto& parameter : scenario.Parameters().All())
    {
        out << "  " << parameter.key << " = " << DefaultText(parameter) << "\n      "
            << parameter.help << "\n      " << KindName(parameter.kind);
        const std::string unit = UnitText(parameter);
        const std::string range = RangeText(parameter);
        out << (unit.empty() ? "" : " (" + unit + ")") << (range.empty() ? "" : ": " + range)
            << "\n";
    }
}

Json
ParameterJson(const Parameter& parameter, const Json& defaults)
{
    Json object;
    object["key"] = parameter.key;
    object["type"] = KindName(parameter.kind);
    object["unit"] = UnitText(parameter);
    object["default"] = defaults.at(parameter.key);
    if (!parameter.absentMeaning.empty())
    {
        object["absent"] = parameter.absentMeaning;
    }
    object["range"] = RangeText(parameter);
    if (parameter.kind == ParameterKind::CHOICE)
    {
        object["choices"] = parameter.choices;
    }
    object["meaning"] = parameter.help;
    return object;
}

} // namespace

void
PrintScenarios(const std::vector<const Scenario*>& scenarios, std::ostream& out)
{
    std::size_t width = 0;
    for (const Scenario* scenario : scenarios)
    {
        width = std::max(width, scenario->Name().size());
    }
    for (const Scenario* scenario : scenarios)
    {
        const std::string name = scenario->Name();
        out << name << std::string(width - name.size() + 2, ' ') << scenario->Summary() << "\n";
    }
}

void
PrintDescription(const Scenario& scenario, bool json, std::ostream& out)
{
    if (!json)
    {
        out << scenario.Name() << ": " << scenario.Summary() << "\n\n";
        PrintParameters(scenario, out);
        out << "\nMetrics\n";
        for (const auto& info : scenario.Metrics())
        {
            out << "  " << info.name << (info.unit.empty() ? "" : " (" + info.unit + ")")
                << "\n      " << info.help << "\n";
        }
        return;
    }
    const Json defaults = Json::parse(Values(scenario.Parameters()).ToJson());
    Json object;
    object["scenario"] = scenario.Name();
    object["summary"] = scenario.Summary();
    object["parameters"] = Json::array();
    for (const auto& parameter : scenario.Parameters().All())
    {
        object["parameters"].push_back(ParameterJson(parameter, defaults));
    }
    object["metrics"] = Json::array();
    for (const auto& info : scenario.Metrics())
    {
        object["metrics"].push_back(
            {{"name", info.name}, {"unit", info.unit}, {"meaning", info.help}});
    }
    out << Dump(object) << "\n";
}

void
PrintResult(const Scenario& scenario,
            const Values& values,
            const RunContext& context,
            const RunResult& result,
            bool json,
            std::ostream& out)
{
    if (json)
    {
        Json object;
        object["scenario"] = scenario.Name();
        object["seed"] = context.seed;
        object["run"] = context.run;
        object["parameters"] = Json::parse(values.ToJson());
        object["metrics"] = Json::object();
        for (const auto& [name, value] : result.metrics)
        {
            object["metrics"][name] = value ? Json(*value) : Json(nullptr);
        }
        object["provenance"] = Json::parse(Provenance().ToJson());
        out << Dump(object) << "\n";
        return;
    }
    out << scenario.Name() << ", seed " << context.seed << ", run " << context.run << "\n";
    for (const auto& key : values.SetKeys())
    {
        out << "  " << key << " = " << (values.Has(key) ? values.GetText(key) : "(none)") << "\n";
    }
    TextTable table({"metric", "value", "unit"}, 1);
    for (std::size_t i = 0; i < result.metrics.size(); ++i)
    {
        const auto& [name, value] = result.metrics[i];
        // RunChecked gives the metrics in the order of their declaration.
        table.AddRow({name, value ? ReadableNumber(*value, 6) : "-", scenario.Metrics()[i].unit});
    }
    table.Print(out);
}

} // namespace shardsim
