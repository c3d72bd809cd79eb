// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_OCTETS_H
#define SHARD_OCTETS_H

#include <cstdint>

namespace ns3
{
namespace sharding
{

/// @param out where to put it, network byte order  @param value the number
inline void
ShardPut16(uint8_t* out, uint16_t value)
{
    out[0] = static_cast<uint8_t>(value >> 8);
    out[1] = static_cast<uint8_t>(value);
}

/// @param out where to put it, network byte order  @param value the number
inline void
ShardPut32(uint8_t* out, uint32_t value)
{
    ShardPut16(out, static_cast<uint16_t>(value >> 16));
    ShardPut16(out + 2, static_cast<uint16_t>(value));
}

/// @param in two bytes, network byte order  @return the number
inline uint16_t
ShardGet16(const uint8_t* in)
{
    return static_cast<uint16_t>(in[0] << 8 | in[1]);
}

/// @param in four bytes, network byte order  @return the number
inline uint32_t
ShardGet32(const uint8_t* in)
{
    return static_cast<uint32_t>(ShardGet16(in)) << 16 | ShardGet16(in + 2);
}

/**
 * CRC-32C (RFC 3720, B.4) without its initial and final inversion, so that pieces can be joined:
 * begin with 0xffffffff and invert the end.
 * @param crc of the pieces before
 * @param data a piece  @param size its bytes
 * @return of all so far
 */
uint32_t ShardCrc32c(uint32_t crc, const uint8_t* data, uint32_t size);

} // namespace sharding
} // namespace ns3

#endif // SHARD_OCTETS_H
