// SPDX-License-Identifier: GPL-2.0-only
#ifndef TEST_ANOMALY_HARDER_SERIES_H
#define TEST_ANOMALY_HARDER_SERIES_H

#include "anomaly-series.h"

/**
 * Made-up series in which an anomaly comes with company: something harmless shortly before it,
 * spikes that repeat, gaps between rows, levels and noise that wander. On these, what a detector
 * does after an alarm matters more than on those of AnomalySeries.
 */
class HarderSeries : public AnomalySeries
{
  public:
    using AnomalySeries::AnomalySeries;

    /// @return one series of each kind
    std::vector<LabelledSeries> All()
    {
        std::vector<LabelledSeries> all;
        Preceded(all);
        Repeated(all);
        Weeks(all);
        Wandering(all);
        Harmless(all);
        return all;
    }

  private:
    /// @return rows by which something harmless precedes an anomaly, from before its window on
    size_t Lead(size_t n, size_t anomalies)
    {
        return n / 20 / anomalies + static_cast<size_t>(Uniform(10, 160));
    }

    /// Something harmless shortly before each anomaly.
    void Preceded(std::vector<LabelledSeries>& all)
    {
        const size_t n = 4032;
        for (const char* kind : {"shift", "burst", "stall", "noise"})
        {
            const std::string name = std::string("after-spike-") + kind;
            const auto places = Places(n, 1 + (kind[0] == 'b'));
            std::vector<size_t> spikes;
            for (const size_t at : places)
            {
                spikes.push_back(at - Lead(n, places.size()));
            }
            const double size = Uniform(8, 25);
            double noise = 0;
            Put(all,
                name,
                n,
                300,
                places,
                [&](size_t i)
                {
                    noise = 0.6 * noise + Normal();
                    double value = 40 + noise + (In(spikes, i, 2) ? size : 0);
                    if (In(places, i, kind[0] == 's' && kind[1] == 'h' ? n : 60))
                    {
                        value = kind[1] == 'h'   ? value + 10
                                : kind[1] == 'u' ? value + 20 + 5 * Uniform()
                                : kind[1] == 't' ? 40 + 0.02 * noise
                                                 : value + 3 * noise;
                    }
                    return value;
                });
        }
        // Requests by day: a dip that nobody minds, then an outage; a busy hour, then a crowd.
        for (const char* kind : {"outage", "crowd"})
        {
            const bool out = kind[0] == 'o';
            const auto places = Places(n, 2);
            std::vector<size_t> minor;
            for (const size_t at : places)
            {
                minor.push_back(at - Lead(n, 2));
            }
            Put(all,
                std::string("after-dip-") + kind,
                n,
                300,
                places,
                [&](size_t i)
                {
                    double rate = 200 * (1 + 0.6 * std::sin(2 * M_PI * i / 288));
                    rate *= std::exp(0.12 * Normal());
                    rate *= In(minor, i, 8) ? (out ? 0.5 : 1.6) : 1;
                    rate *= In(places, i, 30) ? (out ? 0.03 : 2.6) : 1;
                    return Poisson(rate);
                });
        }
        // A machine's temperature: a small fall that recovers, and some time later a failure.
        {
            const size_t rows = 8000;
            const auto places = Places(rows, 2);
            std::vector<size_t> minor;
            for (const size_t at : places)
            {
                minor.push_back(at - Lead(rows, 2));
            }
            double slow = 0;
            double fast = 0;
            Put(all,
                "after-fall-failure",
                rows,
                300,
                places,
                [&](size_t i)
                {
                    slow = 0.9995 * slow + 0.15 * Normal();
                    fast = 0.8 * fast + 0.5 * Normal();
                    double value = 85 + slow + fast;
                    for (const size_t at : minor)
                    {
                        value -= i >= at ? 9 * std::exp((at - 1.0 * i) / 20) : 0;
                    }
                    for (const size_t at : places)
                    {
                        value -= i >= at && i < at + 120 ? 50 * std::exp((at - 1.0 * i) / 80) : 0;
                    }
                    return value;
                });
        }
    }

