// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_WAY_ESTIMATOR_H
#define SHARD_WAY_ESTIMATOR_H

#include "ns3/predict-series.h"
#include "ns3/shard-destination.h"
#include "ns3/shard-report.h"

#include <cstdint>
#include <map>
#include <memory>

namespace ns3
{
namespace sharding
{

/// What an estimator is told.
struct ShardEstimatorSettings
{
    double memory{60};                         ///< of loss, while it seems steady, s
    double alert{1};                           ///< of the loss that is watched for a change, s
    double surprise{4};                        ///< standard errors that make a change
    PredictSeriesKind predictor{PREDICT_HOLT}; ///< of congestion
    double fullLoss{0.1};                      ///< loss that counts as full congestion
    double fullQueue{50e-3};                   ///< queueing that counts as full congestion, s
    double fullMarks{0.5};                     ///< share of marked shards that does
};

/**
 * @ingroup sharding
 * From a node's reports to what is believed of the way to it. Loss and the chance that a loss
 * follows a loss are counted with exponential forgetting, over two times: a long one that is
 * believed, and a short one which, where it contradicts the long one by several standard errors,
 * takes its place for a while (change detection by two windows; A. Bifet, R. Gavalda, "Learning
 * from time-changing data with adaptive windowing", SDM 2007). Standard errors know that losses
 * come in bursts. Congestion is predicted from loss, queueing and marks, each as a share of what
 * counts as full congestion.
 */
class ShardWayEstimator
{
  public:
    /// @param settings how
    explicit ShardWayEstimator(const ShardEstimatorSettings& settings);

    /**
     * @param report one that is later than all before
     * @param depth blocks that the sender interleaves, at least 1; 0 where that has changed lately:
     *        then nothing is learnt of bursts
     * @param destination what is believed: loss, delays and rates are set
     */
    void Take(const ShardReport& report, uint32_t depth, ShardDestination& destination);

  private:
    /// Counts that fade.
    struct Tally
    {
        double shards{0};    ///< expected
        double lost{0};      ///< of these, lost
        double pairs{0};     ///< lost ones whose successor is known
        double pairsLost{0}; ///< of these successors, lost

        void Fade(double share);
        void Add(const ShardReport& report);
        double Loss() const;
        double Follow(double prior) const;
    };

    /// Loss of a tally, and its standard error where losses cling together by so much.
    static double Variance(const Tally& tally, double loss, double cling);

    ShardEstimatorSettings m_settings;
    Tally m_long;                           ///< believed
    Tally m_short;                          ///< watched
    std::unique_ptr<PredictSeries> m_loss;  ///< of each interval
    std::unique_ptr<PredictSeries> m_queue; ///< likewise, s
    std::unique_ptr<PredictSeries> m_marks; ///< likewise
    double m_settling{0};                   ///< left, after a change, s
    std::map<uint16_t, uint32_t> m_least;   ///< delay of all time, us, by path
    uint32_t m_depth{1};                    ///< blocks that are interleaved
    double m_trip{-1};                      ///< smoothed, s; negative for not known
    double m_byteRate{-1};                  ///< smoothed; negative for not known
    double m_blockRate{0};                  ///< smoothed
    double m_flows{1};                      ///< smoothed
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_WAY_ESTIMATOR_H
