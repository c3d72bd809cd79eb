// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_POOL_HELPER_H
#define CONTENT_POOL_HELPER_H

#include "shard-tunnel-helper.h"

#include "ns3/content-cache.h"
#include "ns3/content-encoder.h"
#include "ns3/content-map-client.h"
#include "ns3/content-pool.h"
#include "ns3/content-tcp-fetcher.h"
#include "ns3/data-rate.h"
#include "ns3/ipv4-address.h"
#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/object-factory.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/shard-error-models.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace sharding
{

/// A client's side of a pool.
struct ContentClientSite
{
    Ptr<Node> node;                         ///< the client
    Ptr<PointToPointNetDevice> down;        ///< of the router towards it: its rate can be changed
    std::shared_ptr<ContentMapGuide> guide; ///< of the stream
    Ptr<ContentMapClient> map;              ///< keeps the guide up to date
    Ptr<ContentTcpFetcher> fetcher;         ///< gets shards
};

/**
 * @ingroup sharding
 * Builds an encoder pool and its clients:
 *
 *     manager ---+                             +--- client
 *     encoder ---+--- pool router --- core ----+ edge router (relay or cache) --- client
 *     encoder ---+                     |
 *                                      +------- edge router (relay or cache) --- client
 *
 * Nodes have IPv4 with static routes, links a drop-tail queue; those from the core to edge routers
 * may lose packets. On the way from the core to edge routers there can be sharding tunnels, each
 * over links of its own; the way back, requests and acknowledgments, is plain.
 *
 * @code
 * ContentPoolHelper pool(8);
 * pool.AddEdges(2, backbone, ObjectFactory());
 * pool.GetPool()->AddStream(stream);
 * ContentClientSite site = pool.AddClient(0, access);
 * @endcode
 */
class ContentPoolHelper
{
  public:
    /// A kind of link.
    struct Link
    {
        DataRate rate;     ///< in each direction
        Time delay;        ///< one way
        uint32_t queue{0}; ///< packets
        double loss{0};    ///< share of packets lost, towards the edge router
    };

    /**
     * Sets the defaults of ns-3's TCP, for all that is made from now on: segments, buffers, Cubic.
     * @param segment bytes of payload
     * @param buffer bytes of each side's buffer
     */
    static void SetTcp(uint32_t segment, uint32_t buffer);

    /// @param encoders of the pool
    explicit ContentPoolHelper(uint32_t encoders);

    /// @param link of each encoder and the manager  @param core link of the pool's router
    void SetPoolLinks(const Link& link, const Link& core);

    /// @param factory of encoders, with their attributes; Number is set here
    void SetEncoders(const ObjectFactory& factory);

    /// @param factory of the manager, with its attributes
    void SetPool(const ObjectFactory& factory);

    /// Build the pool with what was set. Called by the others where it was not before.
    void Build();

    /**
     * Have what goes from the core to the edge routers that are added from now on take a tunnel to
     * each of them.
     * @param tunnel what it is like, without paths
     * @param paths of each, links like the edge router's own
     */
    void SetTunnel(const ShardTunnelHelper& tunnel, uint32_t paths);

    /// Of losses. @param stream first index to use  @return how many were used
    int64_t AssignStreams(int64_t stream);

    /**
     * @param count of edge routers to add
     * @param link of each to the core
     * @param cache factory of a cache on each; without a TypeId there is a relay for shard maps
     *        instead, and clients ask holders for shards
     */
    void AddEdges(uint32_t count, const Link& link, const ObjectFactory& cache);

    /**
     * @param edge router that it is at
     * @param link to that
     * @return a client's side, ready for ContentMapClient::Start()
     */
    ContentClientSite AddClient(uint32_t edge, const Link& link);

    /// @return the manager
    Ptr<ContentPool> GetPool();

    /// @return the encoders; number n is at n - 1
    const std::vector<Ptr<ContentEncoder>>& GetEncoders();

    /// @return the caches, by edge; empty without
    const std::vector<Ptr<ContentCache>>& GetCaches() const
    {
        return m_caches;
    }

    /// @return what hands on requests for shard maps, by edge: the caches where there are any
    const std::vector<Ptr<ContentRelay>>& GetRelays() const
    {
        return m_relays;
    }

    /// @return tunnels, by edge; empty without
    const std::vector<Ptr<ShardTunnel>>& GetTunnels() const
    {
        return m_tunnels;
    }

    /// @return devices of the core towards the edge routers, those of tunnels included
    const std::vector<Ptr<PointToPointNetDevice>>& GetCoreDevices() const
    {
        return m_coreDevices;
    }

    /// @return all nodes
    const std::vector<Ptr<Node>>& GetNodes() const
    {
        return m_nodes;
    }

  private:
    /// @return a node with IPv4 and static routes
    Ptr<Node> MakeNode();
    /**
     * Join two nodes.
     * @param a gets the first address of the subnet  @param b gets the second
     * @param subnet of 4 addresses
     * @param link between them
     * @return device at a
     */
    Ptr<PointToPointNetDevice> Join(Ptr<Node> a, Ptr<Node> b, uint32_t subnet, const Link& link);
    /// @param link with its loss  @param subnet of it  @param router its far end  @return core's
    /// device
    Ptr<PointToPointNetDevice> JoinEdge(const Link& link, uint32_t subnet, Ptr<Node> router);
    /// @param edge number  @param link of it  @return interface of the core for what goes there
    uint32_t MakeTunnel(uint32_t edge, const Link& link);
    /// A host has all its packets go to its router. @param host that  @param router its address
    static void SetDefaultRoute(Ptr<Node> host, uint32_t router);

    uint32_t m_encoderCount;                     ///< of the pool
    Link m_poolLink;                             ///< of encoders and manager
    Link m_coreLink;                             ///< of the pool's router
    ObjectFactory m_encoderFactory;              ///< of encoders
    ObjectFactory m_poolFactory;                 ///< of the manager
    std::vector<Ptr<Node>> m_nodes;              ///< all
    Ptr<Node> m_core;                            ///< router
    Ptr<ContentPool> m_pool;                     ///< manager
    std::vector<Ptr<ContentEncoder>> m_encoders; ///< by number
    std::vector<Ptr<Node>> m_edges;              ///< routers
    std::vector<uint32_t> m_edgeClients;         ///< of each
    std::vector<Ptr<ContentRelay>> m_relays;     ///< of each; the cache where there is one
    std::vector<Ptr<ContentCache>> m_caches;     ///< of each
    std::optional<ShardTunnelHelper> m_tunnel;   ///< what tunnels are like
    uint32_t m_paths{0};                         ///< of each tunnel
    std::vector<Ptr<ShardTunnel>> m_tunnels;     ///< by edge
    std::vector<Ptr<PointToPointNetDevice>> m_coreDevices; ///< towards edge routers
    std::vector<Ptr<GilbertElliottErrorModel>> m_losses;   ///< of links that lose packets
    uint32_t m_clients{0};                                 ///< so far
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_POOL_HELPER_H
