// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_CODE_H
#define SHARD_CODE_H

#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * The erasure code of a block. The numbers are those of the wire format.
 */
enum ShardCode : uint8_t
{
    SHARD_CODE_NONE = 0,           ///< no repair shards
    SHARD_CODE_REPETITION = 1,     ///< repair shard i is a copy of data shard (i - k) mod k
    SHARD_CODE_XOR = 2,            ///< repair shard k + g is the parity of data shards j = g mod r
    SHARD_CODE_REED_SOLOMON = 3,   ///< systematic, Cauchy, GF(256): any k of n
    SHARD_CODE_SLIDING_WINDOW = 4, ///< random linear, GF(256), over the data of several blocks
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_CODE_H
