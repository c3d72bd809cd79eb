// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_RECENT_VALUES_H
#define SHARD_RECENT_VALUES_H

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Quantiles of the last values of a quantity, exactly. A mean and its deviation say little of one
 * that has a few values far apart, as paths of different delay give it.
 */
class ShardRecentValues
{
  public:
    static constexpr std::size_t MOST = 64; ///< values that are remembered

    /// @param value the next
    void Learn(int64_t value)
    {
        const auto first = m_sorted.begin();
        const std::size_t place = m_all++ % MOST;
        if (m_count == MOST)
        {
            const auto old = std::lower_bound(first, first + m_count, m_values[place]);
            std::move(old + 1, first + m_count, old);
            --m_count;
        }
        const auto at = std::upper_bound(first, first + m_count, value);
        std::move_backward(at, first + m_count, first + m_count + 1);
        *at = value;
        ++m_count;
        m_values[place] = value;
    }

    /// @return how many are remembered
    std::size_t Count() const
    {
        return m_count;
    }

    /// @param probability in (0, 1]  @return least value that so many are not above; there must be
    /// one
    int64_t Quantile(double probability) const
    {
        const double place = std::ceil(probability * static_cast<double>(m_count));
        return m_sorted[std::min(m_count, std::max<std::size_t>(1, place)) - 1];
    }

  private:
    std::array<int64_t, MOST> m_values{}; ///< in order of coming
    std::array<int64_t, MOST> m_sorted{}; ///< in order of size
    std::size_t m_count{0};               ///< of these
    uint64_t m_all{0};                    ///< that there ever were
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_RECENT_VALUES_H
