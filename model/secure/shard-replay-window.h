// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_REPLAY_WINDOW_H
#define SHARD_REPLAY_WINDOW_H

#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Tells numbers that came before from new ones, where they may come in another order than they were
 * given (after RFC 6479, with one word of memory). Numbers count on from any first one and wrap
 * around.
 */
class ShardReplayWindow
{
  public:
    /// Numbers behind the latest that may still come.
    static constexpr uint32_t SIZE = 64;

    /**
     * @param number of something that came and is genuine
     * @return whether it is new; false when it came before, or is too old to tell
     */
    bool Accept(uint32_t number)
    {
        const uint32_t ahead = number - m_latest; // RFC 1982
        if (!m_some || (ahead != 0 && ahead < uint32_t(1) << 31))
        {
            m_seen = m_some && ahead < SIZE ? m_seen << ahead | 1 : 1;
            m_latest = number;
            m_some = true;
            return true;
        }
        const uint32_t behind = m_latest - number;
        if (behind >= SIZE || (m_seen >> behind & 1) != 0)
        {
            return false;
        }
        m_seen |= uint64_t(1) << behind;
        return true;
    }

  private:
    uint64_t m_seen{0};   ///< bit i: m_latest - i came
    uint32_t m_latest{0}; ///< number furthest on
    bool m_some{false};   ///< anything came
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_REPLAY_WINDOW_H
