// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-topology.h"

#include "near-name.h"
#include "tunnel-streams.h"

#include "ns3/boolean.h"
#include "ns3/data-rate.h"
#include "ns3/double.h"
#include "ns3/drop-tail-queue.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/ipv4.h"
#include "ns3/packet.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/queue-size.h"
#include "ns3/shard-compat.h"
#include "ns3/shard-cross-traffic.h"
#include "ns3/shard-error-models.h"
#include "ns3/shard-graphml.h"
#include "ns3/shard-path-set.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <stdexcept>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// Access links are to be out of the way: a 9 kB packet takes 0.72 us, and none is ever dropped.
constexpr uint64_t ACCESS_RATE = 100000000000;
const QueueLimit ACCESS_QUEUE{true, 10000000};

/// The links in question and the paths through them.
struct Plan
{
    ShardTopology graph;
    std::vector<ShardPath> paths;
};

Plan
MakePlan(const Values& values)
{
    Plan plan;
    const auto count = static_cast<uint32_t>(values.GetInt("topology.paths"));
    if (!values.Has("topology.file"))
    {
        ParallelPaths shape;
        shape.paths = count;
        shape.hops = static_cast<uint32_t>(values.GetInt("topology.hops"));
        plan.graph = MakeParallelPaths(shape);
        plan.paths = FindDisjointPaths(plan.graph, 0, 1, count);
        return plan;
    }
    try
    {
        plan.graph = ReadGraphMl(values.GetText("topology.file"));
    }
    catch (const std::exception& error)
    {
        throw values.Error("topology.file", error.what());
    }
    for (const char* end : {"topology.from", "topology.to"})
    {
        try
        {
            FindNode(plan.graph, values.GetText(end));
        }
        catch (const std::exception& error)
        {
            throw values.Error(end, error.what());
        }
    }
    try
    {
        plan.paths = RequireDisjointPaths(plan.graph,
                                          values.GetText("topology.from"),
                                          values.GetText("topology.to"),
                                          count,
                                          values.GetTimeNs("topology.delay"));
    }
    catch (const std::exception& error)
    {
        throw values.Error("topology.paths", error.what());
    }
    return plan;
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

} // namespace

void
CheckTopologyFiles(const Values& values)
{
    MakePlan(values);
    LoadTrace(values);
}

Ptr<Node>
TunnelTopology::MakeNode()
{
    Ptr<Node> node = CreateObject<Node>();
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.SetRoutingHelper(Ipv4StaticRoutingHelper());
    stack.Install(node);
    return node;
}

TunnelTopology::Link
TunnelTopology::MakeLink(Ptr<Node> a,
                         Ptr<Node> b,
                         uint64_t rateBps,
                         int64_t delayNs,
                         uint16_t mtu,
                         const QueueLimit& queue)
{
    Link link;
    link.channel = CreateObject<ShardLinkChannel>();
    link.channel->SetAttribute("Delay", TimeValue(NanoSeconds(delayNs)));
    const Ptr<Node> nodes[2] = {a, b};
    for (uint32_t end = 0; end < 2; ++end)
    {
        Ptr<PointToPointNetDevice> device = CreateObject<PointToPointNetDevice>();
        device->SetDataRate(DataRate(rateBps));
        device->SetMtu(mtu);
        device->SetAddress(Mac48Address::Allocate());
        Ptr<DropTailQueue<Packet>> buffer = CreateObject<DropTailQueue<Packet>>();
        buffer->SetMaxSize(QueueSize(queue.packets ? QueueSizeUnit::PACKETS : QueueSizeUnit::BYTES,
                                     static_cast<uint32_t>(queue.value)));
        device->SetQueue(buffer);
        nodes[end]->AddDevice(device);
        device->Attach(link.channel);
        link.devices[end] = device;

        // Without a helper, so that no queue disc is put in front of the drop-tail queue.
        Ptr<Ipv4> ipv4 = nodes[end]->GetObject<Ipv4>();
        link.addresses[end] = Ipv4Address(m_nextNet + 1 + end);
        link.interfaces[end] = ipv4->AddInterface(device);
        ipv4->AddAddress(link.interfaces[end],
                         Ipv4InterfaceAddress(link.addresses[end], Ipv4Mask(0xfffffffc)));
        ipv4->SetMetric(link.interfaces[end], 1);
        ipv4->SetUp(link.interfaces[end]);
    }
    m_nextNet += 4;
    return link;
}

