// SPDX-License-Identifier: GPL-2.0-only
#include "shard-tag.h"

#include <sodium.h>

namespace ns3
{
namespace sharding
{

static_assert(crypto_shorthash_siphash24_KEYBYTES == std::tuple_size<ShardTagKey>::value,
              "a key of SipHash has 16 bytes");

uint64_t
ShardTag(const ShardTagKey& key, const uint8_t* data, std::size_t size)
{
    uint8_t out[crypto_shorthash_siphash24_BYTES];
    crypto_shorthash_siphash24(out, data, size, key.data());
    uint64_t tag = 0; // little endian, as the authors write it
    for (std::size_t i = sizeof(out); i-- > 0;)
    {
        tag = tag << 8 | out[i];
    }
    return tag;
}

} // namespace sharding
} // namespace ns3
