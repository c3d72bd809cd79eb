// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_TOKEN_H
#define SHARD_TOKEN_H

#include "shard-aead.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>

namespace ns3
{
namespace sharding
{

/// What becomes of a token that is shown.
enum ShardTokenVerdict : uint8_t
{
    SHARD_TOKEN_ACCEPTED = 0, ///< genuine, in time, of its holder, for this group, and new
    SHARD_TOKEN_MALFORMED,    ///< not even a token: length, version, reserved bits
    SHARD_TOKEN_STALE,        ///< under a key that is out of use, or not yet in use
    SHARD_TOKEN_FORGED,       ///< not sealed under the key that it names, or changed
    SHARD_TOKEN_EXPIRED,      ///< its time is over
    SHARD_TOKEN_EARLY,        ///< its time has not come
    SHARD_TOKEN_WRONG_CLIENT, ///< shown by another than it was given to
    SHARD_TOKEN_WRONG_GROUP,  ///< for another group
    SHARD_TOKEN_REPLAYED,     ///< shown before, or too long ago to tell
    SHARD_TOKEN_VERDICTS,     ///< behind the last one
};

/// How tokens are protected.
enum ShardTokenSeal : uint8_t
{
    SHARD_TOKEN_SEALED = 1, ///< encrypted and authenticated: ChaCha20-Poly1305 (RFC 8439)
    SHARD_TOKEN_TAGGED = 2, ///< as long, in the clear, with a SipHash-2-4 tag: for fast simulation
};

/// What a token says.
struct ShardTokenClaims
{
    std::array<uint8_t, 32> secret{}; ///< shared with the client, who was given it beside the token
    uint64_t client{0};               ///< who may show it
    uint32_t address{0};              ///< from where
    uint32_t group{0};                ///< to whom
    uint64_t issued{0};               ///< when, ns
    uint64_t expires{0};              ///< from then on it is void, ns
};

/// Number of a token, never given twice.
struct ShardTokenNumber
{
    uint32_t issuer{0}; ///< who gave it
    uint64_t count{0};  ///< how many that one had given before
};

/**
 * @ingroup sharding
 * Token on the wire, network byte order:
 *
 *     byte 0        version: 1 sealed, 2 tagged
 *     byte 1        0
 *     bytes 2-3     key epoch, low 16 bits
 *     bytes 4-7     issuer        } nonce
 *     bytes 8-15    count         }
 *     bytes 16-79   sealed: secret (32), client (8), address (4), group (4), issued (8),
 *                   expires (8)
 *     bytes 80-95   authentication tag, of bytes 0 to 79
 */
using ShardToken = std::array<uint8_t, 96>;

/**
 * @ingroup sharding
 * Keys of tokens, one after the other: the key of an epoch is derived from the master key with
 * BLAKE2b (RFC 7693) as KDF(master, "shardtok", epoch). Epochs follow from time, so that who knows
 * the master key needs no message to rotate.
 */
class ShardTokenKeys
{
  public:
    /**
     * @param master secret that hub and endpoints share
     * @param seal how tokens are protected
     * @param rotation time after which the next key is used, ns; 0: never
     * @param keep epochs for which a key is still good after it was replaced
     */
    ShardTokenKeys(const ShardAeadKey& master,
                   ShardTokenSeal seal,
                   uint64_t rotation,
                   uint32_t keep);
    ~ShardTokenKeys();

    ShardTokenKeys(const ShardTokenKeys&) = delete;
    ShardTokenKeys& operator=(const ShardTokenKeys&) = delete;

    /**
     * @param now ns  @param number not used before
     * @param claims what it says
     * @return the token
     */
    ShardToken Write(uint64_t now, const ShardTokenNumber& number, const ShardTokenClaims& claims);

    /**
     * Whether a token is genuine; nothing is said of time, client and group.
     * @param now ns
     * @param data what came  @param size its bytes
     * @param number set to its number  @param claims set to what it says, where it is genuine
     * @return SHARD_TOKEN_ACCEPTED, MALFORMED, STALE or FORGED
     */
    ShardTokenVerdict Read(uint64_t now,
                           const uint8_t* data,
                           std::size_t size,
                           ShardTokenNumber& number,
                           ShardTokenClaims& claims);

    /// @param number of a token  @return a secret for it, which only who knows the master key knows
    std::array<uint8_t, 32> SecretFor(const ShardTokenNumber& number) const;

    /// @param now ns  @return number of the key that is in use
    uint64_t EpochAt(uint64_t now) const
    {
        return m_rotation == 0 ? 0 : now / m_rotation;
    }

  private:
    /// A key made ready in both ways.
    struct Key
    {
        ShardAeadKey plain; ///< as derived
        ShardAead ready;    ///< to seal and open
    };

    Key& KeyOf(uint64_t epoch);

    ShardAeadKey m_master;          ///< all others are from it
    ShardTokenSeal m_seal;          ///< how tokens are protected
    uint64_t m_rotation;            ///< ns
    uint32_t m_keep;                ///< epochs
    std::map<uint64_t, Key> m_keys; ///< by epoch, those in use
};

/**
 * @ingroup sharding
 * What is asked of a genuine token beside the guard against replays.
 * @param now ns
 * @param claims what it says
 * @param client who shows it  @param address from where  @param group to whom
 * @return SHARD_TOKEN_ACCEPTED, EXPIRED, EARLY, WRONG_CLIENT or WRONG_GROUP
 */
ShardTokenVerdict ShardTokenJudge(uint64_t now,
                                  const ShardTokenClaims& claims,
                                  uint64_t client,
                                  uint32_t address,
                                  uint32_t group);

/// @param verdict of a token  @return a word for it: "accepted", "malformed", ...
const char* ShardTokenWord(ShardTokenVerdict verdict);

} // namespace sharding
} // namespace ns3

#endif // SHARD_TOKEN_H
