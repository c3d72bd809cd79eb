// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_DECISION_H
#define SHARD_DECISION_H

#include "shard-directive.h"
#include "shard.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/// A transformation node has met a flow that it knows no decision for.
struct ShardAsk
{
    uint32_t node{0};       ///< who asks
    FlowKey flow;           ///< what is to be done with it?
    uint32_t size{0};       ///< bytes of the packet that came, headers included
    uint8_t dscp{0};        ///< its priority mark
    uint16_t maxPayload{0}; ///< largest shard payload that no path fragments, bytes
    uint16_t paths{0};      ///< number of paths to the reassembly node
    uint16_t mtu{0};        ///< largest IP packet that passes all of them unfragmented, bytes
    uint32_t rate{0};       ///< of the slowest path, kbit/s; 0: not known
    uint32_t delay{0};      ///< propagation of the longest, us; 0: not known
    bool isFresh{false};    ///< the node holds nothing of the flow: a new flow id is needed
    bool isArq{false};      ///< shards can be asked for again

    /// @return body of the message
    std::vector<uint8_t> Write() const;

    /// @param body of a message  @param size of it  @return SHARD_OK, or why it is to be dropped
    ShardError Read(const uint8_t* body, uint32_t size);
};

/// What is to be done with a flow.
struct ShardDecision
{
    FlowKey flow;             ///< whose packets
    uint32_t id{0};           ///< flow id on the wire, unique in the service
    uint32_t epoch{0};        ///< in which it was decided
    uint32_t lifetime{0};     ///< how long it may be relied upon, ms
    ShardDirective directive; ///< what to do

    /// @return body of the message
    std::vector<uint8_t> Write() const;

    /**
     * Refuses, beside what is malformed, directives that contradict themselves
     * (ShardDirectiveRefusal).
     * @param body of a message  @param size of it
     * @return SHARD_OK, or why it is to be dropped
     */
    ShardError Read(const uint8_t* body, uint32_t size);
};

/// What was decided before an epoch is stale: it serves until it was asked for anew.
struct ShardEpoch
{
    uint32_t epoch{0}; ///< the one that has begun

    /// @return body of the message
    std::vector<uint8_t> Write() const;

    /// @param body of a message  @param size of it  @return SHARD_OK, or why it is to be dropped
    ShardError Read(const uint8_t* body, uint32_t size);
};

/**
 * @param directive of a flow
 * @param maxPayload largest shard payload that no path fragments, bytes; 0: not known
 * @return why a transformation node cannot follow it; null where it can
 */
const char* ShardDirectiveRefusal(const ShardDirective& directive, uint32_t maxPayload);

/**
 * The part of ShardDirectiveRefusal() that is about paths, for who knows how many there are.
 * @param directive of a flow
 * @param paths number of paths to the reassembly node; 0: not known
 * @return why its shards cannot be placed; null where they can
 */
const char* ShardPlacementRefusal(const ShardDirective& directive, uint32_t paths);

} // namespace sharding
} // namespace ns3

#endif // SHARD_DECISION_H
