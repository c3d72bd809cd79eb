// SPDX-License-Identifier: GPL-2.0-only
#ifndef TEST_ANOMALY_SERIES_H
#define TEST_ANOMALY_SERIES_H

#include "nab-score.h"

#include <functional>
#include <random>

/**
 * Made-up series with anomalies put in at known places: on these, and on no others, the detector's
 * setting was chosen. Each resembles a kind of series that operators watch: loads, counts, queue
 * lengths, temperatures, prices, with and without a daily pattern.
 */
class AnomalySeries
{
  public:
    /// @param seed of all draws
    explicit AnomalySeries(uint64_t seed)
        : m_engine(seed)
    {
    }

    /// @return one series of each kind
    std::vector<LabelledSeries> All()
    {
        std::vector<LabelledSeries> all;
        Plateaus(all);
        Machines(all);
        Counts(all);
        Slow(all);
        Quiet(all);
        return all;
    }

  protected:
    using Value = std::function<double(size_t)>;

    double Uniform(double from = 0, double to = 1)
    {
        return from + (to - from) * ((m_engine() >> 11) * 0x1p-53);
    }

    double Normal()
    {
        return std::sqrt(-2 * std::log(1 - Uniform())) * std::cos(2 * M_PI * Uniform());
    }

    double Exponential()
    {
        return -std::log(1 - Uniform());
    }

    double Poisson(double mean)
    {
        if (mean > 50)
        {
            return std::max(0.0, std::round(mean + std::sqrt(mean) * Normal()));
        }
        double count = -1;
        for (double left = mean; left >= 0; left -= Exponential())
        {
            ++count;
        }
        return count;
    }

    /// A series of n rows, its windows a tenth of it around the anomalies' first rows.
    void Put(std::vector<LabelledSeries>& all,
             const std::string& name,
             size_t n,
             double step,
             const std::vector<size_t>& anomalies,
             const Value& value,
             double jitter = 0)
    {
        LabelledSeries series;
        series.name = name;
        double time = 1396310400 + 3600 * std::floor(Uniform(0, 24));
        for (size_t i = 0; i < n; ++i)
        {
            series.time.push_back(time);
            time += step * (1 + (Uniform() < jitter ? std::floor(4 * Exponential()) : 0));
            series.value.push_back(value(i));
        }
        for (size_t at : anomalies)
        {
            const size_t half = n / 10 / anomalies.size() / 2;
            series.windows.push_back({at - half, std::min(at + half, n - 1)});
        }
        all.push_back(std::move(series));
    }

    /// Places of count anomalies, well apart, behind the probation.
    std::vector<size_t> Places(size_t n, size_t count)
    {
        std::vector<size_t> places;
        const double share = 0.75 / count;
        for (size_t i = 0; i < count; ++i)
        {
            places.push_back(n * (0.2 + share * i + Uniform(0.15, 0.85) * share));
        }
        return places;
    }

    /// @return whether row i is one of the length rows from a place on
    static bool In(const std::vector<size_t>& places, size_t i, size_t length)
    {
        return std::any_of(places.begin(),
                           places.end(),
                           [&](size_t at) { return i >= at && i < at + length; });
    }

    /// A day of 288 rows with a plateau from 9 to 18 o'clock.
    static bool Plateau(size_t i)
    {
        return i % 288 >= 108 && i % 288 < 216;
    }

