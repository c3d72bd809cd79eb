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
                          "Bytes of the prefetch buffer of a function.",
                          UintegerValue(1 << 20),
                          MakeUintegerAccessor(&OffloadProxy::m_memory),
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
                          MakeBooleanChecker());
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
            Ask(fields->function, *fields);
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
        Ask(fields.function, fields);
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
OffloadProxy::Prefetch(Function& function, const OffloadIoFields& fields)
{
    OffloadAccess access;
    access.now = Simulator::Now();
    access.range = {fields.offset, fields.bytes};
    access.expected = m_expected.IsNull() ? -1 : m_expected(fields.function);
    // No more than there is room for: the last ones would take the place of the first.
    const uint64_t room = m_memory / std::max(1U, fields.bytes);
    const auto depth = static_cast<uint32_t>(std::min<uint64_t>(m_depth, room));
    const std::vector<OffloadRange> ranges = function.prefetcher->Next(access, depth);
    // What was wanted before is out of date.
    function.wanted.assign(ranges.begin(), ranges.end());
    function.chunkBytes = fields.chunkBytes;
    AskAhead(fields.function);
}

void
OffloadProxy::AskAhead(uint16_t number)
{
    Function& function = m_functions[number];
    while (!function.wanted.empty())
    {
        const OffloadRange range = function.wanted.front();
        const uint64_t coming = function.buffer->Coming();
        if (m_window > 0 && coming > 0 && coming + range.bytes > m_window)
        {
            return;
        }
        function.wanted.pop_front();
        if (range.bytes > function.chunkBytes * OFFLOAD_IO_CHUNKS ||
            !function.buffer->Ask(range, function.next, Simulator::Now()))
        {
            continue;
        }
        Ask(number, MakeAhead(number, range, function.next++));
    }
}

OffloadIoFields
OffloadProxy::MakeAhead(uint16_t number, const OffloadRange& range, uint64_t request)
{
    OffloadIoFields ask;
    ask.kind = OFFLOAD_IO_READ;
    ask.isPrefetch = true;
    ask.function = number;
    ask.tryNumber = 1;
    ask.chunkBytes = m_functions[number].chunkBytes;
    ask.bytes = range.bytes;
    ask.request = request;
    ask.offset = range.offset;
    ask.mask = ask.All();
    return ask;
}

void
OffloadProxy::Urge(Function& function, const OffloadIoFields& fields)
{
    const auto missing = function.buffer->WaitedFor(fields);
    if (!missing || missing->waiting > 1) // the first one has said so
    {
        return;
    }
    ++m_counters.urged;
    OffloadIoFields ask = MakeAhead(fields.function, missing->range, missing->request);
    ask.isUrgent = true;
    ask.mask &= ~missing->held;
    Ask(fields.function, ask);
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
