// SPDX-License-Identifier: GPL-2.0-only
#ifndef TEST_ANOMALY_SLOW_H
#define TEST_ANOMALY_SLOW_H

#include "anomaly-kind.h"

/// Series whose level moves: temperatures, walks, drifts, fills, waves.
inline std::vector<AnomalyKind>
AnomalySlow()
{
    std::vector<AnomalyKind> kinds;

    // A machine's temperature: it falls at once, slides, or its sensor sticks; a small fall that
    // recovers may come before.
    for (const char* kind : {"fall", "slide", "stuck", "fall-preceded"})
    {
        const bool preceded = std::string(kind).size() > 6;
        const char what = kind[1];
        const size_t rows = preceded ? 16000 : 8000;
        kinds.push_back({std::string("temperature-") + kind,
                         rows,
                         300,
                         preceded ? 4u : 2u,
                         [=](AnomalyDraws& draws)
                         {
                             AnomalyNoise slow(0.999, draws.Uniform(2, 6));
                             AnomalyNoise fast(0.9, draws.Uniform(0.3, 1.2));
                             const double strength = draws.Scale(0.6, 1.5);
                             double last = 0;
                             return [=, &draws](const AnomalyRow& row) mutable
                             {
                                 double value =
                                     85 + slow.Next(draws) + fast.Next(draws) + 2 * row.Daily();
                                 value -= preceded && row.minor != AnomalyRow::NEVER
                                              ? 9 * std::exp(-(row.minor / 20.0))
                                              : 0;
                                 if (row.In(150))
                                 {
                                     value -= what == 'a'   ? 35 * strength * row.Left(60)
                                              : what == 'l' ? 0.25 * row.since
                                                            : 0;
                                     value = what == 't' ? last : value;
                                 }
                                 last = value;
                                 return value;
                             };
                         }});
    }
    // Noise around a level that wanders and slopes; a burst, a drop, a calm.
    for (const char* kind : {"burst", "drop", "calm"})
    {
        kinds.push_back(
            {std::string("drift-") + kind,
             4032,
             300,
             2,
             [=](AnomalyDraws& draws)
             {
                 const double slope = draws.Uniform(-0.01, 0.03);
                 const double pace = draws.Scale(0.03, 0.3);
                 double level = 120;
                 return [=, &draws](const AnomalyRow& row) mutable
                 {
                     level += slope + pace * draws.Normal();
                     const double noise = (2 + row.index / 2000.0) * draws.Normal();
                     const bool calm = kind[0] == 'c' && row.In(60);
                     const double change = kind[0] == 'b' ? 28 : kind[0] == 'd' ? -28 : 0;
                     return level + (calm ? 0 : noise) + (row.In(20) ? change : 0);
                 };
             }});
    }
    // A walk that jumps; levels that change by a little, then by much; a leak.
    kinds.push_back({"walk-jump",
                     4032,
                     300,
                     1,
                     [](AnomalyDraws& draws)
                     {
                         double walk = 0;
                         return [=, &draws](const AnomalyRow& row) mutable
                         {
                             walk += draws.Normal() + (row.since == 0 ? 25 : 0);
                             return walk;
                         };
                     }});
    kinds.push_back({"regimes-jump",
                     4032,
                     300,
                     1,
                     [](AnomalyDraws& draws)
                     {
                         double level = 30;
                         return [=, &draws](const AnomalyRow& row) mutable
                         {
                             level += draws.Chance(0.003) ? 2.5 * draws.Normal() : 0;
                             return level + draws.Normal() + (row.In(AnomalyRow::NEVER) ? 28 : 0);
                         };
                     }});
    kinds.push_back({"leak-starts",
                     4032,
                     300,
                     1,
                     [](AnomalyDraws& draws)
                     {
                         return [&draws](const AnomalyRow& row) {
                             return 100 + 3 * draws.Normal() +
                                    (row.In(AnomalyRow::NEVER) ? 0.08 * row.since : 0);
                         };
                     }});
    // A disk that fills and is emptied; once, nobody empties it.
    kinds.push_back({"fill-on",
                     4032,
                     300,
                     1,
                     [](AnomalyDraws& draws)
                     {
                         double fill = 0;
                         return [=, &draws](const AnomalyRow& row) mutable
                         {
                             fill += 0.5 + 0.2 * draws.Uniform();
                             fill = fill > 70 && !row.In(130) ? 10 : fill;
                             return fill + 0.3 * draws.Normal();
                         };
                     }});
    // A wave that changes its period, stops, or loses its height.
    for (const char* kind : {"period", "stop", "height"})
    {
        kinds.push_back({std::string("wave-") + kind,
                         4032,
                         300,
                         1,
                         [=](AnomalyDraws& draws)
                         {
                             const double period = std::floor(draws.Uniform(16, 60));
                             const double noise = draws.Scale(0.3, 1.5);
                             double phase = 0;
                             return [=, &draws](const AnomalyRow& row) mutable
                             {
                                 const bool odd = row.In(400);
                                 phase += !odd || kind[0] == 'h' ? 1 : kind[0] == 'p' ? 2.5 : 0;
                                 const double height = odd && kind[0] == 'h' ? 1.5 : 6;
                                 return 10 + height * std::sin(2 * M_PI * phase / period) +
                                        noise * draws.Normal();
                             };
                         }});
    }
    return kinds;
}

#endif // TEST_ANOMALY_SLOW_H
