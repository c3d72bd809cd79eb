// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_ARRIVAL_QUEUE_H
#define SHARD_ARRIVAL_QUEUE_H

#include "ns3/shard-moment.h"
#include "ns3/shard-ring.h"
#include "ns3/shard.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Something that will come out at the end of a computed path.
struct ShardArrival
{
    /// What it is.
    enum Kind : uint8_t
    {
        SHARD,   ///< a whole shard
        PLAIN,   ///< a piece of a plain packet; `shard` has its size, and its origin if it is the
                 ///< last
        REMAINS, ///< pieces of a shard of which others are lost
        CONTROL  ///< a control message; `shard` has its bytes
    };

    ShardMoment at;      ///< when it comes
    uint32_t packets{1}; ///< IP packets that it came in
    Kind kind{SHARD};    ///< what it is
    Shard shard;         ///< the shard
};

/**
 * @ingroup sharding
 * What is on the way to one end, in the order of arrival. Made for arrivals that come in order on
 * each path: that costs one look at each path's oldest. What jitter lets overtake is kept in a
 * heap.
 */
class ShardArrivalQueue
{
  public:
    /// @param arrival on the path that its shard names
    void Push(ShardArrival&& arrival);

    /// @return the first to come; null when there is none
    const ShardArrival* Front() const;

    /// @return the first to come; there must be one
    ShardArrival Pop();

    /// @return arrivals held
    std::size_t Size() const
    {
        return m_size;
    }

    /// Forget everything.
    void Clear();

  private:
    /// Where an arrival that overtook is kept.
    struct Place
    {
        ShardMoment at; ///< when it comes
        uint32_t slot;  ///< in m_slots

        /// Heaps of the standard library have their largest element in front.
        bool operator<(const Place& o) const
        {
            return o.at < at;
        }
    };

    static constexpr std::size_t NOWHERE = SIZE_MAX;

    void FindFront();

    std::vector<ShardRing<ShardArrival>> m_lanes; ///< by path, in order
    std::vector<Place> m_heap;                    ///< of what overtook
    std::vector<ShardArrival> m_slots;            ///< what overtook
    std::vector<uint32_t> m_freeSlots;            ///< unused places there
    std::size_t m_front{NOWHERE}; ///< lane of the first to come; m_lanes.size(): heap
    std::size_t m_size{0};        ///< arrivals held
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_ARRIVAL_QUEUE_H
