// SPDX-License-Identifier: GPL-2.0-only
#include "shard-placements.h"

#include "ns3/abort.h"

namespace ns3
{
namespace sharding
{

namespace
{

/// @return a placement of a kind that knows paths of its own
Ptr<ShardPlacement>
MakePlacement(ShardPlacementKind kind)
{
    switch (kind)
    {
    case SHARD_PLACEMENT_ROUND_ROBIN:
        return CreateObject<RoundRobinPlacement>();
    case SHARD_PLACEMENT_WEIGHTED:
        return CreateObject<WeightedPlacement>();
    case SHARD_PLACEMENT_LEAST_DELAY:
        return CreateObject<LeastDelayPlacement>();
    default:
        NS_ABORT_MSG("there is no placement " << int(kind));
    }
}

} // namespace

NS_OBJECT_ENSURE_REGISTERED(ShardPlacements);

TypeId
ShardPlacements::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ShardPlacements")
                            .SetParent<ShardPlacement>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ShardPlacements>();
    return tid;
}

void
ShardPlacements::SetOwn(Ptr<ShardPlacement> own)
{
    m_own = own;
}

void
ShardPlacements::SetPaths(const std::vector<ShardPathInfo>& paths)
{
    ShardPlacement::SetPaths(paths);
    for (const Ptr<ShardPlacement>& placement : m_named)
    {
        if (placement)
        {
            placement->SetPaths(paths);
        }
    }
}

uint16_t
ShardPlacements::Choose(Time now, const Shard& shard, uint32_t wireBytes)
{
    if (shard.placement == SHARD_PLACEMENT_NODE)
    {
        return m_own->Choose(now, shard, wireBytes);
    }
    if (shard.placement == SHARD_PLACEMENT_SINGLE)
    {
        return shard.path;
    }
    Ptr<ShardPlacement>& placement = m_named.at(shard.placement);
    if (!placement)
    {
        placement = MakePlacement(shard.placement);
        placement->SetPaths(m_paths);
    }
    return placement->Choose(now, shard, wireBytes);
}

void
ShardPlacements::DoDispose()
{
    m_own = nullptr;
    m_named.fill(nullptr);
    ShardPlacement::DoDispose();
}

} // namespace sharding
} // namespace ns3
