// SPDX-License-Identifier: GPL-2.0-only
#include "shard-rewriting-policy.h"

#include "ns3/pointer.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(RewritingPolicy);

TypeId
RewritingPolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::RewritingPolicy")
            .SetParent<ShardingPolicy>()
            .SetGroupName("Sharding")
            .AddConstructor<RewritingPolicy>()
            .AddAttribute("Then",
                          "Says what is done with the packets that come of it; null: they are sent "
                          "as they are.",
                          PointerValue(),
                          MakePointerAccessor(&RewritingPolicy::m_then),
                          MakePointerChecker<ShardingPolicy>())
            .AddAttribute("Address",
                          "Where packets go instead; 0.0.0.0: as before.",
                          Ipv4AddressValue(Ipv4Address::GetZero()),
                          MakeIpv4AddressAccessor(&RewritingPolicy::m_address),
                          MakeIpv4AddressChecker())
            .AddAttribute("Port",
                          "The port there; 0: as before.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&RewritingPolicy::m_port),
                          MakeUintegerChecker<uint16_t>())
            .AddAttribute("ReplicaAddress",
                          "Where a copy of each goes; 0.0.0.0: where the packet goes.",
                          Ipv4AddressValue(Ipv4Address::GetZero()),
                          MakeIpv4AddressAccessor(&RewritingPolicy::m_replicaAddress),
                          MakeIpv4AddressChecker())
            .AddAttribute("ReplicaPort",
                          "The port there; 0: that of the packet. Where address and port are 0 "
                          "there is no copy.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&RewritingPolicy::m_replicaPort),
                          MakeUintegerChecker<uint16_t>())
            .AddAttribute("ReassemblyAddress",
                          "Address of the node where shards are put together, one that the "
                          "transformation node knows; 0.0.0.0: the tunnel's own.",
                          Ipv4AddressValue(Ipv4Address::GetZero()),
                          MakeIpv4AddressAccessor(&RewritingPolicy::m_reassemblyAddress),
                          MakeIpv4AddressChecker())
            .AddAttribute("ReassemblyPort",
                          "The port there; 0: the tunnel's own.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&RewritingPolicy::m_reassemblyPort),
                          MakeUintegerChecker<uint16_t>());
    return tid;
}

ShardDirective
RewritingPolicy::Decide(Time now, const ShardFlowView& view)
{
    ShardDirective directive;
    if (m_then)
    {
        directive = m_then->Decide(now, view);
    }
    directive.destination = {m_address.Get(), m_port};
    const ShardTarget replica = {m_replicaAddress.Get(), m_replicaPort};
    if (replica)
    {
        directive.replicas[0] = replica;
        directive.replicaCount = 1;
    }
    directive.reassembly = {m_reassemblyAddress.Get(), m_reassemblyPort};
    return directive;
}

void
RewritingPolicy::DoDispose()
{
    m_then = nullptr;
    ShardingPolicy::DoDispose();
}

} // namespace sharding
} // namespace ns3
