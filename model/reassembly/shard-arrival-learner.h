// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_ARRIVAL_LEARNER_H
#define SHARD_ARRIVAL_LEARNER_H

#include "shard-arrival-predictor.h"
#include "shard-release-policy.h"

#include "ns3/predict-curve.h"
#include "ns3/predict-late-conformal.h"
#include "ns3/predict-score.h"
#include "ns3/shard-index.h"
#include "ns3/shard-pool.h"
#include "ns3/shard-smoothed-mean.h"
#include "ns3/shard.h"

#include <array>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/// What a learner has counted.
struct ShardArrivalCounters
{
    uint64_t came{0};          ///< shards learnt from that came
    uint64_t lost{0};          ///< shards learnt from that never came
    uint64_t ignored{0};       ///< blocks that were too many to follow
    uint64_t examined{0};      ///< shards that came and had been forecast for the scores
    uint64_t covered{0};       ///< of these, not later than their 90 % quantile
    double error{0};           ///< sum of their distances from the median that was forecast, s
    PredictPinball score{0.9}; ///< of these, at the level that was asked for, s
};

/**
 * @ingroup sharding
 * Teaches a predictor what it sees of blocks, and puts its questions: which path will a missing
 * shard come on, how far is it behind the first one? A shard is learnt when it comes, or as lost
 * when it has not come within a horizon. What came after it was asked for may be the answer or the
 * late original: it counts as lost unless a second copy comes.
 *
 * Of each block one shard, in turn, is examined: its median, its 90 % quantile and its quantile at
 * one more level are forecast when the block begins, before anything is learnt of it, and compared
 * with what comes.
 *
 * Forecasts are made when a block begins, and a predictor is right about what it says last, when
 * shards of the same block and the same burst have been learnt. So forecasts are held to what was
 * said of the shards that were examined (PredictLateConformal).
 */
class ShardArrivalLearner
{
  public:
    static constexpr uint32_t READY = 64;  ///< arrivals before a forecast means anything
    static constexpr uint32_t ENOUGH = 16; ///< of these on a path; else it is as the slowest

    /**
     * @param predictor to teach
     * @param horizon after a block's first shard, ticks: what comes later is as good as lost
     * @param most blocks followed at a time
     * @param level of the quantile that the score is of, in (0, 1)
     */
    ShardArrivalLearner(Ptr<ShardArrivalPredictor> predictor,
                        int64_t horizon,
                        uint32_t most,
                        double level);

    /**
     * A shard came, whatever became of it. It may be forged: what cannot be is ignored.
     * @param now ticks; never decreases
     * @param shard which
     * @param isKept whether it was kept; only such a one begins a block
     * @param trip round trip, smoothed, s; 0 for not known
     */
    void Came(int64_t now, const Shard& shard, bool isKept, double trip);

    /// Shards were asked for. @param id of their block  @param wanted which
    void Asked(const ShardBlockId& id, const ShardSet& wanted);

    /// A probe came. @param path on which  @param delay that it took, ticks
    void Probed(uint16_t path, int64_t delay);

    /// @param id of a block  @return forecast of its missing shards, until the next call
    const ShardArrivalForecast& Forecast(const ShardBlockId& id);

    /// @return what was counted
    const ShardArrivalCounters& Counters() const
    {
        return m_counters;
    }

    /// @return blocks followed
    uint32_t Followed() const
    {
        return m_blocks.Used();
    }

  private:
    /// A shard that came after it was asked for.
    struct Answer
    {
        uint8_t index; ///< which
        double delay;  ///< s
    };

    /// A block that is followed.
    struct Block
    {
        ShardBlockId id;             ///< which
        int64_t opened{0};           ///< when its first shard came, ticks
        uint8_t n{0};                ///< shards
        uint8_t first{0};            ///< index of that one
        uint16_t path{0};            ///< of that one
        uint8_t examined{0};         ///< index of the shard that is examined
        bool isExamined{false};      ///< there is one
        double spacing{0};           ///< as known when it began, s
        double trip{0};              ///< likewise
        PredictCurve::Values said{}; ///< of it, at all levels, s; may cross and be negative
        double unheld{0};            ///< median of it that the predictor said, s
        ShardSet came;               ///< shards
        ShardSet asked;              ///< shards
        std::vector<Answer> answers; ///< that came and were asked for
        ShardLinks byAge;            ///< in order of beginning
    };

    /// What is known of a path.
    struct Path
    {
        double loss{0};    ///< share lost
        uint32_t came{0};  ///< shards, up to ENOUGH
        int64_t least{-1}; ///< delay of probes, ticks; -1: none came
        int64_t probe{0};  ///< of the last one, ticks
    };

    /// The predictor, asked of the shards of one block.
    class View : public ShardArrivalForecast
    {
      public:
        explicit View(ShardArrivalLearner& learner)
            : m_learner(learner)
        {
        }

        bool IsReady() const override;
        Time Quantile(uint32_t index, double probability) const override;
        double LossOdds(uint32_t index, Time waited) const override;

        uint32_t block{SHARD_NIL}; ///< handle

      private:
        ShardArrivalLearner& m_learner;
    };

    static uint32_t Hash(const ShardBlockId& id);
    uint32_t Find(const ShardBlockId& id) const;
    void Begin(int64_t now, const Shard& shard, double trip);
    void Settle(uint32_t handle);
    PredictCurve::Values Curve(const PredictArrivalFeatures& features) const;
    PredictArrivalFeatures Features(const Block& block, uint32_t index) const;
    uint16_t PathOf(const Block& block, uint32_t index) const;
    void Examine(const Block& block, uint32_t index, double delay);
    void LearnCame(const Block& block, uint32_t index, double delay);
    void LearnLost(const Block& block, uint32_t index);
    Path& At(uint16_t path);

    Ptr<ShardArrivalPredictor> m_predictor;
    int64_t m_horizon;
    uint32_t m_most;
    double m_level;
    PredictLateConformal m_held; ///< forecasts, to what was said
    View m_view{*this};
    ShardPool<Block> m_blocks;
    ShardList<Block, &Block::byAge> m_byAge;
    ShardIndex m_index;
    std::vector<Path> m_paths;
    std::array<int32_t, 256> m_turn; ///< by distance of indexes: of paths, last seen; -1: never
    ShardSmoothedMean m_spacing;     ///< between neighbours of a block, s
    ShardArrivalCounters m_counters;
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_ARRIVAL_LEARNER_H
