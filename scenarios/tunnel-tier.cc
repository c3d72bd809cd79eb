// SPDX-License-Identifier: GPL-2.0-only
//
// How the scenario's parameters become a policy, and the decisions tier that follows it.
#include "tunnel-tier.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/object-factory.h"
#include "ns3/pointer.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// Flows whose past directives are remembered.
constexpr std::size_t MOST_FLOWS = 1024;

} // namespace

bool
LearnsFromReports(const Values& values)
{
    const std::string policy = values.GetText("sharding.policy");
    return policy == "threshold" || policy == "adaptive" || policy == "oracle";
}

bool
HasTier(const Values& values)
{
    return values.Has("tier.enabled") ? values.GetBool("tier.enabled") : LearnsFromReports(values);
}

bool
HasArq(const Values& values)
{
    const std::string policy = values.GetText("sharding.policy");
    return values.Has("arq.enabled") ? values.GetBool("arq.enabled")
                                     : policy == "adaptive" || policy == "oracle";
}

namespace
{

/// Has a policy set as a helper has, and makes it.
struct PolicyMaker
{
    template <typename... Args>
    void SetPolicy(const std::string& type, Args&&... args)
    {
        factory.SetTypeId(type);
        factory.Set(std::forward<Args>(args)...);
    }

    ObjectFactory factory; ///< of the policy
};

/// Set the policy that decides on sharding.
template <typename Helper>
void
SetShardingPolicy(const Values& values, Helper& helper)
{
    const std::string policy = values.GetText("sharding.policy");
    const auto real = [&values](const char* key) { return DoubleValue(values.GetReal(key)); };
    if (policy == "none")
    {
        helper.SetPolicy("ns3::sharding::ForwardPolicy");
    }
    else if (policy == "replicate")
    {
        helper.SetPolicy("ns3::sharding::ReplicatePolicy",
                         "Copies",
                         UintegerValue(values.GetInt("sharding.copies")));
    }
    else if (policy == "load")
    {
        helper.SetPolicy("ns3::sharding::LoadPolicy",
                         "Loss",
                         real("load.loss"),
                         "FullWait",
                         TimeValue(NanoSeconds(values.GetTimeNs("load.full_wait"))),
                         "MinSize",
                         UintegerValue(values.GetBytes("load.min_size")));
    }
    else if (policy == "threshold")
    {
        helper.SetPolicy("ns3::sharding::ThresholdPolicy",
                         "Threshold",
                         real("threshold.shard"),
                         "HighThreshold",
                         real("threshold.fec"),
                         "Hysteresis",
                         real("threshold.hysteresis"));
    }
    else if (policy == "adaptive")
    {
        helper.SetPolicy("ns3::sharding::AdaptivePolicy",
                         "Budget",
                         real("adaptive.budget"),
                         "BulkBudget",
                         real("adaptive.bulk_budget"),
                         "Tolerance",
                         real("adaptive.tolerance"),
                         "Patience",
                         TimeValue(NanoSeconds(values.GetTimeNs("fec.interleave_timeout"))));
    }
    else if (policy == "oracle")
    {
        const double loss = values.GetReal("loss.rate");
        const double packets = static_cast<double>(values.GetRateBps("traffic.rate")) /
                               (8.0 * static_cast<double>(values.GetBytes("traffic.size")));
        const TunnelPlan plan(values);
        Time delay;
        for (const PlannedPath& path : plan.paths)
        {
            delay = std::max(delay, path.info.delay);
        }
        helper.SetPolicy(
            "ns3::sharding::OraclePolicy",
            "Budget",
            real("adaptive.budget"),
            "BulkBudget",
            real("adaptive.bulk_budget"),
            "Tolerance",
            real("adaptive.tolerance"),
            "Patience",
            TimeValue(NanoSeconds(values.GetTimeNs("fec.interleave_timeout"))),
            "Loss",
            DoubleValue(loss),
            "Burst",
            DoubleValue(values.GetText("loss.model") == "gilbert-elliott"
                            ? values.GetReal("loss.burst")
                            : 1 / (1 - loss)),
            "RoundTrip",
            TimeValue(2 * delay),
            "PlainDelay",
            TimeValue(plan.paths.front().info.delay),
            "PacketRate",
            DoubleValue(packets),
            "FlowRate",
            DoubleValue(packets / static_cast<double>(values.GetInt("traffic.flows"))));
    }
    else
    {
        const auto optional = [&values](const char* key, bool bytes) -> uint64_t {
            return !values.Has(key) ? 0 : bytes ? values.GetBytes(key) : values.GetInt(key);
        };
        helper.SetPolicy("ns3::sharding::StaticPolicy",
                         "Shards",
                         UintegerValue(optional("sharding.shards", false)),
                         "ShardSize",
                         UintegerValue(optional("sharding.size", true)),
                         "HeaderFirst",
                         BooleanValue(values.GetText("sharding.sizing") == "header-first"),
                         "Protect",
                         UintegerValue(values.GetInt("sharding.protect")),
                         "Code",
                         StringValue(values.GetText("fec.code")),
                         "Repair",
                         UintegerValue(values.GetInt("fec.repair")),
                         "Window",
                         UintegerValue(values.GetInt("fec.window")),
                         "Interleave",
                         UintegerValue(values.GetInt("fec.interleave")),
                         "Placement",
                         StringValue(values.GetText("sharding.placement")),
                         "Path",
                         UintegerValue(values.GetInt("sharding.path")));
    }
}

} // namespace

