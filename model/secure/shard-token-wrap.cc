// SPDX-License-Identifier: GPL-2.0-only
#include "shard-token-wrap.h"

#include "shard-token-octets.h"

#include <algorithm>
#include <sodium.h>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr std::size_t SECRET = 32;

} // namespace

ShardAeadKey
ShardTokenClientKey(const ShardAeadKey& master, uint64_t client)
{
    ShardAeadKey key;
    crypto_kdf_blake2b_derive_from_key(key.data(), key.size(), client, "shardcli", master.data());
    return key;
}

ShardWrappedSecret
ShardTokenWrap(ShardTokenSeal seal,
               const ShardAeadKey& key,
               const ShardTokenNumber& number,
               const std::array<uint8_t, 32>& secret)
{
    ShardWrappedSecret wrapped{};
    if (seal == SHARD_TOKEN_SEALED)
    {
        ShardAead(SHARD_AEAD_CHACHA20_POLY1305, key)
            .Seal(ShardTokenNonce(number), nullptr, 0, secret.data(), SECRET, wrapped.data());
        return wrapped;
    }
    std::copy(secret.begin(), secret.end(), wrapped.begin());
    ShardTokenTag(key, wrapped.data(), SECRET, &wrapped[SECRET]);
    return wrapped;
}

bool
ShardTokenUnwrap(ShardTokenSeal seal,
                 const ShardAeadKey& key,
                 const ShardToken& token,
                 const ShardWrappedSecret& wrapped,
                 std::array<uint8_t, 32>& secret)
{
    if (seal == SHARD_TOKEN_SEALED)
    {
        ShardAeadNonce nonce;
        std::copy(token.begin() + 4, token.begin() + 4 + nonce.size(), nonce.begin());
        return ShardAead(SHARD_AEAD_CHACHA20_POLY1305, key)
            .Open(nonce, nullptr, 0, wrapped.data(), wrapped.size(), secret.data());
    }
    std::array<uint8_t, 16> tag;
    ShardTokenTag(key, wrapped.data(), SECRET, tag.data());
    if (sodium_memcmp(tag.data(), &wrapped[SECRET], tag.size()) != 0)
    {
        return false;
    }
    std::copy(wrapped.begin(), wrapped.begin() + SECRET, secret.begin());
    return true;
}

} // namespace sharding
} // namespace ns3
