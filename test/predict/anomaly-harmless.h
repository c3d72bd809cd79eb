// SPDX-License-Identifier: GPL-2.0-only
#ifndef TEST_ANOMALY_HARMLESS_H
#define TEST_ANOMALY_HARMLESS_H

#include "anomaly-kind.h"

/// Series in which there is nothing to find, quiet or not.
inline std::vector<AnomalyKind>
AnomalyHarmless()
{
    using Row = AnomalyRow;
    std::vector<AnomalyKind> kinds;
    const auto add = [&](const std::string& name, AnomalyMaker make) {
        kinds.push_back({"harmless-" + name, 4032, 300, 0, std::move(make)});
    };
    const auto up = [](const Row& row) { return row.hour >= 9 && row.hour < 18; };
    add("constant", [](AnomalyDraws&) { return [](const Row&) { return 45.0; }; });
    add("square", [=](AnomalyDraws&) { return [=](const Row& r) { return up(r) ? 80.0 : 20.0; }; });
    add("even",
        [](AnomalyDraws& draws) { return [&](const Row&) { return 30 + 10 * draws.Uniform(); }; });
    add("plateau",
        [=](AnomalyDraws& draws)
        { return [=, &draws](const Row& r) { return (up(r) ? 80 : 20) + 4 * draws.Uniform(); }; });
    add("lognormal",
        [](AnomalyDraws& draws) { return [&](const Row&) { return std::exp(draws.Normal()); }; });
    add("walk",
        [](AnomalyDraws& draws)
        { return [&draws, walk = 0.0](const Row&) mutable { return walk += draws.Normal(); }; });
    add("jobs",
        [](AnomalyDraws& draws)
        {
            return [&draws, size = 0.0](const Row& row) mutable
            {
                size = row.index % 350 == 0 ? 15 + 12 * draws.Exponential() : size;
                return 8 + draws.Normal() + (row.index % 350 < 5 ? size : 0);
            };
        });
    add("levels",
        [](AnomalyDraws& draws)
        {
            return [&draws, level = 20.0](const Row&) mutable
            {
                level = draws.Chance(0.005) ? draws.Uniform(10, 40) : level;
                return level + draws.Normal();
            };
        });
    add("day",
        [](AnomalyDraws& draws)
        {
            return [&draws, mood = AnomalyNoise(0.98, 0.2)](const Row& row) mutable
            { return draws.Poisson(60 * (1 + 0.6 * row.Daily()) * std::exp(mood.Next(draws))); };
        });
    return kinds;
}

#endif // TEST_ANOMALY_HARMLESS_H
