// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_WATCH_SUM_H
#define OFFLOAD_WATCH_SUM_H

#include "ns3/predict-anomaly.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Judges the traffic of a function over a span of intervals against forecasts that are older than
 * the span. The forecast of the next interval follows a fault within a few intervals, and in one
 * interval of a function with one request or two nothing is news, not even silence; over a span,
 * forecasts from before it have not followed, and silence adds up.
 *
 * What is expected of the span is the mean of the older forecasts, smoothed for Memory intervals.
 * The deviation is the larger of what such sums have had, and what they would have if intervals
 * were independent: the first is known late, for sums overlap; the second is too small where
 * traffic comes in waves.
 */
class OffloadWatchSum
{
  public:
    /// @param span intervals, at least 1
    explicit OffloadWatchSum(uint32_t span)
        : m_span(span)
    {
    }

    /**
     * An interval is over.
     * @param expected bytes  @param seen bytes, both finite
     * @return score from 0 to 1: PredictAnomalyScore(); 0 until twice the span has been seen
     */
    double Add(double expected, double seen)
    {
        m_last.push_back({expected, seen});
        m_sum += seen;
        if (m_last.size() <= m_span)
        {
            return 0;
        }
        const Interval old = m_last.front();
        m_last.pop_front();
        m_sum = std::max(0.0, m_sum - old.seen);
        // Only what has left the span is learnt from.
        m_count = std::min(m_count + 1, MEMORY);
        m_reference += (old.expected - m_reference) / m_count;
        const double distance = old.seen - m_mean;
        m_mean += distance / m_count;
        m_variance += (distance * (old.seen - m_mean) - m_variance) / m_count;
        if (m_count < m_span)
        {
            return 0;
        }
        const double span = m_span;
        const double error = m_sum - span * m_reference;
        const double deviation = std::sqrt(std::max(m_squares, span * m_variance));
        const double score =
            deviation > 0
                ? PredictAnomalyScore(std::erfc(std::fabs(error) / deviation / std::sqrt(2.0)))
                : 0;
        // A span later, and as far as three deviations: a fault is not to become the measure of
        // itself, and hardly that of the next one.
        const double most = m_squares > 0 ? 3 * deviation : std::fabs(error);
        m_errors.push_back(std::clamp(error, -most, most));
        if (m_errors.size() > m_span)
        {
            m_sums = std::min(m_sums + 1, MEMORY);
            m_squares += (m_errors.front() * m_errors.front() - m_squares) / m_sums;
            m_errors.pop_front();
        }
        return score;
    }

  private:
    /// Intervals until one has faded to a third.
    static constexpr double MEMORY = 500;

    /// One of them.
    struct Interval
    {
        double expected; ///< bytes
        double seen;     ///< bytes
    };

    uint32_t m_span;             ///< intervals
    std::deque<Interval> m_last; ///< in the span, the oldest first
    std::deque<double> m_errors; ///< of sums, not learnt from yet
    double m_sum{0};             ///< bytes seen in it
    double m_reference{0};       ///< mean of forecasts before it
    double m_mean{0};            ///< bytes of an interval before it
    double m_variance{0};        ///< of these
    double m_squares{0};         ///< mean square of the sums' errors
    double m_count{0};           ///< intervals before it, up to MEMORY
    double m_sums{0};            ///< sums, up to MEMORY
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_WATCH_SUM_H
