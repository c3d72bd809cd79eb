// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TIMELINE_H
#define SHARDSIM_TIMELINE_H

#include <ostream>
#include <string>
#include <vector>

namespace shardsim
{

/** Of whom a timeline tells; it has these columns, and may have more. */
enum class TimelineKind
{
    /// A control loop: loss_seen_ratio, loss_believed_ratio, delay_ms, data_shards, repair_shards.
    LOOP,
    /// Cryptographic units: rate_mbps, delivered_mbps, latency_max_ms, queue_0 and so on.
    UNITS,
    /// A pool of endpoints: warm_, cold_, draining_, offered_, forecast_units, violation_ratio.
    POOL,
    /// A client: buffer_s, bitrate_kbps, throughput_kbps.
    CLIENT,
    /// An offload engine: expected_kib, seen_kib, score, alert, regret_kib, plan_0_kib and so on.
    ENGINE
};

/** What a run did over simulated time: columns, the first of which is the time, time_s. */
struct Timeline
{
    TimelineKind kind{TimelineKind::LOOP}; ///< of whom
    std::vector<std::string> columns;      ///< names, with the unit at the end where there is one
    std::vector<std::vector<double>> rows; ///< as many numbers each; NaN for no value
};

/**
 * Write a timeline as DIR/timeline.csv and draw it, as timeline-*.png, .svg and .pdf.
 * @param timeline of a run
 * @param directory to write into, made if absent
 * @param out is told what was written
 * @throw StoreError when a file cannot be written; RequestError without gnuplot or without rows
 */
void WriteTimeline(const Timeline& timeline, const std::string& directory, std::ostream& out);

} // namespace shardsim

#endif // SHARDSIM_TIMELINE_H
