// SPDX-License-Identifier: GPL-2.0-only
#include "shard-threshold-policy.h"

#include "ns3/double.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ThresholdPolicy);

TypeId
ThresholdPolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ThresholdPolicy")
            .SetParent<ShardingPolicy>()
            .SetGroupName("Sharding")
            .AddConstructor<ThresholdPolicy>()
            .AddAttribute("Threshold",
                          "Predicted congestion above which packets are sharded.",
                          DoubleValue(0.1),
                          MakeDoubleAccessor(&ThresholdPolicy::m_threshold),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("HighThreshold",
                          "Predicted congestion above which there are repair shards.",
                          DoubleValue(0.3),
                          MakeDoubleAccessor(&ThresholdPolicy::m_highThreshold),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("Hysteresis",
                          "How far below a threshold congestion has to fall to undo it.",
                          DoubleValue(0.05),
                          MakeDoubleAccessor(&ThresholdPolicy::m_hysteresis),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("RepairAtMost",
                          "Repair shards for each data shard at full congestion.",
                          DoubleValue(0.5),
                          MakeDoubleAccessor(&ThresholdPolicy::m_repair),
                          MakeDoubleChecker<double>(0, 10));
    return tid;
}

ShardDirective
ThresholdPolicy::Decide(Time, const ShardFlowView& view)
{
    ShardDirective directive;
    if (view.destination == nullptr || !view.destination->can.reassembles)
    {
        return directive;
    }
    const double congestion = view.destination->congestion;
    const bool wasSharded =
        view.current != nullptr && view.current->action == ShardDirective::SHARD;
    const bool wasRepaired = wasSharded && view.current->repair != 0;
    if (congestion <= m_threshold - (wasSharded ? m_hysteresis : 0))
    {
        return directive;
    }
    // In steps of an eighth, so that not every report is another decision.
    const auto level = [&](double from)
    {
        const double share = (congestion - from) / std::max(1e-9, 1 - from);
        return std::ceil(8 * std::clamp(share, 0.0, 1.0)) / 8;
    };
    directive.action = ShardDirective::SHARD;
    directive.shardSize = static_cast<uint32_t>(
        std::max(1.0, std::floor(view.maxPayload * (1 - 0.75 * level(m_threshold)))));
    if (congestion > m_highThreshold - (wasRepaired ? m_hysteresis : 0))
    {
        const double k = std::ceil(static_cast<double>(view.size) / directive.shardSize);
        const double most = MAX_BLOCK_SHARDS - k;
        const double repair = std::ceil(k * m_repair * std::max(0.125, level(m_highThreshold)));
        directive.repair = static_cast<uint8_t>(std::clamp(repair, 0.0, std::max(0.0, most)));
        directive.code = directive.repair == 0 ? SHARD_CODE_NONE : SHARD_CODE_REED_SOLOMON;
    }
    return directive;
}

} // namespace sharding
} // namespace ns3
