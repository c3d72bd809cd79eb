// SPDX-License-Identifier: GPL-2.0-only
#include "content-server.h"

#include "ns3/abort.h"
#include "ns3/inet-socket-address.h"
#include "ns3/ipv4-routing-helper.h"
#include "ns3/ipv4-routing-table-entry.h"
#include "ns3/ipv4-static-routing.h"
#include "ns3/ipv4.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/uinteger.h"

#include <utility>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentServer);

TypeId
ContentServer::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentServer")
            .SetParent<Application>()
            .SetGroupName("Sharding")
            .AddAttribute("Port",
                          "TCP port that it listens on.",
                          UintegerValue(PORT),
                          MakeUintegerAccessor(&ContentServer::m_port),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("ResponsePadding",
                          "Bytes of an answer with a shard beyond its head of 32 bytes and the "
                          "media; an answer of HTTP/1.1 has about 300.",
                          UintegerValue(268),
                          MakeUintegerAccessor(&ContentServer::m_responsePadding),
                          MakeUintegerChecker<uint16_t>(0, ContentMessage::MAX_PADDING))
            .AddAttribute("RequestPadding",
                          "Bytes of a request for a shard beyond its head of 32 bytes; a request "
                          "of HTTP/1.1 has about 400.",
                          UintegerValue(368),
                          MakeUintegerAccessor(&ContentServer::m_requestPadding),
                          MakeUintegerChecker<uint16_t>(0, ContentMessage::MAX_PADDING));
    return tid;
}

ContentServer::ContentServer()
    : m_tally(std::make_shared<ContentTally>())
{
}

ContentServer::~ContentServer() = default;

ContentAddress
ContentServer::GetAddress() const
{
    Ptr<Ipv4> ipv4 = GetNode()->GetObject<Ipv4>();
    NS_ABORT_MSG_UNLESS(ipv4 && ipv4->GetNInterfaces() > 1 && ipv4->GetNAddresses(1) > 0,
                        "ContentServer: its node has no address yet");
    return {ipv4->GetAddress(1, 0).GetLocal().Get(), m_port};
}

void
ContentServer::DoDispose()
{
    Cease();
    Application::DoDispose();
}

void
ContentServer::StartApplication()
{
    if (!m_failed)
    {
        Begin();
    }
}

void
ContentServer::StopApplication()
{
    Cease();
}

void
ContentServer::Begin()
{
    if (m_listening)
    {
        return;
    }
    m_listening = Socket::CreateSocket(GetNode(), TcpSocketFactory::GetTypeId());
    const int bound = m_listening->Bind(InetSocketAddress(Ipv4Address::GetAny(), m_port));
    NS_ABORT_MSG_IF(bound != 0, "ContentServer: port " << m_port << " is taken");
    m_listening->Listen();
    m_listening->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                   MakeCallback(&ContentServer::Accept, this));
}

void
ContentServer::Cease()
{
    if (m_listening)
    {
        m_listening->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                       MakeNullCallback<void, Ptr<Socket>, const Address&>());
        m_listening->Close();
        m_listening = nullptr;
    }
    for (auto& [pointer, connection] : std::exchange(m_accepted, {}))
    {
        connection->End();
    }
}

void
ContentServer::Accept(Ptr<Socket> socket, const Address&)
{
    Ptr<ContentConnection> connection = ContentConnection::Accept(socket, *this, m_tally);
    ++m_tally->connections;
    m_accepted.emplace(PeekPointer(connection), connection);
}

void
ContentServer::ConnectionEnded(ContentConnection& connection)
{
    m_accepted.erase(&connection);
}

Ptr<ContentConnection>
ContentServer::Connect(const ContentAddress& to)
{
    return ContentConnection::Open(GetNode(), to, *this, m_tally);
}

void
ContentServer::SetNetwork(bool up)
{
    Ptr<Ipv4> ipv4 = GetNode()->GetObject<Ipv4>();
    Ptr<Ipv4StaticRouting> routing =
        Ipv4RoutingHelper::GetRouting<Ipv4StaticRouting>(ipv4->GetRoutingProtocol());
    // The stack forgets the routes of an interface that goes down.
    if (!up && routing)
    {
        for (uint32_t i = 0; i < routing->GetNRoutes(); ++i)
        {
            const Ipv4RoutingTableEntry route = routing->GetRoute(i);
            if (route.IsDefault())
            {
                m_gateway = route.GetGateway();
                m_gatewayInterface = route.GetInterface();
            }
        }
    }
    for (uint32_t i = 1; i < ipv4->GetNInterfaces(); ++i)
    {
        up ? ipv4->SetUp(i) : ipv4->SetDown(i);
    }
    if (up && routing && m_gatewayInterface > 0)
    {
        routing->SetDefaultRoute(m_gateway, m_gatewayInterface);
    }
}

void
ContentServer::Fail()
{
    if (!m_failed)
    {
        m_failed = true;
        SetNetwork(false);
        Cease();
    }
}

void
ContentServer::Recover()
{
    if (m_failed)
    {
        m_failed = false;
        SetNetwork(true);
        Begin();
    }
}

} // namespace sharding
} // namespace ns3
