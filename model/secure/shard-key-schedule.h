// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_KEY_SCHEDULE_H
#define SHARD_KEY_SCHEDULE_H

#include "shard-aead.h"

#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * The keys of one sender in one direction of a tunnel, all from the tunnel's master key, by
 * BLAKE2b (RFC 7693) as libsodium's crypto_kdf uses it: the number of the key is the salt, eight
 * letters that say what it is for are the personalisation.
 *
 *     key of the way    = KDF(master key, "shardway", direction * 2^32 + peer)
 *     key of an epoch   = KDF(key of the way, "shardaes" or "shardcha", epoch)
 */
class ShardKeySchedule
{
  public:
    /**
     * @param master key of the tunnel, which both ends share
     * @param direction 0 or 1: each end sends in one of them
     * @param peer number of the sender
     */
    ShardKeySchedule(const ShardAeadKey& master, uint32_t direction, uint32_t peer);
    ~ShardKeySchedule();

    /**
     * @param kind of cipher
     * @param epoch number of the key, from 0
     * @return the key, made ready
     */
    ShardAead Make(ShardAeadKind kind, uint64_t epoch) const;

    /**
     * @param kind of cipher
     * @param epoch number of the key, from 0
     * @return the key
     */
    ShardAeadKey KeyOf(ShardAeadKind kind, uint64_t epoch) const;

  private:
    ShardAeadKey m_way;
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_KEY_SCHEDULE_H
