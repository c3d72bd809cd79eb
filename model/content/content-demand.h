// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_DEMAND_H
#define CONTENT_DEMAND_H

#include "ns3/predict-series.h"

#include <cstdint>
#include <map>
#include <memory>
#include <utility>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What is asked for, by stream and rendition, and what will be: requests of equal periods, each
 * kind a series of its own. Neither clock nor network.
 */
class ContentDemand
{
  public:
    /// Stream and rendition.
    using Kind = std::pair<uint32_t, uint8_t>;

    /// @param predictor of each kind
    explicit ContentDemand(PredictSeriesKind predictor = PREDICT_HOLT)
        : m_predictor(predictor)
    {
    }

    /// @param kind that is asked for  @param requests for it
    void Add(const Kind& kind, uint32_t requests);

    /// A period is over.
    void Close();

    /// @param kind in question  @return requests of the next period, as expected
    double Expected(const Kind& kind) const;

    /// @return requests of the next period for all kinds, as expected
    double ExpectedTotal() const;

    /// @return most requests of a period so far
    double Peak() const
    {
        return m_peak;
    }

    /// @return mean absolute error of the forecasts of totals, requests; 0 before the first
    double Error() const
    {
        return m_forecasts > 0 ? m_error / m_forecasts : 0;
    }

  private:
    struct Series
    {
        uint32_t now{0};                          ///< requests of this period
        std::unique_ptr<PredictSeries> predictor; ///< of the next ones
    };

    PredictSeriesKind m_predictor;  ///< of each kind
    std::map<Kind, Series> m_kinds; ///< that were asked for
    double m_peak{0};               ///< requests
    double m_error{0};              ///< sum
    uint32_t m_forecasts{0};        ///< in that
    bool m_some{false};             ///< a period is over
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_DEMAND_H
