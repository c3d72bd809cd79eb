// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_BLOCK_TABLE_H
#define SHARD_BLOCK_TABLE_H

#include "shard-block-store.h"
#include "shard-reassembly-counters.h"
#include "shard-release-policy.h"
#include "shard-release.h"
#include "shard-requester.h"

#include "ns3/nstime.h"
#include "ns3/shard.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace ns3
{
namespace sharding
{

/// In which order the datagrams of a flow leave reassembly.
enum ShardOrder : uint8_t
{
    SHARD_ORDER_ANY,      ///< each as soon as it is complete
    SHARD_ORDER_IN_ORDER, ///< by block number within the flow; flows do not wait for each other
};

/// What a reassembly node is told.
struct ShardTableSettings
{
    Time timeout{MilliSeconds(500)};   ///< a block is given up so long after its first shard
    Time linger{MilliSeconds(1000)};   ///< an ended block is remembered so long
    Time flowIdle{Seconds(10)};        ///< a flow without open blocks is remembered so long
    ShardOrder order{SHARD_ORDER_ANY}; ///< of release
    ShardMemoryLimits memory;          ///< what may be held
};

/// How a block ended.
struct ShardBlockEnd
{
    ShardBlockId id;                       ///< which
    ShardOutcome outcome{SHARD_TIMED_OUT}; ///< how
    uint16_t stored{0};                    ///< shards of it that were kept
    Time opened;                           ///< when its first shard came
    Time ended;                            ///< when it ended
};

/**
 * @ingroup sharding
 * Is told what becomes of blocks. It may send packets or hand in shards from within Release, but
 * must not call the table from within Ended.
 */
class ShardBlockListener : public ShardDatagramSink
{
  public:
    /// @param now when  @param end a block that ended, and how
    virtual void Ended(Time now, const ShardBlockEnd& end) = 0;

    /**
     * A block has begun that is later in its flow than all before.
     * @param id of the block
     */
    virtual void Began(const ShardBlockId& /* id */)
    {
    }

    /**
     * A shard of a block has come, and nothing has come of blocks of the flow before it.
     * @param first of them
     * @param count how many
     */
    virtual void PassedOver(const ShardBlockId& /* first */, uint32_t /* count */)
    {
    }

    /**
     * A block is given up, at its timeout or because a policy said so.
     * @param block as it is
     * @param isEarly before its timeout
     */
    virtual void GivenUp(const ShardBlock& /* block */, bool /* isEarly */)
    {
    }

    /**
     * Release in order has come to a block that is not complete, perhaps not even begun, or one
     * more datagram waits behind it.
     * @param id of the block
     */
    virtual void Turn(const ShardBlockId& /* id */)
    {
    }
};

/**
 * @ingroup sharding
 * The reassembly mechanism: shards in, datagrams out. It reads no clock and schedules nothing:
 * every call says when it is, and NextDeadline() says until when a call is due. All work is O(1)
 * per shard, amortised, but for in-order release, which is O(log w) with w datagrams of a flow
 * waiting for their turn.
 *
 * A block is opened by its first shard, which fixes layout and code (RFC 6363: the FEC payload id),
 * and ends in one of the ways of ShardOutcome; how it ended is then remembered, so that late
 * shards neither open it again nor have it delivered twice. Shards that contradict each other
 * leave no way to tell the true ones, so the datagram is dropped as a whole (RFC 5722, RFC 8200).
 * Blocks that were evicted from unproven flows are forgotten: their datagram was never delivered,
 * and remembering a flood is what the flood is for.
 */
class ShardBlockTable
{
  public:
    /// @param listener is told everything; outlives the table
    explicit ShardBlockTable(ShardBlockListener& listener);

    /// @param settings from now on
    void Configure(const ShardTableSettings& settings);

    /**
     * Take a shard, after what was due until then.
     * @param now when it comes; never decreases
     * @param shard which is not trusted in any way
     * @return what became of it
     */
    ShardVerdict Accept(Time now, const Shard& shard);

    /**
     * Give up and let go what is due, everything at the time when it was due.
     * @param now when it is; never decreases
     */
    void Advance(Time now);

    /// @return when Advance is to be called next; Time::Max() when nothing is pending
    Time NextDeadline() const;

    /**
     * @param id of a block
     * @return what it lacks; nothing when it has ended (a block of which nothing came is not open)
     */
    std::optional<ShardNeed> Need(const ShardBlockId& id) const;

    /**
     * @param id of a block
     * @return what a release policy is told of it that the table knows; nothing when it is not open
     *         or is complete
     */
    std::optional<ShardReleaseState> State(const ShardBlockId& id) const;

    /**
     * Give up a block before its time.
     * @param now when; never decreases
     * @param id of the block
     * @return whether it was open, and not complete
     */
    bool GiveUp(Time now, const ShardBlockId& id);

    /**
     * Release what is there of a block, with holes, and be done with it.
     * @param now when; never decreases
     * @param id of the block
     * @return whether it was open, not complete, not empty and its turn
     */
    bool ReleasePartial(Time now, const ShardBlockId& id);

    /**
     * Hand on what is there of a block from the front without a hole, and go on.
     * @param now when; never decreases
     * @param id of the block
     * @return whether there was more of it than before, and it was its turn
     */
    bool HandOn(Time now, const ShardBlockId& id);

    /// @param id of a block  @return whether it is open, has ended, or is not known
    ShardBlockStore::Found Look(const ShardBlockId& id) const
    {
        uint32_t handle = SHARD_NIL;
        return m_store.Find(id, ShardBlockStore::Hash(id), handle);
    }

    /// @return what was counted
    const ShardReassemblyCounters& Counters() const
    {
        return m_counters;
    }

    /// @return complete datagrams that wait for their turn
    uint64_t Waiting() const
    {
        return m_waiting;
    }

    /// @return whether all that came is accounted for (ShardReassemblyCounters::Conserved)
    bool CheckConservation() const
    {
        return m_counters.Conserved(m_waiting);
    }

    /// @return flows that are known
    uint32_t Flows()
    {
        return m_store.Flows().Count();
    }

    /// @return bytes taken from the heap for state, payload not included
    size_t HeapBytes()
    {
        return m_store.HeapBytes();
    }

  private:
    ShardVerdict Take(const Shard& shard);
    void NoteOrder(ShardFlow& flow, const ShardBlockId& id);
    ShardVerdict TakeFirst(const Shard& shard, const ShardBlockId& id, uint32_t hash);
    ShardVerdict TakeInto(uint32_t block, const Shard& shard);
    bool MakeRoom(uint32_t flow, uint32_t bytes, uint32_t self);
    void Completed(uint32_t block);
    void End(uint32_t block, ShardOutcome outcome);
    void ReleaseBlock(uint32_t block);
    void ReleaseUpTo(uint32_t block);
    void ReleaseTurns(uint32_t flow);
    bool Differs(const ShardBlock& block, const uint8_t* bytes);
    uint32_t FindIncomplete(const ShardBlockId& id) const;
    bool IsTurn(const ShardBlock& block) const;
    void ReleasePart(const ShardBlock& block, const ShardSet& have, bool isLast);
    bool PartDiffers(const ShardBlock& block, const ShardSet& have, const uint8_t* bytes);
    int64_t OldestSince() const;
    void PassTo(int64_t now);
    void Expire();
    void Deliver();

    ShardBlockListener& m_listener;
    ShardReassemblyCounters m_counters;
    ShardBlockStore m_store;
    uint64_t m_waiting{0};               ///< complete datagrams that wait for their turn
    int64_t m_timeout{0};                ///< ticks
    int64_t m_linger{0};                 ///< ticks
    int64_t m_flowIdle{0};               ///< ticks
    ShardOrder m_order{SHARD_ORDER_ANY}; ///< of release
    int64_t m_now{0};                    ///< ticks; what the caller said last
    int64_t m_quietUntil{0};             ///< ticks; before then nothing can be due
    std::vector<ShardRelease> m_out;     ///< to be delivered when the state is consistent again
    std::vector<uint8_t> m_sent;         ///< scratch: bytes of the packet that was sent
    bool m_delivering{false};            ///< Deliver is at work
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_BLOCK_TABLE_H
