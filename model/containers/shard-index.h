// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_INDEX_H
#define SHARD_INDEX_H

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * A hash index from keys to 32-bit values, where the keys live in the things that the values name.
 * Open addressing with linear probing and deletion by backward shift, so a flood that inserts and
 * erases for hours leaves no tombstones behind. 8 bytes a slot, at most 3/4 of them in use.
 */
class ShardIndex
{
  public:
    /// What Find returns when there is no such key.
    static constexpr uint32_t NONE = 0xffffffff;

    ShardIndex()
        : m_slots(16)
    {
    }

    /**
     * A hash of three words, by the finaliser of MurmurHash3 (public domain), every bit of which
     * depends on every bit of the words: block and flow numbers that an adversary chooses in
     * arithmetic order do not meet in one slot.
     * @param a word  @param b word  @param c word
     * @return the hash
     */
    static uint32_t Hash(uint32_t a, uint32_t b, uint32_t c)
    {
        uint64_t h = (static_cast<uint64_t>(a) << 32 | b) * 0x9e3779b97f4a7c15ULL;
        h = (h ^ (h >> 32) ^ c) * 0xff51afd7ed558ccdULL;
        h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53ULL;
        return static_cast<uint32_t>(h >> 32);
    }

    /// Have the hash's first slot brought into the cache while the caller does something else.
    /// @param hash of the key
    void Prefetch(uint32_t hash) const
    {
        __builtin_prefetch(&m_slots[hash & Mask()]);
    }

    /**
     * @param hash of the key
     * @param isIt says whether the thing that a value names has the key
     * @return the value, or NONE
     */
    template <typename Predicate>
    uint32_t Find(uint32_t hash, Predicate isIt) const
    {
        for (size_t i = hash & Mask(); m_slots[i].value != NONE; i = (i + 1) & Mask())
        {
            if (m_slots[i].hash == hash && isIt(m_slots[i].value))
            {
                return m_slots[i].value;
            }
        }
        return NONE;
    }

    /// @param hash of a key that is not in the index  @param value what to find by it
    void Insert(uint32_t hash, uint32_t value)
    {
        if ((m_used + 1) * 4 > m_slots.size() * 3)
        {
            Grow();
        }
        Put(Slot{hash, value});
        ++m_used;
    }

    /// @param hash of a key  @param value which the key has  @param by which it is to be replaced
    void Replace(uint32_t hash, uint32_t value, uint32_t by)
    {
        m_slots[Where(hash, value)].value = by;
    }

    /// @param hash of a key that is in the index  @param value which it has
    void Erase(uint32_t hash, uint32_t value)
    {
        size_t hole = Where(hash, value);
        for (size_t i = (hole + 1) & Mask(); m_slots[i].value != NONE; i = (i + 1) & Mask())
        {
            // A slot may move into the hole unless its home lies cyclically behind the hole.
            const size_t home = m_slots[i].hash & Mask();
            if (((i - home) & Mask()) >= ((i - hole) & Mask()))
            {
                m_slots[hole] = m_slots[i];
                hole = i;
            }
        }
        m_slots[hole].value = NONE;
        --m_used;
    }

    /// @return bytes that the index has taken from the heap
    size_t HeapBytes() const
    {
        return m_slots.size() * sizeof(Slot);
    }

  private:
    /// A slot; its key's owner is named by the value.
    struct Slot
    {
        uint32_t hash{0};     ///< of the key
        uint32_t value{NONE}; ///< NONE where the slot is free
    };

    size_t Mask() const
    {
        return m_slots.size() - 1;
    }

    size_t Where(uint32_t hash, uint32_t value) const
    {
        size_t i = hash & Mask();
        while (m_slots[i].value != value)
        {
            i = (i + 1) & Mask();
        }
        return i;
    }

    void Put(Slot slot)
    {
        size_t i = slot.hash & Mask();
        while (m_slots[i].value != NONE)
        {
            i = (i + 1) & Mask();
        }
        m_slots[i] = slot;
    }

    void Grow()
    {
        std::vector<Slot> old(m_slots.size() * 2);
        old.swap(m_slots);
        for (const Slot& slot : old)
        {
            if (slot.value != NONE)
            {
                Put(slot);
            }
        }
    }

    std::vector<Slot> m_slots; ///< a power of two of them
    size_t m_used{0};          ///< slots in use
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_INDEX_H
