// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_ARRIVAL_QUANTILE_H
#define PREDICT_ARRIVAL_QUANTILE_H

#include "predict-arrival-inputs.h"

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Linear quantile regression (R. Koenker, G. Bassett, Econometrica 46, 1978) at each level of the
 * grid, by stochastic gradient descent of the pinball loss with steps of `quantileRate` mean
 * deviations, larger at first, divided by the square of the inputs (normalised, as in NLMS).
 */
class PredictArrivalQuantile
{
  public:
    /// Nothing.
    using Shared = PredictNothingShared;
    /// Whether it says mean and scale only.
    static constexpr bool IS_SHAPED = false;

    /// @param settings quantileRate
    PredictArrivalQuantile(const PredictArrivalSettings& settings, Shared&);

    /// @param features known  @param curve is set  @return mean deviation, s
    double Say(const PredictArrivalFeatures& features, PredictCurve::Values& curve) const;

    /// @param features known  @param delay s
    void Learn(const PredictArrivalFeatures& features, double delay);

  private:
    PredictCurve::Values Scaled(const PredictArrivalInputs::Values& inputs) const;

    double m_rate;                  ///< last step
    uint32_t m_count{0};            ///< delays
    PredictArrivalInputs m_inputs;  ///< what it sees
    PredictCurve::Values m_begin{}; ///< of each level, without inputs
    std::array<PredictCurve::Values, PredictArrivalInputs::COUNT> m_slopes{}; ///< by each input
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_ARRIVAL_QUANTILE_H
