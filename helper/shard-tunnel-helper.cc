// SPDX-License-Identifier: GPL-2.0-only
#include "shard-tunnel-helper.h"

#include "ns3/boolean.h"
#include "ns3/ipv4-routing-table-entry.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/ipv4-static-routing.h"
#include "ns3/node.h"
#include "ns3/uinteger.h"

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
ShardTunnel::DoDispose()
{
    const Ptr<Object> parts[] =
        {ingress, transformer, buffer, nearTransport, farTransport, reassembler, egress};
    for (const Ptr<Object>& part : parts)
    {
        if (part)
        {
            part->Dispose();
        }
    }
    ingress = nullptr;
    transformer = nullptr;
    buffer = nullptr;
    nearTransport = nullptr;
    farTransport = nullptr;
    reassembler = nullptr;
    egress = nullptr;
    transformationNode = nullptr;
    Application::DoDispose();
}

ShardTunnelHelper::ShardTunnelHelper()
{
    m_policy.SetTypeId("ns3::sharding::StaticPolicy");
    m_placement.SetTypeId("ns3::sharding::RoundRobinPlacement");
    m_reassembler.SetTypeId("ns3::sharding::ShardReassembler");
    m_buffer.SetTypeId("ns3::sharding::ShardSendBuffer");
    m_transformer.SetTypeId("ns3::sharding::ShardTransformer");
}

void
ShardTunnelHelper::SetReassemblyAttribute(const std::string& name, const AttributeValue& value)
{
    m_reassembler.Set(name, value);
}

void
ShardTunnelHelper::SetBufferAttribute(const std::string& name, const AttributeValue& value)
{
    m_buffer.Set(name, value);
}

void
ShardTunnelHelper::SetTransformerAttribute(const std::string& name, const AttributeValue& value)
{
    m_transformer.Set(name, value);
}

void
ShardTunnelHelper::SetPort(uint16_t port)
{
    m_port = port;
}

void
ShardTunnelHelper::SetRealPayload(bool real)
{
    m_realPayload = real;
}

void
ShardTunnelHelper::AddPath(Ipv4Address near, Ipv4Address far, const ShardPathInfo& info)
{
    m_paths.push_back(Path{near, far, info});
}

Ptr<ShardTunnel>
ShardTunnelHelper::Install(Ptr<Node> transformation,
                           Ptr<Node> reassembly,
                           uint32_t plainInterface,
                           Ipv4Address plainGateway) const
{
    NS_ABORT_MSG_IF(m_paths.empty(), "a tunnel needs at least one path: AddPath()");
    Ptr<ShardTunnel> tunnel = CreateObject<ShardTunnel>();
    tunnel->transformationNode = transformation;

    Ptr<ShardOriginLedger> ledger = CreateObject<ShardOriginLedger>();
    tunnel->nearTransport = CreateObject<ShardUdpTransport>();
    tunnel->farTransport = CreateObject<ShardUdpTransport>();
    std::vector<ShardPathInfo> infos;
    for (const Path& path : m_paths)
    {
        tunnel->nearTransport->AddPath(path.near, path.far, path.info);
        tunnel->farTransport->AddPath(path.far, path.near, path.info);
        tunnel->farTransport->AddPeer(path.near,
                                      transformation->GetId(),
                                      static_cast<uint16_t>(infos.size()));
        infos.push_back(path.info);
    }
    for (const Ptr<ShardUdpTransport>& end : {tunnel->nearTransport, tunnel->farTransport})
    {
        end->SetAttribute("RealPayload", BooleanValue(m_realPayload));
        end->SetAttribute("Port", UintegerValue(m_port));
        end->SetLedger(ledger);
    }
    tunnel->nearTransport->Install(transformation);
    tunnel->farTransport->Install(reassembly);

    tunnel->buffer = m_buffer.Create<ShardSendBuffer>();
    tunnel->buffer->SetPaths(static_cast<uint32_t>(infos.size()),
                             tunnel->nearTransport->GetOverhead());
    tunnel->buffer->SetNext(PeekPointer(tunnel->nearTransport));

    Ptr<ShardPlacement> placement = m_placement.Create<ShardPlacement>();
    placement->SetPaths(infos);
    tunnel->transformer = m_transformer.Create<ShardTransformer>();
    tunnel->transformer->SetAttribute("RealPayload", BooleanValue(m_realPayload));
    tunnel->transformer->SetPolicy(m_policy.Create<ShardingPolicy>());
    tunnel->transformer->SetPlacement(placement);
    tunnel->transformer->SetPaths(infos, tunnel->nearTransport->GetOverhead());
    tunnel->transformer->SetNext(PeekPointer(tunnel->buffer));

    tunnel->ingress = CreateObject<ShardIngress>();
    tunnel->interface = tunnel->ingress->Install(transformation, tunnel->transformer);
    tunnel->ingress->SetPlainRoute(plainInterface, plainGateway);

    tunnel->egress = CreateObject<ShardEgress>();
    tunnel->egress->Install(reassembly);
    tunnel->reassembler = m_reassembler.Create<ShardReassembler>();
    tunnel->reassembler->SetReceiver(PeekPointer(tunnel->egress));
    tunnel->farTransport->SetReceiver(PeekPointer(tunnel->reassembler));

    transformation->AddApplication(tunnel);
    return tunnel;
}

} // namespace sharding
} // namespace ns3
