// SPDX-License-Identifier: GPL-2.0-only
#include "content-cache.h"

#include "ns3/nstime.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentCache);

TypeId
ContentCache::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentCache")
            .SetParent<ContentRelay>()
            .SetGroupName("Sharding")
            .AddConstructor<ContentCache>()
            .AddAttribute("Capacity",
                          "Bytes of media that it has room for.",
                          UintegerValue(256 << 20),
                          MakeUintegerAccessor(&ContentCache::m_capacity),
                          MakeUintegerChecker<uint64_t>())
            .AddAttribute("Patience",
                          "A holder of which nothing comes for so long is not waited for.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&ContentCache::m_patience),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("MostIdle",
                          "Connections to holders that are kept while idle.",
                          UintegerValue(256),
                          MakeUintegerAccessor(&ContentCache::m_mostIdle),
                          MakeUintegerChecker<uint32_t>());
    return tid;
}

bool
ContentCache::CheckConservation() const
{
    const ContentCacheCounters& c = m_counters;
    return ContentRelay::CheckConservation() && c.requests == c.hits + c.joined + c.misses &&
           c.misses == c.fetched + c.absent + c.failed + m_misses.size();
}

void
ContentCache::Begin()
{
    m_lru = std::make_unique<ContentLru>(m_capacity);
    ContentRequestListener& self = *this;
    m_requester = std::make_unique<ContentRequester>(GetNode(), self, UpstreamTally(), m_mostIdle);
    ContentServer::Begin();
}

void
ContentCache::Cease()
{
    for (auto& [request, miss] : std::exchange(m_misses, {}))
    {
        ++m_counters.failed;
        miss.timer.Cancel();
    }
    m_onTheWay.clear();
    m_holders.clear();
    if (m_requester)
    {
        m_requester->Clear();
    }
    if (m_lru)
    {
        m_lru->Clear();
    }
    ContentRelay::Cease();
}

void
ContentCache::ConnectionMessage(ContentConnection& connection, const ContentMessage& message)
{
    if (message.type != CONTENT_GET)
    {
        ContentRelay::ConnectionMessage(connection, message);
        return;
    }
    ++m_counters.requests;
    const uint64_t key = message.key.Number();
    const Asker asker{Hold(connection), message.tag};
    if (const auto bytes = m_lru->Use(key))
    {
        ++m_counters.hits;
        Answer(asker, key, CONTENT_OK, *bytes);
        return;
    }
    const uint64_t holder =
        static_cast<uint64_t>(message.holder.address) << 16 | message.holder.port;
    const auto way = m_onTheWay.find({key, holder});
    if (way != m_onTheWay.end())
    {
        ++m_counters.joined;
        m_misses.at(way->second).askers.push_back(asker);
        return;
    }
    ++m_counters.misses;
    if (message.holder.port == 0)
    {
        ++m_counters.absent;
        Answer(asker, key, CONTENT_ABSENT, 0);
        return;
    }
    ContentMessage get;
    get.type = CONTENT_GET;
    get.key = message.key;
    get.padding = RequestPadding();
    const uint64_t request = m_requester->Ask(message.holder, get);
    Miss& miss = m_misses[request];
    miss.key = key;
    miss.askers.push_back(asker);
    miss.timer =
        Simulator::Schedule(m_patience, &ContentCache::LosePatience, this, request, uint32_t(0));
    m_onTheWay[{key, holder}] = request;
    m_holders[request] = holder;
}

void
ContentCache::ConnectionEnded(ContentConnection& connection)
{
    for (auto& [request, miss] : m_misses)
    {
        auto& askers = miss.askers;
        askers.erase(std::remove_if(askers.begin(),
                                    askers.end(),
                                    [&connection](const Asker& asker)
                                    { return PeekPointer(asker.connection) == &connection; }),
                     askers.end());
    }
    ContentRelay::ConnectionEnded(connection);
}

void
ContentCache::RequestPart(uint64_t request, uint32_t media)
{
    const auto found = m_misses.find(request);
    if (found != m_misses.end())
    {
        found->second.media = media;
    }
}

void
ContentCache::LosePatience(uint64_t request, uint32_t media)
{
    Miss& miss = m_misses.at(request);
    if (miss.media > media)
    {
        miss.timer = Simulator::Schedule(m_patience,
                                         &ContentCache::LosePatience,
                                         this,
                                         request,
                                         uint32_t(miss.media));
        return;
    }
    m_requester->Abort(request);
    End(request, CONTENT_GATEWAY, 0);
}

void
ContentCache::RequestEnded(uint64_t request, const ContentMessage* answer)
{
    if (m_misses.count(request) == 0)
    {
        return;
    }
    if (answer == nullptr || answer->type != CONTENT_SHARD)
    {
        End(request, CONTENT_GATEWAY, 0);
        return;
    }
    const bool came = answer->status == CONTENT_OK && answer->media > 0;
    End(request, came ? CONTENT_OK : CONTENT_ABSENT, came ? answer->media : 0);
}

void
ContentCache::End(uint64_t request, ContentStatus status, uint32_t bytes)
{
    const auto found = m_misses.find(request);
    Miss miss = std::move(found->second);
    m_misses.erase(found);
    m_onTheWay.erase({miss.key, m_holders.at(request)});
    m_holders.erase(request);
    miss.timer.Cancel();
    if (status == CONTENT_OK)
    {
        ++m_counters.fetched;
        m_lru->Put(miss.key, bytes);
    }
    else
    {
        ++(status == CONTENT_ABSENT ? m_counters.absent : m_counters.failed);
    }
    for (const Asker& asker : miss.askers)
    {
        Answer(asker, miss.key, status, bytes);
    }
}

void
ContentCache::Answer(const Asker& asker, uint64_t key, ContentStatus status, uint32_t bytes)
{
    ContentMessage answer;
    answer.type = CONTENT_SHARD;
    answer.status = status;
    answer.tag = asker.tag;
    answer.key = {static_cast<uint32_t>(key >> 32), static_cast<uint32_t>(key)};
    answer.padding = ResponsePadding();
    answer.media = bytes;
    m_counters.mediaBytes += bytes;
    asker.connection->Send(answer);
}

} // namespace sharding
} // namespace ns3
