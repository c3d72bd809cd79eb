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
 * Write a timeline as DIR/timeline.csv and draw it, as .png, .svg and .pdf. Its columns say what it
 * is of. A column buffer_s: a client, drawn as timeline-buffer and -bitrate from bitrate_kbps and
 * throughput_kbps, too. wait_max_us: cryptographic units, timeline-units and -queues, with rate_mbps,
 * delivered_mbps, latency_max_ms and queue_0 and so on. warm_units: a pool of endpoints,
 * timeline-pool, with offered_, forecast_, cold_ and draining_units and violation_ratio. plan_0_kib:
 * an offload engine, timeline-allocation, -forecast and -regret, with expected_kib, seen_kib, score,
 * alert and regret_kib. Any other: a control loop, timeline-loss and -delay, from loss_seen_ratio,
 * loss_believed_ratio, delay_ms, congestion, data_shards and repair_shards. All need time_s.
 * @param timeline of a run
 * @param directory to write into, made if absent
 * @param out is told what was written
 * @throw StoreError when a file cannot be written; RequestError without gnuplot or without rows
 */
void WriteTimeline(const Timeline& timeline, const std::string& directory, std::ostream& out);

} // namespace shardsim

#endif // SHARDSIM_TIMELINE_H
