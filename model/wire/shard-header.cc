// SPDX-License-Identifier: GPL-2.0-only
#include "shard-header.h"

#include "shard-octets.h"

#include "ns3/shard-window.h"

namespace ns3
{
namespace sharding
{

namespace
{

constexpr uint32_t CHECKED = ShardHeader::SIZE - 4; // what precedes the checksum

/// CRC-32C (RFC 3720, B.4) of the header before its checksum, then of the payload.
uint32_t
Checksum(const uint8_t* header, const uint8_t* payload, uint32_t payloadSize)
{
    uint32_t crc = ShardCrc32c(0xffffffff, header, CHECKED);
    if (payload != nullptr)
    {
        crc = ShardCrc32c(crc, payload, payloadSize);
    }
    return ~crc;
}

/// Sizes of a sliding-window repair shard do not follow from its own header alone.
ShardError
CheckWindow(const ShardFields& fields,
            const ShardLayout& layout,
            const uint8_t* payload,
            uint32_t payloadSize)
{
    if (payload == nullptr)
    {
        const bool fits = payloadSize >= ShardWindowPrefix::SizeOf(1) + layout.SymbolSize() &&
                          payloadSize <= ShardWindowPrefix::SizeOf(MAX_WINDOW) + 65535;
        return fits ? SHARD_OK : SHARD_LENGTH;
    }
    ShardWindowPrefix prefix;
    if (!ShardWindowPrefix::Read(payload, payloadSize, prefix))
    {
        return SHARD_CONTRADICTION;
    }
    const ShardWindowPrefix::Block& own = prefix.blocks[prefix.count - 1];
    if (own.k != fields.k || own.datagram != fields.datagram)
    {
        return SHARD_CONTRADICTION;
    }
    return payloadSize == prefix.Size() + prefix.SymbolSize() ? SHARD_OK : SHARD_LENGTH;
}

} // namespace

void
ShardHeader::Write(const ShardFields& fields,
                   const uint8_t* payload,
                   uint32_t payloadSize,
                   uint8_t* out)
{
    out[0] = static_cast<uint8_t>(VERSION << 4 | fields.code);
    out[1] = fields.k;
    out[2] = fields.n;
    out[3] = fields.index;
    ShardPut32(out + 4, fields.flow);
    ShardPut32(out + 8, fields.block);
    ShardPut16(out + 12, fields.datagram);
    ShardPut16(out + 14, fields.first);
    ShardPut32(out + 16, Checksum(out, payload, payloadSize));
}

ShardError
ShardHeader::Peek(const uint8_t* data, uint32_t size, ShardFields& fields)
{
    if (size < SIZE)
    {
        return SHARD_TRUNCATED;
    }
    const uint8_t code = data[0] & 0x0f;
    if (data[0] >> 4 != VERSION || code > SHARD_CODE_SLIDING_WINDOW)
    {
        return SHARD_VERSION;
    }
    fields.code = static_cast<ShardCode>(code);
    fields.k = data[1];
    fields.n = data[2];
    fields.index = data[3];
    fields.flow = ShardGet32(data + 4);
    fields.block = ShardGet32(data + 8);
    fields.datagram = ShardGet16(data + 12);
    fields.first = ShardGet16(data + 14);
    if (fields.n < fields.k || fields.index >= fields.n ||
        (fields.code == SHARD_CODE_NONE && fields.n != fields.k))
    {
        return SHARD_CONTRADICTION;
    }
    return SHARD_OK;
}

ShardError
ShardHeader::Parse(const uint8_t* data,
                   uint32_t size,
                   uint32_t payloadSize,
                   bool payloadIsReal,
                   ShardFields& fields)
{
    const ShardError error = Peek(data, size, fields);
    if (error != SHARD_OK)
    {
        return error;
    }
    const std::optional<ShardLayout> layout = fields.Layout();
    const bool isWindow = fields.code == SHARD_CODE_SLIDING_WINDOW;
    if (!layout || (isWindow && fields.first != 0))
    {
        return SHARD_CONTRADICTION;
    }
    if (payloadIsReal && size - SIZE != payloadSize)
    {
        return SHARD_LENGTH;
    }
    if (isWindow && fields.index >= fields.k)
    {
        const ShardError problem =
            CheckWindow(fields, *layout, payloadIsReal ? data + SIZE : nullptr, payloadSize);
        if (problem != SHARD_OK)
        {
            return problem;
        }
    }
    else if (payloadSize != layout->WireSize(fields.index))
    {
        return SHARD_LENGTH;
    }
    if (ShardGet32(data + CHECKED) !=
        Checksum(data, payloadIsReal ? data + SIZE : nullptr, payloadSize))
    {
        return SHARD_CHECKSUM;
    }
    return SHARD_OK;
}

} // namespace sharding
} // namespace ns3
