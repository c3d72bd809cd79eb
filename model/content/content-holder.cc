// SPDX-License-Identifier: GPL-2.0-only
#include "content-holder.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentHolder);

TypeId
ContentHolder::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ContentHolder")
                            .SetParent<ContentServer>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ContentHolder>();
    return tid;
}

void
ContentHolder::Put(const ContentKey& key, const Shard& shard)
{
    Shard& known = m_shards[key.Number()];
    m_storedBytes += shard.bytes;
    m_storedBytes -= known.bytes;
    known = shard;
}

void
ContentHolder::ForgetBefore(uint32_t stream, uint32_t segment)
{
    for (auto at = m_shards.begin(); at != m_shards.end();)
    {
        if (at->first >> 32 == stream && at->second.segment < segment)
        {
            m_storedBytes -= at->second.bytes;
            at = m_shards.erase(at);
        }
        else
        {
            ++at;
        }
    }
}

void
ContentHolder::Cease()
{
    m_shards.clear();
    m_asked.clear();
    m_storedBytes = 0;
    ContentServer::Cease();
}

std::map<std::pair<uint32_t, uint8_t>, uint32_t>
ContentHolder::TakeAsked()
{
    return std::exchange(m_asked, {});
}

void
ContentHolder::ConnectionMessage(ContentConnection& connection, const ContentMessage& message)
{
    if (message.type != CONTENT_GET)
    {
        return;
    }
    ++m_holderCounters.requests;
    ContentMessage answer;
    answer.type = CONTENT_SHARD;
    answer.tag = message.tag;
    answer.key = message.key;
    answer.padding = ResponsePadding();
    const auto found = m_shards.find(message.key.Number());
    if (found == m_shards.end())
    {
        ++m_holderCounters.absent;
        answer.status = CONTENT_ABSENT;
    }
    else
    {
        answer.media = found->second.bytes;
        m_holderCounters.mediaBytes += answer.media;
        ++m_asked[{message.key.stream, found->second.rendition}];
    }
    connection.Send(answer);
}

} // namespace sharding
} // namespace ns3
