// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_SEND_BUFFER_H
#define SHARD_SEND_BUFFER_H

#include "shard-queue.h"

#include "ns3/data-rate.h"
#include "ns3/object.h"
#include "ns3/shard-agenda.h"
#include "ns3/shard.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <deque>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * The out-going shard buffer of a transformation node: a ShardQueue for each path, emptied at the
 * pacing rate. Without pacing every shard goes on at once and waits where the path makes it wait.
 */
class ShardSendBuffer : public Object, public ShardSink
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /**
     * @param paths number of paths
     * @param overhead bytes that wrap a shard's payload on the wire
     */
    void SetPaths(uint32_t paths, uint32_t overhead);

    /// @param next the stage that takes the shards; not owned
    void SetNext(ShardSink* next);

    void Accept(Time now, Shard&& shard) override;

    /// The node fails: what is held is lost.
    void Fail();

    /// @return shards that were lost because the node failed
    uint64_t GetLost() const
    {
        return m_lost;
    }

    /// @return shards held now
    uint64_t GetHeld() const;

    /// @return shards dropped since the start
    uint64_t GetDropped() const;

    /**
     * Signature of the Drop trace.
     * @param [in] shard what was dropped
     * @param [in] reason why
     */
    typedef void (*DropTracedCallback)(const Shard& shard, ShardDrop reason);

  protected:
    void DoDispose() override;

  private:
    struct Lane
    {
        explicit Lane(const ShardQueueCore::Limits& limits)
            : queue(limits)
        {
        }

        ShardQueue<Shard> queue;  ///< what waits
        Time free;                ///< when the next one may leave
        ShardAgenda::Event event; ///< lets it leave
    };

    Time PaceTime(const Shard& shard) const;
    void Serve(uint32_t path);

    DataRate m_pacingRate;                               ///< of each path; 0: no pacing
    uint32_t m_maxPackets;                               ///< held for each path
    uint64_t m_maxBytes;                                 ///< held for each path
    uint32_t m_overhead{0};                              ///< bytes that wrap a payload
    std::deque<Lane> m_lanes;                            ///< by path
    ShardSink* m_next{nullptr};                          ///< takes the shards
    uint64_t m_lost{0};                                  ///< shards held when the node failed
    TracedCallback<const Shard&, ShardDrop> m_dropTrace; ///< dropped
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_SEND_BUFFER_H
