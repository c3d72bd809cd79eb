// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_MOMENT_H
#define SHARD_MOMENT_H

#include <array>
#include <cstddef>
#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * When a simulator would run an event that is computed instead: its time and, among events of the
 * same tick, its turn. ns-3 runs those in the order in which they were scheduled, which is the
 * order of the events that scheduled them, and so on back to an event from outside. Each moment
 * therefore remembers the times of its last ancestors, time and number of the packet that came from
 * outside, and which of its parent's two children it and they are.
 */
struct ShardMoment
{
    /// Times that are remembered, the event's own included.
    static constexpr std::size_t DEPTH = 8;
    /// In place of the times of ancestors that are not known: as if they were later than any.
    static constexpr int64_t UNKNOWN = INT64_MAX;

    /// Which child of its parent an event is: a device schedules the end of a transmission first.
    enum Child : uint32_t
    {
        END_OF_TRANSMISSION = 0,
        ARRIVAL = 1
    };

    std::array<int64_t, DEPTH> at{
        {0, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN}}; ///< own time first,
                                                                             ///< ticks
    int64_t rootAt{0};    ///< time of the event from outside that it goes back to, ticks
    uint64_t root{0};     ///< number of the packet of that event
    uint32_t children{0}; ///< which children it and its ancestors are, own last

    /**
     * @param now time of an event from outside, ticks
     * @param number order of the packet among those from outside
     * @return its moment
     */
    static ShardMoment FromOutside(int64_t now, uint64_t number)
    {
        ShardMoment moment;
        moment.at[0] = now;
        moment.rootAt = now;
        moment.root = number;
        return moment;
    }

    /**
     * @param time of an event that this one schedules, ticks
     * @param child which one
     * @return its moment
     */
    ShardMoment Schedule(int64_t time, Child child) const
    {
        ShardMoment next;
        next.at = {{time, at[0], at[1], at[2], at[3], at[4], at[5], at[6]}};
        next.rootAt = rootAt;
        next.root = root;
        next.children = children << 1 | child;
        return next;
    }

    /// @return time of the event, ticks
    int64_t Time() const
    {
        return at[0];
    }

    /// @param o the other  @return whether this event is run first
    bool operator<(const ShardMoment& o) const
    {
        if (at[0] != o.at[0])
        {
            return at[0] < o.at[0];
        }
        // Two that have kept step for so long have mostly kept step since the younger one's event
        // from outside, before which the older one's event of that time had been scheduled.
        return at != o.at           ? at < o.at
               : rootAt != o.rootAt ? rootAt < o.rootAt
               : root != o.root     ? root < o.root
                                    : children < o.children;
    }
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_MOMENT_H
