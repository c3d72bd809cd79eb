// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_AEAD_H
#define SHARD_AEAD_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace ns3
{
namespace sharding
{

/// Ways to encrypt and authenticate at once (AEAD, RFC 5116).
enum ShardAeadKind : uint8_t
{
    SHARD_AEAD_FASTEST = 0,       ///< AES where the processor has it, else ChaCha20
    SHARD_AEAD_AES_256_GCM,       ///< D. McGrew, J. Viega, 2004; NIST SP 800-38D
    SHARD_AEAD_CHACHA20_POLY1305, ///< RFC 8439
};

/// Secret key of 32 bytes.
using ShardAeadKey = std::array<uint8_t, 32>;

/// Number of 12 bytes that is used but once under a key.
using ShardAeadNonce = std::array<uint8_t, 12>;

/**
 * @ingroup sharding
 * A key made ready to seal and to open, by libsodium. What is sealed is as long as what is plain,
 * and has a tag of 16 bytes behind it.
 */
class ShardAead
{
  public:
    static constexpr uint32_t TAG = 16; ///< bytes

    /// @param kind of cipher  @return whether this processor can
    static bool IsAvailable(ShardAeadKind kind);

    /// @param kind of cipher  @return it, or which one SHARD_AEAD_FASTEST is on this processor
    static ShardAeadKind Resolve(ShardAeadKind kind);

    /**
     * @param kind of cipher, an available one
     * @param key secret
     */
    ShardAead(ShardAeadKind kind, const ShardAeadKey& key);
    ~ShardAead();
    ShardAead(ShardAead&&) noexcept;
    ShardAead& operator=(ShardAead&&) noexcept;

    /**
     * @param nonce not used before under this key
     * @param ad associated data: authenticated, not encrypted  @param adSize its bytes
     * @param plain what to seal  @param size its bytes
     * @param out where to write size + TAG bytes; may be where `plain` is
     */
    void Seal(const ShardAeadNonce& nonce,
              const uint8_t* ad,
              std::size_t adSize,
              const uint8_t* plain,
              std::size_t size,
              uint8_t* out) const;

    /**
     * @param nonce as it was sealed with
     * @param ad associated data, likewise  @param adSize its bytes
     * @param sealed ciphertext and tag  @param size bytes of both, at least TAG
     * @param out where to write size - TAG bytes; may be where `sealed` is
     * @return whether it is genuine; where not, nothing of it is handed out
     */
    bool Open(const ShardAeadNonce& nonce,
              const uint8_t* ad,
              std::size_t adSize,
              const uint8_t* sealed,
              std::size_t size,
              uint8_t* out) const;

  private:
    struct State; ///< of the library

    std::unique_ptr<State> m_state;
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_AEAD_H
