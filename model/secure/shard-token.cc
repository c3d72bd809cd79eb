// SPDX-License-Identifier: GPL-2.0-only
#include "shard-token.h"

#include "shard-token-octets.h"

#include <algorithm>
#include <sodium.h>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr std::size_t NONCE_AT = 4;
constexpr std::size_t CLAIMS_AT = 16;
constexpr std::size_t CLAIMS = 64;
constexpr std::size_t TAG_AT = CLAIMS_AT + CLAIMS;

static_assert(TAG_AT + ShardAead::TAG == std::tuple_size<ShardToken>::value,
              "the pieces of a token");

ShardAeadKey
Derive(const ShardAeadKey& from, const char* context, uint64_t number)
{
    ShardAeadKey key;
    crypto_kdf_blake2b_derive_from_key(key.data(), key.size(), number, context, from.data());
    return key;
}

ShardAeadNonce
NonceIn(const uint8_t* token)
{
    ShardAeadNonce nonce;
    std::copy(token + NONCE_AT, token + NONCE_AT + nonce.size(), nonce.begin());
    return nonce;
}

} // namespace

ShardTokenKeys::ShardTokenKeys(const ShardAeadKey& master,
                               ShardTokenSeal seal,
                               uint64_t rotation,
                               uint32_t keep)
    : m_master(master),
      m_seal(seal),
      m_rotation(rotation),
      m_keep(keep)
{
}

ShardTokenKeys::~ShardTokenKeys()
{
    sodium_memzero(m_master.data(), m_master.size());
    for (auto& [epoch, key] : m_keys)
    {
        sodium_memzero(key.plain.data(), key.plain.size());
    }
}

ShardTokenKeys::Key&
ShardTokenKeys::KeyOf(uint64_t epoch)
{
    const auto known = m_keys.find(epoch);
    if (known != m_keys.end())
    {
        return known->second;
    }
    const ShardAeadKey plain = Derive(m_master, "shardtok", epoch);
    const auto [made, isNew] =
        m_keys.emplace(epoch, Key{plain, ShardAead(SHARD_AEAD_CHACHA20_POLY1305, plain)});
    // Time goes on: what is further back than any token that may be opened is not used again.
    while (m_keys.size() > 2 && m_keys.begin()->first + m_keep < epoch)
    {
        sodium_memzero(m_keys.begin()->second.plain.data(), m_keys.begin()->second.plain.size());
        m_keys.erase(m_keys.begin());
    }
    return made->second;
}

ShardToken
ShardTokenKeys::Write(uint64_t now, const ShardTokenNumber& number, const ShardTokenClaims& claims)
{
    const uint64_t epoch = EpochAt(now);
    ShardToken token{};
    token[0] = m_seal;
    ShardTokenPut(&token[2], epoch & 0xffff, 2);
    ShardTokenPut(&token[NONCE_AT], number.issuer, 4);
    ShardTokenPut(&token[NONCE_AT + 4], number.count, 8);
    uint8_t* const at = &token[CLAIMS_AT];
    std::copy(claims.secret.begin(), claims.secret.end(), at);
    ShardTokenPut(at + 32, claims.client, 8);
    ShardTokenPut(at + 40, claims.address, 4);
    ShardTokenPut(at + 44, claims.group, 4);
    ShardTokenPut(at + 48, claims.issued, 8);
    ShardTokenPut(at + 56, claims.expires, 8);
    const Key& key = KeyOf(epoch);
    if (m_seal == SHARD_TOKEN_SEALED)
    {
        key.ready.Seal(NonceIn(token.data()), token.data(), CLAIMS_AT, at, CLAIMS, at);
    }
    else
    {
        ShardTokenTag(key.plain, token.data(), TAG_AT, &token[TAG_AT]);
    }
    return token;
}

ShardTokenVerdict
ShardTokenKeys::Read(uint64_t now,
                     const uint8_t* data,
                     std::size_t size,
                     ShardTokenNumber& number,
                     ShardTokenClaims& claims)
{
    if (size != std::tuple_size<ShardToken>::value || data[0] != m_seal || data[1] != 0)
    {
        return SHARD_TOKEN_MALFORMED;
    }
    const uint64_t epoch = EpochAt(now);
    const uint64_t behind = static_cast<uint16_t>(epoch - ShardTokenGet(data + 2, 2));
    if (behind > m_keep || behind > epoch)
    {
        return SHARD_TOKEN_STALE;
    }
    number.issuer = static_cast<uint32_t>(ShardTokenGet(data + NONCE_AT, 4));
    number.count = ShardTokenGet(data + NONCE_AT + 4, 8);
    std::array<uint8_t, CLAIMS> plain;
    const Key& key = KeyOf(epoch - behind);
    if (m_seal == SHARD_TOKEN_SEALED)
    {
        if (!key.ready.Open(NonceIn(data),
                            data,
                            CLAIMS_AT,
                            data + CLAIMS_AT,
                            CLAIMS + ShardAead::TAG,
                            plain.data()))
        {
            return SHARD_TOKEN_FORGED;
        }
    }
    else
    {
        std::array<uint8_t, ShardAead::TAG> tag;
        ShardTokenTag(key.plain, data, TAG_AT, tag.data());
        if (sodium_memcmp(tag.data(), data + TAG_AT, tag.size()) != 0)
        {
            return SHARD_TOKEN_FORGED;
        }
        std::copy(data + CLAIMS_AT, data + TAG_AT, plain.begin());
    }
    std::copy(plain.begin(), plain.begin() + 32, claims.secret.begin());
    claims.client = ShardTokenGet(&plain[32], 8);
    claims.address = static_cast<uint32_t>(ShardTokenGet(&plain[40], 4));
    claims.group = static_cast<uint32_t>(ShardTokenGet(&plain[44], 4));
    claims.issued = ShardTokenGet(&plain[48], 8);
    claims.expires = ShardTokenGet(&plain[56], 8);
    return SHARD_TOKEN_ACCEPTED;
}

std::array<uint8_t, 32>
ShardTokenKeys::SecretFor(const ShardTokenNumber& number) const
{
    return Derive(Derive(m_master, "shardsec", number.issuer), "shardsec", number.count);
}

ShardTokenVerdict
ShardTokenJudge(uint64_t now,
                const ShardTokenClaims& claims,
                uint64_t client,
                uint32_t address,
                uint32_t group)
{
    return now >= claims.expires                                  ? SHARD_TOKEN_EXPIRED
           : now < claims.issued                                  ? SHARD_TOKEN_EARLY
           : client != claims.client || address != claims.address ? SHARD_TOKEN_WRONG_CLIENT
           : group != claims.group                                ? SHARD_TOKEN_WRONG_GROUP
                                                                  : SHARD_TOKEN_ACCEPTED;
}

const char*
ShardTokenWord(ShardTokenVerdict verdict)
{
    static const char* const words[] = {"accepted",
                                        "malformed",
                                        "stale",
                                        "forged",
                                        "expired",
                                        "early",
                                        "wrong_client",
                                        "wrong_group",
                                        "replayed"};
    static_assert(sizeof(words) / sizeof(words[0]) == SHARD_TOKEN_VERDICTS, "a word for each");
    return words[verdict];
}

} // namespace sharding
} // namespace ns3
