// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_TIER_H
#define SHARDSIM_TUNNEL_TIER_H

#include "analysis/timeline.h"
#include "parameter.h"
#include "tunnel-plan.h"

#include "ns3/shard-tier-helper.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shardsim
{

/// @param values the scenario's parameters  @return whether flows are decided on by a tier
bool HasTier(const Values& values);

/// @param values the scenario's parameters  @return whether missing shards are asked for
bool HasArq(const Values& values);

/// @param values the scenario's parameters  @return whether the policy learns from reports
bool LearnsFromReports(const Values& values);

/**
 * @param values the scenario's parameters
 * @param helper a ShardTunnelHelper or ShardTierHelper that is to have the policy
 */
template <typename Helper>
void SetTunnelPolicy(const Values& values, Helper& helper);

/**
 * @param values the scenario's parameters
 * @return a helper that makes the decisions tier as they say
 */
ns3::sharding::ShardTierHelper MakeTierHelper(const Values& values);

/// What the control loop did, from the decisions that it took.
class TunnelLoopMeter
{
  public:
    /**
     * @param plane whose decisions are watched
     * @param values the scenario's parameters
     * @param packetBytes of the packets that are decided on
     * @param keepsTimeline note every report, with what the first flow's directive is
     */
    TunnelLoopMeter(ns3::Ptr<ns3::sharding::ShardControlPlane> plane,
                    const Values& values,
                    uint32_t packetBytes,
                    bool keepsTimeline);

    /// @return what was noted
    const Timeline& Past() const
    {
        return m_timeline;
    }

    /// @return times that a flow got another directive than before
    uint64_t Changes() const
    {
        return m_changes;
    }

    /// @return of these, back to the one before the last
    uint64_t Oscillations() const
    {
        return m_oscillations;
    }

    /// @return when the last of them was, ns; 0 for none
    int64_t LastChangeNs() const
    {
        return m_lastNs;
    }

    /**
     * @return from the step until the first flow's n / k stays within a tenth of what it is when
     *         the step ends, s; nothing where there is no step, or that flow was never decided on
     */
    std::optional<double> SettlingSeconds() const;

  private:
    /// The last two directives of a flow.
    struct Directives
    {
        ns3::sharding::ShardDirective last;
        ns3::sharding::ShardDirective before;
        uint32_t count{0}; ///< of directives so far
    };

    double FirstShards() const;

    void Decided(ns3::Time now,
                 const ns3::sharding::ShardDecision& decision,
                 const ns3::sharding::ShardDestination& destination);

    void Reported(ns3::Time now,
                  const ns3::sharding::ShardReport& report,
                  const ns3::sharding::ShardDestination& destination);

    std::map<uint32_t, Directives> m_past; ///< by flow id
    ns3::sharding::ShardDirective m_first; ///< of the first flow, now
    uint32_t m_packetBytes;                ///< of the packets
    std::optional<int64_t> m_stepFromNs;   ///< when the weather changes
    int64_t m_stepUntilNs;                 ///< when it changes back
    /// Of the first flow, up to the end of the step: when decided, and n / k then.
    std::vector<std::pair<int64_t, double>> m_firstCost;
    Timeline m_timeline;
    uint64_t m_changes{0};
    uint64_t m_oscillations{0};
    int64_t m_lastNs{0};
};

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_TIER_H
