// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_LATE_CONFORMAL_H
#define PREDICT_LATE_CONFORMAL_H

#include "predict-arrival-ewma.h"
#include "predict-conformal.h"
#include "predict-curve.h"

#include <cmath>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Holds forecasts of delays to what was said, for outcomes that are known late: between forecast
 * and outcome a predictor learns from what comes, and what it would say at the end is better than
 * what it said. Its own scale is of the end, and far too small where delays come in bursts; so the
 * offsets of PredictConformal are counted in the mean distance of outcomes from the median that was
 * said.
 */
class PredictLateConformal
{
  public:
    /// @param gain last value of the offsets' gain
    explicit PredictLateConformal(double gain)
        : m_offsets(gain)
    {
    }

    /// @param curve quantiles of a delay, s, which are corrected, and may cross and be negative
    void Correct(PredictCurve::Values& curve) const
    {
        m_offsets.Correct(curve, m_error.Mean());
    }

    /**
     * @param said quantiles as Correct() left them
     * @param median that the predictor said, not corrected, s
     * @param outcome delay, s
     */
    void Learn(const PredictCurve::Values& said, double median, double outcome)
    {
        // What is said below 0 means 0. So an outcome of 0 is not above it, but only down to some
        // place: else levels of which all outcomes are 0 would fall without end.
        m_offsets.Learn(said, outcome > 0 ? outcome : -m_error.Mean());
        m_error.Learn(std::abs(outcome - median));
    }

  private:
    PredictConformal m_offsets;      ///< of the levels
    PredictSpread m_error{1.0 / 64}; ///< of the medians, without signs, s
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_LATE_CONFORMAL_H
