// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_AGENDA_H
#define SHARD_AGENDA_H

#include "shard-moment.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"

#include <functional>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Events that ns-3 runs, each at its time, but among those of the same tick in the order of their
 * moments: what is computed may be scheduled later than a simulator would have scheduled it. While
 * an event is run, its moment is ShardMoment::Current(). One agenda serves the whole simulation.
 */
class ShardAgenda
{
  public:
    /// An event that was scheduled.
    class Event
    {
      public:
        /// @return whether it was run or cancelled, or never scheduled
        bool IsExpired() const
        {
            return !m_isPending || !*m_isPending;
        }

        /// Let it not be run.
        void Cancel()
        {
            if (m_isPending)
            {
                *m_isPending = false;
                m_event.Cancel();
            }
        }

      private:
        friend class ShardAgenda;

        std::shared_ptr<bool> m_isPending; ///< ns-3's own answer is about its order of events
        EventId m_event;                   ///< of ns-3, at its time
    };

    /**
     * @param moment when, not before now
     * @param what to do
     * @return the event
     */
    static Event Schedule(const ShardMoment& moment, std::function<void()> what);

    /**
     * Schedule an event from within another: a timer. Where it is not known which event is being
     * run, as over the full stack, it is one of ns-3's own.
     * @param delay from now
     * @param what to do
     * @return the event
     */
    static Event Schedule(const Time& delay, std::function<void()> what);

  private:
    struct Entry;

    static std::vector<Entry>& Heap();
    static void Run();
    static void Forget();
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_AGENDA_H
