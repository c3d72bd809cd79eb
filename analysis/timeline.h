// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TIMELINE_H
#define SHARDSIM_TIMELINE_H

#include <ostream>
#include <string>
#include <vector>

namespace shardsim
{

/** What a run did over simulated time: columns, the first of which is the time in seconds. */
struct Timeline
{
    std::vector<std::string> columns;      ///< names, with the unit at the end where there is one
    std::vector<std::vector<double>> rows; ///< as many numbers each; NaN for no value
};

/**
 * Write a timeline as DIR/timeline.csv and draw it, as .png, .svg and .pdf. Of one with a column
 * buffer_s: a client's buffer, and what it asked for, as DIR/timeline-buffer and
 * DIR/timeline-bitrate; needed are the columns time_s, buffer_s, bitrate_kbps, throughput_kbps. Of
 * one with a column wait_max_us: what cryptographic units did, as DIR/timeline-units and
 * DIR/timeline-queues; needed are the columns time_s, rate_mbps, delivered_mbps, latency_max_ms and
 * queue_0 and so on. Of one with a column plan_0_kib: how memory was divided between functions, what
 * was forecast and seen of one of them, and by how much the forecasts were worse than the last value
 * again, as DIR/timeline-allocation, timeline-forecast and timeline-regret; needed are the columns
 * time_s, expected_kib, seen_kib, score, alert, regret_kib, plan_0_kib and so on. Of any other: what
 * the control loop saw beside what
 * it decided, as DIR/timeline-loss and DIR/timeline-delay; needed are the columns time_s,
 * loss_seen_ratio, loss_believed_ratio, delay_ms, congestion, data_shards, repair_shards.
 * @param timeline of a run
 * @param directory to write into, made if absent
 * @param out is told what was written
 * @throw StoreError when a file cannot be written; RequestError without gnuplot or without rows
 */
void WriteTimeline(const Timeline& timeline, const std::string& directory, std::ostream& out);

} // namespace shardsim

#endif // SHARDSIM_TIMELINE_H
