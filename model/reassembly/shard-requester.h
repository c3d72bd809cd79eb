// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_REQUESTER_H
#define SHARD_REQUESTER_H

#include "shard-release.h"
#include "shard-request-learner.h"
#include "shard-request-paths.h"

#include "ns3/shard-control.h"
#include "ns3/shard-index.h"
#include "ns3/shard-pool.h"
#include "ns3/shard-smoothed-mean.h"
#include "ns3/shard-turns.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

/// What a block that is not complete lacks.
struct ShardNeed
{
    bool isOpen{false};  ///< something of it has come
    ShardSet wanted;     ///< shards that would complete it, no more than needed; where it is open
    int64_t deadline{0}; ///< when it will be given up, ticks; where it is open
};

/// What a requester is told.
struct ShardRequesterSettings
{
    uint32_t rounds{3};                ///< most requests for a block
    int64_t timeout{500000000};        ///< a block of which nothing came is given up after, ticks
    int64_t minWait{1000000};          ///< shortest silence after which shards are missed, ticks
    int64_t initialTimeout{100000000}; ///< until an answer has been seen, ticks
    double rate{10000};                ///< most requests a second
    uint32_t burst{100};               ///< requests that may be sent at once
};

/// What a requester has counted.
struct ShardRequesterCounters
{
    uint64_t requests{0};  ///< sent
    uint64_t deferred{0};  ///< times that one had to wait for the rate
    uint64_t hopeless{0};  ///< blocks whose deadline was too near for an answer
    uint64_t exhausted{0}; ///< blocks that had asked as often as allowed
    uint64_t ignored{0};   ///< missing blocks that were too many to follow
    uint64_t needless{0};  ///< shards that were asked for and came twice
};

/**
 * @ingroup sharding
 * Asks for shards that are missing (selective repeat with rounds; S. Lin, D. Costello, M. Miller,
 * "Automatic-repeat-request error-control schemes", IEEE Comm. Magazine 1984). It reads no clock:
 * every call says when it is, and NextDeadline() until when a call is due.
 *
 * A block is missed when nothing of it has come for a while that is learnt from the longest silence
 * of each of the last blocks (ShardRequestLearner): an eighth longer than three of four of these,
 * so that neither reordering nor paths of different delay cost many requests. Less would be sooner,
 * but where the links are nearly full needless copies make shards late, and that makes more of
 * them. Then it asks for as many shards as decoding lacks, which leaves out what the erasure code
 * will do. The answer is waited for as TCP waits (RFC 6298: smoothed round trip and four
 * deviations, doubled every round; round trips of first requests only, after Karn), but when shards
 * come and stop coming again, not that long. A block of which nothing came is noticed by the next
 * one of its flow, and asked for as a whole. Nothing is asked for that could not come before the
 * block's deadline, and no more requests leave than a token bucket lets pass.
 *
 * Whoever knows better when a shard is lost tells it (AskNow); then each shard of the block is
 * asked for by itself, and again when its answer is overdue.
 */
class ShardRequester
{
  public:
    /// Sends a request; its answer comes back on the same path. That is the one on which the
    /// block's first shard came, or, where several are about as quick, each of them for some of the
    /// shards; again, that on which something of the block came last.
    using Send =
        std::function<void(int64_t now, uint32_t peer, uint16_t path, const ShardRequest& request)>;
    /// Says what a block lacks; nothing when it has ended.
    using Ask = std::function<std::optional<ShardNeed>(const ShardBlockId& id)>;

    /// Nothing is due.
    static constexpr int64_t NEVER = ShardTurns::NEVER;

    /// @param settings how  @param send sends requests  @param ask knows the blocks
    ShardRequester(const ShardRequesterSettings& settings, Send send, Ask ask);

    /**
     * A shard was kept.
     * @param now when, ticks; never decreases
     * @param id its block
     * @param path it took
     * @param index of it
     */
    void Kept(int64_t now, const ShardBlockId& id, uint16_t path, uint8_t index = 0);

    /**
     * A shard came, kept or not: it is learnt from. Before Kept().
     * @param now when, ticks; never decreases
     * @param id its block
     * @param n shards of the block
     * @param index of it
     * @param isKept whether it was kept
     */
    void Came(int64_t now, const ShardBlockId& id, uint8_t n, uint8_t index, bool isKept)
    {
        m_learner.Came(now, id, n, index, isKept);
        m_counters.needless = m_learner.Needless();
    }

    /**
     * Blocks of a flow were passed over: a later one has begun.
     * @param now when, ticks
     * @param first of them
     * @param count how many
     * @param path on which the later one came
     */
    void PassedOver(int64_t now, const ShardBlockId& first, uint32_t count, uint16_t path);

