// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-run.h"

#include "tunnel-streams.h"
#include "tunnel-tcp.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// How often a run that has sent everything looks whether all of it is settled.
const Time POLL_INTERVAL = MilliSeconds(5);

} // namespace

TunnelRun::TunnelRun(const Values& values, const RunContext& context)
    : m_values(values),
      m_keepSamples(context.keepSamples),
      m_keepTimeline(context.keepTimeline),
      m_begun(std::chrono::steady_clock::now()),
      m_plan(values),
      m_ends((values.GetText("transport") == "path"
                  ? MakePathEnds
                  : MakeStackEnds)(values, context, m_plan, m_ledger)),
      m_nodes(m_ends->Nodes()),
      m_tunnel(m_nodes.First())
{
    if (values.GetInt("traffic.bulk_flows") > 0)
    {
        m_ledger.priorities.emplace();
    }
    m_ledger.deadlineNs = values.GetTimeNs("traffic.deadline");
    m_ends->SetPartialReceiver(&m_parts);
    if (m_tunnel.predictor)
    {
        m_tunnel.predictor->AssignStreams(STREAM_PREDICTOR);
    }
    const bool connected = m_tunnel.reassembler->TraceConnectWithoutContext(
        "BlockEnd",
        MakeCallback(&TunnelRun::BlockEnded, this));
    NS_ABORT_MSG_UNLESS(connected, "the reassembler's trace BlockEnd is gone");
    m_tunnel.reassembler->TraceConnectWithoutContext("Request",
                                                     MakeCallback(&TunnelRun::Requested, this));
    if (const Ptr<ShardControlPlane> plane = m_ends->Plane())
    {
        const auto bytes = static_cast<uint32_t>(values.GetBytes("traffic.size") + 28);
        m_loop.emplace(plane, values, bytes, m_keepTimeline);
    }
    if (HasCrypto(values))
    {
        m_crypto.emplace(values, m_nodes, m_keepTimeline);
        if (TunnelUnitsMeter* meter = m_crypto->Meter())
        {
            m_ledger.onDelivered = [meter](int64_t sentNs, int64_t at, uint32_t payload)
            { meter->Delivered(sentNs, at, payload); };
        }
    }
    if (values.GetBool("reassembly.lies"))
    {
        m_tunnel.farTransport->SetReceiver(nullptr);
        m_tunnel.farTransport->SetControlReceiver(SHARD_CONTROL_PROBE, nullptr);
    }
    for (const PlannedPath& path : m_plan.paths)
    {
        // Nothing but requests takes the way back: they wait for each other at most.
        m_requestPatience = std::max(m_requestPatience, 2 * path.info.delay + POLL_INTERVAL);
    }
}

void
TunnelRun::BlockEnded(const ShardBlockEnd& end)
{
    ++m_blocksEnded;
    m_blocksOpenNs += (end.ended - end.opened).GetNanoSeconds();
    m_lastEndNs = end.ended.GetNanoSeconds();
    m_parts.Ended(end);
}

void
TunnelRun::Requested(const ShardRequest&)
{
    m_lastRequest = Simulator::Now();
}

ShardPreallocatorCounters
TunnelRun::BuffersCounted() const
{
    return m_tunnel.preallocator ? m_tunnel.preallocator->GetCounters()
                                 : ShardPreallocatorCounters();
}

bool
TunnelRun::IsSettled() const
{
    if (const TunnelTcp* tcp = m_ends->Tcp())
    {
        return tcp->IsSettled();
    }
    // A request that is still on its way will be answered.
    if (m_lastRequest && Simulator::Now() < *m_lastRequest + m_requestPatience)
    {
        return false;
    }
    return m_ends->IsSent() && m_ends->Counts().InFlight() == 0 && m_nodes.Held() == 0 &&
           BuffersCounted().held == 0 && (!m_crypto || m_crypto->HeldAtReceiver() == 0) &&
           m_tunnel.reassembler->GetCounters().open == 0 &&
           m_tunnel.reassembler->GetFollowed() == 0;
}

void
TunnelRun::Poll()
{
    if (IsSettled())
    {
        // What has left the paths at this very moment still crosses the access link.
        Simulator::Stop(MilliSeconds(1));
        return;
    }
    Simulator::Schedule(POLL_INTERVAL, &TunnelRun::Poll, this);
}

RunResult
TunnelRun::Execute()
{
    if (m_values.Has("duration"))
    {
        Simulator::Stop(NanoSeconds(m_values.GetTimeNs("duration")));
    }
    Simulator::Schedule(POLL_INTERVAL, &TunnelRun::Poll, this);
    Simulator::Run();
    m_ends->Finish();
    m_simulatedNs = Simulator::Now().GetNanoSeconds();
    CheckConservation();

    RunResult result;
    MeasureDatagrams(result);
    MeasureShards(result);
    MeasureControl(result);
    MeasureBuffers(result);
    MeasureCrypto(result);
    MeasureRelease(result);
    m_nodes.Measure(result);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - m_begun;
    result.metrics.emplace_back("sim.time_s", static_cast<double>(m_simulatedNs) / 1e9);
    result.metrics.emplace_back("sim.events", static_cast<double>(Simulator::GetEventCount()));
    result.metrics.emplace_back("sim.wall_s", wall.count());
    if (m_loop && m_keepTimeline)
    {
        result.timeline = m_loop->Past();
    }
    else if (m_crypto && m_crypto->Meter())
    {
        result.timeline = m_crypto->Meter()->Past();
    }
    if (m_keepSamples)
    {
        result.samples.emplace_back("latency", m_ledger.latencies.Sorted());
    }
    return result;
}

} // namespace shardsim
