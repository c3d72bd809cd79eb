// SPDX-License-Identifier: GPL-2.0-only
#include "shard-block-decoder.h"

#include "shard-codec-scratch.h"
#include "shard-columns.h"

#include <algorithm>
#include <cstring>

namespace ns3
{
namespace sharding
{

namespace
{

static_assert(sizeof(ShardBlockDecoder) <= 120, "an open block is to cost little");

} // namespace

ShardBlockDecoder::ShardBlockDecoder(const ShardLayout& layout,
                                     ShardCode code,
                                     uint32_t n,
                                     bool real)
    : ShardBlockDecoder(layout, GetErasureCode(code), n, real)
{
}

ShardBlockDecoder::ShardBlockDecoder(const ShardLayout& layout,
                                     const ErasureCode* code,
                                     uint32_t n,
                                     bool real)
    : m_code(code),
      m_layout(layout),
      m_n(uint8_t(n)),
      m_real(real)
{
    const uint32_t k = layout.DataShards();
    if (n < k || n > MAX_BLOCK_SHARDS || (code != nullptr && code->Refusal(k, n - k) != nullptr))
    {
        m_code = nullptr;
    }
}

ShardBlockDecoder::~ShardBlockDecoder() = default;
ShardBlockDecoder::ShardBlockDecoder(ShardBlockDecoder&& other) noexcept = default;
ShardBlockDecoder& ShardBlockDecoder::operator=(ShardBlockDecoder&& other) noexcept = default;

ShardBlockDecoder::Verdict
ShardBlockDecoder::Add(uint32_t index, const uint8_t* payload, uint32_t size)
{
    const uint32_t k = DataShards();
    if (m_code == nullptr || index >= m_n || size != m_layout.WireSize(index) ||
        (m_real && payload == nullptr))
    {
        return REFUSED;
    }
    // The data shard that it is, or is a copy of; k when it is neither.
    const uint32_t data = index < k ? index : m_code->CopyOf(k, m_n - k, index);
    if (m_real && Differs(data < k ? data : index, payload))
    {
        return CONFLICT;
    }
    if (m_real && index >= k && data < k)
    {
        // A copy is padded with zeros; anything else there is no copy of anything.
        const uint8_t* end = payload + size;
        if (std::any_of(payload + m_layout.Size(data), end, [](uint8_t b) { return b != 0; }))
        {
            return CONFLICT;
        }
    }
    if (m_seen.Test(index))
    {
        return DUPLICATE;
    }
    if (m_closed || (data < k && m_held.Test(data)) || Decodable() ||
        (data == k && (m_code->Covers(k, m_n - k, index) - m_held).Empty()))
    {
        m_seen.Set(index);
        return USELESS;
    }
    if (!m_allocated)
    {
        if (m_real)
        {
            Allocate();
        }
        m_allocated = true;
    }
    if (data < k)
    {
        StoreData(data, payload);
    }
    else
    {
        StoreRepair(index, payload);
    }
    m_seen.Set(index);
    return STORED;
}

bool
ShardBlockDecoder::Decodable() const
{
    const uint32_t k = DataShards();
    if (m_dataHeld == k)
    {
        return true;
    }
    // No code gets k symbols out of fewer, so most calls end here.
    return m_code != nullptr && uint32_t(m_dataHeld) + m_repairHeld >= k &&
           m_code->Decodable(k, m_n - k, m_held);
}

ShardSet
ShardBlockDecoder::Recoverable() const
{
    const uint32_t k = DataShards();
    return m_code != nullptr ? m_code->Recoverable(k, m_n - k, m_held) : ShardSet();
}

const uint8_t*
ShardBlockDecoder::Decode()
{
    if (!Decodable())
    {
        return nullptr;
    }
    Compute(Missing());
    Close();
    return m_real ? m_bytes.get() : nullptr;
}

const uint8_t*
ShardBlockDecoder::Salvage()
{
    if (m_code == nullptr)
    {
        return nullptr;
    }
    Compute(Recoverable() - m_held);
    Close();
    m_allocated = true;
    if (!m_real)
    {
        return nullptr;
    }
    if (!m_bytes)
    {
        Allocate();
    }
    if (!Missing().Empty())
    {
        const ShardSet lost = Missing();
        for (uint32_t j = lost.Next(0); j < ShardSet::SIZE; j = lost.Next(j + 1))
        {
            std::memset(m_bytes.get() + m_layout.Offset(j), 0, m_layout.Size(j));
        }
    }
    return m_bytes.get();
}

std::unique_ptr<uint8_t[]>
ShardBlockDecoder::TakeBytes()
{
    if (!m_closed || !m_real)
    {
        return nullptr;
    }
    m_allocated = false;
    return std::move(m_bytes);
}

uint32_t
ShardBlockDecoder::BytesHeld() const
{
    uint32_t bytes = m_allocated ? m_layout.DatagramSize() + 2 * MostRepair() : 0;
    if (m_spill)
    {
        bytes += uint32_t(sizeof(Spill) + m_spill->capacity() * sizeof(Spilled) +
                          m_spill->size() * m_layout.SymbolSize());
    }
    return bytes;
}

/// Take memory for the datagram, where it has bytes, and for Places().
void
ShardBlockDecoder::Allocate()
{
    m_bytes.reset(new uint8_t[BufferSize() + 2 * MostRepair()]);
}

/// @return whether a shard (a copy under the index of what it copies) contradicts bytes at hand
bool
ShardBlockDecoder::Differs(uint32_t index, const uint8_t* payload) const
{
    if (!m_allocated || !m_held.Test(index))
    {
        return false;
    }
    if (index < DataShards())
    {
        return std::memcmp(m_bytes.get() + m_layout.Offset(index), payload, m_layout.Size(index)) !=
               0;
    }
    const uint32_t symbol = m_layout.SymbolSize();
    std::vector<uint8_t>& kept = CodecScratch(symbol);
    LoadRepair(index, kept.data());
    return std::memcmp(kept.data(), payload, symbol) != 0;
}

/// Put a data shard in its place; a repair shard that is there has to go.
void
ShardBlockDecoder::StoreData(uint32_t index, const uint8_t* payload)
{
    // Held from here on, so that nobody looks for a place there; ranks count it, too.
    m_held.Set(index);
    ++m_dataHeld;
    Vacate(index);
    if (m_spill)
    {
        DropUselessSpill();
    }
    if (m_real)
    {
        std::memcpy(m_bytes.get() + m_layout.Offset(index), payload, m_layout.Size(index));
    }
}

/// Compute missing data shards that are recoverable. They are written where they belong, so the
/// repair symbols that are there are moved to scratch memory first.
void
ShardBlockDecoder::Compute(const ShardSet& wanted)
{
    const uint32_t count = wanted.Count();
    if (count == 0)
    {
        return;
    }
    if (m_real)
    {
        const uint32_t k = DataShards();
        const uint32_t symbol = m_layout.SymbolSize();
        const ShardColumns columns(m_layout);
        const uint32_t common = columns.Common();
        // Repair symbols, a padded first shard, and where nobody wants what is computed.
        const size_t blank = std::max(ShardColumns::ZERO_SIZE, common);
        std::vector<uint8_t>& scratch =
            CodecScratch(size_t(m_repairHeld) * symbol + common + blank);
        uint8_t* const first = scratch.data() + size_t(m_repairHeld) * symbol;
        uint8_t* const unwanted = first + common;
        const bool padFirst = columns.FirstPadded();
        const uint8_t* symbols[MAX_BLOCK_SHARDS];
        uint8_t* out[MAX_BLOCK_SHARDS];
        uint8_t* next = scratch.data();
        const uint8_t* repair[MAX_BLOCK_SHARDS];
        for (uint32_t i = m_held.Next(k); i < m_n; i = m_held.Next(i + 1))
        {
            LoadRepair(i, next);
            repair[i] = next;
            next += symbol;
        }
        if (padFirst && m_held.Test(0))
        {
            std::memcpy(first, m_bytes.get(), m_layout.FirstSize());
            std::memset(first + m_layout.FirstSize(), 0, common - m_layout.FirstSize());
        }
        columns.ForEach(
            [&](uint32_t begin, uint32_t end)
            {
                uint32_t offset = 0;
                for (uint32_t j = 0; j < k; ++j)
                {
                    const uint32_t size = m_layout.Size(j);
                    uint8_t* const here = m_bytes.get() + offset + begin;
                    const bool some = begin < size;
                    symbols[j] = some ? here : ShardColumns::Zeros();
                    out[j] = some && wanted.Test(j) ? here : unwanted;
                    offset += size;
                }
                if (begin == 0 && padFirst)
                {
                    symbols[0] = first;
                    out[0] = first;
                }
                for (uint32_t i = m_held.Next(k); i < m_n; i = m_held.Next(i + 1))
                {
                    symbols[i] = repair[i] + begin;
                }
                m_code->Recover(k, m_n - k, m_held, symbols, end - begin, out);
            });
        if (padFirst && wanted.Test(0))
        {
            std::memcpy(m_bytes.get(), first, m_layout.FirstSize());
        }
    }
    m_held = m_held | wanted;
    m_dataHeld = uint8_t(m_dataHeld + count);
    m_recovered = uint8_t(m_recovered + count);
}

/// Nothing more is wanted: what was kept for decoding goes.
void
ShardBlockDecoder::Close()
{
    m_closed = true;
    m_held = m_held & ShardSet::Below(DataShards());
    m_repairHeld = 0;
    m_spill.reset();
}

} // namespace sharding
} // namespace ns3
