// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_HISTORY_H
#define SHARD_HISTORY_H

#include "ns3/object.h"
#include "ns3/shard-index.h"
#include "ns3/shard-ring.h"
#include "ns3/shard-transport.h"
#include "ns3/shard.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * A stage that remembers the shards that pass, in bounded memory, and sends again what the receiver
 * asks for. What is sent again goes where it went before, on the path that the request took: the
 * receiver asks on the one that is the quickest to it, of those that the flow takes. A round may
 * come in several requests, on different paths and in any order; each shard is sent once a round.
 * Copies of requests, and those of rounds that are past, are dropped. Of several nodes each is
 * answered only of what was sent to it.
 */
class ShardHistory : public Object, public ShardSink, public ShardControlSink
{
  public:
    /// What was asked for and sent again.
    struct Counters
    {
        uint64_t requests{0};      ///< answered
        uint64_t stale{0};         ///< requests that had been answered, or of an earlier round
        uint64_t unknown{0};       ///< requests for blocks that are not remembered (any more)
        uint64_t malformed{0};     ///< requests that contradict themselves or their block
        uint64_t retransmitted{0}; ///< shards sent again
    };

    /// @return the TypeId
    static TypeId GetTypeId();

    ShardHistory();
    ~ShardHistory() override;

    /// @param next the stage that takes the shards; not owned
    void SetNext(ShardSink* next);

    void Accept(Time now, Shard&& shard) override;
    void AcceptControl(Time now, const ShardControlMessage& message) override;

    /// The node fails: nothing is remembered, so that requests for it find nothing.
    void Fail();

    /// @return what was counted
    const Counters& GetCounters() const
    {
        return m_counters;
    }

    /**
     * Signature of the Retransmit trace.
     * @param [in] shard what is sent again
     * @param [in] round of the request
     */
    typedef void (*RetransmitTracedCallback)(const Shard& shard, uint8_t round);

  protected:
    void DoDispose() override;

  private:
    /// A block that was sent.
    struct Block
    {
        uint32_t peer{0};          ///< node that it was sent to (Shard::peer)
        uint32_t flow{0};          ///< flow id
        uint32_t number{0};        ///< block number
        Time sent;                 ///< when its first shard passed
        uint32_t bytes{0};         ///< of payload
        uint8_t round{0};          ///< last one that was answered
        ShardSet answered;         ///< shards that were sent in it
        std::vector<Shard> shards; ///< in order of their indices
    };

    uint32_t Find(uint32_t peer, uint32_t flow, uint32_t number) const;
    void Remember(Time now, const Shard& shard);
    void ForgetOldest();

    Block& At(uint32_t number)
    {
        return m_blocks[number % m_blocks.size()];
    }

    const Block& At(uint32_t number) const
    {
        return m_blocks[number % m_blocks.size()];
    }

    void Grow();

    uint64_t m_maxBytes{0};      ///< attribute
    Time m_maxAge;               ///< attribute
    ShardSink* m_next{nullptr};  ///< takes the shards
    std::vector<Block> m_blocks; ///< those from m_first to m_end, by number modulo its size
    uint32_t m_first{0};         ///< the oldest
    uint32_t m_end{0};           ///< behind the latest
    ShardIndex m_index;          ///< by peer, flow and block number
    uint64_t m_bytes{0};         ///< of payload remembered
    Counters m_counters;         ///< what was counted
    TracedCallback<const Shard&, uint8_t> m_retransmitTrace; ///< sent again
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_HISTORY_H
