// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_BLOCK_H
#define SHARD_BLOCK_H

#include "shard-reassembly-counters.h"
#include "shard-release-order.h"
#include "shard-release.h"

#include "ns3/shard-block-decoder.h"
#include "ns3/shard-pool.h"

#include <cstdint>
#include <optional>

namespace ns3
{
namespace sharding
{

/// A block that has not ended.
struct ShardBlock
{
    ShardBlockId id;                          ///< its name
    uint32_t flow{SHARD_NIL};                 ///< handle of its flow
    uint32_t charge{0};                       ///< bytes charged for it
    uint8_t stored{0};                        ///< shards kept
    uint16_t handedOn{0};                     ///< bytes handed on from the front
    ShardCode code{SHARD_CODE_NONE};          ///< erasure code
    bool proven : 1;                          ///< opened within its flow's credit, or complete
    bool waiting : 1;                         ///< complete, and waits for its turn
    bool real : 1;                            ///< payload is bytes, not a size
    bool isMarked : 1;                        ///< a shard of it came with congestion experienced
    int64_t opened{0};                        ///< time of first shard
    int64_t since{0};                         ///< time of first shard or, if waiting, completion
    ShardLinks byAge;                         ///< among the open (by proof) or the waiting ones
    ShardLinks inFlow;                        ///< among its flow's, in order of opening
    Ptr<const Datagram> origin;               ///< what its shards say that they are pieces of
    std::optional<ShardBlockDecoder> decoder; ///< layout and shards

    /// @param f fields of a shard with this name  @return whether it can be of this block
    bool Agrees(const ShardFields& f) const
    {
        const ShardLayout& layout = decoder->Layout();
        return f.datagram == layout.DatagramSize() && f.k == layout.DataShards() &&
               f.first == layout.FirstSize() && f.n == decoder->Shards() && f.code == code;
    }
};

/// What is remembered of a block that has ended, so that its late shards are known for such.
struct ShardEndedBlock
{
    ShardBlockId id;          ///< its name
    uint32_t flow{SHARD_NIL}; ///< handle of its flow
    bool proven{false};       ///< in which of the two lists by age
    int64_t since{0};         ///< when it ended
    ShardLinks byAge;         ///< in order of ending
    ShardLinks inFlow;        ///< among its flow's, in order of ending
};

/// State of a flow: the unit of fairness and of order.
struct ShardFlow
{
    /// In which list it is; the classes of weight follow.
    enum Place : uint16_t
    {
        NOWHERE,
        IDLE_UNPROVEN,
        IDLE_PROVEN,
        WEIGHED,
    };

    uint32_t peer{0};                                  ///< which sender
    uint32_t flow{0};                                  ///< flow id at that sender
    uint32_t ended{0};                                 ///< ended blocks that are remembered
    uint64_t bytes{0};                                 ///< charged for it and all that is its
    uint64_t provenBytes{0};                           ///< of that, for proven open blocks
    int64_t idleSince{0};                              ///< when its last open block ended
    ShardLinks links;                                  ///< in the list that `place` says
    ShardList<ShardBlock, &ShardBlock::inFlow> blocks; ///< open ones
    ShardList<ShardEndedBlock, &ShardEndedBlock::inFlow> endedBlocks; ///< remembered ones
    ShardReleaseOrder order;                                          ///< whose turn it is
    uint16_t place{NOWHERE};  ///< Place, or WEIGHED + class of weight
    bool delivered{false};    ///< has ever completed a datagram
    uint8_t holds{0};         ///< how many use it just now
    uint16_t credit{0};       ///< datagrams completed less blocks failed
    uint32_t provenBlocks{0}; ///< proven blocks that are open
    uint32_t latest{0};       ///< block number furthest on that was seen
    bool some{false};         ///< a block was seen

    /// @return whether it has lately completed more datagrams than it failed to complete
    bool Proven() const
    {
        return credit > 0;
    }

    /// @return whether one more block of it is proven: those that are open are within its credit
    bool MayProve() const
    {
        return provenBlocks < credit;
    }
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_BLOCK_H
