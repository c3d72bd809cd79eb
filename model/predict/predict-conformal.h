// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_CONFORMAL_H
#define PREDICT_CONFORMAL_H

#include "predict-curve.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Holds a predictor to its quantiles: adaptive conformal inference (I. Gibbs, E. Candes, NeurIPS
 * 2021) in the form that moves the quantile itself (A. Angelopoulos, E. Candes, R. Tibshirani,
 * "Conformal PID Control for Time Series Prediction", NeurIPS 2023: quantile tracking). Each level
 * p has an offset, counted in units of the predictor's scale, that goes up by gain * p when an
 * outcome was above the quantile as it was given out, and down by gain * (1 - p) when not. The
 * share below then comes to p whatever the outcomes are, as |offset| / (gain * outcomes). The gain
 * begins larger and falls with the number of outcomes to its last value (Angelopoulos, Barber,
 * Bates, ICML 2024).
 */
class PredictConformal
{
  public:
    /**
     * @param gain last value, 0 or more; 0 for no correction at all
     * @param begin offsets to begin with
     */
    explicit PredictConformal(double gain, const PredictCurve::Values& begin = {})
        : m_gain(gain),
          m_offset(begin)
    {
    }

    /**
     * @param curve quantiles of the predictor, which are corrected, and may cross
     * @param scale the predictor's
     */
    void Correct(PredictCurve::Values& curve, double scale) const
    {
        for (std::size_t i = 0; i < PredictCurve::LEVELS; ++i)
        {
            curve[i] += scale * m_offset[i];
        }
    }

    /**
     * @param curve quantiles as Correct() left them, before they are put into order: else, where
     *        two have crossed, each offset would hear what the other one's quantile did, and they
     *        would drift apart without end
     * @param outcome what came
     */
    void Learn(const PredictCurve::Values& curve, double outcome)
    {
        if (m_gain <= 0)
        {
            return;
        }
        double gain = m_gain;
        if (m_count < WARM)
        {
            gain = std::max(m_gain, FIRST / std::sqrt(1.0 + ++m_count));
        }
        for (std::size_t i = 0; i < PredictCurve::LEVELS; ++i)
        {
            m_offset[i] += gain * ((outcome > curve[i] ? 1.0 : 0.0) - 1 + PredictCurve::LEVEL[i]);
        }
    }

    /**
     * For a predictor of mean and scale only, whose shape the offsets began with: they are the
     * whole shape, and are kept in order.
     * @param outcome what came, from the mean, in units of the scale
     */
    void LearnShape(double outcome)
    {
        if (m_gain > 0)
        {
            Learn(m_offset, outcome);
            PredictCurve::Rearrange(m_offset);
        }
    }

    /// @return what is added at each level, in units of the scale
    const PredictCurve::Values& Offsets() const
    {
        return m_offset;
    }

  private:
    static constexpr uint32_t WARM = 1000; ///< outcomes with a larger gain
    static constexpr double FIRST = 0.3;   ///< gain of the first, about

    double m_gain;                 ///< last value
    uint32_t m_count{0};           ///< outcomes, up to WARM
    PredictCurve::Values m_offset; ///< in units of the scale
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_CONFORMAL_H
