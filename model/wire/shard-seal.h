// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_SEAL_H
#define SHARD_SEAL_H

#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What a sealed (encrypted and authenticated) shard says in clear between its header and its
 * ciphertext: enough to choose the key, to build the nonce and to tell a replay
 * (docs/wire-format.md draws it). Behind the ciphertext, which is as long as the plain payload,
 * comes the tag.
 */
struct ShardSeal
{
    static constexpr uint32_t PREFIX = 12;             ///< bytes in front of the ciphertext
    static constexpr uint32_t TAG = 16;                ///< bytes behind it
    static constexpr uint32_t OVERHEAD = PREFIX + TAG; ///< by which sealing lengthens a payload
    static constexpr uint32_t UNITS = 256;             ///< that a nonce tells apart

    uint64_t counter{0};  ///< of the unit's seals, from 1; 48 bits
    uint32_t sequence{0}; ///< of the shard among those of its key epoch, from 1; 0: not numbered
    uint8_t key{0};       ///< key epoch, modulo 256
    uint8_t unit{0};      ///< which unit sealed it
    bool present{false};  ///< the shard is sealed

    /// @param out where to write PREFIX bytes
    void Write(uint8_t* out) const;

    /**
     * @param in PREFIX bytes
     * @return what they say, of a shard that is sealed
     */
    static ShardSeal Read(const uint8_t* in);
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_SEAL_H