TunnelTopology::TunnelTopology(const Values& values)
{
    const Plan plan = MakePlan(values);
    sender = MakeNode();
    transformation = MakeNode();
    reassembly = MakeNode();
    receiver = MakeNode();
    const Link in = MakeLink(sender, transformation, ACCESS_RATE, 0, 65535, ACCESS_QUEUE);
    const Link out = MakeLink(reassembly, receiver, ACCESS_RATE, 0, 65535, ACCESS_QUEUE);
    senderAddress = in.addresses[0];
    receiverAddress = out.addresses[1];

    Ipv4StaticRoutingHelper routing;
    const auto route = [&routing](Ptr<Node> node, Ipv4Address to, Ipv4Address via, uint32_t out)
    { routing.GetStaticRouting(node->GetObject<Ipv4>())->AddHostRouteTo(to, via, out); };
    routing.GetStaticRouting(sender->GetObject<Ipv4>())
        ->SetDefaultRoute(in.addresses[1], in.interfaces[0]);
    routing.GetStaticRouting(receiver->GetObject<Ipv4>())
        ->SetDefaultRoute(out.addresses[0], out.interfaces[1]);

    const auto mtu = static_cast<uint16_t>(values.GetBytes("topology.mtu"));
    const uint64_t rate = values.GetRateBps("topology.rate");
    const QueueLimit queue = values.GetQueue("topology.queue");
    std::map<uint32_t, Ptr<Node>> nodes; // of the graph, those that a path meets
    nodes[plan.paths.front().nodes.front()] = transformation;
    nodes[plan.paths.front().nodes.back()] = reassembly;
    for (std::size_t number = 0; number < plan.paths.size(); ++number)
    {
        const ShardPath& way = plan.paths[number];
        const double stretch = 1 + values.GetReal("topology.spread") * static_cast<double>(number);
        TunnelPath path;
        path.info.mtu = mtu;
        path.info.rate = DataRate(rate);
        path.lastRateBps = rate;
        std::vector<Link> links;
        for (std::size_t hop = 0; hop < way.links.size(); ++hop)
        {
            for (uint32_t node : {way.nodes[hop], way.nodes[hop + 1]})
            {
                Ptr<Node>& made = nodes[node];
                made = made ? made : MakeNode();
            }
            const int64_t delay = plan.graph.Links()[way.links[hop]].delayNs.value_or(
                values.GetTimeNs("topology.delay"));
            const auto stretched =
                static_cast<int64_t>(std::llround(static_cast<double>(delay) * stretch));
            links.push_back(MakeLink(nodes[way.nodes[hop]],
                                     nodes[way.nodes[hop + 1]],
                                     rate,
                                     stretched,
                                     mtu,
                                     queue));
            path.info.delay += NanoSeconds(stretched);
            path.senders.push_back(links.back().devices[0]);
            path.receivers.push_back(links.back().devices[1]);
            path.channels.push_back(links.back().channel);
        }
        path.near = links.front().addresses[0];
        path.far = links.back().addresses[1];
        for (std::size_t hop = 0; hop < links.size(); ++hop)
        {
            const Ptr<Node> a = nodes[way.nodes[hop]];
            const Ptr<Node> b = nodes[way.nodes[hop + 1]];
            route(a, path.far, links[hop].addresses[1], links[hop].interfaces[0]);
            route(b, path.near, links[hop].addresses[0], links[hop].interfaces[1]);
            if (number == 0)
            {
                // Plain traffic between the hosts; on the transformation node the tunnel's own
                // device is the way to the receiver instead.
                if (hop > 0)
                {
                    route(a, receiverAddress, links[hop].addresses[1], links[hop].interfaces[0]);
                }
                route(b, senderAddress, links[hop].addresses[0], links[hop].interfaces[1]);
            }
        }
        if (number == 0)
        {
            plainInterface = links.front().interfaces[0];
            plainGateway = links.front().addresses[1];
        }
        paths.push_back(path);
    }
    Impair(values);
    AddCrossTraffic(values);
}