    /// @param id of a block that is first asked for by AskNow(), not after a silence
    void Hold(const ShardBlockId& id);

    /**
     * Ask for shards of a block as soon as the rate allows. From then on only what was told so is
     * asked for of this block, and only that is an answer.
     * @param now when, ticks
     * @param id of the block
     * @param wanted which; none: what decoding lacks
     */
    void AskNow(int64_t now, const ShardBlockId& id, const ShardSet& wanted);

    /// @param id of a block  @return whether it is followed and may be asked for (again)
    bool MayAsk(const ShardBlockId& id) const;

    /// @param id of a block  @return shards of it that AskNow() was told of and that have not come
    ShardSet Asked(const ShardBlockId& id) const;

    /// @param id of a block  @return until when shards that were asked for are waited for, ticks;
    /// 0 where none are
    int64_t AnswerDue(const ShardBlockId& id) const;

    /// @return smoothed time from a request to the answer, ticks; 0 for not known
    double Trip() const
    {
        return m_learner.Trip().IsKnown() ? m_learner.Trip().Mean() : 0;
    }

    /// @param id of a block that has ended
    void Ended(const ShardBlockId& id);

    /// @param now when it is, ticks; what is due until then is done
    void Advance(int64_t now);

    /// @return when Advance is to be called next, ticks; not later than needed, NEVER for nothing
    int64_t NextDeadline() const
    {
        return m_turns.Next();
    }

    /// @return blocks that are followed
    uint32_t Pending() const
    {
        return m_pool.Used();
    }

    /// @return what was counted
    const ShardRequesterCounters& Counters() const
    {
        return m_counters;
    }

  private:
    /// A shard that it was told of.
    struct Told
    {
        uint8_t index; ///< which
        uint8_t round; ///< requests for it
        int64_t due;   ///< when it is to be asked for (again), ticks
    };

    /// A block that is not complete.
    struct Entry : ShardTurns::Slot
    {
        ShardBlockId id;        ///< which
        int64_t began{0};       ///< when it was first heard of
        int64_t asked{0};       ///< when it was last asked for
        int64_t firstAsked{0};  ///< when it was first asked for
        int64_t opened{0};      ///< when its first shard came
        uint64_t paths{0};      ///< on which something came, of the first 64
        int64_t deferred{0};    ///< no request before: there was no token
        uint16_t path{0};       ///< on which the last shard came
        uint16_t firstPath{0};  ///< on which the first one did
        uint8_t round{0};       ///< requests sent
        bool isAnswered{false}; ///< a shard has come since it was asked for
        bool isTold{false};     ///< AskNow was called
        std::vector<Told> told; ///< what it was told of and has not come
    };

    static uint32_t Hash(const ShardBlockId& id);
    uint32_t Find(const ShardBlockId& id) const;
    uint32_t Add(int64_t now, const ShardBlockId& id, uint16_t path);
    void LearnWay(int64_t now, Entry& entry, uint16_t path);
    void Remove(uint32_t handle);
    void SetDue(uint32_t handle, int64_t due);
    void Fire(int64_t now, uint32_t handle);
    int64_t Wait() const;
    int64_t AnswerTimeout(uint32_t round, bool isTold) const;
    static ShardSet WantedOf(const Entry& entry);
    ShardSet TakeTold(int64_t now, Entry& entry);
    void SetToldDue(uint32_t handle);
    std::vector<std::pair<uint16_t, ShardSet>> Share(int64_t now,
                                                     const Entry& entry,
                                                     const ShardSet& wanted);

    bool TakeToken(int64_t now, int64_t& when);

    static constexpr uint32_t MOST_PENDING = 65536; ///< blocks that are followed
    static constexpr uint32_t MOST_REQUESTS = 255;  ///< for a block that it was told of
    static constexpr double SILENT = 0.75;   ///< of blocks, whose silence is longer by an eighth
    static constexpr double ANSWERED = 0.95; ///< of answers, which are waited for where told
    static constexpr uint32_t FEW = 8;       ///< answers before that means anything

    ShardRequesterSettings m_settings;
    Send m_send;
    Ask m_ask;
    ShardPool<Entry> m_pool;
    ShardIndex m_index;
    ShardTurns m_turns; ///< when to look at which
    ShardRequestLearner m_learner;
    ShardRequestPaths m_paths; ///< which requests go over
    double m_tokens{0};        ///< requests that may be sent now
    int64_t m_tokensAt{0};     ///< when that was so
    ShardRequesterCounters m_counters;
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_REQUESTER_H
