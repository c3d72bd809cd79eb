// SPDX-License-Identifier: GPL-2.0-only
#include "endpoint-profiler.h"

#include "ns3/shard-mix.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr double STEP = 0.05;   ///< of the model
constexpr double MEMORY = 0.3;  ///< weight of a client's new session in its history
constexpr double FLOOR = 1e-12; ///< demand below which there is none

} // namespace

EndpointProfiler::EndpointProfiler(EndpointProfile profile, uint32_t groups, Time day)
    : m_profile(profile),
      m_groups(groups),
      m_day(day)
{
}

/// All in units of the mean, so that one step fits all.
EndpointProfiler::Input
EndpointProfiler::InputFor(Time now, const EndpointFeatures& features) const
{
    Input input{};
    input[0] = 1;
    const auto found = m_histories.find(features.client);
    if (found != m_histories.end())
    {
        // From the mean: a client without a history is like one that had the mean.
        input[1] = found->second.demand / std::max(m_mean, FLOOR) - 1;
        input[2] = found->second.rate / std::max(m_meanRate, FLOOR) - 1;
    }
    if (m_day > Time(0))
    {
        const double angle = 2 * M_PI * (now.GetSeconds() / m_day.GetSeconds());
        input[3] = std::sin(angle);
        input[4] = std::cos(angle);
    }
    input[5 + features.region % REGIONS] = 1;
    input[5 + REGIONS + features.device % DEVICES] = 1;
    return input;
}

double
EndpointProfiler::Demand(Time now, const EndpointFeatures& features) const
{
    if (m_profile == ENDPOINT_PROFILE_CLIENT)
    {
        const auto found = m_histories.find(features.client);
        return found == m_histories.end() ? m_mean : found->second.demand;
    }
    if (m_profile == ENDPOINT_PROFILE_NONE)
    {
        return m_mean;
    }
    const Input input = InputFor(now, features);
    double sum = 0;
    for (std::size_t i = 0; i < FEATURES; ++i)
    {
        sum += m_weights[i] * input[i];
    }
    return std::max(0.0, 1 + sum) * m_mean;
}

uint32_t
EndpointProfiler::Group(uint64_t client, double demand)
{
    uint32_t group = 0;
    const double share = static_cast<double>(ShardMix(client) >> 11) / 9007199254740992.0;
    if (!m_recent.empty())
    {
        double below = 0;
        for (const double other : m_recent)
        {
            // Among equal ones its number decides: else all would be in the same group.
            below += other < demand ? 1 : other == demand ? share : 0;
        }
        group = std::min(
            m_groups - 1,
            static_cast<uint32_t>(below / static_cast<double>(m_recent.size()) * m_groups));
    }
    if (m_recent.size() < RANKED)
    {
        m_recent.push_back(demand);
    }
    else
    {
        m_recent[m_place++ % RANKED] = demand;
    }
    return group;
}

void
EndpointProfiler::Learn(Time now,
                        const EndpointFeatures& features,
                        uint32_t requests,
                        Time work,
                        Time lasted)
{
    const double seconds = lasted.GetSeconds();
    if (seconds <= 0)
    {
        return;
    }
    const double demand = work.GetSeconds() / seconds;
    const double rate = requests / seconds;
    if (m_learnt > 0)
    {
        m_errors += std::abs(demand - Demand(now, features));
        m_sum += demand;
    }
    ++m_learnt;
    const double gain = std::max(1.0 / static_cast<double>(m_learnt), 0.001);
    m_mean += gain * (demand - m_mean);
    m_meanRate += gain * (rate - m_meanRate);
    if (m_mean > FLOOR)
    {
        const Input input = InputFor(now, features);
        double sum = 0;
        double power = 1;
        for (std::size_t i = 0; i < FEATURES; ++i)
        {
            sum += m_weights[i] * input[i];
            power += input[i] * input[i];
        }
        const double error = demand / m_mean - 1 - sum;
        for (std::size_t i = 0; i < FEATURES; ++i)
        {
            m_weights[i] += STEP * error * input[i] / power;
        }
    }
    History& history = m_histories[features.client];
    const double weight = history.sessions == 0 ? 1 : MEMORY;
    history.demand += weight * (demand - history.demand);
    history.rate += weight * (rate - history.rate);
    ++history.sessions;
}

} // namespace sharding
} // namespace ns3
