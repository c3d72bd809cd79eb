// SPDX-License-Identifier: GPL-2.0-only
#include "figure-plan.h"

#include "scenarios/near-name.h"

#include <algorithm>
#include <map>

namespace shardsim
{

namespace
{

/** What the checks of one figure share. */
class FigureReader
{
  public:
    FigureReader(const TomlNode& table,
                 const std::string& path,
                 const Scenario& scenario,
                 const std::vector<std::string>& sweptKeys)
        : m_table(table),
          m_path(path),
          m_scenario(scenario),
          m_sweptKeys(sweptKeys)
    {
    }

    FigurePlan Read()
    {
        const std::vector<std::string> known{"x", "y", "z", "along", "kind"};
        FigurePlan figure;
        for (const auto& [key, node] : m_table.members)
        {
            if (std::find(known.begin(), known.end(), key) == known.end())
            {
                Refuse(node,
                       InQuotes(key),
                       "unknown key" + DidYouMean(key, known) +
                           "; allowed in a [[figure]]: x, y, z, along, kind");
            }
            if (!node.isString)
            {
                Refuse(node, key, "no text is given; allowed: a text in quotes");
            }
            m_fields[key] = &node;
            figure.fields.emplace_back(key, node.text);
        }
        Check();
        return figure;
    }

  private:
    [[noreturn]] void Refuse(const TomlNode& node,
                             const std::string& key,
                             const std::string& problem) const
    {
        throw RequestError(m_path + ":" + std::to_string(node.line) + ": " + key + ": " + problem);
    }

    void Check() const
    {
        const auto kindField = m_fields.find("kind");
        const std::string kind = kindField == m_fields.end() ? "line" : kindField->second->text;
        if (kind != "line" && kind != "scatter" && kind != "cdf" && kind != "ccdf" &&
            kind != "heatmap")
        {
            Refuse(*kindField->second,
                   "kind",
                   InQuotes(kind) + " is given; allowed: line, scatter, cdf, ccdf or heatmap");
        }
        if (const auto along = m_fields.find("along"); along != m_fields.end() && kind != "scatter")
        {
            Refuse(*along->second, "along", "needs kind = scatter");
        }
        if (kind == "line")
        {
            RequireSwept("x", kind);
            RequireMetric("y", kind);
        }
        if (kind == "scatter")
        {
            RequireMetric("x", kind);
            RequireMetric("y", kind);
            if (m_fields.count("along"))
            {
                RequireSwept("along", kind);
            }
        }
        if (kind == "heatmap")
        {
            RequireSwept("x", kind);
            RequireSwept("y", kind);
            RequireMetric("z", kind);
        }
    }

    const TomlNode& Need(const std::string& key, const std::string& kind) const
    {
        const auto field = m_fields.find(key);
        if (field == m_fields.end())
        {
            Refuse(m_table, key, "is missing; a figure of kind " + kind + " needs it");
        }
        return *field->second;
    }

    void RequireSwept(const std::string& field, const std::string& kind) const
    {
        const TomlNode& node = Need(field, kind);
        if (std::find(m_sweptKeys.begin(), m_sweptKeys.end(), node.text) == m_sweptKeys.end())
        {
            std::string allowed;
            for (const auto& key : m_sweptKeys)
            {
                allowed += (allowed.empty() ? "" : ", ") + key;
            }
            Refuse(node,
                   field,
                   InQuotes(node.text) + " is not swept" + DidYouMean(node.text, m_sweptKeys) +
                       "; allowed: " + (allowed.empty() ? "a key under [sweep]" : allowed));
        }
    }

    void RequireMetric(const std::string& field, const std::string& kind) const
    {
        const TomlNode& node = Need(field, kind);
        std::vector<std::string> names;
        for (const auto& info : m_scenario.Metrics())
        {
            names.push_back(info.name);
        }
        if (std::find(names.begin(), names.end(), node.text) == names.end())
        {
            Refuse(node,
                   field,
                   InQuotes(node.text) + " is no metric" + DidYouMean(node.text, names) +
                       "; `describe` lists the metrics");
        }
    }

    const TomlNode& m_table;
    const std::string& m_path;
    const Scenario& m_scenario;
    const std::vector<std::string>& m_sweptKeys;
    std::map<std::string, const TomlNode*> m_fields;
};

} // namespace

FigurePlan
ReadFigure(const TomlNode& table,
           const std::string& path,
           const Scenario& scenario,
           const std::vector<std::string>& sweptKeys)
{
    return FigureReader(table, path, scenario, sweptKeys).Read();
}

} // namespace shardsim
