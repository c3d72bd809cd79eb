// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_KEY_RING_H
#define SHARD_KEY_RING_H

#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Keys spread over nodes by consistent hashing (D. Karger et al., "Consistent hashing and random
 * trees", STOC 1997): each node has many points on a ring, and a key belongs to the node of the
 * first point at or behind its own. A node that is taken away gives its keys, and no others, to
 * the rest; put back, it gets exactly these again. Where the points are depends on the nodes'
 * numbers only, not on the order in which they came.
 *
 * With p points a node's share of the ring has a standard deviation of about its mean / sqrt(p).
 */
class ShardKeyRing
{
  public:
    /// Points of a node: shares deviate by 1/16 of their mean.
    static constexpr uint32_t DEFAULT_POINTS = 256;

    /// @param points of each node on the ring, at least 1
    explicit ShardKeyRing(uint32_t points = DEFAULT_POINTS);

    /// @param node number; put on the ring unless it is there
    void Add(uint32_t node);

    /// @param node number; taken off the ring if it is there
    void Remove(uint32_t node);

    /// @param node number  @return whether it is on the ring
    bool Has(uint32_t node) const;

    /// @param place on the ring, of a key: mixed from it  @return the node whose key it is; nothing
    /// where the ring is empty
    std::optional<uint32_t> FindAt(uint64_t place) const;

    /**
     * The nodes in the order in which they would take a key over if those before were taken away.
     * @param place on the ring, of a key
     * @param count of nodes wanted
     * @return as many different nodes, or all that there are
     */
    std::vector<uint32_t> Successors(uint64_t place, uint32_t count) const;

    /// @return points of each node
    uint32_t GetPoints() const
    {
        return m_points;
    }

    /// @return nodes on the ring
    uint32_t Count() const
    {
        return static_cast<uint32_t>(m_ring.size() / m_points);
    }

  private:
    /// A place on the ring.
    struct Point
    {
        uint64_t at;   ///< where
        uint32_t node; ///< whose

        bool operator<(const Point& o) const
        {
            return at != o.at ? at < o.at : node < o.node;
        }
    };

    std::vector<Point> PointsOf(uint32_t node) const;

    uint32_t m_points;         ///< of each node
    std::vector<Point> m_ring; ///< of all nodes, in order
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_KEY_RING_H
