// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_TAG_H
#define SHARD_TAG_H

#include <array>
#include <cstddef>
#include <cstdint>

namespace ns3
{
namespace sharding
{

/// Secret that the ends of a service share for their control messages.
using ShardTagKey = std::array<uint8_t, 16>;

/**
 * @ingroup sharding
 * Authentication tag of a message: SipHash-2-4 (J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast
 * short-input PRF", INDOCRYPT 2012), by libsodium. Who does not know the key passes with a
 * probability of 2^-64 a try.
 * @param key secret
 * @param data the message  @param size its bytes
 * @return the tag
 */
uint64_t ShardTag(const ShardTagKey& key, const uint8_t* data, std::size_t size);

} // namespace sharding
} // namespace ns3

#endif // SHARD_TAG_H
