// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_CONTROL_H
#define SHARD_CONTROL_H

#include "shard-header.h"

#include "ns3/shard-set.h"
#include "ns3/shard-tag.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/// What a control message is.
enum ShardControlType : uint8_t
{
    SHARD_CONTROL_REQUEST = 1,    ///< the receiver lacks shards (ShardRequest)
    SHARD_CONTROL_PROBE = 2,      ///< the sender's time, to be echoed (ShardProbe)
    SHARD_CONTROL_REPORT = 3,     ///< what the receiver sees of the network (ShardReport)
    SHARD_CONTROL_CAPABILITY = 4, ///< what the receiver can do (ShardCapability)
    SHARD_CONTROL_ASK = 5,        ///< what is to be done with a flow? (ShardAsk)
    SHARD_CONTROL_DECISION = 6,   ///< that is (ShardDecision)
    SHARD_CONTROL_EPOCH = 7,      ///< decisions of earlier epochs are stale (ShardEpoch)
    SHARD_CONTROL_TYPES,          ///< behind the last one
};

/// A receiver asks for shards of a block (selective repeat).
struct ShardRequest
{
    uint32_t flow{0};  ///< flow id
    uint32_t block{0}; ///< block number
    uint8_t round{0};  ///< from 1: how often it has asked for shards of this block
    bool whole{false}; ///< nothing of the block has come, so that its size is not known: all of it
    ShardSet wanted;   ///< which shards, where not all

    /// @return body of the message: docs/wire-format.md draws it
    std::vector<uint8_t> Write() const;

    /**
     * @param body of a message  @param size of it
     * @return SHARD_OK, or why it is to be dropped
     */
    ShardError Read(const uint8_t* body, uint32_t size);
};

/**
 * @ingroup sharding
 * What all control messages have around their body; they share port and paths with shards:
 *
 *     byte 0      version (4 bits), 15 (4 bits) where shards have their code
 *     byte 1      type
 *     bytes 2-3   bytes of the whole message
 *     bytes 4-7   number of the message at its sender, counted on
 *     ...         body
 *     last 8      ShardTag of all before
 *
 * Parsing never reads past `size` and never throws.
 */
class ShardControl
{
  public:
    static constexpr uint8_t MARK = 0x0f;  ///< in place of the code in the first byte
    static constexpr uint32_t HEADER = 8;  ///< bytes before the body
    static constexpr uint32_t TRAILER = 8; ///< bytes behind it

    /**
     * @param data what came  @param size bytes of it
     * @return whether it is to be parsed as a control message and not as a shard
     */
    static bool IsControl(const uint8_t* data, uint32_t size)
    {
        return size > 0 && (data[0] & 0x0f) == MARK;
    }

    /**
     * @param key shared by the ends
     * @param type of the message  @param number of the message at its sender
     * @param body what the type says
     * @return the message
     */
    static std::vector<uint8_t> Frame(const ShardTagKey& key,
                                      ShardControlType type,
                                      uint32_t number,
                                      const std::vector<uint8_t>& body);

    /**
     * Check what all messages have in common.
     * @param key shared by the ends
     * @param data what came  @param size bytes of it
     * @param type set to what it is  @param number set to its number
     * @return SHARD_OK, or why it is to be dropped
     */
    static ShardError Check(const ShardTagKey& key,
                            const uint8_t* data,
                            uint32_t size,
                            ShardControlType& type,
                            uint32_t& number);
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_CONTROL_H
