// SPDX-License-Identifier: GPL-2.0-only
#include "shard-reassembler.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/shard-compat.h"
#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_LOG_COMPONENT_DEFINE("ShardReassembler");
NS_OBJECT_ENSURE_REGISTERED(ShardReassembler);

TypeId
ShardReassembler::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardReassembler")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardReassembler>()
            .AddAttribute("Timeout",
                          "A block is given up so long after its first shard came; a complete "
                          "datagram waits for its turn as long at most.",
                          TimeValue(MilliSeconds(500)),
                          MakeTimeAccessor(&ShardReassembler::m_timeout),
                          MakeTimeChecker(NanoSeconds(1), Hours(1)))
            .AddAttribute("Linger",
                          "An ended block is remembered so long, so that its late shards and "
                          "duplicates are known for such.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&ShardReassembler::m_linger),
                          MakeTimeChecker(NanoSeconds(1), Hours(1)))
            .AddAttribute("FlowIdle",
                          "A flow without open blocks is remembered so long (at least Linger): "
                          "its proof and whose turn it is.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&ShardReassembler::m_flowIdle),
                          MakeTimeChecker(NanoSeconds(1), Hours(24)))
            .AddAttribute("Order",
                          "In which order the datagrams of a flow are released: Any (each when it "
                          "is complete) or InOrder (by block number).",
                          EnumValue(SHARD_ORDER_ANY),
                          ShardMakeEnumAccessor<ShardOrder>(&ShardReassembler::m_order),
                          ShardMakeEnumChecker<ShardOrder>(SHARD_ORDER_ANY,
                                                           "Any",
                                                           SHARD_ORDER_IN_ORDER,
                                                           "InOrder"))
            .AddAttribute("NodeMemory",
                          "Bytes that may be held in all: payload, 256 a block, 80 a remembered "
                          "block, 192 a flow.",
                          UintegerValue(4U << 20),
                          MakeUintegerAccessor(&ShardReassembler::m_nodeMemory),
                          MakeUintegerChecker<uint64_t>(4096, uint64_t(1) << 40))
            .AddAttribute("FlowMemory",
                          "Bytes of that which may be held for one flow.",
                          UintegerValue(1U << 20),
                          MakeUintegerAccessor(&ShardReassembler::m_flowMemory),
                          MakeUintegerChecker<uint64_t>(1024, uint64_t(1) << 40))
            .AddAttribute(
                "UnprovenShare",
                "Part of NodeMemory that blocks may hold in all which their flows have no "
                "credit for, by datagrams that they completed; they are lost first.",
                DoubleValue(0.5),
                MakeDoubleAccessor(&ShardReassembler::m_unprovenShare),
                MakeDoubleChecker<double>(0.01, 1))
            .AddAttribute("MaxBlocks",
                          "Blocks that may be open or wait for their turn; one more displaces the "
                          "oldest that its flow has no credit for, then the oldest of the heaviest "
                          "flow. 0: memory alone is the bound.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&ShardReassembler::m_maxBlocks),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("AcceptPartial",
                          "The receiver takes datagrams with holes, and their front while the rest "
                          "is waited for.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&ShardReassembler::m_acceptPartial),
                          MakeBooleanChecker())
            .AddAttribute("MaxLearnt",
                          "Blocks whose shards are followed at a time to learn when they come, "
                          "where there is a predictor.",
                          UintegerValue(4096),
                          MakeUintegerAccessor(&ShardReassembler::m_maxLearnt),
                          MakeUintegerChecker<uint32_t>(1, 1U << 24))
            .AddAttribute("ScoreLevel",
                          "Level of the quantile at which a predictor is scored.",
                          DoubleValue(0.9),
                          MakeDoubleAccessor(&ShardReassembler::m_scoreLevel),
                          MakeDoubleChecker<double>(0.001, 0.999))
            .AddAttribute("RequestRounds",
                          "Most requests for what a block lacks, where there is feedback.",
                          UintegerValue(3),
                          MakeUintegerAccessor(&ShardReassembler::m_rounds),
                          MakeUintegerChecker<uint32_t>(0, 16))
            .AddAttribute("RequestRate",
                          "Most requests a second.",
                          DoubleValue(10000),
                          MakeDoubleAccessor(&ShardReassembler::m_requestRate),
                          MakeDoubleChecker<double>(0.001))
            .AddAttribute("RequestTimeout",
                          "How long the first answer is waited for, before round trips are known.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&ShardReassembler::m_requestTimeout),
                          MakeTimeChecker(NanoSeconds(1), Hours(1)))
            .AddAttribute("ReportInterval",
                          "Time between reports of what comes, where there is feedback; 0: none "
                          "are sent.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&ShardReassembler::m_reportInterval),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("ProcessingRate",
                          "Shards a second that this node says it can process; 0: no limit. It is "
                          "announced, not enforced.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&ShardReassembler::m_processingRate),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("Slack",
                          "Shards may be handed over by so much later than they came, and what "
                          "follows from time alone is done by so much later, but all of it with "
                          "the time when it was (ShardPathTransport).",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&ShardReassembler::m_slack),
                          MakeTimeChecker(Time(0)))
            .AddTraceSource("Shard",
                            "A shard came: the shard and what became of it.",
                            MakeTraceSourceAccessor(&ShardReassembler::m_shardTrace),
                            "ns3::sharding::ShardReassembler::ShardTracedCallback")
            .AddTraceSource("BlockEnd",
                            "A block ended: released, timed out, evicted (why), poisoned ...",
                            MakeTraceSourceAccessor(&ShardReassembler::m_endTrace),
                            "ns3::sharding::ShardReassembler::EndTracedCallback")
            .AddTraceSource("Release",
                            "A datagram was handed to the receiver.",
                            MakeTraceSourceAccessor(&ShardReassembler::m_releaseTrace),
                            "ns3::sharding::ShardReassembler::ReleaseTracedCallback")
            .AddTraceSource("Partial",
                            "A part of a datagram was handed to the receiver: what is missing is "
                            "said with it.",
                            MakeTraceSourceAccessor(&ShardReassembler::m_partialTrace),
                            "ns3::sharding::ShardReassembler::ReleaseTracedCallback")
            .AddTraceSource("Decision",
                            "The release policy does not wait: the block, and what is done.",
                            MakeTraceSourceAccessor(&ShardReassembler::m_decisionTrace),
                            "ns3::sharding::ShardReassembler::DecisionTracedCallback")
            .AddTraceSource("Request",
                            "The sender is asked for what a block lacks.",
                            MakeTraceSourceAccessor(&ShardReassembler::m_requestTrace),
                            "ns3::sharding::ShardReassembler::RequestTracedCallback")
            .AddTraceSource("Report",
                            "The sender is told what came.",
                            MakeTraceSourceAccessor(&ShardReassembler::m_reportTrace),
                            "ns3::sharding::ShardReassembler::ReportTracedCallback")
            .AddTraceSource("Mismatch",
                            "A released datagram differs from what was sent: the run has failed.",
                            MakeTraceSourceAccessor(&ShardReassembler::m_mismatchTrace),
                            "ns3::sharding::ShardReassembler::ReleaseTracedCallback");
    return tid;
}

