// SPDX-License-Identifier: GPL-2.0-only
#include "shard-seal.h"

#include "shard-octets.h"

namespace ns3
{
namespace sharding
{

void
ShardSeal::Write(uint8_t* out) const
{
    out[0] = key;
    out[1] = unit;
    ShardPut16(out + 2, static_cast<uint16_t>(counter >> 32));
    ShardPut32(out + 4, static_cast<uint32_t>(counter));
    ShardPut32(out + 8, sequence);
}

ShardSeal
ShardSeal::Read(const uint8_t* in)
{
    ShardSeal seal;
    seal.key = in[0];
    seal.unit = in[1];
    seal.counter = static_cast<uint64_t>(ShardGet16(in + 2)) << 32 | ShardGet32(in + 4);
    seal.sequence = ShardGet32(in + 8);
    seal.present = true;
    return seal;
}

} // namespace sharding
} // namespace ns3
