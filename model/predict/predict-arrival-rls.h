// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_ARRIVAL_RLS_H
#define PREDICT_ARRIVAL_RLS_H

#include "predict-arrival-inputs.h"

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * The delay by recursive least squares with forgetting, and its smoothed mean residual for a
 * Laplace distribution about it. Kept in the form of normal equations, into which as much of a
 * small ridge flows as is forgotten, so that directions that are not seen any more (a round trip
 * that does not change) do not wind up, as they do where the inverse is kept. A residual counts for
 * at most six mean residuals.
 */
class PredictArrivalRls
{
  public:
    /// Nothing.
    using Shared = PredictNothingShared;
    /// Whether it says mean and scale only.
    static constexpr bool IS_SHAPED = true;

    /// @param settings squaresForget
    PredictArrivalRls(const PredictArrivalSettings& settings, Shared&);

    /// @return quantiles for mean 0 and scale 1
    static const PredictCurve::Values& Shape();

    /// @param features known  @param mean is set  @return mean residual, s
    double Say(const PredictArrivalFeatures& features, double& mean) const;

    /// @param features known  @param delay s
    void Learn(const PredictArrivalFeatures& features, double delay);

  private:
    static constexpr std::size_t SIZE = PredictArrivalInputs::COUNT + 1;

    double Expected(const PredictArrivalInputs::Values& inputs) const;

    double m_forget;                            ///< weight of the past at the next delay
    bool m_some{false};                         ///< a delay came
    double m_residual{1};                       ///< smoothed size, scaled
    PredictArrivalInputs m_inputs;              ///< what it sees
    std::array<double, SIZE> m_weights{};       ///< of inputs and 1
    std::array<double, SIZE * SIZE> m_normal{}; ///< products of inputs
    std::array<double, SIZE> m_right{};         ///< products of inputs and delay
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_ARRIVAL_RLS_H
