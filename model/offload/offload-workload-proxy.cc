// SPDX-License-Identifier: GPL-2.0-only
#include "offload-workload-proxy.h"

#include "ns3/abort.h"
#include "ns3/inet-socket-address.h"
#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace sharding
{

NS_LOG_COMPONENT_DEFINE("OffloadProxy");

NS_OBJECT_ENSURE_REGISTERED(OffloadProxy);

TypeId
OffloadProxy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::OffloadProxy")
            .SetParent<Application>()
            .SetGroupName("Sharding")
            .AddConstructor<OffloadProxy>()
            .AddAttribute("Port",
                          "UDP port that clients ask at.",
                          UintegerValue(6000),
                          MakeUintegerAccessor(&OffloadProxy::m_port),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("PrefetchDepth",
                          "Ranges that are asked for ahead after a read, at most.",
                          UintegerValue(4),
                          MakeUintegerAccessor(&OffloadProxy::m_depth),
                          MakeUintegerChecker<uint32_t>(0, 1024))
            .AddAttribute("PrefetchMemory",
                          "Bytes of the prefetch buffer of a function.",
                          UintegerValue(1 << 20),
                          MakeUintegerAccessor(&OffloadProxy::m_memory),
                          MakeUintegerChecker<uint64_t>())
            .AddAttribute("PrefetchLifetime",
                          "After which what was asked for ahead and not read is discarded.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&OffloadProxy::m_lifetime),
                          MakeTimeChecker(Time(0)));
    return tid;
}

OffloadProxy::OffloadProxy() = default;
OffloadProxy::~OffloadProxy() = default;

void
OffloadProxy::SetServer(const Address& server)
{
    m_server = server;
}

OffloadProxy::Function&
OffloadProxy::Of(uint16_t number)
{
    if (number >= m_functions.size())
    {
        m_functions.resize(number + 1U);
    }
    return m_functions[number];
}

void
OffloadProxy::SetPrefetchers(const std::vector<Ptr<OffloadPrefetcher>>& prefetchers)
{
    for (std::size_t i = 0; i < prefetchers.size(); ++i)
    {
        Function& function = Of(static_cast<uint16_t>(i));
        function.prefetcher = prefetchers[i];
        function.buffer = std::make_unique<OffloadPrefetchBuffer>(m_memory, m_lifetime);
    }
}

void
OffloadProxy::SetExpected(const Expected& expected)
{
    m_expected = expected;
}

void
OffloadProxy::DoDispose()
{
    StopApplication();
    m_functions.clear();
    m_expected = Expected();
    Application::DoDispose();
}

void
OffloadProxy::StartApplication()
{
    m_clientSide = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
    const int bound = m_clientSide->Bind(InetSocketAddress(Ipv4Address::GetAny(), m_port));
    NS_ABORT_MSG_IF(bound != 0, "UDP port " << m_port << " of the node is taken");
    m_clientSide->SetRecvCallback(MakeCallback(&OffloadProxy::ReceiveRequest, this));
    m_serverSide = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
    m_serverSide->Bind();
    m_serverSide->SetRecvCallback(MakeCallback(&OffloadProxy::ReceiveAnswer, this));
}

void
OffloadProxy::StopApplication()
{
    for (Ptr<Socket>* socket : {&m_clientSide, &m_serverSide})
    {
        if (*socket)
        {
            (*socket)->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
            (*socket)->Close();
            *socket = nullptr;
        }
    }
}

void
OffloadProxy::ReceiveRequest(Ptr<Socket> socket)
{
    Address from;
    while (Ptr<Packet> packet = socket->RecvFrom(from))
    {
        const auto fields = OffloadIoHeader::Read(packet);
        if (!fields || fields->isPrefetch ||
            (fields->kind != OFFLOAD_IO_READ && fields->kind != OFFLOAD_IO_WRITE))
        {
            NS_LOG_WARN("no request in a packet");
            ++m_counters.malformed;
            continue;
        }
        ++m_counters.requests;
        Function& function = Of(fields->function);
        function.client = from;
        if (fields->kind == OFFLOAD_IO_READ && fields->tryNumber == 1)
        {
            ++m_counters.reads;
            Read(function, *fields);
        }
        else
        {
            m_serverSide->SendTo(OffloadIoHeader::Make(*fields), 0, m_server);
        }
    }
}

void
OffloadProxy::Read(Function& function, const OffloadIoFields& fields)
{
    const auto found = function.buffer ? function.buffer->Read(fields, Simulator::Now())
                                       : OffloadPrefetchBuffer::ABSENT;
    if (found == OffloadPrefetchBuffer::ABSENT)
    {
        m_serverSide->SendTo(OffloadIoHeader::Make(fields), 0, m_server);
    }
    else if (found == OffloadPrefetchBuffer::HERE)
    {
        Serve(function, fields);
    }
    if (function.prefetcher && m_depth > 0)
    {
        Prefetch(function, fields);
    }
}

void
OffloadProxy::Prefetch(Function& function, const OffloadIoFields& fields)
{
    OffloadAccess access;
    access.now = Simulator::Now();
    access.range = {fields.offset, fields.bytes};
    access.expected = m_expected.IsNull() ? -1 : m_expected(fields.function);
    for (const OffloadRange& range : function.prefetcher->Next(access, m_depth))
    {
        if (range.bytes > fields.chunkBytes * OFFLOAD_IO_CHUNKS ||
            !function.buffer->Ask(range, function.next, access.now))
        {
            continue;
        }
        OffloadIoFields ask;
        ask.kind = OFFLOAD_IO_READ;
        ask.isPrefetch = true;
        ask.function = fields.function;
        ask.tryNumber = 1;
        ask.chunkBytes = fields.chunkBytes;
        ask.bytes = range.bytes;
        ask.request = function.next++;
        ask.offset = range.offset;
        ask.mask = ask.All();
        m_serverSide->SendTo(OffloadIoHeader::Make(ask), 0, m_server);
    }
}

void
OffloadProxy::Serve(const Function& function, const OffloadIoFields& fields)
{
    OffloadIoFields answer = fields;
    answer.kind = OFFLOAD_IO_DATA;
    for (uint64_t rest = fields.mask; rest != 0; rest &= rest - 1)
    {
        answer.mask = rest & ~(rest - 1);
        answer.isLast = (rest & (rest - 1)) == 0;
        m_clientSide->SendTo(OffloadIoHeader::Make(answer), 0, function.client);
    }
}

void
OffloadProxy::ReceiveAnswer(Ptr<Socket> socket)
{
    while (Ptr<Packet> packet = socket->Recv())
    {
        const auto fields = OffloadIoHeader::Read(packet);
        if (!fields || (fields->kind != OFFLOAD_IO_DATA && fields->kind != OFFLOAD_IO_ACK))
        {
            NS_LOG_WARN("no answer in a packet");
            ++m_counters.malformed;
            continue;
        }
        if (fields->function >= m_functions.size() ||
            m_functions[fields->function].client.IsInvalid())
        {
            ++m_counters.strange;
            continue;
        }
        Function& function = m_functions[fields->function];
        if (!fields->isPrefetch)
        {
            ++m_counters.answers;
            m_clientSide->SendTo(OffloadIoHeader::Make(*fields), 0, function.client);
            continue;
        }
        ++m_counters.prefetched;
        if (function.buffer)
        {
            for (const auto& waiting : function.buffer->Arrive(*fields, Simulator::Now()))
            {
                Serve(function, waiting);
            }
        }
    }
}

void
OffloadProxy::Flush()
{
    for (Function& function : m_functions)
    {
        if (function.buffer)
        {
            function.buffer->Flush();
        }
    }
}

uint64_t
OffloadProxy::Held() const
{
    uint64_t held = 0;
    for (const Function& function : m_functions)
    {
        held += function.buffer ? function.buffer->Held() : 0;
    }
    return held;
}

OffloadPrefetchBuffer::Counters
OffloadProxy::GetPrefetchCounters() const
{
    OffloadPrefetchBuffer::Counters sum;
    for (const Function& function : m_functions)
    {
        if (!function.buffer)
        {
            continue;
        }
        const OffloadPrefetchBuffer::Counters& one = function.buffer->GetCounters();
        sum.asked += one.asked;
        sum.askedBytes += one.askedBytes;
        sum.hits += one.hits;
        sum.late += one.late;
        sum.discarded += one.discarded;
        sum.discardedBytes += one.discardedBytes;
        sum.aheadNs += one.aheadNs;
        sum.timed += one.timed;
    }
    return sum;
}

} // namespace sharding
} // namespace ns3
