// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-nodes.h"

#include "tunnel-conservation.h"

#include "ns3/simulator.h"

#include <sstream>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// @return what a node's encrypting units have counted; nothing where it has none
ShardCryptoCounters
Encrypting(const ShardTunnel& node)
{
    return node.encryption ? node.encryption->GetCounters() : ShardCryptoCounters();
}

} // namespace

void
Require(bool holds,
        const std::string& law,
        const std::vector<std::pair<const char*, uint64_t>>& numbers)
{
    if (holds)
    {
        return;
    }
    std::ostringstream what;
    what << "not conserved: " << law << ", but";
    for (const auto& [name, value] : numbers)
    {
        what << ' ' << name << " = " << value << ',';
    }
    std::string line = what.str();
    line.pop_back();
    throw RunCheckError(line);
}

void
AddNodeParameters(ParameterSet& set)
{
    using Kind = ParameterKind;
    set.Add("nodes.count",
            Kind::INTEGER,
            "1",
            "transformation nodes; flows are spread over them by consistent hashing")
        .AtLeast("1")
        .AtMost("64");
    set.Add("nodes.fails_at", Kind::TIME, "", "when a node fails, with all that it holds")
        .AtLeast("0s")
        .WhenAbsent("never");
    set.Add("nodes.fails", Kind::INTEGER, "0", "which node that is, from 0")
        .AtLeast("0")
        .AtMost("63");
    set.Add("nodes.recovers_at", Kind::TIME, "", "when it works again, without memory")
        .Above("0s")
        .WhenAbsent("never");
    set.Add("nodes.detection",
            Kind::TIME,
            "50ms",
            "until it is noticed that a node has failed, or recovered; meanwhile its flows are "
            "sent where they were sent before")
        .AtLeast("0s")
        .AtMost("1h");
}

std::vector<MetricInfo>
NodeMetrics()
{
    return {{"nodes.moved_flows", "flows", "went on at another transformation node"},
            {"nodes.lost",
             "datagrams",
             "came to a failed node, or waited there for a decision when it failed"},
            {"nodes.lost_shards", "shards", "were held by a node when it failed"}};
}

void
CheckNodes(const Values& values)
{
    const int64_t count = values.GetInt("nodes.count");
    const bool fails = values.Has("nodes.fails_at");
    if (fails && count < 2)
    {
        throw values.Error("nodes.fails_at",
                           "leaves no node for the flows to go to; allowed: nodes.count = 2 or "
                           "more");
    }
    for (const char* key : {"nodes.fails", "nodes.recovers_at", "nodes.detection"})
    {
        if (values.IsSet(key) && values.Has(key) && !fails)
        {
            throw values.Error(key, "has a meaning only with nodes.fails_at");
        }
    }
    if (values.GetInt("nodes.fails") >= count)
    {
        throw values.Error("nodes.fails",
                           "there is no such node; allowed: 0 to " + std::to_string(count - 1));
    }
    if (values.Has("nodes.recovers_at") &&
        values.GetTimeNs("nodes.recovers_at") <= values.GetTimeNs("nodes.fails_at"))
    {
        throw values.Error("nodes.recovers_at", "allowed: later than nodes.fails_at");
    }
}

uint32_t
NodeCount(const Values& values)
{
    return static_cast<uint32_t>(values.GetInt("nodes.count"));
}

TunnelNodes::TunnelNodes(const Values& values)
    : m_values(values)
{
    if (NodeCount(values) > 1)
    {
        m_spreader = CreateObject<ShardSpreader>();
        m_spreader->SetAttribute("Detection",
                                 TimeValue(NanoSeconds(values.GetTimeNs("nodes.detection"))));
    }
}

TunnelNodes::~TunnelNodes()
{
    if (m_spreader)
    {
        m_spreader->Dispose();
    }
}

void
TunnelNodes::Add(Ptr<ShardTunnel> node)
{
    if (m_spreader)
    {
        m_spreader->AddNode(static_cast<uint32_t>(m_nodes.size()));
    }
    m_nodes.push_back(node);
}

void
TunnelNodes::Begin()
{
    if (m_values.Has("nodes.fails_at"))
    {
        Simulator::Schedule(NanoSeconds(m_values.GetTimeNs("nodes.fails_at")),
                            &TunnelNodes::SetState,
                            this,
                            false);
    }
    if (m_values.Has("nodes.recovers_at"))
    {
        Simulator::Schedule(NanoSeconds(m_values.GetTimeNs("nodes.recovers_at")),
                            &TunnelNodes::SetState,
                            this,
                            true);
    }
}

