// SPDX-License-Identifier: GPL-2.0-only
#include "shard-control.h"

#include "shard-octets.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr uint32_t REQUEST = 10; ///< bytes of a request before its map
constexpr uint32_t MAP_BYTES = 32;

} // namespace

std::vector<uint8_t>
ShardControl::Frame(const ShardTagKey& key,
                    ShardControlType type,
                    uint32_t number,
                    const std::vector<uint8_t>& body)
{
    std::vector<uint8_t> message(HEADER + body.size() + TRAILER);
    message[0] = static_cast<uint8_t>(ShardHeader::VERSION << 4 | MARK);
    message[1] = type;
    ShardPut16(&message[2], static_cast<uint16_t>(message.size()));
    ShardPut32(&message[4], number);
    std::copy(body.begin(), body.end(), message.begin() + HEADER);
    const std::size_t tagged = message.size() - TRAILER;
    ShardPut64(&message[tagged], ShardTag(key, message.data(), tagged));
    return message;
}

ShardError
ShardControl::Check(const ShardTagKey& key,
                    const uint8_t* data,
                    uint32_t size,
                    ShardControlType& type,
                    uint32_t& number)
{
    if (size < HEADER + TRAILER)
    {
        return SHARD_TRUNCATED;
    }
    if (data[0] != (ShardHeader::VERSION << 4 | MARK) || data[1] < SHARD_CONTROL_REQUEST ||
        data[1] >= SHARD_CONTROL_TYPES)
    {
        return SHARD_VERSION;
    }
    if (ShardGet16(data + 2) != size)
    {
        return SHARD_LENGTH;
    }
    if (ShardGet64(data + size - TRAILER) != ShardTag(key, data, size - TRAILER))
    {
        return SHARD_FORGED;
    }
    type = static_cast<ShardControlType>(data[1]);
    number = ShardGet32(data + 4);
    return SHARD_OK;
}

std::vector<uint8_t>
ShardRequest::Write() const
{
    uint32_t last = 0;
    for (uint32_t i = wanted.Next(0); i < ShardSet::SIZE; i = wanted.Next(i + 1))
    {
        last = i;
    }
    const uint32_t map = whole ? 0 : last / 8 + 1;
    std::vector<uint8_t> body(REQUEST + map);
    ShardPut32(&body[0], flow);
    ShardPut32(&body[4], block);
    body[8] = round;
    body[9] = static_cast<uint8_t>(map);
    for (uint32_t i = 0; i < 8 * map; ++i)
    {
        if (wanted.Test(i))
        {
            body[REQUEST + i / 8] |= static_cast<uint8_t>(0x80 >> i % 8);
        }
    }
    return body;
}

ShardError
ShardRequest::Read(const uint8_t* body, uint32_t size)
{
    if (size < REQUEST)
    {
        return SHARD_TRUNCATED;
    }
    const uint32_t map = body[9];
    if (map > MAP_BYTES || size != REQUEST + map)
    {
        return SHARD_LENGTH;
    }
    flow = ShardGet32(body);
    block = ShardGet32(body + 4);
    round = body[8];
    whole = map == 0;
    wanted = ShardSet();
    for (uint32_t i = 0; i < 8 * map; ++i)
    {
        if ((body[REQUEST + i / 8] & 0x80 >> i % 8) != 0)
        {
            wanted.Set(i);
        }
    }
    const bool saysNothing = round == 0 || (map > 0 && wanted.Empty());
    return saysNothing || wanted.Test(MAX_BLOCK_SHARDS) ? SHARD_CONTRADICTION : SHARD_OK;
}

} // namespace sharding
} // namespace ns3
