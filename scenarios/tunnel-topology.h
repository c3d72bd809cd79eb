// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_TOPOLOGY_H
#define SHARDSIM_TUNNEL_TOPOLOGY_H

#include "tunnel-plan.h"

#include "ns3/application-container.h"
#include "ns3/ipv4-address.h"
#include "ns3/node.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/shard-link-channel.h"
#include "ns3/shard-spreader-port.h"
#include "ns3/shard-transport.h"

#include <map>
#include <string>
#include <vector>

namespace shardsim
{

/** One path of the tunnel as it stands in the simulation. */
struct TunnelPath
{
    ns3::Ipv4Address near;                                       ///< at the transformation node
    ns3::Ipv4Address far;                                        ///< at the reassembly node
    ns3::sharding::ShardPathInfo info;                           ///< what is known of it
    std::vector<ns3::Ptr<ns3::PointToPointNetDevice>> senders;   ///< data direction, link by link
    std::vector<ns3::Ptr<ns3::PointToPointNetDevice>> receivers; ///< data direction, link by link
    std::vector<ns3::Ptr<ns3::sharding::ShardLinkChannel>> channels; ///< link by link
};

/** Where a transformation node stands. */
struct TunnelSite
{
    ns3::Ptr<ns3::Node> node;           ///< the transformation node
    std::vector<ns3::Ipv4Address> near; ///< its address for each path
    uint32_t plainInterface{0};         ///< its IPv4 interface for what stays plain
    ns3::Ipv4Address plainGateway;      ///< next hop there
    uint32_t frontInterface{0};         ///< IPv4 interface of what spreads that leads to it
    ns3::Ipv4Address atFront;           ///< its address there
};

/** Where a transformation node meets the decisions tier. */
struct TunnelTierSite
{
    ns3::Ptr<ns3::Node> node;          ///< of the tier
    ns3::Ipv4Address atTransformation; ///< the other end of its link
    ns3::Ipv4Address atTier;           ///< its end of the link
};

/**
 * Nodes, links, addresses and routes of the tunnel scenario: sender - transformation node - paths
 * - reassembly node - receiver. Each path is pinned by host routes to its own pair of addresses;
 * plain traffic between the hosts takes path 0.
 *
 * Several transformation nodes stand between a node that spreads flows over them and a gateway
 * where the paths begin; links between these three take no time. What comes back to the sender
 * passes them by.
 *
 *                    /-- node 0 --\
 *     sender -- spreads -- node 1 -- gateway == paths ==
 *                    \------------/
 */
class TunnelTopology
{
  public:
    /**
     * Build it.
     * @param plan what to build
     * @param nodes transformation nodes
     */
    explicit TunnelTopology(const TunnelPlan& plan, uint32_t nodes = 1);

    ns3::Ptr<ns3::Node> sender;       ///< host
    ns3::Ptr<ns3::Node> gateway;      ///< where the paths begin; where it is alone, it shards
    ns3::Ptr<ns3::Node> front;        ///< to which the sender sends: gateway, or what spreads
    ns3::Ptr<ns3::Node> reassembly;   ///< gateway that puts together
    ns3::Ptr<ns3::Node> receiver;     ///< host
    ns3::Ipv4Address senderAddress;   ///< of the sending host
    ns3::Ipv4Address receiverAddress; ///< of the receiving host
    std::vector<TunnelSite> sites;    ///< of the transformation nodes
    std::vector<TunnelPath> paths;    ///< shortest first
    ns3::ApplicationContainer cross;  ///< cross traffic, one for each path that has some

    /**
     * Put a node for the decisions tier beside the transformation nodes.
     * @param rate of the link from each to it  @param delay of that, one way
     * @return where it is for each of them
     */
    std::vector<TunnelTierSite> AddTier(const ns3::DataRate& rate, const ns3::Time& delay);

    /**
     * Have the node in front spread what is for the receiver over the transformation nodes.
     * @param spreader chooses
     * @return its foot there
     */
    ns3::Ptr<ns3::sharding::ShardSpreaderPort> AddSpreader(
        ns3::Ptr<ns3::sharding::ShardSpreader> spreader);

    /// Write pcap files of all devices on the paths.
    void EnablePcap(const std::string& prefix) const;

  private:
    /// A link's two ends as IP sees them.
    struct Link
    {
        ns3::Ptr<ns3::PointToPointNetDevice> devices[2];
        ns3::Ipv4Address addresses[2];
        uint32_t interfaces[2];
        ns3::Ptr<ns3::sharding::ShardLinkChannel> channel;
    };

    static void Route(ns3::Ptr<ns3::Node> node,
                      ns3::Ipv4Address to,
                      ns3::Ipv4Address via,
                      uint32_t interface);
    ns3::Ptr<ns3::Node> MakeNode();
    Link MakeLink(ns3::Ptr<ns3::Node> a,
                  ns3::Ptr<ns3::Node> b,
                  const ns3::DataRate& rate,
                  const ns3::Time& delay,
                  uint16_t mtu,
                  const ns3::QueueSize& queue,
                  uint32_t mark = 0);
    Link MakeSiteLink(ns3::Ptr<ns3::Node> a, ns3::Ptr<ns3::Node> b);
    void AddSites(uint32_t nodes);
    void Impair(const TunnelPlan& plan);
    void AddCrossTraffic(const TunnelPlan& plan);

    std::vector<std::vector<Link>> m_links; ///< of each path
    uint32_t m_nextNet{0x0a000000};         ///< next link's network, 10.0.0.0/30 and on
};

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_TOPOLOGY_H
