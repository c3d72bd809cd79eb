// SPDX-License-Identifier: GPL-2.0-only
#include "offload-storage.h"

#include "offload-pcie-link.h"

#include "ns3/abort.h"
#include "ns3/inet-socket-address.h"
#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_LOG_COMPONENT_DEFINE("OffloadStorage");

NS_OBJECT_ENSURE_REGISTERED(OffloadStorage);

TypeId
OffloadStorage::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::OffloadStorage")
            .SetParent<Application>()
            .SetGroupName("Sharding")
            .AddConstructor<OffloadStorage>()
            .AddAttribute("Port",
                          "UDP port of requests.",
                          UintegerValue(6000),
                          MakeUintegerAccessor(&OffloadStorage::m_port),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("Latency",
                          "From the transfer of a request's data to its answer.",
                          TimeValue(MicroSeconds(200)),
                          MakeTimeAccessor(&OffloadStorage::m_latency),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("Rate",
                          "At which the device transfers data, reads and writes together.",
                          DataRateValue(DataRate("8Gbps")),
                          MakeDataRateAccessor(&OffloadStorage::m_rate),
                          MakeDataRateChecker())
            .AddAttribute("Remembered",
                          "Writes of which it knows the chunks that came; the oldest is forgotten.",
                          UintegerValue(65536),
                          MakeUintegerAccessor(&OffloadStorage::m_remembered),
                          MakeUintegerChecker<uint32_t>(1));
    return tid;
}

OffloadStorage::OffloadStorage() = default;
OffloadStorage::~OffloadStorage() = default;

void
OffloadStorage::DoDispose()
{
    StopApplication();
    m_urge = Urge();
    m_pcie = nullptr;
    Application::DoDispose();
}

void
OffloadStorage::SetPcie(Ptr<OffloadPcieLink> link)
{
    m_pcie = link;
}

void
OffloadStorage::StartApplication()
{
    m_socket = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
    const int bound = m_socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), m_port));
    NS_ABORT_MSG_IF(bound != 0, "UDP port " << m_port << " of the node is taken");
    m_socket->SetRecvCallback(MakeCallback(&OffloadStorage::Receive, this));
}

void
OffloadStorage::StopApplication()
{
    if (m_socket)
    {
        m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        m_socket->Close();
        m_socket = nullptr;
    }
}

void
OffloadStorage::Receive(Ptr<Socket> socket)
{
    Address from;
    while (Ptr<Packet> packet = socket->RecvFrom(from))
    {
        const auto fields = OffloadIoHeader::Read(packet);
        if (!fields || (fields->kind != OFFLOAD_IO_READ && fields->kind != OFFLOAD_IO_WRITE))
        {
            NS_LOG_WARN("no request in a packet");
            ++m_counters.malformed;
        }
        else if (m_pcie)
        {
            const uint32_t bytes = packet->GetSize();
            const auto taken = [this, fields = *fields, from, bytes]
            {
                m_counters.crossed += bytes;
                Take(fields, from);
            };
            m_pcie->Write(fields->function, fields->offset, bytes, OffloadPcieLink::Done(taken));
        }
        else
        {
            Take(*fields, from);
        }
    }
}

void
OffloadStorage::Take(const OffloadIoFields& fields, const Address& from)
{
    if (fields.kind == OFFLOAD_IO_READ)
    {
        Read(fields, from);
    }
    else
    {
        Write(fields, from);
    }
}

Time
OffloadStorage::Occupy(uint64_t bytes)
{
    const Time now = Simulator::Now();
    m_busyUntil =
        std::max(m_busyUntil, now) + m_rate.CalculateBytesTxTime(static_cast<uint32_t>(bytes));
    return m_busyUntil + m_latency - now;
}

void
OffloadStorage::Read(OffloadIoFields fields, const Address& from)
{
    if (fields.isUrgent)
    {
        if (m_urge.IsNull() || m_urge(fields))
        {
            return;
        }
        ++fields.tryNumber;
    }
    uint64_t bytes = 0;
    for (uint32_t chunk = 0; chunk < fields.Chunks(); ++chunk)
    {
        bytes += (fields.mask >> chunk & 1) != 0 ? fields.BytesOf(chunk) : 0;
    }
    ++m_counters.reads;
    m_counters.prefetches += fields.isPrefetch ? 1 : 0;
    m_counters.readBytes += bytes;
    Simulator::Schedule(Occupy(bytes), &OffloadStorage::Answer, this, fields, from);
}

void
OffloadStorage::Write(const OffloadIoFields& fields, const Address& from)
{
    const Key key{fields.function, fields.request};
    const auto [found, isNew] = m_written.emplace(key, 0);
    if (isNew)
    {
        m_order.push_back(key);
        if (m_order.size() > m_remembered)
        {
            ++m_counters.forgotten;
            m_written.erase(m_order.front());
            m_order.pop_front();
        }
    }
    uint64_t& held = m_written.at(key);
    const bool wasWhole = held == fields.All();
    m_counters.writtenBytes += (held & fields.mask) != 0 ? 0 : fields.BytesOf(fields.Chunk());
    held |= fields.mask;
    const bool isWhole = held == fields.All();
    m_counters.writes += isWhole && !wasWhole ? 1 : 0;
    if (!isWhole && !fields.isLast)
    {
        return;
    }
    OffloadIoFields answer = fields;
    answer.kind = OFFLOAD_IO_ACK;
    answer.mask = held;
    const Time wait = isWhole && !wasWhole ? Occupy(fields.bytes) : m_latency;
    Simulator::Schedule(wait, &OffloadStorage::Answer, this, answer, from);
}

void
OffloadStorage::Answer(OffloadIoFields fields, Address to)
{
    if (fields.kind == OFFLOAD_IO_ACK)
    {
        Send(fields, to);
        return;
    }
    fields.kind = OFFLOAD_IO_DATA;
    for (uint64_t rest = fields.mask; rest != 0; rest &= rest - 1)
    {
        OffloadIoFields chunk = fields;
        chunk.mask = rest & ~(rest - 1);
        chunk.isLast = (rest & (rest - 1)) == 0;
        Send(chunk, to);
    }
}

void
OffloadStorage::Send(const OffloadIoFields& fields, const Address& to)
{
    Ptr<Packet> packet = OffloadIoHeader::Make(fields);
    if (!m_pcie)
    {
        Transmit(packet, to);
        return;
    }
    const auto read = [this, packet, to]
    {
        m_counters.crossed += packet->GetSize();
        Transmit(packet, to);
    };
    m_pcie->Read(fields.function, fields.offset, packet->GetSize(), OffloadPcieLink::Done(read));
}

void
OffloadStorage::Transmit(Ptr<Packet> packet, const Address& to)
{
    if (m_socket)
    {
        m_socket->SendTo(packet, 0, to);
    }
}

} // namespace sharding
} // namespace ns3
