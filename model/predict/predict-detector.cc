// SPDX-License-Identifier: GPL-2.0-only
#include "predict-detector.h"

#include "predict-anomaly.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace ns3
{
namespace sharding
{

namespace
{

const double ABSURD = 1e100;               ///< scaled; squares of larger differences are not finite
const size_t ROWS = 16384;                 ///< that are looked back on for other days
const double STUCK = 0.01;                 ///< of the usual roughness: less is as smooth as can be
const double WEIGHTS[] = {1, 1, 0.7, 0.3}; ///< of the most surprising views, 3 together
const double QUIET = 0.01;                 ///< of a surprise that is still scored within an event

} // namespace

PredictDetector::PredictDetector(const PredictDetectorSetting& setting)
    : m_setting(setting),
      m_rows(ROWS),
      m_values(setting.memory),
      m_roughness(setting.memory),
      m_tails(SIZES, PredictTail(setting.memory, setting.tail, setting.lightest))
{
}

double
PredictDetector::Scaled(double value)
{
    if (m_seen == 0)
    {
        m_zero = value;
    }
    if (m_unit == 0 && value != m_zero)
    {
        // A power of two, by which values are divided without rounding. What came before was 0.
        m_unit = std::ldexp(1.0, std::ilogb(std::clamp(value - m_zero, -1e307, 1e307)));
    }
    const double scaled = m_unit == 0 ? 0 : (value - m_zero) / m_unit;
    return std::clamp(scaled, -ABSURD, ABSURD);
}

PredictVerdict
PredictDetector::Add(double time, double value)
{
    const auto forecasts = Forecasts(time);
    const size_t best = std::min_element(m_errors.begin(), m_errors.end()) - m_errors.begin();
    PredictVerdict verdict;
    verdict.forecast = m_zero + m_unit * forecasts[best];
    if (!std::isfinite(value))
    {
        return verdict;
    }
    const double scaled = Scaled(value);
    verdict.forecast = m_seen == 0 ? value : verdict.forecast;
    m_mean = m_seen == 0 ? scaled : m_mean + m_setting.gain * (scaled - m_mean);
    for (size_t i = 0; i < FORECASTERS && m_seen > 0; ++i)
    {
        m_errors[i] += m_setting.fading * (std::fabs(scaled - forecasts[i]) - m_errors[i]);
    }
    ++m_seen;
    m_rows.Add(time, scaled);
    m_values.Add(scaled);

    const auto sizes = Measure(scaled - forecasts[best]);
    if (m_rows.Count() > m_setting.longWindow)
    {
        m_roughness.Add(m_rows.Roughness(m_setting.longWindow));
    }
    std::array<double, SIZES> surprises{};
    for (size_t i = 0; i < SIZES; ++i)
    {
        surprises[i] = m_tails[i].Surprise(sizes[i]);
        m_tails[i].Add(sizes[i]);
    }
    if (m_seen >= m_setting.warmUp)
    {
        verdict.score = PredictAnomalyScore(std::pow(10, -Announce(Combine(surprises))));
    }
    return verdict;
}

std::array<double, PredictDetector::FORECASTERS>
PredictDetector::Forecasts(double time) const
{
    std::array<double, FORECASTERS> forecasts{};
    if (m_seen > 0)
    {
        forecasts[WEIGHTED_MEAN] = m_mean;
        forecasts[LAST_VALUE] = m_rows.Value();
        forecasts[OTHER_DAYS] = m_rows.DayMedian(time, m_setting.days).value_or(m_mean);
    }
    return forecasts;
}

std::array<double, PredictDetector::SIZES>
PredictDetector::Measure(double error) const
{
    std::array<double, SIZES> sizes{};
    const double middle = m_values.Median();
    const size_t count = m_rows.Count();
    const auto window = [&](size_t length, Size over, Size under, Size step)
    {
        if (count >= length)
        {
            sizes[over] = std::max(0.0, m_rows.Mean(length) - middle);
            sizes[under] = std::max(0.0, middle - m_rows.Mean(length));
        }
        if (count >= 2 * length)
        {
            sizes[step] = std::fabs(m_rows.Mean(length) - m_rows.Mean(length, length));
        }
    };
    window(1, OVER, UNDER, STEP);
    window(m_setting.shortWindow, SHORT_OVER, SHORT_UNDER, SHORT_STEP);
    window(m_setting.longWindow, LONG_OVER, LONG_UNDER, LONG_STEP);
    sizes[ERROR] = std::fabs(error);
    if (count > m_setting.longWindow)
    {
        sizes[ROUGH] = m_rows.Roughness(m_setting.longWindow);
        // A series that usually stands still is not anomalous when it does.
        const double least = STUCK * m_roughness.Median();
        sizes[SMOOTH] = sizes[ROUGH] + least > 0 ? 1 / (sizes[ROUGH] + least) : 0;
    }
    sizes[SHAPE] = m_rows.Unlikeness(m_setting.shape, m_setting.neighbours, m_setting.memory);
    if (count >= m_setting.longWindow)
    {
        sizes[DAY_SHORT] = m_rows.DayDistance(m_setting.dayWindow, m_setting.days);
        sizes[DAY_LONG] = m_rows.DayDistance(m_setting.longWindow, m_setting.days);
    }
    return sizes;
}

double
PredictDetector::Combine(const std::array<double, SIZES>& s) const
{
    std::array<double, 6> views{
        (std::max(s[OVER], s[UNDER]) + s[STEP] + s[ERROR]) / 3,
        (std::max(s[SHORT_OVER], s[SHORT_UNDER]) + s[SHORT_STEP]) / 2,
        (std::max(s[LONG_OVER], s[LONG_UNDER]) + s[LONG_STEP]) / 2,
        std::max(s[ROUGH], s[SMOOTH]),
        s[SHAPE],
        (s[DAY_SHORT] + s[DAY_LONG]) / 2,
    };
    std::sort(views.begin(), views.end(), std::greater<>());
    double sum = 0;
    for (size_t i = 0; i < std::size(WEIGHTS); ++i)
    {
        sum += WEIGHTS[i] / 3 * views[i];
    }
    return std::max(sum, m_setting.single * views.front());
}

double
PredictDetector::Announce(double surprise)
{
    // No limit begins an event: whichever threshold is put to the scores, an event is over it once
    // and, for as long as it is known, again only with what is worse.
    m_known = ++m_since > m_setting.event ? 0 : m_known;
    if (surprise <= m_known + m_setting.worse)
    {
        return QUIET * surprise;
    }
    m_known = surprise;
    m_since = 0;
    return surprise;
}

} // namespace sharding
} // namespace ns3
