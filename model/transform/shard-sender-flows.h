// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_SENDER_FLOWS_H
#define SHARD_SENDER_FLOWS_H

#include "shard-sender-window.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/shard-directive.h"
#include "ns3/shard-index.h"
#include "ns3/shard-interleaver.h"
#include "ns3/shard-pool.h"
#include "ns3/shard.h"

#include <cstdint>
#include <memory>

namespace ns3
{
namespace sharding
{

/// Blocks of a flow that wait to be sent interleaved.
struct ShardInterleaving
{
    /// @param depth blocks that are interleaved
    explicit ShardInterleaving(uint8_t depth)
        : interleaver(depth)
    {
    }

    ShardInterleaver<Shard> interleaver; ///< the blocks
    uint64_t held{0};                    ///< their shards
    EventId flush;                       ///< sends them though they are too few
};

/// A flow and what was decided on it.
struct ShardSenderFlow
{
    FlowKey key;                                     ///< whose it is
    uint32_t id{0};                                  ///< flow id on the wire
    uint32_t block{0};                               ///< number of its next block
    ShardDirective directive;                        ///< what to do
    bool known{false};                               ///< the node is in use
    Time used;                                       ///< by its last datagram
    std::unique_ptr<ShardInterleaving> interleaving; ///< where blocks are interleaved
    std::unique_ptr<ShardSenderWindow> window;       ///< with the sliding-window code
};

/**
 * @ingroup sharding
 * The flows that a transformation node knows. One that has been idle is forgotten, so that memory
 * depends on the flows of the last while and not on all there ever were; when it comes back it is
 * a new flow with a new id, because what the receiver remembers of the old one is not known.
 */
class ShardSenderFlows
{
  public:
    /// @param idle a flow without a datagram for so long may be forgotten
    void SetIdle(Time idle)
    {
        m_idle = idle;
    }

    /**
     * @param now when; never decreases
     * @param key of a flow
     * @param isNew set to whether it was not known; it then has an id and nothing else
     * @return handle of the flow, until the next call
     */
    uint32_t Find(Time now, const FlowKey& key, bool& isNew);

    /// @param handle of a flow  @return the flow
    ShardSenderFlow& operator[](uint32_t handle)
    {
        return m_pool[handle];
    }

    /// @return flows known
    uint32_t Count() const
    {
        return m_pool.Used();
    }

    /// Forget everything.
    void Clear();

  private:
    static uint32_t Hash(const FlowKey& key);
    void Forget(Time now);

    ShardPool<ShardSenderFlow> m_pool; ///< the flows
    ShardIndex m_index;                ///< by key
    Time m_idle{Seconds(1)};           ///< before a flow is forgotten
    uint32_t m_nextId{0};              ///< of a new flow
    uint32_t m_made{0};                ///< nodes of the pool that were ever used
    uint32_t m_hand{0};                ///< node to be looked at next for idleness
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_SENDER_FLOWS_H
