// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-topology.h"

#include "near-name.h"

#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/ipv4.h"
#include "ns3/packet.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/shard-compat.h"
#include "ns3/shard-cross-traffic.h"
#include "ns3/shard-marking-queue.h"
#include "ns3/uinteger.h"

#include <fstream>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

void
TunnelTopology::Route(Ptr<Node> node, Ipv4Address to, Ipv4Address via, uint32_t interface)
{
    Ipv4StaticRoutingHelper()
        .GetStaticRouting(node->GetObject<Ipv4>())
        ->AddHostRouteTo(to, via, interface);
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
                         const DataRate& rate,
                         const Time& delay,
                         uint16_t mtu,
                         const QueueSize& queue,
                         uint32_t mark)
{
    Link link;
    link.channel = CreateObject<ShardLinkChannel>();
    link.channel->SetAttribute("Delay", TimeValue(delay));
    const Ptr<Node> nodes[2] = {a, b};
    for (uint32_t end = 0; end < 2; ++end)
    {
        Ptr<PointToPointNetDevice> device = CreateObject<PointToPointNetDevice>();
        device->SetDataRate(rate);
        device->SetMtu(mtu);
        device->SetAddress(Mac48Address::Allocate());
        Ptr<ShardMarkingQueue> buffer = CreateObject<ShardMarkingQueue>();
        buffer->SetMaxSize(queue);
        buffer->SetAttribute("MarkThreshold", UintegerValue(mark));
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

TunnelTopology::TunnelTopology(const TunnelPlan& plan, uint32_t nodes)
{
    sender = MakeNode();
    gateway = MakeNode();
    reassembly = MakeNode();
    receiver = MakeNode();
    front = nodes > 1 ? MakeNode() : gateway;
    const DataRate fast(TunnelPlan::ACCESS_RATE);
    const QueueSize roomy(QueueSizeUnit::PACKETS, TunnelPlan::ACCESS_QUEUE);
    const Link in = MakeLink(sender, front, fast, Time(0), 65535, roomy);
    const Link out = MakeLink(reassembly, receiver, fast, Time(0), 65535, roomy);
    senderAddress = in.addresses[0];
    receiverAddress = out.addresses[1];

    Ipv4StaticRoutingHelper routing;
    routing.GetStaticRouting(sender->GetObject<Ipv4>())
        ->SetDefaultRoute(in.addresses[1], in.interfaces[0]);
    routing.GetStaticRouting(receiver->GetObject<Ipv4>())
        ->SetDefaultRoute(out.addresses[0], out.interfaces[1]);

    std::map<uint32_t, Ptr<Node>> known; // of the graph, those that a path meets
    known[plan.paths.front().nodes.front()] = gateway;
    known[plan.paths.front().nodes.back()] = reassembly;
    for (std::size_t number = 0; number < plan.paths.size(); ++number)
    {
        const PlannedPath& way = plan.paths[number];
        TunnelPath path;
        path.info = way.info;
        std::vector<Link> links;
        for (std::size_t hop = 0; hop < way.delays.size(); ++hop)
        {
            for (uint32_t node : {way.nodes[hop], way.nodes[hop + 1]})
            {
                Ptr<Node>& made = known[node];
                made = made ? made : MakeNode();
            }
            links.push_back(MakeLink(known[way.nodes[hop]],
                                     known[way.nodes[hop + 1]],
                                     plan.rate,
                                     way.delays[hop],
                                     plan.mtu,
                                     plan.queue,
                                     plan.mark));
            path.senders.push_back(links.back().devices[0]);
            path.receivers.push_back(links.back().devices[1]);
            path.channels.push_back(links.back().channel);
        }
        path.near = links.front().addresses[0];
        path.far = links.back().addresses[1];
        for (std::size_t hop = 0; hop < links.size(); ++hop)
        {
            const Ptr<Node> a = known[way.nodes[hop]];
            const Ptr<Node> b = known[way.nodes[hop + 1]];
            Route(a, path.far, links[hop].addresses[1], links[hop].interfaces[0]);
            Route(b, path.near, links[hop].addresses[0], links[hop].interfaces[1]);
            if (number == 0)
            {
                // Plain traffic between the hosts; on the transformation node the tunnel's own
                // device is the way to the receiver instead.
                if (hop > 0)
                {
                    Route(a, receiverAddress, links[hop].addresses[1], links[hop].interfaces[0]);
                }
                Route(b, senderAddress, links[hop].addresses[0], links[hop].interfaces[1]);
            }
        }
        paths.push_back(path);
        m_links.push_back(links);
    }
    if (nodes > 1)
    {
        AddSites(nodes);
    }
    else
    {
        TunnelSite site;
        site.node = gateway;
        for (const TunnelPath& path : paths)
        {
            site.near.push_back(path.near);
        }
        site.plainInterface = m_links.front().front().interfaces[0];
        site.plainGateway = m_links.front().front().addresses[1];
        sites.push_back(site);
    }
    Impair(plan);
    AddCrossTraffic(plan);
}

std::vector<TunnelTierSite>
TunnelTopology::AddTier(const DataRate& rate, const Time& delay)
{
    const Ptr<Node> tier = MakeNode();
    std::vector<TunnelTierSite> lines;
    for (const TunnelSite& site : sites)
    {
        const Link link = MakeLink(site.node,
                                   tier,
                                   rate,
                                   delay,
                                   1500,
                                   QueueSize(QueueSizeUnit::PACKETS, TunnelPlan::ACCESS_QUEUE));
        lines.push_back({tier, link.addresses[0], link.addresses[1]});
    }
    return lines;
}

void
TunnelTopology::Impair(const TunnelPlan& plan)
{
    for (std::size_t number = 0; number < paths.size(); ++number)
    {
        // Where a packet has crossed all queues, so that what is lost has used the path.
        ShardLinkChannel& last = *paths[number].channels.back();
        last.SetLoss(0, plan.MakeLoss(number, false));
        paths[number].channels.front()->SetLoss(1, plan.MakeLoss(number, true));
        last.SetJitter(0, plan.MakeJitter(number));
        if (plan.trace)
        {
            last.SetCapacity(0, plan.trace);
        }
    }
}

void
TunnelTopology::AddCrossTraffic(const TunnelPlan& plan)
{
    if (plan.CrossRate().GetBitRate() == 0)
    {
        return;
    }
    for (std::size_t number = 0; number < paths.size(); ++number)
    {
        const TunnelPath& path = paths[number];
        Ptr<ShardCrossTraffic> source = CreateObject<ShardCrossTraffic>();
        source->SetAttribute("DataRate", DataRateValue(plan.CrossRate()));
        source->SetAttribute("PacketSize", UintegerValue(plan.mtu));
        source->SetAttribute("Arrivals",
                             ShardEnumValue<ShardArrivals::Kind>(plan.CrossShape().kind));
        source->SetAttribute("MeanOnTime", TimeValue(Seconds(plan.CrossShape().meanOn)));
        source->SetAttribute("MeanOffTime", TimeValue(Seconds(plan.CrossShape().meanOff)));
        if (plan.HasStep("step.congestion"))
        {
            source->SetAttribute("StepFrom", TimeValue(plan.StepFrom()));
            source->SetAttribute("StepUntil", TimeValue(plan.StepUntil()));
            source->SetAttribute("StepRate", DataRateValue(plan.StepCrossRate()));
        }
        source->SetDevice(path.senders.back());
        source->AssignStreams(TunnelPlan::CrossStream(number));
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
