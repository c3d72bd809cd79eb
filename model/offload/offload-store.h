// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_STORE_H
#define OFFLOAD_STORE_H

#include "ns3/abort.h"
#include "ns3/queue-item.h"
#include "ns3/queue.h"

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * The internal queue of an OffloadQueueDisc. A QueueDisc learns from the traces of its internal
 * queues, and only from them, what it holds; ns-3's own queues let go only of their head. This one
 * lets go of any item; it keeps the order in which they came.
 */
class OffloadStore : public Queue<QueueDiscItem>
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /// @param item to be held  @return where
    ConstIterator Put(Ptr<QueueDiscItem> item)
    {
        Iterator position;
        const bool isStored = DoEnqueue(GetContainer().end(), item, position);
        NS_ABORT_MSG_UNLESS(isStored, "OffloadStore is bounded by OffloadQueueDisc alone");
        return position;
    }

    /// @param position of a held item  @return the item
    Ptr<QueueDiscItem> Take(ConstIterator position)
    {
        return DoDequeue(position);
    }

    /// @return who came first of those held; there must be one
    const Ptr<QueueDiscItem>& Oldest() const
    {
        return GetContainer().front();
    }

    // What every queue has to offer; the disc does not use it.
    bool Enqueue(Ptr<QueueDiscItem> item) override;
    Ptr<QueueDiscItem> Dequeue() override;
    Ptr<QueueDiscItem> Remove() override;
    Ptr<const QueueDiscItem> Peek() const override;
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_STORE_H
