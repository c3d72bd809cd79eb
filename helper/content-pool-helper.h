// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_POOL_HELPER_H
#define CONTENT_POOL_HELPER_H

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

#include <cstdint>
#include <memory>
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
 * Nodes have IPv4 with static routes, links are without loss, with a drop-tail queue.
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
    uint32_t m_clients{0};                       ///< so far
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_POOL_HELPER_H
