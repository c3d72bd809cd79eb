// SPDX-License-Identifier: GPL-2.0-only
#include "offload-workload-client.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/inet-socket-address.h"
#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

NS_LOG_COMPONENT_DEFINE("OffloadClient");

NS_OBJECT_ENSURE_REGISTERED(OffloadClient);

TypeId
OffloadClient::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::OffloadClient")
                            .SetParent<Application>()
                            .SetGroupName("Sharding")
                            .AddConstructor<OffloadClient>()
                            .AddAttribute("Function",
                                          "Number of the I/O function.",
                                          UintegerValue(0),
                                          MakeUintegerAccessor(&OffloadClient::m_function),
                                          MakeUintegerChecker<uint16_t>())
                            .AddAttribute("Port",
                                          "Local UDP port; 0 for any.",
                                          UintegerValue(0),
                                          MakeUintegerAccessor(&OffloadClient::m_port),
                                          MakeUintegerChecker<uint16_t>())
                            .AddAttribute("Chunk",
                                          "Most bytes of data in a message.",
                                          UintegerValue(1400),
                                          MakeUintegerAccessor(&OffloadClient::m_chunk),
                                          MakeUintegerChecker<uint32_t>(1, 60000))
                            .AddAttribute("Timeout",
                                          "Silence after which the first try is over.",
                                          TimeValue(MilliSeconds(50)),
                                          MakeTimeAccessor(&OffloadClient::m_timeout),
                                          MakeTimeChecker(NanoSeconds(1)))
                            .AddAttribute("Adaptive",
                                          "Timeout is the least, and longer where answers take "
                                          "longer.",
                                          BooleanValue(true),
                                          MakeBooleanAccessor(&OffloadClient::m_isAdaptive),
                                          MakeBooleanChecker())
                            .AddAttribute("MaxTries",
                                          "Tries before a request is given up.",
                                          UintegerValue(8),
                                          MakeUintegerAccessor(&OffloadClient::m_maxTries),
                                          MakeUintegerChecker<uint32_t>(1, 32))
                            .AddTraceSource("End",
                                            "A request was answered or given up.",
                                            MakeTraceSourceAccessor(&OffloadClient::m_endTrace),
                                            "ns3::sharding::OffloadClient::EndTracedCallback");
    return tid;
}

OffloadClient::OffloadClient() = default;
OffloadClient::~OffloadClient() = default;

void
OffloadClient::SetRemote(const Address& remote)
{
    m_remote = remote;
}

void
OffloadClient::DoDispose()
{
    StopApplication();
    Application::DoDispose();
}

void
OffloadClient::StartApplication()
{
    m_socket = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
    const int bound = m_socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), m_port));
    NS_ABORT_MSG_IF(bound != 0, "UDP port " << m_port << " of the node is taken");
    m_socket->SetRecvCallback(MakeCallback(&OffloadClient::Receive, this));
}

void
OffloadClient::StopApplication()
{
    for (auto& [request, pending] : m_open)
    {
        pending.timer.Cancel();
    }
    if (m_socket)
    {
        m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        m_socket->Close();
        m_socket = nullptr;
    }
}

uint64_t
OffloadClient::Issue(bool isWrite, uint64_t offset, uint32_t bytes)
{
    NS_ABORT_MSG_UNLESS(m_socket, "the application has not been started");
    NS_ABORT_MSG_UNLESS(bytes >= 1 && bytes <= MaxBytes(),
                        "a request has 1 to " << MaxBytes() << " bytes, not " << bytes);
    const uint64_t request = m_next++;
    Pending& pending = m_open[request];
    pending.fields.kind = isWrite ? OFFLOAD_IO_WRITE : OFFLOAD_IO_READ;
    pending.fields.function = m_function;
    pending.fields.chunkBytes = m_chunk;
    pending.fields.bytes = bytes;
    pending.fields.request = request;
    pending.fields.offset = offset;
    pending.issued = Simulator::Now();
    pending.patience = Patience();
    ++m_counters.issued;
    Try(pending);
    return request;
}