  private:
    void Plateaus(std::vector<LabelledSeries>& all)
    {
        const size_t n = 4032;
        for (const char* kind : {"higher", "lower", "none", "cut", "late", "night"})
        {
            const std::string name = std::string("plateau-") + kind;
            const size_t day = 7 + static_cast<size_t>(Uniform(0, 5));
            const double noise = Uniform(1, 6);
            const size_t shift = name == "plateau-night" ? 0 : 108;
            Put(all,
                name,
                n,
                300,
                {day * 288 + shift},
                [&, day](size_t i)
                {
                    double level = Plateau(i) ? 80 : 20;
                    if (i / 288 == day)
                    {
                        level = name == "plateau-higher" && Plateau(i)   ? 120
                                : name == "plateau-lower" && Plateau(i)  ? 45
                                : name == "plateau-none"                 ? 20
                                : name == "plateau-cut" && i % 288 > 150 ? 20
                                : name == "plateau-late"  ? (Plateau(i - 60) ? 80 : 20)
                                : name == "plateau-night" ? 80
                                                          : level;
                    }
                    return level + noise * Uniform();
                });
        }
        {
            const size_t at = 2000 + static_cast<size_t>(Uniform(0, 1500));
            Put(all,
                "denser-spikes",
                n,
                300,
                {at},
                [&, at](size_t i)
                {
                    const double rate = i >= at ? 0.06 : 0.01;
                    return Uniform() < rate ? 20 + 2 * Normal() : 0.0;
                });
        }
    }

    void Machines(std::vector<LabelledSeries>& all)
    {
        const size_t n = 4032;
        // A processor's load: noise that remembers, with spikes now and then; its level rises.
        for (const char* kind : {"shift", "burst", "stall", "double"})
        {
            const std::string name = std::string("load-") + kind;
            const auto places = Places(n, kind[0] == 'b' ? 2 : 1);
            double noise = 0;
            const double spikes = Uniform(0.002, 0.02);
            const double base = Uniform(5, 50);
            Put(all,
                name,
                n,
                300,
                places,
                [&](size_t i)
                {
                    noise = 0.7 * noise + Normal();
                    double value = base + noise;
                    value += Uniform() < spikes ? 5 + 8 * Exponential() : 0;
                    if (name == "load-shift" && i >= places[0])
                    {
                        value += 10;
                    }
                    if (name == "load-burst" && In(places, i, 15))
                    {
                        value += 30;
                    }
                    if (name == "load-stall" && In(places, i, 100))
                    {
                        value = 0.02 * Uniform();
                    }
                    if (name == "load-double" && In(places, i, 300))
                    {
                        value = base + 3 * noise;
                    }
                    return std::max(0.0, value);
                });
        }
        // Written bytes: nothing most of the time, now and then a batch; one day it does not stop.
        {
            const auto places = Places(n, 2);
            const double rate = Uniform(0.01, 0.05);
            Put(all,
                "batches-huge",
                n,
                300,
                places,
                [&](size_t i)
                {
                    if (In(places, i, 3))
                    {
                        return 4e8 * Uniform(0.8, 1);
                    }
                    return Uniform() < rate ? 3e7 * Exponential() : 0.0;
                });
        }
        {
            const auto places = Places(n, 2);
            Put(all,
                "batches-long",
                n,
                300,
                places,
                [&](size_t i)
                {
                    const bool batch = i % 60 < 3 || In(places, i, 40);
                    return batch ? 2e7 * Uniform(0.7, 1.3) : 1e5 * Uniform();
                });
        }
        // Hardly anything but small steps: values of two decimals.
        {
            const auto places = Places(n, 1);
            Put(all,
                "quantised-shift",
                n,
                300,
                places,
                [&](size_t i)
                {
                    const double value = 0.066 * std::floor(3 * Uniform()) +
                                         (Uniform() < 0.004 ? 0.5 * Exponential() : 0);
                    return i >= places[0] ? value + 0.3 : value;
                });
        }
        // Lognormal network bytes with bursts; a long surge.
        {
            const auto places = Places(n, 1);
            double noise = 0;
            Put(all,
                "network-surge",
                n,
                300,
                places,
                [&](size_t i)
                {
                    noise = 0.5 * noise + Normal();
                    const double value = 2e5 * std::exp(0.4 * noise);
                    const double spike = Uniform() < 0.03 ? 4e6 * Uniform(0.5, 1.5) : 0;
                    return value + spike + (In(places, i, 24) ? 8e6 : 0);
                });
        }
        // A regular alternation that changes its period, or stops.
        for (const char* kind : {"period", "stop"})
        {
            const auto places = Places(n, 1);
            const double period = std::floor(Uniform(16, 50));
            double phase = 0;
            Put(all,
                std::string("alternation-") + kind,
                n,
                300,
                places,
                [&](size_t i)
                {
                    const bool odd = In(places, i, 400);
                    phase += odd ? (kind[0] == 'p' ? 2.5 : 0.0) : 1.0;
                    return 10 + 6 * std::sin(2 * M_PI * phase / period) + Normal();
                });
        }
        // A disk that fills and is emptied; once, nobody empties it.
        {
            const auto places = Places(n, 1);
            double fill = 0;
            Put(all,
                "sawtooth",
                n,
                300,
                places,
                [&](size_t i)
                {
                    fill += 0.5 + 0.2 * Uniform();
                    if (fill > 70 && !In(places, i, 130))
                    {
                        fill = 10;
                    }
                    return fill + 0.3 * Normal();
                });
        }
    }

