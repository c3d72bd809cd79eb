// SPDX-License-Identifier: GPL-2.0-only
#include "shard-agenda.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace ns3
{
namespace sharding
{

/// Something to do.
struct ShardAgenda::Entry
{
    ShardMoment moment;         ///< when
    Event event;                ///< of which it is the turn
    std::function<void()> what; ///< to do

    /// Heaps of the standard library have their largest element in front.
    bool operator<(const Entry& o) const
    {
        return o.moment < moment;
    }
};

/// @return what there is to do in the simulation that is being run
std::vector<ShardAgenda::Entry>&
ShardAgenda::Heap()
{
    // Never destroyed: moments may live as long as the program.
    static auto* const heap = new std::vector<Entry>;
    return *heap;
}

/// The simulation is over.
void
ShardAgenda::Forget()
{
    std::vector<Entry>().swap(Heap());
}

/// Do all that there is to do in this tick.
void
ShardAgenda::Run()
{
    std::vector<Entry>& heap = Heap();
    const int64_t now = Simulator::Now().GetTimeStep();
    while (!heap.empty() && heap.front().moment.Time() <= now)
    {
        std::pop_heap(heap.begin(), heap.end());
        Entry entry = std::move(heap.back());
        heap.pop_back();
        if (!entry.event.IsExpired())
        {
            entry.event.Cancel(); // its turn is now
            const ShardMoment::Scope scope(std::move(entry.moment));
            entry.what();
        }
    }
}

ShardAgenda::Event
ShardAgenda::Schedule(const ShardMoment& moment, std::function<void()> what)
{
    std::vector<Entry>& heap = Heap();
    if (heap.capacity() == 0)
    {
        Simulator::ScheduleDestroy(&ShardAgenda::Forget);
    }
    Event event;
    event.m_isPending = std::make_shared<bool>(true);
    event.m_event =
        Simulator::Schedule(TimeStep(static_cast<uint64_t>(moment.Time())) - Simulator::Now(),
                            &ShardAgenda::Run);
    heap.push_back(Entry{moment, event, std::move(what)});
    std::push_heap(heap.begin(), heap.end());
    return event;
}

ShardAgenda::Event
ShardAgenda::Schedule(const Time& delay, std::function<void()> what)
{
    const ShardMoment& current = ShardMoment::Current();
    if (!current.IsNone())
    {
        return Schedule(current.Schedule((Simulator::Now() + delay).GetTimeStep()),
                        std::move(what));
    }
    Event event;
    event.m_isPending = std::make_shared<bool>(true);
    event.m_event = Simulator::Schedule(delay,
                                        [isPending = event.m_isPending, what = std::move(what)]()
                                        {
                                            *isPending = false;
                                            what();
                                        });
    return event;
}

} // namespace sharding
} // namespace ns3
