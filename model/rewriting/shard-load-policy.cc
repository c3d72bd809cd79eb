// SPDX-License-Identifier: GPL-2.0-only
#include "shard-load-policy.h"

#include "ns3/double.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(LoadPolicy);

TypeId
LoadPolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::LoadPolicy")
            .SetParent<ShardingPolicy>()
            .SetGroupName("Sharding")
            .AddConstructor<LoadPolicy>()
            .AddAttribute("Loss",
                          "Loss of a shard that is assumed where nothing has been learnt.",
                          DoubleValue(0),
                          MakeDoubleAccessor(&LoadPolicy::m_loss),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("FullLoss",
                          "Loss that asks for the smallest shards.",
                          DoubleValue(0.1),
                          MakeDoubleAccessor(&LoadPolicy::m_fullLoss),
                          MakeDoubleChecker<double>(1e-9, 1))
            .AddAttribute("FullTrip",
                          "Round trip that asks for the smallest shards.",
                          TimeValue(MilliSeconds(200)),
                          MakeTimeAccessor(&LoadPolicy::m_fullTrip),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("FullTime",
                          "Time of a packet on the slowest path that asks for the smallest shards.",
                          TimeValue(MilliSeconds(20)),
                          MakeTimeAccessor(&LoadPolicy::m_fullTime),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("FullWait",
                          "Wait for a cryptographic unit that asks for the largest shards.",
                          TimeValue(MilliSeconds(1)),
                          MakeTimeAccessor(&LoadPolicy::m_fullWait),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("MinSize",
                          "Payload bytes of the smallest shards.",
                          UintegerValue(300),
                          MakeUintegerAccessor(&LoadPolicy::m_minSize),
                          MakeUintegerChecker<uint32_t>(260, 65535))
            .AddAttribute("Hysteresis",
                          "A size in use stays while another differs by at most that share of it.",
                          DoubleValue(0.2),
                          MakeDoubleAccessor(&LoadPolicy::m_hysteresis),
                          MakeDoubleChecker<double>(0, 10));
    return tid;
}

namespace
{

/// @return a time as a share of another, at most 1
double
Share(Time part, Time whole)
{
    return std::min(1.0, part.GetSeconds() / whole.GetSeconds());
}

} // namespace

ShardDirective
LoadPolicy::Decide(Time, const ShardFlowView& view)
{
    double loss = m_loss;
    Time trip = view.delay + view.delay;
    if (view.destination != nullptr && view.destination->reports > 0)
    {
        loss = view.destination->loss;
        trip = view.destination->trip.IsZero() ? trip : view.destination->trip;
    }
    const Time onLink =
        view.rate.GetBitRate() == 0 ? Time(0) : view.rate.CalculateBytesTxTime(view.size);
    const double calm = (1 - std::min(1.0, loss / m_fullLoss)) * (1 - Share(trip, m_fullTrip)) *
                        (1 - Share(onLink, m_fullTime));
    const double pressure = (1 - calm) * (1 - Share(view.unitWait, m_fullWait));

    const double largest = std::max<uint32_t>(view.maxPayload, 1);
    const double smallest = std::min<double>(m_minSize, largest);
    const double size = largest * std::pow(smallest / largest, pressure);

    ShardDirective directive;
    directive.action = ShardDirective::SHARD;
    directive.shardSize = static_cast<uint32_t>(std::lround(size));
    if (view.current != nullptr && view.current->action == ShardDirective::SHARD &&
        view.current->shards == 0 && view.current->shardSize != 0)
    {
        const double used = view.current->shardSize;
        if (std::fabs(size - used) <= m_hysteresis * used && used <= largest)
        {
            directive.shardSize = view.current->shardSize;
        }
    }
    return directive;
}

} // namespace sharding
} // namespace ns3
