// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_RELAY_H
#define CONTENT_RELAY_H

#include "content-server.h"

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Relayed = answered + orphaned + lost + those under way.
struct ContentRelayCounters
{
    uint64_t relayed{0};  ///< requests for shard maps, handed on
    uint64_t answered{0}; ///< of these, whose answer went back
    uint64_t orphaned{0}; ///< whose answer came when the asker was gone
    uint64_t lost{0};     ///< under way when the connection ended
};

/**
 * @ingroup sharding
 * Hands clients' requests for shard maps on to the manager that they name, all over one connection,
 * in which tags tell the answers apart. So a manager has as many connections as there are relays,
 * not clients. It keeps no map. A client whose request is lost is told nothing: it loses patience.
 */
class ContentRelay : public ContentServer
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ContentRelay();
    ~ContentRelay() override;

    /// @return what became of requests for maps
    const ContentRelayCounters& GetRelayCounters() const
    {
        return m_relayCounters;
    }

    /// @return bytes of its connections to managers, and to whom else a subclass asks
    const ContentTally& GetUpstreamTally() const
    {
        return *m_upstreamTally;
    }

    /// @return whether requests for maps add up
    virtual bool CheckConservation() const;

  protected:
    /// Who waits for an answer.
    struct Asker
    {
        Ptr<ContentConnection> connection; ///< of a client
        uint32_t tag{0};                   ///< of its request
    };

    /// @return where the bytes of connections that it opens are counted
    const std::shared_ptr<ContentTally>& UpstreamTally() const
    {
        return m_upstreamTally;
    }

    void Cease() override;
    void ConnectionMessage(ContentConnection& connection, const ContentMessage& message) override;
    void ConnectionEnded(ContentConnection& connection) override;

  private:
    /// A connection to a manager.
    struct Upstream
    {
        ContentAddress to;                 ///< the manager
        Ptr<ContentConnection> connection; ///< to it; null when it has ended
        std::map<uint32_t, Asker> askers;  ///< by tag of the request that was handed on
    };

    void HandOn(const Asker& asker, const ContentMessage& message);
    void HandBack(Upstream& upstream, const ContentMessage& message);

    std::shared_ptr<ContentTally> m_upstreamTally; ///< of connections that it opens
    std::vector<Upstream> m_upstreams;             ///< by manager
    uint32_t m_lastTag{0};                         ///< of a request that was handed on
    ContentRelayCounters m_relayCounters;          ///< what became of requests
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_RELAY_H
