// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-ends.h"
#include "tunnel-schedule.h"
#include "tunnel-tier.h"

#include "ns3/shard-agenda.h"
#include "ns3/simulator.h"

#include <limits>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

constexpr uint32_t IP_AND_UDP = 28;
constexpr uint32_t SENDER = 0x0a000001;   ///< 10.0.0.1; further hosts count on from there
constexpr uint32_t RECEIVER = 0x0a000006; ///< 10.0.0.6, as on the stack: flows have the same keys

/// A datagram that knows what the experimenter wants to know of it.
class NumberedDatagram : public Datagram
{
  public:
    Ptr<Datagram> Copy() const override
    {
        return Create<NumberedDatagram>(*this);
    }

    int64_t sentNs{0};             ///< by the application
    mutable bool delivered{false}; ///< to the receiving host
};

/// @param rate of the link  @param queue its limit  @return a link of the access networks
ShardPathLink
MakeAccessLink()
{
    ShardPathLinkSettings settings;
    settings.rate = DataRate(TunnelPlan::ACCESS_RATE);
    settings.queue = QueueSize(QueueSizeUnit::PACKETS, TunnelPlan::ACCESS_QUEUE);
    return ShardPathLink(settings);
}

/**
 * Over computed paths: the sending host hands datagrams to the transformation node, and the
 * receiving host takes them from the reassembly node; the access links are computed, too.
 */
class PathEnds : public TunnelEnds, public ShardDatagramSink
{
  public:
    PathEnds(const Values& values,
             const RunContext& context,
             const TunnelPlan& plan,
             TunnelLedger& ledger);
    ~PathEnds() override;

    const TunnelNodes& Nodes() const override
    {
        return m_nodes;
    }

    Ptr<ShardControlPlane> Plane() override
    {
        return m_plane;
    }

    bool IsSent() const override
    {
        return m_isSent;
    }

    TunnelCounts Counts() const override;

    const TunnelTcp* Tcp() const override
    {
        return nullptr;
    }

    void SetPartialReceiver(ShardDatagramSink* receiver) override
    {
        m_partialReceiver = receiver;
    }

    void Finish() override;

    void Release(Time now, const ShardRelease& release) override;

  private:
    void ScheduleNext();
    void Submit();
    Time End() const;
    void TakePlain(Time now, uint32_t bytes, Ptr<const Datagram> datagram);
    void Deliver(int64_t now, uint32_t bytes, const Datagram* datagram);

    TunnelLedger& m_ledger;
    TunnelSchedule m_schedule;
    const bool m_realPayload;
    const uint32_t m_replicaPort;                       ///< where copies go; 0 for none
    const int64_t m_limit;                              ///< of simulated time
    ShardMoment m_sending{ShardMoment::FromOutside(0)}; ///< when the host sends
    ShardPathLink m_in{MakeAccessLink()};               ///< from the sending host
    ShardPathLink m_out{MakeAccessLink()};              ///< to the receiving host
    TracedDatagram m_next;                              ///< on its way to the transformation node
    bool m_isSent{false};                               ///< the last one has come there
    Ptr<ShardPathTransport> m_near;                     ///< end at the transformation node
    Ptr<ShardPathTransport> m_far;                      ///< end at the reassembly node
    TunnelNodes m_nodes;
    Ptr<ShardControlPlane> m_plane;                ///< null where there is none
    ShardDatagramSink* m_partialReceiver{nullptr}; ///< not owned
};

/// @return one direction of a path
ShardPathModel
MakeDirection(const TunnelPlan& plan, std::size_t number, bool back)
{
    const std::vector<Time>& delays = plan.paths[number].delays;
    ShardPathModel path;
    for (std::size_t hop = 0; hop < delays.size(); ++hop)
    {
        const bool isLast = hop + 1 == delays.size();
        ShardPathLinkSettings settings;
        settings.rate = plan.rate;
        settings.delay = back ? delays[delays.size() - 1 - hop] : delays[hop];
        settings.queue = plan.queue;
        settings.mark = plan.mark;
        settings.trace = isLast && !back ? plan.trace : nullptr;
        ShardPathLink link(settings);
        if (isLast && !back && plan.CrossRate().GetBitRate() != 0)
        {
            Ptr<UniformRandomVariable> uniform = CreateObject<UniformRandomVariable>();
            uniform->SetStream(TunnelPlan::CrossStream(number));
            link.SetCross(ShardArrivals(plan.CrossShape(), uniform), plan.mtu);
        }
        path.AddLink(link);
    }
    path.SetLoss(plan.MakeLoss(number, back));
    path.SetJitter(back ? nullptr : plan.MakeJitter(number));
    return path;
}

