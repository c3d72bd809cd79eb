// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-traffic.h"

#include "tunnel-streams.h"

#include "ns3/double.h"
#include "ns3/inet-socket-address.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/udp-socket-factory.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <sstream>

namespace shardsim
{

using namespace ns3;

namespace
{

/// Number of the datagram in front of its payload, big endian.
constexpr uint32_t NUMBER_BYTES = 8;
constexpr uint16_t FIRST_SOURCE_PORT = 10000;

/**
 * Bytes that are different at every place and in every datagram, so that a slice at a wrong offset
 * or of a wrong datagram cannot pass for the right one.
 */
void
FillPayload(uint64_t number, std::vector<uint8_t>& out)
{
    uint64_t state = number * 0x9e3779b97f4a7c15U;
    for (std::size_t at = 0; at < out.size(); at += 8)
    {
        // SplitMix64 (Steele, Lea and Flood 2014)
        uint64_t z = state += 0x9e3779b97f4a7c15U;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
        z = (z ^ z >> 27) * 0x94d049bb133111ebU;
        z ^= z >> 31;
        std::memcpy(out.data() + at, &z, std::min<std::size_t>(8, out.size() - at));
    }
    for (uint32_t i = 0; i < NUMBER_BYTES; ++i)
    {
        out[i] = static_cast<uint8_t>(number >> (56 - 8 * i));
    }
}

} // namespace

std::vector<TracedDatagram>
ReadTrafficFile(const std::string& file)
{
    std::ifstream in(file);
    if (!in)
    {
        throw RequestError(file + ": cannot be read");
    }
    std::vector<TracedDatagram> datagrams;
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number)
    {
        if (line.find_first_not_of(" \t\r") == std::string::npos || line[0] == '#')
        {
            continue;
        }
        std::istringstream fields(line);
        double seconds = -1;
        double payload = -1;
        std::string rest;
        const std::string place =
            file + ":" + std::to_string(number) + ": '" + line.substr(0, 60) + "'";
        if (!(fields >> seconds >> payload) || fields >> rest)
        {
            throw RequestError(place + "; allowed: seconds since the start, then payload bytes");
        }
        if (!(seconds >= 0 && seconds <= 1e6) ||
            (!datagrams.empty() && seconds * 1e9 < static_cast<double>(datagrams.back().atNs)))
        {
            throw RequestError(place + "; allowed: times from 0 to 1e6 s that do not decrease");
        }
        if (!(payload >= NUMBER_BYTES && payload <= 65000) || payload != std::floor(payload))
        {
            throw RequestError(place + "; allowed: a payload of 8 to 65000 bytes");
        }
        datagrams.push_back({std::llround(seconds * 1e9), static_cast<uint32_t>(payload)});
    }
    if (datagrams.empty())
    {
        throw RequestError(file + ": no datagram in it");
    }
    return datagrams;
}

TunnelLedger::TunnelLedger(std::size_t reserve)
{
    m_entries.reserve(reserve);
    latencies.reserve(reserve);
}

uint64_t
TunnelLedger::Sent(Time now, uint32_t payload)
{
    if (firstSentNs < 0)
    {
        firstSentNs = now.GetNanoSeconds();
    }
    m_entries.push_back(Entry{now.GetNanoSeconds(), payload, false});
    return sent++;
}

void
TunnelLedger::Delivered(Time now, uint64_t number, uint32_t payload)
{
    if (number >= m_entries.size() || m_entries[number].arrived ||
        m_entries[number].payload != payload)
    {
        std::ostringstream what;
        what << "datagram " << number << " of " << payload << " bytes arrived "
             << (number >= m_entries.size()  ? "and was never sent"
                 : m_entries[number].arrived ? "twice"
                                             : "with a size that was not sent");
        throw RunCheckError(what.str());
    }
    Entry& entry = m_entries[number];
    entry.arrived = true;
    ++delivered;
    deliveredBytes += payload;
    lastDeliveredNs = now.GetNanoSeconds();
    latencies.push_back(now.GetNanoSeconds() - entry.sentNs);
}

