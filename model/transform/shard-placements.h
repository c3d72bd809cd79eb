// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_PLACEMENTS_H
#define SHARD_PLACEMENTS_H

#include "shard-placement.h"

#include <array>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * All placements of a transformation node: its own, and those that directives name. Each shard says
 * which of them chooses for it (Shard::placement); where that is a single path, Shard::path already
 * is the one. All flows that name the same placement share one, so that together they keep its turn
 * or its proportions; the node's own does not see their shards, nor they its.
 */
class ShardPlacements : public ShardPlacement
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /// @param own chooses where the directive leaves it to the node; it knows its paths
    void SetOwn(Ptr<ShardPlacement> own);

    /// @param paths what those that directives name know of the paths; not told to the node's own
    void SetPaths(const std::vector<ShardPathInfo>& paths) override;

    uint16_t Choose(Time now, const Shard& shard, uint32_t wireBytes) override;

  protected:
    void DoDispose() override;

  private:
    Ptr<ShardPlacement> m_own; ///< where the directive leaves it to the node
    /// By kind; null for the node's own and for a single path, and while nobody has named it.
    std::array<Ptr<ShardPlacement>, SHARD_PLACEMENT_LEAST_DELAY + 1> m_named;
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_PLACEMENTS_H
