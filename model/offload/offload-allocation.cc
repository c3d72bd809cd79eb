// SPDX-License-Identifier: GPL-2.0-only
#include "offload-allocation.h"

#include "ns3/double.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(OffloadAllocation);
NS_OBJECT_ENSURE_REGISTERED(StaticAllocation);
NS_OBJECT_ENSURE_REGISTERED(SharedAllocation);
NS_OBJECT_ENSURE_REGISTERED(DynamicThresholdAllocation);
NS_OBJECT_ENSURE_REGISTERED(ForecastAllocation);

namespace
{

/// @param alpha times  @param memory less  @param held  @return bytes, no more than all memory
uint64_t
OfFree(double alpha, uint64_t memory, uint64_t held)
{
    const double bytes = alpha * static_cast<double>(memory - held);
    return bytes < static_cast<double>(memory) ? static_cast<uint64_t>(bytes) : memory;
}

} // namespace

std::vector<uint64_t>
DivideOffloadMemory(uint64_t whole,
                    const std::vector<double>& weights,
                    uint64_t floor,
                    uint64_t ceiling)
{
    // Whoever's part by weight is beyond the ceiling gets that, and the others divide what is left,
    // until nobody's is. Weights are at least a trifle, so that something is left to divide by.
    const std::size_t count = weights.size();
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    const double least = sum > 0 ? sum * 1e-9 : 1;
    std::vector<uint64_t> parts(count, floor);
    std::vector<bool> isFull(count, false);
    uint64_t left = whole - floor * count;
    for (bool isDone = false; !isDone;)
    {
        double open = 0;
        for (std::size_t i = 0; i < count; ++i)
        {
            open += isFull[i] ? 0 : std::max(weights[i], least);
        }
        isDone = true;
        const uint64_t toDivide = left;
        for (std::size_t i = 0; i < count && open > 0; ++i)
        {
            const double share = static_cast<double>(toDivide) * std::max(weights[i], least) / open;
            if (!isFull[i] && share > static_cast<double>(ceiling - floor))
            {
                parts[i] = ceiling;
                left -= ceiling - floor;
                isFull[i] = true;
                isDone = false;
            }
        }
        if (isDone)
        {
            for (std::size_t i = 0; i < count && open > 0; ++i)
            {
                const double weight = isFull[i] ? 0 : std::max(weights[i], least);
                const auto share =
                    std::min(left,
                             static_cast<uint64_t>(static_cast<double>(toDivide) * weight / open));
                parts[i] += share;
                left -= share;
            }
        }
    }
    // What rounding left over, a byte or so each.
    for (std::size_t i = 0; left > 0; i = i + 1 < count ? i + 1 : 0)
    {
        const uint64_t more = std::min(left, ceiling - std::min(ceiling, parts[i]));
        const uint64_t some = std::min<uint64_t>(more, 1 + left / count);
        parts[i] += some;
        left -= some;
    }
    return parts;
}

TypeId
OffloadAllocation::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::OffloadAllocation").SetParent<Object>().SetGroupName("Sharding");
    return tid;
}

void
OffloadAllocation::Plan(Time, OffloadSpace& space, const std::vector<OffloadTraffic>& expected)
{
    space.plan =
        DivideOffloadMemory(space.memory, std::vector<double>(expected.size(), 1), 0, space.memory);
}

TypeId
StaticAllocation::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::StaticAllocation")
                            .SetParent<OffloadAllocation>()
                            .SetGroupName("Sharding")
                            .AddConstructor<StaticAllocation>();
    return tid;
}

uint64_t
StaticAllocation::Limit(const OffloadSpace& space, uint64_t, uint32_t function) const
{
    return space.plan[function];
}

TypeId
SharedAllocation::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::SharedAllocation")
                            .SetParent<OffloadAllocation>()
                            .SetGroupName("Sharding")
                            .AddConstructor<SharedAllocation>();
    return tid;
}

void
SharedAllocation::Plan(Time, OffloadSpace& space, const std::vector<OffloadTraffic>& expected)
{
    space.plan.assign(expected.size(), 0);
}

uint64_t
SharedAllocation::Limit(const OffloadSpace& space, uint64_t, uint32_t) const
{
    return space.memory;
}