ShardReassembler::ShardReassembler()
    : m_listener(*this),
      m_table(m_listener)
{
}

ShardReassembler::~ShardReassembler() = default;

void
ShardReassembler::SetReceiver(ShardDatagramSink* receiver)
{
    m_receiver = receiver;
}

void
ShardReassembler::Configure()
{
    ShardTableSettings settings;
    settings.timeout = m_timeout;
    settings.linger = m_linger;
    settings.flowIdle = m_flowIdle;
    settings.order = m_order;
    settings.memory.node = m_nodeMemory;
    settings.memory.flow = m_flowMemory;
    settings.memory.unproven =
        static_cast<uint64_t>(m_unprovenShare * static_cast<double>(m_nodeMemory));
    settings.memory.blocks = m_maxBlocks;
    m_table.Configure(settings);
    ConfigureFeedback();
    ConfigureRelease();
    m_configured = true;
}

void
ShardReassembler::ConfigureFeedback()
{
    if (m_feedback != nullptr && m_rounds > 0)
    {
        ShardRequesterSettings asks;
        asks.rounds = m_rounds;
        asks.timeout = m_timeout.GetTimeStep();
        asks.initialTimeout = m_requestTimeout.GetTimeStep();
        asks.rate = m_requestRate;
        m_requester.emplace(
            asks,
            [this](int64_t now, uint32_t peer, uint16_t path, const ShardRequest& request)
            { SendRequest(now, peer, path, request); },
            [this](const ShardBlockId& id) { return m_table.Need(id); });
    }
    if (m_feedback != nullptr && m_reportInterval.IsStrictlyPositive())
    {
        ShardReporterSettings reports;
        reports.interval = m_reportInterval.GetTimeStep();
        std::vector<uint32_t> peers = m_feedback->GetPeers();
        if (peers.empty())
        {
            peers.push_back(ShardTransport::ANY_PEER);
        }
        for (const uint32_t peer : peers)
        {
            m_reporters.emplace_back(
                peer,
                std::make_unique<ShardReporter>(
                    reports,
                    [this, peer](int64_t now, uint16_t path, const ShardReport& report)
                    { SendReport(now, peer, path, report); }));
        }
    }
}

