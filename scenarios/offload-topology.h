// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_OFFLOAD_TOPOLOGY_H
#define SHARDSIM_OFFLOAD_TOPOLOGY_H

#include "offload-load.h"

#include "ns3/ipv4-address.h"
#include "ns3/node-container.h"
#include "ns3/offload-pcie-link.h"
#include "ns3/queue-disc.h"

namespace shardsim
{

/// UDP port that clients ask at.
constexpr uint16_t OFFLOAD_PORT = 6000;
/// UDP port of function 0; the others follow.
constexpr uint16_t OFFLOAD_FUNCTION_PORT = 7000;

/**
 * Client hosts - network - engine - storage server. The bottleneck is the way from engine to
 * network or, where the engine is with the clients, from storage to engine; there is the queue disc
 * under test; no other queue is short.
 */
class OffloadTopology
{
  public:
    /// @param values of the run  @param plans what is going to be asked for  @param context of it
    OffloadTopology(const Values& values,
                    const std::vector<OffloadFunctionPlan>& plans,
                    const RunContext& context);

    ns3::NodeContainer clients;     ///< hosts
    ns3::Ptr<ns3::Node> network;    ///< their router
    ns3::Ptr<ns3::Node> engine;     ///< with the disc
    ns3::Ptr<ns3::Node> server;     ///< storage
    ns3::Ipv4Address engineAddress; ///< as clients know it
    ns3::Ipv4Address serverAddress; ///< as the engine knows it
    ns3::Ptr<ns3::QueueDisc> disc;  ///< under test
};

/// @param values topology.pcie_*  @return the link between the storage's port and its memory, or
///        none
ns3::Ptr<ns3::sharding::OffloadPcieLink> MakeOffloadPcieLink(const Values& values);

} // namespace shardsim

#endif // SHARDSIM_OFFLOAD_TOPOLOGY_H