    /// Spikes or bursts that repeat, and something else than they.
    void Repeated(std::vector<LabelledSeries>& all)
    {
        const size_t n = 4032;
        for (const char* kind : {"shift", "stall", "missing", "larger"})
        {
            const std::string name = std::string("jobs-") + kind;
            const auto places = Places(n, 1);
            const auto period = static_cast<size_t>(Uniform(90, 400));
            double size = 0;
            Put(all,
                name,
                n,
                300,
                places,
                [&](size_t i)
                {
                    // A job every so often, of any size.
                    size = i % period == 0 ? 15 + 10 * Exponential() : size;
                    double value = 8 + 0.8 * Normal() + (i % period < 4 ? size : 0);
                    if (i >= places[0] && kind[0] == 's' && kind[1] == 'h')
                    {
                        return value + 5;
                    }
                    if (kind[0] == 's' && In(places, i, 200))
                    {
                        return 0.0;
                    }
                    if (kind[0] == 'm' && In(places, i, 500))
                    {
                        return 8 + 0.8 * Normal();
                    }
                    return kind[0] == 'l' && In(places, i, 12) ? value + 75 : value;
                });
        }
        // A processor in bursts that get longer, higher or more frequent.
        for (const char* kind : {"long", "high", "frequent"})
        {
            const auto places = Places(n, 1);
            double left = 0;
            Put(all,
                std::string("bursts-") + kind,
                n,
                300,
                places,
                [&](size_t i)
                {
                    const bool odd = In(places, i, 250);
                    const double rate = odd && kind[0] == 'f' ? 0.12 : 0.02;
                    if (left <= 0 && Uniform() < rate)
                    {
                        left = Uniform(3, 9) * (odd && kind[0] == 'l' ? 6 : 1);
                    }
                    left -= 1;
                    const double height = odd && kind[0] == 'h' ? 75 : 40;
                    return 10 + Normal() + (left > 0 ? height * Uniform(0.85, 1) : 0);
                });
        }
        // Travel times: heavy tails at odd times; one day a jam.
        {
            const size_t rows = 2400;
            const auto places = Places(rows, 2);
            Put(
                all,
                "travel",
                rows,
                600,
                places,
                [&](size_t i)
                {
                    const double rush = std::max(0.0, std::sin(2 * M_PI * (i % 130) / 130.0));
                    double value = (60 + 60 * rush) * std::exp(0.2 * Normal());
                    value += Uniform() < 0.01 ? 250 * Exponential() : 0;
                    return In(places, i, 9) ? value + 700 : value;
                },
                0.25);
        }
    }

    /// Days and weeks, with rows missing.
    void Weeks(std::vector<LabelledSeries>& all)
    {
        for (const char* kind : {"holiday", "sunday", "outage"})
        {
            const size_t n = 8064;
            size_t day = 12 + static_cast<size_t>(Uniform(0, 14));
            day += day % 7 >= 5 ? 2 : 0;
            const size_t at = day * 288 + 100;
            Put(
                all,
                std::string("week-") + kind,
                n,
                300,
                {at},
                [&, at, day](size_t i)
                {
                    bool free = i / 288 % 7 >= 5;
                    free |= kind[0] == 'h' && i / 288 == day;
                    free &= !(kind[0] == 's' && i / 288 == day + 5 - day % 7);
                    const double hump = std::max(0.0, std::sin(2 * M_PI * (i % 288 - 72.0) / 288));
                    double value = 30 + (free ? 15 : 90) * hump + 3 * Normal();
                    return kind[0] == 'o' && i >= at && i < at + 40 ? 5 + Uniform() : value;
                },
                kind[0] == 'o' ? 0.01 : 0);
            if (kind[0] == 's') // the odd day is the Saturday of that week
            {
                const size_t sat = (day + 5 - day % 7) * 288 + 72;
                all.back().windows = {{sat - n / 20, std::min(sat + n / 20, n - 1)}};
            }
        }
        // Mentions whose bursts have heavy tails; the largest are news.
        for (const char* kind : {"small", "large"})
        {
            const size_t n = 12000;
            const auto places = Places(n, 4);
            const double mean = kind[0] == 's' ? 8 : 80;
            double mood = 0;
            double echo = 0;
            Put(all,
                std::string("news-") + kind,
                n,
                300,
                places,
                [&](size_t i)
                {
                    mood = 0.995 * mood + 0.02 * Normal();
                    echo *= 0.8;
                    echo += Uniform() < 0.01 ? 0.4 * std::pow(1 - Uniform(), -0.6) : 0;
                    echo = std::min(echo, 6.0);
                    for (const size_t at : places)
                    {
                        echo += i == at ? 14 : i > at && i < at + 25 ? 2 : 0;
                    }
                    const double day = 1 + 0.7 * std::sin(2 * M_PI * i / 288);
                    return Poisson(mean * day * std::exp(mood) * (1 + echo));
                });
        }
        // Speeds on a road, rows at odd times: rush hours at the hours of the clock; an accident.
        {
            const size_t n = 2500;
            const auto places = Places(n, 2);
            std::vector<double> times{8 * 3600.0};
            const size_t before = all.size();
            while (times.size() < n)
            {
                times.push_back(times.back() + 300 * (1 + std::floor(1.5 * Exponential())));
            }
            Put(all,
                "speed",
                n,
                300,
                places,
                [&](size_t i)
                {
                    const double hour = std::fmod(times[i] / 3600, 24);
                    const double rush =
                        std::exp(-std::pow(hour - 8, 2)) + std::exp(-std::pow(hour - 17.5, 2));
                    const double value = 68 - 18 * rush + 3 * Normal();
                    return In(places, i, 12) ? 12 + 4 * Normal() : value;
                });
            for (size_t i = 0; i < n; ++i)
            {
                all[before].time[i] = 1396310400 + times[i];
            }
        }
    }

