// SPDX-License-Identifier: GPL-2.0-only
#include "shard-control.h"

#include "shard-octets.h"

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
ShardControl::Write(uint32_t number, const ShardRequest& request)
{
    uint32_t last = 0;
    for (uint32_t i = request.wanted.Next(0); i < ShardSet::SIZE; i = request.wanted.Next(i + 1))
    {
        last = i;
    }
    const uint32_t map = request.whole ? 0 : last / 8 + 1;
    std::vector<uint8_t> message(HEADER + REQUEST + map + TRAILER);
    message[0] = static_cast<uint8_t>(ShardHeader::VERSION << 4 | MARK);
    message[1] = SHARD_CONTROL_REQUEST;
    ShardPut16(&message[2], static_cast<uint16_t>(message.size()));
    ShardPut32(&message[4], number);
    uint8_t* body = &message[HEADER];
    ShardPut32(body, request.flow);
    ShardPut32(body + 4, request.block);
    body[8] = request.round;
    body[9] = static_cast<uint8_t>(map);
    for (uint32_t i = 0; i < 8 * map; ++i)
    {
        if (request.wanted.Test(i))
        {
            body[REQUEST + i / 8] |= static_cast<uint8_t>(0x80 >> i % 8);
        }
    }
    const auto checked = static_cast<uint32_t>(message.size()) - TRAILER;
    ShardPut32(&message[checked], ~ShardCrc32c(0xffffffff, message.data(), checked));
    return message;
}

ShardError
ShardControl::Check(const uint8_t* data, uint32_t size, ShardControlType& type, uint32_t& number)
{
    if (size < HEADER + TRAILER)
    {
        return SHARD_TRUNCATED;
    }
    if (data[0] != (ShardHeader::VERSION << 4 | MARK) || data[1] != SHARD_CONTROL_REQUEST)
    {
        return SHARD_VERSION;
    }
    if (ShardGet16(data + 2) != size)
    {
        return SHARD_LENGTH;
    }
    if (ShardGet32(data + size - TRAILER) != ~ShardCrc32c(0xffffffff, data, size - TRAILER))
    {
        return SHARD_CHECKSUM;
    }
    type = static_cast<ShardControlType>(data[1]);
    number = ShardGet32(data + 4);
    return SHARD_OK;
}

ShardError
ShardControl::Parse(const uint8_t* data, uint32_t size, ShardRequest& request)
{
    if (size < HEADER + REQUEST + TRAILER)
    {
        return SHARD_TRUNCATED;
    }
    const uint8_t* const body = data + HEADER;
    const uint32_t map = body[9];
    if (map > MAP_BYTES || size != HEADER + REQUEST + map + TRAILER)
    {
        return SHARD_LENGTH;
    }
    request.flow = ShardGet32(body);
    request.block = ShardGet32(body + 4);
    request.round = body[8];
    request.whole = map == 0;
    request.wanted = ShardSet();
    for (uint32_t i = 0; i < 8 * map; ++i)
    {
        if ((body[REQUEST + i / 8] & 0x80 >> i % 8) != 0)
        {
            request.wanted.Set(i);
        }
    }
    const bool saysNothing = request.round == 0 || (map > 0 && request.wanted.Empty());
    return saysNothing || request.wanted.Test(MAX_BLOCK_SHARDS) ? SHARD_CONTRADICTION : SHARD_OK;
}

} // namespace sharding
} // namespace ns3
