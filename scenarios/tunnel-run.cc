// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-run.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/bulk-send-helper.h"
#include "ns3/config.h"
#include "ns3/inet-socket-address.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/packet-sink.h"
#include "ns3/shard-compat.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

constexpr uint16_t TCP_PORT = 5001;
/// How often a run that has sent everything looks whether all of it is settled.
const Time POLL_INTERVAL = MilliSeconds(5);
/// A transfer that gets nothing through for so long is over (TCP's own patience ends before).
const Time TCP_PATIENCE = Seconds(1200);

} // namespace

TunnelRun::TunnelRun(const Values& values, const RunContext& context)
    : m_values(values),
      m_context(context),
      m_begun(std::chrono::steady_clock::now()),
      m_topology(values),
      m_ledger(values.GetText("traffic.kind") == "tcp"
                   ? 0
                   : static_cast<std::size_t>(values.GetInt("traffic.datagrams")))
{
    InstallTunnel();
    m_meter = std::make_unique<TunnelMeter>(m_topology.paths);
    if (values.GetText("traffic.kind") == "tcp")
    {
        InstallTcp();
    }
    else
    {
        InstallTraffic();
    }
    if (!context.pcapPrefix.empty())
    {
        m_topology.EnablePcap(context.pcapPrefix);
    }
}

void
TunnelRun::InstallTunnel()
{
    const std::map<std::string, std::string> placements = {
        {"single", "ns3::sharding::SinglePlacement"},
        {"round-robin", "ns3::sharding::RoundRobinPlacement"},
        {"weighted", "ns3::sharding::WeightedPlacement"},
        {"least-delay", "ns3::sharding::LeastDelayPlacement"}};
    ShardTunnelHelper helper;
    const std::string policy = m_values.GetText("sharding.policy");
    if (policy == "none")
    {
        helper.SetPolicy("ns3::sharding::ForwardPolicy");
    }
    else if (policy == "replicate")
    {
        helper.SetPolicy("ns3::sharding::ReplicatePolicy",
                         "Copies",
                         UintegerValue(m_values.GetInt("sharding.copies")));
    }
    else
    {
        const auto optional = [this](const char* key, bool bytes) -> uint64_t {
            return !m_values.Has(key) ? 0 : bytes ? m_values.GetBytes(key) : m_values.GetInt(key);
        };
        helper.SetPolicy("ns3::sharding::StaticPolicy",
                         "Shards",
                         UintegerValue(optional("sharding.shards", false)),
                         "ShardSize",
                         UintegerValue(optional("sharding.size", true)),
                         "HeaderFirst",
                         BooleanValue(m_values.GetText("sharding.sizing") == "header-first"),
                         "Protect",
                         UintegerValue(m_values.GetInt("sharding.protect")),
                         "Code",
                         StringValue(m_values.GetText("fec.code")),
                         "Repair",
                         UintegerValue(m_values.GetInt("fec.repair")),
                         "Interleave",
                         UintegerValue(m_values.GetInt("fec.interleave")));
    }
    helper.SetPlacement(placements.at(m_values.GetText("placement")));
    helper.SetRealPayload(m_values.GetText("payload") == "real");
    helper.SetTransformerAttribute(
        "InterleaveTimeout",
        TimeValue(NanoSeconds(m_values.GetTimeNs("fec.interleave_timeout"))));
    helper.SetBufferAttribute("PacingRate",
                              DataRateValue(DataRate(m_values.GetRateBps("pacing.rate"))));
    helper.SetBufferAttribute("MaxPackets", UintegerValue(m_values.GetInt("pacing.queue")));
    helper.SetReassemblyAttribute("Timeout",
                                  TimeValue(NanoSeconds(m_values.GetTimeNs("reassembly.timeout"))));
    helper.SetReassemblyAttribute("NodeMemory",
                                  UintegerValue(m_values.GetBytes("reassembly.memory")));
    helper.SetReassemblyAttribute("FlowMemory", UintegerValue(FlowMemory(m_values)));
    helper.SetReassemblyAttribute(
        "Order",
        StringValue(m_values.GetText("reassembly.order") == "any" ? "Any" : "InOrder"));
    for (const TunnelPath& path : m_topology.paths)
    {
        helper.AddPath(path.near, path.far, path.info);
    }
    m_tunnel = helper.Install(m_topology.transformation,
                              m_topology.reassembly,
                              m_topology.plainInterface,
                              m_topology.plainGateway);
    m_tunnel->AddRoute(m_topology.receiverAddress);
    const bool connected = m_tunnel->reassembler->TraceConnectWithoutContext(
        "BlockEnd",
        MakeCallback(&TunnelRun::BlockEnded, this));
    NS_ABORT_MSG_UNLESS(connected, "the reassembler's trace BlockEnd is gone");
}

