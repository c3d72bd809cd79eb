// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_CONTROL_H
#define SHARD_CONTROL_H

#include "shard-header.h"

#include "ns3/shard-set.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/// What a control message is.
enum ShardControlType : uint8_t
{
    SHARD_CONTROL_REQUEST = 1, ///< the receiver lacks shards
};

/// A receiver asks for shards of a block (selective repeat).
struct ShardRequest
{
    uint32_t flow{0};  ///< flow id
    uint32_t block{0}; ///< block number
    uint8_t round{0};  ///< from 1: how often it has asked for shards of this block
    bool whole{false}; ///< nothing of the block has come, so that its size is not known: all of it
    ShardSet wanted;   ///< which shards, where not all
};

/**
 * @ingroup sharding
 * Wire form of control messages, which share port and paths with shards:
 *
 *     byte 0      version (4 bits), 15 (4 bits) where shards have their code
 *     byte 1      type
 *     bytes 2-3   bytes of the whole message
 *     bytes 4-7   number of the message at its sender, counted on
 *     ...         what the type has to say
 *     last 4      CRC-32C of all before
 *
 * A request says flow id (4), block number (4), round (1), bytes of the map (1; 0: the whole
 * block), and the map: bit i, from the most significant of its first byte, is shard i.
 * Parsing never reads past `size` and never throws.
 */
class ShardControl
{
  public:
    static constexpr uint8_t MARK = 0x0f;  ///< in place of the code in the first byte
    static constexpr uint32_t HEADER = 8;  ///< bytes before what the type has to say
    static constexpr uint32_t TRAILER = 4; ///< bytes behind it

    /**
     * @param data what came  @param size bytes of it
     * @return whether it is to be parsed as a control message and not as a shard
     */
    static bool IsControl(const uint8_t* data, uint32_t size)
    {
        return size > 0 && (data[0] & 0x0f) == MARK;
    }

    /**
     * @param number of the message at its sender
     * @param request what to say
     * @return the message
     */
    static std::vector<uint8_t> Write(uint32_t number, const ShardRequest& request);

    /**
     * Check what all messages have in common.
     * @param data what came  @param size bytes of it
     * @param type set to what it is  @param number set to its number
     * @return SHARD_OK, or why it is to be dropped
     */
    static ShardError Check(const uint8_t* data,
                            uint32_t size,
                            ShardControlType& type,
                            uint32_t& number);

    /**
     * @param data a message that Check() took, of type SHARD_CONTROL_REQUEST  @param size of it
     * @param request set to what it says
     * @return SHARD_OK, or why it is to be dropped
     */
    static ShardError Parse(const uint8_t* data, uint32_t size, ShardRequest& request);
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_CONTROL_H
