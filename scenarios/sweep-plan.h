// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_SWEEP_PLAN_H
#define SHARDSIM_SWEEP_PLAN_H

#include "scenario.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace shardsim
{

/** A "KEY=VALUE" of the command line. */
struct Override
{
    std::string key;
    std::string value;
    std::string origin; ///< "--set KEY=VALUE"
};

/** @return the parts of "KEY=VALUE". @throw RequestError without a "=" or a key */
Override ParseOverride(const std::string& text);

/** Set the values; a key that is given twice is refused. */
void Apply(const std::vector<Override>& overrides, Values& values);

/** One combination of case and swept values. */
struct SweepPoint
{
    std::string caseName;                                   ///< "" without cases
    Values values;                                          ///< all parameters
    std::vector<std::pair<std::string, std::string>> swept; ///< swept keys and their values
};

/**
 * What a figure of the results is to show, checked: kind line (default; x a swept key, y a metric),
 * heatmap (x and y swept keys, z a metric), cdf or ccdf (of a sample).
 */
struct FigurePlan
{
    std::vector<std::pair<std::string, std::string>> fields; ///< x, y, z, kind
};

/** A sweep file, checked and expanded. */
struct SweepPlan
{
    const Scenario* scenario{nullptr};
    std::string name;                   ///< file name without folder and ending
    std::string text;                   ///< the file
    uint64_t runs{1};                   ///< run numbers 1 to runs
    uint64_t seed{1};                   ///< the same at every point: common random numbers
    std::vector<std::string> sweptKeys; ///< in the order of the file
    std::vector<FigurePlan> figures;
    /** First swept key slowest, last one faster, cases fastest. */
    std::vector<SweepPoint> points;
    /** Names the simulations of a run number: scenario, seed, every point's parameters and the
     * content of the files they name. Not runs and figures: more runs may be added later. */
    std::string hash;

    std::string KeysJson() const;    ///< JSON list of sweptKeys
    std::string FiguresJson() const; ///< JSON list of objects
    static std::string SweptJson(const SweepPoint& point);
};

/**
 * Read a sweep file.
 * @param text its content
 * @param path its name, for messages and as the place that relative file names may start from
 * @param scenarios what may be swept
 * @param overrides values that replace those of [set]; one for a swept key replaces its list
 * @throw RequestError naming file, line and key, what was given and what is allowed
 */
SweepPlan ParseSweep(const std::string& text,
                     const std::string& path,
                     const std::vector<const Scenario*>& scenarios,
                     const std::vector<Override>& overrides);

/** @return SweepPlan::hash for a plan that is complete otherwise. */
std::string PlanHash(const SweepPlan& plan);

/** @return a file parameter's text from a TOML file as a path: beside that file if it is there,
 * otherwise as it is; other parameters' text as it is. */
std::string ResolveFile(const ParameterSet& schema,
                        const std::string& key,
                        const std::string& text,
                        const std::string& tomlPath);

/**
 * Read the values of a `run --config` file: keys in [set] or at the top.
 * @param text its content
 * @param path its name
 * @param scenario a "scenario" key in the file must name this one
 * @param values what is set
 */
void ApplyConfig(const std::string& text,
                 const std::string& path,
                 const Scenario& scenario,
                 Values& values);

} // namespace shardsim

#endif // SHARDSIM_SWEEP_PLAN_H