PathEnds::PathEnds(const Values& values,
                   const RunContext& context,
                   const TunnelPlan& plan,
                   TunnelLedger& ledger)
    : m_ledger(ledger),
      m_schedule(values, context.progress),
      m_realPayload(values.GetText("payload") == "real"),
      m_replicaPort(values.Has("rewrite.replica_port")
                        ? static_cast<uint32_t>(values.GetInt("rewrite.replica_port"))
                        : 0),
      m_limit(values.Has("duration") ? values.GetTimeNs("duration")
                                     : std::numeric_limits<int64_t>::max()),
      m_nodes(values)
{
    ShardTunnelHelper helper = MakeTunnelHelper(values);
    for (std::size_t number = 0; number < plan.paths.size(); ++number)
    {
        helper.AddPath(MakeDirection(plan, number, false),
                       MakeDirection(plan, number, true),
                       plan.paths[number].info);
    }
    // The links between what spreads, the nodes and the paths take no time, and are left out.
    m_nodes.Add(helper.InstallComputed());
    while (m_nodes.All().size() < NodeCount(values))
    {
        m_nodes.Add(helper.JoinComputed(m_nodes.All().front()));
    }
    m_nodes.Begin();
    if (HasTier(values))
    {
        const ShardTierHelper tiers = MakeTierHelper(values);
        m_plane = tiers.Create();
        for (std::size_t number = 0; number < m_nodes.All().size(); ++number)
        {
            tiers.ConnectComputed(m_plane,
                                  m_nodes.All()[number],
                                  static_cast<uint32_t>(number),
                                  DataRate(values.GetRateBps("tier.rate")),
                                  NanoSeconds(values.GetTimeNs("tier.delay")));
        }
    }
    m_near = DynamicCast<ShardPathTransport>(m_nodes.First().nearTransport);
    m_far = DynamicCast<ShardPathTransport>(m_nodes.First().farTransport);
    m_far->SetPlainReceiver(MakeCallback(&PathEnds::TakePlain, this));
    m_nodes.First().reassembler->SetReceiver(this);
    Simulator::Schedule(Time(0), &PathEnds::ScheduleNext, this);
}

PathEnds::~PathEnds()
{
    for (const Ptr<ShardTunnel>& node : m_nodes.All())
    {
        node->Dispose();
    }
    if (m_plane)
    {
        m_plane->Dispose();
    }
}

TunnelCounts
PathEnds::Counts() const
{
    TunnelCounts counts;
    for (uint32_t path = 0; path < m_near->GetPathCount(); ++path)
    {
        const ShardPathModel::Counters c = m_near->GetPathCounters(path, End());
        counts.entered += c.entered;
        counts.enteredBytes += c.enteredBytes;
        counts.queueDrops += c.queueDrops;
        counts.linkLosses += c.losses;
    }
    counts.left = m_far->GetPackets();
    return counts;
}

/// @return until when things happen: now, or just before the cut, which ns-3 makes first in its
/// tick
Time
PathEnds::End() const
{
    return std::min(Simulator::Now(), NanoSeconds(m_limit - 1));
}

/// One datagram at a time is looked at: the host's link does not reorder.
void
PathEnds::ScheduleNext()
{
    m_next = m_schedule.Next();
    m_sending = m_sending.Schedule(m_next.atNs);
    ShardMoment moment = m_sending;
    m_in.Pass(moment, m_next.payload + IP_AND_UDP);
    ShardAgenda::Schedule(moment, [this] { Submit(); });
}

