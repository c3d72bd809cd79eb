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

/// CRC-32C (RFC 3720, B.4) of the header before its checksum, then of the payload.
uint32_t
Checksum(const uint8_t* header, const uint8_t* payload, uint32_t payloadSize)
{
    uint32_t crc = ShardCrc32c(0xffffffff, header, ShardHeader::CHECKED);
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
ShardHeader::WriteChecked(const ShardFields& fields, bool isSealed, uint8_t* out)
{
    out[0] = static_cast<uint8_t>((isSealed ? SEALED_VERSION : VERSION) << 4 | fields.code);
    out[1] = fields.k;
    out[2] = fields.n;
    out[3] = fields.index;
    ShardPut32(out + 4, fields.flow);
    ShardPut32(out + 8, fields.block);
    ShardPut16(out + 12, fields.datagram);
    ShardPut16(out + 14, fields.first);
}

void
ShardHeader::Write(const ShardFields& fields,
                   const uint8_t* payload,
                   uint32_t payloadSize,
                   uint8_t* out,
                   const ShardSeal& seal)
{
    WriteChecked(fields, seal.present, out);
    if (seal.present && payload == nullptr)
    {
        uint8_t prefix[ShardSeal::PREFIX];
        seal.Write(prefix);
        ShardPut32(out + CHECKED, Checksum(out, prefix, ShardSeal::PREFIX));
        return;
    }
    ShardPut32(out + CHECKED, Checksum(out, payload, payloadSize));
}

ShardError
ShardHeader::Peek(const uint8_t* data, uint32_t size, ShardFields& fields)
{
    if (size < SIZE)
    {
        return SHARD_TRUNCATED;
    }
    const uint8_t code = data[0] & 0x0f;
    const uint8_t version = data[0] >> 4;
    if ((version != VERSION && version != SEALED_VERSION) || code > SHARD_CODE_SLIDING_WINDOW)
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
ShardHeader::CheckPayload(const ShardFields& fields, const uint8_t* payload, uint32_t payloadSize)
{
    const std::optional<ShardLayout> layout = fields.Layout();
    const bool isWindow = fields.code == SHARD_CODE_SLIDING_WINDOW;
    if (!layout || (isWindow && fields.first != 0))
    {
        return SHARD_CONTRADICTION;
    }
    if (isWindow && fields.index >= fields.k)
    {
        return CheckWindow(fields, *layout, payload, payloadSize);
    }
    return payloadSize == layout->WireSize(fields.index) ? SHARD_OK : SHARD_LENGTH;
}

ShardError
ShardHeader::Parse(const uint8_t* data,
                   uint32_t size,
                   uint32_t payloadSize,
                   bool payloadIsReal,
                   ShardFields& fields,
                   ShardSeal* seal)
{
    ShardError error = Peek(data, size, fields);
    if (error != SHARD_OK)
    {
        return error;
    }
    const uint8_t* const payload = data + SIZE;
    const bool isSealed = data[0] >> 4 == SEALED_VERSION;
    if (isSealed)
    {
        if (seal == nullptr)
        {
            return SHARD_VERSION;
        }
        if (size - SIZE < ShardSeal::PREFIX || payloadSize < ShardSeal::OVERHEAD)
        {
            return SHARD_TRUNCATED;
        }
        *seal = ShardSeal::Read(payload);
    }
    else if (seal != nullptr)
    {
        *seal = ShardSeal();
    }
    const bool isWhole = !payloadIsReal || size - SIZE == payloadSize;
    // What is sealed cannot be looked into; its length is known all the same.
    error = CheckPayload(fields,
                         payloadIsReal && isWhole && !isSealed ? payload : nullptr,
                         isSealed ? payloadSize - ShardSeal::OVERHEAD : payloadSize);
    if (error != SHARD_OK || !isWhole)
    {
        return error != SHARD_OK ? error : SHARD_LENGTH;
    }
    const uint32_t virtualSize = isSealed ? ShardSeal::PREFIX : 0;
    const uint32_t covered = Checksum(data, payload, payloadIsReal ? payloadSize : virtualSize);
    return ShardGet32(data + CHECKED) == covered ? SHARD_OK : SHARD_CHECKSUM;
}

} // namespace sharding
} // namespace ns3
