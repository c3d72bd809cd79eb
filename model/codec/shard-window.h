// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_WINDOW_H
#define SHARD_WINDOW_H

#include "shard-layout.h"

#include <array>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Most blocks that a repair shard of the sliding-window code covers.
constexpr uint32_t MAX_WINDOW = 16;

/**
 * @ingroup sharding
 * What a repair shard of the sliding-window code says of the blocks that it covers, in front of its
 * coded bytes: enough to cut each of them (ShardLayout, equal sizes), even one of which nothing
 * else has come.
 *
 *     byte 0     window of the sender, less 1 (4 bits); blocks described, less 1 (4 bits)
 *     then       for each block, oldest first, its own last: k (1 byte), datagram size (2 bytes)
 */
struct ShardWindowPrefix
{
    /// What cuts one block.
    struct Block
    {
        uint8_t k{0};         ///< data shards
        uint16_t datagram{0}; ///< bytes of the datagram

        /// @return how it is cut, or nothing where the two contradict each other
        std::optional<ShardLayout> Layout() const
        {
            return ShardLayout::Make(datagram, k);
        }
    };

    uint32_t window{1};                     ///< blocks that the sender covers where there are any
    uint32_t count{0};                      ///< blocks that it covers here, 1 to window
    std::array<Block, MAX_WINDOW> blocks{}; ///< these, oldest first

    /// @param blocks covered  @return bytes on the wire
    static constexpr uint32_t SizeOf(uint32_t blocks)
    {
        return 1 + 3 * blocks;
    }

    /// @return bytes on the wire
    uint32_t Size() const
    {
        return SizeOf(count);
    }

    /// @return bytes of the coded symbol: of the longest data shard covered
    uint32_t SymbolSize() const;

    /// @param out where to write Size() bytes
    void Write(uint8_t* out) const;

    /**
     * Never reads past `size`.
     * @param data what came
     * @param size bytes of it
     * @param prefix set to what it says, meaningful when the result is true
     * @return whether all of it is there, describes no more blocks than the window has, and each
     *         of them can be
     */
    static bool Read(const uint8_t* data, uint32_t size, ShardWindowPrefix& prefix);
};

/**
 * @ingroup sharding
 * The coefficients of a repair shard: pseudo-random, never 0, and known to whoever knows its
 * header. The data shards covered are counted on from 0, oldest block first. With h the finaliser
 * of MurmurHash3 (32 bits), seed = h(h(h(flow) xor block) xor index), and coefficient number i is
 * 1 + h(seed + i) mod 255.
 */
class ShardWindowCoefficients
{
  public:
    /// @param flow id  @param block number  @param index of the repair shard
    ShardWindowCoefficients(uint32_t flow, uint32_t block, uint32_t index)
        : m_seed(Mix(Mix(Mix(flow) ^ block) ^ index))
    {
    }

    /// @param position of a data shard among those covered  @return its factor, 1 to 255
    uint8_t At(uint32_t position) const
    {
        return static_cast<uint8_t>(1 + Mix(m_seed + position) % 255);
    }

  private:
    static uint32_t Mix(uint32_t x)
    {
        x = (x ^ (x >> 16)) * 0x85ebca6bU;
        x = (x ^ (x >> 13)) * 0xc2b2ae35U;
        return x ^ (x >> 16);
    }

    uint32_t m_seed;
};

/// A block to be covered, where it lies.
struct ShardWindowSource
{
    ShardLayout layout;   ///< how it is cut, equal sizes
    const uint8_t* bytes; ///< layout.DatagramSize() of them
};

/**
 * @ingroup sharding
 * Compute the coded symbols of a block's repair shards: each is a random linear combination over
 * GF(256) of all data shards of a window of blocks (in the manner of RFC 8681). Shards that are
 * shorter than the symbol count as padded with zeros.
 * @param flow id
 * @param block number of the last block covered
 * @param sources the blocks, oldest first
 * @param first index of the first repair shard
 * @param r repair shards
 * @param symbol bytes of each symbol, as long as the longest data shard covered
 * @param out r places for a symbol
 */
void ShardWindowEncode(uint32_t flow,
                       uint32_t block,
                       const std::vector<ShardWindowSource>& sources,
                       uint32_t first,
                       uint32_t r,
                       uint32_t symbol,
                       uint8_t* const* out);

} // namespace sharding
} // namespace ns3

#endif // SHARD_WINDOW_H
