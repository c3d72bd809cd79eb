// SPDX-License-Identifier: GPL-2.0-only
//
// The part of the disc that decides who holds memory, who gives way, and who is moved up.
#include "offload-queue-disc.h"

#include "ns3/log.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_LOG_COMPONENT_DEFINE("OffloadQueueDiscRoom");

const char*
OffloadQueueDisc::MakeRoom(uint32_t function, uint32_t size, uint8_t level)
{
    OffloadBuffer<Position>& buffer = m_buffers[function];
    if (!buffer.HasSlot())
    {
        return SLOT_DROP;
    }
    // Who is less urgent makes way, so it is as if it were not there.
    uint64_t held = 0;
    uint64_t own = 0;
    for (uint8_t i = 0; i <= level; ++i)
    {
        held += m_levelBytes[i];
        own += buffer.Bytes(i);
    }
    const uint64_t limit = m_allocation->Limit(m_space, held, function);
    if (own + size > limit)
    {
        return LIMIT_DROP;
    }
    while (buffer.Bytes() + size > limit)
    {
        Evict(function, level + 1);
    }
    while (m_space.memory - m_space.held < size)
    {
        std::optional<uint32_t> victim = WhomToEvict(function, level + 1);
        const bool isSure = buffer.Bytes() + size <= m_space.plan[function];
        if (!victim && isSure)
        {
            victim = WhomToEvict(function, 0);
        }
        if (!victim)
        {
            return FULL_DROP;
        }
        Evict(*victim, isSure ? 0 : level + 1);
    }
    return nullptr;
}

std::optional<uint32_t>
OffloadQueueDisc::WhomToEvict(uint32_t function, uint8_t from) const
{
    // Who is less urgent gives way wherever it is, in its own function first, then where most is
    // held beyond the plan. Who is not does so only where more is held than is planned.
    std::optional<uint32_t> victim;
    uint64_t most = 0;
    for (uint32_t i = 0; i < m_functions; ++i)
    {
        uint64_t bytes = 0;
        for (uint8_t level = from; level < OFFLOAD_LEVELS; ++level)
        {
            bytes += m_buffers[i].Bytes(level);
        }
        const uint64_t held = m_buffers[i].Bytes();
        const uint64_t beyond = held > m_space.plan[i] ? held - m_space.plan[i] : 0;
        const uint64_t weight = from > 0 ? 1 + beyond + (i == function ? m_space.memory : 0)
                                         : (i == function ? 0 : beyond);
        if (bytes > 0 && weight > most)
        {
            most = weight;
            victim = i;
        }
    }
    return victim;
}

bool
OffloadQueueDisc::Evict(uint32_t function, uint8_t from)
{
    const OffloadBuffer<Position>& buffer = m_buffers[function];
    for (uint8_t level = OFFLOAD_LEVELS; level-- > from;)
    {
        const uint32_t slot = buffer.Back(level);
        if (slot != OffloadBuffer<Position>::NONE)
        {
            const OffloadRecord& record = buffer.At(slot);
            if (record.request != 0)
            {
                m_verdicts.Note({record.request, function, record.level, true});
            }
            DropAfterDequeue(Take({function, slot}), ROOM_DROP);
            return true;
        }
    }
    return false;
}

bool
OffloadQueueDisc::Urge(uint32_t function, uint64_t request)
{
    NS_LOG_FUNCTION(this << function << request);
    const OffloadVerdicts::Verdict* known = m_verdicts.Find(function, request);
    if (function >= m_buffers.size() || (known != nullptr && known->isDropped))
    {
        return false;
    }
    const uint8_t urged = std::min<uint8_t>(m_priority->Urged(), OFFLOAD_LEVELS - 1);
    // For what has not come yet.
    m_verdicts.Note({request, function, urged, false});
    OffloadBuffer<Position>& buffer = m_buffers[function];
    for (uint8_t level = urged + 1; level < OFFLOAD_LEVELS; ++level)
    {
        for (uint32_t slot = buffer.Front(level); slot != OffloadBuffer<Position>::NONE;)
        {
            const uint32_t next = buffer.Behind(slot);
            if (buffer.At(slot).request == request)
            {
                m_levelBytes[level] -= buffer.At(slot).size;
                m_levelBytes[urged] += buffer.At(slot).size;
                buffer.Raise(slot, urged);
            }
            slot = next;
        }
        SetFront(function, level);
    }
    SetFront(function, urged);
    return true;
}

} // namespace sharding
} // namespace ns3
