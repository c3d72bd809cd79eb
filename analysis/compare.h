// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_COMPARE_H
#define SHARDSIM_COMPARE_H

#include "result-set.h"
#include "statistics.h"

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

namespace shardsim
{

/** One value of the compared key against the first, at one combination of the other keys. */
struct Comparison
{
    std::vector<std::size_t> values; ///< index of the value of each key of the results
    std::size_t pairs{0};            ///< pairs of the same seed and run, both with a finite value
    std::size_t unpaired{0};         ///< replications left out: a partner or a value is missing
    double baseMean{0.0};            ///< over the pairs
    double mean{0.0};                ///< over the pairs
    Estimate difference;             ///< value minus base, paired
    RatioEstimate ratio;             ///< value / base, by Fieller
};

/**
 * Paired comparison: two runs are a pair when they agree in all swept keys but `by`, in seed and
 * in run number, so both had the same weather.
 * @param results of a sweep
 * @param by swept key or "case"; its first value is the base
 * @param metric name
 * @return for each combination of the other keys, each value of `by` but the first
 * @throw RequestError when key or metric is unknown, or the key has one value only
 */
std::vector<Comparison> Compare(const ResultSet& results,
                                const std::string& by,
                                const std::string& metric);

/**
 * Print Compare as a table.
 * @param results of a sweep
 * @param by as in Compare
 * @param metric as in Compare
 * @param out where to
 */
void PrintComparison(const ResultSet& results,
                     const std::string& by,
                     const std::string& metric,
                     std::ostream& out);

} // namespace shardsim

#endif // SHARDSIM_COMPARE_H
