// SPDX-License-Identifier: GPL-2.0-only
#include "compare.h"

#include "table.h"
#include "text-table.h"

#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace shardsim
{

namespace
{

using Replication = std::pair<uint64_t, uint64_t>; // seed, run

/** Values of a metric by seed and run, at one point. */
std::map<Replication, double>
ValuesAt(const ResultSet& results,
         const std::string& metric,
         const std::vector<std::size_t>& values,
         std::set<Replication>& all)
{
    std::map<Replication, double> found;
    for (const auto& row : results.rows)
    {
        if (row.values != values)
        {
            continue;
        }
        all.insert({row.seed, row.run});
        const auto value = row.done ? ResultSet::Value(row, metric) : std::nullopt;
        if (value && std::isfinite(*value))
        {
            found[{row.seed, row.run}] = *value;
        }
    }
    return found;
}

} // namespace

std::vector<Comparison>
Compare(const ResultSet& results, const std::string& by, const std::string& metric)
{
    const std::size_t key = results.KeyIndex(by);
    results.Metric(metric);
    if (results.keys[key].values.size() < 2)
    {
        throw RequestError(results.path + ": '" + by + "' has one value only, '" +
                           (results.keys[key].values.empty() ? "" : results.keys[key].values[0]) +
                           "': nothing to compare");
    }
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < results.keys.size(); ++i)
    {
        if (i != key)
        {
            others.push_back(i);
        }
    }
    std::vector<Comparison> comparisons;
    ForEachCombination(results,
                       others,
                       [&](std::vector<std::size_t> values)
                       {
                           values[key] = 0;
                           std::set<Replication> baseRuns;
                           const auto base = ValuesAt(results, metric, values, baseRuns);
                           for (std::size_t v = 1; v < results.keys[key].values.size(); ++v)
                           {
                               Comparison c;
                               values[key] = v;
                               c.values = values;
                               std::set<Replication> runs = baseRuns;
                               const auto other = ValuesAt(results, metric, values, runs);
                               std::vector<std::pair<double, double>> pairs;
                               std::vector<double> first;
                               std::vector<double> second;
                               for (const auto& b : base)
                               {
                                   const auto it = other.find(b.first);
                                   if (it != other.end())
                                   {
                                       pairs.emplace_back(b.second, it->second);
                                       first.push_back(b.second);
                                       second.push_back(it->second);
                                   }
                               }
                               c.pairs = pairs.size();
                               c.unpaired = runs.size() - pairs.size();
                               if (!pairs.empty())
                               {
                                   c.baseMean = Mean(first);
                                   c.mean = Mean(second);
                               }
                               c.difference = EstimatePairedDifference(pairs);
                               c.ratio = EstimateRatio(pairs);
                               if (!runs.empty())
                               {
                                   comparisons.push_back(c);
                               }
                           }
                       });
    return comparisons;
}

void
PrintComparison(const ResultSet& results,
                const std::string& by,
                const std::string& metric,
                std::ostream& out)
{
    const auto comparisons = Compare(results, by, metric);
    const std::size_t key = results.KeyIndex(by);
    const auto& about = results.Metric(metric);
    std::vector<std::size_t> others;
    std::vector<std::string> header;
    std::string matched;
    for (std::size_t i = 0; i < results.keys.size(); ++i)
    {
        if (i != key)
        {
            others.push_back(i);
            header.push_back(results.keys[i].name);
            matched += results.keys[i].name + ", ";
        }
    }
    header.push_back(by);
    const std::size_t labels = header.size();
    for (const char* title : {"n", "base", "mean", "difference [95%]", "relative [95%]", ""})
    {
        header.emplace_back(title);
    }
    out << metric << (about.unit.empty() ? "" : " [" + about.unit + "]") << " by " << by
        << "; base: " << results.keys[key].values[0] << "\nPairs of the same " << matched
        << "seed and run.";
    if (results.Failed() > 0)
    {
        out << " Failed runs of the sweep, left out: " << results.Failed() << '.';
    }
    out << "\n\n";

    TextTable table(header, labels);
    std::size_t unpaired = 0;
    bool single = false;
    for (const auto& c : comparisons)
    {
        std::vector<std::string> cells;
        for (const std::size_t k : others)
        {
            cells.push_back(results.keys[k].values[c.values[k]]);
        }
        cells.push_back(results.keys[key].values[c.values[key]]);
        cells.push_back(std::to_string(c.pairs));
        unpaired += c.unpaired;
        single = single || c.pairs == 1;
        if (c.pairs == 0)
        {
            cells.insert(cells.end(), {"-", "-", "-", "-", ""});
            table.AddRow(cells);
            continue;
        }
        cells.push_back(ReadableNumber(c.baseMean));
        cells.push_back(ReadableNumber(c.mean));
        cells.push_back(ReadableDifference(*c.difference.mean, c.difference.interval));
        if (c.ratio.ratio)
        {
            std::optional<Interval> percent;
            if (c.ratio.interval)
            {
                percent =
                    Interval{100 * (c.ratio.interval->low - 1), 100 * (c.ratio.interval->high - 1)};
            }
            cells.push_back(ReadableDifference(100 * (*c.ratio.ratio - 1), percent, "%"));
        }
        else
        {
            cells.emplace_back("-");
        }
        const auto& interval = c.difference.interval;
        cells.emplace_back(interval && !interval->Contains(0.0) ? "*" : "");
        table.AddRow(cells);
    }
    table.Print(out);
    out << "\n* the interval of the difference leaves out 0 (no correction for several "
           "comparisons).\nDifference: paired Student t; relative: ratio of means, Fieller.";
    if (single)
    {
        out << " One pair has no interval.";
    }
    if (unpaired > 0)
    {
        out << "\nReplications left out, without a partner or a finite value: " << unpaired << '.';
    }
    out << '\n';
}

} // namespace shardsim
