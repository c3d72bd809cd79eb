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
 * residuals, larger at first, divided by the square of the inputs (normalised, as in NLMS). Slopes
 * are the sum of those that all levels have in common (composite quantile regression: H. Zou, M.
 * Yuan, Annals of Statistics 36, 2008) and of a level's own: alone, those of the outer levels learn
 * slowly, since few delays tell them anything, and cross the others meanwhile.
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

    /// @param features known  @param curve is set  @return mean residual, s
    double Say(const PredictArrivalFeatures& features, PredictCurve::Values& curve) const;

    /// @param features known  @param delay s
    void Learn(const PredictArrivalFeatures& features, double delay);

  private:
    PredictCurve::Values Scaled(const PredictArrivalInputs::Values& inputs) const;

    double m_rate;                           ///< last step
    uint32_t m_count{0};                     ///< delays
    double m_residual{1};                    ///< smoothed distance from the median, scaled
    PredictArrivalInputs m_inputs;           ///< what it sees
    PredictCurve::Values m_begin{};          ///< of each level, without inputs, in mean residuals
    PredictArrivalInputs::Values m_common{}; ///< slopes of all levels
    std::array<PredictCurve::Values, PredictArrivalInputs::COUNT>
        m_slopes{}; ///< of each, beyond those
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_ARRIVAL_QUANTILE_H
