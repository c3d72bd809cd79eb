// SPDX-License-Identifier: GPL-2.0-only
#include "shard-layout.h"

namespace ns3
{
namespace sharding
{

namespace
{

/// Most bytes of a datagram: what the shard header's field and IP's total length can say.
constexpr uint32_t MAX_DATAGRAM = 65535;

} // namespace

std::optional<ShardLayout>
ShardLayout::Make(uint32_t datagram, uint32_t k, uint32_t first)
{
    if (datagram < 1 || datagram > MAX_DATAGRAM || k < 1 || k > MAX_BLOCK_SHARDS || k > datagram)
    {
        return std::nullopt;
    }
    uint32_t bytes = datagram; // what is cut equally ...
    uint32_t pieces = k;       // ... and into how many
    if (first != 0)
    {
        // Compared in this order so that a hostile `first` cannot wrap the subtraction.
        if (k < 2 || first >= datagram || datagram - first < k - 1)
        {
            return std::nullopt;
        }
        bytes = datagram - first;
        pieces = k - 1;
    }
    ShardLayout layout;
    layout.m_datagram = datagram;
    layout.m_k = k;
    layout.m_first = first;
    layout.m_base = bytes / pieces;
    layout.m_longer = bytes % pieces;
    return layout;
}

} // namespace sharding
} // namespace ns3
