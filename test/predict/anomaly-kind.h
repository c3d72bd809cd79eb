// SPDX-License-Identifier: GPL-2.0-only
#ifndef TEST_ANOMALY_KIND_H
#define TEST_ANOMALY_KIND_H

#include "anomaly-draws.h"
#include "nab-score.h"

#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <vector>

/// What a made-up series knows of the row that it is to give a value.
struct AnomalyRow
{
    /// Rows since something that never was.
    static constexpr size_t NEVER = std::numeric_limits<size_t>::max();

    size_t index;        ///< from 0
    double hour;         ///< of the day, from 0 to 24
    size_t day;          ///< from 0; every seventh is of the same kind
    size_t since{NEVER}; ///< rows since the newest anomaly began
    size_t which{0};     ///< number of that anomaly, from 0
    size_t minor{NEVER}; ///< rows since something harmless a while before an anomaly

    /// @param length of the anomaly, rows  @return whether it goes on
    bool In(size_t length) const
    {
        return since < length;
    }

    /// @param memory rows in which it dies away  @return share of the anomaly that is left
    double Left(double memory) const
    {
        return since == NEVER ? 0 : std::exp(-(since / memory));
    }

    /// @param first of the days of a week that are free, of 7  @return whether this day is one
    bool Free(size_t first = 5) const
    {
        return day % 7 >= first;
    }

    /// @param from hour  @return whether it is within the half hour from then on
    bool At(double from) const
    {
        return hour >= from && hour < from + 0.5;
    }

    /// @param peak hour  @return from -1 to 1, the most at this hour
    double Daily(double peak = 15) const
    {
        return std::cos(2 * M_PI * (hour - peak) / 24);
    }
};

using AnomalyValue = std::function<double(const AnomalyRow&)>;
using AnomalyMaker = std::function<AnomalyValue(AnomalyDraws&)>;

/// A kind of made-up series: what is usual, and what happens when it is not.
struct AnomalyKind
{
    std::string name;  ///< family-kind
    size_t rows;       ///< of the series
    double step;       ///< s
    size_t anomalies;  ///< that are put in
    AnomalyMaker make; ///< draws the parameters, then gives each row its value
    double gaps{0};    ///< share of rows behind which some are missing
    std::function<bool(const AnomalyRow&)> begins{}; ///< rows where anomalies may begin; empty: all
};

/**
 * @param kind of series
 * @param seed of all draws
 * @return one such series; its anomalies are well apart, behind the benchmark's probation, and each
 *         in the middle of its window; all windows together are a tenth of the series
 */
inline LabelledSeries
MakeAnomalySeries(const AnomalyKind& kind, uint64_t seed)
{
    AnomalyDraws draws(seed, kind.name);
    LabelledSeries series;
    series.name = kind.name;
    const double midnight = 1396310400;
    double time = midnight + 300 * std::floor(draws.Uniform(0, 288));
    for (size_t i = 0; i < kind.rows; ++i)
    {
        series.time.push_back(time);
        const double missing = draws.Chance(kind.gaps) ? std::floor(4 * draws.Exponential()) : 0;
        time += kind.step * (1 + missing);
    }
    const auto row = [&](size_t i)
    {
        const double seconds = series.time[i] - midnight;
        const double day = std::floor(seconds / 86400);
        return AnomalyRow{i, seconds / 3600 - 24 * day, static_cast<size_t>(day)};
    };
    std::vector<size_t> places;
    std::vector<size_t> minors;
    for (size_t k = 0; k < kind.anomalies; ++k)
    {
        const double share = 0.75 / kind.anomalies;
        // Those that wait for a row where they may begin need room behind.
        const double place = 0.2 + share * (k + draws.Uniform(0.15, kind.begins ? 0.6 : 0.85));
        auto at = static_cast<size_t>(kind.rows * place);
        while (kind.begins && !kind.begins(row(at)))
        {
            ++at;
        }
        const size_t half = kind.rows / 20 / kind.anomalies;
        minors.push_back(at - half - static_cast<size_t>(draws.Uniform(10, 160)));
        series.windows.push_back({at - half, std::min(at + half, kind.rows - 1)});
        places.push_back(at);
    }
    const AnomalyValue value = kind.make(draws);
    for (size_t i = 0; i < kind.rows; ++i)
    {
        AnomalyRow one = row(i);
        for (size_t k = 0; k < places.size(); ++k)
        {
            one.which = i >= places[k] ? k : one.which;
            one.since = i >= places[k] ? i - places[k] : one.since;
            one.minor = i >= minors[k] ? i - minors[k] : one.minor;
        }
        series.value.push_back(value(one));
    }
    return series;
}

#endif // TEST_ANOMALY_KIND_H
