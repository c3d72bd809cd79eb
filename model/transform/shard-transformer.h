// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_TRANSFORMER_H
#define SHARD_TRANSFORMER_H

#include "shard-placements.h"
#include "shard-prober.h"
#include "shard-sender-flows.h"
#include "shard-tier-client.h"

#include "ns3/callback.h"
#include "ns3/object.h"
#include "ns3/shard-block-encoder.h"
#include "ns3/shard-layout.h"
#include "ns3/shard-policy.h"
#include "ns3/shard.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * The mechanism of a transformation node: takes datagrams, asks what to do with their flow (a
 * policy of its own, or the decisions tier over the network), cuts, codes and places the shards,
 * and hands them to the next stage. It knows neither IP interfaces nor how shards travel. While the
 * tier is asked, the flow's datagrams wait; a decision that has grown old serves until there is
 * another.
 */
class ShardTransformer : public Object, public ShardDecisionSink
{
  public:
    /// Called with a packet that is to go on as it is, and when.
    typedef Callback<void, Time, Ptr<const Datagram>> ForwardCallback;

    /// Called with where shards are to go, gives the place among the peers of who is there.
    typedef Callback<std::optional<uint32_t>, const ShardTarget&> FindPeerCallback;

    /// Called for what a policy is told of the node's cryptographic units: the wait at a time.
    typedef Callback<Time, Time> UnitWaitCallback;

    /// What went through, in datagrams and shards since the start.
    struct Counters
    {
        uint64_t datagrams{0};    ///< taken
        uint64_t replicas{0};     ///< made of them, to go elsewhere as well
        uint64_t forwarded{0};    ///< left as they were: policy, or cannot be sharded
        uint64_t unshardable{0};  ///< of these, sent plain because no block can hold them
        uint64_t sharded{0};      ///< cut into blocks
        uint64_t undecided{0};    ///< dropped, because nobody said what to do with them
        uint64_t lost{0};         ///< came to the failed node, or waited there when it failed
        uint64_t refused{0};      ///< directives that contradict themselves, the MTU or the paths
        uint64_t made{0};         ///< shards cut and coded, further copies of first ones included
        uint64_t lostShards{0};   ///< of these, waited to be interleaved when the node failed
        uint64_t shards{0};       ///< of these, handed on
        uint64_t repair{0};       ///< of those made, repair shards
        uint64_t payloadBytes{0}; ///< bytes of all payloads of shards handed on
    };

    /// @return the TypeId
    static TypeId GetTypeId();

    ShardTransformer();
    ~ShardTransformer() override;

    /// @param policy decides on new flows
    void SetPolicy(Ptr<ShardingPolicy> policy);

    /**
     * Ask the decisions tier instead of a policy.
     * @param tier the line to it
     */
    void SetTier(Ptr<ShardTierClient> tier);

    /// @param prober is told of every datagram, and knows whether the receiver reassembles
    void SetProber(Ptr<ShardProber> prober);

    /// @param placement chooses a path for every shard
    void SetPlacement(Ptr<ShardPlacement> placement);

    /// @param find knows the place among the peers (Shard::peer) of who is at a target; without it
    /// nobody but the first is known
    void SetPeers(FindPeerCallback find);

    /**
     * @param paths what is known of the paths to the reassembly node
     * @param overhead bytes that wrap a shard's payload on the wire
     */
    void SetPaths(const std::vector<ShardPathInfo>& paths, uint32_t overhead);

    /// @param next the stage that takes the shards; not owned
    void SetNext(ShardSink* next);

    /// @param forward takes what goes on as it is
    void SetForward(ForwardCallback forward);

    /// @param wait says how long a shard would wait for a cryptographic unit
    void SetUnitWait(UnitWaitCallback wait);

    /**
     * Take a datagram. Give it `packet` or `bytes` where payload is real.
     * @param now when
     * @param datagram what to send
     */
    void Submit(Time now, Ptr<const Datagram> datagram);

    /// @return what went through so far
    const Counters& GetCounters() const
    {
        return m_counters;
    }

    /**
     * The node fails: what waits is lost, all flows are forgotten, and what comes is lost until it
     * recovers. Flow ids are not given again, because the receiver remembers the blocks of old
     * ones.
     */
    void Fail();

    /// The node has recovered, and knows no flow.
    void Recover();

    /// @return whether the node has failed
    bool IsDown() const
    {
        return m_isDown;
    }

    void Decided(Time now, const ShardDecision& decision) override;
    void Undecided(Time now, const FlowKey& flow) override;

    /// @return datagrams that wait for a decision
    uint64_t GetWaiting() const
    {
        return m_waiting;
    }

    /// @return shards that wait for their interleaving partners
    uint64_t GetHeld() const
    {
        return m_held;
    }

