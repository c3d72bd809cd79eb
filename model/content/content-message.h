// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_MESSAGE_H
#define CONTENT_MESSAGE_H

#include "content-map.h"

#include "ns3/packet.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/// What is said over a connection. The numbers are those of the wire form.
enum ContentMessageType : uint8_t
{
    CONTENT_GET = 1,       ///< send me a shard
    CONTENT_SHARD = 2,     ///< here it is, or why not
    CONTENT_GET_MAP = 3,   ///< send me a part of a shard map
    CONTENT_MAP = 4,       ///< here it is, or why not
    CONTENT_HELLO = 5,     ///< an encoder is there
    CONTENT_HEALTH = 6,    ///< how an encoder is, and what it was asked for
    CONTENT_ENCODE = 7,    ///< encode this (the picture data follow)
    CONTENT_ENCODED = 8,   ///< that is done, or failed
    CONTENT_COPY = 9,      ///< get a copy of a shard from a holder
    CONTENT_COPIED = 10,   ///< that is done, or failed
    CONTENT_FORGET = 11,   ///< shards of the stream before a segment are not needed any more
    CONTENT_MESSAGE_TYPES, ///< one more than the highest
};

/// How a request went. The numbers are those of the wire form.
enum ContentStatus : uint8_t
{
    CONTENT_OK = 0,      ///< as asked
    CONTENT_ABSENT = 1,  ///< it is not there
    CONTENT_GATEWAY = 2, ///< it was to come from another holder, and did not
    CONTENT_FAILED = 3,  ///< the encoder did not succeed
    CONTENT_STATUSES,    ///< how many there are
};

/// Which shard: a stream, and an id in it.
struct ContentKey
{
    uint32_t stream{0}; ///< number
    uint32_t id{0};     ///< of the shard

    /// @param number of both  @return them
    static ContentKey Of(uint64_t number)
    {
        return {static_cast<uint32_t>(number >> 32), static_cast<uint32_t>(number)};
    }

    /// @return one number for both
    uint64_t Number() const
    {
        return static_cast<uint64_t>(stream) << 32 | id;
    }
};

/**
 * @ingroup sharding
 * A message on a TCP connection: a head, then padding (what HTTP's heads would have beyond ours),
 * then bytes that mean something, then media, of which only the number is simulated.
 */
struct ContentMessage
{
    static constexpr uint32_t HEAD_BYTES = 32;        ///< on the wire
    static constexpr uint32_t MAX_BODY = 1U << 22;    ///< bytes that mean something
    static constexpr uint32_t MAX_PADDING = 1U << 14; ///< bytes

    ContentMessageType type{CONTENT_GET}; ///< what it is
    ContentStatus status{CONTENT_OK};     ///< how it went
    uint32_t tag{0};                      ///< of a request, given back with the answer
    ContentKey key;                       ///< of what shard
    ContentAddress holder;                ///< who is meant
    uint16_t padding{0};                  ///< bytes
    uint32_t media{0};                    ///< bytes
    std::vector<uint8_t> body;            ///< that mean something

    /// @return bytes on the wire
    uint64_t Bytes() const
    {
        return uint64_t(HEAD_BYTES) + padding + body.size() + media;
    }

    /// @return head, padding and body as they go on the wire
    std::vector<uint8_t> Write() const;
};

/// Hears what a ContentMessageReader finds.
class ContentMessageListener
{
  public:
    virtual ~ContentMessageListener() = default;

    /// Some media of a message have come. @param message so far  @param media bytes so far
    virtual void MessagePart(const ContentMessage& message, uint32_t media) = 0;

    /// A message has come whole. @param message it
    virtual void MessageCame(const ContentMessage& message) = 0;
};

/**
 * @ingroup sharding
 * Finds messages in a stream of bytes of any origin.
 */
class ContentMessageReader
{
  public:
    /**
     * @param packet of bytes that follow those before
     * @param listener that hears what is found
     * @return whether they can be; after false nothing more is to be read
     */
    bool Read(Ptr<Packet> packet, ContentMessageListener& listener);

    /// @return bytes read so far
    uint64_t Bytes() const
    {
        return m_bytes;
    }

  private:
    bool ReadHead();

    std::vector<uint8_t> m_text; ///< head, padding and body so far
    ContentMessage m_message;    ///< that is being read
    bool m_headIsKnown{false};   ///< m_message is
    uint32_t m_textBytes{0};     ///< of head, padding and body
    uint32_t m_media{0};         ///< bytes so far
    uint64_t m_bytes{0};         ///< so far, of all
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_MESSAGE_H
