// SPDX-License-Identifier: GPL-2.0-only
#include "shard-tunnel-helper.h"

#include "ns3/boolean.h"
#include "ns3/node.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

namespace
{

/// Beyond, more arrivals to an event save no time, but wait in memory.
const Time MOST_SLACK = MilliSeconds(10);

} // namespace

ShardTunnelHelper::ShardTunnelHelper()
{
    m_policy.SetTypeId("ns3::sharding::StaticPolicy");
    m_placement.SetTypeId("ns3::sharding::RoundRobinPlacement");
    m_reassembler.SetTypeId("ns3::sharding::ShardReassembler");
    m_recovery.SetTypeId("ns3::sharding::ShardWindowRecovery");
    m_buffer.SetTypeId("ns3::sharding::ShardSendBuffer");
    m_transformer.SetTypeId("ns3::sharding::ShardTransformer");
    m_history.SetTypeId("ns3::sharding::ShardHistory");
    m_preallocator.SetTypeId("ns3::sharding::ShardPreallocator");
    m_pool.SetTypeId("ns3::sharding::ShardCryptoPool");
    m_sealer.SetTypeId("ns3::sharding::ShardSealer");
    m_opener.SetTypeId("ns3::sharding::ShardOpener");
    m_dispatcher.SetTypeId("ns3::sharding::RoundRobinDispatcher");
}

void
ShardTunnelHelper::SetReassemblyAttribute(const std::string& name, const AttributeValue& value)
{
    m_reassembler.Set(name, value);
}