void
TunnelRun::InstallTraffic()
{
    m_source = std::make_unique<TunnelSource>(m_values,
                                              m_ledger,
                                              m_topology.sender,
                                              m_topology.senderAddress,
                                              m_topology.receiverAddress);
    m_source->progress = m_context.progress;
    m_sink = std::make_unique<TunnelSink>(m_ledger,
                                          m_topology.receiver,
                                          m_values.GetText("payload") == "real");
    Simulator::Schedule(Time(0), &TunnelSource::Start, m_source.get());
}

void
TunnelRun::InstallTcp()
{
    // Named here because their defaults differ between versions of ns-3.
    Config::SetDefault("ns3::TcpL4Protocol::SocketType", StringValue("ns3::TcpCubic"));
    Config::SetDefault("ns3::TcpSocket::SegmentSize",
                       UintegerValue(m_values.GetBytes("traffic.size")));
    Config::SetDefault("ns3::TcpSocket::SndBufSize", UintegerValue(16 << 20));
    Config::SetDefault("ns3::TcpSocket::RcvBufSize", UintegerValue(16 << 20));
    const auto flows = static_cast<uint64_t>(m_values.GetInt("traffic.flows"));
    const auto segments = static_cast<uint64_t>(m_values.GetInt("traffic.datagrams"));
    const auto size = static_cast<uint64_t>(m_values.GetBytes("traffic.size"));
    for (uint64_t flow = 0; flow < std::min(flows, segments); ++flow)
    {
        const auto port = static_cast<uint16_t>(TCP_PORT + flow);
        // The first flows take one segment more where they do not divide evenly.
        const uint64_t bytes = (segments / flows + (flow < segments % flows ? 1 : 0)) * size;
        m_tcpTotal += bytes;
        InetSocketAddress remote(m_topology.receiverAddress, port);
        BulkSendHelper send("ns3::TcpSocketFactory", remote);
        send.SetAttribute("MaxBytes", UintegerValue(bytes));
        send.SetAttribute("SendSize", UintegerValue(size));
        send.Install(m_topology.sender);
        PacketSinkHelper sink("ns3::TcpSocketFactory",
                              InetSocketAddress(Ipv4Address::GetAny(), port));
        ApplicationContainer sinks = sink.Install(m_topology.receiver);
        sinks.Get(0)->TraceConnectWithoutContext("Rx", MakeCallback(&TunnelRun::TcpReceived, this));
    }
}

void
TunnelRun::TcpReceived(Ptr<const Packet> packet, const Address&)
{
    m_tcpReceived += packet->GetSize();
    m_tcpLastNs = Simulator::Now().GetNanoSeconds();
}

bool
TunnelRun::IsSettled() const
{
    if (m_tcpTotal != 0)
    {
        return m_tcpReceived == m_tcpTotal ||
               Simulator::Now() > NanoSeconds(m_tcpLastNs) + TCP_PATIENCE;
    }
    // The last datagram may still be on its way to the transformation node.
    return m_source->IsDone() && m_tunnel->transformer->GetCounters().datagrams == m_ledger.sent &&
           m_meter->InFlight() == 0 && m_tunnel->transformer->GetHeld() == 0 &&
           m_tunnel->buffer->GetHeld() == 0 && m_tunnel->reassembler->GetCounters().open == 0;
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
    m_simulatedNs = Simulator::Now().GetNanoSeconds();
    CheckConservation();

    RunResult result;
    MeasureDatagrams(result);
    MeasureShards(result);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - m_begun;
    result.metrics.emplace_back("sim.time_s", static_cast<double>(m_simulatedNs) / 1e9);
    result.metrics.emplace_back("sim.events", static_cast<double>(Simulator::GetEventCount()));
    result.metrics.emplace_back("sim.wall_s", wall.count());
    result.samples.emplace_back("latency", m_ledger.latencies);
    m_meter.reset();
    return result;
}

} // namespace shardsim
