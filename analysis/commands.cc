// SPDX-License-Identifier: GPL-2.0-only
#include "commands.h"

#include "compare.h"
#include "export.h"
#include "figures.h"
#include "result-set.h"
#include "table.h"

#include <cmath>

namespace shardsim
{

namespace
{

ResultSet
LoadSome(const std::string& file)
{
    ResultSet results = ResultSet::Load(file);
    if (results.rows.empty())
    {
        throw RequestError(file + ": no run of this sweep has ended yet");
    }
    return results;
}

/** Latencies of the replications at a point; a run that does not say how many it sent is left out.
 * Or the quality of its clients, of a run that keeps that. */
PooledSample
Pool(const ResultsStore& store, const ResultSet& results, const std::vector<std::size_t>& values)
{
    PooledSample pooled;
    std::vector<std::vector<int64_t>> samples;
    for (const auto& row : results.rows)
    {
        if (!row.done || row.values != values)
        {
            continue;
        }
        const auto datagrams = ResultSet::Value(row, "datagrams.sent");
        auto sent = datagrams ? datagrams : ResultSet::Value(row, "requests.issued");
        auto sample = store.Sample(row.id, "latency");
        const auto loss = ResultSet::Value(row, "requests.loss_ratio");
        if (!sent && loss && *loss < 1)
        {
            // Of requests sent after a warm-up these are the ones that were answered.
            sent = std::round(static_cast<double>(sample.size()) / (1 - *loss));
        }
        if (sent && *sent >= static_cast<double>(sample.size()))
        {
            pooled.sent += static_cast<uint64_t>(*sent);
            samples.push_back(std::move(sample));
            continue;
        }
        sample = store.Sample(row.id, "qoe");
        if (!sample.empty())
        {
            pooled.isQoe = true;
            pooled.sent += sample.size();
            samples.push_back(std::move(sample));
        }
    }
    pooled.nanoseconds = MergeSorted(samples);
    return pooled;
}

} // namespace

void
CommandTable(const std::string& file, std::ostream& out)
{
    PrintTable(LoadSome(file), out);
}

void
CommandCompare(const std::string& file,
               const std::string& by,
               const std::string& metric,
               std::ostream& out)
{
    PrintComparison(LoadSome(file), by, metric, out);
}

void
CommandExportCsv(const std::string& file, std::ostream& out)
{
    WriteCsv(ResultSet::Load(file), out);
}

void
CommandPlot(const std::string& file, const std::string& outDir, std::ostream& out)
{
    const ResultSet results = LoadSome(file);
    const std::string gnuplot = FindGnuplot();
    const auto store = ResultsStore::Open(file, ResultsStore::READ_ONLY);
    const auto figures = MakeFigures(results,
                                     [&](const std::vector<std::size_t>& values)
                                     { return Pool(store, results, values); });
    if (figures.empty())
    {
        throw RequestError(file + ": nothing to draw: no run has a value of " +
                           Join(results.ShownMetrics(), ", "));
    }
    for (const auto& figure : figures)
    {
        Draw(gnuplot, outDir, figure);
        out << outDir << '/' << figure.name << ".{png,svg,pdf}\n" << std::flush;
    }
}

} // namespace shardsim
