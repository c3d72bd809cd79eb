// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_BLOCK_DECODER_H
#define SHARD_BLOCK_DECODER_H

#include "shard-erasure-code.h"
#include "shard-layout.h"
#include "shard-set.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What a receiver keeps of one block: which shards came and, with real payload, their bytes.
 *
 * The bytes are in one buffer of the datagram's size: data shards at their final place, a repair
 * shard in the place of a data shard that is still missing (of those it covers), from which it
 * moves when that one comes. Where that place is a byte too short for a symbol, the byte is kept
 * beside it; only a symbol that is longer still (header-first sizing, where the first shard is of
 * another size) gets memory of its own. So an open block needs the datagram's size, this object,
 * and two bytes for each repair shard held, of which one is payload.
 *
 * With virtual payload the same is done without the bytes, so every answer but CONFLICT, and
 * BytesHeld(), is the same in both modes.
 *
 * All input may be hostile: an index or size that does not belong to the block is refused.
 */
class ShardBlockDecoder
{
  public:
    /// What became of a shard.
    enum Verdict : uint8_t
    {
        STORED = 0, ///< it was news
        DUPLICATE,  ///< this index has come before, with the same bytes as far as they are kept
        CONFLICT,   ///< it contradicts bytes at hand: one of the two is forged (RFC 5722)
        USELESS,    ///< its index is new, but it adds nothing to what is at hand
        REFUSED,    ///< index or size cannot be of this block, or real payload is absent
    };

    /**
     * @param layout how the datagram is cut
     * @param code the block's erasure code
     * @param n all shards, data and repair
     * @param real whether there are bytes. When ShardCodeRefusal() has something against the
     *        numbers, every shard is refused.
     */
    ShardBlockDecoder(const ShardLayout& layout, ShardCode code, uint32_t n, bool real);

    /**
     * The same for a code of the user's own.
     * @param layout how the datagram is cut
     * @param code the block's erasure code, which must outlive this; not null
     * @param n all shards, data and repair
     * @param real whether there are bytes
     */
    ShardBlockDecoder(const ShardLayout& layout, const ErasureCode* code, uint32_t n, bool real);

    ~ShardBlockDecoder();
    ShardBlockDecoder(ShardBlockDecoder&& other) noexcept;
    ShardBlockDecoder& operator=(ShardBlockDecoder&& other) noexcept;

    /**
     * Take a shard.
     * @param index its index
     * @param payload its bytes; ignored with virtual payload
     * @param size how many
     * @return what became of it. CONFLICT and REFUSED change nothing.
     */
    Verdict Add(uint32_t index, const uint8_t* payload, uint32_t size);

    /// @return whether the whole datagram is at hand or can be computed
    bool Decodable() const;

    /**
     * Compute what is missing.
     * @return the datagram's bytes, contiguous; nullptr when it is not decodable, and always with
     *         virtual payload (where the computation is only accounted for)
     */
    const uint8_t* Decode();

    /**
     * Compute what can be computed and give up the rest: its bytes become zero (Missing() tells
     * which). From then on every new shard is useless.
     * @return the datagram's bytes, contiguous; nullptr with virtual payload
     */
    const uint8_t* Salvage();

    /**
     * Hand the datagram over without copying, after Decode() or Salvage().
     * @return Layout().DatagramSize() bytes, or null when there are none or it was not decoded
     */
    std::unique_ptr<uint8_t[]> TakeBytes();

    /// @return how the datagram is cut
    const ShardLayout& Layout() const
    {
        return m_layout;
    }

    /// @return all shards of the block, data and repair
    uint32_t Shards() const
    {
        return m_n;
    }

    /// @param index of a shard  @return whether it has come, useful or not
    bool Have(uint32_t index) const
    {
        return index < m_n && m_seen.Test(index);
    }

    /// @return the data shards that are not in place: neither came, as such or as a copy, nor were
    ///         computed by Decode() or Salvage()
    ShardSet Missing() const
    {
        return ShardSet::Below(m_layout.DataShards()) - m_held;
    }

    /// @return the data shards that are in place or could be computed now
    ShardSet Recoverable() const;

    /// @param index of a data shard in place (not of Missing())
    /// @return its bytes; nullptr with virtual payload, and after TakeBytes()
    const uint8_t* InPlace(uint32_t index) const
    {
        return m_real && m_bytes ? m_bytes.get() + m_layout.Offset(index) : nullptr;
    }

    /// @return number of data shards in place
    uint32_t DataShardsHeld() const
    {
        return m_dataHeld;
    }

    /// @return number of repair shards kept for decoding
    uint32_t RepairShardsHeld() const
    {
        return m_repairHeld;
    }

    /// @return number of data shards that Decode() or Salvage() had to compute
    uint32_t RecoveredShards() const
    {
        return m_recovered;
    }

    /// @return bytes of memory that this block takes beyond the object itself; with virtual
    ///         payload, what it would take
    uint32_t BytesHeld() const;

  private:
    /// A repair symbol that fits no free place in the buffer.
    struct Spilled
    {
        uint8_t index;                   ///< its shard index
        std::unique_ptr<uint8_t[]> data; ///< the symbol; null with virtual payload
    };

    using Spill = std::vector<Spilled>;

    /// Where no place in the buffer is meant: no block has a data shard 255.
    static constexpr uint8_t NO_SLOT = 255;

    uint32_t DataShards() const
    {
        return m_layout.DataShards();
    }

    uint32_t Rank(uint32_t index) const;
    bool Fits(uint32_t slot) const;
    uint8_t FindSlot(uint32_t index) const;
    bool Differs(uint32_t index, const uint8_t* payload) const;
    void StoreData(uint32_t index, const uint8_t* payload);
    void StoreRepair(uint32_t index, const uint8_t* payload);
    void Vacate(uint32_t slot);
    void DropRepair(uint32_t index);
    void DropUselessSpill();
    void LoadRepair(uint32_t index, uint8_t* out) const;
    void Compute(const ShardSet& wanted);
    void Close();

    /// @return most repair shards that are of use at a time
    uint32_t MostRepair() const
    {
        return m_n - DataShards() < DataShards() ? m_n - DataShards() : DataShards();
    }

    /// @return bytes in front of Places()
    uint32_t BufferSize() const
    {
        return m_real ? m_layout.DatagramSize() : 0;
    }

    /// @return slots, then (from MostRepair on) last bytes, of the repair shards kept, by rank
    uint8_t* Places()
    {
        return m_bytes.get() + BufferSize();
    }

    const uint8_t* Places() const
    {
        return m_bytes.get() + BufferSize();
    }

    void Allocate();

    const ErasureCode* m_code; ///< null when the block's numbers are not allowed
    /// The datagram's place when it has bytes, then Places(), in one piece of memory because many
    /// blocks are open at a time; null before it is needed.
    std::unique_ptr<uint8_t[]> m_bytes;
    std::unique_ptr<Spill> m_spill; ///< null while empty
    ShardSet m_seen;                ///< shards that came
    ShardSet m_held;                ///< data shards in place, repair shards kept
    ShardLayout m_layout;           ///< how the datagram is cut
    uint8_t m_n;                    ///< all shards
    uint8_t m_dataHeld{0};          ///< data shards in place
    uint8_t m_repairHeld{0};        ///< repair shards kept
    uint8_t m_recovered{0};         ///< data shards that were computed
    bool m_real;                    ///< whether there are bytes
    bool m_closed{false};           ///< decoded or salvaged
    bool m_allocated{false};        ///< whether the datagram's place is there (or would be)
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_BLOCK_DECODER_H
