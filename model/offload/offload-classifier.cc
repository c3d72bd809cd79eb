// SPDX-License-Identifier: GPL-2.0-only
#include "offload-classifier.h"

#include "ns3/ipv4-header.h"
#include "ns3/ipv4-queue-disc-item.h"
#include "ns3/ipv6-header.h"
#include "ns3/ipv6-queue-disc-item.h"
#include "ns3/packet.h"
#include "ns3/uinteger.h"

#include <array>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(OffloadClassifier);
NS_OBJECT_ENSURE_REGISTERED(FlowHashClassifier);
NS_OBJECT_ENSURE_REGISTERED(DscpClassifier);
NS_OBJECT_ENSURE_REGISTERED(PortClassifier);
NS_OBJECT_ENSURE_REGISTERED(RequesterClassifier);

namespace
{

constexpr uint8_t TCP_PROTOCOL = 6; // IANA protocol numbers
constexpr uint8_t UDP_PROTOCOL = 17;

/// @param item to look into  @return whether its payload begins with two ports
bool
HasPorts(const QueueDiscItem& item)
{
    uint8_t protocol = 0;
    if (const auto* ipv4 = dynamic_cast<const Ipv4QueueDiscItem*>(&item))
    {
        const Ipv4Header& header = ipv4->GetHeader();
        protocol = header.GetFragmentOffset() == 0 ? header.GetProtocol() : 0;
    }
    else if (const auto* ipv6 = dynamic_cast<const Ipv6QueueDiscItem*>(&item))
    {
        protocol = ipv6->GetHeader().GetNextHeader();
    }
    return protocol == TCP_PROTOCOL || protocol == UDP_PROTOCOL;
}

} // namespace

TypeId
OffloadClassifier::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::OffloadClassifier").SetParent<Object>().SetGroupName("Sharding");
    return tid;
}

TypeId
FlowHashClassifier::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::FlowHashClassifier")
                            .SetParent<OffloadClassifier>()
                            .SetGroupName("Sharding")
                            .AddConstructor<FlowHashClassifier>()
                            .AddAttribute("Perturbation",
                                          "Salt of the hash.",
                                          UintegerValue(0),
                                          MakeUintegerAccessor(&FlowHashClassifier::m_perturbation),
                                          MakeUintegerChecker<uint32_t>());
    return tid;
}

uint32_t
FlowHashClassifier::Classify(OffloadElement& element, uint32_t functions)
{
    return element.item->Hash(m_perturbation) % functions;
}

TypeId
DscpClassifier::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::DscpClassifier")
                            .SetParent<OffloadClassifier>()
                            .SetGroupName("Sharding")
                            .AddConstructor<DscpClassifier>();
    return tid;
}

uint32_t
DscpClassifier::Classify(OffloadElement& element, uint32_t functions)
{
    uint8_t field = 0;
    element.item->GetUint8Value(QueueItem::IP_DSFIELD, field);
    return (field >> 2) % functions;
}

TypeId
PortClassifier::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::PortClassifier")
                            .SetParent<OffloadClassifier>()
                            .SetGroupName("Sharding")
                            .AddConstructor<PortClassifier>()
                            .AddAttribute("FirstPort",
                                          "UDP or TCP port of function 0; the next is function 1.",
                                          UintegerValue(1024),
                                          MakeUintegerAccessor(&PortClassifier::m_first),
                                          MakeUintegerChecker<uint16_t>(1))
                            .AddAttribute("Other",
                                          "Function of what has no such port.",
                                          UintegerValue(0),
                                          MakeUintegerAccessor(&PortClassifier::m_other),
                                          MakeUintegerChecker<uint32_t>());
    return tid;
}

uint32_t
PortClassifier::Classify(OffloadElement& element, uint32_t functions)
{
    std::array<uint8_t, 4> ports; // RFC 768, RFC 9293: source, destination
    if (element.tlp != nullptr || !HasPorts(*element.item) ||
        element.item->GetPacket()->CopyData(ports.data(), ports.size()) < ports.size())
    {
        return m_other;
    }
    const auto at = [this, &ports](std::size_t i)
    { return static_cast<uint32_t>(ports[i] << 8 | ports[i + 1]) - m_first; };
    if (at(2) < functions)
    {
        return at(2);
    }
    return at(0) < functions ? at(0) : m_other;
}

TypeId
RequesterClassifier::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::RequesterClassifier")
                            .SetParent<OffloadClassifier>()
                            .SetGroupName("Sharding")
                            .AddConstructor<RequesterClassifier>();
    return tid;
}

uint32_t
RequesterClassifier::Classify(OffloadElement& element, uint32_t functions)
{
    return element.tlp != nullptr ? element.tlp->requester % functions : 0;
}

} // namespace sharding
} // namespace ns3
