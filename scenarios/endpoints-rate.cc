// SPDX-License-Identifier: GPL-2.0-only
#include "endpoints-rate.h"

#include "analysis/errors.h"
#include "series-reader.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace shardsim
{

namespace
{

double
Seconds(const Values& values, const char* key)
{
    return static_cast<double>(values.GetTimeNs(key)) / 1e9;
}

} // namespace

EndpointsRate::EndpointsRate(const Values& values)
    : m_kind(values.GetText("clients.arrivals")),
      m_period(Seconds(values, "clients.period")),
      m_swing(values.GetReal("clients.swing")),
      m_crowdFrom(Seconds(values, "clients.crowd_from")),
      m_crowdTime(Seconds(values, "clients.crowd_time")),
      m_crowdFactor(values.GetReal("clients.crowd_factor"))
{
    if (m_kind == "trace")
    {
        ReadTrace(values);
    }
}

void
EndpointsRate::ReadTrace(const Values& values)
{
    const std::string file = values.GetText("clients.trace");
    SeriesReader reader(file);
    double first = 0;
    double last = 0;
    double sum = 0;
    while (const std::optional<SeriesRow> row = reader.Next())
    {
        if (m_trace.empty())
        {
            first = row->time;
        }
        else if (!(row->time > last))
        {
            throw RequestError(file + ": " + row->timestamp +
                               " is not later than the row before; allowed: rows by time");
        }
        last = row->time;
        // What is missing is as it was.
        const double held = m_trace.empty() ? 0 : m_trace.back();
        const double value = std::isnan(row->value) ? held : row->value;
        if (value < 0)
        {
            throw RequestError(file + ": " + row->timestamp + ": value " + row->text +
                               " is given; allowed: a rate of 0 or more");
        }
        m_trace.push_back(value);
        sum += value;
    }
    if (!(sum > 0))
    {
        throw RequestError(file + ": no value above 0 in it");
    }
    const auto count = static_cast<double>(m_trace.size());
    if (!values.Has("clients.trace_step") && m_trace.size() < 2)
    {
        throw RequestError(file +
                           ": one row does not say how long it lasts; allowed: more rows, or "
                           "clients.trace_step");
    }
    m_step = values.Has("clients.trace_step") ? Seconds(values, "clients.trace_step")
                                              : (last - first) / (count - 1);
    double upTo = 0;
    for (double& value : m_trace)
    {
        value *= count / sum;
        m_upTo.push_back(upTo += value);
    }
}

double
EndpointsRate::Factor(double seconds) const
{
    if (m_kind == "diurnal")
    {
        return 1 + m_swing * std::sin(2 * M_PI * seconds / m_period);
    }
    if (m_kind == "flash-crowd")
    {
        const bool isCrowd = seconds >= m_crowdFrom && seconds < m_crowdFrom + m_crowdTime;
        return isCrowd ? m_crowdFactor : 1;
    }
    if (m_kind == "trace")
    {
        const double rows = std::fmod(seconds / m_step, static_cast<double>(m_trace.size()));
        return m_trace[std::min(static_cast<std::size_t>(rows), m_trace.size() - 1)];
    }
    return 1;
}

double
EndpointsRate::WhenOfTrace(double expected) const
{
    // In steps: a round of the trace takes as many as it has rows, since their mean is 1.
    const double rounds = std::floor(expected / m_step / m_upTo.back());
    const double rest = expected / m_step - rounds * m_upTo.back();
    // The first row that goes beyond it, so that none falls into a row whose rate is 0.
    const auto found = std::upper_bound(m_upTo.begin(), std::prev(m_upTo.end()), rest);
    const auto row = static_cast<std::size_t>(found - m_upTo.begin());
    const double before = row == 0 ? 0 : m_upTo[row - 1];
    const double inRow = m_trace[row] > 0 ? std::min(1.0, (rest - before) / m_trace[row]) : 0;
    return m_step *
           (rounds * static_cast<double>(m_trace.size()) + static_cast<double>(row) + inRow);
}

double
EndpointsRate::WhenExpected(double expected) const
{
    if (m_kind == "trace")
    {
        return WhenOfTrace(expected);
    }
    if (m_kind == "flash-crowd" && expected > m_crowdFrom)
    {
        const double inCrowd = (expected - m_crowdFrom) / m_crowdFactor;
        return inCrowd < m_crowdTime ? m_crowdFrom + inCrowd
                                     : expected - (m_crowdFactor - 1) * m_crowdTime;
    }
    if (m_kind == "diurnal")
    {
        // t + c (1 - cos(2 pi t / period)) = expected, which never falls with t.
        const double angular = 2 * M_PI / m_period;
        const double c = m_swing / angular;
        double low = expected - 2 * c;
        double high = expected;
        while (high - low > 1e-10)
        {
            const double middle = (low + high) / 2;
            if (middle <= low || middle >= high)
            {
                break; // as near as numbers are
            }
            (middle + c * (1 - std::cos(angular * middle)) < expected ? low : high) = middle;
        }
        return std::max(0.0, high);
    }
    return expected;
}

} // namespace shardsim