    void Counts(std::vector<LabelledSeries>& all)
    {
        // Mentions a 5 minutes: counts with a day and a week; a topic explodes.
        for (const char* kind : {"few", "many"})
        {
            const size_t n = 9000;
            const auto places = Places(n, 3);
            const double mean = kind[0] == 'f' ? 4 : 60;
            double mood = 0;
            Put(all,
                std::string("mentions-") + kind,
                n,
                300,
                places,
                [&](size_t i)
                {
                    mood = 0.99 * mood + 0.03 * Normal();
                    double rate = mean * std::exp(0.6 * std::sin(2 * M_PI * i / 288) + mood);
                    rate *= Uniform() < 0.005 ? 1 + 2 * Exponential() : 1;
                    for (size_t at : places)
                    {
                        if (i >= at && i < at + 60)
                        {
                            rate += 12 * mean * std::exp((at - 1.0 * i) / 15);
                        }
                    }
                    return Poisson(rate);
                });
        }
        // Requests with a day and free weekends; an outage, a crowd.
        for (const char* kind : {"outage", "crowd"})
        {
            const size_t n = 4032;
            const auto places = Places(n, 2);
            Put(all,
                std::string("requests-") + kind,
                n,
                300,
                places,
                [&](size_t i)
                {
                    const double weekend = i / 288 % 7 >= 5 ? 0.6 : 1;
                    double rate = 100 * weekend * (1 + 0.7 * std::sin(2 * M_PI * i / 288));
                    rate *= std::exp(0.25 * Normal());
                    if (In(places, i, 18))
                    {
                        rate = kind[0] == 'o' ? 1 : 3 * rate + 250;
                    }
                    return Poisson(rate);
                });
        }
        // Rides in half-hours: two humps a day, other weekends; odd days.
        {
            const size_t n = 9000;
            const auto places = Places(n, 4);
            Put(all,
                "rides",
                n,
                1800,
                places,
                [&](size_t i)
                {
                    const double hour = (i % 48) / 2.0;
                    const bool weekend = i / 48 % 7 >= 5;
                    const double late = weekend ? 2 : 0;
                    double rate = 15000 + 7000 * std::sin(2 * M_PI * (hour - 9 - late) / 24) +
                                  3000 * std::sin(4 * M_PI * (hour - 6 - late) / 24);
                    rate *= 1 + 0.04 * Normal();
                    for (size_t k = 0; k < places.size(); ++k)
                    {
                        if (i >= places[k] && i < places[k] + 40)
                        {
                            rate *= k % 2 ? 1.45 : 0.5;
                        }
                    }
                    return rate;
                });
        }
        // Prices of clicks by the hour, with outliers that are nothing special.
        {
            const size_t n = 1600;
            const auto places = Places(n, 2);
            Put(all,
                "prices",
                n,
                3600,
                places,
                [&](size_t i)
                {
                    double value =
                        0.1 * std::exp(0.3 * Normal()) * (1 + 0.3 * std::sin(2 * M_PI * i / 24));
                    value *= Uniform() < 0.01 ? 2 : 1;
                    return In(places, i, 4) ? value + 0.5 : value;
                });
        }
        // A road: occupancy or speed with rush hours, at odd times; a blockage, a silent sensor.
        for (const char* kind : {"occupancy", "speed"})
        {
            const size_t n = 2400;
            const auto places = Places(n, kind[0] == 'o' ? 1 : 2);
            const bool speed = kind[0] == 's';
            Put(
                all,
                std::string("road-") + kind,
                n,
                300,
                places,
                [&](size_t i)
                {
                    const double rush = std::max(0.0, std::sin(2 * M_PI * (i % 200) / 200.0));
                    double value = speed ? 65 - 6 * rush + 4 * Normal()
                                         : (3 + 8 * rush) * std::exp(0.35 * Normal());
                    if (speed && Uniform() < 0.01)
                    {
                        value -= 12 * Exponential();
                    }
                    if (In(places, i, 10))
                    {
                        value = speed ? 18 + 5 * Normal() : value + 28;
                    }
                    return std::max(0.0, value);
                },
                0.2);
        }
    }

