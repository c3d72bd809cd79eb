// SPDX-License-Identifier: GPL-2.0-only
#ifndef TEST_ANOMALY_DRAWS_H
#define TEST_ANOMALY_DRAWS_H

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>

/**
 * The draws of one made-up series, the same on every platform.
 */
class AnomalyDraws
{
  public:
    /// @param seed of all series  @param name of this one, so that no other changes its draws
    AnomalyDraws(uint64_t seed, const std::string& name)
    {
        uint64_t hash = 14695981039346656037u; // FNV-1a
        for (const char c : name)
        {
            hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
        }
        m_engine.seed(hash + seed * 0x9e3779b97f4a7c15u);
    }

    /// @param from least  @param to most, not reached  @return evenly between them
    double Uniform(double from = 0, double to = 1)
    {
        return from + (to - from) * ((m_engine() >> 11) * 0x1p-53);
    }

    /// @param from over 0  @param to most  @return between them, every ratio as likely
    double Scale(double from, double to)
    {
        return from * std::pow(to / from, Uniform());
    }

    /// @param probability of it  @return whether it happens
    bool Chance(double probability)
    {
        return Uniform() < probability;
    }

    /// @return of mean 0 and variance 1
    double Normal()
    {
        const double size = std::sqrt(-2 * std::log(1 - Uniform()));
        return size * std::cos(2 * M_PI * Uniform());
    }

    /// @return of mean 1
    double Exponential()
    {
        return -std::log(1 - Uniform());
    }

    /// @param index of the tail  @return at least 1, with a tail of this index
    double Pareto(double index)
    {
        return std::pow(1 - Uniform(), -1 / index);
    }

    /// @param mean of it  @return a count
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

  private:
    std::mt19937_64 m_engine;
};

/**
 * Noise that remembers: an autoregression of first order.
 */
class AnomalyNoise
{
  public:
    /// @param memory share that stays from row to row, below 1  @param size standard deviation
    AnomalyNoise(double memory, double size)
        : m_memory(memory),
          m_step(size * std::sqrt(1 - memory * memory))
    {
    }

    /// @param draws to draw from  @return the next value
    double Next(AnomalyDraws& draws)
    {
        m_value = m_memory * m_value + m_step * draws.Normal();
        return m_value;
    }

  private:
    double m_memory;
    double m_step;
    double m_value{0};
};

#endif // TEST_ANOMALY_DRAWS_H
