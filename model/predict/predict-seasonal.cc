// SPDX-License-Identifier: GPL-2.0-only
#include "predict-seasonal.h"

#include <cmath>
#include <numeric>

namespace ns3
{
namespace sharding
{

PredictHoltWinters::PredictHoltWinters(const PredictSeasonalSettings& settings)
    : m_settings(settings),
      m_season(settings.season)
{
}

void
PredictHoltWinters::Add(double value)
{
    double& seasonal = m_season[m_place];
    m_place = m_place + 1 < m_settings.season ? m_place + 1 : 0;
    if (m_begun)
    {
        const double before = m_level;
        m_level = m_settings.levelGain * (value - seasonal) +
                  (1 - m_settings.levelGain) * (m_level + m_trend);
        m_trend += m_settings.trendGain * (m_level - before - m_trend);
        seasonal += m_settings.seasonalGain * (value - m_level - seasonal);
        return;
    }
    m_first.Add(value);
    seasonal = value;
    if (m_place == 0)
    {
        m_level = std::accumulate(m_season.begin(), m_season.end(), 0.0) / m_settings.season;
        for (double& distance : m_season)
        {
            distance -= m_level;
        }
        m_begun = true;
    }
}

double
PredictHoltWinters::Ahead(double steps) const
{
    if (!m_begun)
    {
        return m_first.Ahead(steps);
    }
    // m_place is one step ahead.
    const auto whole = static_cast<int64_t>(std::llround(steps)) - 1 + m_settings.season;
    return m_level + steps * m_trend + m_season[(m_place + whole) % m_settings.season];
}

} // namespace sharding
} // namespace ns3
