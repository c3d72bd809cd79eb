// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_REPORTER_H
#define SHARD_REPORTER_H

#include "shard-recent-values.h"
#include "shard-release.h"

#include "ns3/shard-index.h"
#include "ns3/shard-report.h"
#include "ns3/shard-ring.h"
#include "ns3/shard-set.h"
#include "ns3/shard.h"

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <unordered_set>
#include <vector>

namespace ns3
{
namespace sharding
{

/// What a reporter is told.
struct ShardReporterSettings
{
    int64_t interval{100000000}; ///< between reports, ticks
    int64_t minWait{1000000};    ///< shortest silence after which a shard is lost, not late, ticks
};

/**
 * @ingroup sharding
 * Sees what comes to a reassembly node and says so, an interval at a time (RFC 3550's receiver
 * report). It reads no clock: every call says when it is, and NextDeadline() until when a call is
 * due. Reports end when nothing comes any more.
 *
 * What was lost is known from the blocks: their shards are numbered, and so are the blocks of a
 * flow. A block is settled when nothing of it has come for an eighth longer than the longest
 * silence within one of the last blocks, which is the way from one path to the next where paths
 * differ; what has not come then is lost. Until a silence is known, an interval is waited. Of a
 * block that was asked for, what came before counts. What was called lost and comes after all is
 * taken off the next report, so that over some reports the losses are right; of what was asked for
 * only the second copy says that (the idea of RFC 8985, 6.2). One-way delays are those of probes.
 */
class ShardReporter
{
  public:
    /// Sends a report on the path on which something came last.
    using Send = std::function<void(int64_t now, uint16_t path, const ShardReport& report)>;

    /// Nothing is due.
    static constexpr int64_t NEVER = std::numeric_limits<int64_t>::max();

    /// @param settings how  @param send sends reports
    ShardReporter(const ShardReporterSettings& settings, Send send);

    /**
     * A block later in its flow than all before has begun.
     * @param now when, ticks; never decreases, here and below
     * @param id of the block  @param n its shards
     */
    void Began(int64_t now, const ShardBlockId& id, uint8_t n);

    /**
     * Blocks of a flow were passed over.
     * @param now when, ticks
     * @param first of them  @param count how many
     * @param n shards of each: those of the block that came
     */
    void PassedOver(int64_t now, const ShardBlockId& first, uint32_t count, uint8_t n);

    /// @param now when, ticks  @param shard that came, well-formed
    void Came(int64_t now, const Shard& shard);

    /// @param id of a block of which shards were asked for  @param wanted those: what comes of them
    /// now may be the answer
    void Requested(const ShardBlockId& id, const ShardSet& wanted);

    /// @param bytes of a datagram that was released
    void Released(uint32_t bytes)
    {
        m_report.delivered += bytes;
    }

    /**
     * A probe came.
     * @param now when, ticks
     * @param path it took  @param probe what it says
     * @param isMarked it came with congestion experienced
     */
    void Probed(int64_t now, uint16_t path, const ShardProbe& probe, bool isMarked = false);

    /// @param now when it is, ticks; a report that is due until then is sent
    void Advance(int64_t now);

    /// @return when Advance is to be called next, ticks; NEVER for nothing
    int64_t NextDeadline() const
    {
        return m_due;
    }

  private:
    static constexpr std::size_t MOST_BLOCKS = 8192;  ///< that are remembered
    static constexpr std::size_t MOST_PROBES = 64;    ///< whose delays are remembered
    static constexpr uint32_t MOST_PROBES_DUE = 1000; ///< that one probe makes known
    static constexpr std::size_t MOST_TRIPS = 64;     ///< reports whose time is remembered

    /// A block that has begun, or was passed over.
    struct Block
    {
        ShardBlockId id;       ///< which
        uint8_t n{0};          ///< shards
        bool isBegun{false};   ///< by a shard of it, not passed over
        bool isSettled{false}; ///< it has been counted
        uint32_t lag{0};       ///< from a shard to the next on its path, when it was counted
        int64_t longest{-1};   ///< silence between two shards of it, ticks; negative for none
        int64_t last{0};       ///< when the last shard of it came, or it was passed over
        ShardSet came;         ///< which shards, in time or surely not lost
        ShardSet asked;        ///< which were asked for
        ShardSet often;        ///< which were asked for more than once: what comes says nothing
        ShardSet again;        ///< which came after they were asked for: late, or the answer
    };

    /// Shards that were called lost and were not.
    struct Unsaid
    {
        uint32_t lost{0};      ///< such shards
        uint32_t pairs{0};     ///< of which the successor was looked at
        uint32_t pairsLost{0}; ///< pairs that were called lost and were not
    };

    static uint32_t Hash(const ShardBlockId& id);
    Block* Find(const ShardBlockId& id);
    void Add(int64_t now, const ShardBlockId& id, uint8_t n);
    void Came(int64_t now, Block& block, const ShardFields& fields);
    void Unsay(Block& block, uint32_t index);
    void Settle(int64_t now);
    int64_t Wait(const Block& block) const;
    uint32_t PathsUsed() const;
    void Count(Block& block);
    void Wake(int64_t now);
    void Fill(int64_t now);

    Block& At(uint32_t place)
    {
        return m_blocks[place % MOST_BLOCKS];
    }

    ShardReporterSettings m_settings;
    Send m_send;
    std::vector<Block> m_blocks; ///< those from m_first to m_end, by place modulo their number
    uint32_t m_first{0};         ///< the oldest remembered
    uint32_t m_settled{0};       ///< behind the last that is settled
    uint32_t m_end{0};           ///< behind the latest
    ShardIndex m_index;          ///< by id
    ShardRecentValues m_gaps;    ///< longest silences of blocks, ticks
    std::vector<ShardRing<uint32_t>> m_delays; ///< of the last probes, us, by path
    std::vector<ShardProbe> m_probed;          ///< the latest probe, by path
    uint32_t m_pathsBefore{1};                 ///< how many paths were used in the interval before
    std::vector<bool> m_pathUsed;         ///< which paths something came on since the last report
    std::unordered_set<uint64_t> m_flows; ///< whose blocks began since the last report
    std::array<int64_t, MOST_TRIPS> m_reportAt{}; ///< when a report was sent, by its number
    Unsaid m_unsaid;                              ///< what is to be taken off the next one
    ShardReport m_report;                         ///< the one that is being filled
    uint64_t m_shards{0};                         ///< that came since the last one
    uint16_t m_path{0};                           ///< on which something came last
    int64_t m_begin{0};                           ///< of the interval, ticks
    int64_t m_due{NEVER};                         ///< its end, ticks
    bool m_some{false};                           ///< something came in the interval
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_REPORTER_H
