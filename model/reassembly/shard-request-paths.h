// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_REQUEST_PATHS_H
#define SHARD_REQUEST_PATHS_H

#include "ns3/predict-arrival-ewma.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Which path a request takes, and the answer after it: the quickest; where others are about as
 * quick, all of these in turn, so that answers do not fill one of them while there is room on the
 * others. A path is about as quick when its first shards come behind those of the quickest by no
 * more than twice their mean deviation, which is nothing but jitter, or by no more than an eighth
 * of a round trip, which hardly matters to who waits for one. A path on which nothing has come for
 * a while is none of them. It reads no clock.
 */
class ShardRequestPaths
{
  public:
    static constexpr uint16_t MOST = 64; ///< paths that are known; requests go over no others

    /// @param path any  @param behind its first shard of a block came after the first of all, ticks
    void Learn(uint16_t path, double behind)
    {
        if (path >= MOST)
        {
            return;
        }
        m_paths.resize(std::max<size_t>(m_paths.size(), path + 1U));
        m_paths[path].behind.Learn(behind);
        m_paths[path].count += m_paths[path].count < FEW;
        m_paths[path].last = ++m_learnt;
    }

    /**
     * @param first on which the first shard of the block came
     * @param trip smoothed round trip, ticks; 0 for not known
     * @return which it takes
     */
    uint16_t Choose(uint16_t first, double trip)
    {
        const auto count = static_cast<uint16_t>(m_paths.size());
        double least = -1;
        for (const Path& path : m_paths)
        {
            if (IsKnown(path) && (least < 0 || path.behind.Mean() < least))
            {
                least = path.behind.Mean();
            }
        }
        for (uint16_t i = 0; i < count; ++i)
        {
            const uint16_t next = static_cast<uint16_t>((m_last + 1U + i) % count);
            const Path& path = m_paths[next];
            if (IsKnown(path) &&
                path.behind.Mean() - least <= std::max(2 * path.behind.Deviation(), trip / 8))
            {
                m_last = next;
                return next;
            }
        }
        return first;
    }

  private:
    static constexpr uint32_t FEW = 16; ///< blocks before a path is known

    /// What is known of a path.
    struct Path
    {
        PredictSpread behind{1.0 / 32}; ///< the first of all, ticks
        uint32_t count{0};              ///< blocks, up to FEW
        uint64_t last{0};               ///< shard that was learnt
    };

    /// @return whether enough is known of it, and something has come in the last blocks
    bool IsKnown(const Path& path) const
    {
        return path.count >= FEW && m_learnt - path.last < FEW * m_paths.size();
    }

    std::vector<Path> m_paths; ///< by number
    uint64_t m_learnt{0};      ///< shards
    uint16_t m_last{0};        ///< path that was taken
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_REQUEST_PATHS_H
