// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_REQUESTER_H
#define CONTENT_REQUESTER_H

#include "content-connection.h"

#include "ns3/node.h"

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Hears what becomes of requests.
class ContentRequestListener
{
  public:
    virtual ~ContentRequestListener() = default;

    /// Some media have come. @param request number  @param media bytes so far
    virtual void RequestPart(uint64_t request, uint32_t media) = 0;

    /// @param request number  @param answer to it, or null where the connection ended before
    virtual void RequestEnded(uint64_t request, const ContentMessage* answer) = 0;
};

/**
 * @ingroup sharding
 * Requests over TCP connections, one at a time on each, as HTTP/1.1 without pipelining does: a
 * request takes a connection to its holder that is idle, or opens one. Idle connections are kept
 * for later, up to a limit; then the one that is idle for longest is ended. A request that is not
 * wanted any more ends its connection.
 */
class ContentRequester : private ContentConnectionListener
{
  public:
    /// @param node this side  @param listener of all requests, outlives it  @param tally where
    /// bytes are counted  @param mostIdle connections that are kept
    ContentRequester(Ptr<Node> node,
                     ContentRequestListener& listener,
                     std::shared_ptr<ContentTally> tally,
                     uint32_t mostIdle);
    ~ContentRequester() override;

    ContentRequester(const ContentRequester&) = delete;
    ContentRequester& operator=(const ContentRequester&) = delete;

    /// @param to whom  @param message that asks  @return number of the request, not 0
    uint64_t Ask(const ContentAddress& to, const ContentMessage& message);

    /// Nothing further is heard of it. @param request number; one that has ended is ignored
    void Abort(uint64_t request);

    /// End all.
    void Clear();

    /// @return requests under way
    uint32_t Open() const;

  private:
    struct Line
    {
        Ptr<ContentConnection> connection; ///< to the holder
        ContentAddress to;                 ///< that
        uint64_t request{0};               ///< under way; 0 for none
        uint64_t used{0};                  ///< number of the last request
    };

    void ConnectionPart(ContentConnection& connection,
                        const ContentMessage& message,
                        uint32_t media) override;
    void ConnectionMessage(ContentConnection& connection, const ContentMessage& message) override;
    void ConnectionEnded(ContentConnection& connection) override;
    /// End idle connections that are too many.
    void Trim();
    std::vector<Line>::iterator Find(const ContentConnection& connection);

    Ptr<Node> m_node;                      ///< this side
    ContentRequestListener& m_listener;    ///< who hears
    std::shared_ptr<ContentTally> m_tally; ///< bytes
    uint32_t m_mostIdle;                   ///< connections
    std::vector<Line> m_lines;             ///< connections
    uint64_t m_last{0};                    ///< request
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_REQUESTER_H
