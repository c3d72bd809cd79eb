// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_ARRIVAL_KALMAN_H
#define PREDICT_ARRIVAL_KALMAN_H

#include "predict-arrival-held.h"

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * A Kalman filter of two states, both random walks: the delay of a shard next to the first, and
 * what each place behind it adds. The delay is observed with noise, whose variance is smoothed from
 * the innovations; a delay is Gaussian with the variance of the innovation. An innovation counts
 * for at most five of its standard deviations. Of the features it sees path and place.
 */
class PredictArrivalKalman
{
  public:
    /// Nothing.
    using Shared = PredictNothingShared;
    /// Whether it says mean and scale only.
    static constexpr bool IS_SHAPED = true;

    /// @param settings kalmanDrift
    PredictArrivalKalman(const PredictArrivalSettings& settings, Shared&);

    /// @return quantiles for mean 0 and scale 1
    static const PredictCurve::Values& Shape();

    /// @param features known  @param mean is set  @return standard deviation, s
    double Say(const PredictArrivalFeatures& features, double& mean) const;

    /// @param features known  @param delay s
    void Learn(const PredictArrivalFeatures& features, double delay);

  private:
    double Variance(double ahead) const;

    double m_drift;      ///< variance of a step by that of the noise
    bool m_some{false};  ///< a delay came
    double m_offset{0};  ///< s
    double m_place{0};   ///< s for each place
    double m_offsets{0}; ///< variance of the offset
    double m_places{0};  ///< variance of the place
    double m_both{0};    ///< covariance
    double m_noise{0};   ///< variance of the noise
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_ARRIVAL_KALMAN_H
