// SPDX-License-Identifier: GPL-2.0-only
#include "content-replicate.h"

#include "ns3/double.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentReplicate);
NS_OBJECT_ENSURE_REGISTERED(ContentNoReplicas);
NS_OBJECT_ENSURE_REGISTERED(ContentPowerReplicate);

TypeId
ContentReplicate::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentReplicate").SetParent<Object>().SetGroupName("Sharding");
    return tid;
}

TypeId
ContentNoReplicas::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ContentNoReplicas")
                            .SetParent<ContentReplicate>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ContentNoReplicas>();
    return tid;
}

std::vector<uint32_t>
ContentNoReplicas::Copies(const ContentReplicateView& view) const
{
    return std::vector<uint32_t>(view.demand.size(), 1);
}

TypeId
ContentPowerReplicate::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentPowerReplicate")
            .SetParent<ContentReplicate>()
            .SetGroupName("Sharding")
            .AddConstructor<ContentPowerReplicate>()
            .AddAttribute("Exponent",
                          "Of the demand: 0 uniform, 0.5 square-root, 1 proportional.",
                          DoubleValue(0.5),
                          MakeDoubleAccessor(&ContentPowerReplicate::m_exponent),
                          MakeDoubleChecker<double>(0, 4));
    return tid;
}

std::vector<uint32_t>
ContentPowerReplicate::Copies(const ContentReplicateView& view) const
{
    const std::size_t kinds = view.demand.size();
    std::vector<uint32_t> copies(kinds, 1);
    if (kinds == 0 || view.budget <= kinds || view.most <= 1)
    {
        return copies;
    }
    std::vector<double> weights;
    for (const double demand : view.demand)
    {
        weights.push_back(std::pow(std::max(demand, 0.0), m_exponent));
    }
    if (std::accumulate(weights.begin(), weights.end(), 0.0) <= 0)
    {
        weights.assign(kinds, 1); // nothing is known yet
    }
    // Scale until shares, kept to their bounds, sum up to the budget.
    const double target = std::min<double>(view.budget, static_cast<double>(kinds) * view.most);
    const double most = view.most;
    const auto share = [&](std::size_t i, double scale)
    { return std::clamp(weights[i] * scale, 1.0, most); };
    double low = 0;
    double high = 1;
    const auto sum = [&](double scale)
    {
        double total = 0;
        for (std::size_t i = 0; i < kinds; ++i)
        {
            total += share(i, scale);
        }
        return total;
    };
    // Kinds without demand stay at 1, whatever the scale.
    while (sum(high) < target && high < 1e15)
    {
        high *= 2;
    }
    for (int round = 0; round < 100; ++round)
    {
        const double middle = (low + high) / 2;
        (sum(middle) < target ? low : high) = middle;
    }
    std::vector<std::pair<double, std::size_t>> remainders;
    uint64_t given = 0;
    for (std::size_t i = 0; i < kinds; ++i)
    {
        const double exact = share(i, high);
        copies[i] = static_cast<uint32_t>(exact + 1e-9);
        given += copies[i];
        remainders.emplace_back(copies[i] - exact, i);
    }
    std::sort(remainders.begin(), remainders.end());
    const auto budget = static_cast<uint64_t>(target);
    for (const auto& [negative, i] : remainders)
    {
        if (given >= budget || negative > -1e-6)
        {
            break;
        }
        if (copies[i] < view.most)
        {
            ++copies[i];
            ++given;
        }
    }
    return copies;
}

} // namespace sharding
} // namespace ns3
