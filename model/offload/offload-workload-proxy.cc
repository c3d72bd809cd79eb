// SPDX-License-Identifier: GPL-2.0-only
#include "offload-workload-proxy.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
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
                          "Bytes of the prefetch buffer of a function, at most.",
                          UintegerValue(1 << 20),
                          MakeUintegerAccessor(&OffloadProxy::m_memory),
                          MakeUintegerChecker<uint64_t>())
            .AddAttribute("PrefetchTotal",
                          "Bytes of the prefetch buffers of all functions together, at most: who "
                          "needs more than another gets it; 0 for no bound.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&OffloadProxy::m_total),
                          MakeUintegerChecker<uint64_t>())
            .AddAttribute("PrefetchLifetime",
                          "After which what was asked for ahead and not read is discarded.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&OffloadProxy::m_lifetime),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("PrefetchWindow",
                          "Bytes of a function asked for ahead and on their way, at most, if more "
                          "than one range; 0 for no bound.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&OffloadProxy::m_window),
                          MakeUintegerChecker<uint64_t>())
            .AddAttribute("PrefetchUrge",
                          "The server is told when a read waits for what was asked for ahead.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&OffloadProxy::m_urges),
                          MakeBooleanChecker())
            .AddAttribute(
                "ReadWindow",
                "Bytes of clients' reads asked for and on their way, at most; others wait "
                "in the engine. 0 for no bound.",
                UintegerValue(0),
                MakeUintegerAccessor(&OffloadProxy::m_readWindow),
                MakeUintegerChecker<uint64_t>())
            .AddAttribute("ReadsHeld",
                          "Reads that can wait so; others are handed on at once.",
                          UintegerValue(2048),
                          MakeUintegerAccessor(&OffloadProxy::m_readsHeld),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("ReadPatience",
                          "In which the answer to a read that was handed on comes, if nothing is "
                          "lost; until then further tries are absorbed.",
                          TimeValue(MilliSeconds(500)),
                          MakeTimeAccessor(&OffloadProxy::m_readPatience),
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
    if (m_readWindow > 0)
    {
        m_admission = std::make_unique<OffloadAdmission>(m_readWindow, m_readsHeld, m_readPatience);
    }
}

void
OffloadProxy::StopApplication()
{
    const auto close = [](Ptr<Socket>& socket)
    {
        if (socket)
        {
            socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
            socket->Close();
            socket = nullptr;
        }
    };
    close(m_clientSide);
    for (Function& function : m_functions)
    {
        close(function.server);
    }
}

void
OffloadProxy::Ask(uint16_t number, const OffloadIoFields& fields)
{
    Ptr<Socket>& socket = Of(number).server;
    if (!socket)
    {
        socket = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
        socket->Bind();
        socket->SetRecvCallback(MakeCallback(&OffloadProxy::ReceiveAnswer, this));
    }
    socket->SendTo(OffloadIoHeader::Make(fields), 0, m_server);
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
            Admit(*fields);
        }
    }
}

void
OffloadProxy::Admit(const OffloadIoFields& fields)
{
    if (!m_admission || fields.kind != OFFLOAD_IO_READ)
    {
        Ask(fields.function, fields);
        return;
    }
    for (const OffloadIoFields& next : m_admission->Come(fields, Simulator::Now()))
    {
        Ask(next.function, next);
    }
}

void
OffloadProxy::Read(Function& function, const OffloadIoFields& fields)
{
    const auto found = function.buffer ? function.buffer->Read(fields, Simulator::Now())
                                       : OffloadPrefetchBuffer::ABSENT;
    if (found == OffloadPrefetchBuffer::ABSENT)
    {
        Admit(fields);
    }
    else if (found == OffloadPrefetchBuffer::HERE)
    {
        Serve(function, fields);
    }
    else if (m_urges)
    {
        Urge(function, fields);
    }
    if (function.prefetcher && m_depth > 0)
    {
        Prefetch(function, fields);
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
            if (m_admission && fields->kind == OFFLOAD_IO_DATA)
            {
                for (const OffloadIoFields& next : m_admission->Came(*fields, Simulator::Now()))
                {
                    Ask(next.function, next);
                }
            }
            continue;
        }
        ++m_counters.prefetched;
        if (function.buffer)
        {
            for (const auto& waiting : function.buffer->Arrive(*fields, Simulator::Now()))
            {
                Serve(function, waiting);
            }
            AskAhead(fields->function);
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
