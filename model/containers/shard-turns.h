// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_TURNS_H
#define SHARD_TURNS_H

#include <cstdint>
#include <limits>
#include <queue>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * When to look at each of many things that are named by handles. That something is put off costs no
 * queueing: the later time is looked up when the earlier one comes. Equals are in the order in
 * which they were queued. It reads no clock.
 */
class ShardTurns
{
  public:
    /// Nothing is due.
    static constexpr int64_t NEVER = std::numeric_limits<int64_t>::max();

    /// What each thing holds for it.
    struct Slot
    {
        int64_t due{NEVER};    ///< when to look; may be set to NEVER, else by Set()
        int64_t queued{NEVER}; ///< under which time it is in the queue
    };

    /**
     * @param handle of the thing
     * @param slot its slot
     * @param due when to look at it, ticks
     */
    void Set(uint32_t handle, Slot& slot, int64_t due)
    {
        slot.due = due;
        if (due < slot.queued)
        {
            slot.queued = due;
            m_queue.push(Turn{due, m_order++, handle});
        }
    }

    /// The thing is gone: its turns in the queue mean nothing any more. @param slot its slot
    static void Forget(Slot& slot)
    {
        slot.queued = NEVER;
    }

    /// @return when Advance() is to be called next; not later than needed, NEVER for nothing
    int64_t Next() const
    {
        return m_queue.empty() ? NEVER : m_queue.top().at;
    }

    /**
     * Look at what is due.
     * @param now when it is, ticks
     * @param slotOf gives the slot of a handle, of things that are gone, too
     * @param look called with the time that was due and the handle
     */
    template <typename SlotOf, typename Look>
    void Advance(int64_t now, SlotOf slotOf, Look look)
    {
        while (!m_queue.empty() && m_queue.top().at <= now)
        {
            const Turn turn = m_queue.top();
            m_queue.pop();
            Slot& slot = slotOf(turn.handle);
            if (slot.queued != turn.at)
            {
                continue; // of a thing that is gone, or that has moved to an earlier time
            }
            slot.queued = NEVER;
            if (slot.due > now)
            {
                Set(turn.handle, slot, slot.due);
            }
            else
            {
                look(slot.due, turn.handle); // at its own time, however late that is noticed
            }
        }
    }

  private:
    /// When to look at a thing.
    struct Turn
    {
        int64_t at;      ///< ticks
        uint64_t order;  ///< among equals
        uint32_t handle; ///< which

        bool operator<(const Turn& o) const // the queue has its largest in front
        {
            return at != o.at ? at > o.at : order > o.order;
        }
    };

    std::priority_queue<Turn> m_queue;
    uint64_t m_order{0}; ///< of the next turn
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_TURNS_H