template <typename Helper>
void
SetTunnelPolicy(const Values& values, Helper& helper)
{
    if (!values.Has("rewrite.port") && !values.Has("rewrite.replica_port"))
    {
        SetShardingPolicy(values, helper);
        return;
    }
    PolicyMaker then;
    SetShardingPolicy(values, then);
    const auto port = [&values](const char* key)
    { return UintegerValue(values.Has(key) ? values.GetInt(key) : 0); };
    helper.SetPolicy("ns3::sharding::RewritingPolicy",
                     "Then",
                     PointerValue(then.factory.Create<ShardingPolicy>()),
                     "Port",
                     port("rewrite.port"),
                     "ReplicaPort",
                     port("rewrite.replica_port"));
}

template void SetTunnelPolicy(const Values& values, ShardTunnelHelper& helper);

ShardTierHelper
MakeTierHelper(const Values& values)
{
    ShardTierHelper helper;
    SetTunnelPolicy(values, helper);
    const auto time = [&values](const char* key)
    { return TimeValue(NanoSeconds(values.GetTimeNs(key))); };
    helper.SetTierAttribute("Lifetime", time("tier.lifetime"));
    helper.SetClientAttribute("Timeout", time("tier.timeout"));
    helper.SetClientAttribute("Retries", UintegerValue(values.GetInt("tier.retries")));
    if (values.Has("tier.down_from"))
    {
        helper.SetPlaneAttribute("DownFrom", time("tier.down_from"));
        helper.SetPlaneAttribute("DownUntil",
                                 values.Has("tier.down_until") ? time("tier.down_until")
                                                               : TimeValue(Time::Max()));
    }
    const std::map<std::string, std::string> predictors = {{"last", "Last"},
                                                           {"ewma", "Ewma"},
                                                           {"holt", "Holt"}};
    helper.SetPlaneAttribute("Predictor",
                             StringValue(predictors.at(values.GetText("control.predictor"))));
    helper.SetPlaneAttribute("Memory", time("control.memory"));
    helper.SetPlaneAttribute("HoldTime", time("control.hold"));
    helper.SetPlaneAttribute("FullLoss", DoubleValue(values.GetReal("control.full_loss")));
    helper.SetPlaneAttribute("FullQueue", time("control.full_queue"));
    helper.SetProberAttribute("Interval", time("control.interval"));
    helper.SetProberAttribute("Patience", time("control.patience"));
    return helper;
}

