// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_THRESHOLD_POLICY_H
#define SHARD_THRESHOLD_POLICY_H

#include "shard-policy.h"

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * A rule: shard where the predicted congestion is above a threshold and the destination
 * reassembles; add repair shards above a second, higher one. Shards are the smaller, and repair the
 * more, the more congestion there is: of maxPayload bytes at the lower threshold, of a quarter at
 * full congestion; no repair at the higher one, RepairAtMost of the data shards at full congestion.
 * A threshold that was crossed is left at Hysteresis below it.
 */
class ThresholdPolicy : public ShardingPolicy
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ShardDirective Decide(Time now, const ShardFlowView& view) override;

  private:
    double m_threshold;     ///< attribute
    double m_highThreshold; ///< attribute
    double m_hysteresis;    ///< attribute
    double m_repair;        ///< attribute
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_THRESHOLD_POLICY_H
