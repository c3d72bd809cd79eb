// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_REPLAY_WINDOW_H
#define SHARD_REPLAY_WINDOW_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/// What a replay window says of a number.
enum ShardReplayVerdict : uint8_t
{
    SHARD_REPLAY_NEW = 0, ///< did not come before
    SHARD_REPLAY_SEEN,    ///< came before
    SHARD_REPLAY_TOO_OLD, ///< too far behind to tell
};

/**
 * @ingroup sharding
 * Tells numbers that came before from new ones, where they may come in another order than they were
 * given. Numbers count on from any first one and wrap around. As RFC 6479 has it, the bits lie in a
 * ring with at least a word more than the window needs, so that to go forward clears words and
 * never shifts bits. To check a number and to take it are two steps: what came is authenticated
 * between them.
 */
class ShardReplayWindow
{
  public:
    /// @param size numbers behind the latest that may still come, the latest included
    explicit ShardReplayWindow(uint32_t size = 64)
        : m_size(size)
    {
        std::size_t words = 2;
        while (words * BITS < static_cast<std::size_t>(size) + BITS - 1)
        {
            words *= 2;
        }
        m_words.resize(words);
    }

    /**
     * @param number of something that came, genuine or not
     * @return what would become of it
     */
    ShardReplayVerdict Check(uint32_t number) const
    {
        if (!m_some || IsAhead(number))
        {
            return SHARD_REPLAY_NEW;
        }
        if (m_latest - number >= m_size)
        {
            return SHARD_REPLAY_TOO_OLD;
        }
        return (Word(number) >> number % BITS & 1) != 0 ? SHARD_REPLAY_SEEN : SHARD_REPLAY_NEW;
    }

    /// @param number of something genuine, which Check() has called new
    void Take(uint32_t number)
    {
        if (!m_some || IsAhead(number))
        {
            const std::size_t words =
                m_some ? static_cast<uint32_t>(number / BITS - m_latest / BITS) % WORDS : WORDS;
            for (std::size_t i = 0; i < words && i < m_words.size(); ++i)
            {
                Word(number - static_cast<uint32_t>(i * BITS)) = 0;
            }
            m_latest = number;
            m_some = true;
        }
        Word(number) |= uint64_t(1) << number % BITS;
    }

    /**
     * @param number of something that came and is genuine
     * @return whether it is new, in which case it is taken
     */
    bool Accept(uint32_t number)
    {
        const bool isNew = Check(number) == SHARD_REPLAY_NEW;
        if (isNew)
        {
            Take(number);
        }
        return isNew;
    }

    /// @return the number furthest on of those taken; there must be one
    uint32_t Latest() const
    {
        return m_latest;
    }

    /// @return whether any number was taken
    bool IsBegun() const
    {
        return m_some;
    }

  private:
    static constexpr uint32_t BITS = 64;              ///< of a word
    static constexpr uint32_t WORDS = 1U << (32 - 6); ///< that all numbers together would fill

    /// @param number to compare with the latest, as in RFC 1982  @return whether it is later
    bool IsAhead(uint32_t number) const
    {
        const uint32_t ahead = number - m_latest;
        return ahead != 0 && ahead < uint32_t(1) << 31;
    }

    uint64_t& Word(uint32_t number)
    {
        return m_words[number / BITS & (m_words.size() - 1)];
    }

    const uint64_t& Word(uint32_t number) const
    {
        return m_words[number / BITS & (m_words.size() - 1)];
    }

    std::vector<uint64_t> m_words; ///< a power of two of them; bit n % 64 of word n / 64: n came
    uint32_t m_size;               ///< numbers in the window
    uint32_t m_latest{0};          ///< number furthest on
    bool m_some{false};            ///< anything came
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_REPLAY_WINDOW_H
