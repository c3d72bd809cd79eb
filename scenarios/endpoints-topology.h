// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_ENDPOINTS_TOPOLOGY_H
#define SHARDSIM_ENDPOINTS_TOPOLOGY_H

#include "parameter.h"

#include "ns3/ipv4-address.h"
#include "ns3/node.h"
#include "ns3/nstime.h"

#include <vector>

namespace shardsim
{

/**
 * A star: regions with clients, hosts with endpoints, and the hub, each on a link of its own to a
 * router.
 */
class EndpointsTopology
{
  public:
    /// A node at the end of a link.
    struct Leaf
    {
        ns3::Ptr<ns3::Node> node; ///< it
        ns3::Ipv4Address address; ///< of it
    };

    /// @param values the scenario's parameters
    explicit EndpointsTopology(const Values& values);

    Leaf hub;                  ///< where clients come first
    std::vector<Leaf> regions; ///< access networks
    std::vector<Leaf> hosts;   ///< of endpoints

  private:
    Leaf MakeLeaf(const Values& values, ns3::Time delay, double loss);

    ns3::Ptr<ns3::Node> m_core;     ///< the router
    uint32_t m_nextNet{0x0a000000}; ///< 10.0.0.0, and on in steps of four
    int64_t m_lossStream;           ///< next one
};

} // namespace shardsim

#endif // SHARDSIM_ENDPOINTS_TOPOLOGY_H
