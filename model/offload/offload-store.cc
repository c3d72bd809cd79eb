// SPDX-License-Identifier: GPL-2.0-only
#include "offload-store.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(OffloadStore);

TypeId
OffloadStore::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::OffloadStore")
                            .SetParent<Queue<QueueDiscItem>>()
                            .SetGroupName("Sharding")
                            .AddConstructor<OffloadStore>();
    return tid;
}

bool
OffloadStore::Enqueue(Ptr<QueueDiscItem> item)
{
    return DoEnqueue(GetContainer().end(), item);
}

Ptr<QueueDiscItem>
OffloadStore::Dequeue()
{
    return DoDequeue(GetContainer().begin());
}

Ptr<QueueDiscItem>
OffloadStore::Remove()
{
    return DoRemove(GetContainer().begin());
}

Ptr<const QueueDiscItem>
OffloadStore::Peek() const
{
    return DoPeek(GetContainer().begin());
}

} // namespace sharding
} // namespace ns3
