// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_BUFFER_H
#define OFFLOAD_BUFFER_H

#include "offload-traffic.h"

#include "ns3/nstime.h"

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Priority levels of a buffer; 0 is served first.
constexpr uint8_t OFFLOAD_LEVELS = 8;

/// What is noted of an element in a buffer.
struct OffloadRecord
{
    Time time;                        ///< when it came
    uint64_t sequence{0};             ///< of all elements of the engine
    uint64_t request{0};              ///< as in OffloadElement
    uint32_t size{0};                 ///< bytes
    OffloadType type{OFFLOAD_PACKET}; ///< what it is
    uint8_t level{0};                 ///< of priority
    bool isFirst{true};               ///< begins its request
};

/**
 * @ingroup sharding
 * The circular buffer of one function. Each element takes the next slot of a ring that never grows.
 * While it is held it is in the queue of its level; when it has gone, its record stays as the log,
 * until the ring comes round and overwrites it. A slot whose element is still held is passed over.
 * @tparam Item how the owner knows an element
 */
template <typename Item>
class OffloadBuffer
{
  public:
    /// No slot.
    static constexpr uint32_t NONE = 0xffffffff;

    /// @param slots of the ring, at least 1
    explicit OffloadBuffer(uint32_t slots)
        : m_slots(slots)
    {
    }

    /// @return whether an element can be taken
    bool HasSlot() const
    {
        return m_count < m_slots.size();
    }

    /**
     * @param record of the element, not earlier than the one before
     * @param item the element
     * @return its slot; there must have been one
     */
    uint32_t Put(const OffloadRecord& record, Item item)
    {
        while (m_slots[m_head].isHeld)
        {
            Advance();
        }
        const uint32_t place = m_head;
        Slot& slot = m_slots[place];
        if (slot.isUnread)
        {
            --m_unread;
            ++m_lost;
        }
        slot.record = record;
        slot.item = std::move(item);
        slot.isHeld = true;
        slot.isUnread = true;
        ++m_unread;
        Queue& queue = m_queues[record.level];
        slot.previous = queue.back;
        slot.next = NONE;
        (queue.back == NONE ? queue.front : m_slots[queue.back].next) = place;
        queue.back = place;
        queue.bytes += record.size;
        m_bytes += record.size;
        ++m_count;
        Advance();
        return place;
    }

    /// @param place a slot with a held element  @return the element, which is held no longer
    Item Take(uint32_t place)
    {
        Slot& slot = m_slots[place];
        Unlink(slot);
        m_bytes -= slot.record.size;
        --m_count;
        slot.isHeld = false;
        return std::move(slot.item);
    }

    /// @param level of priority  @return slot of the oldest element of that level, or NONE
    uint32_t Front(uint8_t level) const
    {
        return m_queues[level].front;
    }

    /// @param level of priority  @return slot of the newest element of that level, or NONE
    uint32_t Back(uint8_t level) const
    {
        return m_queues[level].back;
    }

    /// @param place a slot with a held element  @return slot of the next newer one of its level, or
    ///        NONE
    uint32_t Behind(uint32_t place) const
    {
        return m_slots[place].next;
    }

    /**
     * Moves a held element to another level, to where it would be had it been of it from the
     * beginning.
     * @param place its slot
     * @param level of priority
     */
    void Raise(uint32_t place, uint8_t level)
    {
        Slot& slot = m_slots[place];
        Unlink(slot);
        slot.record.level = level;
        Queue& queue = m_queues[level];
        // What has waited at a lower level is older than most: near the front.
        uint32_t behind = queue.front;
        while (behind != NONE && m_slots[behind].record.sequence < slot.record.sequence)
        {
            behind = m_slots[behind].next;
        }
        slot.next = behind;
        slot.previous = behind == NONE ? queue.back : m_slots[behind].previous;
        (slot.previous == NONE ? queue.front : m_slots[slot.previous].next) = place;
        (behind == NONE ? queue.back : m_slots[behind].previous) = place;
        queue.bytes += slot.record.size;
    }

    /// @param place a slot  @return what is noted there
    const OffloadRecord& At(uint32_t place) const
    {
        return m_slots[place].record;
    }

    /// @return bytes of held elements
    uint64_t Bytes() const
    {
        return m_bytes;
    }

    /// @param level of priority  @return bytes of held elements of that level
    uint64_t Bytes(uint8_t level) const
    {
        return m_queues[level].bytes;
    }

    /// @return held elements
    uint32_t Count() const
    {
        return m_count;
    }

    /// @return records that were overwritten before they were read
    uint64_t Lost() const
    {
        return m_allLost + m_lost;
    }

    /// @return bytes of the ring, which never change
    std::size_t MemoryBytes() const
    {
        return m_slots.capacity() * sizeof(Slot);
    }

    /**
     * Sums up the records of the log that have not been read. Those that were overwritten before
     * are made up for by the others.
     * @param begin of the interval that they are of  @param length of it
     * @return the sums
     */
    OffloadTraffic Read(Time begin, Time length)
    {
        OffloadTraffic traffic;
        const double made = m_unread > 0 ? double(m_unread + m_lost) / m_unread : 0;
        for (uint32_t place = m_head; m_unread > 0;)
        {
            place = place > 0 ? place - 1 : static_cast<uint32_t>(m_slots.size()) - 1;
            Slot& slot = m_slots[place];
            if (!slot.isUnread)
            {
                continue;
            }
            slot.isUnread = false;
            --m_unread;
            traffic.elements += made;
            traffic.bytes += made * slot.record.size;
            traffic.requests += slot.record.isFirst ? made : 0;
            traffic.types[slot.record.type] += made;
            const double since = (slot.record.time - begin).GetDouble() / length.GetDouble();
            traffic.start = since < traffic.start ? since : traffic.start;
        }
        m_allLost += m_lost;
        m_lost = 0;
        return traffic;
    }

  private:
    /// A place of the ring.
    struct Slot
    {
        OffloadRecord record;    ///< of the element that is, or was last, here
        Item item{};             ///< the element, while it is held
        uint32_t previous{NONE}; ///< older of its level
        uint32_t next{NONE};     ///< newer of its level
        bool isHeld{false};      ///< the element is here
        bool isUnread{false};    ///< Read() has not seen the record
    };

    /// Elements of one level, oldest first.
    struct Queue
    {
        uint32_t front{NONE}; ///< oldest
        uint32_t back{NONE};  ///< newest
        uint64_t bytes{0};    ///< of all
    };

    /// Takes it out of the queue of its level.
    void Unlink(const Slot& slot)
    {
        Queue& queue = m_queues[slot.record.level];
        (slot.previous == NONE ? queue.front : m_slots[slot.previous].next) = slot.next;
        (slot.next == NONE ? queue.back : m_slots[slot.next].previous) = slot.previous;
        queue.bytes -= slot.record.size;
    }

    void Advance()
    {
        m_head = m_head + 1 < m_slots.size() ? m_head + 1 : 0;
    }

    std::vector<Slot> m_slots;                  ///< the ring
    std::array<Queue, OFFLOAD_LEVELS> m_queues; ///< the priority queue
    uint32_t m_head{0};                         ///< where the next element goes, if it is free
    uint32_t m_count{0};                        ///< held
    uint32_t m_unread{0};                       ///< records
    uint64_t m_lost{0};                         ///< overwritten since Read()
    uint64_t m_allLost{0};                      ///< overwritten before that
    uint64_t m_bytes{0};                        ///< held
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_BUFFER_H
