// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-plan.h"

#include "tunnel-streams.h"

#include "ns3/double.h"
#include "ns3/shard-graphml.h"
#include "ns3/shard-path-set.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// The links in question and the paths through them.
struct Graph
{
    ShardTopology topology;
    std::vector<ShardPath> paths;
};

Graph
FindPaths(const Values& values)
{
    Graph graph;
    const auto count = static_cast<uint32_t>(values.GetInt("topology.paths"));
    if (!values.Has("topology.file"))
    {
        ParallelPaths shape;
        shape.paths = count;
        shape.hops = static_cast<uint32_t>(values.GetInt("topology.hops"));
        graph.topology = MakeParallelPaths(shape);
        graph.paths = FindDisjointPaths(graph.topology, 0, 1, count);
        return graph;
    }
    try
    {
        graph.topology = ReadGraphMl(values.GetText("topology.file"));
    }
    catch (const std::exception& error)
    {
        throw values.Error("topology.file", error.what());
    }
    for (const char* end : {"topology.from", "topology.to"})
    {
        try
        {
            FindNode(graph.topology, values.GetText(end));
        }
        catch (const std::exception& error)
        {
            throw values.Error(end, error.what());
        }
    }
    try
    {
        graph.paths = RequireDisjointPaths(graph.topology,
                                           values.GetText("topology.from"),
                                           values.GetText("topology.to"),
                                           count,
                                           values.GetTimeNs("topology.delay"));
    }
    catch (const std::exception& error)
    {
        throw values.Error("topology.paths", error.what());
    }
    return graph;
}

/// @return the capacity of the paths' last links; null where it does not vary
std::shared_ptr<const ShardCapacityTrace>
LoadTrace(const Values& values)
{
    if (!values.Has("topology.trace"))
    {
        return nullptr;
    }
    std::string why;
    std::optional<ShardCapacityTrace> loaded =
        ShardCapacityTrace::Load(values.GetText("topology.trace"), &why);
    if (!loaded)
    {
        throw values.Error("topology.trace", why);
    }
    return std::make_shared<const ShardCapacityTrace>(std::move(*loaded));
}

/// @return mean rate of a trace, bit/s
uint64_t
TraceRate(const ShardCapacityTrace& trace)
{
    return static_cast<uint64_t>(std::max(1.0, trace.MeanRate()));
}

} // namespace

TunnelPlan::TunnelPlan(const Values& values)
    : mtu(static_cast<uint16_t>(values.GetBytes("topology.mtu"))),
      rate(values.GetRateBps("topology.rate")),
      queue(values.GetQueue("topology.queue").packets ? QueueSizeUnit::PACKETS
                                                      : QueueSizeUnit::BYTES,
            static_cast<uint32_t>(values.GetQueue("topology.queue").value)),
      mark(static_cast<uint32_t>(values.GetInt("topology.mark"))),
      trace(LoadTrace(values)),
      m_values(values)
{
    const Graph graph = FindPaths(values);
    const double spread = values.GetReal("topology.spread");
    for (const ShardPath& way : graph.paths)
    {
        const double stretch = 1 + spread * static_cast<double>(paths.size());
        PlannedPath path;
        path.nodes = way.nodes;
        path.info.mtu = mtu;
        path.info.rate = rate;
        if (trace)
        {
            path.info.rate = std::min(rate, DataRate(TraceRate(*trace)));
        }
        for (uint32_t link : way.links)
        {
            const int64_t delay =
                graph.topology.Links()[link].delayNs.value_or(values.GetTimeNs("topology.delay"));
            path.delays.push_back(NanoSeconds(std::llround(static_cast<double>(delay) * stretch)));
            path.info.delay += path.delays.back();
        }
        paths.push_back(path);
    }
}

Ptr<GilbertElliottErrorModel>
TunnelPlan::MakeLoss(std::size_t path, bool back) const
{
    const std::string kind = m_values.GetText("loss.model");
    if (kind == "none" || (back && !m_values.GetBool("loss.both")))
    {
        return nullptr;
    }
    Ptr<GilbertElliottErrorModel> model = CreateObject<GilbertElliottErrorModel>();
    model->SetAttribute("MeanLoss", DoubleValue(m_values.GetReal("loss.rate")));
    model->SetAttribute(
        "MeanBurst",
        DoubleValue(kind == "gilbert-elliott" ? m_values.GetReal("loss.burst") : 0));
    if (HasStep("step.loss"))
    {
        model->SetAttribute("StepFrom", TimeValue(StepFrom()));
        model->SetAttribute("StepUntil", TimeValue(StepUntil()));
        model->SetAttribute("StepLoss", DoubleValue(m_values.GetReal("step.loss")));
    }
    model->AssignStreams((back ? STREAM_LOSS_BACK : STREAM_LOSS) + static_cast<int64_t>(path));
    return model;
}

Ptr<RandomVariableStream>
TunnelPlan::MakeJitter(std::size_t path) const
{
    const std::string kind = m_values.GetText("jitter.model");
    const double mean = static_cast<double>(m_values.GetTimeNs("jitter.mean")) / 1e9;
    if (kind == "none")
    {
        return nullptr;
    }
    Ptr<RandomVariableStream> delay;
    if (kind == "exponential")
    {
        delay = CreateObject<ExponentialRandomVariable>();
        delay->SetAttribute("Mean", DoubleValue(mean));
    }
    else
    {
        delay = CreateObject<UniformRandomVariable>();
        delay->SetAttribute("Min", DoubleValue(0));
        delay->SetAttribute("Max", DoubleValue(2 * mean));
    }
    delay->SetStream(STREAM_JITTER + static_cast<int64_t>(path));
    return delay;
}

DataRate
TunnelPlan::CrossRate() const
{
    const uint64_t last = trace ? TraceRate(*trace) : rate.GetBitRate();
    return DataRate(
        static_cast<uint64_t>(m_values.GetReal("congestion.load") * static_cast<double>(last)));
}

ShardArrivals::Shape
TunnelPlan::CrossShape() const
{
    const std::map<std::string, ShardArrivals::Kind> kinds = {{"poisson", ShardArrivals::POISSON},
                                                              {"cbr", ShardArrivals::CBR},
                                                              {"onoff", ShardArrivals::ONOFF}};
    ShardArrivals::Shape shape;
    shape.kind = kinds.at(m_values.GetText("congestion.arrivals"));
    shape.gap = mtu * 8.0 / static_cast<double>(CrossRate().GetBitRate());
    if (HasStep("step.congestion"))
    {
        shape.stepFrom = StepFrom().GetSeconds();
        shape.stepUntil = StepUntil().GetSeconds();
        shape.stepGap = mtu * 8.0 / static_cast<double>(StepCrossRate().GetBitRate());
    }
    return shape;
}

bool
TunnelPlan::HasStep(const char* key) const
{
    return m_values.Has("step.from") && m_values.Has(key);
}

DataRate
TunnelPlan::StepCrossRate() const
{
    return DataRate(static_cast<uint64_t>(m_values.GetReal("step.congestion") /
                                          m_values.GetReal("congestion.load") *
                                          static_cast<double>(CrossRate().GetBitRate())));
}

Time
TunnelPlan::StepFrom() const
{
    return NanoSeconds(m_values.GetTimeNs("step.from"));
}

Time
TunnelPlan::StepUntil() const
{
    return m_values.Has("step.until") ? NanoSeconds(m_values.GetTimeNs("step.until")) : Time::Max();
}

int64_t
TunnelPlan::CrossStream(std::size_t path)
{
    return STREAM_CROSS + 4 * static_cast<int64_t>(path);
}

} // namespace shardsim
