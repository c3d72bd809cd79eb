// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TABLE_H
#define SHARDSIM_TABLE_H

#include "result-set.h"
#include "statistics.h"

#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace shardsim
{

/**
 * @param results of a sweep
 * @param metric name
 * @param values index of the value of each key
 * @return mean of the metric over the replications at that point that are done
 */
Estimate EstimateAt(const ResultSet& results,
                    const std::string& metric,
                    const std::vector<std::size_t>& values);

/**
 * Key that goes along a table's columns or a figure's axis: the figure's own, or else the first
 * swept key, or else "case", or else none.
 * @param results of a sweep
 * @param metric name
 * @return its index in results.keys, or results.keys.size() if there is no key
 */
std::size_t AxisKey(const ResultSet& results, const std::string& metric);

/**
 * Visit all combinations of the values of some keys, the last one changing fastest.
 * @param results of a sweep
 * @param keys indices into results.keys
 * @param visit called with the index of a value for each key of results; 0 for keys not in `keys`
 */
void ForEachCombination(const ResultSet& results,
                        const std::vector<std::size_t>& keys,
                        const std::function<void(const std::vector<std::size_t>&)>& visit);

/**
 * Print a comparison table for each metric that the sweep's figures show (or the standing ones):
 * the case and the other swept keys down, the values of one swept key across.
 * @param results of a sweep
 * @param out where to
 */
void PrintTable(const ResultSet& results, std::ostream& out);

} // namespace shardsim

#endif // SHARDSIM_TABLE_H
