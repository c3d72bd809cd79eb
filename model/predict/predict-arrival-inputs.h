// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_ARRIVAL_INPUTS_H
#define PREDICT_ARRIVAL_INPUTS_H

#include "predict-arrival-ewma.h"

#include <array>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What regressions and networks see of a path: features and last delays as numbers of the order of
 * 1, cut to [-4, 4]. Each feature is counted from its smoothed mean in its smoothed mean
 * deviations, and so is what is to be learnt, the delay, that no units and no size of a path
 * matter.
 */
class PredictArrivalInputs
{
  public:
    /// Numbers: place, place times spacing, round trip, loss, probe, last delay, delays lately.
    static constexpr std::size_t COUNT = 7;
    /// All of them.
    using Values = std::array<double, COUNT>;

    /// @param features known  @return the numbers
    Values Of(const PredictArrivalFeatures& features) const;

    /// @param features of a shard that came  @param delay its, s
    void Learn(const PredictArrivalFeatures& features, double delay);

    /// @return smoothed delay and deviation
    const PredictSpread& Delay() const
    {
        return m_delay;
    }

    /// @param delay s  @return it from the mean, in mean deviations
    double Scaled(double delay) const
    {
        return (delay - m_delay.Mean()) / m_delay.Deviation();
    }

  private:
    static constexpr std::size_t FEATURES = 5;
    static constexpr double GAIN = 1.0 / 64;

    static std::array<double, FEATURES> Raw(const PredictArrivalFeatures& features);

    PredictSpread m_delay{GAIN}; ///< of delays
    std::array<PredictSpread, FEATURES> m_features{PredictSpread(GAIN),
                                                   PredictSpread(GAIN),
                                                   PredictSpread(GAIN),
                                                   PredictSpread(GAIN),
                                                   PredictSpread(GAIN)}; ///< of features
    double m_last{0};   ///< delay, scaled when it came
    double m_lately{0}; ///< delays, scaled, smoothed
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_ARRIVAL_INPUTS_H
