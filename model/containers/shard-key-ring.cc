// SPDX-License-Identifier: GPL-2.0-only
#include "shard-key-ring.h"

#include "shard-mix.h"

#include <algorithm>
#include <iterator>

namespace ns3
{
namespace sharding
{

ShardKeyRing::ShardKeyRing(uint32_t points)
    : m_points(std::max<uint32_t>(points, 1))
{
}

/// @return the points of a node, in order
std::vector<ShardKeyRing::Point>
ShardKeyRing::PointsOf(uint32_t node) const
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
ShardKeyRing::Add(uint32_t node)
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
ShardKeyRing::Remove(uint32_t node)
{
    m_ring.erase(std::remove_if(m_ring.begin(),
                                m_ring.end(),
                                [node](const Point& point) { return point.node == node; }),
                 m_ring.end());
}

bool
ShardKeyRing::Has(uint32_t node) const
{
    return std::any_of(m_ring.begin(),
                       m_ring.end(),
                       [node](const Point& point) { return point.node == node; });
}

std::optional<uint32_t>
ShardKeyRing::FindAt(uint64_t place) const
{
    if (m_ring.empty())
    {
        return std::nullopt;
    }
    const auto next = std::lower_bound(m_ring.begin(), m_ring.end(), Point{place, 0});
    return next != m_ring.end() ? next->node : m_ring.front().node;
}

std::vector<uint32_t>
ShardKeyRing::Successors(uint64_t place, uint32_t count) const
{
    std::vector<uint32_t> nodes;
    const auto begin = std::lower_bound(m_ring.begin(), m_ring.end(), Point{place, 0});
    const auto first = static_cast<std::size_t>(begin - m_ring.begin());
    const std::size_t wanted = std::min(count, Count());
    for (std::size_t i = 0; nodes.size() < wanted; ++i)
    {
        const uint32_t node = m_ring[(first + i) % m_ring.size()].node;
        if (std::find(nodes.begin(), nodes.end(), node) == nodes.end())
        {
            nodes.push_back(node);
        }
    }
    return nodes;
}

} // namespace sharding
} // namespace ns3
