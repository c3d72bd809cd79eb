// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-hosts.h"

#include "ns3/inet-socket-address.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/udp-socket-factory.h"

#include <sstream>

namespace shardsim
{

using namespace ns3;

TunnelNotebook::TunnelNotebook(TunnelLedger& ledger)
    : m_ledger(ledger)
{
}

uint64_t
TunnelNotebook::Sent(Time now, uint32_t payload, bool isBulk)
{
    m_ledger.Sent(now.GetNanoSeconds(), isBulk);
    m_entries.push_back(Entry{now.GetNanoSeconds(), payload, false, isBulk});
    return m_entries.size() - 1;
}

void
TunnelNotebook::Delivered(Time now, uint64_t number, uint32_t payload)
{
    if (number >= m_entries.size() || m_entries[number].payload != payload)
    {
        std::ostringstream what;
        what << "datagram " << number << " of " << payload << " bytes arrived "
             << (number >= m_entries.size() ? "and was never sent"
                                            : "with a size that was not sent");
        throw RunCheckError(what.str());
    }
    if (m_entries[number].arrived)
    {
        // A copy that was held back for longer than reassembly remembers what it released.
        ++m_ledger.duplicates;
        return;
    }
    m_entries[number].arrived = true;
    m_ledger.Delivered(m_entries[number].sentNs,
                       now.GetNanoSeconds(),
                       payload,
                       m_entries[number].isBulk);
}

TunnelSource::TunnelSource(const TunnelSchedule& schedule,
                           TunnelNotebook& notebook,
                           Ptr<Node> node,
                           Ipv4Address from,
                           Ipv4Address to,
                           bool realPayload)
    : m_schedule(schedule),
      m_notebook(notebook),
      m_udp(node->GetObject<UdpL4Protocol>()),
      m_from(from),
      m_to(to),
      m_realPayload(realPayload)
{
}

void
TunnelSource::Start()
{
    m_start = Simulator::Now();
    ScheduleNext();
}

void
TunnelSource::ScheduleNext()
{
    m_next = m_schedule.Next();
    Simulator::Schedule(m_start + NanoSeconds(m_next.atNs) - Simulator::Now(),
                        &TunnelSource::Send,
                        this);
}

void
TunnelSource::Send()
{
    const uint32_t payload = m_next.payload;
    const uint64_t number =
        m_notebook.Sent(Simulator::Now(), payload, m_schedule.IsBulk(m_schedule.Given() - 1));
    const uint32_t filled = m_realPayload ? payload : TUNNEL_NUMBER_BYTES;
    m_buffer.resize(filled);
    FillTunnelPayload(number, m_buffer.data(), filled);
    Ptr<Packet> packet = Create<Packet>(m_buffer.data(), filled);
    if (filled < payload)
    {
        // Zeros that ns-3 does not store.
        packet->AddAtEnd(Create<Packet>(payload - filled));
    }
    if (const uint8_t dscp = m_schedule.Dscp(number))
    {
        SocketIpTosTag tag;
        tag.SetTos(static_cast<uint8_t>(dscp << 2));
        packet->AddPacketTag(tag);
    }
    m_udp->Send(packet, m_from, m_to, m_schedule.SourcePort(number), TunnelSchedule::PORT);
    m_isDone = m_schedule.IsDone();
    if (!m_isDone)
    {
        ScheduleNext();
    }
}

TunnelSink::TunnelSink(TunnelNotebook& notebook,
                       Ptr<Node> node,
                       uint16_t port,
                       bool isReplica,
                       bool realPayload)
    : m_notebook(notebook),
      m_socket(Socket::CreateSocket(node, UdpSocketFactory::GetTypeId())),
      m_isReplica(isReplica),
      m_realPayload(realPayload)
{
    m_socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), port));
    m_socket->SetRecvCallback(MakeCallback(&TunnelSink::Receive, this));
}

void
TunnelSink::Receive(Ptr<Socket> socket)
{
    while (Ptr<Packet> packet = socket->Recv())
    {
        const uint32_t size = packet->GetSize();
        uint8_t bytes[TUNNEL_NUMBER_BYTES] = {};
        packet->CopyData(bytes, TUNNEL_NUMBER_BYTES);
        uint64_t number = 0;
        for (uint8_t byte : bytes)
        {
            number = number << 8 | byte;
        }
        if (m_realPayload)
        {
            m_came.resize(size);
            m_expected.resize(size);
            packet->CopyData(m_came.data(), size);
            FillTunnelPayload(number, m_expected.data(), size);
            if (m_came != m_expected)
            {
                // IP puts fragments of two packets together when their 16-bit identification has
                // come round (RFC 4963).
                m_notebook.Corrupt();
                continue;
            }
        }
        if (m_isReplica)
        {
            m_notebook.Replica();
            continue;
        }
        m_notebook.Delivered(Simulator::Now(), number, size);
    }
}

} // namespace shardsim
