// SPDX-License-Identifier: GPL-2.0-only
#include "shard-control-plane.h"

#include "ns3/double.h"
#include "ns3/shard-compat.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardControlPlane);

TypeId
ShardControlPlane::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardControlPlane")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardControlPlane>()
            .AddAttribute("DownFrom",
                          "From then on nothing is answered and nothing taken, to see what "
                          "becomes of a service whose control plane fails.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&ShardControlPlane::m_downFrom),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("DownUntil",
                          "Until then; not later than DownFrom: never down.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&ShardControlPlane::m_downUntil),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("HoldTime",
                          "Shortest time between two changes of mind.",
                          TimeValue(MilliSeconds(500)),
                          MakeTimeAccessor(&ShardControlPlane::m_hold),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("Memory",
                          "How long losses are remembered while they seem steady.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&ShardControlPlane::m_memory),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("FullLoss",
                          "Loss that counts as full congestion.",
                          DoubleValue(0.1),
                          MakeDoubleAccessor(&ShardControlPlane::m_fullLoss),
                          MakeDoubleChecker<double>(1e-6, 1))
            .AddAttribute("FullQueue",
                          "Queueing delay that counts as full congestion.",
                          TimeValue(MilliSeconds(50)),
                          MakeTimeAccessor(&ShardControlPlane::m_fullQueue),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("Predictor",
                          "How congestion is predicted: Last, Ewma or Holt.",
                          ShardEnumValue<PredictSeriesKind>(PREDICT_HOLT),
                          ShardMakeEnumAccessor<PredictSeriesKind>(&ShardControlPlane::m_predictor),
                          ShardMakeEnumChecker<PredictSeriesKind>(PREDICT_LAST,
                                                                  "Last",
                                                                  PREDICT_EWMA,
                                                                  "Ewma",
                                                                  PREDICT_HOLT,
                                                                  "Holt"))
            .AddTraceSource("Report",
                            "A report was taken: when, what it says, and what is believed now.",
                            MakeTraceSourceAccessor(&ShardControlPlane::m_reportTrace),
                            "ns3::sharding::ShardControlPlane::ReportTracedCallback");
    return tid;
}

ShardControlPlane::ShardControlPlane() = default;
ShardControlPlane::~ShardControlPlane() = default;

ShardControlPlane::Line::Line(ShardControlPlane& plane_,
                              uint32_t node_,
                              Ptr<ShardTransport> transport_)
    : plane(plane_),
      node(node_),
      transport(transport_)
{
    for (ShardControlType type :
         {SHARD_CONTROL_ASK, SHARD_CONTROL_REPORT, SHARD_CONTROL_CAPABILITY})
    {
        transport->SetControlReceiver(type, this);
    }
}

ShardControlPlane::Line::~Line()
{
    for (ShardControlType type :
         {SHARD_CONTROL_ASK, SHARD_CONTROL_REPORT, SHARD_CONTROL_CAPABILITY})
    {
        transport->SetControlReceiver(type, nullptr);
    }
}

void
ShardControlPlane::Line::AcceptControl(Time now, const ShardControlMessage& message)
{
    plane.Take(now, *this, message);
}

void
ShardControlPlane::SetTier(Ptr<ShardDecisionTier> tier)
{
    m_tier = tier;
}

void
ShardControlPlane::AddNode(uint32_t node, Ptr<ShardTransport> transport)
{
    m_lines.erase(node); // before its transport is listened to anew
    m_lines[node] = std::make_unique<Line>(*this, node, transport);
}

bool
ShardControlPlane::IsDown(Time now) const
{
    return now >= m_downFrom && now < m_downUntil;
}

void
ShardControlPlane::Take(Time now, Line& line, const ShardControlMessage& message)
{
    if (IsDown(now))
    {
        ++m_counters.missed;
        return;
    }
    switch (message.type)
    {
    case SHARD_CONTROL_ASK:
        return TakeAsk(now, line, message);
    case SHARD_CONTROL_REPORT:
        return TakeReport(now, line, message);
    default:
        return TakeCapability(now, line, message);
    }
}

void
ShardControlPlane::TakeAsk(Time now, Line& line, const ShardControlMessage& message)
{
    ShardAsk ask;
    if (ask.Read(message.body, message.size) != SHARD_OK || ask.node != line.node)
    {
        ++m_counters.malformed;
        return;
    }
    ++m_counters.asks;
    Tell(now, line, m_tier->Decide(now, ask));
}

void
ShardControlPlane::TakeReport(Time now, Line& line, const ShardControlMessage& message)
{
    ShardReport report;
    if (report.Read(message.body, message.size) != SHARD_OK)
    {
        ++m_counters.malformed;
        return;
    }
    if (report.number <= line.lastReport)
    {
        ++m_counters.stale;
        return;
    }
    line.lastReport = report.number;
    ++m_counters.reports;
    if (!line.estimator)
    {
        ShardEstimatorSettings settings;
        settings.memory = m_memory.GetSeconds();
        settings.predictor = m_predictor;
        settings.fullLoss = m_fullLoss;
        settings.fullQueue = m_fullQueue.GetSeconds();
        line.estimator = std::make_unique<ShardWayEstimator>(settings);
    }
    ShardDestination& destination = m_tier->Destination(line.node);
    // What a report speaks of was sent a round trip and its interval ago, and is settled.
    const Time late = destination.trip + MicroSeconds(2 * uint64_t(report.interval));
    const bool isMixed = line.depthSince.IsStrictlyPositive() && now - line.depthSince < late;
    line.estimator->Take(report, isMixed ? 0 : line.depth, destination);
    m_reportTrace(now, report, destination);
    Review(now, line);
}

void
ShardControlPlane::TakeCapability(Time now, Line& line, const ShardControlMessage& message)
{
    ShardCapability can;
    if (can.Read(message.body, message.size) != SHARD_OK)
    {
        ++m_counters.malformed;
        return;
    }
    ++m_counters.capabilities;
    ShardDestination& destination = m_tier->Destination(line.node);
    const bool isNew = !destination.isAnnounced;
    destination.can = can;
    destination.isAnnounced = true;
    if (isNew)
    {
        Review(now, line);
    }
}

void
ShardControlPlane::Review(Time now, Line& line)
{
    if (m_hasChanged && now - m_changed < m_hold)
    {
        return;
    }
    const std::vector<ShardDecision> changed = m_tier->Review(now, line.node);
    if (changed.empty())
    {
        return;
    }
    m_changed = now;
    m_hasChanged = true;
    for (const ShardDecision& decision : changed)
    {
        ++m_counters.pushed;
        Tell(now, line, decision);
    }
    ShardEpoch epoch;
    epoch.epoch = m_tier->GetEpoch();
    for (auto& [node, other] : m_lines)
    {
        other->transport->SendControl(now, 0, SHARD_CONTROL_EPOCH, epoch.Write());
    }
}

void
ShardControlPlane::Tell(Time now, Line& line, const ShardDecision& decision)
{
    if (line.depth != decision.directive.interleave)
    {
        line.depth = decision.directive.interleave;
        line.depthSince = now;
    }
    line.transport->SendControl(now, 0, SHARD_CONTROL_DECISION, decision.Write());
}

void
ShardControlPlane::DoDispose()
{
    m_lines.clear();
    m_tier = nullptr;
    Object::DoDispose();
}

} // namespace sharding
} // namespace ns3
