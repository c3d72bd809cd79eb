// SPDX-License-Identifier: GPL-2.0-only
#include "simulation-commands.h"

#include "scenarios/decimal.h"
#include "scenarios/describe.h"
#include "scenarios/near-name.h"
#include "scenarios/progress.h"
#include "scenarios/sweep-runner.h"
#include "scenarios/toml-text.h"
#include "scenarios/validate.h"
#include "scenarios/worker-pool.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <unistd.h>

namespace shardsim
{

namespace
{

const uint64_t MOST_SEED = 4294967295;
const uint64_t MOST_RUN = 1000000;

/** A whole number of the command line; CLI11's own reader takes hex and gives two-line errors. */
uint64_t
ReadNumber(const std::string& option, const std::string& text, uint64_t most)
{
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    const ScaledDecimal number = digits ? ParseScaled(text, 1) : ScaledDecimal();
    if (!digits || number.status != ScaledDecimal::OK || number.value < 1 ||
        static_cast<uint64_t>(number.value) > most)
    {
        throw RequestError(option + ": " + InQuotes(text) +
                           " is given; allowed: a whole number, from 1 to " + std::to_string(most));
    }
    return static_cast<uint64_t>(number.value);
}

std::vector<Override>
ReadOverrides(const std::vector<std::string>& texts)
{
    std::vector<Override> overrides;
    for (const auto& text : texts)
    {
        overrides.push_back(ParseOverride(text));
    }
    return overrides;
}

/**
 * While it lives, what anybody writes to the process's standard output goes to standard error:
 * with --json nothing but the object may be there.
 */
class StdoutGuard
{
  public:
    explicit StdoutGuard(bool active)
    {
        if (active)
        {
            std::cout.flush();
            std::fflush(stdout);
            m_saved = ::dup(STDOUT_FILENO);
            ::dup2(STDERR_FILENO, STDOUT_FILENO);
        }
    }

    StdoutGuard(const StdoutGuard&) = delete;
    StdoutGuard& operator=(const StdoutGuard&) = delete;

    ~StdoutGuard()
    {
        if (m_saved >= 0)
        {
            std::cout.flush();
            std::fflush(stdout);
            ::dup2(m_saved, STDOUT_FILENO);
            ::close(m_saved);
        }
    }

  private:
    int m_saved{-1};
};

} // namespace

unsigned
CommandArguments::Jobs() const
{
    return jobs.empty() ? ProcessorCount()
                        : static_cast<unsigned>(ReadNumber("--jobs", jobs, 1024));
}

int
CommandRun(const CommandArguments& arguments,
           const std::vector<const Scenario*>& scenarios,
           std::ostream& out,
           std::ostream& err)
{
    const Scenario& scenario = FindScenario(arguments.target, scenarios);
    Values values(scenario.Parameters());
    if (!arguments.config.empty())
    {
        ApplyConfig(ReadTextFile(arguments.config), arguments.config, scenario, values);
    }
    Apply(ReadOverrides(arguments.sets), values);
    RunContext context;
    context.seed = ReadNumber("--seed", arguments.seed, MOST_SEED);
    context.run = ReadNumber("--run", arguments.run, MOST_RUN);
    context.pcapPrefix = arguments.pcap;
    context.keepSamples = false;
    context.keepTimeline = !arguments.timeline.empty();
    scenario.Check(values);

    // A bar for who waits at a terminal, once there is something to wait for.
    const bool watched = Progress::StyleOfStderr() == Progress::BAR;
    Progress progress(err, watched ? Progress::BAR : Progress::NONE, 100, "%", Progress::Time(1));
    const auto begun = std::chrono::steady_clock::now();
    const auto elapsed = [begun]
    { return Progress::Time(std::chrono::steady_clock::now() - begun); };
    if (watched)
    {
        context.progress = [&](double share)
        {
            // 0.29 * 100 is less than 29. The end is reached when the results are there, too.
            const auto percent = static_cast<uint64_t>(100 * share + 1e-6);
            progress.Update(elapsed(), std::min<uint64_t>(99, percent), 0);
        };
    }
    RunResult result;
    try
    {
        const StdoutGuard guard(arguments.json);
        result = RunChecked(scenario, values, context);
    }
    catch (...)
    {
        progress.Break();
        throw;
    }
    progress.Finish(elapsed(), 100, 0);
    if (context.keepTimeline)
    {
        WriteTimeline(result.timeline, arguments.timeline, err);
    }
    PrintResult(scenario, values, context, result, arguments.json, out);
    return 0;
}

int
CommandSweep(const CommandArguments& arguments,
             const std::vector<const Scenario*>& scenarios,
             std::ostream& out,
             std::ostream& err)
{
    SweepOptions options;
    options.file = arguments.target;
    options.out = arguments.out;
    options.jobs = arguments.Jobs();
    if (!arguments.runs.empty())
    {
        options.runs = ReadNumber("--runs", arguments.runs, MOST_RUN);
    }
    options.overrides = ReadOverrides(arguments.sets);
    options.dryRun = arguments.dryRun;
    options.progress = arguments.quiet ? Progress::NONE : Progress::StyleOfStderr();
    return RunSweep(options, scenarios, out, err);
}

int
CommandValidate(const CommandArguments& arguments,
                const std::vector<const Scenario*>& scenarios,
                std::ostream& out)
{
    ValidateOptions options;
    options.overrides = ReadOverrides(arguments.sets);
    options.jobs = arguments.Jobs();
    options.json = arguments.json;
    std::vector<Validation> validations = {
        {&FindScenario("tunnel", scenarios), TunnelValidation()},
        {&FindScenario("endpoints", scenarios), EndpointsValidation()},
        {&FindScenario("offload", scenarios), OffloadValidation()}};
    if (!arguments.target.empty())
    {
        const Scenario* only = &FindScenario(arguments.target, scenarios);
        validations.erase(std::remove_if(validations.begin(),
                                         validations.end(),
                                         [only](const Validation& validation)
                                         { return validation.scenario != only; }),
                          validations.end());
    }
    return RunValidate(std::move(validations), options, out);
}

} // namespace shardsim
