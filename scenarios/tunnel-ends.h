// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_ENDS_H
#define SHARDSIM_TUNNEL_ENDS_H

#include "scenario.h"
#include "tunnel-ledger.h"
#include "tunnel-nodes.h"
#include "tunnel-plan.h"

#include "ns3/shard-tier-helper.h"
#include "ns3/shard-tunnel-helper.h"

#include <memory>

namespace shardsim
{

class TunnelTcp;

/** IP packets on the paths, data direction, cross traffic not included. */
struct TunnelCounts
{
    uint64_t entered{0};      ///< packets
    uint64_t enteredBytes{0}; ///< bytes of them
    uint64_t left{0};         ///< that came out at the far end
    uint64_t queueDrops{0};   ///< dropped by full queues
    uint64_t linkLosses{0};   ///< lost on links

    /// @return packets on their way
    uint64_t InFlight() const
    {
        return entered - left - queueDrops - linkLosses;
    }
};

/**
 * What the tunnel's mechanisms stand between: hosts that send and receive, and paths. One
 * implementation for each value of `transport`; the mechanisms are the same objects.
 */
class TunnelEnds
{
  public:
    virtual ~TunnelEnds() = default;

    /// @return the tunnel's mechanisms
    virtual const TunnelNodes& Nodes() const = 0;

    /// @return the control plane that decides for the tunnel; null where there is none
    virtual ns3::Ptr<ns3::sharding::ShardControlPlane> Plane() = 0;

    /// @return whether all that there is to send has come to the transformation nodes
    virtual bool IsSent() const = 0;

    /// @return what went over the paths until now
    virtual TunnelCounts Counts() const = 0;

    /// @return the transfers with traffic.kind = tcp, otherwise null
    virtual const TunnelTcp* Tcp() const = 0;

    /// @param receiver takes parts of datagrams as they leave reassembly; not owned
    virtual void SetPartialReceiver(ns3::sharding::ShardDatagramSink* receiver) = 0;

    /// The simulation is over: account for what came until now.
    virtual void Finish() = 0;
};

/**
 * Hosts and paths on the full ns-3 stack.
 * @param values the scenario's parameters
 * @param context pcap files and progress
 * @param plan the paths
 * @param ledger takes note of every datagram; outlives the ends, as the others do
 * @return them, ready to run
 */
std::unique_ptr<TunnelEnds> MakeStackEnds(const Values& values,
                                          const RunContext& context,
                                          const TunnelPlan& plan,
                                          TunnelLedger& ledger);

/**
 * Hosts and paths computed by the path model. Parameters as with MakeStackEnds().
 * @throw RequestError for what has no open-loop form
 */
std::unique_ptr<TunnelEnds> MakePathEnds(const Values& values,
                                         const RunContext& context,
                                         const TunnelPlan& plan,
                                         TunnelLedger& ledger);

/**
 * @param values the scenario's parameters
 * @return a helper that makes the tunnel's mechanisms as they say; paths are still to be added
 */
ns3::sharding::ShardTunnelHelper MakeTunnelHelper(const Values& values);

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_ENDS_H
