// SPDX-License-Identifier: GPL-2.0-only
#include "predict-autoregression.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ns3
{
namespace sharding
{

namespace
{

/// Beyond so many times the first variance of the weights nothing more is forgotten.
constexpr double MOST_VARIANCE = 100;

} // namespace

PredictAutoregression::PredictAutoregression(const PredictAutoregressionSettings& settings)
    : m_settings(settings),
      m_weights(settings.order + 1),
      m_past(settings.order + 1),
      m_covariance((settings.order + 1) * (settings.order + 1)),
      m_gain(settings.order + 1)
{
    m_weights[1] = 1;
    m_past[0] = 1;
    for (std::size_t i = 0; i < m_weights.size(); ++i)
    {
        m_covariance[i * m_weights.size() + i] = settings.variance;
    }
}

void
PredictAutoregression::Add(double value)
{
    if (m_scale == 0)
    {
        // Zeros at the beginning say nothing of what is to come; the first other value stands for
        // those before it.
        m_scale = std::fabs(value);
        std::fill(m_past.begin() + 1, m_past.end(), m_scale > 0 ? value / m_scale : 0.0);
        return;
    }
    const double scaled = value / m_scale;
    Learn(scaled - Say(m_past));
    std::copy_backward(m_past.begin() + 1, m_past.end() - 1, m_past.end());
    m_past[1] = scaled;
}

double
PredictAutoregression::Ahead(double steps) const
{
    std::vector<double> past = m_past;
    double said = past[1];
    for (auto left = std::llround(steps); left > 0; --left)
    {
        said = Say(past);
        std::copy_backward(past.begin() + 1, past.end() - 1, past.end());
        past[1] = said;
    }
    return said * m_scale;
}

double
PredictAutoregression::Say(const std::vector<double>& past) const
{
    return std::inner_product(past.begin(), past.end(), m_weights.begin(), 0.0);
}

void
PredictAutoregression::Learn(double error)
{
    const std::size_t size = m_weights.size();
    double power = 0;
    double trace = 0;
    for (std::size_t i = 0; i < size; ++i)
    {
        const double* row = &m_covariance[i * size];
        m_gain[i] = std::inner_product(m_past.begin(), m_past.end(), row, 0.0);
        power += m_gain[i] * m_past[i];
        trace += row[i];
    }
    const bool isWide = trace > MOST_VARIANCE * m_settings.variance * static_cast<double>(size);
    const double forget = isWide ? 1 : m_settings.forget;
    const double share = 1 / (forget + power);
    for (std::size_t i = 0; i < size; ++i)
    {
        m_weights[i] += m_gain[i] * share * error;
        for (std::size_t j = 0; j <= i; ++j)
        {
            // Symmetric by construction: rounding must not make it otherwise.
            const double entry =
                (m_covariance[i * size + j] - m_gain[i] * m_gain[j] * share) / forget;
            m_covariance[i * size + j] = entry;
            m_covariance[j * size + i] = entry;
        }
    }
}

} // namespace sharding
} // namespace ns3
