// SPDX-License-Identifier: GPL-2.0-only
#include "shard-hindsight.h"

namespace ns3
{
namespace sharding
{

uint32_t
ShardHindsight::Hash(const ShardBlockId& id)
{
    return ShardIndex::Hash(id.peer, id.flow, id.block);
}

void
ShardHindsight::GivenUp(const ShardBlock& block, bool isEarly)
{
    if (m_pool.Used() >= MOST)
    {
        Forget(m_byAge.Front());
    }
    const uint32_t handle = m_pool.Take();
    Entry& entry = m_pool[handle];
    const ShardBlockDecoder& was = *block.decoder;
    entry.id = block.id;
    entry.code = block.code;
    entry.isEarly = isEarly;
    entry.decoder.emplace(was.Layout(), block.code, was.Shards(), false);
    for (uint32_t index = 0; index < was.Shards(); ++index)
    {
        if (was.Have(index))
        {
            entry.decoder->Add(index, nullptr, was.Layout().WireSize(index));
        }
    }
    m_index.Insert(Hash(entry.id), handle);
    m_byAge.PushBack(m_pool, handle);
}

void
ShardHindsight::Forget(uint32_t handle)
{
    Entry& entry = m_pool[handle];
    m_index.Erase(Hash(entry.id), handle);
    m_byAge.Remove(m_pool, handle);
    entry.decoder.reset();
    m_pool.Give(handle);
}

void
ShardHindsight::Late(const Shard& shard)
{
    if (m_pool.Used() == 0)
    {
        return;
    }
    const ShardBlockId id{shard.peer, shard.fields.flow, shard.fields.block};
    const uint32_t handle =
        m_index.Find(Hash(id), [&](uint32_t candidate) { return m_pool[candidate].id == id; });
    if (handle == ShardIndex::NONE)
    {
        return;
    }
    Entry& entry = m_pool[handle];
    const ShardLayout& layout = entry.decoder->Layout();
    const ShardFields& f = shard.fields;
    if (f.datagram != layout.DatagramSize() || f.k != layout.DataShards() ||
        f.first != layout.FirstSize() || f.n != entry.decoder->Shards() || f.code != entry.code)
    {
        return; // of another block by that name
    }
    entry.decoder->Add(f.index, nullptr, shard.size);
    if (entry.decoder->Decodable())
    {
        ++m_wrong[entry.isEarly];
        Forget(handle);
    }
}

} // namespace sharding
} // namespace ns3
