// SPDX-License-Identifier: GPL-2.0-only
//
// A client's way from first contact to answer: what it sends. What it does with messages that come
// is in endpoint-clients-messages.cc; timeouts, idle channels and thieves are in
// endpoint-clients-patience.cc.
#include "endpoint-clients.h"

#include "ns3/shard-token-wrap.h"
#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(EndpointClients);

TypeId
EndpointClients::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::EndpointClients")
            .SetParent<Application>()
            .SetGroupName("Sharding")
            .AddConstructor<EndpointClients>()
            .AddAttribute("Timeout",
                          "Time after which no answer is expected any more.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&EndpointClients::m_timeout),
                          MakeTimeChecker(Time(1)))
            .AddAttribute("Retries",
                          "Repetitions before an endpoint, or the hub, is given up.",
                          UintegerValue(2),
                          MakeUintegerAccessor(&EndpointClients::m_retries),
                          MakeUintegerChecker<uint32_t>(0, 20))
            .AddAttribute("Idle",
                          "Time without requests after which a channel is closed.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&EndpointClients::m_idle),
                          MakeTimeChecker(Time(1)))
            .AddAttribute("SessionLength",
                          "Time after which the next request goes over a new channel.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&EndpointClients::m_sessionLength),
                          MakeTimeChecker(Time(1)))
            .AddAttribute("Protocol",
                          "Version that they speak.",
                          UintegerValue(1),
                          MakeUintegerAccessor(&EndpointClients::m_protocol),
                          MakeUintegerChecker<uint8_t>(1))
            .AddAttribute("StealEvery",
                          "Of so many channels the token of one is stolen and tried in all ways "
                          "from another port; 0: none.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&EndpointClients::m_stealEvery),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("TokenLifetime",
                          "That a thief waits who shows an expired token.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&EndpointClients::m_tokenLifetime),
                          MakeTimeChecker(Time(0)))
            .AddTraceSource("Request",
                            "A request was answered or given up.",
                            MakeTraceSourceAccessor(&EndpointClients::m_requestTrace),
                            "ns3::sharding::EndpointClients::RequestTracedCallback")
            .AddTraceSource("Connect",
                            "A channel was opened.",
                            MakeTraceSourceAccessor(&EndpointClients::m_connectTrace),
                            "ns3::sharding::EndpointClients::ConnectTracedCallback");
    return tid;
}

EndpointClients::EndpointClients() = default;
EndpointClients::~EndpointClients() = default;

void
EndpointClients::Setup(uint64_t first,
                       uint32_t count,
                       uint8_t region,
                       uint8_t devices,
                       const InetSocketAddress& hub,
                       const EndpointSecrets& secrets)
{
    m_first = first;
    m_clients.resize(count);
    m_region = region;
    m_devices = std::max<uint8_t>(devices, 1);
    m_hubAddress = hub.GetIpv4().Get();
    m_hubPort = hub.GetPort();
    m_secrets = secrets;
}

void
EndpointClients::StartApplication()
{
    m_socket = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
    m_socket->Bind();
    m_socket->SetRecvCallback(MakeCallback(&EndpointClients::Receive, this));
    if (m_stealEvery > 0)
    {
        m_thief = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
        m_thief->Bind();
        m_thief->SetRecvCallback(MakeCallback(&EndpointClients::ReceiveStolen, this));
    }
}

