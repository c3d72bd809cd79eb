// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_AUTOREGRESSION_H
#define PREDICT_AUTOREGRESSION_H

#include "predict-series.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Of a PredictAutoregression.
struct PredictAutoregressionSettings
{
    uint32_t order{8};    ///< values that the next one is a sum of, at least 1
    double forget{0.998}; ///< weight of the squares at the next value, in (0, 1]
    double variance{10};  ///< of the weights at first; the larger, the faster it leaves them
};

/**
 * @ingroup sharding
 * The next value as a weighted sum of the last ones and a constant, weights by recursive least
 * squares with forgetting (L. Ljung, System Identification, 2nd edition, section 11.2). It begins
 * as PredictLast does. Further ahead, forecasts are taken for values. While nothing new is to be
 * learnt (a constant series), nothing is forgotten, so that the weights do not drift.
 */
class PredictAutoregression : public PredictSeries
{
  public:
    /// @param settings order and forgetting
    explicit PredictAutoregression(const PredictAutoregressionSettings& settings = {});

    void Add(double value) override;
    double Ahead(double steps) const override;

    /// @return weights: of the constant (in units of Scale()), and of the last values, newest first
    const std::vector<double>& Weights() const
    {
        return m_weights;
    }

    /// @return what stands for 1 in the sum: the first value that was not 0
    double Scale() const
    {
        return m_scale;
    }

  private:
    double Say(const std::vector<double>& past) const;
    void Learn(double error);

    PredictAutoregressionSettings m_settings; ///< order and forgetting
    std::vector<double> m_weights;            ///< constant, newest value first
    std::vector<double> m_past;               ///< 1, last values by m_scale, newest first
    std::vector<double> m_covariance;         ///< of the weights, row by row
    std::vector<double> m_gain;               ///< of an error
    double m_scale{0};                        ///< 0 until a value was not 0
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_AUTOREGRESSION_H
