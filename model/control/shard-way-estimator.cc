// SPDX-License-Identifier: GPL-2.0-only
#include "shard-way-estimator.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr double PRIOR_LOST = 0.5;  ///< shards, as if they had been lost before
constexpr double PRIOR_SHARDS = 50; ///< of so many
constexpr double PRIOR_BURST = 1.2; ///< before losses were seen
constexpr double PRIOR_PAIRS = 2;   ///< that this is worth

/// Follow a value with a gain; the first one begins it.
void
Smooth(double value, double gain, double& mean)
{
    mean = mean < 0 ? value : mean + gain * (value - mean);
}

} // namespace

void
ShardWayEstimator::Tally::Fade(double share)
{
    shards *= share;
    lost *= share;
    pairs *= share;
    pairsLost *= share;
}

void
ShardWayEstimator::Tally::Add(const ShardReport& report)
{
    // What is sent as plain packets is not seen; what becomes of probes says a little then.
    shards += report.expected != 0 ? report.expected : report.probes;
    lost += report.expected != 0 ? report.lost : report.probesLost;
    pairs += report.pairs;
    pairsLost += report.pairsLost;
}

/// @return mean loss, as if a little had been seen before
double
ShardWayEstimator::Tally::Loss() const
{
    return (lost + PRIOR_LOST) / (shards + PRIOR_SHARDS);
}

/// @return chance that the successor of a loss is lost, too
double
ShardWayEstimator::Tally::Follow(double prior) const
{
    return (pairsLost + PRIOR_PAIRS * prior) / (pairs + PRIOR_PAIRS);
}

double
ShardWayEstimator::Variance(const Tally& tally, double loss, double cling)
{
    const double inflation = (1 + cling) / (1 - cling); // of a mean over a Markov chain
    return loss * (1 - loss) * std::max(1.0, inflation) / std::max(1.0, tally.shards);
}

ShardWayEstimator::ShardWayEstimator(const ShardEstimatorSettings& settings)
    : m_settings(settings),
      m_loss(PredictSeries::Make(settings.predictor)),
      m_queue(PredictSeries::Make(settings.predictor)),
      m_marks(PredictSeries::Make(settings.predictor))
{
}

void
ShardWayEstimator::Take(const ShardReport& report, uint32_t depth, ShardDestination& destination)
{
    const double seconds = std::max(1e-6, report.interval / 1e6);
    m_long.Fade(std::exp(-seconds / m_settings.memory));
    m_short.Fade(std::exp(-seconds / m_settings.alert));
    ShardReport counted = report;
    if (depth == 0)
    {
        counted.pairs = counted.pairsLost = 0;
    }
    m_long.Add(counted);
    m_short.Add(counted);

    m_depth = depth == 0 ? m_depth : depth;
    // A chain that steps `depth` packets at a time clings as that power of what it does at one.
    const double follow = m_long.Follow(1 - 1 / PRIOR_BURST);
    double loss = m_long.Loss();
    double cling = (follow - loss) / (1 - loss);
    cling = std::copysign(std::pow(std::fabs(cling), 1.0 / m_depth), cling);
    cling = std::clamp(cling, -loss / (1 - loss), 0.999);
    const double error = std::sqrt(Variance(m_short, loss, cling) + Variance(m_long, loss, cling));
    if (std::fabs(m_short.Loss() - loss) > m_settings.surprise * error &&
        m_short.shards * std::max(loss, m_short.Loss()) >= 5)
    {
        m_settling = 3 * m_settings.alert;
    }
    // The short time is half full of what was before the change when that is noticed.
    if (m_settling > 0)
    {
        m_settling -= seconds;
        m_long = m_short;
        loss = m_long.Loss();
    }
    destination.loss = loss;
    destination.lossError = std::sqrt(Variance(m_long, loss, cling));
    destination.burst = std::max(1.0, 1 / ((1 - cling) * (1 - loss)));

    const ShardPathReport* slowest = nullptr;
    for (const ShardPathReport& path : report.paths)
    {
        if (path.count != 0)
        {
            uint32_t& least = m_least.try_emplace(path.path, path.least).first->second;
            least = std::min(least, path.least);
        }
        if (path.count != 0 && path.path == 0)
        {
            destination.delayPlain = MicroSeconds(path.p50);
        }
        if (path.count != 0 && (slowest == nullptr || path.p50 > slowest->p50))
        {
            slowest = &path;
        }
    }
    double queue = 0;
    if (slowest != nullptr)
    {
        destination.delay = MicroSeconds(slowest->p50);
        destination.delayTail = MicroSeconds(slowest->p99);
        destination.delayLeast = MicroSeconds(m_least.at(slowest->path));
        queue = (destination.delay - destination.delayLeast).GetSeconds();
    }
    if (report.trip != 0)
    {
        Smooth(report.trip / 1e6, 0.125, m_trip);
        destination.trip = MicroSeconds(static_cast<uint64_t>(std::llround(1e6 * m_trip)));
    }
    const double gain = 1 - std::exp(-seconds);
    const bool isFirst = m_byteRate < 0;
    Smooth(static_cast<double>(report.bytes) / seconds, gain, m_byteRate);
    m_blockRate = isFirst ? report.blocks / seconds
                          : m_blockRate + gain * (report.blocks / seconds - m_blockRate);
    m_flows = isFirst ? std::max(1U, report.flows) : m_flows + gain * (report.flows - m_flows);
    destination.byteRate = m_byteRate;
    destination.blockRate = m_blockRate;
    destination.flowRate = m_blockRate / std::max(1.0, m_flows);

    // A probe or two an interval are too few to be taken one by one, or without doubt.
    m_loss->Add(report.expected != 0 ? report.Loss()
                                     : m_long.lost / (m_long.shards + PRIOR_SHARDS));
    m_queue->Add(queue);
    // Marks are of what came, in this interval; what was expected is what was settled in it.
    const double seen = std::max<double>(report.marked, report.expected + report.probes);
    m_marks->Add(report.marked == 0 ? 0 : report.marked / seen);
    destination.congestion =
        std::clamp(std::max(0.0, m_loss->Ahead(1)) / m_settings.fullLoss +
                       std::max(0.0, m_queue->Ahead(1)) / m_settings.fullQueue +
                       std::max(0.0, m_marks->Ahead(1)) / m_settings.fullMarks,
                   0.0,
                   1.0);
    ++destination.reports;
}

} // namespace sharding
} // namespace ns3
