// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_TOKEN_WRAP_H
#define SHARD_TOKEN_WRAP_H

#include "shard-token.h"

#include <array>
#include <cstdint>

/**
 * @file
 * @ingroup sharding
 * How a client is told the secret of its token, which it cannot read: sealed under a key that it
 * shares with the hub, with the token's number as nonce. The token of RFC 4120 (Kerberos) is given
 * out in the same way.
 */

namespace ns3
{
namespace sharding
{

/// A secret on its way: 32 bytes sealed, and a tag of 16.
using ShardWrappedSecret = std::array<uint8_t, 48>;

/**
 * @param master secret of the hub
 * @param client which
 * @return the key that the two share: KDF(master, "shardcli", client)
 */
ShardAeadKey ShardTokenClientKey(const ShardAeadKey& master, uint64_t client);

/**
 * @param seal how: sealed, or in the clear with a tag
 * @param key of the client  @param number of the token, once under this key
 * @param secret of the token
 * @return what to send
 */
ShardWrappedSecret ShardTokenWrap(ShardTokenSeal seal,
                                  const ShardAeadKey& key,
                                  const ShardTokenNumber& number,
                                  const std::array<uint8_t, 32>& secret);

/**
 * @param seal how: sealed, or in the clear with a tag
 * @param key of the client
 * @param token whose number was used
 * @param wrapped what came
 * @param secret set to that of the token, where it is genuine
 * @return whether it is
 */
bool ShardTokenUnwrap(ShardTokenSeal seal,
                      const ShardAeadKey& key,
                      const ShardToken& token,
                      const ShardWrappedSecret& wrapped,
                      std::array<uint8_t, 32>& secret);

} // namespace sharding
} // namespace ns3

#endif // SHARD_TOKEN_WRAP_H