    /// Levels and noise that move.
    void Wandering(std::vector<LabelledSeries>& all)
    {
        const size_t n = 4032;
        for (const char* kind : {"burst", "drop", "calm"})
        {
            const auto places = Places(n, 2);
            const double slope = Uniform(-0.01, 0.03);
            double walk = 0;
            Put(all,
                std::string("drift-") + kind,
                n,
                300,
                places,
                [&](size_t i)
                {
                    walk += 0.15 * Normal();
                    const double noise = (2 + 2.0 * i / n) * Normal();
                    const double level = 120 + slope * i + walk;
                    if (In(places, i, 20))
                    {
                        return kind[0] == 'b'   ? level + noise + 30
                               : kind[0] == 'd' ? level + noise - 40
                                                : level;
                    }
                    return level + (kind[0] == 'c' && In(places, i, 60) ? 0 : noise);
                });
        }
        // Clicks by the hour: as noisy as can be.
        for (const char* kind : {"rate", "cost"})
        {
            const size_t rows = 1600;
            const auto places = Places(rows, 2);
            Put(all,
                std::string("clicks-") + kind,
                rows,
                3600,
                places,
                [&](size_t i)
                {
                    double value = 0.5 * std::exp(0.5 * Normal());
                    value *= 1 + 0.4 * std::sin(2 * M_PI * i / 24);
                    value *= Uniform() < 0.02 ? 1.5 + Exponential() : 1;
                    const bool odd = In(places, i, kind[0] == 'r' ? 30 : 3);
                    return odd ? (kind[0] == 'r' ? value * 3 : value + 8) : value;
                });
        }
        // A level that changes now and then by a little, and once by much.
        {
            const auto places = Places(n, 1);
            double level = 30;
            Put(all,
                "regimes",
                n,
                300,
                places,
                [&](size_t i)
                {
                    level += Uniform() < 0.004 ? 2.5 * Normal() : 0;
                    return level + Normal() + (i >= places[0] ? 28 : 0);
                });
        }
        // A group of machines that is switched off for a while, after it was scaled down.
        {
            const auto places = Places(n, 1);
            const size_t scaled = places[0] - Lead(n, 1);
            Put(all,
                "scaled-off",
                n,
                300,
                places,
                [&, scaled](size_t i)
                {
                    const double level = i >= scaled ? 27 : 33;
                    return In(places, i, 90) ? 0.0 : std::floor(level + 1.2 * Normal());
                });
        }
    }

    /// Nothing to find, though it is not quiet.
    void Harmless(std::vector<LabelledSeries>& all)
    {
        const size_t n = 4032;
        double walk = 0;
        double size = 0;
        double level = 20;
        Put(all, "harmless-walk", n, 300, {}, [&](size_t) { return walk += Normal(); });
        Put(all,
            "harmless-jobs",
            n,
            300,
            {},
            [&](size_t i)
            {
                size = i % 350 == 0 ? 15 + 12 * Exponential() : size;
                return 8 + Normal() + (i % 350 < 5 ? size : 0);
            });
        Put(all,
            "harmless-levels",
            n,
            300,
            {},
            [&](size_t)
            {
                level = Uniform() < 0.005 ? Uniform(10, 40) : level;
                return level + Normal();
            });
    }
};

#endif // TEST_ANOMALY_HARDER_SERIES_H
