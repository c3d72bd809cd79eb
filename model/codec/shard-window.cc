// SPDX-License-Identifier: GPL-2.0-only
#include "shard-window.h"

#include "shard-field.h"

#include <algorithm>
#include <cstring>

namespace ns3
{
namespace sharding
{

uint32_t
ShardWindowPrefix::SymbolSize() const
{
    uint32_t longest = 0;
    for (uint32_t i = 0; i < count; ++i)
    {
        // The longest of equal shards, without the way over a layout.
        longest = std::max<uint32_t>(longest, (blocks[i].datagram + blocks[i].k - 1) / blocks[i].k);
    }
    return longest;
}

void
ShardWindowPrefix::Write(uint8_t* out) const
{
    *out++ = static_cast<uint8_t>((window - 1) << 4 | (count - 1));
    for (uint32_t i = 0; i < count; ++i)
    {
        *out++ = blocks[i].k;
        *out++ = static_cast<uint8_t>(blocks[i].datagram >> 8);
        *out++ = static_cast<uint8_t>(blocks[i].datagram);
    }
}

bool
ShardWindowPrefix::Read(const uint8_t* data, uint32_t size, ShardWindowPrefix& prefix)
{
    if (size < 1)
    {
        return false;
    }
    prefix.window = (data[0] >> 4) + 1U;
    prefix.count = (data[0] & 15) + 1U;
    if (prefix.count > prefix.window || size < prefix.Size())
    {
        return false;
    }
    const uint8_t* at = data + 1;
    for (uint32_t i = 0; i < prefix.count; ++i, at += 3)
    {
        Block& block = prefix.blocks[i];
        block.k = at[0];
        block.datagram = static_cast<uint16_t>(at[1] << 8 | at[2]);
        if (!block.Layout())
        {
            return false;
        }
    }
    return true;
}

void
ShardWindowEncode(uint32_t flow,
                  uint32_t block,
                  const std::vector<ShardWindowSource>& sources,
                  uint32_t first,
                  uint32_t r,
                  uint32_t symbol,
                  uint8_t* const* out)
{
    std::vector<ShardWindowCoefficients> rows;
    rows.reserve(r);
    for (uint32_t i = 0; i < r; ++i)
    {
        std::memset(out[i], 0, symbol);
        rows.emplace_back(flow, block, first + i);
    }
    uint8_t factors[MAX_BLOCK_SHARDS];
    uint32_t position = 0;
    for (const ShardWindowSource& source : sources)
    {
        const uint8_t* bytes = source.bytes;
        for (uint32_t j = 0; j < source.layout.DataShards(); ++j, ++position)
        {
            for (uint32_t i = 0; i < r; ++i)
            {
                factors[i] = rows[i].At(position);
            }
            const uint32_t size = source.layout.Size(j);
            ShardFieldAddProducts(factors, r, bytes, size, out);
            bytes += size;
        }
    }
}

} // namespace sharding
} // namespace ns3