void
TunnelNodes::SetState(bool isUp)
{
    const auto number = static_cast<uint32_t>(m_values.GetInt("nodes.fails"));
    ShardTunnel& node = *m_nodes.at(number);
    if (isUp)
    {
        node.Recover();
    }
    else
    {
        node.Fail();
    }
    m_spreader->SetState(number, isUp);
}

ShardSpreader::Counters
TunnelNodes::Spread() const
{
    return m_spreader ? m_spreader->GetCounters() : ShardSpreader::Counters();
}

uint64_t
TunnelNodes::Taken() const
{
    return Spread().homeless +
           Sum([](const ShardTunnel& node) { return node.transformer->GetCounters().datagrams; });
}

uint64_t
TunnelNodes::Held() const
{
    return Sum(
        [](const ShardTunnel& node)
        {
            return node.transformer->GetWaiting() + node.transformer->GetHeld() +
                   node.buffer->GetHeld() + Encrypting(node).held;
        });
}

void
TunnelNodes::CheckConservation() const
{
    for (std::size_t number = 0; number < m_nodes.size(); ++number)
    {
        const ShardTunnel& node = *m_nodes[number];
        const ShardTransformer::Counters& cut = node.transformer->GetCounters();
        const uint64_t waiting = node.transformer->GetWaiting();
        const uint64_t interleaved = node.transformer->GetHeld();
        const uint64_t again = node.history ? node.history->GetCounters().retransmitted : 0;
        const uint64_t sent = node.nearTransport->GetSent();
        const ShardCryptoCounters units = Encrypting(node);
        const uint64_t dropped = node.buffer->GetDropped();
        const uint64_t held = node.buffer->GetHeld();
        const uint64_t lost = node.buffer->GetLost();
        const uint64_t buffered = node.encryption ? units.received : sent;
        const std::string at = m_nodes.size() > 1 ? " at node " + std::to_string(number) : "";
        Require(cut.datagrams + cut.replicas ==
                    cut.forwarded + cut.sharded + cut.undecided + waiting + cut.lost,
                "datagrams + replicas = forwarded + sharded + undecided + waiting + lost" + at,
                {{"datagrams", cut.datagrams},
                 {"replicas", cut.replicas},
                 {"forwarded", cut.forwarded},
                 {"sharded", cut.sharded},
                 {"undecided", cut.undecided},
                 {"waiting", waiting},
                 {"lost", cut.lost}});
        Require(cut.made == cut.shards + interleaved + cut.lostShards,
                "shards made = cut + waiting to be interleaved + lost" + at,
                {{"made", cut.made},
                 {"cut", cut.shards},
                 {"waiting", interleaved},
                 {"lost", cut.lostShards}});
        Require(cut.shards + again == buffered + dropped + held + lost,
                "shards cut + sent again = sent or given to units + dropped + held + lost" + at,
                {{"cut", cut.shards},
                 {"sent again", again},
                 {"sent or given", buffered},
                 {"dropped", dropped},
                 {"held", held},
                 {"lost", lost}});
        Require(!node.encryption || units.passed == sent,
                "shards that units have encrypted = sent" + at,
                {{"encrypted", units.passed}, {"sent", sent}});
        const bool mayLose = m_values.Has("nodes.fails_at") &&
                             static_cast<int64_t>(number) == m_values.GetInt("nodes.fails");
        Require(mayLose || cut.lost + cut.lostShards + lost == 0,
                "a node that does not fail loses nothing" + at,
                {{"lost", cut.lost}, {"shards lost", cut.lostShards + lost}});
    }
    if (m_spreader)
    {
        const ShardSpreader::Counters spread = Spread();
        const uint64_t came = Taken() - spread.homeless;
        // A run that is cut off may end between the two.
        Require(m_values.Has("duration") ? spread.datagrams >= came : spread.datagrams == came,
                "datagrams spread = datagrams that came to the nodes",
                {{"spread", spread.datagrams}, {"came", came}});
    }
}

void
TunnelNodes::Measure(RunResult& result) const
{
    const auto put = [&result](const char* name, uint64_t value)
    { result.metrics.emplace_back(name, static_cast<double>(value)); };
    const ShardSpreader::Counters spread = Spread();
    put("nodes.moved_flows", spread.moved);
    put("nodes.lost",
        spread.homeless +
            Sum([](const ShardTunnel& node) { return node.transformer->GetCounters().lost; }));
    put("nodes.lost_shards",
        Sum([](const ShardTunnel& node)
            { return node.transformer->GetCounters().lostShards + node.buffer->GetLost(); }));
}

} // namespace shardsim
