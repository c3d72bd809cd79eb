// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_SET_H
#define SHARD_SET_H

#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * A set of shard indexes, 0 to 255, in 32 bytes.
 */
class ShardSet
{
  public:
    static constexpr uint32_t SIZE = 256; ///< indexes that the set can hold: 0 to SIZE - 1

    /**
     * @param count how many, at most SIZE
     * @return the set of the indexes below `count`
     */
    static ShardSet Below(uint32_t count)
    {
        ShardSet set;
        for (uint32_t w = 0; w < WORDS && count > 64 * w; ++w)
        {
            const uint32_t rest = count - 64 * w;
            set.m_words[w] = rest >= 64 ? ~uint64_t(0) : (uint64_t(1) << rest) - 1;
        }
        return set;
    }

    /// @param index below SIZE  @return whether it is in the set
    bool Test(uint32_t index) const
    {
        return (m_words[index >> 6] >> (index & 63)) & 1;
    }

    /// @param index below SIZE: put into the set
    void Set(uint32_t index)
    {
        m_words[index >> 6] |= uint64_t(1) << (index & 63);
    }

    /// @param index below SIZE: taken out of the set
    void Clear(uint32_t index)
    {
        m_words[index >> 6] &= ~(uint64_t(1) << (index & 63));
    }

    /// @return how many indexes are in the set
    uint32_t Count() const
    {
        uint32_t count = 0;
        for (uint64_t word : m_words)
        {
            count += __builtin_popcountll(word);
        }
        return count;
    }

    /// @param limit at most SIZE  @return how many indexes below `limit` are in the set
    uint32_t CountBelow(uint32_t limit) const
    {
        uint32_t count = 0;
        uint32_t w = 0;
        for (; w < limit >> 6; ++w)
        {
            count += __builtin_popcountll(m_words[w]);
        }
        if ((limit & 63) != 0)
        {
            count += __builtin_popcountll(m_words[w] & ((uint64_t(1) << (limit & 63)) - 1));
        }
        return count;
    }

    /// @return whether nothing is in the set
    bool Empty() const
    {
        return (m_words[0] | m_words[1] | m_words[2] | m_words[3]) == 0;
    }

    /**
     * @param from where to begin to look
     * @return the lowest index of the set that is not below `from`, or SIZE when there is none.
     *         `for (i = s.Next(0); i < SIZE; i = s.Next(i + 1))` visits the set in order.
     */
    uint32_t Next(uint32_t from) const
    {
        if (from >= SIZE)
        {
            return SIZE;
        }
        uint32_t w = from >> 6;
        uint64_t word = m_words[w] >> (from & 63) << (from & 63);
        while (word == 0)
        {
            if (++w == WORDS)
            {
                return SIZE;
            }
            word = m_words[w];
        }
        return 64 * w + __builtin_ctzll(word);
    }

    /// @param o the other  @return what is in both
    ShardSet operator&(const ShardSet& o) const
    {
        ShardSet set;
        for (uint32_t w = 0; w < WORDS; ++w)
        {
            set.m_words[w] = m_words[w] & o.m_words[w];
        }
        return set;
    }

    /// @param o the other  @return what is in either
    ShardSet operator|(const ShardSet& o) const
    {
        ShardSet set;
        for (uint32_t w = 0; w < WORDS; ++w)
        {
            set.m_words[w] = m_words[w] | o.m_words[w];
        }
        return set;
    }

    /// @param o the other  @return what is in this but not in the other
    ShardSet operator-(const ShardSet& o) const
    {
        ShardSet set;
        for (uint32_t w = 0; w < WORDS; ++w)
        {
            set.m_words[w] = m_words[w] & ~o.m_words[w];
        }
        return set;
    }

    /// @param o the other  @return whether both hold the same
    bool operator==(const ShardSet& o) const
    {
        uint64_t differ = 0;
        for (uint32_t w = 0; w < WORDS; ++w)
        {
            differ |= m_words[w] ^ o.m_words[w];
        }
        return differ == 0;
    }

    /// @param o the other  @return whether they differ
    bool operator!=(const ShardSet& o) const
    {
        return !(*this == o);
    }

    /// @return a number for hash tables: equal sets, equal numbers
    uint64_t Hash() const
    {
        uint64_t hash = 0;
        for (uint64_t word : m_words)
        {
            // Knuth's multiplicative hashing, folded so that high bits reach low ones.
            hash = (hash ^ word) * 0x9E3779B97F4A7C15ull;
            hash ^= hash >> 29;
        }
        return hash;
    }

  private:
    static constexpr uint32_t WORDS = SIZE / 64; ///< words of the bitmap
    uint64_t m_words[WORDS]{};                   ///< bit i % 64 of word i / 64: index i
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_SET_H
