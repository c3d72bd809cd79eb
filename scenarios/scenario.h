// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_SCENARIO_H
#define SHARDSIM_SCENARIO_H

#include "analysis/timeline.h"
#include "parameter.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shardsim
{

/** One number that a run yields. */
struct MetricInfo
{
    std::string name; ///< dotted, with the unit at its end where it has one: "latency.p99_ms"
    std::string unit; ///< "ms", "ratio", "datagrams"; "" for a plain number
    std::string help; ///< meaning, one line
};

/** What a run is given beside its parameters. */
struct RunContext
{
    uint64_t seed{1};         ///< ns-3's seed, 1 to 2^32 - 1
    uint64_t run{1};          ///< ns-3's run number: independent replication of the same seed
    std::string pcapPrefix;   ///< prefix of pcap files; "" = none
    bool keepSamples{true};   ///< raw samples are wanted in the result
    bool keepTimeline{false}; ///< what was done over time is wanted in the result
    /** Called now and then with the share done, 0 to 1; may be empty. */
    std::function<void(double)> progress;
};

/** What a run yields. */
struct RunResult
{
    /** Name and value; no value (nothing to measure) is std::nullopt, never 0. */
    std::vector<std::pair<std::string, std::optional<double>>> metrics;
    /** Raw samples, e.g. "latency": nanoseconds of each delivered datagram. Stored sorted. */
    std::vector<std::pair<std::string, std::vector<int64_t>>> samples;
    Timeline timeline; ///< where it was wanted and there is one
};

/**
 * A system that can be simulated. Parameters are typed data, from which `describe`, the checks of
 * the command line and the TOML reader all follow; a scenario only builds and runs.
 */
class Scenario
{
  public:
    virtual ~Scenario() = default;

    /** @return the word on the command line, e.g. "tunnel". */
    virtual std::string Name() const = 0;
    /** @return one line for `list`. */
    virtual std::string Summary() const = 0;
    virtual const ParameterSet& Parameters() const = 0;
    virtual const std::vector<MetricInfo>& Metrics() const = 0;

    /**
     * Refuse values that contradict each other, before anything runs.
     * @throw RequestError, best made by Values::Error
     */
    virtual void Check(const Values& values) const;

    /**
     * Run one simulation to its end, with the context's seed and run number. Leaves no state
     * behind, whatever happens in it: may be called again in the same process.
     * @throw RunCheckError when a check on the outcome fails; RequestError for an input file that
     * turns out to be wrong
     */
    RunResult Run(const Values& values, const RunContext& context) const;

  private:
    /** Build and run, in a simulator that is seeded and empty, and is destroyed afterwards. */
    virtual RunResult DoRun(const Values& values, const RunContext& context) const = 0;
};

/**
 * Run a scenario and hold its result against what it declares: every declared metric in that
 * order, without a value where the run gave none; samples sorted.
 * @throw RunCheckError for a metric that is not declared, given twice or not finite; what Run
 * throws
 */
RunResult RunChecked(const Scenario& scenario, const Values& values, const RunContext& context);

/** All scenarios of the program, in the order of `list`. */
std::vector<const Scenario*> AllScenarios();

/**
 * @param name word on the command line
 * @param scenarios where to look
 * @throw RequestError naming what exists, with a near name
 */
const Scenario& FindScenario(const std::string& name,
                             const std::vector<const Scenario*>& scenarios);

} // namespace shardsim

#endif // SHARDSIM_SCENARIO_H
