// SPDX-License-Identifier: GPL-2.0-only
#include "shard-arrival-learner.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr double TICKS = 1e9;         ///< a second
constexpr double LOSS_GAIN = 1. / 64; ///< of a new shard in a path's share of losses
constexpr double HOLD_GAIN = 0.1;     ///< of an outcome, in mean errors of what was forecast
constexpr uint32_t MOST_PATHS = 1024; ///< of which anything is known

/// @param seconds not negative  @return the time
Time
ToTime(double seconds)
{
    constexpr double MOST = 1e15; // eleven days
    return TimeStep(static_cast<uint64_t>(std::min(MOST, std::max(0.0, seconds * TICKS))));
}

} // namespace

ShardArrivalLearner::ShardArrivalLearner(Ptr<ShardArrivalPredictor> predictor,
                                         int64_t horizon,
                                         uint32_t most,
                                         double level)
    : m_predictor(predictor),
      m_horizon(horizon),
      m_most(most),
      m_level(level),
      m_held(HOLD_GAIN)
{
    m_counters.score = PredictPinball(level);
    m_turn.fill(-1);
}

uint32_t
ShardArrivalLearner::Hash(const ShardBlockId& id)
{
    return ShardIndex::Hash(id.peer, id.flow, id.block);
}

uint32_t
ShardArrivalLearner::Find(const ShardBlockId& id) const
{
    return m_index.Find(Hash(id), [&](uint32_t handle) { return m_blocks[handle].id == id; });
}

ShardArrivalLearner::Path&
ShardArrivalLearner::At(uint16_t path)
{
    const size_t place = std::min<size_t>(path, MOST_PATHS - 1);
    m_paths.resize(std::max(m_paths.size(), place + 1));
    return m_paths[place];
}

/// @return on which path a shard comes: as far from the first one's as shards so far apart were
/// when last seen, which holds for all placements that go round
uint16_t
ShardArrivalLearner::PathOf(const Block& block, uint32_t index) const
{
    const int32_t turn = m_turn[(index - block.first) & 255];
    if (turn < 0)
    {
        return block.path;
    }
    return static_cast<uint16_t>((block.path + static_cast<uint32_t>(turn)) % m_paths.size());
}

PredictArrivalFeatures
ShardArrivalLearner::Features(const Block& block, uint32_t index) const
{
    PredictArrivalFeatures features;
    features.path = PathOf(block, index);
    features.ahead = static_cast<double>(index) - block.first;
    features.spacing = block.spacing;
    features.rtt = block.trip;
    const Path& path = m_paths[std::min<size_t>(features.path, m_paths.size() - 1)];
    features.loss = path.loss;
    features.probe = path.least < 0 ? 0 : static_cast<double>(path.probe - path.least) / TICKS;
    return features;
}

void
ShardArrivalLearner::LearnCame(const Block& block, uint32_t index, double delay)
{
    const PredictArrivalFeatures features = Features(block, index);
    Path& path = At(features.path);
    path.loss -= path.loss * LOSS_GAIN;
    path.came = std::min(path.came + 1, ENOUGH);
    m_predictor->Came(features, delay);
    ++m_counters.came;
}

void
ShardArrivalLearner::LearnLost(const Block& block, uint32_t index)
{
    const PredictArrivalFeatures features = Features(block, index);
    Path& path = At(features.path);
    path.loss += (1 - path.loss) * LOSS_GAIN;
    m_predictor->Lost(features);
    ++m_counters.lost;
}

/// @return quantiles of a shard's delay, held to what was said of others
PredictCurve::Values
ShardArrivalLearner::Curve(const PredictArrivalFeatures& features) const
{
    PredictCurve::Values curve = m_predictor->Curve(features);
    m_held.Correct(curve);
    PredictCurve::Rearrange(curve);
    return curve;
}

/// Compares a delay with what was said, if it is of the shard that is examined.
void
ShardArrivalLearner::Examine(const Block& block, uint32_t index, double delay)
{
    if (!block.isExamined || block.examined != index)
    {
        return;
    }
    PredictCurve::Values curve = block.said;
    PredictCurve::Rearrange(curve);
    const auto said = [&](double level)
    { return std::max(0.0, PredictCurve::Quantile(curve, level)); };
    ++m_counters.examined;
    m_counters.covered += delay <= said(0.9);
    m_counters.error += std::fabs(delay - said(0.5));
    m_counters.score.Add(said(m_level), delay);
    m_held.Learn(block.said, block.unheld, delay);
}

