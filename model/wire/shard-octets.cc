// SPDX-License-Identifier: GPL-2.0-only
#include "shard-octets.h"

#include <isa-l/crc.h>

namespace ns3
{
namespace sharding
{

uint32_t
ShardCrc32c(uint32_t crc, const uint8_t* data, uint32_t size)
{
    // ISA-L takes a pointer to bytes that it does not change.
    return crc32_iscsi(const_cast<uint8_t*>(data), static_cast<int>(size), crc);
}

} // namespace sharding
} // namespace ns3
