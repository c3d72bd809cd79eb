// SPDX-License-Identifier: GPL-2.0-only
#include "content-qoe.h"

namespace ns3
{
namespace sharding
{

ContentQoe
MeasureContentQoe(const ContentPlayoutTotals& totals)
{
    constexpr double STALL_WEIGHT = 4.3;
    const auto ratio = [](double part, double whole)
    { return whole > 0 ? std::optional<double>(part / whole) : std::nullopt; };
    const auto played = static_cast<double>(totals.segments[CONTENT_PLAYED]);
    const auto interpolated = static_cast<double>(totals.segments[CONTENT_INTERPOLATED]);
    const auto skipped = static_cast<double>(totals.segments[CONTENT_SKIPPED]);
    const double all = played + interpolated + skipped;
    const double stalled = totals.stalled.GetSeconds();
    const double loss = STALL_WEIGHT * stalled + totals.changes / 1e6;
    const double media = (totals.played + totals.interpolated + totals.skipped).GetSeconds();

    ContentQoe qoe;
    qoe.linear = totals.bitrates / 1e6 - loss;
    qoe.linearRate = ratio(totals.bits / 1e6 - loss, media);
    qoe.meanBitrate = ratio(totals.bitrates, played);
    qoe.rebufferRatio = ratio(stalled, totals.session.GetSeconds());
    qoe.meanChange = ratio(totals.changes, static_cast<double>(totals.changeCount));
    qoe.liveLatency =
        ratio(totals.latencies.GetSeconds(), static_cast<double>(totals.latencyCount));
    qoe.interpolatedRatio = ratio(interpolated, all);
    qoe.skippedRatio = ratio(skipped, all);
    if (played + interpolated > 0)
    {
        qoe.startup = totals.startup.GetSeconds();
    }
    return qoe;
}

} // namespace sharding
} // namespace ns3
