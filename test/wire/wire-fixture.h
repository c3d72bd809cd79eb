// SPDX-License-Identifier: GPL-2.0-only
#ifndef WIRE_FIXTURE_H
#define WIRE_FIXTURE_H

#include "ns3/shard-header.h"

#include <cstdint>
#include <vector>

namespace wiretest
{

using Bytes = std::vector<uint8_t>;

/**
 * CRC-32C bit by bit, as the polynomial division that RFC 3720 describes: slow, and sharing nothing
 * with the library that the module calls.
 * @param bytes what to sum
 * @return the checksum
 */
inline uint32_t
SlowCrc32c(const Bytes& bytes)
{
    uint32_t remainder = 0xffffffff;
    for (uint8_t byte : bytes)
    {
        for (int bit = 0; bit < 8; ++bit)
        {
            const bool out = ((remainder ^ (byte >> bit)) & 1) != 0;
            remainder = (remainder >> 1) ^ (out ? 0x82f63b78U : 0U);
        }
    }
    return ~remainder;
}

/**
 * A shard as docs/wire-format.md draws it, put together by hand.
 * @param f fields, contradicting ones too
 * @param payload follows the header
 * @param real whether the checksum covers the payload
 * @return header and payload
 */
inline Bytes
WriteByHand(const ns3::sharding::ShardFields& f, const Bytes& payload, bool real = true)
{
    Bytes out = {uint8_t(0x10 + f.code),
                 f.k,
                 f.n,
                 f.index,
                 uint8_t(f.flow >> 24),
                 uint8_t(f.flow >> 16),
                 uint8_t(f.flow >> 8),
                 uint8_t(f.flow),
                 uint8_t(f.block >> 24),
                 uint8_t(f.block >> 16),
                 uint8_t(f.block >> 8),
                 uint8_t(f.block),
                 uint8_t(f.datagram >> 8),
                 uint8_t(f.datagram),
                 uint8_t(f.first >> 8),
                 uint8_t(f.first)};
    Bytes covered = out;
    if (real)
    {
        covered.insert(covered.end(), payload.begin(), payload.end());
    }
    const uint32_t crc = SlowCrc32c(covered);
    for (int shift : {24, 16, 8, 0})
    {
        out.push_back(uint8_t(crc >> shift));
    }
    out.insert(out.end(), payload.begin(), payload.end());
    return out;
}

} // namespace wiretest

#endif // WIRE_FIXTURE_H
