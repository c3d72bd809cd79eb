// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_ADAPTIVE_POLICY_H
#define SHARD_ADAPTIVE_POLICY_H

#include "shard-latency-forecast.h"
#include "shard-policy.h"

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Plain packets, or shards of the number, repair and interleaving that a model of the way says to
 * have the least 99th percentile of latency over all packets sent, within a budget of bytes on the
 * wire (ShardLatencyForecast). Among those that come within a tolerance of the least, the one that
 * costs fewest bytes; what was decided before stays as long as it is among them. What was estimated
 * from few losses is taken for worse than it looks, by one standard error.
 */
class AdaptivePolicy : public ShardingPolicy
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    AdaptivePolicy();
    ~AdaptivePolicy() override;

    ShardDirective Decide(Time now, const ShardFlowView& view) override;

  protected:
    /**
     * @param view the flow
     * @return what it believes of the way
     */
    virtual ShardWay Believe(const ShardFlowView& view) const;

  private:
    /// A directive and what is to be expected of it.
    struct Plan
    {
        ShardDirective directive;
        ShardForecast forecast;
    };

    /// What was planned for packets of one size, as long as nothing new is known.
    struct Memo
    {
        uint64_t reports{0};                            ///< that were known
        ShardWay way;                                   ///< as it was believed to be
        std::unique_ptr<ShardLatencyForecast> forecast; ///< of that
        Plan best;                                      ///< least quantile
        Plan cheapest;                                  ///< cheapest near that
    };

    Memo& Find(const ShardFlowView& view);
    double BudgetOf(uint8_t dscp) const;
    double Cost(const ShardForecast& forecast) const;

    double m_budget;                               ///< attribute
    double m_bulkBudget;                           ///< attribute
    uint32_t m_mostAtOnce;                         ///< attribute
    double m_quantile;                             ///< attribute
    double m_margin;                               ///< attribute
    double m_lossCost;                             ///< attribute
    double m_tolerance;                            ///< attribute
    double m_caution;                              ///< attribute
    double m_priorLoss;                            ///< attribute
    double m_priorBurst;                           ///< attribute
    Time m_patience;                               ///< attribute
    std::map<std::vector<uint64_t>, Memo> m_memos; ///< by what a plan depends on
};

/**
 * @ingroup sharding
 * AdaptivePolicy that is told the truth of the way instead of learning it: the bound that others
 * are measured against.
 */
class OraclePolicy : public AdaptivePolicy
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

  protected:
    ShardWay Believe(const ShardFlowView& view) const override;

  private:
    double m_loss;       ///< attribute
    double m_burst;      ///< attribute
    Time m_plainDelay;   ///< attribute PlainDelay
    Time m_trip;         ///< attribute
    double m_packetRate; ///< attribute
    double m_flowRate;   ///< attribute
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_ADAPTIVE_POLICY_H
