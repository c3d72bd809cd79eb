// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_PREALLOCATOR_H
#define SHARD_PREALLOCATOR_H

#include "shard-buffers-ahead.h"
#include "shard-reassembler.h"

#include "ns3/event-id.h"
#include "ns3/object.h"
#include "ns3/shard-turns.h"
#include "ns3/shard.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Where a datagram's buffer came from.
enum ShardBufferSource : uint8_t
{
    SHARD_BUFFER_COLD = 0,  ///< allocated when its first shard came
    SHARD_BUFFER_POOL,      ///< free in the shared pool
    SHARD_BUFFER_PREDICTED, ///< allocated ahead for its flow; perhaps not ready yet
};

/// A datagram has got its buffer.
struct ShardBufferGrant
{
    ShardBlockId id;                             ///< whose
    ShardBufferSource source{SHARD_BUFFER_COLD}; ///< which
    Time wait;                                   ///< from its first shard until it is ready
};

/**
 * @ingroup sharding
 * What a preallocator has counted. Shards received = passed + held + dropped.
 */
struct ShardPreallocatorCounters
{
    uint64_t received{0};     ///< shards that came
    uint64_t passed{0};       ///< shards handed on
    uint64_t held{0};         ///< shards that wait for a buffer
    uint64_t dropped{0};      ///< shards for whose waiting there was no room
    uint64_t opened{0};       ///< datagrams for which a buffer was needed
    uint64_t hits{0};         ///< of these, found one that was allocated before and ready
    uint64_t released{0};     ///< of these, left reassembly as a datagram
    Time gained;              ///< over those, by how much sooner than with a cold allocation
    double wasteByteTicks{0}; ///< bytes allocated ahead and not in use, integrated from the first
                              ///< opened until the last
};

/**
 * @ingroup sharding
 * Buffers for datagrams to come: a stage in front of the reassembler. A datagram needs a buffer of
 * its size; to allocate one takes ColdTime, and until then its shards wait here. A shared pool of
 * buffers, which come back when their datagram has ended, and buffers that a policy has allocated
 * ahead for the flow (ShardBuffersAhead) spare that wait, or a part of it.
 *
 * The buffers are a model of time and of bytes: what reassembly really holds is the reassembler's
 * own account (NodeMemory).
 */
class ShardPreallocator : public Object, public ShardSink
{
  public:
    static constexpr uint32_t HELD_COST = 128; ///< bytes charged for a held shard beside payload

    /// @return the TypeId
    static TypeId GetTypeId();

    ShardPreallocator();
    ~ShardPreallocator() override;

    /// @param next takes the shards, and says which datagrams are open and when they end
    void SetNext(Ptr<ShardReassembler> next);

    /// @param policy allocates ahead for each flow; null for none. Before the first shard comes.
    void SetPolicy(Ptr<ShardPreallocationPolicy> policy);

    void Accept(Time now, Shard&& shard) override;

    /**
     * Hand on what is due before a time, without waiting for slack to pass.
     * @param now when it is; never decreases
     */
    void Advance(Time now);

    /// @return what was counted
    ShardPreallocatorCounters GetCounters() const;

    /// @return what was counted of buffers allocated ahead by the policy
    ShardAheadCounters GetAheadCounters() const;

    /**
     * A datagram has got its buffer.
     * @param grant which
     */
    typedef void (*GrantTracedCallback)(const ShardBufferGrant& grant);

    /**
     * A shard was dropped: no room to wait for a buffer.
     * @param shard the shard
     */
    typedef void (*DropTracedCallback)(const Shard& shard);

  protected:
    void DoDispose() override;

  private:
    /// A shard that waits.
    struct HeldShard
    {
        Shard shard;      ///< it
        ShardLinks links; ///< among its block's, in order of arrival
    };

    /// A block that has a buffer or waits for one.
    struct Block : ShardTurns::Slot // when its buffer is ready
    {
        ShardBlockId id;                                ///< which
        int64_t opened{0};                              ///< when its first shard came, ticks
        bool isPooled{false};                           ///< has a buffer of the pool
        bool isHeld{false};                             ///< waits
        ShardList<HeldShard, &HeldShard::links> shards; ///< that wait
    };

    static uint32_t Hash(const ShardBlockId& id);
    uint32_t Find(const ShardBlockId& id) const;
    uint32_t Open(int64_t now, const ShardBlockId& id, const Shard& shard);
    bool MayHold(const Shard& shard) const;
    void Drop(const Shard& shard);
    void Hold(uint32_t block, Shard&& shard);
    void Pass(int64_t now, Shard&& shard);
    void CloseUnlessOpen(int64_t now, const ShardBlockId& id);
    void Close(int64_t now, uint32_t block);
    void Ended(const ShardBlockEnd& end);
    void IntegratePool(int64_t until);
    void PassTo(int64_t now);
    void Ready(int64_t at, uint32_t block);
    void Schedule();
    void Due();

    Time m_coldTime;           ///< attribute
    uint32_t m_poolBuffers{0}; ///< attribute
    uint32_t m_poolSize{0};    ///< attribute, bytes
    uint64_t m_memory{0};      ///< attribute, bytes
    uint32_t m_flows{0};       ///< attribute
    Time m_flowIdle;           ///< attribute
    uint64_t m_heldMemory{0};  ///< attribute, bytes
    Time m_slack;              ///< attribute

    Ptr<ShardReassembler> m_next;             ///< takes the shards
    Ptr<ShardPreallocationPolicy> m_policy;   ///< null for none
    std::optional<ShardBuffersAhead> m_ahead; ///< where there is a policy, from the first shard on
    ShardPool<Block> m_blocks;                ///< those with a buffer, and those that wait
    ShardPool<HeldShard> m_held;              ///< those that wait
    ShardIndex m_index;                       ///< blocks by name
    ShardTurns m_turns;                       ///< of the blocks that wait
    uint64_t m_heldBytes{0};                  ///< charged for the shards that wait
    uint32_t m_poolUsed{0};                   ///< buffers of the pool in use
    double m_poolWaste{0};                    ///< free bytes of it, integrated, byte ticks
    int64_t m_poolWasteAt{-1};                ///< until when, ticks; -1: not begun
    int64_t m_dueFor{ShardTurns::NEVER};      ///< turn for which m_due is pending, ticks
    EventId m_due;                            ///< the first turn
    ShardPreallocatorCounters m_counters;

    TracedCallback<const ShardBufferGrant&> m_grantTrace; ///< a datagram has got its buffer
    TracedCallback<const Shard&> m_dropTrace;             ///< a shard was dropped
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_PREALLOCATOR_H