TypeId
DynamicThresholdAllocation::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::DynamicThresholdAllocation")
            .SetParent<OffloadAllocation>()
            .SetGroupName("Sharding")
            .AddConstructor<DynamicThresholdAllocation>()
            .AddAttribute("Alpha",
                          "A function may hold so many times the bytes that are free.",
                          DoubleValue(1),
                          MakeDoubleAccessor(&DynamicThresholdAllocation::m_alpha),
                          MakeDoubleChecker<double>(0.001, 1024));
    return tid;
}

void
DynamicThresholdAllocation::Plan(Time,
                                 OffloadSpace& space,
                                 const std::vector<OffloadTraffic>& expected)
{
    space.plan.assign(expected.size(), 0);
}

uint64_t
DynamicThresholdAllocation::Limit(const OffloadSpace& space, uint64_t held, uint32_t) const
{
    return OfFree(m_alpha, space.memory, held);
}

TypeId
ForecastAllocation::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ForecastAllocation")
            .SetParent<OffloadAllocation>()
            .SetGroupName("Sharding")
            .AddConstructor<ForecastAllocation>()
            .AddAttribute("Floor",
                          "Least that a function is sure of, as a share of an even part.",
                          DoubleValue(0.25),
                          MakeDoubleAccessor(&ForecastAllocation::m_floor),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("Ceiling",
                          "Most that a function is sure of, as a share of all memory; at least an "
                          "even part.",
                          DoubleValue(0.5),
                          MakeDoubleAccessor(&ForecastAllocation::m_ceiling),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("Rate",
                          "Most that moves at a forecast, as a share of all memory.",
                          DoubleValue(0.1),
                          MakeDoubleAccessor(&ForecastAllocation::m_rate),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("Alpha",
                          "Beyond its plan a function may hold so many times the bytes that are "
                          "free; 0 for nothing beyond the plan.",
                          DoubleValue(16),
                          MakeDoubleAccessor(&ForecastAllocation::m_alpha),
                          MakeDoubleChecker<double>(0, 1024));
    return tid;
}

void
ForecastAllocation::Plan(Time, OffloadSpace& space, const std::vector<OffloadTraffic>& expected)
{
    const std::size_t count = expected.size();
    const uint64_t even = space.memory / count;
    std::vector<double> weights(count);
    std::transform(expected.begin(),
                   expected.end(),
                   weights.begin(),
                   [](const OffloadTraffic& traffic) { return traffic.bytes; });
    const auto part = [](double share, uint64_t whole)
    { return static_cast<uint64_t>(share * static_cast<double>(whole)); };
    const std::vector<uint64_t> aim =
        DivideOffloadMemory(space.memory,
                            weights,
                            part(m_floor, even),
                            std::max(even + 1, part(m_ceiling, space.memory)));
    if (space.plan.size() != count ||
        std::accumulate(space.plan.begin(), space.plan.end(), uint64_t{0}) != space.memory)
    {
        // The first plan: nothing is expected yet, and nothing moves.
        OffloadAllocation::Plan(Time(0), space, expected);
    }
    // Who gives and who gets do so in the same measure, so that the sum stays and nobody crosses
    // floor or ceiling on the way.
    uint64_t moving = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        moving += aim[i] > space.plan[i] ? aim[i] - space.plan[i] : 0;
    }
    const uint64_t most = part(m_rate, space.memory);
    const double measure =
        moving > most ? static_cast<double>(most) / static_cast<double>(moving) : 1;
    uint64_t given = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        if (aim[i] < space.plan[i])
        {
            const uint64_t gives = part(measure, space.plan[i] - aim[i]);
            space.plan[i] -= gives;
            given += gives;
        }
    }
    for (std::size_t i = 0; i < count && given > 0; ++i)
    {
        if (aim[i] > space.plan[i])
        {
            const uint64_t wants = aim[i] - space.plan[i];
            const uint64_t gets = std::min({given, wants, part(measure, wants) + 1});
            space.plan[i] += gets;
            given -= gets;
        }
    }
    for (std::size_t i = 0; i < count && given > 0; ++i)
    {
        const uint64_t gets = std::min(given, aim[i] > space.plan[i] ? aim[i] - space.plan[i] : 0);
        space.plan[i] += gets;
        given -= gets;
    }
}

uint64_t
ForecastAllocation::Limit(const OffloadSpace& space, uint64_t held, uint32_t function) const
{
    return std::max(space.plan[function], OfFree(m_alpha, space.memory, held));
}

} // namespace sharding
} // namespace ns3
