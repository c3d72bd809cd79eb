// SPDX-License-Identifier: GPL-2.0-only
//
// The part of the disc that decides whose turn it is.
#include "offload-queue-disc.h"
#include "offload-store.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_LOG_COMPONENT_DEFINE("OffloadQueueDiscTurn");

Ptr<QueueDiscItem>
OffloadQueueDisc::DoDequeue()
{
    NS_LOG_FUNCTION(this);
    const Time now = Simulator::Now();
    const std::optional<Place> place = Choose(now);
    if (!place)
    {
        if (m_space.held > 0)
        {
            ScheduleRun(now);
        }
        return nullptr;
    }
    const OffloadRecord record = m_buffers[place->function].At(place->slot);
    // Checked apart from how it was chosen: by the order in which the store got its items.
    const Ptr<QueueDiscItem> oldest = m_store->Oldest();
    Ptr<QueueDiscItem> item = Take(*place);
    if (item != oldest && now - oldest->GetTimeStamp() >= m_starvationBound)
    {
        ++m_starved;
        m_traceStarved(place->function, now - oldest->GetTimeStamp());
    }
    m_shaper.Pass(place->function, now, record.size);
    return item;
}

std::optional<OffloadQueueDisc::Place>
OffloadQueueDisc::Choose(Time now)
{
    std::optional<Place> best;
    uint64_t bestSequence = NOBODY;
    for (uint8_t level = 0; level < OFFLOAD_LEVELS; ++level)
    {
        // Who came first of this level; and, where functions are held up, of those that may pass.
        uint32_t first = 0;
        uint64_t firstSequence = NOBODY;
        for (uint64_t waits = m_waits[level]; waits != 0; waits &= waits - 1)
        {
            const auto function = static_cast<uint32_t>(__builtin_ctzll(waits));
            const uint64_t sequence = m_fronts[level][function];
            if (sequence < firstSequence)
            {
                first = function;
                firstSequence = sequence;
            }
        }
        if (firstSequence == NOBODY)
        {
            continue;
        }
        const uint32_t slot = m_buffers[first].Front(level);
        const bool isOverdue = now - m_buffers[first].At(slot).time >= m_starvationBound;
        const bool isNext = isOverdue ? firstSequence < bestSequence : !best;
        if (isNext && (isOverdue || IsPassable(first, now)))
        {
            best = Place{first, slot};
            bestSequence = firstSequence;
        }
        else if (isNext)
        {
            for (uint64_t waits = m_waits[level]; waits != 0; waits &= waits - 1)
            {
                const auto function = static_cast<uint32_t>(__builtin_ctzll(waits));
                const uint64_t sequence = m_fronts[level][function];
                if (sequence < bestSequence && IsPassable(function, now))
                {
                    best = Place{function, m_buffers[function].Front(level)};
                    bestSequence = sequence;
                }
            }
        }
    }
    return best;
}

bool
OffloadQueueDisc::IsPassable(uint32_t function, Time now)
{
    return m_shaping == 0 || m_shaper.Ready(function, now) <= now;
}

Ptr<QueueDiscItem>
OffloadQueueDisc::Take(Place place)
{
    OffloadBuffer<Position>& buffer = m_buffers[place.function];
    const OffloadRecord& record = buffer.At(place.slot);
    m_space.held -= record.size;
    m_levelBytes[record.level] -= record.size;
    Ptr<QueueDiscItem> item = m_store->Take(buffer.Take(place.slot));
    SetFront(place.function, record.level);
    return item;
}

void
OffloadQueueDisc::SetFront(uint32_t function, uint8_t level)
{
    const uint32_t slot = m_buffers[function].Front(level);
    const uint64_t bit = uint64_t{1} << function;
    if (slot == OffloadBuffer<Position>::NONE)
    {
        m_waits[level] &= ~bit;
        return;
    }
    m_waits[level] |= bit;
    m_fronts[level][function] = m_buffers[function].At(slot).sequence;
}

void
OffloadQueueDisc::ScheduleRun(Time now)
{
    if (!m_run.IsExpired() || !GetSendCallback())
    {
        return; // without a callback the owner comes by himself
    }
    // When the first bucket fills, or the first one is overdue.
    Time next = now + m_starvationBound;
    for (uint32_t i = 0; i < m_functions; ++i)
    {
        for (uint8_t level = 0; level < OFFLOAD_LEVELS; ++level)
        {
            const uint32_t slot = m_buffers[i].Front(level);
            if (slot != OffloadBuffer<Position>::NONE)
            {
                next = std::min(
                    {next, m_shaper.Ready(i, now), m_buffers[i].At(slot).time + m_starvationBound});
            }
        }
    }
    m_run = Simulator::Schedule(next - now, &OffloadQueueDisc::Run, this);
}

} // namespace sharding
} // namespace ns3
