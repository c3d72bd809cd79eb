// SPDX-License-Identifier: GPL-2.0-only
#include "validate.h"

#include "analysis/statistics.h"
#include "analysis/text-table.h"
#include "progress.h"
#include "scenario.h"
#include "sweep-runner.h"
#include "worker-pool.h"

#include <chrono>
#include <cmath>
#include <iomanip>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

namespace shardsim
{

namespace
{

/// Chance that at least one of all intervals misses its closed form though every model is right;
/// shared among the rows (Bonferroni).
constexpr double FALSE_ALARM = 0.01;

/// A row with what was measured.
struct Outcome
{
    ValidationRow row;
    Values values;
    std::vector<std::optional<double>> measured; ///< by run
    std::string failure;                         ///< of a run that failed
    Estimate estimate;
    bool passed{false};
};

std::optional<double>
FindMetric(const RunRecord& record, const std::string& name)
{
    for (const auto& [metric, value] : record.metrics)
    {
        if (metric == name)
        {
            return value;
        }
    }
    return std::nullopt;
}

void
Judge(Outcome& outcome, double confidence)
{
    outcome.estimate = EstimateMean(outcome.measured, confidence);
    const Estimate& estimate = outcome.estimate;
    if (!outcome.failure.empty() || !estimate.mean || estimate.missing > 0)
    {
        return;
    }
    const double expected = outcome.row.expected;
    outcome.passed = outcome.row.tolerance
                         ? std::fabs(*estimate.mean - expected) <= *outcome.row.tolerance
                         : estimate.interval && estimate.interval->Contains(expected);
}

void
PrintTable(const Scenario& scenario,
           const std::vector<Outcome>& outcomes,
           double confidence,
           std::ostream& out)
{
    std::size_t failed = 0;
    const auto line = [&out](const std::string& name,
                             const std::string& expected,
                             const std::string& measured,
                             const std::string& verdict)
    {
        out << std::left << std::setw(54) << name << std::right << std::setw(12) << expected
            << std::setw(18) << measured << std::setw(9) << verdict << '\n';
    };
    line("model, and its closed form", "expected", "measured", "verdict");
    for (const Outcome& outcome : outcomes)
    {
        std::string measured = "no value";
        if (outcome.estimate.mean)
        {
            const auto& interval = outcome.estimate.interval;
            measured = outcome.row.tolerance
                           ? ReadableNumber(*outcome.estimate.mean, 9)
                           : ReadableEstimate(*outcome.estimate.mean,
                                              interval ? std::optional<double>(
                                                             (interval->high - interval->low) / 2)
                                                       : std::nullopt);
        }
        line(outcome.row.name,
             ReadableNumber(outcome.row.expected, outcome.row.tolerance ? 9 : 5),
             measured,
             outcome.passed ? "pass" : "FAIL");
        out << "    " << outcome.row.form << '\n';
        failed += !outcome.passed;
    }
    out << "\nLatencies in ms. +- is the half width of a " << ReadableNumber(100 * confidence, 5)
        << " % interval of the mean\nover independent runs: all of them together miss with a "
           "probability of at most\n"
        << 100 * FALSE_ALARM << " % where the models are right.\n";
    for (const Outcome& outcome : outcomes)
    {
        if (!outcome.passed)
        {
            out << "failed: " << outcome.row.name << '\n'
                << "  " << RepeatCommand(scenario, outcome.values, 1, 1) << '\n'
                << outcome.failure;
        }
    }
    out << outcomes.size() - failed << " passed, " << failed << " failed\n";
}

void
PrintJson(const std::vector<Outcome>& outcomes, double confidence, std::ostream& out)
{
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const Outcome& outcome : outcomes)
    {
        nlohmann::ordered_json row;
        row["model"] = outcome.row.name;
        row["form"] = outcome.row.form;
        row["metric"] = outcome.row.metric;
        row["expected"] = outcome.row.expected;
        row["measured"] = nullptr;
        row["interval"] = nullptr;
        if (outcome.estimate.mean)
        {
            row["measured"] = *outcome.estimate.mean;
        }
        if (outcome.estimate.interval)
        {
            row["interval"] = {outcome.estimate.interval->low, outcome.estimate.interval->high};
        }
        row["tolerance"] = nullptr;
        if (outcome.row.tolerance)
        {
            row["tolerance"] = *outcome.row.tolerance;
        }
        row["verdict"] = outcome.passed ? "pass" : "fail";
        rows.push_back(row);
    }
    nlohmann::ordered_json all;
    all["confidence"] = confidence;
    all["rows"] = rows;
    out << all.dump(2) << '\n';
}

} // namespace

int
RunValidate(const Scenario& scenario,
            std::vector<ValidationRow> rows,
            const ValidateOptions& options,
            std::ostream& out)
{
    std::vector<Outcome> outcomes;
    std::size_t random = 0;
    std::size_t total = 0;
    for (ValidationRow& row : rows)
    {
        Values values(scenario.Parameters());
        for (const auto& [key, text] : row.set)
        {
            values.Set(key, text, "validate: " + row.name);
        }
        Apply(options.overrides, values);
        scenario.Check(values);
        random += !row.tolerance;
        total += row.runs;
        const std::size_t runs = row.runs;
        outcomes.push_back({std::move(row), std::move(values), {}, "", {}, false});
        outcomes.back().measured.resize(runs);
    }

    std::size_t nextRow = 0;
    unsigned nextRun = 1;
    std::size_t done = 0;
    std::size_t failed = 0;
    Progress progress(std::cerr, Progress::StyleOfStderr(), total);
    const auto begun = std::chrono::steady_clock::now();
    WorkerPool pool(scenario, options.jobs);
    pool.OnTick([&](std::size_t)
                { progress.Update(std::chrono::steady_clock::now() - begun, done, failed); });
    const PoolEnd end = pool.Run(
        [&](WorkerTask& task)
        {
            if (nextRow == outcomes.size())
            {
                return false;
            }
            task.values = &outcomes[nextRow].values;
            task.record.point = static_cast<int64_t>(nextRow);
            task.record.seed = 1;
            task.record.run = nextRun;
            if (++nextRun > outcomes[nextRow].row.runs)
            {
                ++nextRow;
                nextRun = 1;
            }
            return true;
        },
        [&](RunRecord&& record)
        {
            ++done;
            Outcome& outcome = outcomes[static_cast<std::size_t>(record.point)];
            if (!record.done)
            {
                ++failed;
                outcome.failure = record.message;
                return;
            }
            std::optional<double> value = FindMetric(record, outcome.row.metric);
            if (value && !outcome.row.per.empty())
            {
                const std::optional<double> divisor = FindMetric(record, outcome.row.per);
                value = divisor && *divisor != 0 ? std::optional<double>(*value / *divisor)
                                                 : std::nullopt;
            }
            outcome.measured[record.run - 1] = value;
        });
    progress.Finish(std::chrono::steady_clock::now() - begun, done, failed);
    if (end == PoolEnd::INTERRUPTED)
    {
        return EXIT_INTERRUPTED;
    }

    const double confidence = 1 - FALSE_ALARM / static_cast<double>(random);
    bool passed = true;
    for (Outcome& outcome : outcomes)
    {
        Judge(outcome, confidence);
        passed = passed && outcome.passed;
    }
    options.json ? PrintJson(outcomes, confidence, out)
                 : PrintTable(scenario, outcomes, confidence, out);
    return passed ? 0 : 1;
}

} // namespace shardsim
