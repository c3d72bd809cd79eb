// SPDX-License-Identifier: GPL-2.0-only
#ifndef TEST_ANOMALY_MACHINES_H
#define TEST_ANOMALY_MACHINES_H

#include "anomaly-kind.h"

/// Loads of processors, disks and networks of machines in 5-minute rows, over two weeks.
inline std::vector<AnomalyKind>
AnomalyMachines()
{
    std::vector<AnomalyKind> kinds;
    const auto add = [&](const std::string& name, size_t anomalies, AnomalyMaker make) {
        kinds.push_back({name, 4032, 300, anomalies, std::move(make)});
    };

    // A processor: noise that remembers, spikes now and then. The first letter says what happens.
    for (const char* kind : {"shift", "fall", "burst", "stall", "noisy", "calm"})
    {
        for (const bool preceded : {false, true})
        {
            const char what = kind[0] == 's' ? kind[1] : kind[0];
            add(std::string("load-") + kind + (preceded ? "-preceded" : ""),
                what == 'b' ? 2 : 1,
                [=](AnomalyDraws& draws)
                {
                    AnomalyNoise noise(draws.Uniform(0, 0.8), 1);
                    const double base = draws.Scale(20, 60);
                    const double spikes = preceded ? 0 : draws.Scale(0.001, 0.02);
                    const double strength = draws.Scale(0.6, 2);
                    return [=, &draws](const AnomalyRow& row) mutable
                    {
                        const double is = noise.Next(draws);
                        double value = base + is;
                        value += draws.Chance(spikes) ? 4 + 5 * draws.Exponential() : 0;
                        value += preceded && row.minor < 2 ? 8 + 10 * strength : 0;
                        switch (what)
                        {
                        case 'h': // for good
                            return value + (row.In(AnomalyRow::NEVER) ? 7 * strength : 0);
                        case 'f':
                            return value - (row.In(AnomalyRow::NEVER) ? 7 * strength : 0);
                        case 'b':
                            return value + (row.In(15) ? 16 * strength : 0);
                        case 't':
                            return row.In(100) ? 0.02 * draws.Uniform() : value;
                        case 'n':
                            return row.In(300) ? base + (2 + strength) * is : value;
                        default:
                            return row.In(300) ? base + 0.1 * is : value;
                        }
                    };
                });
        }
    }
    // A processor of which a job takes more every so often; the job changes, or something else
    // does.
    for (const char* kind : {"shift", "idle", "missing", "larger", "early"})
    {
        add(std::string("jobs-") + kind,
            1,
            [=](AnomalyDraws& draws)
            {
                const auto period =
                    static_cast<size_t>(draws.Chance(0.5) ? 288 : draws.Uniform(60, 400));
                const auto length = static_cast<size_t>(draws.Uniform(1, 6));
                const double spread = draws.Uniform(0, 8);
                const double quantum = draws.Chance(0.5) ? 0.066 : 0;
                double size = 0;
                return [=, &draws](const AnomalyRow& row) mutable
                {
                    size = row.index % period == 0 ? 12 + spread * draws.Exponential() : size;
                    double value = 8 + 0.5 * draws.Normal();
                    if (!(kind[0] == 'm' && row.In(3 * period)))
                    {
                        value += row.index % period < length ? size : 0;
                    }
                    value += kind[0] == 'e' && row.In(4) ? size : 0;
                    value += kind[0] == 's' && row.In(AnomalyRow::NEVER) ? 4 : 0;
                    value += kind[0] == 'l' && row.In(8) ? 50 : 0;
                    value = kind[0] == 'i' && row.In(200) ? 0 : value;
                    return quantum > 0 ? quantum * std::floor(value / quantum) : value;
                };
            });
    }
    // Bursts at random that get longer, higher or more frequent; or all is quiet.
    for (const char* kind : {"longer", "higher", "frequent", "none"})
    {
        add(std::string("bursts-") + kind,
            1,
            [=](AnomalyDraws& draws)
            {
                const double usual = draws.Scale(0.008, 0.04);
                double left = 0;
                return [=, &draws](const AnomalyRow& row) mutable
                {
                    const bool odd = row.In(300);
                    const double rate = !odd             ? usual
                                        : kind[0] == 'f' ? 6 * usual
                                        : kind[0] == 'n' ? 0
                                                         : usual;
                    if (--left <= 0 && draws.Chance(rate))
                    {
                        left = draws.Uniform(1, 8) * (odd && kind[0] == 'l' ? 8 : 1);
                    }
                    const double height = odd && kind[0] == 'h' ? 75 : 40;
                    return 10 + draws.Normal() + (left > 0 ? height * draws.Uniform(0.85, 1) : 0);
                };
            });
    }
    // Written bytes: nothing most of the time, now and then a batch; then a huge one, or no end.
    for (const char* kind : {"huge", "long", "dense"})
    {
        add(std::string("batches-") + kind,
            2,
            [=](AnomalyDraws& draws)
            {
                const double rate = draws.Scale(0.005, 0.06);
                const double shape = draws.Uniform(0.3, 1);
                return [=, &draws](const AnomalyRow& row)
                {
                    const double size = 3e7 * std::exp(shape * draws.Normal());
                    if (kind[0] == 'h' && row.In(3))
                    {
                        return 5e8 * draws.Uniform(0.8, 1);
                    }
                    const double now = kind[0] == 'l' && row.In(40)    ? 1
                                       : kind[0] == 'd' && row.In(150) ? 8 * rate
                                                                       : rate;
                    return draws.Chance(now) ? size : 0.0;
                };
            });
    }
    // Network bytes: lognormal with bursts; a surge, a silence.
    for (const char* kind : {"surge", "silence"})
    {
        add(std::string("network-") + kind,
            1,
            [=](AnomalyDraws& draws)
            {
                AnomalyNoise noise(draws.Uniform(0, 0.7), draws.Uniform(0.2, 0.6));
                const double spikes = draws.Scale(0.005, 0.1);
                return [=, &draws](const AnomalyRow& row) mutable
                {
                    double value = 2e5 * std::exp(noise.Next(draws));
                    value += draws.Chance(spikes) ? 4e6 * draws.Uniform(0.5, 1.5) : 0;
                    return !row.In(30)      ? value
                           : kind[1] == 'u' ? value + 9e6
                                            : 60 * draws.Uniform();
                };
            });
    }
    // A balancer's requests: heavy counts without a pattern; one spike above all.
    for (const double spike : {10.0, 20.0})
    {
        add(spike < 15 ? "balancer-spike" : "balancer-peak",
            2,
            [=](AnomalyDraws& draws)
            {
                const double mean = draws.Scale(15, 100);
                const double tail = draws.Uniform(2.5, 5);
                return [=, &draws](const AnomalyRow& row)
                {
                    const double rate = mean * row.Daily() * 0.4 + mean;
                    const double value = draws.Poisson(rate * (0.5 + 0.5 * draws.Pareto(tail)));
                    return row.In(spike < 15 ? 4 : 2) ? value + spike * mean : value;
                };
            });
    }
    // Mostly nothing, spikes of one size: they come more often, or larger.
    for (const char* kind : {"density", "height"})
    {
        add(std::string("spikes-") + kind,
            1,
            [=](AnomalyDraws& draws)
            {
                const double usual = draws.Scale(0.005, 0.03);
                return [=, &draws](const AnomalyRow& row)
                {
                    const double rate = kind[0] == 'd' && row.In(400) ? 7 * usual : usual;
                    const double size = kind[0] == 'h' && row.In(200) ? 3 : 1;
                    return draws.Chance(rate) ? size * (20 + 2 * draws.Normal()) : 0.0;
                };
            });
    }
    // Latencies: a level that is quantised; it doubles for an hour, or drifts away.
    for (const char* kind : {"double", "drift"})
    {
        add(std::string("latency-") + kind,
            2,
            [=](AnomalyDraws& draws)
            {
                const double tail = draws.Uniform(3, 8);
                return [=, &draws](const AnomalyRow& row)
                {
                    double value = 40 + 4 * draws.Normal() + 3 * (draws.Pareto(tail) - 1);
                    value *= kind[1] == 'o' && row.In(12) ? 2 : 1;
                    value += kind[1] == 'r' && row.In(120) ? 0.25 * row.since : 0;
                    return std::round(value * 10) / 10;
                };
            });
    }
    // A group that grows by steps to its limit and starts anew; then it is switched off.
    add("group-off",
        1,
        [](AnomalyDraws& draws)
        {
            const double speed = draws.Uniform(0.003, 0.01);
            double level = 35;
            return [=, &draws](const AnomalyRow& row) mutable
            {
                level = draws.Chance(speed)                 ? level + 9
                        : level > 95 && draws.Chance(speed) ? 35
                                                            : level;
                const double value = draws.Chance(0.5) ? std::min(100.0, level) : 30;
                return row.In(90) ? 12 + 4 * draws.Uniform() : value + draws.Normal();
            };
        });
    return kinds;
}

#endif // TEST_ANOMALY_MACHINES_H
