// SPDX-License-Identifier: GPL-2.0-only
//
// The part of ShardReassembler that speaks to the sender.
#include "shard-reassembler.h"

#include "ns3/shard-erasure-code.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

void
ShardReassembler::SetFeedback(ShardTransport* transport)
{
    m_feedback = transport;
    transport->SetControlReceiver(SHARD_CONTROL_PROBE, this);
}

void
ShardReassembler::Announce(Time now, uint32_t peer)
{
    ShardCapability can;
    can.reassembles = true;
    can.mtu = 65535;
    for (uint32_t path = 0; path < m_feedback->GetPathCount(); ++path)
    {
        can.mtu = static_cast<uint16_t>(std::min<uint32_t>(can.mtu, m_feedback->GetPath(path).mtu));
    }
    can.shardRate = m_processingRate;
    for (uint32_t code = SHARD_CODE_NONE; code < 16; ++code)
    {
        can.codes |= GetErasureCode(static_cast<ShardCode>(code)) != nullptr ? 1U << code : 0;
    }
    can.memory = m_nodeMemory;
    m_feedback->SendControl(now, 0, SHARD_CONTROL_CAPABILITY, can.Write(), peer);
}

void
ShardReassembler::AcceptControl(Time now, const ShardControlMessage& message)
{
    ShardProbe probe;
    if (probe.Read(message.body, message.size) != SHARD_OK)
    {
        ++m_malformedControl;
        return;
    }
    if (!m_configured)
    {
        Configure();
    }
    if (m_learner)
    {
        m_learner->Probed(message.path, now.GetTimeStep() - static_cast<int64_t>(probe.at));
    }
    if (ShardReporter* const reporter = ReporterOf(message.peer))
    {
        PassTo(now.GetTimeStep());
        reporter->Probed(now.GetTimeStep(), message.path, probe, message.isMarked);
        Reschedule();
    }
}

/// @return what tells a sender what comes of it: one that nobody knows is told of with the first;
/// null where there are no reports
ShardReporter*
ShardReassembler::ReporterOf(uint32_t peer)
{
    for (const auto& [number, reporter] : m_reporters)
    {
        if (number == peer)
        {
            return reporter.get();
        }
    }
    return m_reporters.empty() ? nullptr : m_reporters.front().second.get();
}

/// @return when the next report is due, ticks
int64_t
ShardReassembler::NextReport() const
{
    int64_t next = ShardReporter::NEVER;
    for (const auto& [peer, reporter] : m_reporters)
    {
        next = std::min(next, reporter->NextDeadline());
    }
    return next;
}

void
ShardReassembler::SendReport(int64_t now, uint32_t peer, uint16_t path, const ShardReport& report)
{
    m_reportTrace(report);
    const Time at = TimeStep(static_cast<uint64_t>(now));
    m_feedback->SendControl(at, path, SHARD_CONTROL_REPORT, report.Write(), peer);
    if (report.number % 10 == 1)
    {
        Announce(at, peer); // it may not have heard it the first time, or have forgotten
    }
}

void
ShardReassembler::SendRequest(int64_t now,
                              uint32_t peer,
                              uint16_t path,
                              const ShardRequest& request)
{
    m_requestTrace(request);
    if (m_learner)
    {
        m_learner->Asked({peer, request.flow, request.block}, request.wanted);
    }
    if (ShardReporter* const reporter = ReporterOf(peer))
    {
        reporter->Requested({peer, request.flow, request.block}, request.wanted);
    }
    m_feedback->SendControl(TimeStep(static_cast<uint64_t>(now)),
                            path,
                            SHARD_CONTROL_REQUEST,
                            request.Write(),
                            peer);
}

/// A shard has come, and the table has taken it or not.
void
ShardReassembler::TellRequester(const Shard& shard, ShardVerdict verdict)
{
    const ShardBlockId id{shard.peer, shard.fields.flow, shard.fields.block};
    const bool isKept = verdict == SHARD_STORED || verdict == SHARD_COMPLETED;
    if (isKept || verdict == SHARD_LATE || verdict == SHARD_DUPLICATE || verdict == SHARD_USELESS)
    {
        m_requester->Came(m_now, id, shard.fields.n, shard.fields.index, isKept);
    }
    if (verdict == SHARD_STORED)
    {
        m_requester->Kept(m_now, id, shard.path, shard.fields.index);
    }
}

void
ShardReassembler::Listener::Began(const ShardBlockId& id)
{
    if (ShardReporter* const reporter = m_reassembler.ReporterOf(id.peer))
    {
        reporter->Began(m_reassembler.m_now, id, m_reassembler.m_n);
    }
}

void
ShardReassembler::Listener::PassedOver(const ShardBlockId& first, uint32_t count)
{
    if (ShardReporter* const reporter = m_reassembler.ReporterOf(first.peer))
    {
        reporter->PassedOver(m_reassembler.m_now, first, count, m_reassembler.m_n);
    }
    if (m_reassembler.m_requester)
    {
        m_reassembler.m_requester->PassedOver(m_reassembler.m_now,
                                              first,
                                              count,
                                              m_reassembler.m_path);
    }
}

} // namespace sharding
} // namespace ns3
