// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_ARRIVAL_EWMA_H
#define PREDICT_ARRIVAL_EWMA_H

#include "predict-arrival-held.h"
#include "predict-curve.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ns3
{
namespace sharding
{

/// Smallest scale of a distribution, s: the resolution of ns-3's time.
constexpr double PREDICT_LEAST_SCALE = 1e-9;

/**
 * @ingroup sharding
 * Smoothed mean and mean deviation, as RFC 6298 does it for round trips. As long as there is less,
 * all that came weighs the same.
 */
class PredictSpread
{
  public:
    /// @param gain of a new value, in (0, 1]
    explicit PredictSpread(double gain)
        : m_gain(gain)
    {
    }

    /// @param value the next
    void Learn(double value)
    {
        if (m_count == 0)
        {
            m_count = 1;
            m_mean = value;
            m_deviation = std::max(std::abs(value) / 2, PREDICT_LEAST_SCALE);
            return;
        }
        double gain = m_gain;
        if (m_gain * m_count < 1)
        {
            gain = 1.0 / ++m_count;
        }
        const double error = value - m_mean;
        m_mean += gain * error;
        m_deviation =
            std::max(m_deviation + gain * (std::abs(error) - m_deviation), PREDICT_LEAST_SCALE);
    }

    /// @return smoothed mean
    double Mean() const
    {
        return m_mean;
    }

    /// @return smoothed mean deviation, at least PREDICT_LEAST_SCALE
    double Deviation() const
    {
        return m_deviation;
    }

  private:
    double m_gain;                           ///< of a new value
    double m_mean{0};                        ///< so far
    double m_deviation{PREDICT_LEAST_SCALE}; ///< so far
    uint32_t m_count{0};                     ///< values, as long as they are few
};

/**
 * @ingroup sharding
 * A delay is Laplace distributed about its smoothed mean, as far as nothing else has been learnt
 * from where delays came to lie (PredictConformal). It sees no feature but the path.
 */
class PredictArrivalEwma
{
  public:
    /// Nothing.
    using Shared = PredictNothingShared;
    /// Whether it says mean and scale only.
    static constexpr bool IS_SHAPED = true;

    /// @param settings ewmaGain
    PredictArrivalEwma(const PredictArrivalSettings& settings, Shared&)
        : m_spread(settings.ewmaGain)
    {
    }

    /// @return quantiles for mean 0 and mean deviation 1
    static const PredictCurve::Values& Shape()
    {
        return PredictCurve::Laplace();
    }

    /// @param mean is set  @return mean deviation, s
    double Say(const PredictArrivalFeatures&, double& mean) const
    {
        mean = m_spread.Mean();
        return m_spread.Deviation();
    }

    /// @param delay s
    void Learn(const PredictArrivalFeatures&, double delay)
    {
        m_spread.Learn(delay);
    }

  private:
    PredictSpread m_spread; ///< of delays
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_ARRIVAL_EWMA_H
