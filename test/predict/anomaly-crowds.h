// SPDX-License-Identifier: GPL-2.0-only
#ifndef TEST_ANOMALY_CROWDS_H
#define TEST_ANOMALY_CROWDS_H

#include "anomaly-kind.h"

/// What many people do: mentions, prices of advertisements, roads, keys that are pressed.
inline std::vector<AnomalyKind>
AnomalyCrowds()
{
    std::vector<AnomalyKind> kinds;

    // Mentions in 5 minutes: counts by day and mood, whose bursts have heavy tails; the largest
    // are news.
    for (const char* kind : {"rare", "few", "some", "many"})
    {
        kinds.push_back({std::string("mentions-") + kind,
                         15900,
                         300,
                         4,
                         [=](AnomalyDraws& draws)
                         {
                             const double mean = kind[0] == 'r'   ? 0.7
                                                 : kind[0] == 'f' ? 4
                                                 : kind[0] == 's' ? 25
                                                                  : 120;
                             const double tail = draws.Uniform(1.5, 3);
                             const double bursts = draws.Scale(0.002, 0.015);
                             const double news = draws.Scale(6, 25);
                             AnomalyNoise mood(0.995, draws.Uniform(0.05, 0.3));
                             double echo = 0;
                             return [=, &draws](const AnomalyRow& row) mutable
                             {
                                 echo *= 0.8;
                                 echo += draws.Chance(bursts) ? 0.4 * draws.Pareto(tail) : 0;
                                 echo = std::min(echo, 9.0);
                                 const double now = echo + (row.In(80) ? news * row.Left(12) : 0);
                                 const double rate =
                                     mean * (1 + 0.6 * row.Daily()) * std::exp(mood.Next(draws));
                                 return draws.Poisson(rate * (1 + now));
                             };
                         }});
    }
    // Prices by the hour: of a click, with a day; of a thousand views, with spikes of any size.
    for (const char* kind : {"spike", "high", "thousand", "flat"})
    {
        kinds.push_back({std::string("prices-") + kind,
                         1600,
                         3600,
                         kind[0] == 't' ? 3u : 1u,
                         [=](AnomalyDraws& draws)
                         {
                             AnomalyNoise noise(draws.Uniform(0.2, 0.8), draws.Uniform(0.1, 0.35));
                             const double daily = draws.Uniform(0.05, 0.5);
                             const double spikes = draws.Scale(0.004, 0.03);
                             return [=, &draws](const AnomalyRow& row) mutable
                             {
                                 double value =
                                     0.1 * std::exp(noise.Next(draws)) * (1 + daily * row.Daily());
                                 value *= draws.Chance(spikes) ? 1 + draws.Pareto(2.5) : 1;
                                 switch (kind[0])
                                 {
                                 case 's':
                                     return row.In(3) ? value + 0.8 : value;
                                 case 'h':
                                     return row.In(36) ? 3 * value : value;
                                 case 't':
                                     return row.In(2) ? value + 1.5 : value;
                                 default:
                                     return row.In(24) ? 0.1 + 0.002 * draws.Normal() : value;
                                 }
                             };
                         }});
    }
    // A road, with rows at odd times and rush hours: it is blocked, or the sensor is silent.
    for (const char* kind : {"occupancy", "speed", "silent", "travel"})
    {
        const size_t rows = kind[0] == 's' && kind[1] == 'p' ? 1130 : 2400;
        kinds.push_back(
            {std::string("road-") + kind,
             rows,
             300,
             kind[0] == 'o' ? 1u : 2u,
             [=](AnomalyDraws& draws)
             {
                 const double rush = draws.Uniform(0.1, 1);
                 const double jams = draws.Scale(0.002, 0.01);
                 AnomalyNoise noise(0.5, 1);
                 double jam = 0;
                 return [=, &draws](const AnomalyRow& row) mutable
                 {
                     const double busy = rush * (std::exp(-std::pow(row.hour - 8, 2)) +
                                                 std::exp(-std::pow(row.hour - 17.5, 2)));
                     jam = 0.7 * jam +
                           (draws.Chance(jams) ? std::min(1.0, 0.3 * draws.Exponential()) : 0);
                     const double is = noise.Next(draws);
                     switch (kind[0])
                     {
                     case 'o':
                         return (4 + 10 * busy + 10 * jam) * std::exp(0.35 * is) +
                                (row.In(10) ? 28 : 0);
                     case 't':
                         return (100 + 150 * busy) * std::exp(0.25 * is + 1.5 * jam) +
                                (row.In(8) ? 1800 : 0);
                     default:
                         const double speed = 68 - 15 * busy - 25 * jam + 3 * is;
                         return std::max(0.0,
                                         !row.In(12)      ? speed
                                         : kind[1] == 'p' ? 12 + 4 * is
                                                          : 0);
                     }
                 };
             },
             0.2});
    }
    // Keys: people write and pause; somebody else holds keys for longer, or does it at night.
    for (const char* kind : {"longer", "night"})
    {
        kinds.push_back({std::string("keys-") + kind,
                         3000,
                         300,
                         2,
                         [=](AnomalyDraws& draws)
                         {
                             const double usual = draws.Scale(0.06, 0.12);
                             const double slips = draws.Scale(0.003, 0.02);
                             bool busy = false;
                             return [=, &draws](const AnomalyRow& row) mutable
                             {
                                 const bool awake = row.hour >= 8 && row.hour < 23;
                                 busy = draws.Chance(busy ? 0.03 : 0.02) ? !busy : busy;
                                 const bool other = row.In(40);
                                 if (!(busy && awake) && !other)
                                 {
                                     return 0.0;
                                 }
                                 const double slip =
                                     draws.Chance(slips) ? usual * draws.Pareto(2) : 0;
                                 return usual * (1 + 0.06 * draws.Normal()) *
                                            (other && kind[0] == 'l' ? 2.5 : 1) +
                                        slip;
                             };
                         },
                         0.0,
                         kind[0] == 'n' ? [](const AnomalyRow& row) { return row.At(3); }
                                        : std::function<bool(const AnomalyRow&)>()});
    }
    return kinds;
}

#endif // TEST_ANOMALY_CROWDS_H
