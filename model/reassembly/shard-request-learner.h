// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_REQUEST_LEARNER_H
#define SHARD_REQUEST_LEARNER_H

#include "shard-recent-values.h"
#include "shard-release.h"

#include "ns3/shard-index.h"
#include "ns3/shard-pool.h"
#include "ns3/shard-set.h"
#include "ns3/shard-smoothed-mean.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What one who asks for missing shards has to know, learnt from what comes: how long the shards of
 * a block are silent though none is lost, and how long an answer takes.
 *
 * Of each block the longest silence between two shards that were not asked for counts: where the
 * paths differ in delay it is the way from one path to the next, and a mean over all silences would
 * be less than that. Of a shard that came after it was asked for it is not known whether it is the
 * late original or the answer, until a second copy comes: then the first one was the original, it
 * belongs to the silences, and the request was needless; so a silence that is taken for too short
 * does not hide the longer ones (the idea of RFC 8985, 6.2, with the second copy for the DSACK).
 * Where none comes within the horizon, it was the answer. Shards that were asked for more than once
 * say nothing of how long that takes (P. Karn, C. Partridge, SIGCOMM 1987). It reads no clock.
 */
class ShardRequestLearner
{
  public:
    static constexpr uint32_t MOST = 4096; ///< blocks followed at a time; others say nothing

    /// @param horizon after which no second copy is waited for, ticks, from a block's begin
    explicit ShardRequestLearner(int64_t horizon)
        : m_horizon(horizon)
    {
    }

    /**
     * A shard came, whatever became of it.
     * @param now when, ticks; never decreases
     * @param id its block
     * @param n shards of the block, more than its index
     * @param index of it
     * @param isKept whether it was kept; only such a one begins a block
     */
    void Came(int64_t now, const ShardBlockId& id, uint8_t n, uint8_t index, bool isKept);

    /// Shards were asked for. @param now ticks  @param id of their block  @param wanted which
    void Asked(int64_t now, const ShardBlockId& id, const ShardSet& wanted);

    /// @return longest silences of the last blocks, ticks
    const ShardRecentValues& Gaps() const
    {
        return m_gaps;
    }

    /**
     * Something of a block came after it was asked for: a first guess of the round trip, as long as
     * nothing is sure. After Karn, of first requests only; but what comes sooner after a later one
     * than any answer ever did is the answer to the first.
     * @param round requests for the block, from 1
     * @param last ticks since the last one
     * @param first ticks since the first one
     */
    void Answered(uint32_t round, int64_t last, int64_t first);

    /// @return from a request to a shard that was asked for, ticks
    const ShardSmoothedMean& Trip() const
    {
        return m_trip;
    }

    /// @return the same of the last ones, ticks
    const ShardRecentValues& Trips() const
    {
        return m_trips;
    }

    /// @return shards that were asked for and came twice
    uint64_t Needless() const
    {
        return m_needless;
    }

    /// @return blocks followed
    uint32_t Followed() const
    {
        return m_blocks.Used();
    }

  private:
    /// A shard that came.
    struct Arrival
    {
        uint8_t index;  ///< which
        bool isDoubted; ///< it had been asked for, and only one copy came
        int64_t at;     ///< when, ticks
    };

    /// A shard that was asked for.
    struct Request
    {
        uint8_t index; ///< which
        bool isOnly;   ///< once
        int64_t at;    ///< when first, ticks
    };

    /// A block that is followed.
    struct Block
    {
        ShardBlockId id;               ///< which
        int64_t began{0};              ///< when its first shard came, ticks
        uint8_t n{0};                  ///< shards
        uint32_t doubts{0};            ///< arrivals in doubt
        ShardSet came;                 ///< shards
        std::vector<Arrival> arrivals; ///< of each the first, in order of time
        std::vector<Request> requests; ///< in order of asking
        ShardLinks byAge;              ///< in order of beginning
    };

    static uint32_t Hash(const ShardBlockId& id);
    uint32_t Find(const ShardBlockId& id) const;
    uint32_t Begin(int64_t now, const ShardBlockId& id, uint8_t n);
    void SettleOld(int64_t now);
    void Settle(uint32_t handle);
    static Request* FindRequest(Block& block, uint8_t index);
    void Twice(int64_t now, Block& block, uint8_t index);
    void LearnTrip(int64_t trip);

    int64_t m_horizon;
    ShardPool<Block> m_blocks;
    ShardList<Block, &Block::byAge> m_byAge;
    ShardIndex m_index;
    ShardRecentValues m_gaps;   ///< longest of a block, ticks
    ShardRecentValues m_trips;  ///< of answers, ticks
    ShardSmoothedMean m_trip;   ///< likewise; guessed as long as there is no sure one
    int64_t m_least{INT64_MAX}; ///< shortest that was guessed, ticks
    uint64_t m_needless{0};     ///< came twice
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_REQUEST_LEARNER_H
