// SPDX-License-Identifier: GPL-2.0-only
#include "offload-element.h"

#include "ns3/packet.h"
#include "ns3/shard-index.h"

namespace ns3
{
namespace sharding
{

OffloadTlpItem::OffloadTlpItem(Ptr<Packet> packet, const OffloadTlp& tlp)
    : QueueDiscItem(packet, Address(), PROTOCOL),
      m_tlp(tlp)
{
}

void
OffloadTlpItem::AddHeader()
{
    // The packet has its header.
}

bool
OffloadTlpItem::Mark()
{
    return false;
}

uint32_t
OffloadTlpItem::Hash(uint32_t perturbation) const
{
    return ShardIndex::Hash(m_tlp.requester, perturbation, 0);
}

OffloadElement
ViewOffloadElement(const QueueDiscItem& item)
{
    OffloadElement element;
    element.item = &item;
    element.size = item.GetSize();
    if (item.GetProtocol() == OffloadTlpItem::PROTOCOL)
    {
        const auto* tlp = dynamic_cast<const OffloadTlpItem*>(&item);
        if (tlp != nullptr)
        {
            element.tlp = &tlp->GetTlp();
            element.type = element.tlp->type;
        }
    }
    return element;
}

} // namespace sharding
} // namespace ns3
