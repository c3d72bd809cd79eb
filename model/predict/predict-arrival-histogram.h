// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_ARRIVAL_HISTOGRAM_H
#define PREDICT_ARRIVAL_HISTOGRAM_H

#include "predict-arrival-held.h"

#include <array>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Quantiles of a histogram in which the past weighs less with each new delay, the idea of the delay
 * manager of WebRTC's NetEQ. Bins are 16 a decade from 1 us to 1000 s, and one below; within a bin
 * delays are uniform. It sees no feature but the path.
 */
class PredictArrivalHistogram
{
  public:
    /// Nothing.
    using Shared = PredictNothingShared;
    /// Whether it says mean and scale only.
    static constexpr bool IS_SHAPED = false;

    /// How many there are.
    static constexpr std::size_t BINS = 1 + 16 * 9;

    /// @param settings histogramForget
    PredictArrivalHistogram(const PredictArrivalSettings& settings, Shared&);

    /// @param curve is set  @return mean deviation of the Laplace distribution with its quartiles
    double Say(const PredictArrivalFeatures&, PredictCurve::Values& curve) const;

    /// @param delay s
    void Learn(const PredictArrivalFeatures&, double delay);

  private:
    double m_growth;                     ///< of a new delay's weight: 1 / forgetting
    double m_weight{1};                  ///< of the next delay
    double m_all{0};                     ///< weight of all
    std::array<double, BINS> m_counts{}; ///< weight of each bin
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_ARRIVAL_HISTOGRAM_H
