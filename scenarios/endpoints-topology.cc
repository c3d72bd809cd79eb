// SPDX-License-Identifier: GPL-2.0-only
#include "endpoints-topology.h"

#include "endpoints-streams.h"

#include "ns3/drop-tail-queue.h"
#include "ns3/error-model.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-interface-address.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/ipv4.h"
#include "ns3/point-to-point-channel.h"
#include "ns3/point-to-point-net-device.h"

namespace shardsim
{

using namespace ns3;

namespace
{

Ptr<Node>
MakeNode()
{
    Ptr<Node> node = CreateObject<Node>();
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.SetRoutingHelper(Ipv4StaticRoutingHelper());
    stack.Install(node);
    return node;
}

} // namespace

EndpointsTopology::EndpointsTopology(const Values& values)
    : m_core(MakeNode()),
      m_lossStream(STREAM_LOSS)
{
    const auto time = [&values](const char* key) { return NanoSeconds(values.GetTimeNs(key)); };
    hub = MakeLeaf(values, time("topology.hub_delay"), 0);
    for (int64_t i = 0; i < values.GetInt("topology.regions"); ++i)
    {
        const double factor = 1 + values.GetReal("topology.spread") * static_cast<double>(i);
        const auto ns =
            static_cast<int64_t>(static_cast<double>(values.GetTimeNs("topology.delay")) * factor);
        regions.push_back(MakeLeaf(values, NanoSeconds(ns), values.GetReal("topology.loss")));
    }
    for (int64_t i = 0; i < values.GetInt("topology.hosts"); ++i)
    {
        hosts.push_back(MakeLeaf(values, time("topology.host_delay"), 0));
    }
}

EndpointsTopology::Leaf
EndpointsTopology::MakeLeaf(const Values& values, Time delay, double loss)
{
    Leaf leaf;
    leaf.node = MakeNode();
    Ptr<PointToPointChannel> channel = CreateObject<PointToPointChannel>();
    channel->SetAttribute("Delay", TimeValue(delay));
    const Ptr<Node> nodes[2] = {leaf.node, m_core};
    for (uint32_t end = 0; end < 2; ++end)
    {
        Ptr<PointToPointNetDevice> device = CreateObject<PointToPointNetDevice>();
        device->SetDataRate(DataRate(values.GetRateBps("topology.rate")));
        device->SetMtu(1500);
        device->SetAddress(Mac48Address::Allocate());
        Ptr<DropTailQueue<Packet>> buffer = CreateObject<DropTailQueue<Packet>>();
        buffer->SetMaxSize(QueueSize(QueueSizeUnit::PACKETS, 100000));
        device->SetQueue(buffer);
        nodes[end]->AddDevice(device);
        device->Attach(channel);
        if (loss > 0)
        {
            Ptr<RateErrorModel> errors = CreateObject<RateErrorModel>();
            errors->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
            errors->SetRate(loss);
            errors->AssignStreams(m_lossStream++);
            device->SetReceiveErrorModel(errors);
        }
        // Without a helper, so that no queue disc is put in front of the drop-tail queue.
        Ptr<Ipv4> ipv4 = nodes[end]->GetObject<Ipv4>();
        const uint32_t interface = ipv4->AddInterface(device);
        ipv4->AddAddress(
            interface,
            Ipv4InterfaceAddress(Ipv4Address(m_nextNet + 1 + end), Ipv4Mask(0xfffffffc)));
        ipv4->SetUp(interface);
    }
    leaf.address = Ipv4Address(m_nextNet + 1);
    Ipv4StaticRoutingHelper()
        .GetStaticRouting(leaf.node->GetObject<Ipv4>())
        ->SetDefaultRoute(Ipv4Address(m_nextNet + 2), 1);
    m_nextNet += 4;
    return leaf;
}

} // namespace shardsim
