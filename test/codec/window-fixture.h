// SPDX-License-Identifier: GPL-2.0-only
#ifndef WINDOW_FIXTURE_H
#define WINDOW_FIXTURE_H

#include "codec-fixture.h"
#include "slow-window.h"

#include "ns3/shard-window-decoder.h"

#include <gtest/gtest.h>

namespace codectest
{

/// A data or repair shard of a window, as a sender made it.
struct WindowShard
{
    uint32_t block;
    uint32_t index;
    ShardLayout layout;         ///< of its block
    ShardWindowPrefix prefix;   ///< of a repair shard
    std::vector<uint8_t> bytes; ///< data, or what follows the prefix

    bool IsRepair() const
    {
        return index >= layout.DataShards();
    }
};

/// A flow that was cut and coded.
struct WindowSender
{
    WindowSender(uint32_t flowId, uint32_t firstBlock, uint32_t window)
        : flow(flowId),
          first(firstBlock),
          most(window)
    {
    }

    /// Cut one more datagram.
    void Cut(Dice& dice, uint32_t size, uint32_t k, uint32_t r)
    {
        const uint32_t number = first + uint32_t(datagrams.size());
        datagrams.push_back(dice.Bytes(size));
        layouts.push_back(*ShardLayout::Make(size, k));
        const ShardLayout layout = layouts.back();
        for (uint32_t i = 0; i < k; ++i)
        {
            const auto begin = datagrams.back().begin() + std::ptrdiff_t(layout.Offset(i));
            shards.push_back({number, i, layout, {}, {begin, begin + layout.Size(i)}});
        }
        ShardWindowPrefix prefix;
        prefix.window = most;
        prefix.count = std::min<uint32_t>(most, uint32_t(datagrams.size()));
        std::vector<ShardWindowSource> sources;
        for (uint32_t i = 0; i < prefix.count; ++i)
        {
            const std::size_t at = datagrams.size() - prefix.count + i;
            sources.push_back({layouts[at], datagrams[at].data()});
            prefix.blocks[i].k = uint8_t(layouts[at].DataShards());
            prefix.blocks[i].datagram = uint16_t(layouts[at].DatagramSize());
        }
        std::vector<std::vector<uint8_t>> symbols(r, std::vector<uint8_t>(prefix.SymbolSize()));
        std::vector<uint8_t*> out;
        for (auto& symbol : symbols)
        {
            out.push_back(symbol.data());
        }
        ShardWindowEncode(flow, number, sources, k, r, prefix.SymbolSize(), out.data());
        for (uint32_t i = 0; i < r; ++i)
        {
            shards.push_back({number, k + i, layout, prefix, symbols[i]});
        }
    }

    uint32_t flow;
    uint32_t first;
    uint32_t most;
    std::vector<std::vector<uint8_t>> datagrams;
    std::vector<ShardLayout> layouts;
    std::vector<WindowShard> shards; ///< in the order of sending
};

/// Hand a shard over.
inline ShardWindowDecoder::Verdict
AddShard(ShardWindowDecoder& decoder, const WindowShard& shard)
{
    return shard.IsRepair()
               ? decoder.AddRepair(shard.block, shard.index, shard.prefix, shard.bytes.data())
               : decoder.AddData(shard.block, shard.layout, shard.index, shard.bytes.data());
}

} // namespace codectest

#endif // WINDOW_FIXTURE_H
