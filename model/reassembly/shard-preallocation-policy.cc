// SPDX-License-Identifier: GPL-2.0-only
#include "shard-preallocation-policy.h"

#include "ns3/double.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardPreallocationPolicy);
NS_OBJECT_ENSURE_REGISTERED(PredictivePreallocation);

TypeId
ShardPreallocationPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ShardPreallocationPolicy")
                            .SetParent<Object>()
                            .SetGroupName("Sharding");
    return tid;
}

TypeId
PredictivePreallocation::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::PredictivePreallocation")
            .SetParent<ShardPreallocationPolicy>()
            .SetGroupName("Sharding")
            .AddConstructor<PredictivePreallocation>()
            .AddAttribute("Margin",
                          "Mean deviations of the distance of datagrams by which a buffer is ready "
                          "before its datagram is expected, and waits for it after.",
                          DoubleValue(4),
                          MakeDoubleAccessor(&PredictivePreallocation::m_margin),
                          MakeDoubleChecker<double>(0, 1000))
            .AddAttribute("MaxWait",
                          "A buffer is given back so long after its datagram was expected, at the "
                          "latest.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&PredictivePreallocation::m_maxWait),
                          MakeTimeChecker(Time(0), Hours(1)));
    return tid;
}

ShardBufferPlan
PredictivePreallocation::Plan(Time now,
                              const ShardArrivalPattern& pattern,
                              uint32_t ahead,
                              Time coldTime)
{
    ShardBufferPlan plan;
    if (pattern.datagrams < 2)
    {
        return plan; // one datagram is no pattern
    }
    const auto times = [](double n, Time t)
    { return TimeStep(static_cast<uint64_t>(std::llround(n * double(t.GetTimeStep())))); };
    const Time margin = times(m_margin, pattern.gapDeviation);
    const Time expected = now + times(ahead, pattern.gapMean);
    plan.begin = expected - margin - coldTime;
    if (ahead > 1 && plan.begin >= now + pattern.gapMean)
    {
        return plan; // there is time for it when the next one has come
    }
    plan.end = expected + std::min(m_maxWait, pattern.gapMean + margin);
    plan.bytes = pattern.largest;
    return plan;
}

} // namespace sharding
} // namespace ns3
