// SPDX-License-Identifier: GPL-2.0-only
#include "predict-anomaly.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

namespace
{

/// Errors before anything is said of the next one.
const double WARM_UP = 30;

/// @param deviations from the mean  @return probability that a Gaussian value is at least so far
double
TwoSidedTail(double deviations)
{
    return std::erfc(std::fabs(deviations) / std::sqrt(2.0));
}

} // namespace

double
PredictAnomalyScore(double probability)
{
    return probability > 0 ? std::clamp(-std::log10(probability) / 10, 0.0, 1.0) : 1.0;
}

PredictErrorScale::PredictErrorScale(double memory)
    : m_memory(memory)
{
}

PredictErrorScale
PredictErrorScale::Known(double deviation)
{
    PredictErrorScale scale(0);
    scale.m_variance = deviation * deviation;
    return scale;
}

double
PredictErrorScale::Standardise(double error) const
{
    if (m_memory > 0 && m_count < WARM_UP)
    {
        return 0;
    }
    const double distance = error - m_mean;
    const double deviation = std::sqrt(m_variance);
    // What never varied and now does is as far away as can be said.
    return deviation > 0 ? distance / deviation : distance == 0 ? 0 : std::copysign(40, distance);
}

void
PredictErrorScale::Add(double error)
{
    if (m_memory == 0)
    {
        return;
    }
    if (m_count >= WARM_UP && m_variance > 0)
    {
        const double most = 3 * std::sqrt(m_variance);
        error = std::clamp(error, m_mean - most, m_mean + most);
    }
    m_count = std::min(m_count + 1, m_memory);
    const double distance = error - m_mean;
    m_mean += distance / m_count;
    m_variance += (distance * (error - m_mean) - m_variance) / m_count;
}

double
PredictAnomaly::Add(double forecast, double value)
{
    const double error = value - forecast;
    // Squares of anything larger are not finite.
    return std::fabs(error) < 1e150 ? Judge(error) : std::isfinite(error) ? 1.0 : 0.0;
}

std::unique_ptr<PredictAnomaly>
PredictAnomaly::Make(PredictAnomalyKind kind)
{
    switch (kind)
    {
    case PREDICT_ANOMALY_GAUSSIAN:
        return std::make_unique<PredictAnomalyGaussian>();
    case PREDICT_ANOMALY_EWMA:
        return std::make_unique<PredictAnomalyEwma>();
    case PREDICT_ANOMALY_CUSUM:
        break;
    }
    return std::make_unique<PredictAnomalyCusum>();
}

PredictAnomalyGaussian::PredictAnomalyGaussian(size_t window)
    : m_window(std::max<size_t>(window, 2))
{
}

double
PredictAnomalyGaussian::Judge(double error)
{
    double score = 0;
    if (m_last.size() >= std::min<size_t>(WARM_UP, m_window))
    {
        double mean = 0;
        for (double other : m_last)
        {
            mean += other / m_last.size();
        }
        double squares = 0;
        for (double other : m_last)
        {
            squares += (other - mean) * (other - mean);
        }
        const double deviation = std::sqrt(squares / (m_last.size() - 1));
        score = deviation > 0   ? PredictAnomalyScore(TwoSidedTail((error - mean) / deviation))
                : error == mean ? 0.0
                                : 1.0;
    }
    m_last.push_back(error);
    if (m_last.size() > m_window)
    {
        m_last.pop_front();
    }
    return score;
}

PredictAnomalyEwma::PredictAnomalyEwma(double gain, PredictErrorScale scale)
    : m_gain(gain),
      m_scale(scale)
{
}

double
PredictAnomalyEwma::Statistic() const
{
    const double variance = m_gain / (2 - m_gain) * (1 - m_forgotten);
    return variance > 0 ? m_mean / std::sqrt(variance) : 0;
}

double
PredictAnomalyEwma::Judge(double error)
{
    m_mean += m_gain * (m_scale.Standardise(error) - m_mean);
    m_forgotten *= (1 - m_gain) * (1 - m_gain);
    m_scale.Add(error);
    return PredictAnomalyScore(TwoSidedTail(Statistic()));
}

PredictAnomalyCusum::PredictAnomalyCusum(double allowance, PredictErrorScale scale)
    : m_allowance(allowance),
      m_scale(scale)
{
}

double
PredictAnomalyCusum::Statistic() const
{
    return std::max(m_up, m_down);
}

double
PredictAnomalyCusum::Judge(double error)
{
    const double deviations = m_scale.Standardise(error);
    m_up = std::max(0.0, m_up + deviations - m_allowance);
    m_down = std::max(0.0, m_down - deviations - m_allowance);
    m_scale.Add(error);
    // In the long run a sum of Gaussian errors is over s with a probability under exp(-2 k s):
    // Lundberg's inequality for a random walk with drift -k and unit variance, reflected at 0.
    return PredictAnomalyScore(std::exp(-2 * m_allowance * Statistic()));
}

} // namespace sharding
} // namespace ns3
