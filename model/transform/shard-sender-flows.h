// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_SENDER_FLOWS_H
#define SHARD_SENDER_FLOWS_H

#include "shard-sender-window.h"

#include "ns3/nstime.h"
#include "ns3/shard-agenda.h"
#include "ns3/shard-directive.h"
#include "ns3/shard-flow-map.h"
#include "ns3/shard-interleaver.h"
#include "ns3/shard.h"

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Blocks of a flow that wait to be sent interleaved.
struct ShardInterleaving
{
    /// @param depth blocks that are interleaved
    explicit ShardInterleaving(uint8_t depth)
        : interleaver(depth)
    {
    }

    ShardInterleaver<Shard> interleaver; ///< the blocks
    uint64_t held{0};                    ///< their shards
    ShardAgenda::Event flush;            ///< sends them though they are too few

    ~ShardInterleaving()
    {
        flush.Cancel();
    }
};

/// A flow and what was decided on it.
struct ShardSenderFlow : ShardMappedFlow
{
    /// How far the question is what to do with it.
    enum State : uint8_t
    {
        NEW,       ///< not asked yet
        UNDECIDED, ///< asked; its packets wait
        DECIDED,   ///< there is a directive
        FAILED,    ///< nobody answered
    };

    State state{NEW};                                ///< of the decision
    bool isAsking{false};                            ///< an answer is waited for
    bool hasId{false};                               ///< it was given an id
    uint32_t id{0};                                  ///< flow id on the wire
    uint32_t block{0};                               ///< number of its next block
    uint32_t peer{0};                                ///< node that its shards are for
    std::map<uint32_t, uint32_t> elsewhere;          ///< next block for nodes that it left, by peer
    uint32_t epoch{0};                               ///< of the decision
    Time until;                                      ///< when it has to be asked for again
    ShardDirective directive;                        ///< what to do
    std::unique_ptr<ShardInterleaving> interleaving; ///< where blocks are interleaved
    std::unique_ptr<ShardSenderWindow> window;       ///< with the sliding-window code
    std::vector<Ptr<const Datagram>> waiting;        ///< for the decision

    /// Have the shards of blocks from now on sent to a node: each sees the blocks that are sent to
    /// it numbered without a gap. @param other place among the peers (Shard::peer)
    void SendTo(uint32_t other)
    {
        if (other != peer)
        {
            elsewhere[peer] = block;
            peer = other;
            block = elsewhere[peer];
        }
    }

    /// @return whether it must not be forgotten just now
    bool IsBusy() const
    {
        return isAsking || (interleaving && interleaving->held != 0);
    }
};

/// The flows that a transformation node knows. One that was forgotten comes back as a new flow with
/// a new id, because what the receiver remembers of the old one is not known.
using ShardSenderFlows = ShardFlowMap<ShardSenderFlow>;

} // namespace sharding
} // namespace ns3

#endif // SHARD_SENDER_FLOWS_H
