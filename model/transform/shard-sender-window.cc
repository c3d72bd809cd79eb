// SPDX-License-Identifier: GPL-2.0-only
#include "shard-sender-window.h"

namespace ns3
{
namespace sharding
{

void
ShardSenderWindow::Add(const ShardLayout& layout,
                       Ptr<const Datagram> origin,
                       Ptr<const ShardBytes> bytes)
{
    if (m_blocks.size() == m_most)
    {
        m_blocks.erase(m_blocks.begin());
    }
    m_blocks.push_back({layout, origin, bytes});
    m_prefix.window = m_most;
    m_prefix.count = static_cast<uint32_t>(m_blocks.size());
    for (uint32_t i = 0; i < m_prefix.count; ++i)
    {
        m_prefix.blocks[i].k = static_cast<uint8_t>(m_blocks[i].layout.DataShards());
        m_prefix.blocks[i].datagram = static_cast<uint16_t>(m_blocks[i].layout.DatagramSize());
    }
}

Ptr<const ShardWindow>
ShardSenderWindow::Describe() const
{
    Ptr<ShardWindow> window = Create<ShardWindow>();
    window->prefix.resize(m_prefix.Size());
    m_prefix.Write(window->prefix.data());
    window->origins.reserve(m_blocks.size());
    for (const Block& block : m_blocks)
    {
        window->origins.push_back(block.origin);
    }
    return window;
}

Ptr<const ShardBytes>
ShardSenderWindow::Encode(const ShardFields& fields, uint32_t r) const
{
    std::vector<ShardWindowSource> sources;
    sources.reserve(m_blocks.size());
    for (const Block& block : m_blocks)
    {
        sources.push_back({block.layout, block.bytes->Data()});
    }
    const uint32_t size = RepairSize();
    Ptr<ShardBytes> made = Create<ShardBytes>(r * size);
    std::vector<uint8_t*> symbols(r);
    for (uint32_t i = 0; i < r; ++i)
    {
        m_prefix.Write(made->Data() + i * size);
        symbols[i] = made->Data() + i * size + m_prefix.Size();
    }
    ShardWindowEncode(fields.flow,
                      fields.block,
                      sources,
                      fields.k,
                      r,
                      m_prefix.SymbolSize(),
                      symbols.data());
    return made;
}

} // namespace sharding
} // namespace ns3
