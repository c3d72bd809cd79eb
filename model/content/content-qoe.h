// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_QOE_H
#define CONTENT_QOE_H

#include "content-playout.h"

#include <optional>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * How good a session was. What was skipped or interpolated has no bitrate, and changes are those
 * between consecutive segments of the ones that have one. Where there is nothing to measure there
 * is no value.
 */
struct ContentQoe
{
    /// Sum of the bitrates (Mbit/s) of all segments, less 4.3 for each second of stalls after the
    /// startup, less the sum of absolute changes (Mbit/s): Yin et al., SIGCOMM 2015.
    double linear{0};
    /// The same for each second of the stream, with each segment's bitrate weighted by its
    /// duration, so that it can be compared between segments of different durations.
    std::optional<double> linearRate;
    std::optional<double> meanBitrate;       ///< of the segments that have one, bit/s
    std::optional<double> rebufferRatio;     ///< stalls after the startup, of the session
    std::optional<double> meanChange;        ///< absolute, between consecutive segments, bit/s
    std::optional<double> startup;           ///< seconds
    std::optional<double> liveLatency;       ///< mean over segments, seconds
    std::optional<double> interpolatedRatio; ///< segments, of all
    std::optional<double> skippedRatio;      ///< segments, of all
};

/**
 * @ingroup sharding
 * @param totals of a session
 * @return how good it was
 */
ContentQoe MeasureContentQoe(const ContentPlayoutTotals& totals);

} // namespace sharding
} // namespace ns3

#endif // CONTENT_QOE_H
