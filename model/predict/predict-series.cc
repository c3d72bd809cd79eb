// SPDX-License-Identifier: GPL-2.0-only
#include "predict-series.h"

#include "predict-autoregression.h"
#include "predict-seasonal.h"

namespace ns3
{
namespace sharding
{

std::unique_ptr<PredictSeries>
PredictSeries::Make(PredictSeriesKind kind)
{
    switch (kind)
    {
    case PREDICT_LAST:
        return std::make_unique<PredictLast>();
    case PREDICT_EWMA:
        return std::make_unique<PredictEwma>();
    case PREDICT_HOLT_WINTERS:
        return std::make_unique<PredictHoltWinters>();
    case PREDICT_AUTOREGRESSION:
        return std::make_unique<PredictAutoregression>();
    case PREDICT_HOLT:
        break;
    }
    return std::make_unique<PredictHolt>();
}

void
PredictLast::Add(double value)
{
    m_last = value;
}

double
PredictLast::Ahead(double) const
{
    return m_last;
}

PredictEwma::PredictEwma(double gain)
    : m_gain(gain)
{
}

void
PredictEwma::Add(double value)
{
    m_mean = m_some ? m_mean + m_gain * (value - m_mean) : value;
    m_some = true;
}

double
PredictEwma::Ahead(double) const
{
    return m_mean;
}

PredictWindow::PredictWindow(uint32_t length)
    : m_length(length)
{
}

void
PredictWindow::Add(double value)
{
    m_values.push_back(value);
    m_sum += value;
    if (m_values.size() > m_length)
    {
        m_values.pop_front();
        // Summed anew, not by difference: rounding does not pile up over a long run.
        m_sum = 0;
        for (const double each : m_values)
        {
            m_sum += each;
        }
    }
}

double
PredictWindow::Ahead(double) const
{
    return m_values.empty() ? 0 : m_sum / static_cast<double>(m_values.size());
}

PredictHolt::PredictHolt(double levelGain, double trendGain)
    : m_levelGain(levelGain),
      m_trendGain(trendGain)
{
}

void
PredictHolt::Add(double value)
{
    if (m_count == 0)
    {
        m_level = value;
    }
    else if (m_count == 1)
    {
        m_trend = value - m_level;
        m_level = value;
    }
    else
    {
        const double before = m_level;
        m_level = m_levelGain * value + (1 - m_levelGain) * (m_level + m_trend);
        m_trend += m_trendGain * (m_level - before - m_trend);
    }
    m_count += m_count < 2;
}

double
PredictHolt::Ahead(double steps) const
{
    return m_level + steps * m_trend;
}

} // namespace sharding
} // namespace ns3