TunnelLoopMeter::TunnelLoopMeter(Ptr<ShardControlPlane> plane,
                                 const Values& values,
                                 uint32_t packetBytes,
                                 bool keepsTimeline)
    : m_packetBytes(packetBytes),
      m_stepUntilNs(values.Has("step.until") ? values.GetTimeNs("step.until")
                                             : std::numeric_limits<int64_t>::max())
{
    if (values.Has("step.from"))
    {
        m_stepFromNs = values.GetTimeNs("step.from");
    }
    bool connected =
        plane->GetTier()->TraceConnectWithoutContext("Decision",
                                                     MakeCallback(&TunnelLoopMeter::Decided, this));
    if (keepsTimeline)
    {
        m_timeline.columns = {"time_s",
                              "loss_seen_ratio",
                              "loss_believed_ratio",
                              "burst_packets",
                              "delay_ms",
                              "trip_ms",
                              "congestion",
                              "goodput_mbps",
                              "data_shards",
                              "repair_shards",
                              "interleave"};
        connected =
            plane->TraceConnectWithoutContext("Report",
                                              MakeCallback(&TunnelLoopMeter::Reported, this)) &&
            connected;
    }
    NS_ABORT_MSG_UNLESS(connected, "a trace of the control plane is gone");
}

double
TunnelLoopMeter::FirstShards() const
{
    return m_first.shardSize == 0
               ? m_first.shards
               : std::ceil(static_cast<double>(m_packetBytes) / m_first.shardSize);
}

std::optional<double>
TunnelLoopMeter::SettlingSeconds() const
{
    if (!m_stepFromNs || m_firstCost.empty())
    {
        return std::nullopt;
    }
    const double final = m_firstCost.back().second;
    int64_t since = *m_stepFromNs;
    for (auto it = m_firstCost.rbegin(); it != m_firstCost.rend(); ++it)
    {
        if (std::abs(it->second - final) > 0.1 * final)
        {
            break;
        }
        since = it->first;
    }
    return static_cast<double>(std::max(since, *m_stepFromNs) - *m_stepFromNs) / 1e9;
}

void
TunnelLoopMeter::Reported(Time now, const ShardReport& report, const ShardDestination& destination)
{
    const bool isSharded = m_first.action == ShardDirective::SHARD;
    const double seconds = std::max(1e-6, report.interval / 1e6);
    m_timeline.rows.push_back(
        {now.GetSeconds(),
         report.expected != 0 ? report.Loss() : std::numeric_limits<double>::quiet_NaN(),
         destination.loss,
         destination.burst,
         destination.delay.GetSeconds() * 1e3,
         destination.trip.GetSeconds() * 1e3,
         destination.congestion,
         static_cast<double>(report.delivered) * 8 / seconds / 1e6,
         isSharded ? FirstShards() : 0,
         static_cast<double>(isSharded ? m_first.repair : 0),
         static_cast<double>(isSharded ? m_first.interleave : 0)});
}

void
TunnelLoopMeter::Decided(Time now, const ShardDecision& decision, const ShardDestination&)
{
    if (m_past.size() >= MOST_FLOWS && m_past.count(decision.id) == 0)
    {
        return; // the first thousand flows speak for all
    }
    if (decision.id == 0)
    {
        m_first = decision.directive;
        if (now.GetNanoSeconds() < m_stepUntilNs)
        {
            const bool isSharded = m_first.action == ShardDirective::SHARD;
            m_firstCost.emplace_back(now.GetNanoSeconds(),
                                     isSharded ? 1 + m_first.repair / FirstShards() : 1);
        }
    }
    Directives& past = m_past[decision.id];
    if (past.count > 0)
    {
        ++m_changes;
        m_oscillations += past.count > 1 && decision.directive == past.before;
        m_lastNs = now.GetNanoSeconds();
    }
    past.before = past.last;
    past.last = decision.directive;
    ++past.count;
}

} // namespace shardsim
