// SPDX-License-Identifier: GPL-2.0-only
#include "content-relay.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentRelay);

TypeId
ContentRelay::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ContentRelay")
                            .SetParent<ContentServer>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ContentRelay>();
    return tid;
}

ContentRelay::ContentRelay()
    : m_upstreamTally(std::make_shared<ContentTally>())
{
}

ContentRelay::~ContentRelay() = default;

bool
ContentRelay::CheckConservation() const
{
    const ContentRelayCounters& c = m_relayCounters;
    uint64_t open = 0;
    for (const Upstream& upstream : m_upstreams)
    {
        open += upstream.askers.size();
    }
    return c.relayed == c.answered + c.orphaned + c.lost + open;
}

void
ContentRelay::Cease()
{
    for (Upstream& upstream : std::exchange(m_upstreams, {}))
    {
        m_relayCounters.lost += upstream.askers.size();
        if (upstream.connection)
        {
            upstream.connection->End();
        }
    }
    ContentServer::Cease();
}

void
ContentRelay::ConnectionMessage(ContentConnection& connection, const ContentMessage& message)
{
    if (message.type == CONTENT_GET_MAP && message.holder.port != 0)
    {
        HandOn({Hold(connection), message.tag}, message);
        return;
    }
    const auto upstream = std::find_if(m_upstreams.begin(),
                                       m_upstreams.end(),
                                       [&connection](const Upstream& u)
                                       { return PeekPointer(u.connection) == &connection; });
    if (message.type == CONTENT_MAP && upstream != m_upstreams.end())
    {
        HandBack(*upstream, message);
    }
}

void
ContentRelay::HandOn(const Asker& asker, const ContentMessage& message)
{
    auto upstream = std::find_if(m_upstreams.begin(),
                                 m_upstreams.end(),
                                 [&message](const Upstream& u) { return u.to == message.holder; });
    if (upstream == m_upstreams.end())
    {
        m_upstreams.push_back({message.holder, nullptr, {}});
        upstream = m_upstreams.end() - 1;
    }
    if (!upstream->connection)
    {
        upstream->connection =
            ContentConnection::Open(GetNode(), message.holder, *this, m_upstreamTally);
    }
    ++m_relayCounters.relayed;
    ContentMessage tagged = message;
    tagged.tag = ++m_lastTag;
    upstream->askers[m_lastTag] = asker;
    upstream->connection->Send(tagged);
}

void
ContentRelay::HandBack(Upstream& upstream, const ContentMessage& message)
{
    const auto asker = upstream.askers.find(message.tag);
    if (asker == upstream.askers.end())
    {
        return; // an answer to nothing
    }
    ++(asker->second.connection->IsOpen() ? m_relayCounters.answered : m_relayCounters.orphaned);
    ContentMessage back = message;
    back.tag = asker->second.tag;
    const Ptr<ContentConnection> connection = asker->second.connection;
    upstream.askers.erase(asker);
    connection->Send(back);
}

void
ContentRelay::ConnectionEnded(ContentConnection& connection)
{
    for (Upstream& upstream : m_upstreams)
    {
        if (PeekPointer(upstream.connection) == &connection)
        {
            m_relayCounters.lost += upstream.askers.size();
            upstream.askers.clear();
            upstream.connection = nullptr;
            return;
        }
    }
    ContentServer::ConnectionEnded(connection);
}

} // namespace sharding
} // namespace ns3
