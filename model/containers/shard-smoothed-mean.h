// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_SMOOTHED_MEAN_H
#define SHARD_SMOOTHED_MEAN_H

#include <cmath>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Follows a quantity's mean and mean deviation with the gains of RFC 6298 (after V. Jacobson,
 * "Congestion avoidance and control", SIGCOMM 1988).
 */
class ShardSmoothedMean
{
  public:
    /// @param sample of the quantity, not negative
    void Learn(double sample)
    {
        if (!IsKnown())
        {
            m_mean = sample;
            m_deviation = sample / 2;
            return;
        }
        m_deviation += (std::fabs(sample - m_mean) - m_deviation) / 4;
        m_mean += (sample - m_mean) / 8;
    }

    /// @return whether there was a sample
    bool IsKnown() const
    {
        return m_mean >= 0;
    }

    /// @return the mean; there must have been a sample
    double Mean() const
    {
        return m_mean;
    }

    /// @return the mean deviation
    double Deviation() const
    {
        return m_deviation;
    }

  private:
    double m_mean{-1};     ///< negative for not known
    double m_deviation{0}; ///< mean of absolute differences from the mean
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_SMOOTHED_MEAN_H
