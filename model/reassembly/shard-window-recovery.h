// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_WINDOW_RECOVERY_H
#define SHARD_WINDOW_RECOVERY_H

#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/shard-index.h"
#include "ns3/shard-pool.h"
#include "ns3/shard-window-decoder.h"
#include "ns3/shard.h"
#include "ns3/traced-callback.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * A stage in front of reassembly that gives back what the sliding-window code can: it takes the
 * repair shards out, remembers the data shards of the last blocks (ShardWindowDecoder, one for each
 * flow), and hands on what it computes as if it had come. What comes out of it is in blocks without
 * repair shards and without a code. Shards of other codes pass at the cost of one comparison.
 *
 * Memory is charged by constants, so that it does not depend on the payload mode. Each flow has an
 * equal share; over it, its own oldest blocks go. Where flows come faster than they shrink, the one
 * longest unused goes as a whole.
 */
class ShardWindowRecovery : public Object, public ShardSink
{
  public:
    static constexpr uint32_t FLOW_COST = 1024; ///< bytes charged for a flow

    /// What became of a repair shard.
    enum Fate : uint8_t
    {
        STORED = 0, ///< it is a new equation, or has just been solved
        USELESS,    ///< all that it covers is known, or was already on the way to be
        LATE,       ///< something that it covers has been dropped
        REFUSED,    ///< it contradicts itself or what is at hand
        FATES,      ///< how many there are
    };

    /// What was counted.
    struct Counters
    {
        uint64_t data{0};                      ///< data shards of this code, passed on
        uint64_t repair{0};                    ///< repair shards that came
        std::array<uint64_t, FATES> repairs{}; ///< of these, by what became of them
        uint64_t recovered{0};                 ///< data shards computed and handed on
        uint64_t contradictions{0};            ///< equations that could not be
        uint64_t evicted{0};                   ///< blocks and flows dropped for want of room
        uint64_t bytes{0};                     ///< memory held
        uint64_t peakBytes{0};                 ///< most memory ever held
    };

    /// @return the TypeId
    static TypeId GetTypeId();

    ShardWindowRecovery();
    ~ShardWindowRecovery() override;

    /// @param next the stage that takes data shards; not owned
    void SetNext(ShardSink* next);

    void Accept(Time now, Shard&& shard) override;

    /// @return what was counted
    const Counters& GetCounters() const
    {
        return m_counters;
    }

    /// @return whether every repair shard is accounted for
    bool CheckConservation() const;

    /**
     * Signature of the Repair trace.
     * @param [in] shard a repair shard that came
     * @param [in] fate what became of it
     */
    typedef void (*RepairTracedCallback)(const Shard& shard, Fate fate);

    /**
     * Signature of the Recovered trace.
     * @param [in] shard a data shard that was computed
     */
    typedef void (*RecoveredTracedCallback)(const Shard& shard);

  protected:
    void DoDispose() override;

  private:
    /// What a block is a piece of.
    struct Origin
    {
        uint32_t block{0};            ///< its number
        Ptr<const Datagram> datagram; ///< null for not known
    };

    /// What is remembered of a flow.
    struct Flow
    {
        uint32_t peer{0};                           ///< which sender
        uint32_t flow{0};                           ///< flow id at that sender
        bool isReal{false};                         ///< payload is bytes, not a size
        Time used;                                  ///< when something of it last came
        uint64_t charge{0};                         ///< bytes
        ShardLinks links;                           ///< among all, longest unused first
        std::optional<ShardWindowDecoder> decoder;  ///< blocks and equations
        std::array<Origin, 2 * MAX_WINDOW> origins; ///< by block number modulo their number
    };

    Flow* FindFlow(Time now, const Shard& shard);
    void ForgetFlow(uint32_t handle);
    void Settle(Flow& flow);
    Fate TakeRepair(Time now, const Shard& shard, std::vector<Shard>& recovered);
    void Collect(Flow& flow, const Shard& cause, std::vector<Shard>& recovered);
    void HandOn(Time now, std::vector<Shard>&& recovered);
    static void NoteOrigin(Flow& flow, uint32_t block, const Ptr<const Datagram>& datagram);

    uint64_t m_maxBytes{0};                           ///< attribute
    Time m_flowIdle;                                  ///< attribute
    ShardSink* m_next{nullptr};                       ///< takes data shards
    ShardPool<Flow> m_flows;                          ///< the flows
    ShardIndex m_index;                               ///< by name
    ShardList<Flow, &Flow::links> m_byUse;            ///< longest unused first
    Counters m_counters;                              ///< what was counted
    TracedCallback<const Shard&, Fate> m_repairTrace; ///< a repair shard came
    TracedCallback<const Shard&> m_recoveredTrace;    ///< a data shard was computed
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_WINDOW_RECOVERY_H
