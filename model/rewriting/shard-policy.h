// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_POLICY_H
#define SHARD_POLICY_H

#include "shard-destination.h"

#include "ns3/data-rate.h"
#include "ns3/object.h"
#include "ns3/shard-directive.h"
#include "ns3/shard.h"

#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What a sharding policy is told of a flow.
 */
struct ShardFlowView
{
    FlowKey flow;           ///< whose packets
    uint32_t size{0};       ///< bytes of the packet that asks, headers included
    uint8_t dscp{0};        ///< its priority mark
    uint32_t maxPayload{0}; ///< largest shard payload that no path fragments, bytes
    uint32_t paths{0};      ///< number of paths to the reassembly node
    uint32_t mtu{0};        ///< of these, bytes; 0: not known
    DataRate rate;          ///< of the slowest of these; 0: not known
    Time delay;             ///< propagation of the longest of these; 0: not known
    bool isArq{false};      ///< shards can be asked for again
    Time unitWait;          ///< of a shard given now to the least loaded of this node's
                            ///< cryptographic units; 0: there is none, or one is idle
    const ShardDestination* destination{nullptr}; ///< what was learnt of the way; null: nothing
    const ShardDirective* current{nullptr};       ///< what was decided before; null: nothing
};

/**
 * @ingroup sharding
 * Plug-point: which directive for this flow? A policy holds no host; it is handed all it needs.
 * Subclass it in your own file to try a rule of your own.
 */
class ShardingPolicy : public Object
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /**
     * Decide on a flow: at its first packet and, in a decisions tier, again when more is known of
     * the way. Where it says the same as before, nothing changes.
     * @param now when
     * @param view the flow
     * @return what is to happen to its packets
     */
    virtual ShardDirective Decide(Time now, const ShardFlowView& view) = 0;

    /// @return whether a node that has no decisions tier is to ask for each packet, and not only at
    ///         a flow's first, into how many shards it is cut
    virtual bool IsPerPacket() const
    {
        return false;
    }
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_POLICY_H
