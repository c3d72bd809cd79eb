// SPDX-License-Identifier: GPL-2.0-only
#include "shard-key-schedule.h"

#include <sodium.h>

namespace ns3
{
namespace sharding
{

namespace
{

static_assert(crypto_kdf_blake2b_KEYBYTES == std::tuple_size<ShardAeadKey>::value,
              "keys to derive from have 32 bytes");
static_assert(crypto_kdf_blake2b_CONTEXTBYTES == 8, "contexts have eight letters");

ShardAeadKey
Derive(const ShardAeadKey& from, const char* context, uint64_t number)
{
    ShardAeadKey key;
    crypto_kdf_blake2b_derive_from_key(key.data(), key.size(), number, context, from.data());
    return key;
}

} // namespace

ShardKeySchedule::ShardKeySchedule(const ShardAeadKey& master, uint32_t direction, uint32_t peer)
    : m_way(Derive(master, "shardway", static_cast<uint64_t>(direction) << 32 | peer))
{
}

ShardKeySchedule::~ShardKeySchedule()
{
    sodium_memzero(m_way.data(), m_way.size());
}

ShardAeadKey
ShardKeySchedule::KeyOf(ShardAeadKind kind, uint64_t epoch) const
{
    const bool isAes = ShardAead::Resolve(kind) == SHARD_AEAD_AES_256_GCM;
    return Derive(m_way, isAes ? "shardaes" : "shardcha", epoch);
}

ShardAead
ShardKeySchedule::Make(ShardAeadKind kind, uint64_t epoch) const
{
    ShardAeadKey key = KeyOf(kind, epoch);
    ShardAead ready(kind, key);
    sodium_memzero(key.data(), key.size());
    return ready;
}

} // namespace sharding
} // namespace ns3
