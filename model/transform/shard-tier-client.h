// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_TIER_CLIENT_H
#define SHARD_TIER_CLIENT_H

#include "ns3/event-id.h"
#include "ns3/object.h"
#include "ns3/shard-decision.h"
#include "ns3/shard-transport.h"

#include <cstdint>
#include <map>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Is told what the decisions tier says.
class ShardDecisionSink
{
  public:
    virtual ~ShardDecisionSink() = default;

    /// @param now when  @param decision that came, asked for or not
    virtual void Decided(Time now, const ShardDecision& decision) = 0;

    /// @param now when  @param flow of which nobody said what to do with it
    virtual void Undecided(Time now, const FlowKey& flow) = 0;
};

/**
 * @ingroup sharding
 * A transformation node's line to the decisions tier: asks over the network, waits, asks again, and
 * in the end gives up. What it hears is taken only if it is genuine, sound, and not of an earlier
 * epoch than the latest.
 */
class ShardTierClient : public Object, public ShardControlSink
{
  public:
    /// What came and went since the start.
    struct Counters
    {
        uint64_t asked{0};     ///< questions, those that were repeated not counted
        uint64_t repeated{0};  ///< questions that were repeated
        uint64_t failed{0};    ///< questions that were given up
        uint64_t decisions{0}; ///< taken, those pushed included
        uint64_t epochs{0};    ///< taken
        uint64_t stale{0};     ///< decisions and epochs older than the latest, dropped
        uint64_t malformed{0}; ///< messages that contradict themselves, dropped
        uint64_t relayed{0};   ///< reports and capabilities passed on
    };

    /// @return the TypeId
    static TypeId GetTypeId();

    ShardTierClient();
    ~ShardTierClient() override;

    /// @param transport to the tier, on its path 0
    void SetTransport(Ptr<ShardTransport> transport);

    /// @param sink is told what the tier says; not owned
    void SetSink(ShardDecisionSink* sink);

    /// @param now when  @param ask what is to be done with a flow; not one that is being asked for
    void Ask(Time now, const ShardAsk& ask);

    /**
     * Pass on what the receiver says.
     * @param now when
     * @param type report or capability
     * @param message what came
     */
    void Relay(Time now, const ShardControlMessage& message);

    /// The node fails: no question is waited for any more, and nothing that comes is heard.
    void Fail();

    /// The node has recovered, and knows of no epoch.
    void Recover();

    void AcceptControl(Time now, const ShardControlMessage& message) override;

    /// @return the latest epoch that was heard of
    uint32_t GetEpoch() const
    {
        return m_epoch;
    }

    /// @return what was counted
    const Counters& GetCounters() const
    {
        return m_counters;
    }

  protected:
    void DoDispose() override;

  private:
    /// A question without an answer so far.
    struct Pending
    {
        ShardAsk ask;      ///< the question
        uint32_t tries{1}; ///< how often it was put
        EventId due;       ///< patience ends
    };

    /// Orders flows.
    struct Less
    {
        bool operator()(const FlowKey& a, const FlowKey& b) const;
    };

    void Send(Pending& pending);
    void ForgetQuestions();
    void GiveUpWaiting(FlowKey flow);
    bool IsCurrent(uint32_t epoch);

    Time m_timeout;                             ///< attribute
    uint32_t m_retries;                         ///< attribute
    Ptr<ShardTransport> m_transport;            ///< to the tier
    ShardDecisionSink* m_sink{nullptr};         ///< is told; not owned
    std::map<FlowKey, Pending, Less> m_pending; ///< by flow
    uint32_t m_epoch{0};                        ///< the latest
    Counters m_counters;                        ///< what was counted
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_TIER_CLIENT_H
