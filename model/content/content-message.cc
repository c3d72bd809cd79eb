// SPDX-License-Identifier: GPL-2.0-only
#include "content-message.h"

#include "ns3/shard-octets.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr uint8_t MAGIC = 0xc5;
constexpr uint8_t WIRE_VERSION = 1;

} // namespace

std::vector<uint8_t>
ContentMessage::Write() const
{
    ShardOctetWriter out;
    out.Put8(MAGIC).Put8(WIRE_VERSION).Put8(type).Put8(status);
    out.Put32(tag).Put32(key.stream).Put32(key.id).Put32(holder.address);
    out.Put16(holder.port).Put16(padding);
    out.Put32(static_cast<uint32_t>(body.size())).Put32(media);
    std::vector<uint8_t> bytes = out.Take();
    bytes.resize(bytes.size() + padding);
    bytes.insert(bytes.end(), body.begin(), body.end());
    return bytes;
}

bool
ContentMessageReader::ReadHead()
{
    ShardOctetReader in(m_text.data(), ContentMessage::HEAD_BYTES);
    const uint8_t magic = in.Get8();
    const uint8_t version = in.Get8();
    const uint8_t type = in.Get8();
    const uint8_t status = in.Get8();
    m_message = ContentMessage();
    m_message.tag = in.Get32();
    m_message.key.stream = in.Get32();
    m_message.key.id = in.Get32();
    m_message.holder.address = in.Get32();
    m_message.holder.port = in.Get16();
    m_message.padding = in.Get16();
    const uint32_t body = in.Get32();
    m_message.media = in.Get32();
    if (magic != MAGIC || version != WIRE_VERSION || type < CONTENT_GET ||
        type >= CONTENT_MESSAGE_TYPES || status >= CONTENT_STATUSES ||
        body > ContentMessage::MAX_BODY || m_message.padding > ContentMessage::MAX_PADDING ||
        m_message.media > ContentMap::MAX_SHARD_BYTES)
    {
        return false;
    }
    m_message.type = static_cast<ContentMessageType>(type);
    m_message.status = static_cast<ContentStatus>(status);
    m_textBytes = ContentMessage::HEAD_BYTES + m_message.padding + body;
    m_headIsKnown = true;
    return true;
}

bool
ContentMessageReader::Read(Ptr<Packet> packet, ContentMessageListener& listener)
{
    m_bytes += packet->GetSize();
    while (packet->GetSize() > 0)
    {
        const uint32_t wanted = m_headIsKnown ? m_textBytes : ContentMessage::HEAD_BYTES;
        if (m_text.size() < wanted)
        {
            const std::size_t old = m_text.size();
            const auto more =
                std::min<uint32_t>(wanted - static_cast<uint32_t>(old), packet->GetSize());
            m_text.resize(old + more);
            packet->CopyData(m_text.data() + old, more);
            packet->RemoveAtStart(more);
        }
        else
        {
            const uint32_t more = std::min(m_message.media - m_media, packet->GetSize());
            packet->RemoveAtStart(more);
            m_media += more;
        }
        if (!m_headIsKnown && m_text.size() == ContentMessage::HEAD_BYTES && !ReadHead())
        {
            return false;
        }
        if (!m_headIsKnown || m_text.size() < m_textBytes)
        {
            continue;
        }
        if (m_media < m_message.media)
        {
            if (m_media > 0)
            {
                listener.MessagePart(m_message, m_media);
            }
            continue;
        }
        const auto body = m_text.begin() + ContentMessage::HEAD_BYTES + m_message.padding;
        m_message.body.assign(body, m_text.end());
        const ContentMessage whole = std::move(m_message);
        m_text.clear();
        m_media = 0;
        m_headIsKnown = false;
        listener.MessageCame(whole);
    }
    return true;
}

} // namespace sharding
} // namespace ns3
