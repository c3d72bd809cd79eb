// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_QUEUE_DISC_H
#define SHARD_QUEUE_DISC_H

#include "shard-queue.h"

#include "ns3/queue-disc.h"

#include <cstdint>
#include <list>

namespace ns3
{
namespace sharding
{

class ShardQueueStore;

/**
 * @ingroup sharding
 * A queue discipline that knows shards: ShardQueue for any bottleneck router. It is a root queue
 * disc without classes and packet filters, installed like ns-3's own:
 *
 *     TrafficControlHelper tc;
 *     tc.SetRootQueueDisc("ns3::sharding::ShardQueueDisc", "MaxSize", StringValue("100p"));
 *     tc.Install(device);
 *
 * What it does with a packet: see ShardQueue; what it takes for a shard: see ViewPacket. Drops are
 * in QueueDisc's own statistics and traces with their reasons: "after dequeue" those of packets
 * that were held, "before enqueue" those of arriving ones. It does not mark ECN.
 *
 * The device below holds packets too, in front of which no priority helps: give it a queue of one
 * or a few packets, as for any queue disc.
 */
class ShardQueueDisc : public QueueDisc
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ShardQueueDisc();
    ~ShardQueueDisc() override;

    // Reasons of drops
    static const char* const DOOMED_DROP;   ///< block can no longer be completed
    static const char* const REPAIR_DROP;   ///< repair shard, and no room for it
    static const char* const PRIORITY_DROP; ///< made way for a higher band
    static const char* const FULL_DROP;     ///< nothing of less worth could make way
    static const char* const OVERSIZE_DROP; ///< larger than the whole queue

    /// @return the counters of the queue, peaks and doomed blocks among them
    const ShardQueueCore::Counters& GetCounters() const
    {
        return m_queue.GetCounters();
    }

    /// @return number of blocks remembered now
    std::size_t GetBlockCount() const
    {
        return m_queue.GetBlockCount();
    }

  protected:
    void DoDispose() override;

  private:
    bool DoEnqueue(Ptr<QueueDiscItem> item) override;
    Ptr<QueueDiscItem> DoDequeue() override;
    Ptr<const QueueDiscItem> DoPeek() override;
    bool CheckConfig() override;
    void InitializeParams() override;

    /// Where the internal queue holds an item.
    using Position = std::list<Ptr<QueueDiscItem>>::const_iterator;

    uint64_t m_maxBytes;          ///< bound in bytes; 0: none beside MaxSize
    uint16_t m_port;              ///< UDP port of shards
    uint32_t m_maxBlocks;         ///< blocks remembered of which nothing is held
    bool m_dropDoomed;            ///< whether to care which blocks can be completed
    Ptr<ShardQueueStore> m_store; ///< the internal queue, in which order means nothing
    ShardQueue<Position> m_queue; ///< the order
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_QUEUE_DISC_H
