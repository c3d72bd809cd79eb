// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_OFFLOAD_REPLAY_H
#define SHARDSIM_OFFLOAD_REPLAY_H

#include <cstdint>
#include <string>
#include <vector>

namespace shardsim
{

/// A request of a trace.
struct OffloadTraceRequest
{
    double seconds{0};    ///< since the first one
    uint32_t function{0}; ///< that it is of
    uint64_t offset{0};   ///< first byte
    uint64_t bytes{0};    ///< of it
    bool isWrite{false};  ///< else it reads
};

/**
 * Read a block-I/O trace, CSV with a header: `time,function,offset,bytes,op` (seconds, op read or
 * write) or `version,time,op,size,lbn` (whole seconds, SCSI operation code in hex, bytes, number of
 * a block of 512 bytes; requests of the same second are spread evenly over it, and the function is
 * the gibibyte of the block, modulo the functions).
 * @param file its path
 * @param functions that there are
 * @return its requests, in order of time
 * @throw RequestError with file, line, and what was expected
 */
std::vector<OffloadTraceRequest> ReadOffloadTrace(const std::string& file, uint32_t functions);

/**
 * Read a time series, CSV with the header `timestamp,value`.
 * @param file its path
 * @return values, 0 or more, of which one is not 0
 * @throw RequestError with file, line, and what was expected
 */
std::vector<double> ReadOffloadSeries(const std::string& file);

} // namespace shardsim

#endif // SHARDSIM_OFFLOAD_REPLAY_H