void
TunnelTopology::Impair(const Values& values)
{
    const std::string loss = values.GetText("loss.model");
    const std::string jitter = values.GetText("jitter.model");
    const double meanJitter = static_cast<double>(values.GetTimeNs("jitter.mean")) / 1e9;
    const std::shared_ptr<const ShardCapacityTrace> trace = LoadTrace(values);
    const auto makeLoss = [&](int64_t stream)
    {
        Ptr<GilbertElliottErrorModel> model = CreateObject<GilbertElliottErrorModel>();
        model->SetAttribute("MeanLoss", DoubleValue(values.GetReal("loss.rate")));
        model->SetAttribute(
            "MeanBurst",
            DoubleValue(loss == "gilbert-elliott" ? values.GetReal("loss.burst") : 0));
        model->AssignStreams(stream);
        return model;
    };
    for (std::size_t number = 0; number < paths.size(); ++number)
    {
        const auto offset = static_cast<int64_t>(number);
        // Where a packet has crossed all queues, so that what is lost has used the path.
        ShardLinkChannel& last = *paths[number].channels.back();
        if (loss != "none")
        {
            last.SetLoss(0, makeLoss(STREAM_LOSS + offset));
            if (values.GetBool("loss.both"))
            {
                paths[number].channels.front()->SetLoss(1, makeLoss(STREAM_LOSS_BACK + offset));
            }
        }
        if (jitter != "none")
        {
            Ptr<RandomVariableStream> delay;
            if (jitter == "exponential")
            {
                delay = CreateObject<ExponentialRandomVariable>();
                delay->SetAttribute("Mean", DoubleValue(meanJitter));
            }
            else
            {
                delay = CreateObject<UniformRandomVariable>();
                delay->SetAttribute("Min", DoubleValue(0));
                delay->SetAttribute("Max", DoubleValue(2 * meanJitter));
            }
            delay->SetStream(STREAM_JITTER + offset);
            last.SetJitter(0, delay);
        }
        if (trace)
        {
            last.SetCapacity(0, trace);
            TunnelPath& path = paths[number];
            path.lastRateBps = static_cast<uint64_t>(std::max(1.0, trace->MeanRate()));
            path.info.rate = std::min(path.info.rate, DataRate(path.lastRateBps));
        }
    }
}

void
TunnelTopology::AddCrossTraffic(const Values& values)
{
    const double load = values.GetReal("congestion.load");
    if (load == 0)
    {
        return;
    }
    const std::map<std::string, ShardCrossTraffic::Arrivals> kinds = {
        {"poisson", ShardCrossTraffic::POISSON},
        {"cbr", ShardCrossTraffic::CBR},
        {"onoff", ShardCrossTraffic::ONOFF}};
    for (std::size_t number = 0; number < paths.size(); ++number)
    {
        const TunnelPath& path = paths[number];
        const double rate = load * static_cast<double>(path.lastRateBps);
        Ptr<ShardCrossTraffic> source = CreateObject<ShardCrossTraffic>();
        source->SetAttribute("DataRate", DataRateValue(DataRate(static_cast<uint64_t>(rate))));
        source->SetAttribute("PacketSize", UintegerValue(path.info.mtu));
        source->SetAttribute("Arrivals",
                             ShardEnumValue<ShardCrossTraffic::Arrivals>(
                                 kinds.at(values.GetText("congestion.arrivals"))));
        source->SetDevice(path.senders.back());
        source->AssignStreams(STREAM_CROSS + 4 * static_cast<int64_t>(number));
        path.senders.back()->GetNode()->AddApplication(source);
        source->SetStartTime(Time(0));
        cross.Add(source);
    }
}

void
TunnelTopology::EnablePcap(const std::string& prefix) const
{
    // The helper would abort.
    const std::string first = prefix + "-path0-link0-tx.pcap";
    if (!std::ofstream(first))
    {
        throw RequestError("--pcap: " + InQuotes(first) +
                           " cannot be written; allowed: a prefix in a folder that exists");
    }
    PointToPointHelper helper;
    for (std::size_t number = 0; number < paths.size(); ++number)
    {
        for (std::size_t hop = 0; hop < paths[number].senders.size(); ++hop)
        {
            const std::string name =
                prefix + "-path" + std::to_string(number) + "-link" + std::to_string(hop);
            helper.EnablePcap(name + "-tx.pcap", paths[number].senders[hop], false, true);
            helper.EnablePcap(name + "-rx.pcap", paths[number].receivers[hop], false, true);
        }
    }
}

} // namespace shardsim
