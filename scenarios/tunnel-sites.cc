// SPDX-License-Identifier: GPL-2.0-only
//
// The part of TunnelTopology that has several transformation nodes.
#include "tunnel-topology.h"

#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/ipv4.h"

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// Within the site of the transformation nodes nothing takes time: the largest packet is out of a
/// device in the nanosecond in which it came. So it is the same as if there were no such links.
constexpr uint64_t SITE_RATE = 1000000000000000000;

/// 172.16.0.0: addresses of the nodes, one for each path.
constexpr uint32_t FIRST_NEAR = 0xac100000;

} // namespace

TunnelTopology::Link
TunnelTopology::MakeSiteLink(Ptr<Node> a, Ptr<Node> b)
{
    return MakeLink(a,
                    b,
                    DataRate(SITE_RATE),
                    Time(0),
                    65535,
                    QueueSize(QueueSizeUnit::PACKETS, TunnelPlan::ACCESS_QUEUE));
}

void
TunnelTopology::AddSites(uint32_t nodes)
{
    const Link back = MakeSiteLink(front, gateway);
    Route(gateway, senderAddress, back.addresses[0], back.interfaces[1]);
    const Link& plain = m_links.front().front();
    Route(gateway, receiverAddress, plain.addresses[1], plain.interfaces[0]);
    uint32_t next = FIRST_NEAR;
    for (uint32_t number = 0; number < nodes; ++number)
    {
        TunnelSite site;
        site.node = MakeNode();
        const Link in = MakeSiteLink(front, site.node);
        const Link out = MakeSiteLink(site.node, gateway);
        site.frontInterface = in.interfaces[0];
        site.atFront = in.addresses[1];
        site.plainInterface = out.interfaces[0];
        site.plainGateway = out.addresses[1];
        for (std::size_t path = 0; path < paths.size(); ++path)
        {
            // What comes back finds its path by the address that it is sent to.
            const Ipv4Address near(++next);
            site.near.push_back(near);
            site.node->GetObject<Ipv4>()->AddAddress(
                out.interfaces[0],
                Ipv4InterfaceAddress(near, Ipv4Mask::GetOnes()));
            Route(site.node, paths[path].far, out.addresses[1], out.interfaces[0]);
            Route(gateway, near, out.addresses[0], out.interfaces[1]);
            for (const Link& link : m_links[path])
            {
                Route(link.devices[1]->GetNode(), near, link.addresses[0], link.interfaces[1]);
            }
        }
        sites.push_back(site);
    }
}

Ptr<ShardSpreaderPort>
TunnelTopology::AddSpreader(Ptr<ShardSpreader> spreader)
{
    Ptr<ShardSpreaderPort> port = CreateObject<ShardSpreaderPort>();
    const uint32_t interface = port->Install(front, spreader);
    Ipv4StaticRoutingHelper()
        .GetStaticRouting(front->GetObject<Ipv4>())
        ->AddHostRouteTo(receiverAddress, interface);
    for (std::size_t number = 0; number < sites.size(); ++number)
    {
        port->AddNode(static_cast<uint32_t>(number),
                      sites[number].frontInterface,
                      sites[number].atFront);
    }
    return port;
}

} // namespace shardsim
