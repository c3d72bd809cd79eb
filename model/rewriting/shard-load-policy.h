// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_LOAD_POLICY_H
#define SHARD_LOAD_POLICY_H

#include "shard-policy.h"

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * A rule for how small shards are, asked for each packet: the more is lost, the longer the way and
 * the slower the links, the more and smaller; the more bandwidth and the less latency, the fewer
 * and larger; and the more the node's cryptographic units have to do, the fewer, because each shard
 * costs them a fixed time. With
 *
 *     l = loss / FullLoss, d = round trip / FullTrip, s = time of the packet on the slowest path /
 *     FullTime, u = wait for a unit / FullWait, each at most 1,
 *     pressure = (1 - (1 - l) (1 - d) (1 - s)) (1 - u)
 *
 * a shard has up to maxPayload^(1 - pressure) MinSize^pressure bytes. A size that is in use stays
 * while the rule's differs from it by at most Hysteresis, as a share of it. Loss and round trip are
 * what has been learnt of the way; where nothing has, Loss and twice the propagation.
 */
class LoadPolicy : public ShardingPolicy
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ShardDirective Decide(Time now, const ShardFlowView& view) override;

    bool IsPerPacket() const override
    {
        return true;
    }

  private:
    double m_loss;       ///< attribute
    double m_fullLoss;   ///< attribute
    Time m_fullTrip;     ///< attribute
    Time m_fullTime;     ///< attribute
    Time m_fullWait;     ///< attribute
    uint32_t m_minSize;  ///< attribute
    double m_hysteresis; ///< attribute
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_LOAD_POLICY_H
