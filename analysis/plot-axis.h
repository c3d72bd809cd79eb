// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_PLOT_AXIS_H
#define SHARDSIM_PLOT_AXIS_H

#include "result-set.h"

#include <string>
#include <vector>

namespace shardsim
{

/** Positions of a swept key's values on an axis. */
struct Axis
{
    std::vector<double> positions; ///< of each value
    std::string commands;          ///< range, tics and scale, for axis "x"
    bool numeric{false};           ///< false: categories at 1, 2, ...
    bool log{false};               ///< values span more than a factor of 50
    double low{0.0};               ///< of the range
    double high{1.0};              ///< of the range
    double extraHeightCm{0.0};     ///< that long names of categories need below the axis
};

/**
 * An x axis. Values that span more than a factor of 50 (bytes: 3) go on a logarithmic scale; a 0
 * among them stands one step left of the smallest, labelled 0. Values that are no numbers are
 * categories.
 * @param key swept
 * @return the axis
 */
Axis MakeAxis(const SweptKey& key);

/**
 * @param values finite ones count
 * @return whether they are positive and span more than a factor of 50
 */
bool WantsLogScale(const std::vector<double>& values);

} // namespace shardsim

#endif // SHARDSIM_PLOT_AXIS_H
