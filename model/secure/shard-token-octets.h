// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_TOKEN_OCTETS_H
#define SHARD_TOKEN_OCTETS_H

#include "shard-aead.h"
#include "shard-tag.h"
#include "shard-token.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

/**
 * @file
 * @ingroup sharding
 * What token and wrapped secret share. The wire room has writers of octets, but this one is below.
 */

namespace ns3
{
namespace sharding
{

/// @param out where to  @param value number, network byte order  @param bytes of it
inline void
ShardTokenPut(uint8_t* out, uint64_t value, std::size_t bytes)
{
    for (std::size_t i = bytes; i-- > 0; value >>= 8)
    {
        out[i] = static_cast<uint8_t>(value);
    }
}

/// @param in where from  @param bytes of a number, network byte order  @return the number
inline uint64_t
ShardTokenGet(const uint8_t* in, std::size_t bytes)
{
    uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i)
    {
        value = value << 8 | in[i];
    }
    return value;
}

/// @param number of a token  @return its nonce, as it stands in the token
inline ShardAeadNonce
ShardTokenNonce(const ShardTokenNumber& number)
{
    ShardAeadNonce nonce;
    ShardTokenPut(nonce.data(), number.issuer, 4);
    ShardTokenPut(nonce.data() + 4, number.count, 8);
    return nonce;
}

/// Two tags, under the two halves of a key.
/// @param key secret  @param data what to tag  @param size its bytes  @param out 16 bytes
inline void
ShardTokenTag(const ShardAeadKey& key, const uint8_t* data, std::size_t size, uint8_t* out)
{
    for (std::size_t half = 0; half < 2; ++half)
    {
        ShardTagKey part;
        std::copy(key.begin() + 16 * half, key.begin() + 16 * (half + 1), part.begin());
        ShardTokenPut(out + 8 * half, ShardTag(part, data, size), 8);
    }
}

} // namespace sharding
} // namespace ns3

#endif // SHARD_TOKEN_OCTETS_H
