// SPDX-License-Identifier: GPL-2.0-only
#include "shard-adaptive-policy.h"

#include "ns3/double.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(AdaptivePolicy);
NS_OBJECT_ENSURE_REGISTERED(OraclePolicy);

namespace
{

constexpr uint8_t DSCP_BULK = 8;     ///< CS1, lower effort (RFC 3662)
constexpr uint32_t MOST_SHARDS = 64; ///< data shards that are thought of
constexpr std::size_t MOST_MEMOS = 256;

/// @return seconds
double
S(Time time)
{
    return time.GetSeconds();
}

/// @return whether what is believed is so much like before that it would change nothing of weight
bool
IsNear(const ShardWay& a, const ShardWay& b)
{
    const auto near = [](double x, double y, double share)
    { return std::fabs(x - y) <= share * std::max(std::fabs(x), std::fabs(y)); };
    return near(a.loss, b.loss, 0.02) && near(a.burst, b.burst, 0.02) &&
           near(a.delay, b.delay, 0.02) && near(a.delayPlain, b.delayPlain, 0.02) &&
           near(a.trip, b.trip, 0.05) && near(a.packetRate, b.packetRate, 0.2) &&
           near(a.gap, b.gap, 0.2);
}

} // namespace

TypeId
AdaptivePolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::AdaptivePolicy")
            .SetParent<ShardingPolicy>()
            .SetGroupName("Sharding")
            .AddConstructor<AdaptivePolicy>()
            .AddAttribute("Budget",
                          "Most bytes on the wire for each byte of a packet.",
                          DoubleValue(3),
                          MakeDoubleAccessor(&AdaptivePolicy::m_budget),
                          MakeDoubleChecker<double>(1))
            .AddAttribute("BulkBudget",
                          "The same for packets marked as lower effort (DSCP CS1).",
                          DoubleValue(1.2),
                          MakeDoubleAccessor(&AdaptivePolicy::m_bulkBudget),
                          MakeDoubleChecker<double>(1))
            .AddAttribute("MostAtOnce",
                          "Most shards that are put on a path at once: queues on the way are "
                          "finite, and not known.",
                          UintegerValue(80),
                          MakeUintegerAccessor(&AdaptivePolicy::m_mostAtOnce),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("Quantile",
                          "Quantile of latency over all packets sent that is to be small.",
                          DoubleValue(0.99),
                          MakeDoubleAccessor(&AdaptivePolicy::m_quantile),
                          MakeDoubleChecker<double>(0.5, 0.99999))
            .AddAttribute("Margin",
                          "Share of the losses that the quantile allows which is kept in reserve, "
                          "for what the model and its estimates do not know.",
                          DoubleValue(0.2),
                          MakeDoubleAccessor(&AdaptivePolicy::m_margin),
                          MakeDoubleChecker<double>(0, 0.99))
            .AddAttribute("LossCost",
                          "What a packet that is not delivered costs, in packets on the wire.",
                          DoubleValue(10),
                          MakeDoubleAccessor(&AdaptivePolicy::m_lossCost),
                          MakeDoubleChecker<double>(0))
            .AddAttribute("Tolerance",
                          "How much above the least quantile one may be for costing less.",
                          DoubleValue(0.03),
                          MakeDoubleAccessor(&AdaptivePolicy::m_tolerance),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("Caution",
                          "Standard errors by which loss is taken for higher than estimated.",
                          DoubleValue(1),
                          MakeDoubleAccessor(&AdaptivePolicy::m_caution),
                          MakeDoubleChecker<double>(0, 10))
            .AddAttribute("PriorLoss",
                          "Loss that is expected before anything is known.",
                          DoubleValue(0.05),
                          MakeDoubleAccessor(&AdaptivePolicy::m_priorLoss),
                          MakeDoubleChecker<double>(0, 0.99))
            .AddAttribute("PriorBurst",
                          "Packets lost in a row that are expected before anything is known.",
                          DoubleValue(2),
                          MakeDoubleAccessor(&AdaptivePolicy::m_priorBurst),
                          MakeDoubleChecker<double>(1))
            .AddAttribute("Patience",
                          "Longest wait of a block for those that it is interleaved with.",
                          TimeValue(MilliSeconds(20)),
                          MakeTimeAccessor(&AdaptivePolicy::m_patience),
                          MakeTimeChecker(Time(0)));
    return tid;
}

AdaptivePolicy::AdaptivePolicy() = default;
AdaptivePolicy::~AdaptivePolicy() = default;

double
AdaptivePolicy::BudgetOf(uint8_t dscp) const
{
    return dscp == DSCP_BULK ? std::min(m_bulkBudget, m_budget) : m_budget;
}

ShardWay
AdaptivePolicy::Believe(const ShardFlowView& view) const
{
    ShardWay way;
    way.paths = std::max(1U, view.paths);
    way.mtu = view.mtu != 0 ? view.mtu : 1500;
    way.overhead = view.mtu > view.maxPayload ? view.mtu - view.maxPayload : 48;
    way.rate = static_cast<double>(view.rate.GetBitRate());
    way.delay = way.delayPlain = S(view.delay);
    way.trip = 2 * way.delay;
    way.isArq = view.isArq;
    way.patience = S(m_patience);
    way.loss = m_priorLoss;
    way.burst = m_priorBurst;
    const ShardDestination* const known = view.destination;
    if (known == nullptr || known->reports == 0)
    {
        return way;
    }
    way.loss = std::min(0.9, known->loss + m_caution * known->lossError);
    way.burst = known->burst;
    way.packetRate = known->blockRate;
    way.gap = known->flowRate > 0 ? 1 / known->flowRate : 0;
    if (known->delay.IsStrictlyPositive())
    {
        way.delay = way.delayPlain = S(known->delay);
    }
    if (known->delayPlain.IsStrictlyPositive())
    {
        way.delayPlain = S(known->delayPlain);
    }
    way.trip = known->trip.IsStrictlyPositive() ? S(known->trip) : 2 * way.delay;
    return way;
}

double
AdaptivePolicy::Cost(const ShardForecast& forecast) const
{
    return forecast.overhead + m_lossCost * (1 - forecast.delivered);
}

AdaptivePolicy::Memo&
AdaptivePolicy::Find(const ShardFlowView& view)
{
    const bool canShard = view.destination == nullptr || view.destination->can.reassembles;
    const uint64_t reports = view.destination != nullptr ? view.destination->reports : 0;
    const std::vector<uint64_t> key = {reinterpret_cast<uint64_t>(view.destination),
                                       view.size,
                                       view.dscp == DSCP_BULK,
                                       view.maxPayload,
                                       view.paths,
                                       view.rate.GetBitRate(),
                                       static_cast<uint64_t>(view.delay.GetTimeStep()),
                                       view.isArq,
                                       canShard};
    if (m_memos.size() >= MOST_MEMOS && m_memos.count(key) == 0)
    {
        m_memos.clear();
    }
    Memo& memo = m_memos[key];
    if (memo.forecast && memo.reports == reports)
    {
        return memo;
    }
    memo.reports = reports;
    const ShardWay way = Believe(view);
    if (memo.forecast && IsNear(way, memo.way))
    {
        return memo;
    }
    memo.way = way;
    memo.forecast =
        std::make_unique<ShardLatencyForecast>(way, 1 - (1 - m_quantile) * (1 - m_margin));
    const double budget = BudgetOf(view.dscp);

    std::vector<Plan> plans;
    const auto consider = [&](const ShardDirective& directive)
    {
        const Plan plan{directive, memo.forecast->Of(directive, view.size)};
        if (plan.forecast.overhead <= budget || directive.action == ShardDirective::FORWARD)
        {
            plans.push_back(plan);
        }
        return plan.forecast.overhead <= budget;
    };
    consider(ShardDirective());
    const uint32_t fewest = (view.size + view.maxPayload - 1) / view.maxPayload;
    for (uint32_t depth : {1U, 2U, 4U, 8U, 16U})
    {
        if (!canShard || (depth > 1 && (way.gap <= 0 || (depth - 1) * way.gap > way.patience)))
        {
            break; // the group would not fill, for all that is known
        }
        for (uint32_t k = std::max(1U, fewest); k <= std::max(MOST_SHARDS, fewest) && k < 200;
             k += std::max(1U, k / 8))
        {
            ShardDirective directive;
            directive.action = ShardDirective::SHARD;
            directive.shards = k;
            directive.interleave = static_cast<uint8_t>(depth);
            for (uint32_t repair = 0;
                 k + repair <= 250 && depth * (k + repair) <= m_mostAtOnce * way.paths;
                 ++repair)
            {
                directive.repair = static_cast<uint8_t>(repair);
                directive.code = repair == 0 ? SHARD_CODE_NONE : SHARD_CODE_REED_SOLOMON;
                if (!consider(directive) || plans.back().forecast.isByCode)
                {
                    break; // more costs too much, or does not help
                }
            }
        }
    }
    // Where nothing keeps the promise, whatever delivers most.
    memo.best = *std::min_element(plans.begin(),
                                  plans.end(),
                                  [](const Plan& a, const Plan& b)
                                  {
                                      return a.forecast.quantile != b.forecast.quantile
                                                 ? a.forecast.quantile < b.forecast.quantile
                                                 : a.forecast.delivered > b.forecast.delivered;
                                  });
    memo.cheapest = memo.best;
    for (const Plan& plan : plans)
    {
        if (std::isfinite(memo.best.forecast.quantile) &&
            plan.forecast.quantile <= (1 + m_tolerance) * memo.best.forecast.quantile &&
            Cost(plan.forecast) < Cost(memo.cheapest.forecast))
        {
            memo.cheapest = plan;
        }
    }
    return memo;
}

ShardDirective
AdaptivePolicy::Decide(Time, const ShardFlowView& view)
{
    Memo& memo = Find(view);
    if (view.current != nullptr && *view.current != memo.cheapest.directive &&
        (view.current->action == ShardDirective::FORWARD || view.current->shards != 0))
    {
        const ShardForecast now = memo.forecast->Of(*view.current, view.size);
        if (now.quantile <= (1 + m_tolerance) * memo.best.forecast.quantile &&
            std::isfinite(now.quantile) &&
            Cost(now) <= (1 + m_tolerance / 4) * Cost(memo.cheapest.forecast))
        {
            return *view.current;
        }
    }
    return memo.cheapest.directive;
}

TypeId
OraclePolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::OraclePolicy")
                            .SetParent<AdaptivePolicy>()
                            .SetGroupName("Sharding")
                            .AddConstructor<OraclePolicy>()
                            .AddAttribute("Loss",
                                          "Mean loss of a packet over a path.",
                                          DoubleValue(0),
                                          MakeDoubleAccessor(&OraclePolicy::m_loss),
                                          MakeDoubleChecker<double>(0, 1))
                            .AddAttribute("Burst",
                                          "Mean packets lost in a row.",
                                          DoubleValue(1),
                                          MakeDoubleAccessor(&OraclePolicy::m_burst),
                                          MakeDoubleChecker<double>(1))
                            .AddAttribute("RoundTrip",
                                          "Round trip of an empty network.",
                                          TimeValue(Time(0)),
                                          MakeTimeAccessor(&OraclePolicy::m_trip),
                                          MakeTimeChecker(Time(0)))
                            .AddAttribute("PlainDelay",
                                          "One way of plain packets, in an empty network; 0: half "
                                          "a round trip.",
                                          TimeValue(Time(0)),
                                          MakeTimeAccessor(&OraclePolicy::m_plainDelay),
                                          MakeTimeChecker(Time(0)))
                            .AddAttribute("PacketRate",
                                          "Packets a second of all flows.",
                                          DoubleValue(0),
                                          MakeDoubleAccessor(&OraclePolicy::m_packetRate),
                                          MakeDoubleChecker<double>(0))
                            .AddAttribute("FlowRate",
                                          "Packets a second of a flow.",
                                          DoubleValue(0),
                                          MakeDoubleAccessor(&OraclePolicy::m_flowRate),
                                          MakeDoubleChecker<double>(0));
    return tid;
}

ShardWay
OraclePolicy::Believe(const ShardFlowView& view) const
{
    ShardFlowView untaught = view;
    untaught.destination = nullptr;
    ShardWay way = AdaptivePolicy::Believe(untaught);
    way.loss = m_loss;
    way.burst = m_burst;
    way.trip = S(m_trip);
    way.delay = S(m_trip) / 2;
    way.delayPlain = m_plainDelay.IsZero() ? way.delay : S(m_plainDelay);
    way.packetRate = m_packetRate;
    way.gap = m_flowRate > 0 ? 1 / m_flowRate : 0;
    return way;
}

} // namespace sharding
} // namespace ns3
