// SPDX-License-Identifier: GPL-2.0-only
#include "content-connection.h"

#include "ns3/inet-socket-address.h"
#include "ns3/ipv4-address.h"
#include "ns3/tcp-socket-factory.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentConnection);

namespace
{

/// Read away what still comes on a connection that was ended: were it left, TCP's window would
/// close, and the other side would probe it for ever.
void
Drain(std::shared_ptr<ContentTally> tally, Ptr<Socket> socket)
{
    while (Ptr<Packet> packet = socket->Recv())
    {
        if (packet->GetSize() == 0)
        {
            break;
        }
        tally->received += packet->GetSize();
    }
}

} // namespace

TypeId
ContentConnection::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentConnection").SetParent<Object>().SetGroupName("Sharding");
    return tid;
}

Ptr<ContentConnection>
ContentConnection::Open(Ptr<Node> node,
                        const ContentAddress& to,
                        ContentConnectionListener& listener,
                        std::shared_ptr<ContentTally> tally)
{
    Ptr<ContentConnection> connection = CreateObject<ContentConnection>();
    connection->m_listener = &listener;
    connection->m_tally = std::move(tally);
    ++connection->m_tally->connections;
    Ptr<Socket> socket = Socket::CreateSocket(node, TcpSocketFactory::GetTypeId());
    connection->Attach(socket);
    socket->SetConnectCallback(MakeCallback(&ContentConnection::Established, connection),
                               MakeCallback(&ContentConnection::Ended, connection));
    socket->Bind();
    socket->Connect(InetSocketAddress(Ipv4Address(to.address), to.port));
    return connection;
}

Ptr<ContentConnection>
ContentConnection::Accept(Ptr<Socket> socket,
                          ContentConnectionListener& listener,
                          std::shared_ptr<ContentTally> tally)
{
    Ptr<ContentConnection> connection = CreateObject<ContentConnection>();
    connection->m_listener = &listener;
    connection->m_tally = std::move(tally);
    connection->m_established = true;
    connection->Attach(socket);
    return connection;
}

void
ContentConnection::Attach(Ptr<Socket> socket)
{
    m_socket = socket;
    // The socket holds the connection, until Detach().
    Ptr<ContentConnection> self(this);
    socket->SetRecvCallback(MakeCallback(&ContentConnection::Receive, self));
    socket->SetSendCallback(MakeCallback(&ContentConnection::Room, self));
    socket->SetCloseCallbacks(MakeCallback(&ContentConnection::Ended, self),
                              MakeCallback(&ContentConnection::Ended, self));
}

Ptr<Socket>
ContentConnection::Detach()
{
    Ptr<Socket> socket = m_socket;
    m_socket = nullptr;
    m_pieces.clear();
    m_waiting = 0;
    if (socket)
    {
        const auto nobody = MakeNullCallback<void, Ptr<Socket>>();
        socket->SetConnectCallback(nobody, nobody);
        socket->SetCloseCallbacks(nobody, nobody);
        socket->SetSendCallback(MakeNullCallback<void, Ptr<Socket>, uint32_t>());
        socket->SetRecvCallback(MakeBoundCallback(&Drain, m_tally));
    }
    return socket;
}

void
ContentConnection::DoDispose()
{
    Detach();
    m_listener = nullptr;
    Object::DoDispose();
}

Ipv4Address
ContentConnection::Peer() const
{
    Address peer;
    return m_socket && m_socket->GetPeerName(peer) == 0
               ? InetSocketAddress::ConvertFrom(peer).GetIpv4()
               : Ipv4Address::GetAny();
}

void
ContentConnection::Established(Ptr<Socket>)
{
    m_established = true;
    Push();
}

void
ContentConnection::Ended(Ptr<Socket>)
{
    if (!m_socket)
    {
        return;
    }
    Ptr<ContentConnection> self(this); // the listener may let go of it
    // The other side's end of TCP is closed as well, or it would wait for ours.
    Detach()->Close();
    m_listener->ConnectionEnded(*this);
}

void
ContentConnection::End()
{
    Ptr<ContentConnection> self(this);
    if (Ptr<Socket> socket = Detach())
    {
        socket->Close();
    }
}

void
ContentConnection::Send(const ContentMessage& message)
{
    if (!m_socket)
    {
        return;
    }
    Piece head;
    head.bytes = message.Write();
    m_waiting += message.Bytes();
    m_pieces.push_back(std::move(head));
    if (message.media > 0)
    {
        Piece media;
        media.filler = message.media;
        m_pieces.push_back(std::move(media));
    }
    Push();
}

void
ContentConnection::Room(Ptr<Socket>, uint32_t)
{
    Push();
}

void
ContentConnection::Push()
{
    while (m_established && m_socket && !m_pieces.empty())
    {
        Piece& piece = m_pieces.front();
        const auto size =
            piece.bytes.empty() ? piece.filler : static_cast<uint32_t>(piece.bytes.size());
        const uint32_t room = std::min(m_socket->GetTxAvailable(), size - piece.done);
        if (room == 0)
        {
            return;
        }
        Ptr<Packet> packet = piece.bytes.empty()
                                 ? Create<Packet>(room)
                                 : Create<Packet>(piece.bytes.data() + piece.done, room);
        const int taken = m_socket->Send(packet);
        if (taken <= 0)
        {
            return;
        }
        m_tally->sent += static_cast<uint64_t>(taken);
        m_waiting -= static_cast<uint64_t>(taken);
        piece.done += static_cast<uint32_t>(taken);
        if (piece.done == size)
        {
            m_pieces.pop_front();
        }
    }
}

void
ContentConnection::Receive(Ptr<Socket> socket)
{
    Ptr<ContentConnection> self(this);
    while (m_socket)
    {
        Ptr<Packet> packet = socket->Recv();
        if (!packet || packet->GetSize() == 0)
        {
            return;
        }
        m_tally->received += packet->GetSize();
        if (!m_reader.Read(packet, *this))
        {
            ++m_tally->refused;
            if (Ptr<Socket> old = Detach())
            {
                old->Close();
                m_listener->ConnectionEnded(*this);
            }
            return;
        }
    }
    Drain(m_tally, socket);
}

void
ContentConnection::MessagePart(const ContentMessage& message, uint32_t media)
{
    if (m_socket)
    {
        m_listener->ConnectionPart(*this, message, media);
    }
}

void
ContentConnection::MessageCame(const ContentMessage& message)
{
    if (m_socket)
    {
        m_listener->ConnectionMessage(*this, message);
    }
}

} // namespace sharding
} // namespace ns3
