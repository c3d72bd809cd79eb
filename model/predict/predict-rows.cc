// SPDX-License-Identifier: GPL-2.0-only
#include "predict-rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace ns3
{
namespace sharding
{

namespace
{

const double DAY = 86400;   ///< s
const double HOUR = 3600;   ///< s
const size_t LANES = 4;     ///< stretches that are compared at a time
const size_t PAUSE = 6;     ///< rows after which it is asked whether a comparison is worth going on
const size_t LEEWAY = 1;    ///< rows before and after the same time that count as the same time
const size_t RECENT = 1000; ///< rows by which it is told how often they come

/**
 * Compares several stretches at a time, for sums that do not wait for one another.
 * @param last rows to compare with
 * @param other rows of the first stretch; the others begin one row earlier each
 * @param length of a stretch
 * @param nearest sums of squared differences, the smallest ones yet, in ascending order
 */
template <size_t COUNT>
void
Compare(const double* last, const double* other, size_t length, std::vector<double>& nearest)
{
    std::array<double, COUNT> squares{};
    const double most = nearest.back();
    for (size_t i = 0; i < length; ++i)
    {
        for (size_t k = 0; k < COUNT; ++k)
        {
            const double difference = last[i] - (other + i)[-static_cast<ptrdiff_t>(k)];
            squares[k] += difference * difference;
        }
        if (i % PAUSE == PAUSE - 1 && *std::min_element(squares.begin(), squares.end()) >= most)
        {
            return;
        }
    }
    for (const double sum : squares)
    {
        if (sum < nearest.back())
        {
            nearest.insert(std::upper_bound(nearest.begin(), nearest.end(), sum), sum);
            nearest.pop_back();
        }
    }
}

} // namespace

PredictRows::PredictRows(size_t memory)
    : m_memory(memory)
{
}

void
PredictRows::Add(double time, double value)
{
    m_time.push_back(m_time.empty() ? time : std::max(time, m_time.back()));
    m_value.push_back(value);
    m_first += Count() > m_memory;
    if (m_first == m_memory) // now and then, so that it costs little
    {
        m_time.erase(m_time.begin(), m_time.begin() + m_first);
        m_value.erase(m_value.begin(), m_value.begin() + m_first);
        m_first = 0;
    }
}

size_t
PredictRows::Count() const
{
    return m_value.size() - m_first;
}

double
PredictRows::Lasting(double time) const
{
    const size_t count = std::min(Count(), RECENT);
    const double span = m_time.back() - m_time[m_time.size() - count];
    return span > 0 ? time * (count - 1) / span : 1;
}

double
PredictRows::Value(size_t ago) const
{
    return m_value[m_value.size() - 1 - ago];
}

double
PredictRows::Mean(size_t length, size_t ago) const
{
    return MeanBefore(m_value.size() - ago, length);
}

double
PredictRows::MeanBefore(size_t end, size_t length) const
{
    // Summed anew each time: a running sum would remember an absurd value for ever.
    double sum = 0;
    for (size_t i = end - length; i < end; ++i)
    {
        sum += m_value[i];
    }
    return sum / length;
}

double
PredictRows::Roughness(size_t length) const
{
    double sum = 0;
    for (size_t ago = 0; ago < length; ++ago)
    {
        sum += std::fabs(Value(ago) - Value(ago + 1));
    }
    return sum / length;
}

double
PredictRows::Unlikeness(size_t length, size_t neighbours, size_t reach) const
{
    const size_t count = std::min(Count(), reach);
    if (count < 3 * length + neighbours)
    {
        return 0;
    }
    std::vector<double> nearest(neighbours, std::numeric_limits<double>::infinity());
    const double* last = m_value.data() + m_value.size() - length;
    size_t ago = length;
    for (; ago + length + LANES <= count + 1; ago += LANES)
    {
        Compare<LANES>(last, last - ago, length, nearest);
    }
    for (; ago + length <= count; ++ago)
    {
        Compare<1>(last, last - ago, length, nearest);
    }
    return std::isfinite(nearest.back()) ? std::sqrt(nearest.back() / length) : 0;
}

std::optional<size_t>
PredictRows::At(double time) const
{
    const auto found = std::lower_bound(m_time.begin() + m_first, m_time.end(), time);
    if (found == m_time.end() || *found > time + HOUR)
    {
        return std::nullopt;
    }
    return found - m_time.begin();
}

std::vector<double>
PredictRows::Distances(size_t length, double period, size_t periods) const
{
    std::vector<double> distances;
    const double mean = Mean(length);
    for (size_t ago = 1; ago <= periods; ++ago)
    {
        const auto row = At(m_time.back() - period * ago);
        if (!row || *row < m_first + length + LEEWAY || *row + 1 + LEEWAY >= m_time.size())
        {
            continue;
        }
        double least = std::numeric_limits<double>::infinity();
        for (size_t end = *row + 1 - LEEWAY; end <= *row + 1 + LEEWAY; ++end)
        {
            least = std::min(least, std::fabs(mean - MeanBefore(end, length)));
        }
        distances.push_back(least);
    }
    std::sort(distances.begin(), distances.end());
    return distances;
}

double
PredictRows::DayDistance(size_t length, size_t days) const
{
    const auto distances = Distances(length, DAY, days);
    return distances.size() < 3 ? 0 : distances[distances.size() >= 5 ? 1 : 0];
}

double
PredictRows::WeekDistance(size_t length, size_t weeks) const
{
    const auto distances = Distances(length, 7 * DAY, weeks);
    return distances.size() < 2 ? 0 : distances[0];
}

std::optional<double>
PredictRows::DayMedian(double time, size_t days) const
{
    std::vector<double> values;
    for (size_t day = 1; day <= days; ++day)
    {
        if (const auto row = At(time - DAY * day))
        {
            values.push_back(m_value[*row]);
        }
    }
    if (values.size() < 2)
    {
        return std::nullopt;
    }
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

} // namespace sharding
} // namespace ns3
