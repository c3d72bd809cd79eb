// SPDX-License-Identifier: GPL-2.0-only
#include "shard-tier-helper.h"

#include "ns3/node.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace sharding
{

ShardTierHelper::ShardTierHelper()
{
    m_policy.SetTypeId("ns3::sharding::ThresholdPolicy");
    m_tier.SetTypeId("ns3::sharding::ShardDecisionTier");
    m_plane.SetTypeId("ns3::sharding::ShardControlPlane");
    m_client.SetTypeId("ns3::sharding::ShardTierClient");
    m_prober.SetTypeId("ns3::sharding::ShardProber");
}

void
ShardTierHelper::SetTierAttribute(const std::string& name, const AttributeValue& value)
{
    m_tier.Set(name, value);
}

void
ShardTierHelper::SetPlaneAttribute(const std::string& name, const AttributeValue& value)
{
    m_plane.Set(name, value);
}

void
ShardTierHelper::SetClientAttribute(const std::string& name, const AttributeValue& value)
{
    m_client.Set(name, value);
}

void
ShardTierHelper::SetProberAttribute(const std::string& name, const AttributeValue& value)
{
    m_prober.Set(name, value);
}

void
ShardTierHelper::SetPort(uint16_t port)
{
    m_port = port;
}

Ptr<ShardControlPlane>
ShardTierHelper::Create() const
{
    Ptr<ShardDecisionTier> tier = m_tier.Create<ShardDecisionTier>();
    tier->SetPolicy(m_policy.Create<ShardingPolicy>());
    Ptr<ShardControlPlane> plane = m_plane.Create<ShardControlPlane>();
    plane->SetTier(tier);
    return plane;
}

void
ShardTierHelper::Wire(Ptr<ShardControlPlane> plane,
                      Ptr<ShardTunnel> tunnel,
                      uint32_t number,
                      Ptr<ShardTransport> near,
                      Ptr<ShardTransport> far) const
{
    plane->AddNode(number, far);
    tunnel->tier = m_client.Create<ShardTierClient>();
    tunnel->tier->SetTransport(near);
    tunnel->prober = m_prober.Create<ShardProber>();
    tunnel->prober->SetTransport(tunnel->nearTransport);
    tunnel->prober->SetTier(tunnel->tier);
    tunnel->transformer->SetAttribute("Node", UintegerValue(number));
    tunnel->transformer->SetTier(tunnel->tier);
    tunnel->transformer->SetProber(tunnel->prober);
    tunnel->reassembler->SetFeedback(PeekPointer(tunnel->farTransport));
    Simulator::Schedule(Time(0),
                        &ShardReassembler::Announce,
                        tunnel->reassembler,
                        Time(0),
                        tunnel->peer);
}

void
ShardTierHelper::Connect(Ptr<ShardControlPlane> plane,
                         Ptr<ShardTunnel> tunnel,
                         Ptr<Node> node,
                         Ipv4Address atTransformation,
                         Ipv4Address atTier) const
{
    Ptr<ShardUdpTransport> near = CreateObject<ShardUdpTransport>();
    Ptr<ShardUdpTransport> far = CreateObject<ShardUdpTransport>();
    near->AddPath(atTransformation, atTier, ShardPathInfo());
    far->AddPath(atTier, atTransformation, ShardPathInfo());
    near->AddPeer(atTier, node->GetId(), 0);
    far->AddPeer(atTransformation, tunnel->transformationNode->GetId(), 0);
    for (const Ptr<ShardUdpTransport>& end : {near, far})
    {
        end->SetAttribute("Port", UintegerValue(m_port));
    }
    near->Install(tunnel->transformationNode);
    far->Install(node);
    Wire(plane, tunnel, tunnel->transformationNode->GetId(), near, far);
}

void
ShardTierHelper::ConnectComputed(Ptr<ShardControlPlane> plane,
                                 Ptr<ShardTunnel> tunnel,
                                 uint32_t number,
                                 DataRate rate,
                                 Time delay) const
{
    ShardPathLinkSettings settings;
    settings.rate = rate;
    settings.delay = delay;
    ShardPathModel way;
    way.AddLink(ShardPathLink(settings));
    Ptr<ShardPathTransport> near = CreateObject<ShardPathTransport>();
    Ptr<ShardPathTransport> far = CreateObject<ShardPathTransport>();
    ShardPathTransport::Connect(near, far);
    near->AddPath(way, ShardPathInfo());
    far->AddPath(way, ShardPathInfo());
    Wire(plane, tunnel, number, near, far);
}

} // namespace sharding
} // namespace ns3
