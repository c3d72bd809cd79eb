// SPDX-License-Identifier: GPL-2.0-only
#include "validate.h"

#include "analysis/statistics.h"
#include "analysis/text-table.h"
#include "progress.h"
#include "scenario.h"
#include "sweep-runner.h"
#include "worker-pool.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
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
    const Scenario* scenario;
    ValidationRow row;
    Values values;
    std::vector<std::optional<double>> measured; ///< by run
    std::string failure;                         ///< of a run that failed
    Estimate estimate;
    bool passed{false};
};

/// Outcomes of the same simulations, which are run once for all of them.
struct Simulations
{
    std::size_t first; ///< outcome
    std::size_t end;   ///< behind the last outcome
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

/// Take from the record of a run what the row asks for.
void
Take(const RunRecord& record, Outcome& outcome)
{
    if (!record.done)
    {
        outcome.failure = record.message;
        return;
    }
    std::optional<double> value = FindMetric(record, outcome.row.metric);
    if (value && !outcome.row.per.empty())
    {
        const std::optional<double> divisor = FindMetric(record, outcome.row.per);
        value = divisor && *divisor != 0 ? std::optional<double>(*value / *divisor) : std::nullopt;
    }
    outcome.measured[record.run - 1] = value;
}

void
PrintTable(const std::vector<Outcome>& outcomes, double confidence, std::ostream& out)
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
    const bool isRandom =
        std::any_of(outcomes.begin(),
                    outcomes.end(),
                    [](const Outcome& outcome) { return !outcome.row.tolerance; });
    if (isRandom)
    {
        out << "\nLatencies in ms. +- is the half width of a "
            << ReadableNumber(100 * confidence, 5)
            << " % interval of the mean\nover independent runs: all of them together miss with a "
               "probability of at most\n"
            << 100 * FALSE_ALARM << " % where the models are right.\n";
    }
    for (const Outcome& outcome : outcomes)
    {
        if (!outcome.passed)
        {
            out << "failed: " << outcome.row.name << '\n'
                << "  " << RepeatCommand(*outcome.scenario, outcome.values, 1, 1) << '\n'
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

/// What overrides can be given to a scenario: those of keys that it has.
/// @throw RequestError where there is a key that no scenario has
std::vector<Override>
OverridesOf(const Scenario& scenario,
            const std::vector<Validation>& validations,
            const std::vector<Override>& overrides)
{
    std::vector<Override> own;
    for (const Override& override : overrides)
    {
        const bool isKnown =
            std::any_of(validations.begin(),
                        validations.end(),
                        [&](const Validation& other)
                        { return other.scenario->Parameters().Find(override.key) != nullptr; });
        if (!isKnown || scenario.Parameters().Find(override.key) != nullptr)
        {
            own.push_back(override); // what nobody knows is refused where it is applied
        }
    }
    return own;
}

/// Run all simulations of one scenario.
PoolEnd
Simulate(const Scenario& scenario,
         const std::vector<Simulations>& simulations,
         std::vector<Outcome>& outcomes,
         unsigned jobs,
         const std::function<void()>& tick,
         const std::function<void(bool)>& done)
{
    std::size_t next = 0;
    unsigned nextRun = 1;
    WorkerPool pool(scenario, jobs);
    pool.OnTick([&](std::size_t) { tick(); });
    return pool.Run(
        [&](WorkerTask& task)
        {
            if (next == simulations.size())
            {
                return false;
            }
            const Outcome& outcome = outcomes[simulations[next].first];
            task.values = &outcome.values;
            task.record.point = static_cast<int64_t>(next);
            task.record.seed = 1;
            task.record.run = nextRun;
            if (++nextRun > outcome.row.runs)
            {
                ++next;
                nextRun = 1;
            }
            return true;
        },
        [&](RunRecord&& record)
        {
            const Simulations& of = simulations[static_cast<std::size_t>(record.point)];
            for (std::size_t i = of.first; i < of.end; ++i)
            {
                Take(record, outcomes[i]);
            }
            done(record.done);
        });
}

} // namespace

int
RunValidate(std::vector<Validation> validations, const ValidateOptions& options, std::ostream& out)
{
    std::vector<Outcome> outcomes;
    std::vector<std::vector<Simulations>> simulations;
    std::size_t random = 0;
    std::size_t total = 0;
    for (Validation& validation : validations)
    {
        const Scenario& scenario = *validation.scenario;
        const auto overrides = OverridesOf(scenario, validations, options.overrides);
        simulations.emplace_back();
        for (ValidationRow& row : validation.rows)
        {
            Values values(scenario.Parameters());
            for (const auto& [key, text] : row.set)
            {
                values.Set(key, text, "validate: " + row.name);
            }
            Apply(overrides, values);
            scenario.Check(values);
            random += !row.tolerance;
            std::vector<Simulations>& own = simulations.back();
            const bool isSame = !own.empty() && outcomes.back().row.set == row.set &&
                                outcomes.back().row.runs == row.runs;
            if (!isSame)
            {
                own.push_back({outcomes.size(), outcomes.size()});
                total += row.runs;
            }
            ++own.back().end;
            const std::size_t runs = row.runs;
            outcomes.push_back({&scenario, std::move(row), std::move(values), {}, "", {}, false});
            outcomes.back().measured.resize(runs);
        }
    }

    std::size_t done = 0;
    std::size_t failed = 0;
    Progress progress(std::cerr, Progress::StyleOfStderr(), total);
    const auto begun = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < validations.size(); ++i)
    {
        const PoolEnd end = Simulate(
            *validations[i].scenario,
            simulations[i],
            outcomes,
            options.jobs,
            [&] { progress.Update(std::chrono::steady_clock::now() - begun, done, failed); },
            [&](bool isDone)
            {
                ++done;
                failed += !isDone;
            });
        if (end == PoolEnd::INTERRUPTED)
        {
            return EXIT_INTERRUPTED;
        }
    }
    progress.Finish(std::chrono::steady_clock::now() - begun, done, failed);

    const double confidence = 1 - FALSE_ALARM / static_cast<double>(random);
    bool passed = true;
    for (Outcome& outcome : outcomes)
    {
        Judge(outcome, confidence);
        passed = passed && outcome.passed;
    }
    options.json ? PrintJson(outcomes, confidence, out) : PrintTable(outcomes, confidence, out);
    return passed ? 0 : 1;
}

} // namespace shardsim
