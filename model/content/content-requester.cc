// SPDX-License-Identifier: GPL-2.0-only
#include "content-requester.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

ContentRequester::ContentRequester(Ptr<Node> node,
                                   ContentRequestListener& listener,
                                   std::shared_ptr<ContentTally> tally,
                                   uint32_t mostIdle)
    : m_node(node),
      m_listener(listener),
      m_tally(std::move(tally)),
      m_mostIdle(mostIdle)
{
}

ContentRequester::~ContentRequester()
{
    Clear();
}

void
ContentRequester::Clear()
{
    for (Line& line : std::exchange(m_lines, {}))
    {
        line.connection->End();
    }
}

uint32_t
ContentRequester::Open() const
{
    return static_cast<uint32_t>(std::count_if(m_lines.begin(),
                                               m_lines.end(),
                                               [](const Line& line) { return line.request > 0; }));
}

uint64_t
ContentRequester::Ask(const ContentAddress& to, const ContentMessage& message)
{
    auto line = std::find_if(m_lines.begin(),
                             m_lines.end(),
                             [&to](const Line& l) { return l.request == 0 && l.to == to; });
    if (line == m_lines.end())
    {
        m_lines.push_back({ContentConnection::Open(m_node, to, *this, m_tally), to, 0, 0});
        line = m_lines.end() - 1;
    }
    line->request = ++m_last;
    line->used = m_last;
    ContentMessage tagged = message;
    tagged.tag = static_cast<uint32_t>(m_last);
    line->connection->Send(tagged);
    return m_last;
}

void
ContentRequester::Abort(uint64_t request)
{
    const auto line = std::find_if(m_lines.begin(),
                                   m_lines.end(),
                                   [request](const Line& l) { return l.request == request; });
    if (request > 0 && line != m_lines.end())
    {
        Ptr<ContentConnection> connection = line->connection;
        m_lines.erase(line);
        connection->End();
    }
}

void
ContentRequester::Trim()
{
    const auto idle = std::count_if(m_lines.begin(),
                                    m_lines.end(),
                                    [](const Line& line) { return line.request == 0; });
    if (idle <= static_cast<int64_t>(m_mostIdle))
    {
        return;
    }
    const auto oldest = std::min_element(
        m_lines.begin(),
        m_lines.end(),
        [](const Line& a, const Line& b)
        { return std::make_pair(a.request > 0, a.used) < std::make_pair(b.request > 0, b.used); });
    Ptr<ContentConnection> connection = oldest->connection;
    m_lines.erase(oldest);
    connection->End();
}

std::vector<ContentRequester::Line>::iterator
ContentRequester::Find(const ContentConnection& connection)
{
    return std::find_if(m_lines.begin(),
                        m_lines.end(),
                        [&connection](const Line& line)
                        { return PeekPointer(line.connection) == &connection; });
}

void
ContentRequester::ConnectionPart(ContentConnection& connection,
                                 const ContentMessage& message,
                                 uint32_t media)
{
    const auto line = Find(connection);
    if (line != m_lines.end() && line->request > 0 &&
        message.tag == static_cast<uint32_t>(line->request))
    {
        m_listener.RequestPart(line->request, media);
    }
}

void
ContentRequester::ConnectionMessage(ContentConnection& connection, const ContentMessage& message)
{
    const auto line = Find(connection);
    if (line != m_lines.end() && line->request > 0 &&
        message.tag == static_cast<uint32_t>(line->request))
    {
        const uint64_t request = std::exchange(line->request, 0);
        Trim();
        m_listener.RequestEnded(request, &message);
    }
}

void
ContentRequester::ConnectionEnded(ContentConnection& connection)
{
    const auto line = Find(connection);
    if (line != m_lines.end())
    {
        const uint64_t request = line->request;
        m_lines.erase(line);
        if (request > 0)
        {
            m_listener.RequestEnded(request, nullptr);
        }
    }
}

} // namespace sharding
} // namespace ns3
