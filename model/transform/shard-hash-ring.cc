// SPDX-License-Identifier: GPL-2.0-only
#include "shard-hash-ring.h"

#include "ns3/shard-mix.h"

#include <algorithm>
#include <iterator>

namespace ns3
{
namespace sharding
{

namespace
{

/// @return where a flow is on the ring
uint64_t
PlaceOf(const FlowKey& flow)
{
    const uint64_t addresses = static_cast<uint64_t>(flow.source) << 32 | flow.destination;
    const uint64_t rest = static_cast<uint64_t>(flow.sourcePort) << 32 |
                          static_cast<uint64_t>(flow.destinationPort) << 16 | flow.protocol;
    return ShardMix(ShardMix(addresses) ^ rest);
}

} // namespace

ShardHashRing::ShardHashRing(uint32_t points)
    : m_points(std::max<uint32_t>(points, 1))
{
}

/// @return the points of a node, in order
std::vector<ShardHashRing::Point>
ShardHashRing::PointsOf(uint32_t node) const
{
    std::vector<Point> points;
    for (uint32_t i = 0; i < m_points; ++i)
    {
        points.push_back({ShardMix(~(static_cast<uint64_t>(node) << 32 | i)), node});
    }
    std::sort(points.begin(), points.end());
    return points;
}

void
ShardHashRing::Add(uint32_t node)
{
    if (Has(node))
    {
        return;
    }
    const std::vector<Point> points = PointsOf(node);
    std::vector<Point> ring;
    ring.reserve(m_ring.size() + points.size());
    std::merge(m_ring.begin(),
               m_ring.end(),
               points.begin(),
               points.end(),
               std::back_inserter(ring));
    m_ring.swap(ring);
}

void
ShardHashRing::Remove(uint32_t node)
{
    m_ring.erase(std::remove_if(m_ring.begin(),
                                m_ring.end(),
                                [node](const Point& point) { return point.node == node; }),
                 m_ring.end());
}

bool
ShardHashRing::Has(uint32_t node) const
{
    return std::any_of(m_ring.begin(),
                       m_ring.end(),
                       [node](const Point& point) { return point.node == node; });
}

std::optional<uint32_t>
ShardHashRing::Find(const FlowKey& flow) const
{
    if (m_ring.empty())
    {
        return std::nullopt;
    }
    const auto next = std::lower_bound(m_ring.begin(), m_ring.end(), Point{PlaceOf(flow), 0});
    return next != m_ring.end() ? next->node : m_ring.front().node;
}

} // namespace sharding
} // namespace ns3
