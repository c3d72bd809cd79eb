// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_HEADER_H
#define SHARD_HEADER_H

#include "shard-seal.h"

#include "ns3/shard-code.h"
#include "ns3/shard-layout.h"

#include <cstdint>
#include <optional>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What every shard says of itself: 20 bytes in front of its payload, in network byte order
 * (docs/wire-format.md draws them). Sizes of shards are not sent: they follow from the datagram's
 * size, k and the first shard's size (ShardLayout), so a header cannot contradict itself there.
 * Only repair shards of the sliding window, which cover other blocks too, begin with a
 * ShardWindowPrefix that says these numbers of each.
 */
struct ShardFields
{
    uint32_t flow{0};                ///< flow id, unique at the sender
    uint32_t block{0};               ///< block number within the flow; wraps around
    uint16_t datagram{0};            ///< bytes of the datagram
    uint16_t first{0};               ///< bytes of shard 0 with header-first sizing, else 0
    uint8_t index{0};                ///< shard index: data 0 to k-1, repair k to n-1
    uint8_t k{0};                    ///< data shards
    uint8_t n{0};                    ///< all shards
    ShardCode code{SHARD_CODE_NONE}; ///< erasure code of the block

    /// @return the layout of the datagram, or nothing where the fields contradict each other
    std::optional<ShardLayout> Layout() const
    {
        return ShardLayout::Make(datagram, k, first);
    }

    /**
     * Whether the two belong to one block: everything but the index agrees.
     * @param other the other shard's fields
     * @return true when they do
     */
    bool SameBlock(const ShardFields& other) const
    {
        return flow == other.flow && block == other.block && datagram == other.datagram &&
               first == other.first && k == other.k && n == other.n && code == other.code;
    }
};

/// Why a received shard was not taken.
enum ShardError : uint8_t
{
    SHARD_OK = 0,
    SHARD_TRUNCATED,     ///< shorter than a header
    SHARD_VERSION,       ///< a version or code that is not known
    SHARD_CONTRADICTION, ///< numbers that cannot be: k of 0, index of n or more, empty shards ...
    SHARD_LENGTH,        ///< payload length is not what the fields say
    SHARD_CHECKSUM,      ///< checksum does not match: corrupt
    SHARD_FORGED,        ///< control message whose tag does not match
    SHARD_REPLAYED,      ///< control message that came before
    SHARD_ERRORS,        ///< how many there are
};

/**
 * @ingroup sharding
 * Wire form of ShardFields. Parsing never reads past `size` and never throws.
 */
class ShardHeader
{
  public:
    static constexpr uint32_t SIZE = 20;         ///< bytes
    static constexpr uint32_t CHECKED = 16;      ///< of these, in front of the checksum
    static constexpr uint8_t VERSION = 1;        ///< in the upper four bits of the first byte
    static constexpr uint8_t SEALED_VERSION = 2; ///< there, of a sealed shard

    /**
     * Write what is in front of the checksum: what a seal authenticates of the header.
     * @param fields what to say
     * @param isSealed whether the shard is sealed
     * @param out where to write CHECKED bytes
     */
    static void WriteChecked(const ShardFields& fields, bool isSealed, uint8_t* out);

    /**
     * Write the header with its checksum.
     * @param fields what to say
     * @param payload the shard's payload, or nullptr when only its size is modelled (then the
     *        checksum is that of the header alone, and of the seal's prefix)
     * @param payloadSize bytes of payload
     * @param out where to write SIZE bytes
     * @param seal of a sealed shard: what its payload begins with, which is not written
     */
    static void Write(const ShardFields& fields,
                      const uint8_t* payload,
                      uint32_t payloadSize,
                      uint8_t* out,
                      const ShardSeal& seal = ShardSeal());

    /**
     * Read the fields, of a sealed shard too, without looking at payload or checksum: enough to
     * classify a packet on its way, where a wrong guess costs nothing but its place in a queue.
     * @param data begin of a shard
     * @param size bytes at `data`
     * @param fields receives what was said, meaningful when the result is SHARD_OK
     * @return SHARD_OK, SHARD_TRUNCATED, SHARD_VERSION or SHARD_CONTRADICTION
     */
    static ShardError Peek(const uint8_t* data, uint32_t size, ShardFields& fields);

    /**
     * Whether there is a shard with these fields and this payload.
     * @param fields of a plain shard
     * @param payload its payload, or nullptr when that is not known
     * @param payloadSize bytes of payload
     * @return SHARD_OK, SHARD_CONTRADICTION or SHARD_LENGTH
     */
    static ShardError CheckPayload(const ShardFields& fields,
                                   const uint8_t* payload,
                                   uint32_t payloadSize);

    /**
     * Parse and check one shard.
     * @param data a whole shard as it came: header, then payload where there is one
     * @param size bytes at `data`
     * @param payloadSize bytes of payload as received (without the header)
     * @param payloadIsReal false when the payload is modelled by its size: then `data` need only
     *        hold the header, and the seal's prefix where there is one, which the checksum covers
     * @param fields receives what was said, meaningful when the result is SHARD_OK
     * @param seal receives the seal; nullptr where sealed shards are not taken
     * @return SHARD_OK, or why the shard is to be dropped
     */
    static ShardError Parse(const uint8_t* data,
                            uint32_t size,
                            uint32_t payloadSize,
                            bool payloadIsReal,
                            ShardFields& fields,
                            ShardSeal* seal = nullptr);
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_HEADER_H
