// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_PATH_MODEL_H
#define SHARD_PATH_MODEL_H

#include "shard-error-models.h"
#include "shard-path-link.h"

#include "ns3/random-variable-stream.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * One direction of a path, computed: a chain of links that only this direction uses, so that
 * packets come to each link in the order in which they were sent, and all that happens to a packet
 * is known when it is sent. Loss and jitter strike on the last link, as in the stack's
 * ShardLinkChannel: one draw each for every packet that is transmitted there, in that order.
 */
class ShardPathModel
{
  public:
    /// What becomes of a packet.
    enum Outcome : uint8_t
    {
        ARRIVES,
        QUEUE_DROP, ///< a full queue
        LOST        ///< on the last link
    };

    /// What was sent, in IP packets.
    struct Counters
    {
        uint64_t entered{0};      ///< packets
        uint64_t enteredBytes{0}; ///< bytes of them
        uint64_t queueDrops{0};   ///< full queues
        uint64_t losses{0};       ///< on the last link
    };

    /// @param link the next one
    void AddLink(const ShardPathLink& link);

    /// @param loss says which packets the last link loses; null for none
    void SetLoss(Ptr<GilbertElliottErrorModel> loss);

    /// @param jitter extra delay on the last link, seconds; where it is negative none; null for
    /// none
    void SetJitter(Ptr<RandomVariableStream> jitter);

    /**
     * Send a packet.
     * @param moment when; never decreases. Set to when it arrives.
     * @param bytes of the IP packet
     * @param isMarked set to true where a queue would mark it, if it is ECN-capable; may be null
     * @return what becomes of it
     */
    Outcome Send(ShardMoment& moment, uint32_t bytes, bool* isMarked = nullptr);

    /**
     * @param now ticks
     * @return what was counted until then: what is known to happen later is left out
     */
    Counters GetCounters(int64_t now) const;

    /// @return propagation delay of all links, ticks: no packet is faster
    int64_t GetDelay() const
    {
        return m_delay;
    }

    /// @return the links
    const std::vector<ShardPathLink>& Links() const
    {
        return m_links;
    }

  private:
    /// A drop or a loss.
    struct Ending
    {
        Outcome outcome; ///< what
        int64_t at;      ///< when, ticks
    };

    static constexpr std::size_t FEW_ENDS = 1024;

    Outcome End(Outcome outcome, int64_t at);

    std::vector<ShardPathLink> m_links;   ///< in the order of the way
    Ptr<GilbertElliottErrorModel> m_loss; ///< of the last link; may be null
    Ptr<RandomVariableStream> m_jitter;   ///< of the last link; may be null
    int64_t m_delay{0};                   ///< of all links
    Counters m_counters;                  ///< what happens sooner or later
    std::vector<Ending> m_ends;           ///< drops and losses, some of which may lie ahead
    std::size_t m_manyEnds{FEW_ENDS};     ///< so many of them make one look for those of the past
    int64_t m_now{0};                     ///< of the last packet
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_PATH_MODEL_H
