// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_REED_SOLOMON_H
#define SHARD_REED_SOLOMON_H

#include "shard-erasure-code.h"

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Systematic Reed-Solomon code over GF(256) (polynomial 0x11d) with Cauchy coefficients: repair
 * symbol i is the sum of data symbol j times 1/(i + j), "+" being exclusive or. Any k of n symbols
 * give the block back, for all n up to 255 (every square part of a Cauchy matrix is regular).
 *
 * The bulk is done by ISA-L; its tables are kept in a small cache of each thread, those of
 * encoding by (k, r), those of decoding by the shards at hand.
 */
class ReedSolomonCode : public ErasureCode
{
  public:
    const char* Refusal(uint32_t k, uint32_t r) const override;
    ShardSet Covers(uint32_t k, uint32_t r, uint32_t index) const override;
    uint32_t CopyOf(uint32_t k, uint32_t r, uint32_t index) const override;
    ShardSet Recoverable(uint32_t k, uint32_t r, const ShardSet& held) const override;
    bool Decodable(uint32_t k, uint32_t r, const ShardSet& held) const override;
    void Encode(uint32_t k,
                uint32_t r,
                const uint8_t* const* data,
                uint32_t length,
                uint8_t* const* repair) const override;
    void Recover(uint32_t k,
                 uint32_t r,
                 const ShardSet& held,
                 const uint8_t* const* symbols,
                 uint32_t length,
                 uint8_t* const* out) const override;
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_REED_SOLOMON_H
