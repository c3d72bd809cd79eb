// SPDX-License-Identifier: GPL-2.0-only
#include "shard-udp-transport.h"

#include "ns3/boolean.h"
#include "ns3/inet-socket-address.h"
#include "ns3/ipv4-header.h"
#include "ns3/ipv4-route.h"
#include "ns3/ipv4-routing-protocol.h"
#include "ns3/ipv4.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/packet.h"
#include "ns3/shard-packet-header.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/udp-l4-protocol.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cstring>

namespace ns3
{
namespace sharding
{

NS_LOG_COMPONENT_DEFINE("ShardUdpTransport");

NS_OBJECT_ENSURE_REGISTERED(ShardUdpTransport);

TypeId
ShardUdpTransport::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardUdpTransport")
            .SetParent<ShardTransport>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardUdpTransport>()
            .AddAttribute("Port",
                          "UDP port of shards, and of those that come from the other end unless "
                          "that is said to have another.",
                          UintegerValue(DEFAULT_PORT),
                          MakeUintegerAccessor(&ShardUdpTransport::m_port),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("RealPayload",
                          "Shards carry real bytes, covered by the checksum, instead of sizes.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&ShardUdpTransport::m_realPayload),
                          MakeBooleanChecker())
            .AddTraceSource("Reject",
                            "A packet came that is no well-formed shard.",
                            MakeTraceSourceAccessor(&ShardUdpTransport::m_rejectTrace),
                            "ns3::sharding::ShardUdpTransport::RejectTracedCallback");
    return tid;
}

ShardUdpTransport::ShardUdpTransport() = default;
ShardUdpTransport::~ShardUdpTransport() = default;

void
ShardUdpTransport::Install(Ptr<Node> node)
{
    m_node = node;
    m_udp = node->GetObject<UdpL4Protocol>();
    m_ipv4 = node->GetObject<Ipv4>();
    NS_ABORT_MSG_UNLESS(m_udp, "a stack transport needs a node with an IPv4 stack");
    m_socket = Socket::CreateSocket(node, UdpSocketFactory::GetTypeId());
    const int bound = m_socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), m_port));
    NS_ABORT_MSG_IF(bound != 0, "UDP port " << m_port << " of the node is taken");
    m_socket->SetIpRecvTos(m_ecn);
    m_socket->SetRecvCallback(MakeCallback(&ShardUdpTransport::Receive, this));
}

void
ShardUdpTransport::AddPath(Ipv4Address local,
                           Ipv4Address remote,
                           const ShardPathInfo& info,
                           uint16_t port)
{
    m_paths.push_back(Path{local, remote, port, info, nullptr, Time()});
}

void
ShardUdpTransport::AddPeer(Ipv4Address remote, uint32_t peer, uint16_t path, uint16_t port)
{
    const auto known = std::find(m_peerNumbers.begin(), m_peerNumbers.end(), peer);
    const auto place = static_cast<uint32_t>(known - m_peerNumbers.begin());
    if (known == m_peerNumbers.end())
    {
        m_peerNumbers.push_back(peer);
    }
    m_peers[{remote.Get(), Relative(port)}] = Peer{peer, path, place};
    if (path < m_paths.size() && (m_paths[path].remote != remote || m_paths[path].port != port))
    {
        m_otherPaths[{peer, path}] =
            Path{m_paths[path].local, remote, port, m_paths[path].info, nullptr, Time()};
    }
}

std::optional<uint32_t>
ShardUdpTransport::FindPeer(const ShardTarget& target) const
{
    if (!target || m_paths.empty())
    {
        return ShardTransport::FindPeer(target);
    }
    const Path& first = m_paths.front();
    const auto peer = m_peers.find({target.address != 0 ? target.address : first.remote.Get(),
                                    Relative(target.port != 0 ? target.port : first.port)});
    return peer != m_peers.end() ? std::optional<uint32_t>(peer->second.place) : std::nullopt;
}

std::vector<uint32_t>
ShardUdpTransport::GetPeers() const
{
    return m_peerNumbers;
}

void
ShardUdpTransport::SetLedger(Ptr<ShardOriginLedger> ledger)
{
    m_ledger = ledger;
}

