// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_REASSEMBLY_COUNTERS_H
#define SHARD_REASSEMBLY_COUNTERS_H

#include <array>
#include <cstdint>

namespace ns3
{
namespace sharding
{

/// What became of a shard when it came.
enum ShardVerdict : uint8_t
{
    SHARD_STORED = 0, ///< kept; its block waits for more
    SHARD_COMPLETED,  ///< kept, and with it the datagram is complete
    SHARD_DUPLICATE,  ///< exact copy of one that was kept
    SHARD_CONFLICT,   ///< contradicts one that was kept: the block is poisoned
    SHARD_LATE,       ///< its block has ended, or in-order release has passed it
    SHARD_USELESS,    ///< adds nothing to those that were kept
    SHARD_MALFORMED,  ///< fields, size or slice cannot be
    SHARD_MIXED,      ///< virtual payload in a block of real ones, or the reverse
    SHARD_NO_ROOM,    ///< memory is full and nothing may be evicted for it
    SHARD_VERDICTS,   ///< how many there are
};

/// How a block ended.
enum ShardOutcome : uint8_t
{
    SHARD_RELEASED = 0,     ///< its datagram was handed to the receiver
    SHARD_TIMED_OUT,        ///< given up, Timeout after its first shard
    SHARD_EVICTED_UNPROVEN, ///< oldest block of flows without a proof
    SHARD_EVICTED_HEAVIEST, ///< oldest block of the heaviest flow with a proof
    SHARD_EVICTED_FLOW_CAP, ///< oldest block of a flow that had reached FlowMemory
    SHARD_POISONED,         ///< its shards contradicted each other
    SHARD_OVERTAKEN,        ///< complete after in-order release had gone past it
    SHARD_GIVEN_UP,         ///< given up by the release policy, before the timeout
    SHARD_PARTIAL,          ///< released with holes by the release policy
    SHARD_OUTCOMES,         ///< how many there are
};

/**
 * @ingroup sharding
 * What a reassembly node has counted since it began.
 */
struct ShardReassemblyCounters
{
    uint64_t received{0};                                ///< shards that came
    std::array<uint64_t, SHARD_VERDICTS> shards{};       ///< shards by what became of them
    std::array<uint64_t, SHARD_OUTCOMES> storedShards{}; ///< kept shards by their block's end
    uint64_t heldShards{0};                              ///< kept shards of blocks not yet ended
    uint64_t opened{0};                                  ///< blocks begun
    std::array<uint64_t, SHARD_OUTCOMES> blocks{};       ///< blocks by how they ended
    uint64_t open{0};            ///< blocks not yet ended (waiting for their turn included)
    uint64_t recovered{0};       ///< data shards restored by erasure codes, of released datagrams
    uint64_t recoveredBlocks{0}; ///< released datagrams that needed an erasure code
    uint64_t mismatches{0};      ///< released datagrams that differ from what was sent
    uint64_t handedOn{0};        ///< times that a part was handed on from the front
    uint64_t skipped{0};         ///< in-order: times that a wait ended before its turn came
    uint64_t forgottenFlows{0};  ///< flows whose state was dropped for room
    uint64_t forgottenBlocks{0}; ///< ended blocks that were forgotten for room, before Linger
    uint64_t bytes{0};           ///< memory held
    uint64_t peakBytes{0};       ///< most memory ever held

    /// @return blocks evicted, for whichever reason
    uint64_t Evictions() const
    {
        return blocks[SHARD_EVICTED_UNPROVEN] + blocks[SHARD_EVICTED_HEAVIEST] +
               blocks[SHARD_EVICTED_FLOW_CAP];
    }

    /**
     * Nothing may come from nowhere or vanish:
     * - shards received = sum over verdicts;
     * - shards kept (stored or completing) = sum over ended blocks' kept shards + held ones;
     * - blocks opened = sum over outcomes + open ones;
     * - blocks released or overtaken, or waiting for their turn = shards that completed one.
     * @param waiting complete datagrams that wait for their turn
     * @return whether all four hold
     */
    bool Conserved(uint64_t waiting) const
    {
        uint64_t verdicts = 0;
        for (uint64_t n : shards)
        {
            verdicts += n;
        }
        uint64_t stored = heldShards;
        for (uint64_t n : storedShards)
        {
            stored += n;
        }
        uint64_t ends = open;
        for (uint64_t n : blocks)
        {
            ends += n;
        }
        return verdicts == received && stored == shards[SHARD_STORED] + shards[SHARD_COMPLETED] &&
               ends == opened &&
               blocks[SHARD_RELEASED] + blocks[SHARD_OVERTAKEN] + waiting ==
                   shards[SHARD_COMPLETED];
    }
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_REASSEMBLY_COUNTERS_H
