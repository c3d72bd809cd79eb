// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_REASSEMBLER_H
#define SHARD_REASSEMBLER_H

#include "shard-arrival-learner.h"
#include "shard-block-table.h"
#include "shard-hindsight.h"
#include "shard-release-watch.h"
#include "shard-reporter.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/shard-transport.h"
#include "ns3/shard.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * The reassembly node's mechanism as a stage of the datapath: takes shards and hands on datagrams.
 * ShardBlockTable does the work; this gives it attributes, trace sources and its one pending event.
 * The attributes are read when the first shard comes.
 */
class ShardReassembler : public Object, public ShardSink, public ShardControlSink
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ShardReassembler();
    ~ShardReassembler() override;

    /// @param receiver takes the datagrams; not owned
    void SetReceiver(ShardDatagramSink* receiver);

    /**
     * Let the sender know: ask for what is missing (RequestRounds), report (ReportInterval).
     * Without, nothing is said. Before the first shard comes.
     * @param transport sends requests and reports; not owned
     */
    void SetFeedback(ShardTransport* transport);

    /// @param policy says when waiting for the rest of a block is no longer worth while; null or
    /// one that is not active: never. Before the first shard comes.
    void SetReleasePolicy(Ptr<ShardReleasePolicy> policy);

    /// @param predictor learns when shards come, and tells the release policy; null for none.
    /// Before the first shard comes.
    void SetArrivalPredictor(Ptr<ShardArrivalPredictor> predictor);

    /// Tell a sender what this node can do. @param now when  @param peer whom
    void Announce(Time now, uint32_t peer = ShardTransport::ANY_PEER);

    /// Takes probes. @param now when  @param message what came
    void AcceptControl(Time now, const ShardControlMessage& message) override;

    void Accept(Time now, Shard&& shard) override;

    /**
     * Let pass what is due before a time, without waiting for slack to pass.
     * @param now when it is; never decreases
     */
    void Advance(Time now);

    /// @param id of a block  @return whether it is open, has ended and is remembered, or is not
    /// known
    ShardBlockStore::Found Look(const ShardBlockId& id) const;

    /// @return what was counted
    const ShardReassemblyCounters& GetCounters() const;

    /// @return what was counted of requests
    ShardRequesterCounters GetRequestCounters() const;

    /// @return blocks that are followed to ask for what they lack
    uint32_t GetFollowed() const;

    /// @return complete datagrams that wait for their turn
    uint64_t GetWaiting() const;

    /// @return what was counted of the forecasts of arrivals
    ShardArrivalCounters GetArrivalCounters() const;

    /// @return blocks given up or released with holes that would have been complete later
    const ShardHindsight& GetHindsight() const
    {
        return m_hindsight;
    }

    /// @return whether every shard and every block is accounted for
    bool CheckConservation() const;

    /**
     * A shard came.
     * @param shard the shard
     * @param verdict what became of it
     */
    typedef void (*ShardTracedCallback)(const Shard& shard, ShardVerdict verdict);

    /**
     * A block ended.
     * @param end which and how
     */
    typedef void (*EndTracedCallback)(const ShardBlockEnd& end);

    /**
     * The sender is asked for what a block lacks.
     * @param request what for
     */
    typedef void (*RequestTracedCallback)(const ShardRequest& request);

    /**
     * A report is sent.
     * @param report what it says
     */
    typedef void (*ReportTracedCallback)(const ShardReport& report);

    /**
     * A release policy has stopped waiting.
     * @param id of the block
     * @param action what is done
     */
    typedef void (*DecisionTracedCallback)(const ShardBlockId& id, ShardReleaseAction action);

    /**
     * A datagram was released.
     * @param release the datagram
     */
    typedef void (*ReleaseTracedCallback)(const ShardRelease& release);

  protected:
    void DoDispose() override;

  private:
    /// Passes on what the table says, so that its interface is not the reassembler's.
    class Listener : public ShardBlockListener
    {
      public:
        /// @param reassembler whose
        explicit Listener(ShardReassembler& reassembler)
            : m_reassembler(reassembler)
        {
        }

        void Release(Time now, const ShardRelease& release) override;
        void Ended(Time now, const ShardBlockEnd& end) override;
        void Began(const ShardBlockId& id) override;
        void PassedOver(const ShardBlockId& first, uint32_t count) override;
        void GivenUp(const ShardBlock& block, bool isEarly) override;
        void Turn(const ShardBlockId& id) override;

      private:
        ShardReassembler& m_reassembler;
    };

    void Configure();
    void ConfigureFeedback();
    void ConfigureRelease();
    std::optional<ShardReleaseState> StateOf(const ShardBlockId& id);
    void Act(int64_t now, const ShardBlockId& id, const ShardReleaseAnswer& answer);
    void Learn(int64_t now, const Shard& shard, ShardVerdict verdict);

    /// @return whether there are more deadlines than the table's
    bool IsTimed() const
    {
        return m_requester || m_watch || !m_reporters.empty();
    }

    void SendRequest(int64_t now, uint32_t peer, uint16_t path, const ShardRequest& request);
    void TellRequester(const Shard& shard, ShardVerdict verdict);
    void SendReport(int64_t now, uint32_t peer, uint16_t path, const ShardReport& report);
    ShardReporter* ReporterOf(uint32_t peer);
    int64_t NextReport() const;
    void Reschedule();
    void PassTo(int64_t now);
    int64_t NextDeadline() const;
    void Schedule();
    void Due();

    Time m_timeout;                            ///< attribute
    Time m_linger;                             ///< attribute
    Time m_flowIdle;                           ///< attribute
    ShardOrder m_order{SHARD_ORDER_ANY};       ///< attribute
    uint64_t m_nodeMemory{0};                  ///< attribute, bytes
    uint64_t m_flowMemory{0};                  ///< attribute, bytes
    double m_unprovenShare{0};                 ///< attribute, of m_nodeMemory
    uint32_t m_maxBlocks{0};                   ///< attribute; 0: no bound
    bool m_acceptPartial{false};               ///< attribute
    uint32_t m_maxLearnt{0};                   ///< attribute, blocks
    double m_scoreLevel{0};                    ///< attribute
    uint32_t m_rounds{0};                      ///< attribute
    double m_requestRate{0};                   ///< attribute, a second
    Time m_requestTimeout;                     ///< attribute
    Time m_reportInterval;                     ///< attribute
    uint32_t m_processingRate{0};              ///< attribute, shards a second
    Time m_slack;                              ///< attribute
    bool m_configured{false};                  ///< the table knows the attributes
    Listener m_listener;                       ///< what the table speaks to
    ShardBlockTable m_table;                   ///< the mechanism
    ShardDatagramSink* m_receiver{nullptr};    ///< takes the datagrams; not owned
    ShardTransport* m_feedback{nullptr};       ///< to the sender; not owned; null for none
    std::optional<ShardRequester> m_requester; ///< where there is feedback
    /// Likewise, one for each sender that the transport knows, by peer.
    std::vector<std::pair<uint32_t, std::unique_ptr<ShardReporter>>> m_reporters;
    Ptr<ShardReleasePolicy> m_policy;             ///< null for none
    Ptr<ShardArrivalPredictor> m_predictor;       ///< null for none
    std::optional<ShardReleaseWatch> m_watch;     ///< where there is an active policy
    std::optional<ShardArrivalLearner> m_learner; ///< where there is a predictor
    ShardHindsight m_hindsight;                   ///< what came of blocks after all
    uint64_t m_malformedControl{0};               ///< control messages that contradict themselves
    uint16_t m_path{0};                           ///< of the shard that is being taken
    uint8_t m_n{0};                               ///< of the shard that is being taken
    int64_t m_now{0};                             ///< of the call that is being done, ticks
    int64_t m_dueFor{INT64_MAX};                  ///< deadline for which m_due is pending, ticks
    EventId m_due;                                ///< the earliest deadline

    TracedCallback<const Shard&, ShardVerdict> m_shardTrace; ///< a shard came
    TracedCallback<const ShardBlockEnd&> m_endTrace;         ///< a block ended
    TracedCallback<const ShardRelease&> m_releaseTrace;      ///< a datagram was released
    TracedCallback<const ShardRelease&> m_partialTrace;      ///< a part of one
    TracedCallback<const ShardBlockId&, ShardReleaseAction> m_decisionTrace; ///< of the policy
    TracedCallback<const ShardRequest&> m_requestTrace;  ///< the sender is asked
    TracedCallback<const ShardReport&> m_reportTrace;    ///< the sender is told
    TracedCallback<const ShardRelease&> m_mismatchTrace; ///< one that is not what was sent
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_REASSEMBLER_H
