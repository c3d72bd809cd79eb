// SPDX-License-Identifier: GPL-2.0-only
#include "analysis/export.h"
#include "scenarios/decimal.h"
#include "scenarios/figure-plan.h"
#include "scenarios/near-name.h"
#include "scenarios/toml-text.h"
#include "sweep-plan.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace shardsim
{

namespace
{

using Leaf = std::pair<std::string, TomlNode>;

const uint64_t MOST_RUNS = 1000000;
const uint64_t MOST_POINTS = 100000;
const uint64_t MOST_SEED = 4294967295;

/** A variant: its name and its values. */
struct Case
{
    std::string name;
    std::vector<Leaf> values;
};

/** Reads one file; keeps what its messages need. */
class SweepReader
{
  public:
    SweepReader(const std::string& text,
                const std::string& path,
                const std::vector<const Scenario*>& scenarios,
                const std::vector<Override>& overrides)
        : m_path(path),
          m_root(ParseToml(text, path)),
          m_overrides(overrides)
    {
        m_plan.name = std::filesystem::path(path).stem().string();
        m_plan.text = text;
        CheckTopLevel();
        ReadHead(scenarios);
        ReadSweep();
        ReadCases();
        ReadSet();
        ReadFigures();
        Expand();
        m_plan.hash = PlanHash(m_plan);
    }

    SweepPlan Take()
    {
        return std::move(m_plan);
    }

  private:
    std::string At(const TomlNode& node) const
    {
        return m_path + ":" + std::to_string(node.line);
    }

    [[noreturn]] void Refuse(const TomlNode& node,
                             const std::string& key,
                             const std::string& problem) const
    {
        throw RequestError(At(node) + ": " + key + ": " + problem);
    }

    /** Text of a value as messages quote it. */
    static std::string Given(const TomlNode& node)
    {
        return node.kind == TomlNode::TABLE  ? "a table"
               : node.kind == TomlNode::LIST ? "a list"
                                             : InQuotes(node.text);
    }

    void CheckTopLevel() const
    {
        const std::vector<std::string>
            known{"scenario", "runs", "seed", "set", "sweep", "case", "figure"};
        for (const auto& [key, node] : m_root.members)
        {
            if (std::find(known.begin(), known.end(), key) == known.end())
            {
                throw RequestError(At(node) + ": unknown key " + InQuotes(key) +
                                   DidYouMean(key, known) +
                                   "; allowed: scenario, runs, seed, [set], [sweep], [[case]] "
                                   "and [[figure]], parameters go under [set]");
            }
        }
    }

    uint64_t ReadCount(const std::string& key, uint64_t otherwise, uint64_t most) const
    {
        const TomlNode* node = m_root.Find(key);
        if (!node)
        {
            return otherwise;
        }
        const auto scaled =
            node->isInteger && node->text[0] != '-' ? ParseScaled(node->text, 1) : ScaledDecimal{};
        if (!node->isInteger || scaled.value < 1 || static_cast<uint64_t>(scaled.value) > most)
        {
            Refuse(*node,
                   key,
                   Given(*node) + " is given; allowed: a whole number, from 1 to " +
                       std::to_string(most));
        }
        return static_cast<uint64_t>(scaled.value);
    }

    void ReadHead(const std::vector<const Scenario*>& scenarios)
    {
        const TomlNode* name = m_root.Find("scenario");
        if (!name)
        {
            throw RequestError(m_path + ":1: scenario: is missing; a sweep file says which "
                                        "scenario it sweeps, such as scenario = \"tunnel\"");
        }
        if (!name->isString)
        {
            Refuse(*name, "scenario", Given(*name) + " is given; allowed: a name in quotes");
        }
        try
        {
            m_plan.scenario = &FindScenario(name->text, scenarios);
        }
        catch (const RequestError& error)
        {
            Refuse(*name, "scenario", error.what());
        }
        m_plan.runs = ReadCount("runs", 1, MOST_RUNS);
        m_plan.seed = ReadCount("seed", 1, MOST_SEED);
    }

    std::vector<Leaf> Table(const std::string& key) const
    {
        const TomlNode* node = m_root.Find(key);
        if (!node)
        {
            return {};
        }
        if (node->kind != TomlNode::TABLE)
        {
            Refuse(*node, key, Given(*node) + " is given; allowed: a table, [" + key + "]");
        }
        return Flatten(*node, m_path);
    }

    std::vector<const TomlNode*> Tables(const std::string& key) const
    {
        const TomlNode* node = m_root.Find(key);
        std::vector<const TomlNode*> tables;
        if (node && node->kind != TomlNode::LIST)
        {
            Refuse(*node,
                   key,
                   Given(*node) + " is given; allowed: a list of tables, [[" + key + "]]");
        }
        if (!node)
        {
            return tables;
        }
        for (const auto& item : node->items)
        {
            if (item.kind != TomlNode::TABLE)
            {
                Refuse(item,
                       key,
                       Given(item) + " is given; allowed: a list of tables, [[" + key + "]]");
            }
            tables.push_back(&item);
        }
        return tables;
    }

    const Override* OverrideOf(const std::string& key) const
    {
        for (const auto& override : m_overrides)
        {
            if (override.key == key)
            {
                return &override;
            }
        }
        return nullptr;
    }

    /** Set one value from the file, which must be no list. */
    void Set(Values& values, const std::string& key, const TomlNode& node) const
    {
        if (node.kind != TomlNode::SCALAR)
        {
            const Parameter* parameter = m_plan.scenario->Parameters().Find(key);
            Refuse(node,
                   key,
                   Given(node) + " is given" +
                       (parameter ? "; allowed: " + parameter->Allowed() +
                                        " (lists belong under "
                                        "[sweep])"
                                  : "; and there is no such key" +
                                        m_plan.scenario->Parameters().Suggestion(key)));
        }
        values.Set(key, ResolveFile(values.Schema(), key, node.text, m_path), At(node));
    }

    void ReadSweep()
    {
        const ParameterSet& schema = m_plan.scenario->Parameters();
        for (auto& [key, node] : Table("sweep"))
        {
            if (!schema.Find(key))
            {
                Values(schema).Set(key, "", At(node)); // throws, naming what is near
            }
            if (node.kind != TomlNode::LIST)
            {
                Refuse(node,
                       key,
                       Given(node) + " is given; allowed: a list of values, such as [" + node.text +
                           "]; a single value belongs under [set]");
            }
            if (node.items.empty())
            {
                Refuse(node, key, "the list is empty; allowed: one value or more");
            }
            m_plan.sweptKeys.push_back(key);
            m_lists.emplace_back(key, node);
            CheckList(key, node);
        }
    }

    void CheckList(const std::string& key, const TomlNode& list) const
    {
        std::set<std::string> seen;
        const Parameter& parameter = *m_plan.scenario->Parameters().Find(key);
        for (const auto& item : list.items)
        {
            Values values(m_plan.scenario->Parameters());
            Set(values, key, item);
            // 5ms and 0.005s are the same point.
            const ParameterValue value =
                values.Has(key) ? parameter.Parse(values.GetText(key)) : ParameterValue();
            const bool real =
                parameter.kind == ParameterKind::REAL || parameter.kind == ParameterKind::RATIO;
            const bool words = parameter.kind == ParameterKind::TEXT ||
                               parameter.kind == ParameterKind::CHOICE ||
                               parameter.kind == ParameterKind::FILE_PATH ||
                               parameter.kind == ParameterKind::BOOLEAN;
            const std::string same =
                words  ? value.text
                : real ? ExactNumber(value.real)
                       : std::to_string(value.integer) + (value.packets ? "p" : "");
            if (!seen.insert(same).second)
            {
                Refuse(item, key, Given(item) + " is in the list twice");
            }
        }
    }

    void ReadCases()
    {
        std::map<std::string, int> names;
        for (const TomlNode* table : Tables("case"))
        {
            Case variant;
            const TomlNode* name = table->Find("name");
            if (!name || !name->isString || name->text.empty())
            {
                Refuse(name ? *name : *table,
                       "name",
                       (name ? Given(*name) + " is given" : "is missing") +
                           "; allowed: a text in quotes, each [[case]] has its own");
            }
            variant.name = name->text;
            const auto [earlier, isNew] = names.emplace(name->text, name->line);
            if (!isNew)
            {
                Refuse(*name,
                       "name",
                       Given(*name) + " is given twice, first on line " +
                           std::to_string(earlier->second) + "; each [[case]] has its own");
            }
            for (auto& leaf : Flatten(*table, m_path))
            {
                if (leaf.first == "name")
                {
                    continue;
                }
                const auto& swept = m_plan.sweptKeys;
                if (std::find(swept.begin(), swept.end(), leaf.first) != swept.end())
                {
                    Refuse(leaf.second,
                           leaf.first,
                           "is under [sweep] already; allowed: one of both");
                }
                if (const Override* override = OverrideOf(leaf.first))
                {
                    throw RequestError(override->origin + ": " + leaf.first +
                                       ": is what the cases "
                                       "differ in (" +
                                       At(leaf.second) + ")");
                }
                variant.values.push_back(std::move(leaf));
            }
            m_cases.push_back(std::move(variant));
        }
    }

    void ReadSet()
    {
        m_set = Table("set");
        for (const auto& [key, node] : m_set)
        {
            const auto& swept = m_plan.sweptKeys;
            if (std::find(swept.begin(), swept.end(), key) != swept.end())
            {
                Refuse(node, key, "is under [sweep] already; allowed: one of both");
            }
        }
    }

    void ReadFigures()
    {
        for (const TomlNode* table : Tables("figure"))
        {
            m_plan.figures.push_back(
                ReadFigure(*table, m_path, *m_plan.scenario, m_plan.sweptKeys));
        }
    }

    /** The values below the swept ones: defaults, [set], then the command line. */
    Values Base() const
    {
        Values base(m_plan.scenario->Parameters());
        for (const auto& [key, node] : m_set)
        {
            Set(base, key, node);
        }
        Apply(m_overrides, base);
        return base;
    }

    void Expand()
    {
        const Values base = Base();
        uint64_t count = std::max<std::size_t>(1, m_cases.size());
        for (auto& [key, list] : m_lists)
        {
            if (const Override* override = OverrideOf(key))
            {
                list.items.resize(1);
                list.items[0] = TomlNode();
                list.items[0].text = override->value;
            }
            count *= list.items.size();
            if (count > MOST_POINTS)
            {
                Refuse(list,
                       key,
                       "the lists cross to more than " + std::to_string(MOST_POINTS) + " points");
            }
        }
        SweepPoint point{"", base, {}};
        Cross(0, point);
    }

    void Cross(std::size_t depth, const SweepPoint& sofar)
    {
        if (depth < m_lists.size())
        {
            const auto& [key, list] = m_lists[depth];
            for (const auto& item : list.items)
            {
                SweepPoint point = sofar;
                if (!OverrideOf(key))
                {
                    Set(point.values, key, item);
                }
                point.swept.emplace_back(key, point.values.GetText(key));
                Cross(depth + 1, point);
            }
            return;
        }
        for (const auto& variant : m_cases)
        {
            SweepPoint point = sofar;
            point.caseName = variant.name;
            for (const auto& [key, node] : variant.values)
            {
                Set(point.values, key, node);
            }
            Finish(std::move(point));
        }
        if (m_cases.empty())
        {
            Finish(sofar);
        }
    }

    void Finish(SweepPoint point)
    {
        try
        {
            m_plan.scenario->Check(point.values);
        }
        catch (const RequestError& error)
        {
            std::string where = point.caseName.empty() ? "" : "case " + InQuotes(point.caseName);
            for (const auto& [key, value] : point.swept)
            {
                where += (where.empty() ? "" : ", ") + key + " = " + value;
            }
            throw RequestError(error.what() + (where.empty() ? "" : " (at " + where + ")"));
        }
        m_plan.points.push_back(std::move(point));
    }

    std::string m_path;
    TomlNode m_root;
    const std::vector<Override>& m_overrides;
    SweepPlan m_plan;
    std::vector<Leaf> m_lists;
    std::vector<Case> m_cases;
    std::vector<Leaf> m_set;
};

} // namespace

SweepPlan
ParseSweep(const std::string& text,
           const std::string& path,
           const std::vector<const Scenario*>& scenarios,
           const std::vector<Override>& overrides)
{
    return SweepReader(text, path, scenarios, overrides).Take();
}

} // namespace shardsim
