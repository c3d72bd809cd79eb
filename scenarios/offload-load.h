// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_OFFLOAD_LOAD_H
#define SHARDSIM_OFFLOAD_LOAD_H

#include "scenario.h"

#include <cstdint>
#include <vector>

namespace shardsim
{

/// Random streams of `offload`; one range for each use, so that requests never depend on the queue
/// disc that they meet.
enum OffloadStream : int64_t
{
    OFFLOAD_STREAM_LOAD = 1000,    ///< four for each function
    OFFLOAD_STREAM_ANOMALY = 2000, ///< one for each function
    OFFLOAD_STREAM_DISC = 3000,    ///< of the queue disc
    OFFLOAD_STREAM_FORECAST = 4000,
    OFFLOAD_STREAM_WINDOW = 5000, ///< where of a trace a run begins
};

/// A request that is going to be made.
struct OffloadPlannedRequest
{
    int64_t atNs{0};     ///< since the start
    uint64_t offset{0};  ///< first byte
    uint32_t bytes{0};   ///< of it
    bool isWrite{false}; ///< else it reads
};

/// What one function is going to ask for.
struct OffloadFunctionPlan
{
    bool isBulk{false};                          ///< class; else small
    std::vector<OffloadPlannedRequest> requests; ///< in order of time
};

/// Bytes on the wire of a chunk beside its data: I/O, UDP, IP and PPP headers.
constexpr uint32_t OFFLOAD_CHUNK_HEADERS = 70;
/// Data of a chunk.
constexpr uint32_t OFFLOAD_CHUNK = 1400;

/// @param bytes of a request  @return the same on the wire
uint64_t OffloadWireBytes(uint64_t bytes);

/**
 * All that clients are going to ask for, before anything runs: what the queue disc does changes
 * nothing of it, and whoever is to know the future can be told.
 * @param values of the run; ns-3's seed and run number are set
 * @return by function
 * @throw RequestError for a broken file
 */
std::vector<OffloadFunctionPlan> MakeOffloadLoad(const Values& values);

} // namespace shardsim

#endif // SHARDSIM_OFFLOAD_LOAD_H