void
ShardReassembler::Accept(Time now, Shard&& shard)
{
    if (!m_configured)
    {
        Configure();
    }
    if (IsTimed())
    {
        PassTo(now.GetTimeStep());
    }
    m_now = now.GetTimeStep();
    m_path = shard.path;
    m_n = shard.fields.n;
    const ShardVerdict verdict = m_table.Accept(now, shard);
    if (verdict != SHARD_MALFORMED)
    {
        if (ShardReporter* const reporter = ReporterOf(shard.peer))
        {
            reporter->Came(m_now, shard);
        }
    }
    if (m_requester)
    {
        TellRequester(shard, verdict);
    }
    Learn(m_now, shard, verdict);
    m_shardTrace(shard, verdict);
    // Deadlines of the table only move away: what is stored later is due later. So one pending
    // event is enough, and it may come too early. Where there are requests it has to be looked at.
    if (m_dueFor == INT64_MAX || IsTimed())
    {
        Reschedule();
    }
}

void
ShardReassembler::Reschedule()
{
    if (m_dueFor == INT64_MAX || NextDeadline() < m_dueFor)
    {
        Schedule();
    }
}

/// Do what is due until then, each at its own time and in the order of these.
void
ShardReassembler::PassTo(int64_t now)
{
    while (IsTimed())
    {
        const int64_t request = m_requester ? m_requester->NextDeadline() : INT64_MAX;
        const Time deadline = m_table.NextDeadline();
        const int64_t next = NextDeadline();
        if (next > now)
        {
            break;
        }
        if (deadline.GetTimeStep() == next)
        {
            m_now = next;
            m_table.Advance(deadline);
        }
        else if (request == next)
        {
            m_requester->Advance(request);
        }
        else if (m_watch && m_watch->NextDeadline() == next)
        {
            m_now = next;
            m_watch->Advance(next);
        }
        else
        {
            for (const auto& [peer, reporter] : m_reporters)
            {
                reporter->Advance(next); // those that are due
            }
        }
    }
    m_now = now;
    m_table.Advance(TimeStep(static_cast<uint64_t>(now)));
}

int64_t
ShardReassembler::NextDeadline() const
{
    int64_t deadline = m_table.NextDeadline().GetTimeStep();
    if (m_requester)
    {
        deadline = std::min(deadline, m_requester->NextDeadline());
    }
    if (m_watch)
    {
        deadline = std::min(deadline, m_watch->NextDeadline());
    }
    return std::min(deadline, NextReport());
}

void
ShardReassembler::Schedule()
{
    m_due.Cancel();
    const int64_t deadline = NextDeadline();
    m_dueFor = INT64_MAX;
    if (deadline < Time::Max().GetTimeStep())
    {
        m_dueFor = deadline;
        const Time due = TimeStep(static_cast<uint64_t>(deadline)) + m_slack;
        m_due = Simulator::Schedule(std::max(due - Simulator::Now(), Time(0)),
                                    &ShardReassembler::Due,
                                    this);
    }
}

void
ShardReassembler::Due()
{
    PassTo((Simulator::Now() - m_slack).GetTimeStep());
    Schedule();
}

void
ShardReassembler::Advance(Time now)
{
    PassTo(now.GetTimeStep());
}

ShardBlockStore::Found
ShardReassembler::Look(const ShardBlockId& id) const
{
    return m_table.Look(id);
}

ShardRequesterCounters
ShardReassembler::GetRequestCounters() const
{
    return m_requester ? m_requester->Counters() : ShardRequesterCounters();
}

uint32_t
ShardReassembler::GetFollowed() const
{
    return m_requester ? m_requester->Pending() : 0;
}

const ShardReassemblyCounters&
ShardReassembler::GetCounters() const
{
    return m_table.Counters();
}

uint64_t
ShardReassembler::GetWaiting() const
{
    return m_table.Waiting();
}

bool
ShardReassembler::CheckConservation() const
{
    return m_table.CheckConservation();
}

void
ShardReassembler::DoDispose()
{
    m_due.Cancel();
    m_receiver = nullptr;
    m_feedback = nullptr;
    m_requester.reset();
    m_reporters.clear();
    m_watch.reset();
    m_learner.reset();
    m_policy = nullptr;
    m_predictor = nullptr;
    Object::DoDispose();
}

void
ShardReassembler::Listener::Release(Time now, const ShardRelease& release)
{
    if (release.mismatch)
    {
        NS_LOG_WARN("flow " << release.id.flow << " block " << release.id.block
                            << ": released bytes differ from what was sent");
        m_reassembler.m_mismatchTrace(release);
    }
    (release.complete ? m_reassembler.m_releaseTrace : m_reassembler.m_partialTrace)(release);
    ShardReporter* const reporter = m_reassembler.ReporterOf(release.id.peer);
    if (reporter != nullptr && release.complete)
    {
        reporter->Released(release.size);
    }
    if (m_reassembler.m_receiver != nullptr)
    {
        m_reassembler.m_receiver->Release(now, release);
    }
}

void
ShardReassembler::Listener::Ended(Time, const ShardBlockEnd& end)
{
    if (m_reassembler.m_requester)
    {
        m_reassembler.m_requester->Ended(end.id);
    }
    if (m_reassembler.m_watch)
    {
        m_reassembler.m_watch->Ended(end.id);
    }
    m_reassembler.m_endTrace(end);
}

} // namespace sharding
} // namespace ns3