void
PathEnds::Submit()
{
    const uint64_t number = m_schedule.Given() - 1;
    m_ledger.Sent(m_next.atNs, m_schedule.IsBulk(number));
    Ptr<NumberedDatagram> datagram = Create<NumberedDatagram>();
    datagram->flow.source = SENDER + m_schedule.SourceHost(number);
    datagram->flow.destination = RECEIVER;
    datagram->flow.sourcePort = m_schedule.SourcePort(number);
    datagram->flow.destinationPort = TunnelSchedule::PORT;
    datagram->flow.protocol = 17;
    datagram->size = m_next.payload + IP_AND_UDP;
    datagram->headers = IP_AND_UDP;
    datagram->dscp = m_schedule.Dscp(number);
    datagram->entered = Simulator::Now();
    datagram->id = number;
    datagram->sentNs = m_next.atNs;
    if (m_realPayload)
    {
        Ptr<ShardBytes> bytes = Create<ShardBytes>(datagram->size);
        FillTunnelPayload(number, bytes->Data(), bytes->Size());
        datagram->bytes = bytes;
    }
    const Ptr<ShardSpreader> spreader = m_nodes.Spreader();
    const std::optional<uint32_t> node =
        spreader ? spreader->Choose(datagram->entered, datagram->flow) : 0;
    if (node)
    {
        m_nodes.All()[*node]->transformer->Submit(datagram->entered, datagram);
    }
    m_isSent = m_schedule.IsDone();
    if (!m_isSent)
    {
        ScheduleNext();
    }
}

void
PathEnds::Release(Time now, const ShardRelease& release)
{
    if (!release.complete)
    {
        if (m_partialReceiver != nullptr)
        {
            m_partialReceiver->Release(now, release);
        }
        return; // no IP packet
    }
    Deliver(now.GetTimeStep(), release.size, PeekPointer(release.origin));
}

void
PathEnds::TakePlain(Time now, uint32_t bytes, Ptr<const Datagram> datagram)
{
    Deliver(now.GetTimeStep(), bytes, PeekPointer(datagram));
}

/// An IP packet crosses the access link; where it completes a datagram, that is delivered.
void
PathEnds::Deliver(int64_t now, uint32_t bytes, const Datagram* datagram)
{
    ShardMoment moment = ShardMoment::FromOutside(now);
    m_out.Pass(moment, bytes);
    if (datagram == nullptr || moment.Time() >= m_limit)
    {
        return;
    }
    const auto* numbered = static_cast<const NumberedDatagram*>(datagram);
    if (numbered->delivered)
    {
        ++m_ledger.duplicates;
        return;
    }
    numbered->delivered = true;
    if (numbered->flow.destinationPort == m_replicaPort)
    {
        ++m_ledger.replicas;
        return;
    }
    m_ledger.Delivered(numbered->sentNs,
                       moment.Time(),
                       numbered->size - IP_AND_UDP,
                       m_schedule.IsBulk(numbered->id));
}

void
PathEnds::Finish()
{
    m_far->Flush(End());
    const ShardTunnel& tunnel = m_nodes.First();
    if (tunnel.decryption)
    {
        tunnel.decryption->Advance(End());
    }
    if (tunnel.preallocator)
    {
        tunnel.preallocator->Advance(End());
    }
    tunnel.reassembler->Advance(End());
    // Those that were cut off on their way to the transformation node have been sent, too.
    while (!m_isSent && m_next.atNs <= End().GetNanoSeconds())
    {
        m_ledger.Sent(m_next.atNs, m_schedule.IsBulk(m_schedule.Given() - 1));
        m_isSent = m_schedule.IsDone();
        m_next = m_isSent ? m_next : m_schedule.Next();
    }
}

} // namespace

std::unique_ptr<TunnelEnds>
MakePathEnds(const Values& values,
             const RunContext& context,
             const TunnelPlan& plan,
             TunnelLedger& ledger)
{
    if (!context.pcapPrefix.empty())
    {
        throw RequestError("--pcap: the path model has no packets to capture; allowed with "
                           "transport = stack");
    }
    return std::make_unique<PathEnds>(values, context, plan, ledger);
}

} // namespace shardsim
