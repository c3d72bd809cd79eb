// SPDX-License-Identifier: GPL-2.0-only
#include "shard-tunnel-helper.h"

#include "ns3/ipv4-routing-table-entry.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/ipv4-static-routing.h"
#include "ns3/node.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardTunnel);

TypeId
ShardTunnel::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ShardTunnel")
                            .SetParent<Application>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ShardTunnel>();
    return tid;
}

void
ShardTunnel::AddRoute(Ipv4Address destination)
{
    Ptr<Ipv4StaticRouting> routing =
        Ipv4StaticRoutingHelper().GetStaticRouting(transformationNode->GetObject<Ipv4>());
    // Of two host routes the older one would win.
    for (uint32_t route = routing->GetNRoutes(); route-- > 0;)
    {
        const Ipv4RoutingTableEntry entry = routing->GetRoute(route);
        if (entry.IsHost() && entry.GetDest() == destination)
        {
            routing->RemoveRoute(route);
        }
    }
    routing->AddHostRouteTo(destination, interface);
}

void
ShardTunnel::Fail()
{
    nearTransport->SetDown(true);
    transformer->Fail();
    buffer->Fail();
    if (encryption)
    {
        encryption->Fail();
        sealer->Restart();
    }
    if (history)
    {
        history->Fail();
    }
    if (tier)
    {
        tier->Fail();
        prober->Fail();
    }
}

void
ShardTunnel::Recover()
{
    nearTransport->SetDown(false);
    transformer->Recover();
    if (tier)
    {
        tier->Recover();
    }
}

void
ShardTunnel::DoDispose()
{
    const Ptr<Object> parts[] = {ingress,
                                 transformer,
                                 tier,
                                 prober,
                                 history,
                                 buffer,
                                 encryption,
                                 sealer,
                                 nearTransport,
                                 farTransport,
                                 decryption,
                                 opener,
                                 recovery,
                                 preallocator,
                                 reassembler,
                                 egress};
    for (const Ptr<Object>& part : parts)
    {
        if (part)
        {
            part->Dispose();
        }
    }
    ingress = nullptr;
    transformer = nullptr;
    tier = nullptr;
    prober = nullptr;
    history = nullptr;
    buffer = nullptr;
    encryption = nullptr;
    sealer = nullptr;
    nearTransport = nullptr;
    farTransport = nullptr;
    decryption = nullptr;
    opener = nullptr;
    recovery = nullptr;
    preallocator = nullptr;
    reassembler = nullptr;
    egress = nullptr;
    ledger = nullptr;
    transformationNode = nullptr;
    Application::DoDispose();
}

} // namespace sharding
} // namespace ns3
