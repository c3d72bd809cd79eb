// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_DECISION_TIER_H
#define SHARD_DECISION_TIER_H

#include "shard-flow-map.h"
#include "shard-policy.h"

#include "ns3/object.h"
#include "ns3/shard-decision.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <map>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * The mechanism of the decisions tier: knows the flows of all transformation nodes and what was
 * decided on each, and asks the policy where nothing was decided yet. It knows no network;
 * ShardControlPlane speaks for it.
 */
class ShardDecisionTier : public Object
{
  public:
    /// What was done since the start.
    struct Counters
    {
        uint64_t asked{0};   ///< questions
        uint64_t cached{0};  ///< of these, answered by what was decided before
        uint64_t decided{0}; ///< times that the policy was asked for a directive
        uint64_t changed{0}; ///< times that it then said something else than before
    };

    /// @return the TypeId
    static TypeId GetTypeId();

    ShardDecisionTier();
    ~ShardDecisionTier() override;

    /// @param policy decides
    void SetPolicy(Ptr<ShardingPolicy> policy);

    /**
     * Answer a transformation node.
     * @param now when; never decreases
     * @param ask what it wants to know
     * @return the decision
     */
    ShardDecision Decide(Time now, const ShardAsk& ask);

    /**
     * More is known of the way from a node: decide anew on its flows, at most MaxPushed of them.
     * Where anything changes, a new epoch begins, in which nothing that was decided before is
     * valid.
     * @param now when
     * @param node which
     * @return what has changed
     */
    std::vector<ShardDecision> Review(Time now, uint32_t node);

    /// @param node a transformation node  @return what is known of the way from it, to be changed
    ShardDestination& Destination(uint32_t node)
    {
        return m_destinations[node];
    }

    /// @return the epoch
    uint32_t GetEpoch() const
    {
        return m_epoch;
    }

    /// @return flows that are known
    uint32_t GetFlows() const
    {
        return m_flows.Count();
    }

    /// @return what was counted
    const Counters& GetCounters() const
    {
        return m_counters;
    }

    /**
     * Signature of the Decision trace.
     * @param [in] now when
     * @param [in] decision what was decided
     * @param [in] destination what was known of the way
     */
    typedef void (*DecisionTracedCallback)(Time now,
                                           const ShardDecision& decision,
                                           const ShardDestination& destination);

  protected:
    void DoDispose() override;

  private:
    /// A flow of some node.
    struct Flow : ShardMappedFlow
    {
        ShardAsk ask;           ///< as it came last
        ShardDecision decision; ///< on it
        Time until;             ///< how long that is valid
        bool isDecided{false};  ///< there is one
        bool isRecent{false};   ///< it is among those that were asked for last
        ShardLinks links;       ///< there

        /// @return whether it must not be forgotten just now
        bool IsBusy() const
        {
            return isRecent;
        }
    };

    void SetFlowIdle(Time idle);
    Time GetFlowIdle() const;
    void Remember(uint32_t handle);
    bool Judge(Time now, Flow& flow);

    Ptr<ShardingPolicy> m_policy;                        ///< decides
    Time m_lifetime;                                     ///< attribute
    Time m_flowIdle;                                     ///< attribute
    uint32_t m_mostPushed{0};                            ///< attribute
    ShardFlowMap<Flow> m_flows;                          ///< of all nodes
    std::map<uint32_t, ShardDestination> m_destinations; ///< by node
    ShardList<Flow, &Flow::links> m_recent;              ///< asked for last, latest last
    uint32_t m_recentCount{0};                           ///< how many these are
    uint32_t m_epoch{1};                                 ///< now
    uint32_t m_nextId{0};                                ///< of a new flow
    Counters m_counters;                                 ///< what was counted
    TracedCallback<Time, const ShardDecision&, const ShardDestination&>
        m_decisionTrace; ///< decided
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_DECISION_TIER_H
