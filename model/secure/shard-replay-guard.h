// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_REPLAY_GUARD_H
#define SHARD_REPLAY_GUARD_H

#include "shard-replay-window.h"

#include <cstdint>
#include <list>
#include <unordered_map>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Replay windows of the flows that share one sequence of numbers, from 1 and without wrap-around.
 * There are windows for so many flows; the one not used for longest makes room for a new one, and
 * its highest number becomes a floor for flows that have none: what is new to the guard is only
 * taken above it. So nothing is ever taken twice, whatever has been forgotten.
 */
class ShardReplayGuard
{
  public:
    /**
     * @param size of each window, numbers
     * @param flows with a window of their own, at least 1
     */
    ShardReplayGuard(uint32_t size, uint32_t flows);

    /**
     * @param flow of something that came, genuine or not
     * @param number of it
     * @return what would become of it
     */
    ShardReplayVerdict Check(uint32_t flow, uint32_t number) const;

    /**
     * @param flow of something genuine, whose number Check() has called new
     * @param number of it
     * @return by how much it is behind the highest of its flow; 0 where it is the highest
     */
    uint32_t Take(uint32_t flow, uint32_t number);

    /// @return at or below this, a flow without a window may send nothing
    uint32_t Floor() const
    {
        return m_floor;
    }

    /// @return flows that have a window
    std::size_t Flows() const
    {
        return m_flows.size();
    }

  private:
    struct Flow
    {
        uint32_t flow;            ///< which
        uint32_t floor;           ///< at or below it, nothing may come
        ShardReplayWindow window; ///< above it
    };

    using Place = std::list<Flow>::iterator;

    std::list<Flow> m_flows;                    ///< the one used last in front
    std::unordered_map<uint32_t, Place> m_byId; ///< of these
    uint32_t m_size;                            ///< of each window
    uint32_t m_most;                            ///< flows
    uint32_t m_floor{0};                        ///< highest number of those evicted
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_REPLAY_GUARD_H