    void Slow(std::vector<LabelledSeries>& all)
    {
        // Temperatures: slow movement; a sudden fall, a fast slide, a sensor that sticks.
        for (const char* kind : {"fall", "slide", "stuck"})
        {
            const size_t n = 8000;
            const auto places = Places(n, 2);
            double slow = 0;
            double fast = 0;
            double last = 0;
            Put(all,
                std::string("temperature-") + kind,
                n,
                300,
                places,
                [&](size_t i)
                {
                    slow = 0.999 * slow + 0.12 * Normal();
                    fast = 0.9 * fast + 0.3 * Normal();
                    double value = 85 + 2 * slow + fast + 2 * std::sin(2 * M_PI * i / 288);
                    for (size_t at : places)
                    {
                        if (i >= at && i < at + 150)
                        {
                            value -= kind[1] == 'a'   ? 35 * std::exp((at - 1.0 * i) / 60)
                                     : kind[1] == 'l' ? 0.25 * (i - at)
                                                      : value - last;
                        }
                    }
                    last = value;
                    return value;
                });
        }
        // An office by the hour, with a day, a week and a year; the heating fails.
        {
            const size_t n = 6000;
            const auto places = Places(n, 2);
            double noise = 0;
            Put(all,
                "office",
                n,
                3600,
                places,
                [&](size_t i)
                {
                    noise = 0.95 * noise + 0.3 * Normal();
                    return 70 + 4 * std::sin(2 * M_PI * i / 8760) + std::sin(2 * M_PI * i / 24) +
                           noise + (In(places, i, 40) ? -9 : 0);
                });
        }
        // A slow leak on noise.
        {
            const size_t n = 4032;
            const auto places = Places(n, 1);
            Put(all,
                "leak",
                n,
                300,
                places,
                [&](size_t i)
                {
                    const double since = i < places[0] ? 0 : i - places[0];
                    return 100 + 3 * Normal() + 0.08 * since;
                });
        }
        // A walk that jumps once.
        {
            const size_t n = 4032;
            const auto places = Places(n, 1);
            double walk = 0;
            Put(all,
                "walk-jump",
                n,
                300,
                places,
                [&](size_t i)
                {
                    walk += Normal() + (i == places[0] ? 25 : 0);
                    return walk;
                });
        }
    }

    /// Nothing to find.
    void Quiet(std::vector<LabelledSeries>& all)
    {
        const size_t n = 4032;
        Put(all, "quiet-constant", n, 300, {}, [](size_t) { return 45.0; });
        Put(all, "quiet-noise", n, 300, {}, [this](size_t) { return 30 + 10 * Uniform(); });
        Put(all, "quiet-square", n, 300, {}, [](size_t i) { return Plateau(i) ? 80.0 : 20.0; });
        Put(all,
            "quiet-day",
            n,
            300,
            {},
            [this](size_t i) { return (Plateau(i) ? 80 : 20) + 4 * Uniform(); });
        Put(all, "quiet-spikes", n, 300, {}, [this](size_t) { return std::exp(Normal()); });
    }

  private:
    std::mt19937_64 m_engine;
};

#endif // TEST_ANOMALY_SERIES_H
