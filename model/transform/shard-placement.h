// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_PLACEMENT_H
#define SHARD_PLACEMENT_H

#include "ns3/object.h"
#include "ns3/shard-transport.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Plug-point: which path for this shard?
 */
class ShardPlacement : public Object
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /**
     * @param paths what is known of the paths, at least one
     */
    virtual void SetPaths(const std::vector<ShardPathInfo>& paths);

    /**
     * @param now when
     * @param shard the shard
     * @param wireBytes bytes of the IP packet that will carry it
     * @return number of the path to take
     */
    virtual uint16_t Choose(Time now, const Shard& shard, uint32_t wireBytes) = 0;

  protected:
    std::vector<ShardPathInfo> m_paths; ///< what is known of the paths
};

/// @ingroup sharding
/// Everything on path 0.
class SinglePlacement : public ShardPlacement
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint16_t Choose(Time now, const Shard& shard, uint32_t wireBytes) override;
};

/// @ingroup sharding
/// One shard to each path in turn, going on from block to block.
class RoundRobinPlacement : public ShardPlacement
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint16_t Choose(Time now, const Shard& shard, uint32_t wireBytes) override;

  private:
    uint16_t m_next{0}; ///< path of the next shard
};

/**
 * @ingroup sharding
 * Bytes in proportion to the paths' rates: each shard goes where the sum sent so far, this shard
 * included, lasts shortest at the path's rate. Paths of unknown rate count as equal.
 */
class WeightedPlacement : public ShardPlacement
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    void SetPaths(const std::vector<ShardPathInfo>& paths) override;
    uint16_t Choose(Time now, const Shard& shard, uint32_t wireBytes) override;

  private:
    std::vector<double> m_secondsPerByte; ///< of each path
    std::vector<double> m_sent;           ///< seconds of sending given to each, less a common part
};

/**
 * @ingroup sharding
 * Each shard where it would arrive first: end of what this node has already put on the path, plus
 * its own transmission, plus propagation. It sees its own load only, not that of others.
 */
class LeastDelayPlacement : public ShardPlacement
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    void SetPaths(const std::vector<ShardPathInfo>& paths) override;
    uint16_t Choose(Time now, const Shard& shard, uint32_t wireBytes) override;

  private:
    std::vector<Time> m_busyUntil; ///< when each path's slowest link has sent all we gave it
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_PLACEMENT_H