void
ShardTunnelHelper::SetRecoveryAttribute(const std::string& name, const AttributeValue& value)
{
    m_recovery.Set(name, value);
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
ShardTunnelHelper::SetArq(bool enabled)
{
    m_arq = enabled;
}

void
ShardTunnelHelper::SetReports(Time interval)
{
    m_reports = interval;
}

void
ShardTunnelHelper::SetHistoryAttribute(const std::string& name, const AttributeValue& value)
{
    m_history.Set(name, value);
}

void
ShardTunnelHelper::SetPreallocation(bool enabled)
{
    m_preallocation = enabled;
}

void
ShardTunnelHelper::SetPreallocatorAttribute(const std::string& name, const AttributeValue& value)
{
    m_preallocator.Set(name, value);
}

void
ShardTunnelHelper::SetCrypto(bool enabled)
{
    m_crypto = enabled;
}

void
ShardTunnelHelper::SetCryptoAttribute(const std::string& name, const AttributeValue& value)
{
    m_pool.Set(name, value);
}

void
ShardTunnelHelper::SetSealerAttribute(const std::string& name, const AttributeValue& value)
{
    m_sealer.Set(name, value);
}

void
ShardTunnelHelper::SetOpenerAttribute(const std::string& name, const AttributeValue& value)
{
    m_opener.Set(name, value);
}

void
ShardTunnelHelper::SetCryptoSpeeds(const std::vector<double>& speeds)
{
    m_speeds = speeds;
}

void
ShardTunnelHelper::SetPort(uint16_t port)
{
    m_port = port;
}

void
ShardTunnelHelper::SetEcn(bool isCapable)
{
    m_ecn = isCapable;
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

void
ShardTunnelHelper::AddPath(const ShardPathModel& out,
                           const ShardPathModel& back,
                           const ShardPathInfo& info)
{
    m_computedPaths.push_back(ComputedPath{out, back, info});
}

void
ShardTunnelHelper::InstallUdp(Ptr<ShardUdpTransport> end,
                              Ptr<ShardOriginLedger> ledger,
                              Ptr<Node> node,
                              uint16_t port) const
{
    end->SetAttribute("RealPayload", BooleanValue(m_realPayload));
    end->SetAttribute("Ecn", BooleanValue(m_ecn));
    end->SetAttribute("Port", UintegerValue(port));
    end->SetLedger(ledger);
    end->Install(node);
}

void
ShardTunnelHelper::InstallIngress(Ptr<ShardTunnel> tunnel,
                                  Ptr<Node> transformation,
                                  uint32_t plainInterface,
                                  Ipv4Address plainGateway) const
{
    tunnel->transformationNode = transformation;
    tunnel->ingress = CreateObject<ShardIngress>();
    tunnel->interface = tunnel->ingress->Install(transformation, tunnel->transformer);
    tunnel->ingress->SetPlainRoute(plainInterface, plainGateway);
}

Ptr<ShardTunnel>
ShardTunnelHelper::Install(Ptr<Node> transformation,
                           Ptr<Node> reassembly,
                           uint32_t plainInterface,
                           Ipv4Address plainGateway) const
{
    Ptr<ShardUdpTransport> near = CreateObject<ShardUdpTransport>();
    Ptr<ShardUdpTransport> far = CreateObject<ShardUdpTransport>();
    std::vector<ShardPathInfo> infos;
    for (const Path& path : m_paths)
    {
        near->AddPath(path.near, path.far, path.info);
        far->AddPath(path.far, path.near, path.info);
        far->AddPeer(path.near, transformation->GetId(), static_cast<uint16_t>(infos.size()));
        near->AddPeer(path.far, reassembly->GetId(), static_cast<uint16_t>(infos.size()));
        infos.push_back(path.info);
    }
    Ptr<ShardTunnel> tunnel = CreateObject<ShardTunnel>();
    tunnel->ledger = CreateObject<ShardOriginLedger>();
    tunnel->nearTransport = near;
    tunnel->farTransport = far;
    InstallUdp(near, tunnel->ledger, transformation, m_port);
    InstallUdp(far, tunnel->ledger, reassembly, m_port);
    tunnel->peer = transformation->GetId();
    WireSender(*tunnel, infos);
    WireReceiver(*tunnel);
    InstallIngress(tunnel, transformation, plainInterface, plainGateway);
    tunnel->egress = CreateObject<ShardEgress>();
    tunnel->egress->Install(reassembly);
    tunnel->reassembler->SetReceiver(PeekPointer(tunnel->egress));
    transformation->AddApplication(tunnel);
    return tunnel;
}

/// @return a tunnel with the receiving parts of another
Ptr<ShardTunnel>
ShardTunnelHelper::MakeJoined(const ShardTunnel& tunnel, Ptr<ShardTransport> near)
{
    Ptr<ShardTunnel> joined = CreateObject<ShardTunnel>();
    joined->nearTransport = near;
    joined->ledger = tunnel.ledger;
    joined->farTransport = tunnel.farTransport;
    joined->decryption = tunnel.decryption;
    joined->opener = tunnel.opener;
    joined->recovery = tunnel.recovery;
    joined->preallocator = tunnel.preallocator;
    joined->reassembler = tunnel.reassembler;
    joined->predictor = tunnel.predictor;
    joined->egress = tunnel.egress;
    return joined;
}

Ptr<ShardTunnel>
ShardTunnelHelper::Join(Ptr<ShardTunnel> tunnel,
                        Ptr<Node> transformation,
                        const std::vector<Ipv4Address>& nearAddresses,
                        uint32_t plainInterface,
                        Ipv4Address plainGateway) const
{
    NS_ABORT_MSG_IF(nearAddresses.size() != m_paths.size(),
                    "a node has an address for each of the " << m_paths.size() << " paths, not "
                                                             << nearAddresses.size());
    Ptr<ShardUdpTransport> near = CreateObject<ShardUdpTransport>();
    Ptr<ShardUdpTransport> far = DynamicCast<ShardUdpTransport>(tunnel->farTransport);
    const uint32_t reassembly = tunnel->nearTransport->GetPeers().front();
    std::vector<ShardPathInfo> infos;
    for (const Path& path : m_paths)
    {
        const auto number = static_cast<uint16_t>(infos.size());
        near->AddPath(nearAddresses[number], path.far, path.info);
        near->AddPeer(path.far, reassembly, number);
        far->AddPeer(nearAddresses[number], transformation->GetId(), number);
        infos.push_back(path.info);
    }
    Ptr<ShardTunnel> joined = MakeJoined(*tunnel, near);
    InstallUdp(near, joined->ledger, transformation, m_port);
    joined->peer = transformation->GetId();
    WireSender(*joined, infos);
    InstallIngress(joined, transformation, plainInterface, plainGateway);
    transformation->AddApplication(joined);
    return joined;
}

/// @return a tunnel with the sending parts of another
Ptr<ShardTunnel>
ShardTunnelHelper::MakeBranch(const ShardTunnel& tunnel, Ptr<ShardTransport> far)
{
    Ptr<ShardTunnel> branch = CreateObject<ShardTunnel>();
    branch->ingress = tunnel.ingress;
    branch->transformer = tunnel.transformer;
    branch->tier = tunnel.tier;
    branch->prober = tunnel.prober;
    branch->history = tunnel.history;
    branch->buffer = tunnel.buffer;
    branch->nearTransport = tunnel.nearTransport;
    branch->transformationNode = tunnel.transformationNode;
    branch->interface = tunnel.interface;
    branch->peer = tunnel.peer;
    branch->ledger = tunnel.ledger;
    branch->farTransport = far;
    return branch;
}

Ptr<ShardTunnel>
ShardTunnelHelper::AddReassembly(Ptr<ShardTunnel> tunnel,
                                 Ptr<Node> reassembly,
                                 const std::vector<Ipv4Address>& farAddresses,
                                 uint16_t port) const
{
    NS_ABORT_MSG_IF(farAddresses.size() != m_paths.size(),
                    "a node has an address for each of the " << m_paths.size() << " paths, not "
                                                             << farAddresses.size());
    Ptr<ShardUdpTransport> near = DynamicCast<ShardUdpTransport>(tunnel->nearTransport);
    const std::vector<uint32_t> peers = near->GetPeers();
    uint32_t number = reassembly->GetId();
    while (std::find(peers.begin(), peers.end(), number) != peers.end())
    {
        ++number; // of a node that has another port already
    }
    Ptr<ShardUdpTransport> far = CreateObject<ShardUdpTransport>();
    InstallUdp(far, tunnel->ledger, reassembly, port != 0 ? port : m_port);
    for (const Path& path : m_paths)
    {
        const auto place = static_cast<uint16_t>(far->GetPathCount());
        far->AddPath(farAddresses[place], path.near, path.info, m_port);
        far->AddPeer(path.near, tunnel->peer, place, m_port);
        near->AddPeer(farAddresses[place], number, place, port);
    }
    Ptr<ShardTunnel> branch = MakeBranch(*tunnel, far);
    WireReceiver(*branch);
    branch->egress = CreateObject<ShardEgress>();
    branch->egress->Install(reassembly);
    branch->reassembler->SetReceiver(PeekPointer(branch->egress));
    reassembly->AddApplication(branch);
    return branch;
}

Ptr<ShardTunnel>
ShardTunnelHelper::InstallComputed() const
{
    Ptr<ShardPathTransport> near = CreateObject<ShardPathTransport>();
    Ptr<ShardPathTransport> far = CreateObject<ShardPathTransport>();
    ShardPathTransport::Connect(near, far);
    near->SetAttribute("Ecn", BooleanValue(m_ecn));
    far->SetAttribute("Ecn", BooleanValue(m_ecn));
    std::vector<ShardPathInfo> infos;
    // What the far end sends is felt at the near end after the way back, and no sooner.
    // Probes do not wait for units: each would be late by its own slack, and the receiver's report
    // another one.
    Time slack = m_crypto && m_reports.IsStrictlyPositive() ? Time(0) : MOST_SLACK;
    for (const ComputedPath& path : m_computedPaths)
    {
        near->AddPath(path.out, path.info);
        far->AddPath(path.back, path.info);
        infos.push_back(path.info);
        slack = std::min(slack, Time(TimeStep(path.back.GetDelay())));
    }
    Ptr<ShardTunnel> tunnel = CreateObject<ShardTunnel>();
    tunnel->nearTransport = near;
    tunnel->farTransport = far;
    WireSender(*tunnel, infos);
    WireReceiver(*tunnel);
    far->SetAttribute("Slack", TimeValue(slack));
    tunnel->reassembler->SetAttribute("Slack", TimeValue(slack));
    if (tunnel->preallocator)
    {
        tunnel->preallocator->SetAttribute("Slack", TimeValue(slack));
    }
    if (tunnel->decryption)
    {
        tunnel->decryption->SetAttribute("Slack", TimeValue(slack));
    }
    tunnel->transformer->SetForward(
        MakeCallback(&ShardPathTransport::SendPlain, PeekPointer(near)));
    return tunnel;
}

Ptr<ShardTunnel>
ShardTunnelHelper::JoinComputed(Ptr<ShardTunnel> tunnel) const
{
    Ptr<ShardPathTransport> far = DynamicCast<ShardPathTransport>(tunnel->farTransport);
    Ptr<ShardPathTransport> near = CreateObject<ShardPathTransport>();
    const auto number = static_cast<uint32_t>(far->GetPeers().size());
    near->SetNumber(number);
    near->SetAttribute("Ecn", BooleanValue(m_ecn));
    near->SharePaths(DynamicCast<ShardPathTransport>(tunnel->nearTransport));
    ShardPathTransport::Connect(near, far);
    std::vector<ShardPathInfo> infos;
    for (const ComputedPath& path : m_computedPaths)
    {
        infos.push_back(path.info);
    }
    Ptr<ShardTunnel> joined = MakeJoined(*tunnel, near);
    joined->peer = number;
    WireSender(*joined, infos);
    joined->transformer->SetForward(
        MakeCallback(&ShardPathTransport::SendPlain, PeekPointer(near)));
    return joined;
}

} // namespace sharding
} // namespace ns3
