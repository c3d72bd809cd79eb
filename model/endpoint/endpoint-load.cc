// SPDX-License-Identifier: GPL-2.0-only
#include "endpoint-load.h"

#include "ns3/predict-harmonic.h"
#include "ns3/predict-seasonal.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ns3
{
namespace sharding
{

namespace
{

/// Share of the mean error by which a forecast is shifted at most after an outcome.
constexpr double GAIN = 0.1;
/// Weight of a new error in the mean one.
constexpr double SCALE_GAIN = 0.05;

uint32_t
RoundUp(Time time, Time interval)
{
    const int64_t each = interval.GetNanoSeconds();
    return static_cast<uint32_t>(std::max<int64_t>(1, (time.GetNanoSeconds() + each - 1) / each));
}

std::unique_ptr<PredictSeries>
MakeSeries(const EndpointLoadConfig& config, uint32_t steps)
{
    const auto period = static_cast<uint32_t>(
        std::llround(config.period.GetSeconds() / config.interval.GetSeconds()));
    switch (config.kind)
    {
    case ENDPOINT_PREDICT_LAST:
        return std::make_unique<PredictLast>();
    case ENDPOINT_PREDICT_WINDOW:
        return std::make_unique<PredictWindow>();
    case ENDPOINT_PREDICT_HOLT_WINTERS:
        if (period < 2)
        {
            return std::make_unique<PredictHolt>();
        }
        {
            PredictSeasonalSettings settings;
            settings.season = period;
            settings.levelGain = 0.3;
            return std::make_unique<PredictHoltWinters>(settings);
        }
    case ENDPOINT_PREDICT_LEARNED:
        return std::make_unique<PredictHarmonic>(period, steps);
    default:
        return nullptr;
    }
}

} // namespace

EndpointLoad::EndpointLoad(const EndpointLoadConfig& config, Truth truth)
    : m_config(config),
      m_truth(std::move(truth)),
      m_steps(RoundUp(config.lead, config.interval)),
      m_series(MakeSeries(config, m_steps))
{
}

double
EndpointLoad::Ahead(Time now, uint32_t steps) const
{
    if (m_config.kind == ENDPOINT_PREDICT_ORACLE && m_truth)
    {
        return m_truth(now + m_config.interval * static_cast<int64_t>(steps));
    }
    return m_series ? m_series->Ahead(steps) : m_last;
}

void
EndpointLoad::Add(Time now, double demand)
{
    m_last = demand;
    if (m_open.size() >= m_steps)
    {
        const double error = demand - m_open.front();
        m_open.pop_front();
        m_errors += std::abs(error);
        ++m_judged;
        m_scale =
            m_judged == 1 ? std::abs(error) : m_scale + SCALE_GAIN * (std::abs(error) - m_scale);
        const bool isAbove = error > m_shift;
        m_shift += GAIN * m_scale * (isAbove ? m_config.quantile : m_config.quantile - 1);
    }
    if (m_series)
    {
        m_series->Add(demand);
    }
    m_open.push_back(Ahead(now, m_steps));
}

double
EndpointLoad::Peak(Time now) const
{
    // What there is now counts, too: else a trend that goes on for too long would leave nobody.
    double most = m_config.kind == ENDPOINT_PREDICT_ORACLE && m_truth ? m_truth(now) : m_last;
    for (uint32_t step = 1; step <= m_steps; ++step)
    {
        most = std::max(most, Ahead(now, step));
    }
    return std::max(0.0, most + m_shift);
}

} // namespace sharding
} // namespace ns3
