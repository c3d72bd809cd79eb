// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_FIGURES_H
#define SHARDSIM_FIGURES_H

#include "gnuplot.h"
#include "result-set.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace shardsim
{

/** How the keys of a sweep are laid out over figures of one kind. */
struct FigureLayout
{
    std::optional<std::size_t> series; ///< key whose values are the curves of a figure
    std::vector<std::size_t> panels;   ///< keys with one figure for each combination of values
};

/** One figure's place in the sweep. */
struct Panel
{
    std::vector<std::size_t> values; ///< index of the value of each key; only panel keys count
    std::string title;               ///< "topology.paths = 2", empty where there is one figure only
    std::string suffix;              ///< of the file name: "--topology.paths-2"
};

/**
 * Curves are the cases, or else the values of the one remaining key; any other key makes figures
 * of its own, since a mean over its values would mean nothing.
 * @param results of a sweep
 * @param axes keys that the figure's axes show
 * @return the layout
 */
FigureLayout LayOut(const ResultSet& results, const std::vector<std::size_t>& axes);

/**
 * @param results of a sweep
 * @param layout of the figures
 * @param most figures; where there are more combinations, evenly spaced ones are taken
 * @return the figures' places
 */
std::vector<Panel> Panels(const ResultSet& results, const FigureLayout& layout, std::size_t most);

/**
 * A metric over a swept key: mean and 95 % confidence band of each series.
 * @param results of a sweep
 * @param x key along the axis
 * @param metric shown
 * @param layout of the other keys
 * @param panel of this figure
 * @return the figure; nothing when no point has a value
 */
std::optional<Figure> LineFigure(const ResultSet& results,
                                 std::size_t x,
                                 const std::string& metric,
                                 const FigureLayout& layout,
                                 const Panel& panel);

/**
 * A metric over two swept keys, as cells with numbers.
 * @param results of a sweep
 * @param x key along the axis
 * @param y key up the other axis
 * @param metric shown
 * @param panel of this figure
 * @param low end of the colours, common to all panels
 * @param high end of the colours
 * @return the figure; nothing when no cell has a value
 */
std::optional<Figure> HeatMap(const ResultSet& results,
                              std::size_t x,
                              std::size_t y,
                              const std::string& metric,
                              const Panel& panel,
                              double low,
                              double high);

/**
 * One metric against another: a point, with the intervals of both, for each series; or for each
 * value of one key, joined by a line in their order: a trade-off.
 * @param results of a sweep
 * @param across metric along the axis
 * @param up metric up the other axis
 * @param along the key of the points of a line, if there is one
 * @param layout of the keys
 * @param panel of this figure
 * @return the figure; nothing when no point has both values
 */
std::optional<Figure> ScatterFigure(const ResultSet& results,
                                    const std::string& across,
                                    const std::string& up,
                                    const std::vector<std::size_t>& along,
                                    const FigureLayout& layout,
                                    const Panel& panel);

/**
 * Ascending latencies of all replications at a point, and how many datagrams were sent there; or,
 * of a scenario that keeps those instead, the quality of experience of all clients, in millionths.
 */
struct PooledSample
{
    std::vector<int64_t> nanoseconds; ///< of delivered datagrams; or millionths
    uint64_t sent{0};                 ///< datagrams; or clients
    bool isQoe{false};                ///< it is the quality of clients
};

/**
 * Distribution of latency over the datagrams sent: a curve ends below 1 (or above 0, for the
 * complementary one) where some were lost. Of clients' quality there is no complementary one.
 * @param results of a sweep
 * @param complementary share that is later than t or lost, on a logarithmic axis
 * @param layout of the keys
 * @param panel of this figure
 * @param sampleAt pooled latencies at a point
 * @return the figure; nothing when there are no samples
 */
std::optional<Figure> DistributionFigure(
    const ResultSet& results,
    bool complementary,
    const FigureLayout& layout,
    const Panel& panel,
    const std::function<PooledSample(const std::vector<std::size_t>&)>& sampleAt);

/**
 * Every figure of a sweep: those that it lists, or else the standing metrics over each numeric
 * swept key; distributions of latency; heat maps where two swept keys are numeric.
 * @param results of a sweep
 * @param sampleAt pooled latencies at a point
 * @return the figures
 * @throw RequestError when a listed figure names a key or metric that is not there
 */
std::vector<Figure> MakeFigures(
    const ResultSet& results,
    const std::function<PooledSample(const std::vector<std::size_t>&)>& sampleAt);

} // namespace shardsim

#endif // SHARDSIM_FIGURES_H