    /**
     * Signature of the Decision trace.
     * @param [in] flow the flow's key
     * @param [in] id the flow id that it was given
     * @param [in] directive what was decided
     */
    typedef void (*DecisionTracedCallback)(const FlowKey& flow,
                                           uint32_t id,
                                           const ShardDirective& directive);

    /**
     * Signature of the Refused trace.
     * @param [in] flow the flow's key
     * @param [in] directive what cannot be followed
     * @param [in] why in a few words
     */
    typedef void (*RefusedTracedCallback)(const FlowKey& flow,
                                          const ShardDirective& directive,
                                          const std::string& why);

    /**
     * Signature of the Sharded trace.
     * @param [in] datagram what was cut
     * @param [in] fields fields of its first shard
     */
    typedef void (*ShardedTracedCallback)(Ptr<const Datagram> datagram, const ShardFields& fields);

  protected:
    void DoDispose() override;

  private:
    void SetFlowIdle(Time idle);
    Time GetFlowIdle() const;
    uint32_t FindFlow(Time now, const Datagram& datagram);
    ShardFlowView Describe(Time now, const Datagram& datagram) const;
    void Judge(Time now, ShardSenderFlow& flow, const Datagram& datagram);
    void JudgeAgain(Time now, ShardSenderFlow& flow, const Datagram& datagram);
    void Ask(Time now, ShardSenderFlow& flow, const Datagram& datagram);
    const char* Reach(const ShardDirective& directive, uint32_t& peer) const;
    void Refuse(const FlowKey& flow, ShardDirective& directive, const char* why);
    void Apply(Time now,
               uint32_t handle,
               uint32_t id,
               const ShardDirective& directive,
               uint32_t peer);
    void Wait(ShardSenderFlow& flow, Ptr<const Datagram> datagram);
    void Process(Time now, uint32_t handle, Ptr<const Datagram> datagram);
    void Send(Time now, uint32_t handle, Ptr<const Datagram> datagram);
    void Forward(Time now, Ptr<const Datagram> datagram);
    void Shatter(Time now,
                 uint32_t handle,
                 Ptr<const Datagram> datagram,
                 const ShardLayout& layout);
    static std::unique_ptr<ShardSenderWindow> MakeWindow(const ShardDirective& directive);
    std::optional<ShardLayout> ChooseLayout(const ShardDirective& directive,
                                            const Datagram& datagram) const;
    void Emit(Time now, Shard&& shard);
    void EmitBlock(Time now, uint32_t flow, std::vector<Shard>&& block);
    void EmitAll(Time now, uint32_t flow, std::vector<Shard>&& shards);
    void Flush(uint32_t flow);

    Ptr<ShardingPolicy> m_policy;       ///< decides on new flows, where there is no tier
    Ptr<ShardTierClient> m_tier;        ///< decides on flows; may be null
    Ptr<ShardProber> m_prober;          ///< of the way; may be null
    uint32_t m_node{0};                 ///< attribute
    bool m_failOpen{true};              ///< attribute
    uint32_t m_mostWaiting{0};          ///< attribute
    bool m_isArq{false};                ///< attribute
    Ptr<ShardPlacements> m_placements;  ///< choose paths
    FindPeerCallback m_findPeer;        ///< knows the nodes at the other end; may be null
    std::vector<ShardPathInfo> m_paths; ///< what is known of the paths
    uint32_t m_overhead{0};             ///< bytes that wrap a shard's payload
    uint32_t m_maxPayload{0};           ///< largest payload that no path fragments
    DataRate m_slowest;                 ///< rate of the slowest path; 0: not known
    Time m_longest;                     ///< propagation of the longest path
    ShardSink* m_next{nullptr};         ///< takes the shards
    ForwardCallback m_forward;          ///< takes what stays plain
    UnitWaitCallback m_unitWait;        ///< of cryptographic units; may be null
    bool m_realPayload{false};          ///< cut and code real bytes
    Time m_interleaveTimeout;           ///< longest wait for interleaving partners
    Time m_flowIdle;                    ///< before a flow is forgotten

    ShardSenderFlows m_flows;    ///< and what was decided on them
    ShardBlockEncoder m_encoder; ///< makes repair shards
    uint32_t m_nextId{0};        ///< of a new flow, where there is no tier
    uint64_t m_waiting{0};       ///< datagrams that wait for a decision
    uint64_t m_held{0};          ///< wait to be interleaved
    bool m_isDown{false};        ///< the node has failed
    Counters m_counters;         ///< what went through

    TracedCallback<const FlowKey&, uint32_t, const ShardDirective&> m_decisionTrace; ///< decided
    TracedCallback<const FlowKey&, const ShardDirective&, const std::string&>
        m_refusedTrace;                                                     ///< not followed
    TracedCallback<Ptr<const Datagram>, const ShardFields&> m_shardedTrace; ///< cut
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_TRANSFORMER_H