TunnelSource::TunnelSource(const Values& values,
                           TunnelLedger& ledger,
                           Ptr<Node> node,
                           Ipv4Address from,
                           Ipv4Address to)
    : m_ledger(ledger),
      m_udp(node->GetObject<UdpL4Protocol>()),
      m_from(from),
      m_to(to),
      m_payload(static_cast<uint32_t>(values.GetBytes("traffic.size"))),
      m_total(static_cast<uint64_t>(values.GetInt("traffic.datagrams"))),
      m_flows(static_cast<uint32_t>(values.GetInt("traffic.flows"))),
      m_tos(static_cast<uint8_t>(values.GetInt("traffic.dscp") << 2)),
      m_realPayload(values.GetText("payload") == "real")
{
    const std::string kind = values.GetText("traffic.kind");
    m_meanGapNs = m_payload * 8e9 / static_cast<double>(values.GetRateBps("traffic.rate"));
    if (kind == "poisson")
    {
        m_gap = CreateObject<ExponentialRandomVariable>();
        m_gap->SetAttribute("Mean", DoubleValue(m_meanGapNs));
        m_gap->SetStream(STREAM_TRAFFIC);
    }
    else if (kind == "trace")
    {
        m_trace = ReadTrafficFile(values.GetText("traffic.file"));
        m_total = std::min<uint64_t>(m_total, m_trace.size());
    }
}

void
TunnelSource::Start()
{
    m_startNs = Simulator::Now().GetNanoSeconds();
    Simulator::Schedule(m_trace.empty() ? Time(0) : NanoSeconds(m_trace.front().atNs),
                        &TunnelSource::Send,
                        this);
}

Time
TunnelSource::NextGap()
{
    const int64_t now = Simulator::Now().GetNanoSeconds();
    if (!m_trace.empty())
    {
        return NanoSeconds(m_startNs + m_trace[m_sent].atNs - now);
    }
    if (m_gap)
    {
        return NanoSeconds(std::llround(m_gap->GetValue()));
    }
    // From the start, so that rounding does not add up.
    const double next = m_meanGapNs * static_cast<double>(m_sent);
    return NanoSeconds(m_startNs + std::llround(next) - now);
}

void
TunnelSource::Send()
{
    const uint32_t payload = m_trace.empty() ? m_payload : m_trace[m_sent].payload;
    const uint64_t number = m_ledger.Sent(Simulator::Now(), payload);
    Ptr<Packet> packet;
    if (m_realPayload)
    {
        m_buffer.resize(payload);
        FillPayload(number, m_buffer);
        packet = Create<Packet>(m_buffer.data(), payload);
    }
    else
    {
        m_buffer.resize(NUMBER_BYTES);
        FillPayload(number, m_buffer);
        packet = Create<Packet>(m_buffer.data(), NUMBER_BYTES);
        // Zeros that ns-3 does not store.
        packet->AddAtEnd(Create<Packet>(payload - NUMBER_BYTES));
    }
    if (m_tos != 0)
    {
        SocketIpTosTag tag;
        tag.SetTos(m_tos);
        packet->AddPacketTag(tag);
    }
    const auto port = static_cast<uint16_t>(FIRST_SOURCE_PORT + m_sent % m_flows);
    ++m_sent;
    if (progress && m_sent * 100 / m_total != (m_sent - 1) * 100 / m_total)
    {
        progress(static_cast<double>(m_sent) / static_cast<double>(m_total));
    }
    m_udp->Send(packet, m_from, m_to, port, PORT);
    if (m_sent < m_total)
    {
        Simulator::Schedule(NextGap(), &TunnelSource::Send, this);
    }
}

TunnelSink::TunnelSink(TunnelLedger& ledger, Ptr<Node> node, bool realPayload)
    : m_ledger(ledger),
      m_socket(Socket::CreateSocket(node, UdpSocketFactory::GetTypeId())),
      m_realPayload(realPayload)
{
    m_socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), TunnelSource::PORT));
    m_socket->SetRecvCallback(MakeCallback(&TunnelSink::Receive, this));
}

void
TunnelSink::Receive(Ptr<Socket> socket)
{
    while (Ptr<Packet> packet = socket->Recv())
    {
        uint8_t bytes[NUMBER_BYTES] = {};
        packet->CopyData(bytes, NUMBER_BYTES);
        uint64_t number = 0;
        for (uint8_t byte : bytes)
        {
            number = number << 8 | byte;
        }
        if (m_realPayload)
        {
            m_came.resize(packet->GetSize());
            m_expected.resize(packet->GetSize());
            packet->CopyData(m_came.data(), packet->GetSize());
            FillPayload(number, m_expected);
            if (m_came != m_expected)
            {
                // IP puts fragments of two packets together when their 16-bit identification has
                // come round (RFC 4963).
                ++m_ledger.corrupt;
                continue;
            }
        }
        m_ledger.Delivered(Simulator::Now(), number, packet->GetSize());
    }
}

} // namespace shardsim
