// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_SERVER_H
#define CONTENT_SERVER_H

#include "content-connection.h"

#include "ns3/application.h"
#include "ns3/ipv4-address.h"

#include <cstdint>
#include <map>
#include <memory>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Answers messages on TCP connections. What it says to them is a subclass's.
 */
class ContentServer : public Application, protected ContentConnectionListener
{
  public:
    /// Where servers listen unless they are told otherwise.
    static constexpr uint16_t PORT = 8080;

    /// @return the TypeId
    static TypeId GetTypeId();

    ContentServer();
    ~ContentServer() override;

    /// @return where it is, by the first address of its node
    ContentAddress GetAddress() const;

    /// @return bytes of its connections
    const ContentTally& GetTally() const
    {
        return *m_tally;
    }

    /// @return connections that others have opened and not ended
    uint32_t GetConnections() const
    {
        return static_cast<uint32_t>(m_accepted.size());
    }

    /// The node goes silent: nothing comes in or goes out any more, and what it knew is lost.
    void Fail();

    /// It begins anew.
    void Recover();

    /// @return whether it is silent
    bool HasFailed() const
    {
        return m_failed;
    }

  protected:
    void DoDispose() override;
    void StartApplication() override;
    void StopApplication() override;
    void ConnectionEnded(ContentConnection& connection) override;

    /// Begin: it can listen and connect now.
    virtual void Begin();
    /// Let everything go.
    virtual void Cease();

    /// @param to whom  @return a connection of its own, that is not among those accepted
    Ptr<ContentConnection> Connect(const ContentAddress& to);

    /// @return padding of an answer, bytes
    uint16_t ResponsePadding() const
    {
        return m_responsePadding;
    }

    /// @return padding of a request, bytes
    uint16_t RequestPadding() const
    {
        return m_requestPadding;
    }

    /// @param connection that is open  @return it, counted
    static Ptr<ContentConnection> Hold(ContentConnection& connection)
    {
        return Ptr<ContentConnection>(&connection);
    }

  private:
    void Accept(Ptr<Socket> socket, const Address& from);
    void SetNetwork(bool up);

    uint16_t m_port{0};                                              ///< attribute
    uint16_t m_responsePadding{0};                                   ///< attribute
    uint16_t m_requestPadding{0};                                    ///< attribute
    std::shared_ptr<ContentTally> m_tally;                           ///< of its connections
    Ptr<Socket> m_listening;                                         ///< where others connect to
    std::map<ContentConnection*, Ptr<ContentConnection>> m_accepted; ///< that others opened
    bool m_failed{false};                                            ///< silent
    Ipv4Address m_gateway;          ///< default route before it went silent
    uint32_t m_gatewayInterface{0}; ///< of that route; 0 for none
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_SERVER_H
