// SPDX-License-Identifier: GPL-2.0-only
#ifndef TEST_ANOMALY_DAYS_H
#define TEST_ANOMALY_DAYS_H

#include "anomaly-kind.h"

/// Series that the clock rules: plateaus by day, requests, rides, an office.
inline std::vector<AnomalyKind>
AnomalyDays()
{
    std::vector<AnomalyKind> kinds;

    using Row = AnomalyRow;

    // A plateau from 9 to 18 o'clock; one day it is another.
    const auto plateau =
        [&](const char* name, double clock, std::function<double(const Row&, bool)> level)
    {
        kinds.push_back({name,
                         4032,
                         300,
                         1,
                         [level](AnomalyDraws& draws)
                         {
                             const double noise = draws.Scale(0.5, 8);
                             return [&draws, level, noise](const Row& row)
                             {
                                 const bool up = row.hour >= 9 && row.hour < 18;
                                 return level(row, up) + noise * draws.Uniform();
                             };
                         },
                         0,
                         [clock](const Row& row) { return row.At(clock); }});
    };
    plateau("plateau-higher",
            9,
            [](const Row& r, bool up) { return !up         ? 20
                                               : r.In(108) ? 120
                                                           : 80; });
    plateau("plateau-lower",
            9,
            [](const Row& r, bool up) { return !up         ? 20
                                               : r.In(108) ? 45
                                                           : 80; });
    plateau("plateau-none", 9, [](const Row& r, bool up) { return up && !r.In(108) ? 80 : 20; });
    plateau("plateau-cut", 13, [](const Row& r, bool up) { return up && !r.In(60) ? 80 : 20; });
    plateau("plateau-late",
            9,
            [](const Row& r, bool up) {
                return r.In(168) ? (r.since >= 60 ? 80 : 20) : up ? 80 : 20;
            });
    plateau("plateau-night", 0, [](const Row& r, bool up) { return up || r.In(108) ? 80 : 20; });
    plateau("plateau-flat",
            9,
            [](const Row& r, bool) { return r.In(108) ? 0 : 60 * std::max(-0.3, r.Daily(13.5)); });

    // Requests by day, with free weekends; a dip or a busy hour may come before.
    for (const bool preceded : {false, true})
    {
        for (const bool crowd : {false, true})
        {
            const std::string name = crowd ? "requests-crowd" : "requests-outage";
            kinds.push_back({name + (preceded ? "-preceded" : ""),
                             4032,
                             300,
                             2,
                             [=](AnomalyDraws& draws)
                             {
                                 const double mean = draws.Scale(20, 400);
                                 const double noise = draws.Scale(0.05, 0.3);
                                 const double strength = draws.Scale(0.5, 1.5);
                                 return [=, &draws](const Row& row)
                                 {
                                     double rate =
                                         mean * (row.Free() ? 0.7 : 1) * (1 + 0.6 * row.Daily());
                                     rate *= std::exp(noise * draws.Normal());
                                     if (preceded && row.minor < 8)
                                     {
                                         rate *= crowd ? 1.5 : 0.55;
                                     }
                                     if (row.In(24))
                                     {
                                         rate = crowd ? rate + 2.5 * strength * mean : 0.03 * rate;
                                     }
                                     return draws.Poisson(rate);
                                 };
                             }});
        }
    }
    // Rides in half-hours: two humps a day, other weekends; odd days up and down.
    kinds.push_back({"rides-days",
                     10320,
                     1800,
                     4,
                     [](AnomalyDraws& draws)
                     {
                         const double noise = draws.Scale(0.02, 0.08);
                         return [=, &draws](const Row& row)
                         {
                             const double late = row.Free() ? 2 : 0;
                             double rate = 15000 + 7000 * row.Daily(15 + late) +
                                           3000 * std::cos(4 * M_PI * (row.hour - 9 - late) / 24);
                             rate *= 1 + noise * draws.Normal();
                             return row.In(40) ? rate * (row.which % 2 ? 1.45 : 0.5) : rate;
                         };
                     }});
    // Weeks; a holiday, a worked Saturday, an outage.
    for (const char* kind : {"holiday", "worked", "outage"})
    {
        const bool gaps = kind[0] == 'o';
        kinds.push_back(
            {std::string("week-") + kind,
             8064,
             300,
             1,
             [=](AnomalyDraws& draws)
             {
                 const double noise = draws.Scale(1, 6);
                 return [=, &draws](const Row& row)
                 {
                     bool free = row.Free();
                     free ^= kind[0] != 'o' && row.In(288) && free == (kind[0] == 'w');
                     const double hump = std::max(0.0, row.Daily(12));
                     const double value = 30 + (free ? 15 : 90) * hump;
                     return (row.In(40) && kind[0] == 'o' ? 5 : value) + noise * draws.Normal();
                 };
             },
             gaps ? 0.01 : 0,
             [=](const Row& row)
             { return gaps ? row.At(13) : row.At(5) && row.Free() == (kind[0] == 'w'); }});
    }
    // An office by the hour, with a day and a year; the heating fails, or is left on.
    for (const double change : {-9.0, 8.0})
    {
        kinds.push_back({change < 0 ? "office-cold" : "office-hot",
                         7200,
                         3600,
                         2,
                         [=](AnomalyDraws& draws)
                         {
                             AnomalyNoise noise(0.95, draws.Scale(0.5, 2));
                             return [=, &draws](const Row& row) mutable
                             {
                                 return 70 + 4 * std::sin(2 * M_PI * row.index / 8760) +
                                        1.5 * row.Daily() + noise.Next(draws) +
                                        (row.In(40) ? change : 0);
                             };
                         }});
    }
    return kinds;
}

#endif // TEST_ANOMALY_DAYS_H
