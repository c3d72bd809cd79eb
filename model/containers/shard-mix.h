// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_MIX_H
#define SHARD_MIX_H

#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * The finaliser of SplitMix64 (Steele, Lea and Flood 2014): for what is to look random and be the
 * same everywhere. Not for secrets.
 * @param x any number
 * @return a number of which every bit depends on every bit of x, each from one x only
 */
inline uint64_t
ShardMix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9U;
    x = (x ^ x >> 27) * 0x94d049bb133111ebU;
    return x ^ x >> 31;
}

} // namespace sharding
} // namespace ns3

#endif // SHARD_MIX_H
