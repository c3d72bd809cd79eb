// SPDX-License-Identifier: GPL-2.0-only
#include "shard-block-encoder.h"

#include "shard-columns.h"

#include <cstring>

namespace ns3
{
namespace sharding
{

void
ShardBlockEncoder::Encode(const ErasureCode& code,
                          const ShardLayout& layout,
                          const uint8_t* datagram,
                          uint32_t r,
                          uint8_t* repair)
{
    if (r == 0)
    {
        return;
    }
    const uint32_t k = layout.DataShards();
    const uint32_t symbol = layout.SymbolSize();
    const ShardColumns columns(layout);
    if (columns.FirstPadded())
    {
        m_first.assign(columns.Common(), 0);
        std::memcpy(m_first.data(), datagram, layout.FirstSize());
    }
    const uint8_t* data[MAX_BLOCK_SHARDS];
    uint8_t* out[MAX_BLOCK_SHARDS];
    columns.ForEach(
        [&](uint32_t begin, uint32_t end)
        {
            uint32_t offset = 0;
            for (uint32_t j = 0; j < k; ++j)
            {
                const uint32_t size = layout.Size(j);
                data[j] = begin < size ? datagram + offset + begin : ShardColumns::Zeros();
                offset += size;
            }
            if (begin == 0 && columns.FirstPadded())
            {
                data[0] = m_first.data();
            }
            for (uint32_t i = 0; i < r; ++i)
            {
                out[i] = repair + size_t(i) * symbol + begin;
            }
            code.Encode(k, r, data, end - begin, out);
        });
}

const char*
ShardBlockEncoder::Encode(ShardCode code,
                          const ShardLayout& layout,
                          const uint8_t* datagram,
                          uint32_t r,
                          uint8_t* repair)
{
    const char* refusal = ShardCodeRefusal(code, layout.DataShards(), r);
    if (refusal == nullptr)
    {
        Encode(*GetErasureCode(code), layout, datagram, r, repair);
    }
    return refusal;
}

} // namespace sharding
} // namespace ns3
