// SPDX-License-Identifier: GPL-2.0-only
#ifndef CODEC_FIXTURE_H
#define CODEC_FIXTURE_H

#include "ns3/shard-block-encoder.h"
#include "ns3/shard-layout.h"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

namespace codectest
{

using namespace ns3::sharding;

/// @return how many times a random test goes round: many more where SHARDING_SLOW=1 is set
inline uint32_t
Rounds(uint32_t usual, uint32_t slow)
{
    const char* wish = std::getenv("SHARDING_SLOW");
    return wish != nullptr && wish[0] == '1' ? slow : usual;
}

/// Seeded numbers that are the same on every machine (distributions of the library are not).
class Dice
{
  public:
    explicit Dice(uint32_t seed)
        : m_engine(seed)
    {
    }

    /// @return a number from `low` to `high`
    uint32_t Roll(uint32_t low, uint32_t high)
    {
        return low + m_engine() % (high - low + 1);
    }

    /// @return that many random bytes
    std::vector<uint8_t> Bytes(size_t count)
    {
        std::vector<uint8_t> bytes(count);
        for (uint8_t& b : bytes)
        {
            b = uint8_t(m_engine() >> 11);
        }
        return bytes;
    }

    /// Put in random order (Fisher-Yates).
    template <typename T>
    void Shuffle(std::vector<T>& items)
    {
        for (size_t i = items.size(); i > 1; --i)
        {
            std::swap(items[i - 1], items[Roll(0, uint32_t(i - 1))]);
        }
    }

  private:
    std::mt19937 m_engine;
};

/// A datagram cut and coded: every shard in memory of exactly its size, for the address sanitizer
/// to see a step too far.
struct CutBlock
{
    CutBlock(Dice& dice, const ShardLayout& cut, ShardCode shardCode, uint32_t repairShards)
        : layout(cut),
          code(shardCode),
          r(repairShards),
          datagram(dice.Bytes(cut.DatagramSize()))
    {
        const uint32_t k = layout.DataShards();
        const uint32_t symbol = layout.SymbolSize();
        std::unique_ptr<uint8_t[]> repair(new uint8_t[r * symbol]);
        refusal = ShardBlockEncoder().Encode(code, layout, datagram.data(), r, repair.get());
        size_t at = 0;
        for (uint32_t i = 0; i < k; ++i)
        {
            shards.emplace_back(datagram.begin() + at, datagram.begin() + at + layout.Size(i));
            at += layout.Size(i);
        }
        for (uint32_t i = 0; i < r; ++i)
        {
            shards.emplace_back(repair.get() + i * symbol, repair.get() + (i + 1) * symbol);
        }
    }

    ShardLayout layout;
    ShardCode code;
    uint32_t r;
    std::vector<uint8_t> datagram;
    std::vector<std::vector<uint8_t>> shards;
    const char* refusal; ///< what the encoder had against it
};

/// @return some layout with k data shards: tiny or usual sizes, one in two header-first
inline ShardLayout
SomeLayout(Dice& dice, uint32_t k)
{
    const uint32_t datagram =
        dice.Roll(0, 3) == 0 ? dice.Roll(k, k + 5) : dice.Roll(k, 20 * k + 500);
    uint32_t first = 0;
    if (k >= 2 && dice.Roll(0, 1) == 1)
    {
        const uint32_t most = datagram - (k - 1);
        first = dice.Roll(1, dice.Roll(0, 1) == 0 ? most : (most + 9) / 10);
    }
    return *ShardLayout::Make(datagram, k, first);
}

} // namespace codectest

#endif // CODEC_FIXTURE_H
