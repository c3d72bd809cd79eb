// SPDX-License-Identifier: GPL-2.0-only
#include "shard-aead.h"

#include <sodium.h>

namespace ns3
{
namespace sharding
{

namespace
{

static_assert(crypto_aead_aes256gcm_KEYBYTES == std::tuple_size<ShardAeadKey>::value &&
                  crypto_aead_chacha20poly1305_ietf_KEYBYTES ==
                      std::tuple_size<ShardAeadKey>::value,
              "keys have 32 bytes");
static_assert(crypto_aead_aes256gcm_NPUBBYTES == std::tuple_size<ShardAeadNonce>::value &&
                  crypto_aead_chacha20poly1305_ietf_NPUBBYTES ==
                      std::tuple_size<ShardAeadNonce>::value,
              "nonces have 12 bytes");
static_assert(crypto_aead_aes256gcm_ABYTES == ShardAead::TAG &&
                  crypto_aead_chacha20poly1305_ietf_ABYTES == ShardAead::TAG,
              "tags have 16 bytes");

bool
HasAes()
{
    // What the processor can do is looked up by sodium_init().
    static const bool has = sodium_init() >= 0 && crypto_aead_aes256gcm_is_available() == 1;
    return has;
}

} // namespace

struct ShardAead::State
{
    ~State()
    {
        sodium_memzero(this, sizeof(State));
    }

    crypto_aead_aes256gcm_state aes; ///< round keys and powers of the hash key
    ShardAeadKey key;                ///< of ChaCha20
    ShardAeadKind kind;
};

bool
ShardAead::IsAvailable(ShardAeadKind kind)
{
    return kind != SHARD_AEAD_AES_256_GCM || HasAes();
}

ShardAeadKind
ShardAead::Resolve(ShardAeadKind kind)
{
    if (kind != SHARD_AEAD_FASTEST)
    {
        return kind;
    }
    return HasAes() ? SHARD_AEAD_AES_256_GCM : SHARD_AEAD_CHACHA20_POLY1305;
}

ShardAead::ShardAead(ShardAeadKind kind, const ShardAeadKey& key)
    : m_state(std::make_unique<State>())
{
    m_state->kind = Resolve(kind);
    m_state->key = key;
    if (m_state->kind == SHARD_AEAD_AES_256_GCM)
    {
        crypto_aead_aes256gcm_beforenm(&m_state->aes, key.data());
    }
}

ShardAead::~ShardAead() = default;
ShardAead::ShardAead(ShardAead&&) noexcept = default;
ShardAead& ShardAead::operator=(ShardAead&&) noexcept = default;

void
ShardAead::Seal(const ShardAeadNonce& nonce,
                const uint8_t* ad,
                std::size_t adSize,
                const uint8_t* plain,
                std::size_t size,
                uint8_t* out) const
{
    if (m_state->kind == SHARD_AEAD_AES_256_GCM)
    {
        crypto_aead_aes256gcm_encrypt_afternm(out,
                                              nullptr,
                                              plain,
                                              size,
                                              ad,
                                              adSize,
                                              nullptr,
                                              nonce.data(),
                                              &m_state->aes);
        return;
    }
    crypto_aead_chacha20poly1305_ietf_encrypt(out,
                                              nullptr,
                                              plain,
                                              size,
                                              ad,
                                              adSize,
                                              nullptr,
                                              nonce.data(),
                                              m_state->key.data());
}

bool
ShardAead::Open(const ShardAeadNonce& nonce,
                const uint8_t* ad,
                std::size_t adSize,
                const uint8_t* sealed,
                std::size_t size,
                uint8_t* out) const
{
    if (m_state->kind == SHARD_AEAD_AES_256_GCM)
    {
        return crypto_aead_aes256gcm_decrypt_afternm(out,
                                                     nullptr,
                                                     nullptr,
                                                     sealed,
                                                     size,
                                                     ad,
                                                     adSize,
                                                     nonce.data(),
                                                     &m_state->aes) == 0;
    }
    return crypto_aead_chacha20poly1305_ietf_decrypt(out,
                                                     nullptr,
                                                     nullptr,
                                                     sealed,
                                                     size,
                                                     ad,
                                                     adSize,
                                                     nonce.data(),
                                                     m_state->key.data()) == 0;
}

} // namespace sharding
} // namespace ns3
