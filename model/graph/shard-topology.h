// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_TOPOLOGY_H
#define SHARD_TOPOLOGY_H

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Nodes and the links between them: an undirected multigraph, a plain value.
 *
 * Nodes and links are numbered from 0 in the order in which they were added, and these indices name
 * them everywhere else. Two links may join the same two nodes, and a link may be a loop.
 */
class ShardTopology
{
  public:
    /// Most nodes, and most links, that a topology may have.
    static constexpr uint32_t MAX_SIZE = 1000000;
    /// Longest delay of a link in ns (one hour): sums over MAX_SIZE links stay within 64 bits.
    static constexpr int64_t MAX_DELAY_NS = int64_t(3600) * 1000000000;

    /// Highest rate of a link in bit/s: up to here a double holds every whole number.
    static constexpr uint64_t MAX_RATE_BPS = 1000000000000000;

    /// A place where links meet.
    struct Node
    {
        std::string id;    //!< unique, not empty
        std::string label; //!< a name for people, may be empty, several nodes may share one

        /// @param other another node @return whether both are the same in every field
        bool operator==(const Node& other) const
        {
            return id == other.id && label == other.label;
        }
    };

    /// A link, the same in both directions.
    struct Link
    {
        uint32_t a;                      //!< index of the node at one end
        uint32_t b;                      //!< index of the node at the other end
        std::optional<int64_t> delayNs;  //!< one-way propagation in ns, where known
        std::optional<uint64_t> rateBps; //!< bit/s in each direction, where known

        /// @param other another link @return whether both are the same in every field
        bool operator==(const Link& other) const
        {
            return a == other.a && b == other.b && delayNs == other.delayNs &&
                   rateBps == other.rateBps;
        }
    };

    /**
     * @param id unique in this topology, not empty
     * @param label a name for people, may be empty
     * @return index of the new node
     * @throws std::invalid_argument where the id is empty or taken, or the topology is full
     */
    uint32_t AddNode(const std::string& id, const std::string& label = "");

    /**
     * @param a index of a node
     * @param b index of a node
     * @param delayNs one-way propagation in ns, 0 to MAX_DELAY_NS, where known
     * @param rateBps bit/s in each direction, 1 to MAX_RATE_BPS, where known
     * @return index of the new link
     * @throws std::invalid_argument where an argument is out of range or the topology is full
     */
    uint32_t AddLink(uint32_t a,
                     uint32_t b,
                     std::optional<int64_t> delayNs = std::nullopt,
                     std::optional<uint64_t> rateBps = std::nullopt);

    /// @return the nodes, by index
    const std::vector<Node>& Nodes() const
    {
        return m_nodes;
    }

    /// @return the links, by index
    const std::vector<Link>& Links() const
    {
        return m_links;
    }

    /**
     * @param id a node's id
     * @return index of the node of this id, or nothing
     */
    std::optional<uint32_t> FindId(const std::string& id) const;

    /// @param other another topology @return whether both have equal nodes and links in equal order
    bool operator==(const ShardTopology& other) const
    {
        return m_nodes == other.m_nodes && m_links == other.m_links;
    }

  private:
    std::vector<Node> m_nodes;
    std::vector<Link> m_links;
    std::map<std::string, uint32_t> m_index; //!< node index by id
};

/**
 * The node that a user means by a name: the node of that id or, where there is none, the only node
 * of that label.
 *
 * @param topology where to look
 * @param name an id or a label
 * @return index of the node
 * @throws std::invalid_argument where the label is ambiguous (the message lists the ids) or nothing
 *         has the name (the message suggests near names)
 */
uint32_t FindNode(const ShardTopology& topology, const std::string& name);

/// What MakeParallelPaths() builds.
struct ParallelPaths
{
    uint32_t paths = 1;              //!< link-disjoint paths, at least 1
    uint32_t hops = 1;               //!< links on each path, at least 1
    std::optional<int64_t> delayNs;  //!< one-way propagation of a link of path 0, in ns
    std::optional<uint64_t> rateBps; //!< bit/s of each link
    double spread = 0;               //!< path i has delay * (1 + spread * i), at least 0
};

/**
 * Two gateways with equally long chains of links between them.
 *
 * Node 0 has id "0" (label "ingress") and node 1 has id "1" (label "egress"); the node after hop h
 * of path p is "p<p>h<h>". The links of path p are p * hops to p * hops + hops - 1, ingress first,
 * each with its `a` end towards the ingress.
 *
 * @param shape how many paths, how long, how slow
 * @return the topology
 * @throws std::invalid_argument where a number is out of range or the topology would be too large
 */
ShardTopology MakeParallelPaths(const ParallelPaths& shape);

} // namespace sharding
} // namespace ns3

#endif // SHARD_TOPOLOGY_H
