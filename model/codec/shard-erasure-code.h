// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_ERASURE_CODE_H
#define SHARD_ERASURE_CODE_H

#include "shard-code.h"
#include "shard-set.h"

#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * The plug-point of erasure codes for one block: how r repair symbols follow from k data symbols
 * (RFC 6363), and how data symbols come back. All codes are systematic: data travels as it is.
 *
 * Symbols are given as pointers, all of one length; a block whose shards differ in size is coded
 * column stretch by column stretch (ShardColumns), which a code need not know of: it must treat
 * every byte column alike. Objects have no state that a caller could see, so one serves all
 * blocks. k and r are always such that Refusal() has nothing against them.
 */
class ErasureCode
{
  public:
    virtual ~ErasureCode() = default;

    /**
     * @param k data shards, 1 or more
     * @param r repair shards, k + r at most MAX_BLOCK_SHARDS
     * @return nullptr when the code can do that, else what it allows, for an error message
     */
    virtual const char* Refusal(uint32_t k, uint32_t r) const = 0;

    /**
     * @param k data shards
     * @param r repair shards
     * @param index of a repair shard, k to k + r - 1
     * @return the data shards that it is a combination of. With none of them missing it is
     *         useless, and the code must not profit from more such shards than are missing.
     */
    virtual ShardSet Covers(uint32_t k, uint32_t r, uint32_t index) const = 0;

    /**
     * @param k data shards
     * @param r repair shards
     * @param index of a repair shard, k to k + r - 1
     * @return the data shard of which it is a plain (zero-padded) copy, or k when it is no copy
     */
    virtual uint32_t CopyOf(uint32_t k, uint32_t r, uint32_t index) const = 0;

    /**
     * @param k data shards
     * @param r repair shards
     * @param held the shards at hand
     * @return the data shards at hand or computable from what is at hand
     */
    virtual ShardSet Recoverable(uint32_t k, uint32_t r, const ShardSet& held) const = 0;

    /**
     * @param k data shards
     * @param r repair shards
     * @param held the shards at hand
     * @return whether all data shards are at hand or computable
     */
    virtual bool Decodable(uint32_t k, uint32_t r, const ShardSet& held) const
    {
        return Recoverable(k, r, held).Count() == k;
    }

    /**
     * Compute the repair symbols.
     * @param k data shards
     * @param r repair shards
     * @param data k pointers to data symbols
     * @param length bytes of every symbol
     * @param repair r pointers to where the repair symbols go, overlapping nothing else
     */
    virtual void Encode(uint32_t k,
                        uint32_t r,
                        const uint8_t* const* data,
                        uint32_t length,
                        uint8_t* const* repair) const = 0;

    /**
     * Compute every missing data symbol that is Recoverable().
     * @param k data shards
     * @param r repair shards
     * @param held the shards at hand
     * @param symbols k + r pointers; those of the shards at hand are read
     * @param length bytes of every symbol
     * @param out k pointers; those of missing data shards that are recoverable are written to,
     *        and must not overlap any symbol at hand
     */
    virtual void Recover(uint32_t k,
                         uint32_t r,
                         const ShardSet& held,
                         const uint8_t* const* symbols,
                         uint32_t length,
                         uint8_t* const* out) const = 0;
};

/**
 * @ingroup sharding
 * @param code number of the code
 * @return the one object of that code, which lives as long as the program; nullptr for a code that
 *         does not exist or does not work on blocks (sliding window)
 */
const ErasureCode* GetErasureCode(ShardCode code);

/**
 * @ingroup sharding
 * Whether a block may have these numbers.
 * @param code number of the code, possibly not one of the enumeration
 * @param k data shards
 * @param r repair shards
 * @return nullptr when it may, else one line, without a full stop, that says what is allowed
 */
const char* ShardCodeRefusal(ShardCode code, uint32_t k, uint32_t r);

} // namespace sharding
} // namespace ns3

#endif // SHARD_ERASURE_CODE_H
