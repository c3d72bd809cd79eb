// SPDX-License-Identifier: GPL-2.0-only
#include "shard-window-decoder.h"

#include "shard-field.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace ns3
{
namespace sharding
{

namespace
{

/// Unknowns of a block have numbers of their own.
constexpr int64_t PER_BLOCK = 256;

/// The first block's number, unwrapped, leaves room below it.
constexpr int64_t BASE = int64_t(1) << 32;

/// @param data bytes or null  @param from first  @param to behind the last
/// @return whether one of them is not 0
bool
HasMore(const uint8_t* data, uint32_t from, uint32_t to)
{
    return data != nullptr && from < to &&
           std::any_of(data + from, data + to, [](uint8_t byte) { return byte != 0; });
}

} // namespace

ShardWindowDecoder::ShardWindowDecoder(uint32_t flow, bool real)
    : m_flow(flow),
      m_real(real),
      m_equations(real)
{
}

int64_t
ShardWindowDecoder::Unwrap(uint32_t block) const
{
    if (m_latest < 0)
    {
        return BASE + block;
    }
    // RFC 1982
    return m_latest + static_cast<int32_t>(block - static_cast<uint32_t>(m_latest));
}

void
ShardWindowDecoder::Advance(int64_t block)
{
    m_latest = std::max(m_latest, block);
    DropBelow(m_latest + 1 - m_horizon);
}

void
ShardWindowDecoder::DropBelow(int64_t floor)
{
    if (floor <= m_floor)
    {
        return;
    }
    m_floor = floor;
    std::size_t blocks = 0;
    for (; blocks < m_blocks.size() && m_first < floor; ++blocks, ++m_first)
    {
        if (m_blocks[blocks].layout)
        {
            m_bytes -= BLOCK_COST + m_blocks[blocks].layout->DatagramSize();
        }
    }
    m_blocks.erase(m_blocks.begin(), m_blocks.begin() + static_cast<std::ptrdiff_t>(blocks));
    m_equations.DropBelow(floor * PER_BLOCK);
}

void
ShardWindowDecoder::DropOldest()
{
    m_solved.clear();
    DropBelow(m_first + 1);
}

/// @return whether a block, where anything is known of it, is cut like that
bool
ShardWindowDecoder::Agrees(int64_t number, const ShardLayout& layout) const
{
    if (number < m_first || number - m_first >= static_cast<int64_t>(m_blocks.size()))
    {
        return true;
    }
    const std::optional<ShardLayout>& known = m_blocks[number - m_first].layout;
    return !known || (known->DataShards() == layout.DataShards() &&
                      known->DatagramSize() == layout.DatagramSize());
}

/// @return a block from m_floor to m_latest
ShardWindowDecoder::Block&
ShardWindowDecoder::Open(int64_t number, const ShardLayout& layout)
{
    if (m_blocks.empty())
    {
        m_first = number;
    }
    while (number < m_first)
    {
        m_blocks.emplace(m_blocks.begin());
        --m_first;
    }
    const auto place = static_cast<std::size_t>(number - m_first);
    if (place >= m_blocks.size())
    {
        m_blocks.resize(place + 1);
    }
    Block& block = m_blocks[place];
    if (!block.layout)
    {
        block.layout = layout;
        m_bytes += BLOCK_COST + layout.DatagramSize();
    }
    return block;
}

ShardWindowDecoder::Verdict
ShardWindowDecoder::AddData(uint32_t block,
                            const ShardLayout& layout,
                            uint32_t index,
                            const uint8_t* payload)
{
    m_solved.clear();
    const int64_t number = Unwrap(block);
    if (index >= layout.DataShards() || layout.FirstSize() != 0 || (m_real && payload == nullptr) ||
        !Agrees(number, layout))
    {
        return REFUSED;
    }
    Advance(number);
    if (number < m_floor)
    {
        return LATE;
    }
    Block& of = Open(number, layout);
    if (of.known.Test(index))
    {
        return USELESS;
    }
    of.known.Set(index);
    const uint32_t size = layout.Size(index);
    if (m_real)
    {
        if (!of.bytes)
        {
            of.bytes.reset(new uint8_t[layout.DatagramSize()]);
        }
        std::memcpy(of.bytes.get() + layout.Offset(index), payload, size);
    }
    if (m_equations.Count() != 0)
    {
        const bool fits = m_equations.Learn(number * PER_BLOCK + index, payload, size);
        m_contradictions += fits ? 0 : 1;
        Solve();
    }
    return STORED;
}

ShardWindowDecoder::Verdict
ShardWindowDecoder::AddRepair(uint32_t block,
                              uint32_t index,
                              const ShardWindowPrefix& prefix,
                              const uint8_t* coded)
{
    m_solved.clear();
    const int64_t last = Unwrap(block);
    const int64_t oldest = last + 1 - prefix.count;
    if (m_real && coded == nullptr)
    {
        return REFUSED;
    }
    for (uint32_t i = 0; i < prefix.count; ++i)
    {
        const std::optional<ShardLayout> layout = prefix.blocks[i].Layout();
        if (!layout || !Agrees(oldest + i, *layout))
        {
            return REFUSED;
        }
    }
    m_horizon = 2 * prefix.window;
    Advance(last);
    if (m_equations.Count() >= MOST_ROWS)
    {
        DropBelow(m_equations.Oldest() / PER_BLOCK + 1);
    }
    if (oldest < m_floor)
    {
        return LATE;
    }
    ShardWindowEquations::Row row = MakeRow(last, index, prefix, coded);
    if (row.terms.empty())
    {
        return USELESS;
    }
    switch (m_equations.Add(std::move(row)))
    {
    case ShardWindowEquations::STORED:
        break;
    case ShardWindowEquations::USELESS:
        return USELESS;
    case ShardWindowEquations::IMPOSSIBLE:
        ++m_contradictions;
        return REFUSED;
    }
    Solve();
    return STORED;
}

/// @return the equation that a repair shard is, without what is known; no terms and no symbol where
///         nothing is left
ShardWindowEquations::Row
ShardWindowDecoder::MakeRow(int64_t last,
                            uint32_t index,
                            const ShardWindowPrefix& prefix,
                            const uint8_t* coded)
{
    const ShardWindowCoefficients factors(m_flow, static_cast<uint32_t>(last), index);
    const int64_t oldest = last + 1 - prefix.count;
    ShardWindowEquations::Row row;
    uint32_t position = 0;
    for (uint32_t i = 0; i < prefix.count; ++i)
    {
        const uint32_t k = prefix.blocks[i].k;
        const ShardSet missing =
            ShardSet::Below(k) - Open(oldest + i, *prefix.blocks[i].Layout()).known;
        for (uint32_t j = missing.Next(0); j < k; j = missing.Next(j + 1))
        {
            row.terms.push_back({(oldest + i) * PER_BLOCK + j, factors.At(position + j)});
        }
        position += k;
    }
    row.length = prefix.SymbolSize();
    if (!m_real || row.terms.empty())
    {
        return row;
    }
    row.symbol.reset(new uint8_t[row.length]);
    std::memcpy(row.symbol.get(), coded, row.length);
    position = 0;
    for (uint32_t i = 0; i < prefix.count; ++i)
    {
        const Block& block = m_blocks[oldest + i - m_first];
        const uint32_t k = prefix.blocks[i].k;
        for (uint32_t j = block.known.Next(0); j < k; j = block.known.Next(j + 1))
        {
            ShardFieldAddProduct(factors.At(position + j),
                                 block.bytes.get() + block.layout->Offset(j),
                                 block.layout->Size(j),
                                 row.symbol.get());
        }
        position += k;
    }
    return row;
}

void
ShardWindowDecoder::Solve()
{
    for (const ShardWindowEquations::Row& row : m_equations.TakeSolved())
    {
        StoreSolved(row);
    }
}

void
ShardWindowDecoder::StoreSolved(const ShardWindowEquations::Row& row)
{
    const int64_t number = row.terms.front().unknown / PER_BLOCK;
    const auto index = static_cast<uint32_t>(row.terms.front().unknown % PER_BLOCK);
    Block& block = m_blocks[number - m_first];
    const ShardLayout& layout = *block.layout;
    const uint32_t size = layout.Size(index);
    if (HasMore(row.symbol.get(), size, row.length))
    {
        ++m_contradictions; // padding is zeros
        return;
    }
    const uint8_t* data = nullptr;
    if (m_real)
    {
        if (!block.bytes)
        {
            block.bytes.reset(new uint8_t[layout.DatagramSize()]);
        }
        std::memcpy(block.bytes.get() + layout.Offset(index), row.symbol.get(), size);
        data = block.bytes.get() + layout.Offset(index);
    }
    block.known.Set(index);
    m_solved.push_back({static_cast<uint32_t>(number), index, layout, data});
}

} // namespace sharding
} // namespace ns3
