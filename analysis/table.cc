// SPDX-License-Identifier: GPL-2.0-only
#include "table.h"

#include "text-table.h"

#include <set>
#include <utility>

namespace shardsim
{

namespace
{

/** Replications of each point: the number that the sweep has most often. */
std::size_t
RunsPerPoint(const ResultSet& results)
{
    std::set<std::pair<uint64_t, uint64_t>> replications;
    for (const auto& row : results.rows)
    {
        replications.insert({row.seed, row.run});
    }
    return replications.size();
}

std::string
Plural(std::size_t n, const std::string& word)
{
    return std::to_string(n) + " " + word + (n == 1 ? "" : "s");
}

std::string
Cell(const Estimate& e, std::size_t runs)
{
    if (!e.mean)
    {
        return "-";
    }
    std::optional<double> half;
    if (e.interval)
    {
        half = (e.interval->high - e.interval->low) / 2;
    }
    return ReadableEstimate(*e.mean, half) + (e.n < runs ? " (n=" + std::to_string(e.n) + ")" : "");
}

} // namespace

Estimate
EstimateAt(const ResultSet& results,
           const std::string& metric,
           const std::vector<std::size_t>& values)
{
    std::vector<std::optional<double>> replications;
    for (const auto& row : results.rows)
    {
        if (row.done && row.values == values)
        {
            replications.push_back(ResultSet::Value(row, metric));
        }
    }
    return EstimateMean(replications);
}

std::size_t
AxisKey(const ResultSet& results, const std::string& metric)
{
    for (const auto& f : results.figures)
    {
        if (f.metric == metric && f.kind != "scatter" && !f.x.empty())
        {
            return results.KeyIndex(f.x);
        }
    }
    const bool cases = !results.keys.empty() && results.keys.front().name == "case";
    return cases && results.keys.size() > 1 ? 1 : 0;
}

void
ForEachCombination(const ResultSet& results,
                   const std::vector<std::size_t>& keys,
                   const std::function<void(const std::vector<std::size_t>&)>& visit)
{
    std::vector<std::size_t> values(results.keys.size(), 0);
    const std::function<void(std::size_t)> descend = [&](std::size_t depth)
    {
        if (depth == keys.size())
        {
            visit(values);
            return;
        }
        for (std::size_t v = 0; v < results.keys[keys[depth]].values.size(); ++v)
        {
            values[keys[depth]] = v;
            descend(depth + 1);
        }
        values[keys[depth]] = 0;
    };
    descend(0);
}

void
PrintTable(const ResultSet& results, std::ostream& out)
{
    const std::size_t runs = RunsPerPoint(results);
    out << results.name << " (" << results.scenario << "): " << Plural(results.rows.size(), "run")
        << ", " << results.Failed() << " failed";
    for (const auto& key : results.keys)
    {
        out << (&key == &results.keys.front() ? "; " : " x ") << key.name << " ("
            << key.values.size() << ")";
    }
    out << '\n';
    if (runs > 1)
    {
        out << "Mean over " << runs << " replications, +- half of its 95% confidence interval"
            << " (Student t);\nnone where all agree. (n=...) where fewer have a value, - where "
               "none has.\n";
    }
    else
    {
        out << "One replication, so no confidence interval. - where there is no value.\n";
    }
    for (const auto& name : results.ShownMetrics())
    {
        const auto& metric = results.Metric(name);
        out << '\n'
            << name << (metric.unit.empty() ? "" : " [" + metric.unit + "]")
            << (metric.meaning.empty() ? "" : ": " + metric.meaning) << '\n';
        const std::size_t axis = AxisKey(results, name);
        std::vector<std::size_t> labels;
        std::vector<std::string> header;
        for (std::size_t i = 0; i < results.keys.size(); ++i)
        {
            if (i != axis)
            {
                labels.push_back(i);
                header.push_back(results.keys[i].name);
            }
        }
        const bool across = axis < results.keys.size();
        if (across)
        {
            for (const auto& value : results.keys[axis].values)
            {
                header.push_back((header.size() == labels.size() ? results.keys[axis].name + "="
                                                                 : std::string()) +
                                 value);
            }
        }
        else
        {
            header.emplace_back("mean");
        }
        TextTable table(header, labels.size());
        ForEachCombination(
            results,
            labels,
            [&](std::vector<std::size_t> values)
            {
                std::vector<std::string> cells;
                for (const std::size_t key : labels)
                {
                    cells.push_back(results.keys[key].values[values[key]]);
                }
                for (std::size_t v = 0; v < (across ? results.keys[axis].values.size() : 1); ++v)
                {
                    if (across)
                    {
                        values[axis] = v;
                    }
                    cells.push_back(Cell(EstimateAt(results, name, values), runs));
                }
                table.AddRow(cells);
            });
        table.Print(out);
    }
}

} // namespace shardsim