void
EndpointClients::StopApplication()
{
    m_checking.Cancel();
    for (Ptr<Socket>* socket : {&m_socket, &m_thief})
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
EndpointClients::DoDispose()
{
    m_checking.Cancel();
    m_socket = nullptr;
    m_thief = nullptr;
    Application::DoDispose();
}

void
EndpointClients::Ask(uint64_t number, Time work)
{
    Client& client = At(number);
    const Time now = Simulator::Now();
    const uint32_t handle = m_requests.Take();
    Request& request = m_requests[handle];
    request = Request();
    request.client = number;
    request.number = ++m_number;
    request.work = work;
    request.asked = now;
    ++m_counts.asked;
    // What is in service there is still answered: who waits in an overloaded endpoint's queue is
    // not bound to it for good.
    if (client.phase == OPEN && now - client.opened >= m_sessionLength)
    {
        Close(number);
    }
    client.active = now;
    client.requests.push_back(handle);
    if (client.phase == NONE)
    {
        Contact(number, ENDPOINT_HUB);
    }
    else if (client.phase != CONTACT)
    {
        SendRequest(handle);
    }
}

/// Begin anew. @param number of the client  @param avoid endpoint that did not answer
void
EndpointClients::Contact(uint64_t number, uint32_t avoid)
{
    Client& client = At(number);
    client.phase = CONTACT;
    client.tries = 0;
    ++client.session;
    client.contact = Simulator::Now();
    ++m_counts.attempts;
    SendAttempt(number, avoid);
}

void
EndpointClients::SendAttempt(uint64_t number, uint32_t avoid)
{
    Client& client = At(number);
    EndpointAttempt attempt;
    attempt.client = number;
    attempt.number = client.session;
    attempt.region = m_region;
    attempt.device = static_cast<uint8_t>(number % m_devices);
    attempt.protocol = m_protocol;
    attempt.avoid = avoid;
    Send(m_socket, attempt.Write(), m_hubAddress, m_hubPort);
    Wait({Simulator::Now() + m_timeout, number, CONTACT, client.session, avoid, client.tries});
}

EndpointOpen
EndpointClients::OpenOf(uint64_t number)
{
    const Client& client = At(number);
    EndpointOpen open;
    open.client = number;
    open.session = client.session;
    open.group = client.group;
    open.endpoint = client.places[client.place].endpoint;
    open.token = client.token;
    open.proof = open.ProofBy(client.secret);
    return open;
}

void
EndpointClients::SendOpen(uint64_t number)
{
    Client& client = At(number);
    client.phase = OPENING;
    const EndpointPlace& place = client.places[client.place];
    Send(m_socket, OpenOf(number).Write(), place.address, place.port);
    Wait({Simulator::Now() + m_timeout,
          number,
          OPENING,
          client.session,
          client.place,
          client.tries});
    SendRequests(number);
}

/// The endpoint did not take it. @param number of the client  @param avoid it may be down; else
/// none
void
EndpointClients::NextPlace(uint64_t number, uint32_t avoid)
{
    Client& client = At(number);
    for (const uint32_t handle : client.requests)
    {
        Request& request = m_requests[handle];
        request.session = request.session == client.session ? 0 : request.session;
    }
    client.tries = 0;
    if (client.place + 1U < client.places.size())
    {
        ++client.place;
        ++m_counts.fallbacks;
        SendOpen(number);
        return;
    }
    const Time since = client.contact;
    Contact(number, avoid);
    client.contact = since; // it still wants the same channel
}

void
EndpointClients::SendRequests(uint64_t number)
{
    for (const uint32_t handle : At(number).requests)
    {
        if (m_requests[handle].session == 0)
        {
            SendRequest(handle);
        }
    }
}

void
EndpointClients::SendRequest(uint32_t handle)
{
    Request& request = m_requests[handle];
    const Client& client = At(request.client);
    const EndpointPlace& place = client.places[client.place];
    request.triesHere = request.session == client.session ? request.triesHere + 1 : 0;
    request.session = client.session;
    request.endpoint = place.endpoint;
    m_counts.repeated += request.tries > 0 ? 1 : 0;
    ++request.tries;
    EndpointAsk ask;
    ask.client = request.client;
    ask.session = client.session;
    ask.number = request.number;
    ask.work = static_cast<uint64_t>(request.work.GetNanoSeconds());
    Send(m_socket, ask.Write(ENDPOINT_REQUEST), place.address, place.port);
    Wait({Simulator::Now() + m_timeout,
          request.client,
          OPEN,
          request.number,
          handle,
          request.tries});
}

/// @param handle of a request that is over  @param isDone answered  @param endpoint by which
void
EndpointClients::Finish(uint32_t handle, bool isDone, uint32_t endpoint)
{
    const Request request = m_requests[handle];
    std::vector<uint32_t>& requests = At(request.client).requests;
    requests.erase(std::find(requests.begin(), requests.end(), handle));
    m_requests.Give(handle);
    ++(isDone ? m_counts.done : m_counts.failed);
    m_requestTrace(request.client, Simulator::Now() - request.asked, isDone, endpoint);
}

void
EndpointClients::Send(Ptr<Socket> socket,
                      const std::vector<uint8_t>& message,
                      uint32_t address,
                      uint16_t port)
{
    if (socket)
    {
        socket->SendTo(EndpointPacket(message), 0, InetSocketAddress(Ipv4Address(address), port));
    }
}

} // namespace sharding
} // namespace ns3