void
OffloadClient::Try(Pending& pending)
{
    OffloadIoFields& fields = pending.fields;
    ++fields.tryNumber;
    pending.sent = Simulator::Now();
    const uint64_t missing = fields.All() & ~pending.held;
    const auto send = [this](const OffloadIoFields& message)
    {
        Ptr<Packet> packet = OffloadIoHeader::Make(message);
        m_counters.sentBytes += packet->GetSize();
        // What the local stack refuses is lost like anything else, and asked for again.
        m_socket->SendTo(packet, 0, m_remote);
    };
    if (fields.kind == OFFLOAD_IO_READ)
    {
        fields.mask = missing;
        send(fields);
    }
    else
    {
        for (uint64_t rest = missing; rest != 0; rest &= rest - 1)
        {
            OffloadIoFields chunk = fields;
            chunk.mask = rest & ~(rest - 1);
            chunk.isLast = (rest & (rest - 1)) == 0;
            send(chunk);
        }
    }
    pending.timer =
        Simulator::Schedule(pending.patience, &OffloadClient::Expire, this, fields.request);
}

void
OffloadClient::Expire(uint64_t request)
{
    Pending& pending = m_open.at(request);
    if (pending.fields.tryNumber >= m_maxTries)
    {
        End(request, false);
        return;
    }
    ++m_counters.retries;
    pending.patience = std::max(Patience(), pending.patience * 2);
    Try(pending);
}

void
OffloadClient::Receive(Ptr<Socket> socket)
{
    while (Ptr<Packet> packet = socket->Recv())
    {
        const auto fields = OffloadIoHeader::Read(packet);
        if (fields && fields->function == m_function &&
            (fields->kind == OFFLOAD_IO_DATA || fields->kind == OFFLOAD_IO_ACK))
        {
            Take(*fields);
        }
        else
        {
            NS_LOG_WARN("function " << m_function << ": no answer in a packet");
            ++m_counters.malformed;
        }
    }
}

void
OffloadClient::Take(const OffloadIoFields& fields)
{
    const auto found = m_open.find(fields.request);
    if (found == m_open.end() || (found->second.held | fields.mask) == found->second.held ||
        (found->second.fields.kind == OFFLOAD_IO_WRITE) != (fields.kind == OFFLOAD_IO_ACK) ||
        (fields.mask & ~found->second.fields.All()) != 0)
    {
        ++m_counters.duplicates;
        return;
    }
    Pending& pending = found->second;
    Learn(pending, fields.tryNumber);
    pending.held |= fields.mask;
    if (pending.held == pending.fields.All())
    {
        End(fields.request, true);
        return;
    }
    pending.timer.Cancel();
    pending.timer =
        Simulator::Schedule(pending.patience, &OffloadClient::Expire, this, fields.request);
}

void
OffloadClient::Learn(Pending& pending, uint16_t answered)
{
    // When the tries between the first and this one were sent is not kept.
    const bool isCurrent = answered == pending.fields.tryNumber;
    if (answered <= pending.timed || (answered != 1 && !isCurrent))
    {
        return;
    }
    pending.timed = answered;
    const Time sample = Simulator::Now() - (isCurrent ? pending.sent : pending.issued);
    m_answer.Learn(static_cast<double>(sample.GetNanoSeconds()));
}

Time
OffloadClient::Patience() const
{
    if (!m_isAdaptive || !m_answer.IsKnown())
    {
        return m_timeout;
    }
    const double patience = m_answer.Mean() + 4 * m_answer.Deviation();
    return std::max(m_timeout, NanoSeconds(std::llround(patience)));
}

void
OffloadClient::End(uint64_t request, bool isDone)
{
    const auto found = m_open.find(request);
    Pending& pending = found->second;
    pending.timer.Cancel();
    OffloadIoOutcome outcome;
    outcome.function = m_function;
    outcome.request = request;
    outcome.isWrite = pending.fields.kind == OFFLOAD_IO_WRITE;
    outcome.isDone = isDone;
    outcome.bytes = pending.fields.bytes;
    outcome.tries = pending.fields.tryNumber;
    outcome.issued = pending.issued;
    outcome.ended = Simulator::Now();
    ++(isDone ? m_counters.done : m_counters.failed);
    m_open.erase(found);
    m_endTrace(outcome);
}

} // namespace sharding
} // namespace ns3
