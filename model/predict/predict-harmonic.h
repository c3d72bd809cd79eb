// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_HARMONIC_H
#define PREDICT_HARMONIC_H

#include "predict-series.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

/// @ingroup sharding
/// The mean of the last values.
class PredictWindow : public PredictSeries
{
  public:
    /// @param length values that it is the mean of, at least 1
    explicit PredictWindow(uint32_t length = 6);

    void Add(double value) override;
    double Ahead(double steps) const override;

  private:
    uint32_t m_length;           ///< values
    std::deque<double> m_values; ///< last ones
    double m_sum{0};             ///< of these
};

/**
 * @ingroup sharding
 * Level, trend and an additive season (P. R. Winters, "Forecasting sales by exponentially weighted
 * moving averages", Management Science 6(3), 1960). In the first period, in which nothing is known
 * of the season, it is level and trend; then the season begins as the differences from the mean of
 * that period.
 */
class PredictWinters : public PredictSeries
{
  public:
    /**
     * @param period values in a season, at least 2
     * @param levelGain of a new value, in (0, 1]
     * @param trendGain of a new difference, in [0, 1]
     * @param seasonGain of a new difference from the level, in [0, 1]
     */
    explicit PredictWinters(uint32_t period,
                            double levelGain = 0.3,
                            double trendGain = 0.02,
                            double seasonGain = 0.3);

    void Add(double value) override;
    double Ahead(double steps) const override;

  private:
    uint32_t m_period;            ///< values
    double m_levelGain;           ///< of a new value
    double m_trendGain;           ///< of a new difference
    double m_seasonGain;          ///< of a new difference from the level
    PredictHolt m_first;          ///< in the first period
    std::vector<double> m_season; ///< by place in the period; the first period's values until then
    double m_level{0};            ///< now
    double m_trend{0};            ///< a step
    uint64_t m_count{0};          ///< values so far
};

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
