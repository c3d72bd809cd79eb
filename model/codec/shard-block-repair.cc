// SPDX-License-Identifier: GPL-2.0-only
//
// The part of ShardBlockDecoder that knows where repair shards are kept until they are needed.

#include "shard-block-decoder.h"
#include "shard-codec-scratch.h"

#include <algorithm>
#include <cstring>

namespace ns3
{
namespace sharding
{

/// @return how many repair shards with a lower index are kept
uint32_t
ShardBlockDecoder::Rank(uint32_t index) const
{
    return m_held.CountBelow(index) - m_dataHeld;
}

/// @return whether a repair symbol, its last byte apart, fits in the place of a data shard
bool
ShardBlockDecoder::Fits(uint32_t slot) const
{
    return m_layout.Size(slot) + 1 >= m_layout.SymbolSize();
}

/// @return a place for a repair shard, among those of missing data shards that it covers: by that
/// it stays useful as long as it is there, and there is always one when it is useful
uint8_t
ShardBlockDecoder::FindSlot(uint32_t index) const
{
    const uint32_t k = DataShards();
    ShardSet open = m_code->Covers(k, m_n - k, index) - m_held;
    for (uint32_t rank = 0; rank < m_repairHeld; ++rank)
    {
        if (Places()[rank] != NO_SLOT)
        {
            open.Clear(Places()[rank]);
        }
    }
    for (uint32_t j = open.Next(0); j < k; j = open.Next(j + 1))
    {
        if (Fits(j))
        {
            return uint8_t(j);
        }
    }
    return NO_SLOT;
}

/// Keep a repair shard that is no copy.
void
ShardBlockDecoder::StoreRepair(uint32_t index, const uint8_t* payload)
{
    const uint32_t symbol = m_layout.SymbolSize();
    const uint32_t most = MostRepair();
    if (!m_bytes)
    {
        Allocate();
    }
    const uint8_t slot = FindSlot(index);
    if (slot == NO_SLOT)
    {
        if (!m_spill)
        {
            m_spill.reset(new Spill);
        }
        Spilled spilled{uint8_t(index), nullptr};
        if (m_real)
        {
            spilled.data.reset(new uint8_t[symbol]);
            std::memcpy(spilled.data.get(), payload, symbol);
        }
        m_spill->push_back(std::move(spilled));
    }
    else if (m_real)
    {
        std::memcpy(m_bytes.get() + m_layout.Offset(slot),
                    payload,
                    std::min(symbol, m_layout.Size(slot)));
    }
    const uint32_t rank = Rank(index);
    for (uint32_t base : {uint32_t(0), most})
    {
        uint8_t* here = Places() + base + rank;
        std::memmove(here + 1, here, m_repairHeld - rank);
    }
    Places()[rank] = slot;
    Places()[most + rank] = m_real ? payload[symbol - 1] : 0;
    m_held.Set(index);
    ++m_repairHeld;
}

/// Move the repair shard in the place of a data shard elsewhere, if there is one.
void
ShardBlockDecoder::Vacate(uint32_t slot)
{
    const uint8_t* const begin = Places();
    const uint8_t* const end = begin + m_repairHeld;
    const uint8_t* const place = std::find(begin, end, slot);
    if (place == end)
    {
        return;
    }
    uint32_t index = m_held.Next(DataShards());
    for (uint32_t rank = uint32_t(place - begin); rank > 0; --rank)
    {
        index = m_held.Next(index + 1);
    }
    const bool useful = !(m_code->Covers(DataShards(), m_n - DataShards(), index) - m_held).Empty();
    if (!useful)
    {
        DropRepair(index);
        return;
    }
    std::vector<uint8_t>& symbol = CodecScratch(m_layout.SymbolSize());
    if (m_real)
    {
        LoadRepair(index, symbol.data());
    }
    DropRepair(index);
    StoreRepair(index, symbol.data());
}

/// Forget a repair shard; its place is free.
void
ShardBlockDecoder::DropRepair(uint32_t index)
{
    const uint32_t most = MostRepair();
    const uint32_t rank = Rank(index);
    if (Places()[rank] == NO_SLOT)
    {
        m_spill->erase(std::find_if(m_spill->begin(),
                                    m_spill->end(),
                                    [index](const Spilled& s) { return s.index == index; }));
    }
    m_held.Clear(index);
    --m_repairHeld;
    for (uint32_t base : {uint32_t(0), most})
    {
        uint8_t* here = Places() + base + rank;
        std::memmove(here, here + 1, m_repairHeld - rank);
    }
}

/// Forget repair shards with memory of their own that cover nothing missing any more.
void
ShardBlockDecoder::DropUselessSpill()
{
    for (size_t i = m_spill->size(); i-- > 0;)
    {
        const uint32_t index = (*m_spill)[i].index;
        if ((m_code->Covers(DataShards(), m_n - DataShards(), index) - m_held).Empty())
        {
            DropRepair(index);
        }
    }
    if (m_spill->empty())
    {
        m_spill.reset();
    }
}

/// Put a repair symbol together.
void
ShardBlockDecoder::LoadRepair(uint32_t index, uint8_t* out) const
{
    const uint32_t symbol = m_layout.SymbolSize();
    const uint32_t rank = Rank(index);
    const uint8_t slot = Places()[rank];
    if (slot == NO_SLOT)
    {
        const auto spilled = std::find_if(m_spill->begin(),
                                          m_spill->end(),
                                          [index](const Spilled& s) { return s.index == index; });
        std::memcpy(out, spilled->data.get(), symbol);
        return;
    }
    const uint32_t inPlace = std::min(symbol, m_layout.Size(slot));
    std::memcpy(out, m_bytes.get() + m_layout.Offset(slot), inPlace);
    if (inPlace < symbol)
    {
        out[inPlace] = Places()[MostRepair() + rank];
    }
}

} // namespace sharding
} // namespace ns3
