// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_SPREADER_H
#define SHARD_SPREADER_H

#include "shard-hash-ring.h"

#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/shard-flow-map.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <map>
#include <optional>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Stands before several transformation nodes and says, for each datagram, which of them is to take
 * it: that of its flow on a ShardHashRing. It keeps no state that a flow depends on. That a node
 * has failed is noticed only after a while, as by health checks that go unanswered; until then its
 * flows are sent to it all the same. It knows no network: how a datagram comes to its node is the
 * business of who asks (ShardSpreaderPort on the IP stack).
 */
class ShardSpreader : public Object
{
  public:
    /// What was spread since the start.
    struct Counters
    {
        uint64_t datagrams{0}; ///< given to nodes, failed ones included
        uint64_t moved{0};     ///< times that a flow went on at another node
        uint64_t homeless{0};  ///< datagrams that came while there was no node, lost
    };

    /// @return the TypeId
    static TypeId GetTypeId();

    ShardSpreader();
    ~ShardSpreader() override;

    /// @param node number of a node that works
    void AddNode(uint32_t node);

    /**
     * A node has failed or recovered, which is noticed after Detection, if it is still so then.
     * @param node number
     * @param isUp whether it works now
     */
    void SetState(uint32_t node, bool isUp);

    /**
     * @param now when; never decreases
     * @param flow of a datagram that has come
     * @return number of the node that is to take it; nothing where there is none
     */
    std::optional<uint32_t> Choose(Time now, const FlowKey& flow);

    /// @return what was spread
    const Counters& GetCounters() const
    {
        return m_counters;
    }

    /**
     * Signature of the Moved trace.
     * @param [in] flow which goes on at another node
     * @param [in] from number of the node that had it
     * @param [in] to number of the node that has it
     */
    typedef void (*MovedTracedCallback)(const FlowKey& flow, uint32_t from, uint32_t to);

    /**
     * Signature of the Membership trace.
     * @param [in] node number
     * @param [in] isIn whether flows are given to it from now on
     */
    typedef void (*MembershipTracedCallback)(uint32_t node, bool isIn);

  protected:
    void DoDispose() override;

  private:
    /// A flow and where it went last.
    struct Flow : ShardMappedFlow
    {
        uint32_t node{0}; ///< number
    };

    void SetPoints(uint32_t points);
    uint32_t GetPoints() const;
    void SetFlowIdle(Time idle);
    Time GetFlowIdle() const;
    void Notice(uint32_t node);

    Time m_detection;                                           ///< attribute
    Time m_flowIdle;                                            ///< attribute
    ShardHashRing m_ring;                                       ///< of nodes taken to work
    std::map<uint32_t, bool> m_isUp;                            ///< by node: whether it works
    ShardFlowMap<Flow> m_flows;                                 ///< only to count what moves
    Counters m_counters;                                        ///< what was spread
    TracedCallback<const FlowKey&, uint32_t, uint32_t> m_moved; ///< a flow went elsewhere
    TracedCallback<uint32_t, bool> m_membership;                ///< a node came or went
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_SPREADER_H
