// SPDX-License-Identifier: GPL-2.0-only
#include "shard-placement.h"

#include "ns3/assert.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardPlacement);
NS_OBJECT_ENSURE_REGISTERED(SinglePlacement);
NS_OBJECT_ENSURE_REGISTERED(RoundRobinPlacement);
NS_OBJECT_ENSURE_REGISTERED(WeightedPlacement);
NS_OBJECT_ENSURE_REGISTERED(LeastDelayPlacement);

TypeId
ShardPlacement::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardPlacement").SetParent<Object>().SetGroupName("Sharding");
    return tid;
}

void
ShardPlacement::SetPaths(const std::vector<ShardPathInfo>& paths)
{
    NS_ASSERT_MSG(!paths.empty(), "a placement needs at least one path");
    m_paths = paths;
}

TypeId
SinglePlacement::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::SinglePlacement")
                            .SetParent<ShardPlacement>()
                            .SetGroupName("Sharding")
                            .AddConstructor<SinglePlacement>();
    return tid;
}

uint16_t
SinglePlacement::Choose(Time, const Shard&, uint32_t)
{
    return 0;
}

TypeId
RoundRobinPlacement::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::RoundRobinPlacement")
                            .SetParent<ShardPlacement>()
                            .SetGroupName("Sharding")
                            .AddConstructor<RoundRobinPlacement>();
    return tid;
}

uint16_t
RoundRobinPlacement::Choose(Time, const Shard&, uint32_t)
{
    // Taken modulo here too, because there may be fewer paths than at the last shard.
    const auto chosen = static_cast<uint16_t>(m_next % m_paths.size());
    m_next = static_cast<uint16_t>((chosen + 1U) % m_paths.size());
    return chosen;
}

TypeId
WeightedPlacement::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::WeightedPlacement")
                            .SetParent<ShardPlacement>()
                            .SetGroupName("Sharding")
                            .AddConstructor<WeightedPlacement>();
    return tid;
}

void
WeightedPlacement::SetPaths(const std::vector<ShardPathInfo>& paths)
{
    ShardPlacement::SetPaths(paths);
    m_secondsPerByte.clear();
    const bool known =
        std::all_of(paths.begin(),
                    paths.end(),
                    [](const ShardPathInfo& path) { return path.rate.GetBitRate() > 0; });
    for (const ShardPathInfo& path : paths)
    {
        m_secondsPerByte.push_back(known ? 8.0 / static_cast<double>(path.rate.GetBitRate()) : 1);
    }
    m_sent.assign(paths.size(), 0);
}

uint16_t
WeightedPlacement::Choose(Time, const Shard&, uint32_t wireBytes)
{
    std::size_t best = 0;
    for (std::size_t path = 1; path < m_sent.size(); ++path)
    {
        if (m_sent[path] + wireBytes * m_secondsPerByte[path] <
            m_sent[best] + wireBytes * m_secondsPerByte[best])
        {
            best = path;
        }
    }
    m_sent[best] += wireBytes * m_secondsPerByte[best];
    // Only differences matter; without taking the common part away, they would drown in rounding
    // after some 2^53 bytes.
    const double common = *std::min_element(m_sent.begin(), m_sent.end());
    if (common > 1e3)
    {
        for (double& sent : m_sent)
        {
            sent -= common;
        }
    }
    return static_cast<uint16_t>(best);
}

TypeId
LeastDelayPlacement::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::LeastDelayPlacement")
                            .SetParent<ShardPlacement>()
                            .SetGroupName("Sharding")
                            .AddConstructor<LeastDelayPlacement>();
    return tid;
}

void
LeastDelayPlacement::SetPaths(const std::vector<ShardPathInfo>& paths)
{
    ShardPlacement::SetPaths(paths);
    m_busyUntil.assign(paths.size(), Time(0));
}

uint16_t
LeastDelayPlacement::Choose(Time now, const Shard&, uint32_t wireBytes)
{
    std::size_t best = 0;
    Time bestArrival = Time::Max();
    Time bestDone;
    for (std::size_t path = 0; path < m_paths.size(); ++path)
    {
        const DataRate& rate = m_paths[path].rate;
        const Time service = rate.GetBitRate() > 0 ? rate.CalculateBytesTxTime(wireBytes) : Time(0);
        const Time done = std::max(now, m_busyUntil[path]) + service;
        if (done + m_paths[path].delay < bestArrival)
        {
            best = path;
            bestDone = done;
            bestArrival = done + m_paths[path].delay;
        }
    }
    m_busyUntil[best] = bestDone;
    return static_cast<uint16_t>(best);
}

} // namespace sharding
} // namespace ns3
