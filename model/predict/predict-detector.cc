// SPDX-License-Identifier: GPL-2.0-only
#include "predict-detector.h"

#include "predict-anomaly.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

namespace ns3
{
namespace sharding
{

namespace
{

const double ABSURD = 1e100; ///< scaled; squares of larger differences are not finite
const double FARTHEST = 10;  ///< times as far as any value before: more counts as that
const size_t FEW = 32;       ///< rows that do not say yet how far values go
const size_t ROWS = 16384;   ///< that are looked back on for other days
const double HOURLY = 60;    ///< rows at most that are taken for an hour
const double LONGER = 4;     ///< hours that are compared with other days, too
const double STUCK = 0.01;   ///< of the usual roughness: less is as smooth as can be
const size_t AGREEING = 3;   ///< of the most surprising views that are averaged
const double QUIET = 0.01;   ///< of a surprise that is still scored within an event

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
    const double middle = m_values.Median();
    const double reach = std::max(m_values.Largest() - middle, middle - m_values.Least());
    // One absurd value would make all that is surprising look usual for as long as it is known.
    const double most = m_seen >= FEW && reach > 0 ? std::min(ABSURD, FARTHEST * reach) : ABSURD;
    return std::clamp(scaled, middle - most, middle + most);
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
        if (!std::isnan(sizes[i]))
        {
            surprises[i] = m_tails[i].Surprise(sizes[i]);
            m_tails[i].Add(sizes[i]);
        }
    }
    m_dated += m_dated > 0 || surprises[DAY_SHORT] > 0;
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
    // Where there are too few rows for a size, it is not 0: its first one would surprise.
    for (const Size size : {SHORT_OVER,
                            SHORT_UNDER,
                            SHORT_STEP,
                            LONG_OVER,
                            LONG_UNDER,
                            LONG_STEP,
                            SLOW_OVER,
                            SLOW_UNDER,
                            SLOW_STEP,
                            STEP,
                            ROUGH,
                            SMOOTH})
    {
        sizes[size] = std::numeric_limits<double>::quiet_NaN();
    }
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
    window(m_setting.slowWindow, SLOW_OVER, SLOW_UNDER, SLOW_STEP);
    sizes[ERROR] = std::fabs(error);
    if (count > m_setting.longWindow)
    {
        sizes[ROUGH] = m_rows.Roughness(m_setting.longWindow);
        // A series that usually stands still is not anomalous when it does.
        const double least = STUCK * m_roughness.Median();
        sizes[SMOOTH] = sizes[ROUGH] + least > 0 ? 1 / (sizes[ROUGH] + least) : 0;
    }
    sizes[SHAPE] = m_rows.Unlikeness(m_setting.shape, m_setting.neighbours, m_setting.memory);
    // Half a day of hourly rows would be like no other time of the day: these windows are in hours.
    const double hour = m_rows.Lasting(m_setting.hour);
    const size_t brief = std::round(std::clamp(hour, 1.0, HOURLY));
    const size_t longer = std::round(std::clamp(LONGER * hour, LONGER, LONGER * HOURLY));
    if (count >= longer)
    {
        sizes[DAY_SHORT] = m_rows.DayDistance(brief, m_setting.days);
        sizes[DAY_LONG] = m_rows.DayDistance(longer, m_setting.days);
        sizes[WEEK_SHORT] = m_rows.WeekDistance(brief, m_setting.weeks);
        sizes[WEEK_LONG] = m_rows.WeekDistance(longer, m_setting.weeks);
    }
    return sizes;
}

double
PredictDetector::Combine(const std::array<double, SIZES>& s) const
{
    // Few days are little to compare with: their first odd one is often harmless.
    const double dated = m_dated > 0 ? m_dated / (m_dated + m_rows.Lasting(m_setting.young)) : 0;
    std::array<double, 8> views{
        (std::max(s[OVER], s[UNDER]) + s[STEP] + s[ERROR]) / 3,
        (std::max(s[SHORT_OVER], s[SHORT_UNDER]) + s[SHORT_STEP]) / 2,
        (std::max(s[LONG_OVER], s[LONG_UNDER]) + s[LONG_STEP]) / 2,
        (std::max(s[SLOW_OVER], s[SLOW_UNDER]) + s[SLOW_STEP]) / 2,
        std::max(s[ROUGH], s[SMOOTH]),
        s[SHAPE],
        dated * (s[DAY_SHORT] + s[DAY_LONG]) / 2,
        dated * (s[WEEK_SHORT] + s[WEEK_LONG]) / 2,
    };
    std::sort(views.begin(), views.end(), std::greater<>());
    const double mean = std::accumulate(views.begin(), views.begin() + AGREEING, 0.0) / AGREEING;
    return std::max(mean, m_setting.single * views.front());
}

double
PredictDetector::Announce(double surprise)
{
    // No limit begins an event: whichever threshold is put to the scores, an event is over it once
    // and, for as long as it is known, again only with what is worse.
    // What is an event is told by what was seen: in a short series a hundred rows are an age.
    const double event = std::min<double>(m_setting.event, m_setting.eventShare * m_seen);
    m_known = ++m_since > event ? 0 : m_known;
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
