// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_PLOT_STYLE_H
#define SHARDSIM_PLOT_STYLE_H

#include "result-set.h"

#include <cstddef>
#include <string>
#include <vector>

namespace shardsim
{

/**
 * Colours of series: Okabe and Ito's, which readers with any kind of colour vision tell apart; the
 * pale yellow last. From the ninth series on they repeat, with other markers.
 * @param series number, from 0
 * @return "#RRGGBB"
 */
std::string SeriesColour(std::size_t series);

/** @param series number, from 0 @return "lc ... dt ... pt ...": colour, dash and marker differ */
std::string SeriesStyle(std::size_t series);

/** @return commands for frame, tics, grid and key, the same in all figures */
std::string CommonStyle();

/**
 * Commands for a key above the plot, where it covers no data.
 * @param titles of the series
 * @param heading above them: what the whole figure has in common; may be empty
 * @return commands; the key is off when there are no titles
 */
std::string KeyCommands(const std::vector<std::string>& titles, const std::string& heading);

/**
 * @param titles of the series
 * @param heading above them
 * @return height that the key takes, cm
 */
double KeyHeightCm(const std::vector<std::string>& titles, const std::string& heading);

/** @param metric of an axis @return "99th percentile of latency (ms)" */
std::string MetricLabel(const MetricDescription& metric);

/** @param key of an axis @return "Loss rate", "MTU (B)" */
std::string KeyLabel(const SweptKey& key);

} // namespace shardsim

#endif // SHARDSIM_PLOT_STYLE_H
