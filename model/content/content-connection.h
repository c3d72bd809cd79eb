// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_CONNECTION_H
#define CONTENT_CONNECTION_H

#include "content-message.h"

#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/socket.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

class ContentConnection;

/// Bytes of all connections of one owner. Sent = what peers received + what is under way or lost
/// with a peer.
struct ContentTally
{
    uint64_t sent{0};        ///< handed to TCP
    uint64_t received{0};    ///< taken from TCP, after an end too
    uint64_t connections{0}; ///< ever
    uint64_t refused{0};     ///< ended by this side because what came cannot be
};

/// Hears what happens on connections.
class ContentConnectionListener
{
  public:
    virtual ~ContentConnectionListener() = default;

    /// Some media of a message have come. @param connection on which  @param message so far
    /// @param media bytes so far
    virtual void ConnectionPart(ContentConnection&, const ContentMessage&, uint32_t)
    {
    }

    /// A message has come. @param connection on which  @param message it
    virtual void ConnectionMessage(ContentConnection& connection,
                                   const ContentMessage& message) = 0;

    /// The other side ended it, or is not there; not called where this side did. @param connection
    virtual void ConnectionEnded(ContentConnection& connection) = 0;
};

/**
 * @ingroup sharding
 * Messages over one TCP connection of ns-3.
 */
class ContentConnection : public Object, private ContentMessageListener
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /**
     * Open one.
     * @param node this side
     * @param to the other side
     * @param listener that outlives the connection, or ends it before
     * @param tally where bytes are counted; outlives the simulation's events
     * @return it; what is sent now goes out when it stands
     */
    static Ptr<ContentConnection> Open(Ptr<Node> node,
                                       const ContentAddress& to,
                                       ContentConnectionListener& listener,
                                       std::shared_ptr<ContentTally> tally);

    /// @param socket that was accepted  @param listener as with Open()  @param tally as with Open()
    /// @return a connection on it
    static Ptr<ContentConnection> Accept(Ptr<Socket> socket,
                                         ContentConnectionListener& listener,
                                         std::shared_ptr<ContentTally> tally);

    /// @param message to send, in order
    void Send(const ContentMessage& message);

    /// End it. What was handed to TCP still goes; nothing is heard of it any more.
    void End();

    /// @return whether it can be used
    bool IsOpen() const
    {
        return m_socket != nullptr;
    }

    /// @return bytes that wait for room in TCP's buffer
    uint64_t Waiting() const
    {
        return m_waiting;
    }

    /// @return address of the other side
    Ipv4Address Peer() const;

  protected:
    void DoDispose() override;

  private:
    /// What is to go out: bytes, or a number of bytes.
    struct Piece
    {
        std::vector<uint8_t> bytes; ///< as they are
        uint32_t filler{0};         ///< bytes of media
        uint32_t done{0};           ///< of either
    };

    // ContentMessageListener
    void MessagePart(const ContentMessage& message, uint32_t media) override;
    void MessageCame(const ContentMessage& message) override;

    void Attach(Ptr<Socket> socket);
    void Established(Ptr<Socket> socket);
    void Ended(Ptr<Socket> socket);
    void Room(Ptr<Socket> socket, uint32_t available);
    void Receive(Ptr<Socket> socket);
    /// Hand to TCP what it takes.
    void Push();
    /// Let the socket go. @return it
    Ptr<Socket> Detach();

    Ptr<Socket> m_socket;                           ///< nothing after the end
    ContentConnectionListener* m_listener{nullptr}; ///< who hears
    std::shared_ptr<ContentTally> m_tally;          ///< where bytes are counted
    ContentMessageReader m_reader;                  ///< of what comes
    std::deque<Piece> m_pieces;                     ///< to go out
    uint64_t m_waiting{0};                          ///< bytes of these
    bool m_established{false};                      ///< it stands
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_CONNECTION_H
