// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_SEASONAL_H
#define PREDICT_SEASONAL_H

#include "predict-series.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Of a PredictHoltWinters.
struct PredictSeasonalSettings
{
    uint32_t season{24};      ///< values, at least 1
    double levelGain{0.2};    ///< of a new value, in (0, 1]
    double trendGain{0.02};   ///< of a new difference, in [0, 1]
    double seasonalGain{0.3}; ///< of a new distance from the level, in [0, 1]
};

/**
 * @ingroup sharding
 * Level, trend and an additive season, each smoothed (P. R. Winters, Management Science 6, 1960).
 * The first season begins it: its mean is the level, the distances from that are the season, the
 * trend is 0. Before it is over, it is level and trend, as PredictHolt gives them.
 */
class PredictHoltWinters : public PredictSeries
{
  public:
    /// @param settings season and gains
    explicit PredictHoltWinters(const PredictSeasonalSettings& settings = {});

    void Add(double value) override;
    double Ahead(double steps) const override;

  private:
    PredictSeasonalSettings m_settings; ///< season and gains
    std::vector<double> m_season;       ///< distance of each place of the season from the level
    double m_level{0};                  ///< now
    double m_trend{0};                  ///< a step
    uint32_t m_place{0};                ///< of the next value in the season
    bool m_begun{false};                ///< the first season is over
    PredictHolt m_first;                ///< until then
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_SEASONAL_H
