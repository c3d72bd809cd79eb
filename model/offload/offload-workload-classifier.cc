// SPDX-License-Identifier: GPL-2.0-only
#include "offload-workload-classifier.h"

#include "offload-workload-header.h"

#include "ns3/ipv4-queue-disc-item.h"
#include "ns3/packet.h"
#include "ns3/udp-header.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(OffloadIoClassifier);

TypeId
OffloadIoClassifier::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::OffloadIoClassifier")
                            .SetParent<OffloadClassifier>()
                            .SetGroupName("Sharding")
                            .AddConstructor<OffloadIoClassifier>();
    return tid;
}

uint64_t
OffloadIoClassifier::Name(const OffloadIoFields& fields)
{
    // The engine counts its requests apart from the client's. Never 0, for tries begin at 1.
    constexpr uint64_t OWN = uint64_t{1} << 47;
    return uint64_t{fields.function} << 48 | (fields.isPrefetch ? OWN : 0) |
           (fields.request & 0x7fffffffU) << 16 | fields.tryNumber;
}

uint32_t
OffloadIoClassifier::Classify(OffloadElement& element, uint32_t functions)
{
    const auto item = dynamic_cast<const Ipv4QueueDiscItem*>(element.item);
    constexpr uint8_t UDP = 17;
    constexpr uint32_t UDP_BYTES = 8;
    if (item == nullptr || item->GetHeader().GetProtocol() != UDP ||
        item->GetHeader().GetFragmentOffset() != 0 || item->GetPacket()->GetSize() < UDP_BYTES)
    {
        return functions;
    }
    Ptr<Packet> packet = item->GetPacket()->Copy();
    packet->RemoveAtStart(UDP_BYTES);
    const auto fields = OffloadIoHeader::Read(packet);
    if (!fields)
    {
        return functions;
    }
    switch (fields->kind)
    {
    case OFFLOAD_IO_READ:
        element.type = OFFLOAD_READ;
        break;
    case OFFLOAD_IO_WRITE:
        element.type = OFFLOAD_WRITE;
        break;
    default:
        element.type = OFFLOAD_COMPLETION;
    }
    element.request = Name(*fields);
    element.isAhead = fields->isPrefetch && !fields->isUrgent;
    element.tries = fields->tryNumber > 1 ? fields->tryNumber - 1U : 0;
    const bool carries = fields->kind == OFFLOAD_IO_WRITE || fields->kind == OFFLOAD_IO_DATA;
    const uint32_t headers = OffloadIoHeader::SIZE + UDP_BYTES + 20;
    element.requestBytes = carries ? fields->bytes + uint64_t{fields->Chunks()} * headers : headers;
    return fields->function;
}

} // namespace sharding
} // namespace ns3
