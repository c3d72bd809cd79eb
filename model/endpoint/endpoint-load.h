// SPDX-License-Identifier: GPL-2.0-only
#ifndef ENDPOINT_LOAD_H
#define ENDPOINT_LOAD_H

#include "ns3/nstime.h"
#include "ns3/predict-series.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>

namespace ns3
{
namespace sharding
{

/// What the load of a group is predicted by.
enum EndpointPredictor
{
    ENDPOINT_PREDICT_NONE,         ///< not at all: it is what it is
    ENDPOINT_PREDICT_LAST,         ///< the last value
    ENDPOINT_PREDICT_WINDOW,       ///< the mean of the last values
    ENDPOINT_PREDICT_HOLT_WINTERS, ///< level, trend and season
    ENDPOINT_PREDICT_LEARNED,      ///< least squares on last values and harmonics of the season
    ENDPOINT_PREDICT_ORACLE        ///< the truth
};

/// How it is done.
struct EndpointLoadConfig
{
    EndpointPredictor kind{ENDPOINT_PREDICT_LEARNED}; ///< what by
    Time interval{Seconds(5)};                        ///< between two values
    Time lead{Seconds(15)};                           ///< how far ahead matters
    Time period;                                      ///< of the season; 0: none
    double quantile{0.5};                             ///< of outcomes to be below the forecast
};

/**
 * @ingroup sharding
 * Predicts the demand of one shard group, of which it is told once an interval: the most of it
 * that is to be expected within the lead, the time until what is begun now is of use. The forecast
 * is shifted by what the outcomes say: it goes up by the quantile's share of the mean error when an
 * outcome was above it, and down when not, so that the wished share of them comes to lie below
 * (quantile tracking; references in predict-conformal.h).
 */
class EndpointLoad
{
  public:
    /// True demand, in units. @param at when
    using Truth = std::function<double(Time at)>;

    /**
     * @param config how
     * @param truth for the oracle; else not asked
     */
    EndpointLoad(const EndpointLoadConfig& config, Truth truth);

    /// @param now when  @param demand in the interval that ends now, in units
    void Add(Time now, double demand);

    /// @param now when  @return the most that is to be expected within the lead, in units
    double Peak(Time now) const;

    /// @return mean absolute error of forecasts one lead ahead so far, in units; 0: none yet
    double MeanError() const
    {
        return m_judged == 0 ? 0 : m_errors / static_cast<double>(m_judged);
    }

  private:
    double Ahead(Time now, uint32_t steps) const;

    EndpointLoadConfig m_config;             ///< how
    Truth m_truth;                           ///< for the oracle
    uint32_t m_steps;                        ///< intervals of the lead
    std::unique_ptr<PredictSeries> m_series; ///< none for none and oracle
    std::deque<double> m_open;               ///< forecasts one lead ahead whose outcome is to come
    double m_last{0};                        ///< demand
    double m_shift{0};                       ///< of forecasts, in units
    double m_scale{0};                       ///< mean absolute error that is forgotten slowly
    double m_errors{0};                      ///< sum of absolute errors
    uint64_t m_judged{0};                    ///< forecasts with an outcome
};

} // namespace sharding
} // namespace ns3

#endif // ENDPOINT_LOAD_H
