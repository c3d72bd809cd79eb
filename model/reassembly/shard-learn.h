// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_LEARN_H
#define SHARD_LEARN_H

#include <cmath>

namespace ns3
{
namespace sharding
{

/**
 * Follow a quantity's mean and mean deviation with the gains of RFC 6298 (after V. Jacobson,
 * "Congestion avoidance and control", SIGCOMM 1988).
 * @param sample a value  @param mean of those before, negative for none  @param deviation of them
 */
inline void
ShardLearn(double sample, double& mean, double& deviation)
{
    if (mean < 0)
    {
        mean = sample;
        deviation = sample / 2;
        return;
    }
    deviation += (std::fabs(sample - mean) - deviation) / 4;
    mean += (sample - mean) / 8;
}

} // namespace sharding
} // namespace ns3

#endif // SHARD_LEARN_H
