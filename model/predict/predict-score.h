// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_SCORE_H
#define PREDICT_SCORE_H

#include <cstdint>
#include <limits>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * How good quantiles of one level were: the pinball loss, which is least on average for the true
 * quantile (Koenker and Bassett 1978), and coverage, the share of outcomes that were not above.
 */
class PredictPinball
{
  public:
    /// @param level of the quantiles, in (0, 1)
    explicit PredictPinball(double level)
        : m_level(level)
    {
    }

    /// @param quantile as it was said  @param outcome what came
    void Add(double quantile, double outcome)
    {
        const double above = outcome - quantile;
        ++m_count;
        m_covered += above <= 0 ? 1 : 0;
        m_sum += above > 0 ? m_level * above : (m_level - 1) * above;
    }

    /// @return outcomes
    uint64_t Count() const
    {
        return m_count;
    }

    /// @return mean loss, in units of the outcomes; not a number without outcomes
    double Loss() const
    {
        return m_sum / static_cast<double>(m_count);
    }

    /// @return share not above; not a number without outcomes
    double Coverage() const
    {
        return static_cast<double>(m_covered) / static_cast<double>(m_count);
    }

  private:
    double m_level;        ///< of the quantiles
    uint64_t m_count{0};   ///< outcomes
    uint64_t m_covered{0}; ///< not above
    double m_sum{0};       ///< of losses
};

/**
 * @ingroup sharding
 * How good point forecasts of a series were: the mean absolute error, and that error by the one of
 * the forecast "as it was `season` steps ago" on the same values (MASE: R. Hyndman, A. Koehler,
 * International Journal of Forecasting 22, 2006; here over the values that were forecast).
 */
class PredictError
{
  public:
    /// @param season steps back that the naive forecast looks, at least 1
    explicit PredictError(uint32_t season = 1)
        : m_past(season)
    {
    }

    /// @param forecast as it was said  @param outcome what came
    void Add(double forecast, double outcome);

    /// @return outcomes
    uint64_t Count() const
    {
        return m_count;
    }

    /// @return mean absolute error; not a number without outcomes
    double Mae() const
    {
        return m_sum / static_cast<double>(m_count);
    }

    /**
     * @return mean absolute error of those outcomes that have one a season before, by that of the
     *         naive forecast: below 1 is better than naive. Not a number without such outcomes, and
     *         where the naive forecast was never wrong
     */
    double Mase() const;

  private:
    std::vector<double> m_past; ///< last season
    uint64_t m_count{0};        ///< outcomes
    double m_sum{0};            ///< of errors
    double m_sumLater{0};       ///< of errors from the second season on
    double m_sumNaive{0};       ///< of the naive forecast's
};

/**
 * @ingroup sharding
 * @param loss of a predictor, 0 or more
 * @param reference loss of the simplest predictor on the same outcomes
 * @return share of the reference's loss that it saves: 1 for none left, 0 as good, below 0 worse;
 *         not a number where the reference has none
 */
inline double
PredictSkill(double loss, double reference)
{
    return reference > 0 ? 1 - loss / reference : std::numeric_limits<double>::quiet_NaN();
}

} // namespace sharding
} // namespace ns3

#endif // PREDICT_SCORE_H