uint32_t
ShardUdpTransport::GetPathCount() const
{
    return static_cast<uint32_t>(m_paths.size());
}

ShardPathInfo
ShardUdpTransport::GetPath(uint32_t path) const
{
    return m_paths.at(path).info;
}

uint32_t
ShardUdpTransport::GetOverhead() const
{
    return 20 + 8 + ShardHeader::SIZE; // IPv4 without options, UDP
}

void
ShardUdpTransport::Accept(Time now, Shard&& shard)
{
    Path& path =
        shard.peer == 0 ? m_paths[shard.path] : PathTo(shard.path, m_peerNumbers.at(shard.peer));
    Ptr<Packet> packet;
    if (const uint8_t* payload = shard.Payload())
    {
        // In one piece: to put a header in front of a packet's bytes, ns-3 moves them.
        m_sendScratch.resize(ShardHeader::SIZE + shard.size);
        ShardHeader::Write(shard.fields, payload, shard.size, m_sendScratch.data(), shard.seal);
        std::memcpy(m_sendScratch.data() + ShardHeader::SIZE, payload, shard.size);
        packet = Create<Packet>(m_sendScratch.data(), ShardHeader::SIZE + shard.size);
    }
    else if (shard.seal.present)
    {
        packet = Create<Packet>(shard.size - ShardSeal::PREFIX);
        packet->AddHeader(ShardPacketHeader(shard.fields, shard.seal, shard.size));
    }
    else
    {
        packet = Create<Packet>(shard.size);
        packet->AddHeader(ShardPacketHeader(shard.fields, nullptr, shard.size));
    }
    if (m_ledger && shard.origin)
    {
        uint64_t& known = m_entered[shard.fields.block % m_entered.size()];
        uint64_t number = known;
        if (shard.window)
        {
            number = m_ledger->Enter(now, shard.origin, shard.window);
        }
        else if (m_ledger->Find(known) != shard.origin)
        {
            number = known = m_ledger->Enter(now, shard.origin);
        }
        m_ledger->Depart(number);
        packet->AddPacketTag(ShardOriginTag(number));
    }
    ++m_sent;
    SendPacket(now, path, packet, shard.dscp);
}

/// @return the way to a peer; that to the first where there is no other
ShardUdpTransport::Path&
ShardUdpTransport::PathTo(uint16_t path, uint32_t peer)
{
    const auto other = m_otherPaths.find({peer, path});
    return other != m_otherPaths.end() ? other->second : m_paths.at(path);
}

void
ShardUdpTransport::SendPacket(Time now, Path& path, Ptr<Packet> packet, uint8_t dscp)
{
    const uint8_t ecn = m_ecn ? Ipv4Header::ECN_ECT0 : Ipv4Header::ECN_NotECT;
    if (const auto field = static_cast<uint8_t>(dscp << 2 | ecn))
    {
        SocketIpTosTag tos;
        tos.SetTos(field);
        packet->AddPacketTag(tos);
    }
    m_udp->Send(packet,
                path.local,
                path.remote,
                m_port,
                path.port != 0 ? path.port : m_port,
                FindRoute(now, path, packet));
}

void
ShardUdpTransport::DoSendControl(Time now,
                                 uint16_t number,
                                 uint32_t peer,
                                 const std::vector<uint8_t>& message)
{
    Ptr<Packet> packet = Create<Packet>(message.data(), static_cast<uint32_t>(message.size()));
    SendPacket(now, PathTo(number, peer), packet, 0);
}

Ptr<Ipv4Route>
ShardUdpTransport::FindRoute(Time now, Path& path, Ptr<Packet> packet)
{
    // The shards of a block leave at the same moment, in which routes do not change.
    if (!path.route || path.routeTime != now)
    {
        Ipv4Header header;
        header.SetSource(path.local);
        header.SetDestination(path.remote);
        header.SetProtocol(UdpL4Protocol::PROT_NUMBER);
        Socket::SocketErrno error;
        path.route = m_ipv4->GetRoutingProtocol()->RouteOutput(packet, header, nullptr, error);
        path.routeTime = now;
    }
    return path.route;
}