void
ShardArrivalLearner::Begin(int64_t now, const Shard& shard, double trip)
{
    if (m_blocks.Used() >= m_most)
    {
        ++m_counters.ignored;
        return;
    }
    const uint32_t handle = m_blocks.Take();
    Block& block = m_blocks[handle];
    block = Block();
    block.id = {shard.peer, shard.fields.flow, shard.fields.block};
    block.opened = now;
    block.n = shard.fields.n;
    block.first = shard.fields.index;
    block.path = shard.path;
    block.spacing = m_spacing.IsKnown() ? m_spacing.Mean() : 0;
    block.trip = trip;
    block.came.Set(block.first);
    At(block.path);
    m_index.Insert(Hash(block.id), handle);
    m_byAge.PushBack(m_blocks, handle);
    if (m_counters.came >= READY)
    {
        const uint32_t others = block.n - 1U;
        block.examined =
            static_cast<uint8_t>((block.first + 1 + block.id.block % others) % block.n);
        block.isExamined = true;
        const PredictArrivalFeatures features = Features(block, block.examined);
        block.said = m_predictor->Curve(features);
        block.unheld = block.said[PredictCurve::MEDIAN];
        m_held.Correct(block.said);
    }
}

void
ShardArrivalLearner::Came(int64_t now, const Shard& shard, bool isKept, double trip)
{
    while (!m_byAge.Empty() && m_blocks[m_byAge.Front()].opened <= now - m_horizon)
    {
        Settle(m_byAge.Front());
    }
    const ShardBlockId id{shard.peer, shard.fields.flow, shard.fields.block};
    const uint32_t handle = Find(id);
    if (handle == ShardIndex::NONE)
    {
        if (isKept && shard.fields.n > 1)
        {
            Begin(now, shard, trip);
        }
        return;
    }
    Block& block = m_blocks[handle];
    const uint32_t index = shard.fields.index;
    if (shard.fields.n != block.n || index >= block.n)
    {
        return; // forged
    }
    const double delay = static_cast<double>(now - block.opened) / TICKS;
    if (block.came.Test(index))
    {
        // Asked for, and both copies came: the first to come was the original, most likely.
        for (Answer& answer : block.answers)
        {
            if (answer.index == index)
            {
                Examine(block, index, answer.delay);
                LearnCame(block, index, answer.delay);
                answer = block.answers.back();
                block.answers.pop_back();
                break;
            }
        }
        return;
    }
    block.came.Set(index);
    if (block.asked.Test(index))
    {
        block.answers.push_back({static_cast<uint8_t>(index), delay});
        return;
    }
    At(shard.path);
    const auto paths = static_cast<uint32_t>(m_paths.size());
    m_turn[(index - block.first) & 255] =
        static_cast<int32_t>((shard.path + paths - block.path % paths) % paths);
    Examine(block, index, delay);
    if (index > block.first)
    {
        m_spacing.Learn(delay / (index - block.first));
    }
    LearnCame(block, index, delay);
    if (block.answers.empty() && block.came == ShardSet::Below(block.n))
    {
        Settle(handle);
    }
}

void
ShardArrivalLearner::Settle(uint32_t handle)
{
    const Block& block = m_blocks[handle];
    for (uint32_t index = 0; index < block.n; ++index)
    {
        if (!block.came.Test(index))
        {
            LearnLost(block, index);
        }
    }
    for (const Answer& answer : block.answers)
    {
        LearnLost(block, answer.index);
    }
    m_index.Erase(Hash(block.id), handle);
    m_byAge.Remove(m_blocks, handle);
    m_blocks.Give(handle);
}

void
ShardArrivalLearner::Asked(const ShardBlockId& id, const ShardSet& wanted)
{
    const uint32_t handle = Find(id);
    if (handle != ShardIndex::NONE)
    {
        m_blocks[handle].asked = m_blocks[handle].asked | (wanted - m_blocks[handle].came);
    }
}

void
ShardArrivalLearner::Probed(uint16_t path, int64_t delay)
{
    Path& known = At(path);
    known.probe = delay;
    known.least = known.least < 0 ? delay : std::min(known.least, delay);
}

const ShardArrivalForecast&
ShardArrivalLearner::Forecast(const ShardBlockId& id)
{
    m_view.block = Find(id);
    return m_view;
}

bool
ShardArrivalLearner::View::IsReady() const
{
    return block != ShardIndex::NONE && m_learner.m_counters.came >= READY;
}

Time
ShardArrivalLearner::View::Quantile(uint32_t index, double probability) const
{
    PredictArrivalFeatures features = m_learner.Features(m_learner.m_blocks[block], index);
    const std::vector<Path>& paths = m_learner.m_paths;
    if (paths[std::min<size_t>(features.path, paths.size() - 1)].came >= ENOUGH)
    {
        return ToTime(PredictCurve::Quantile(m_learner.Curve(features), probability));
    }
    double slowest = 0;
    for (size_t path = 0; path < paths.size(); ++path)
    {
        if (paths[path].came >= ENOUGH)
        {
            features.path = static_cast<uint16_t>(path);
            slowest =
                std::max(slowest, PredictCurve::Quantile(m_learner.Curve(features), probability));
        }
    }
    return ToTime(slowest);
}

double
ShardArrivalLearner::View::LossOdds(uint32_t index, Time waited) const
{
    return m_learner.m_predictor->LossOdds(m_learner.Features(m_learner.m_blocks[block], index),
                                           static_cast<double>(waited.GetTimeStep()) / TICKS);
}

} // namespace sharding
} // namespace ns3
