// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-tcp.h"

#include "ns3/bulk-send-helper.h"
#include "ns3/config.h"
#include "ns3/inet-socket-address.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/packet-sink.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace shardsim
{

using namespace ns3;

namespace
{

constexpr uint16_t PORT = 5001;
/// A transfer that gets nothing through for so long is over (TCP's own patience ends before).
const Time PATIENCE = Seconds(1200);

} // namespace

TunnelTcp::TunnelTcp(const Values& values, Ptr<Node> sender, Ptr<Node> receiver, Ipv4Address to)
{
    const auto flows = static_cast<uint64_t>(values.GetInt("traffic.flows"));
    const auto segments = static_cast<uint64_t>(values.GetInt("traffic.datagrams"));
    const auto size = static_cast<uint64_t>(values.GetBytes("traffic.size"));
    // Named here because their defaults differ between versions of ns-3.
    Config::SetDefault("ns3::TcpL4Protocol::SocketType", StringValue("ns3::TcpCubic"));
    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(size));
    Config::SetDefault("ns3::TcpSocket::SndBufSize", UintegerValue(16 << 20));
    Config::SetDefault("ns3::TcpSocket::RcvBufSize", UintegerValue(16 << 20));
    for (uint64_t flow = 0; flow < std::min(flows, segments); ++flow)
    {
        const auto port = static_cast<uint16_t>(PORT + flow);
        // The first flows take one segment more where they do not divide evenly.
        const uint64_t bytes = (segments / flows + (flow < segments % flows ? 1 : 0)) * size;
        m_total += bytes;
        BulkSendHelper send("ns3::TcpSocketFactory", InetSocketAddress(to, port));
        send.SetAttribute("MaxBytes", UintegerValue(bytes));
        send.SetAttribute("SendSize", UintegerValue(size));
        send.Install(sender);
        PacketSinkHelper sink("ns3::TcpSocketFactory",
                              InetSocketAddress(Ipv4Address::GetAny(), port));
        ApplicationContainer sinks = sink.Install(receiver);
        sinks.Get(0)->TraceConnectWithoutContext("Rx", MakeCallback(&TunnelTcp::Receive, this));
    }
}

bool
TunnelTcp::IsSettled() const
{
    return m_received == m_total || Simulator::Now() > NanoSeconds(m_lastNs) + PATIENCE;
}

void
TunnelTcp::Receive(Ptr<const Packet> packet, const Address&)
{
    m_received += packet->GetSize();
    m_lastNs = Simulator::Now().GetNanoSeconds();
}

} // namespace shardsim
