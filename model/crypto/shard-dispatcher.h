// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_DISPATCHER_H
#define SHARD_DISPATCHER_H

#include "shard-crypto-unit.h"

#include "ns3/object.h"
#include "ns3/random-variable-stream.h"

#include <array>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Plug-point: which unit for this shard? A dispatcher holds no host; it is handed all it needs.
 * Subclass it in your own file to try a rule of your own.
 */
class ShardDispatcher : public Object
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /**
     * @param now when
     * @param shard the shard
     * @param units what is known of the units, of which one at least is alive
     * @return number of the unit that is to serve it; the shard is lost where that is not alive,
     *         and dropped where it has no room
     */
    virtual uint16_t Choose(Time now,
                            const Shard& shard,
                            const std::vector<ShardUnitState>& units) = 0;

    /**
     * @param stream number of the first random stream to use
     * @return how many were used
     */
    virtual int64_t AssignStreams(int64_t stream);
};

/**
 * @ingroup sharding
 * The shards of a block on as many different units, one after the other, and the next block goes on
 * where it ended. Blocks are told apart, so this holds for those that are interleaved, too; a block
 * that comes back after MEMORY others begins anew.
 */
class RoundRobinDispatcher : public ShardDispatcher
{
  public:
    static constexpr uint32_t MEMORY = 64; ///< blocks that are remembered

    /// @return the TypeId
    static TypeId GetTypeId();

    uint16_t Choose(Time now,
                    const Shard& shard,
                    const std::vector<ShardUnitState>& units) override;

  private:
    /// Where a block began.
    struct Place
    {
        uint32_t peer{0};   ///< sender of the block
        uint32_t flow{0};   ///< its flow
        uint32_t block{0};  ///< its number
        uint32_t start{0};  ///< turn of its first shard
        bool isUsed{false}; ///< not empty
    };

    uint32_t StartOf(const Shard& shard);

    std::array<Place, MEMORY> m_places; ///< of the last blocks
    uint32_t m_last{0};                 ///< of these, the latest
    uint32_t m_turn{0};                 ///< of the next block's first shard
};

/**
 * @ingroup sharding
 * Weighted by load: where the work at hand is done soonest, which serves as one queue before all
 * units would (M. Harchol-Balter, M. Crovella and C. Murta, "On choosing a task assignment policy
 * for a distributed server system", JPDC 59, 1999). Among equals the fastest, then in turn.
 */
class WeightedDispatcher : public ShardDispatcher
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint16_t Choose(Time now,
                    const Shard& shard,
                    const std::vector<ShardUnitState>& units) override;

  private:
    std::size_t m_turn{0}; ///< unit that is asked first
};

/**
 * @ingroup sharding
 * Where fewest shards wait and are served; among equals, in turn. It does not see that a unit is
 * slow but by its queue.
 */
class ShortestQueueDispatcher : public ShardDispatcher
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint16_t Choose(Time now,
                    const Shard& shard,
                    const std::vector<ShardUnitState>& units) override;

  private:
    std::size_t m_turn{0}; ///< unit that is asked first
};

/// @ingroup sharding
/// Any of the units that are alive, with the same probability.
class RandomDispatcher : public ShardDispatcher
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    RandomDispatcher();

    uint16_t Choose(Time now,
                    const Shard& shard,
                    const std::vector<ShardUnitState>& units) override;
    int64_t AssignStreams(int64_t stream) override;

  private:
    Ptr<UniformRandomVariable> m_uniform; ///< one draw a shard
};

/**
 * @ingroup sharding
 * All of a flow on one unit, as receive-side scaling has it: order is kept, and a flow is no faster
 * than a unit. Where that unit is not alive, the next one that is.
 */
class FlowHashDispatcher : public ShardDispatcher
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint16_t Choose(Time now,
                    const Shard& shard,
                    const std::vector<ShardUnitState>& units) override;
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_DISPATCHER_H
