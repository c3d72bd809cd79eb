// SPDX-License-Identifier: GPL-2.0-only
#include "content-models.h"

#include "ns3/abort.h"
#include "ns3/random-variable-stream.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ns3
{
namespace sharding
{

namespace
{

/// @return how many segments of that duration cover the length
uint32_t
CountSegments(Time length, Time duration)
{
    NS_ABORT_MSG_UNLESS(length.IsStrictlyPositive() && duration.IsStrictlyPositive(),
                        "a movie of " << length << " in segments of " << duration
                                      << ", allowed are positive times");
    const int64_t count =
        (length.GetTimeStep() + duration.GetTimeStep() - 1) / duration.GetTimeStep();
    NS_ABORT_MSG_IF(count > static_cast<int64_t>(ContentMovie::MAX_SEGMENTS),
                    "a movie of " << count << " segments, allowed are "
                                  << ContentMovie::MAX_SEGMENTS);
    return static_cast<uint32_t>(count);
}

/// @return a size of a shard
uint64_t
WholeBits(double bits)
{
    return static_cast<uint64_t>(std::max(1.0, std::round(bits)));
}

} // namespace

ContentMovie
MakeConstantMovie(Time length, Time duration, const std::vector<double>& bitrates)
{
    std::vector<uint64_t> row;
    for (const double bitrate : bitrates)
    {
        row.push_back(WholeBits(bitrate * duration.GetSeconds()));
    }
    return ContentMovie(duration,
                        bitrates,
                        std::vector<std::vector<uint64_t>>(CountSegments(length, duration), row));
}

ContentMovie
MakeVariableMovie(Time length,
                  Time duration,
                  const std::vector<double>& bitrates,
                  const ContentSceneModel& model,
                  int64_t stream)
{
    const uint32_t count = CountSegments(length, duration);
    const double seconds = duration.GetSeconds();
    Ptr<ExponentialRandomVariable> lasting = CreateObject<ExponentialRandomVariable>();
    lasting->SetStream(stream);
    Ptr<NormalRandomVariable> complexity = CreateObject<NormalRandomVariable>();
    complexity->SetStream(stream + 1);

    // The integral over each segment of log2 of the complexity.
    std::vector<double> logs(count, 0.0);
    const double all = seconds * count;
    double mean = 0;
    for (double now = 0; now < all;)
    {
        const double least = 0.04; // a picture
        const double scene = std::max(least, lasting->GetValue(model.meanScene.GetSeconds(), all));
        const double log = complexity->GetValue(0, model.deviation * model.deviation);
        const double end = std::min(all, now + scene);
        mean += log * (end - now) / all;
        for (auto s = static_cast<std::size_t>(now / seconds); s < count; ++s)
        {
            const double from = std::max(now, static_cast<double>(s) * seconds);
            const double to = std::min(end, static_cast<double>(s + 1) * seconds);
            if (from >= end)
            {
                break;
            }
            logs[s] += log * std::max(0.0, to - from) / seconds;
        }
        now = end;
    }
    std::vector<double> factors(count);
    double sum = 0;
    for (uint32_t s = 0; s < count; ++s)
    {
        constexpr double LEAST = 0.2;
        factors[s] = std::max(LEAST, 1 + model.sensitivity * (logs[s] - mean));
        sum += factors[s];
    }
    std::vector<std::vector<uint64_t>> bits(count);
    for (uint32_t s = 0; s < count; ++s)
    {
        for (const double bitrate : bitrates)
        {
            bits[s].push_back(WholeBits(bitrate * seconds * factors[s] * count / sum));
        }
    }
    return ContentMovie(duration, bitrates, std::move(bits));
}

ContentNetworkTrace
MakeVariableNetwork(const ContentBandwidthModel& model, int64_t stream)
{
    NS_ABORT_MSG_UNLESS(model.memory >= 0 && model.memory < 1 && model.periods > 0,
                        "a bandwidth with a memory of " << model.memory << " over " << model.periods
                                                        << " periods");
    Ptr<NormalRandomVariable> normal = CreateObject<NormalRandomVariable>();
    normal->SetStream(stream);
    const double fresh = std::sqrt(1 - model.memory * model.memory);
    std::vector<ContentNetworkTrace::Period> periods(model.periods);
    double state = normal->GetValue(0, 1);
    double sum = 0;
    for (auto& period : periods)
    {
        period.duration = model.period;
        period.latency = model.latency;
        period.bandwidth = std::exp(model.deviation * state);
        sum += period.bandwidth;
        state = model.memory * state + fresh * normal->GetValue(0, 1);
    }
    for (auto& period : periods)
    {
        period.bandwidth *= model.mean * model.periods / sum;
    }
    return ContentNetworkTrace(std::move(periods));
}

} // namespace sharding
} // namespace ns3
