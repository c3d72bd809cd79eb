// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_RANDOM_H
#define PREDICT_RANDOM_H

#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA
 * 2014): the numbers that initial weights are drawn from. Same seed, same numbers, on any machine.
 */
class PredictRandom
{
  public:
    /// @param seed any number; its streams for different seeds have nothing in common
    explicit PredictRandom(uint64_t seed)
        : m_state(seed)
    {
    }

    /// @return 64 bits
    uint64_t Next()
    {
        m_state += 0x9e3779b97f4a7c15U;
        uint64_t bits = m_state;
        bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9U;
        bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebU;
        return bits ^ (bits >> 31);
    }

    /// @return uniform in [0, 1), a multiple of 2^-53
    double Uniform()
    {
        return static_cast<double>(Next() >> 11) * 0x1p-53;
    }

  private:
    uint64_t m_state; ///< counts on by the golden ratio
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_RANDOM_H
