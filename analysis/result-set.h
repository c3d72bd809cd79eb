// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_RESULT_SET_H
#define SHARDSIM_RESULT_SET_H

/**
 * @file
 * The results of a sweep in memory, as tables, comparisons and figures need them.
 */

#include "results-store.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shardsim
{

/** What is known of a metric. */
struct MetricDescription
{
    std::string name;    ///< e.g. "latency.p99_ms"
    std::string unit;    ///< e.g. "ms"; empty for a plain number
    std::string meaning; ///< one line
};

/** A swept key with its values in the order of the sweep. */
struct SweptKey
{
    std::string name;                ///< e.g. "loss.rate"; "case" for the named variants
    std::vector<std::string> values; ///< as written, e.g. "0.05" or "100Mbps"
    bool numeric{false};             ///< every value is a number, with or without a unit
    std::string unit;                ///< common unit of `numbers`: "ms", "Mbps", "B", "p" or ""
    std::vector<double> numbers;     ///< the values in that unit; empty unless numeric
};

/** A figure that the sweep file asks for. */
struct FigureRequest
{
    std::string kind;   ///< "" or "line", "scatter", "cdf", "ccdf", "heatmap"
    std::string x;      ///< swept key, or "case"; scatter: a metric
    std::string metric; ///< what is shown
    std::string second; ///< key: heat map: up, "" = the next one; scatter: along a line, "" = none
};

/** One run. */
struct ResultRow
{
    int64_t id{0};                   ///< RunRecord::id
    uint64_t seed{0};                ///< seed of the run
    uint64_t run{0};                 ///< number of the run
    bool done{false};                ///< false: it failed
    std::vector<std::size_t> values; ///< index into values of each of ResultSet::keys
    std::map<std::string, std::optional<double>> metrics; ///< no value: nothing to measure
};

/** All results of a sweep. */
class ResultSet
{
  public:
    std::string path;                       ///< of the file
    std::string name;                       ///< of the sweep
    std::string scenario;                   ///< name of the scenario
    std::vector<SweptKey> keys;             ///< "case" first if there are cases, then as swept
    std::vector<MetricDescription> metrics; ///< in the scenario's order
    std::vector<FigureRequest> figures;     ///< as the sweep file lists them
    std::vector<ResultRow> rows;            ///< by point, seed and run

    /**
     * Read a results file.
     * @param file path
     * @return its results
     * @throw RequestError when it cannot be read or is no results file
     */
    static ResultSet Load(const std::string& file);

    /** @param key name @return its index in keys; RequestError that lists near names if unknown */
    std::size_t KeyIndex(const std::string& key) const;

    /** @param metric name @return what is known of it; RequestError that lists near names */
    const MetricDescription& Metric(const std::string& metric) const;

    /** @param metric name @return whether the results have it */
    bool HasMetric(const std::string& metric) const;

    /** @return number of runs that failed */
    std::size_t Failed() const;

    /**
     * Value of a metric in a run. A quantile over all that were sent ("latency_sent.*") without a
     * value is infinite: too many were lost.
     * @param row of a run that is done
     * @param metric name
     * @return the value, if there is one
     */
    static std::optional<double> Value(const ResultRow& row, const std::string& metric);

    /**
     * Metrics that a table or a figure shows: those of the sweep's figures, or else the standing
     * ones that the results have.
     * @return names
     */
    std::vector<std::string> ShownMetrics() const;
};

/**
 * A number as the user reads it in a sweep file: "5ms", "1.5Mbps", "4KiB", "100p", "0.05".
 * @param text value
 * @return number in a canonical unit (ms, Mbps, B, p or none) and that unit; nothing otherwise
 */
std::optional<std::pair<double, std::string>> ParseQuantity(const std::string& text);

/**
 * Names near to one that is unknown, for an error message.
 * @param name as given
 * @param known all that exist
 * @return up to three, best first; all of them when they are few and none is near
 */
std::vector<std::string> NearNames(const std::string& name, const std::vector<std::string>& known);

/** @param parts texts @param separator between them @return all in one */
std::string Join(const std::vector<std::string>& parts, const std::string& separator);

} // namespace shardsim

#endif // SHARDSIM_RESULT_SET_H
