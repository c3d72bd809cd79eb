// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_HARMONIC_H
#define PREDICT_HARMONIC_H

#include "predict-series.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * A linear model of the value so many steps ahead: of 1, the last values and their change, and of
 * sines and cosines of the season at that time, learnt by recursive least squares with forgetting
 * (S. Haykin, "Adaptive Filter Theory"). It has a model of its own for each distance that is asked
 * for, up to a longest one; beyond that it is the longest one's. Before it has seen enough it is
 * the last value and Holt's trend, as PredictHolt gives it.
 */
class PredictHarmonic : public PredictSeries
{
  public:
    /**
     * @param period values in a season, at least 2; 0: no season
     * @param longest steps ahead that may be asked for, at least 1
     * @param harmonics of the season
     * @param forget weight of what is one value older, in (0, 1]
     */
    PredictHarmonic(uint32_t period,
                    uint32_t longest,
                    uint32_t harmonics = 3,
                    double forget = 0.999);
    ~PredictHarmonic() override;

    void Add(double value) override;
    double Ahead(double steps) const override;

  private:
    struct Model; ///< least squares, of one distance

    std::vector<double> FeaturesFor(uint32_t steps) const;

    uint32_t m_period;                            ///< values
    uint32_t m_harmonics;                         ///< of the season
    std::vector<std::unique_ptr<Model>> m_models; ///< by distance less 1
    std::vector<double> m_recent;                 ///< last values, the latest first
    PredictHolt m_first;                          ///< before enough is known
    uint64_t m_count{0};                          ///< values so far
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_HARMONIC_H
