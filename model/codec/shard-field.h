// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_FIELD_H
#define SHARD_FIELD_H

#include <cstdint>

namespace ns3
{
namespace sharding
{

/// @param a factor  @param b factor  @return their product in GF(256), polynomial 0x11d
uint8_t ShardFieldMultiply(uint8_t a, uint8_t b);

/// @param a not 0  @return 1 / a in GF(256)
uint8_t ShardFieldInverse(uint8_t a);

/**
 * @ingroup sharding
 * Add multiples of one stretch of bytes to several others (in GF(256) also to subtract them).
 * @param factors one for each target
 * @param count targets, 1 to 255
 * @param source bytes to multiply
 * @param length how many
 * @param targets receive the sums; none overlaps the source
 */
void ShardFieldAddProducts(const uint8_t* factors,
                           uint32_t count,
                           const uint8_t* source,
                           uint32_t length,
                           uint8_t* const* targets);

/**
 * The same for one target.
 * @param factor to multiply by
 * @param source bytes to multiply
 * @param length how many
 * @param target receives the sum; does not overlap the source
 */
inline void
ShardFieldAddProduct(uint8_t factor, const uint8_t* source, uint32_t length, uint8_t* target)
{
    ShardFieldAddProducts(&factor, 1, source, length, &target);
}

/// To be called after ISA-L's vector code has run: see the comment where it is defined.
void ShardFieldLeaveVectors();

} // namespace sharding
} // namespace ns3

#endif // SHARD_FIELD_H
