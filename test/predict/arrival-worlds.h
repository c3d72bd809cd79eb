// SPDX-License-Identifier: GPL-2.0-only
#ifndef TEST_ARRIVAL_WORLDS_H
#define TEST_ARRIVAL_WORLDS_H

#include "ns3/predict-arrival.h"

#include <cmath>
#include <cstdint>
#include <functional>
#include <random>

/// Where shards come from: delays whose distribution is known, s.
namespace worlds
{

using ns3::sharding::PredictArrivalFeatures;

/// A shard that came.
struct Arrival
{
    PredictArrivalFeatures features;
    double delay;
};

/// Uniform in (0, 1), the same on any library.
class Uniform
{
  public:
    explicit Uniform(uint64_t seed)
        : m_random(seed)
    {
    }

    double operator()()
    {
        return (static_cast<double>(m_random() >> 11) + 0.5) * 0x1p-53;
    }

  private:
    std::mt19937_64 m_random;
};

/// Quantiles of distributions, s.
inline double
Exponential(double p)
{
    return 0.002 - 0.005 * std::log(1 - p);
}

inline double
Flat(double p)
{
    return 0.002 + 0.006 * p;
}

/// exp of a Laplace variable of deviation 0.3: a log-Laplace distribution about 5 ms.
inline double
LogLaplace(double p)
{
    return 0.005 * std::exp(0.3 * (p < 0.5 ? std::log(2 * p) : -std::log(2 * (1 - p))));
}

/// Tail exponent 2.2: a variance, but no third moment.
inline double
Pareto(double p)
{
    return 0.002 * std::pow(1 - p, -1 / 2.2);
}

/// A lognormal variable about 5 ms, by Box and Muller.
inline double
DrawLognormal(Uniform& uniform)
{
    const double radius = std::sqrt(-2 * std::log(uniform()));
    return 0.005 * std::exp(0.5 * radius * std::cos(2 * M_PI * uniform()));
}

/// A world: the next arrival, each call.
using World = std::function<Arrival()>;

inline World
Independent(double (*quantile)(double), uint64_t seed)
{
    return [quantile, uniform = Uniform(seed)]() mutable {
        return Arrival{{}, quantile(uniform())};
    };
}

/// Two regimes of a Markov chain, 200 arrivals of some 3 ms and 40 of some 30 ms on average.
inline World
Bursty(uint64_t seed)
{
    return [uniform = Uniform(seed), isBad = false]() mutable
    {
        isBad = uniform() < (isBad ? 1.0 / 40 : 1.0 / 200) ? !isBad : isBad;
        const double shape = -std::log(uniform());
        return Arrival{{}, isBad ? 0.020 + 0.010 * shape : 0.001 + 0.002 * shape};
    };
}

/// Delays grow by 1 ms a place, with a jitter of 0.5 ms; the path's queue adds what the probe says.
inline World
Placed(uint64_t seed)
{
    return [uniform = Uniform(seed), place = 0]() mutable
    {
        place = place % 7 + 1;
        Arrival arrival{{}, 0};
        arrival.features.ahead = place;
        arrival.features.spacing = 0.001;
        arrival.features.rtt = 0.04;
        arrival.features.probe = 0.004 * uniform();
        arrival.delay = 0.001 * place + 2 * arrival.features.probe - 0.0005 * std::log(uniform());
        return arrival;
    };
}

/// The scale changes for ever by a factor of 10 after so many, up or down.
inline World
Shifting(uint64_t seed, uint32_t every, uint32_t count = UINT32_MAX)
{
    return [uniform = Uniform(seed), every, count, next = 0U]() mutable
    {
        const bool isLarge = next / every % 2 == 1 || next >= count;
        ++next;
        return Arrival{{}, (isLarge ? 10 : 1) * Exponential(uniform())};
    };
}

} // namespace worlds

#endif // TEST_ARRIVAL_WORLDS_H