void
ShardUdpTransport::Receive(Ptr<Socket> socket)
{
    Address from;
    while (Ptr<Packet> packet = socket->RecvFrom(from))
    {
        const InetSocketAddress origin = InetSocketAddress::ConvertFrom(from);
        ReceivePacket(packet, {origin.GetIpv4().Get(), Relative(origin.GetPort())});
    }
}

void
ShardUdpTransport::ReceivePacket(Ptr<Packet> packet, const Origin& from)
{
    const uint32_t size = packet->GetSize();
    auto peer = m_peers.find(from);
    if (peer == m_peers.end())
    {
        // Where no peer was named with the port, the address is all that tells them apart.
        peer = m_peers.find({from.first, 0});
    }
    SocketIpTosTag tos;
    const bool isMarked = m_ecn && packet->PeekPacketTag(tos) &&
                          (tos.GetTos() & Ipv4Header::ECN_CE) == Ipv4Header::ECN_CE;
    uint8_t first = 0;
    packet->CopyData(&first, 1);
    if (ShardControl::IsControl(&first, size))
    {
        std::vector<uint8_t> message(size);
        packet->CopyData(message.data(), size);
        const uint16_t path = peer != m_peers.end() ? peer->second.path : 0;
        const uint32_t sender = peer != m_peers.end() ? peer->second.number : from.first;
        const uint32_t place = peer != m_peers.end() ? peer->second.place : 0;
        const ShardError problem =
            TakeControl(Simulator::Now(), path, sender, message.data(), size, place, isMarked);
        if (problem != SHARD_OK)
        {
            m_rejectTrace(packet, problem);
        }
        return;
    }
    Shard shard;
    ShardError error = SHARD_TRUNCATED;
    if (size >= ShardHeader::SIZE)
    {
        shard.size = size - ShardHeader::SIZE;
        shard.offset = ShardHeader::SIZE;
        ShardSeal* const seal = m_isSealed ? &shard.seal : nullptr;
        if (m_realPayload)
        {
            // Mostly the stages above have copied what they keep, and the buffer is free again.
            if (!m_bytes || m_bytes->GetReferenceCount() != 1 || m_bytes->Size() < size)
            {
                m_bytes = Create<ShardBytes>(size);
            }
            packet->CopyData(m_bytes->Data(), size);
            error = ShardHeader::Parse(m_bytes->Data(), size, shard.size, true, shard.fields, seal);
            shard.bytes = m_bytes;
        }
        else
        {
            uint8_t header[ShardHeader::SIZE + ShardSeal::PREFIX];
            const uint32_t read = packet->CopyData(header, sizeof(header));
            error = ShardHeader::Parse(header, read, shard.size, false, shard.fields, seal);
        }
    }
    if (error != SHARD_OK)
    {
        ++m_rejected[error];
        m_rejectTrace(packet, error);
        return;
    }
    ++m_received;
    m_marked += isMarked ? 1 : 0;
    shard.isMarked = isMarked;
    if (m_receiver == nullptr)
    {
        return; // an end that only sends: a well-formed shard came all the same
    }
    shard.peer = peer != m_peers.end() ? peer->second.number : from.first;
    shard.path = peer != m_peers.end() ? peer->second.path : 0;
    ShardOriginTag tag;
    if (m_ledger && packet->PeekPacketTag(tag))
    {
        shard.window = m_ledger->FindWindow(tag.GetNumber());
        shard.origin = m_ledger->Arrive(tag.GetNumber());
    }
    m_receiver->Accept(Simulator::Now(), std::move(shard));
}

void
ShardUdpTransport::DoDispose()
{
    if (m_socket)
    {
        m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        m_socket->Close();
    }
    m_socket = nullptr;
    m_udp = nullptr;
    m_ipv4 = nullptr;
    m_paths.clear();
    m_otherPaths.clear();
    m_bytes = nullptr;
    m_node = nullptr;
    m_ledger = nullptr;
    m_receiver = nullptr;
    ShardTransport::DoDispose();
}

} // namespace sharding
} // namespace ns3
