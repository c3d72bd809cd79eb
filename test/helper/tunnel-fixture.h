// SPDX-License-Identifier: GPL-2.0-only
#ifndef TUNNEL_FIXTURE_H
#define TUNNEL_FIXTURE_H

#include "ns3/shard-tunnel-helper.h"
#include <ns3/error-model.h>
#include <ns3/inet-socket-address.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-header.h>
#include <ns3/ipv4-static-routing-helper.h>
#include <ns3/ipv4.h>
#include <ns3/node-container.h>
#include <ns3/point-to-point-helper.h>
#include <ns3/point-to-point-net-device.h>
#include <ns3/simulator.h>
#include <ns3/string.h>
#include <ns3/udp-socket-factory.h>

#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace tunneltest
{

/**
 * Two hosts, two gateways, two disjoint paths with a router on each:
 *
 *                          /== r0 ==\            all links 10 Mbit/s, 2 ms, MTU 1500;
 *     sender --- near ----<          >---- far --- receiver        access links 1 Gbit/s, 9000
 *                          \== r1 ==/
 *
 * Routes are static, no queue disc is installed. Packets back go plainly over path 0.
 */
class TunnelStory : public ::testing::Test
{
  protected:
    enum : uint32_t
    {
        SENDER,
        NEAR,
        FAR,
        RECEIVER,
        R0,
        R1
    };

    TunnelStory()
    {
        nodes.Create(6);
        ns3::InternetStackHelper stack;
        stack.SetRoutingHelper(ns3::Ipv4StaticRoutingHelper());
        stack.SetIpv6StackInstall(false);
        stack.Install(nodes);
        Connect(SENDER, NEAR, "10.1.0.1", "10.1.0.2", "1Gbps", 9000);
        Connect(NEAR, R0, "10.2.0.1", "10.2.0.2", "10Mbps", 1500);
        Connect(R0, FAR, "10.2.0.5", "10.2.0.6", "10Mbps", 1500);
        Connect(NEAR, R1, "10.3.0.1", "10.3.0.2", "10Mbps", 1500);
        Connect(R1, FAR, "10.3.0.5", "10.3.0.6", "10Mbps", 1500);
        Connect(FAR, RECEIVER, "10.4.0.1", "10.4.0.2", "1Gbps", 9000);
        Route(SENDER, "0.0.0.0", "10.1.0.2", 1);
        Route(RECEIVER, "0.0.0.0", "10.4.0.1", 1);
        // Each path is pinned by the addresses of its ends. Interface numbers follow the order of
        // the links above.
        Route(NEAR, "10.2.0.6", "10.2.0.2", 2);
        Route(NEAR, "10.3.0.6", "10.3.0.2", 3);
        Route(FAR, "10.1.0.1", "10.2.0.5", 1);
        Route(R0, "10.1.0.1", "10.2.0.1", 1);
        // What the sender sends plainly to the receiver takes path 0 too.
        Route(R0, "10.4.0.2", "10.2.0.6", 2);
    }

    ~TunnelStory() override
    {
        ns3::Simulator::Destroy();
    }

    void Connect(uint32_t a,
                 uint32_t b,
                 const char* addressA,
                 const char* addressB,
                 const char* rate,
                 uint16_t mtu)
    {
        ns3::PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", ns3::StringValue(rate));
        link.SetDeviceAttribute("Mtu", ns3::UintegerValue(mtu));
        link.SetChannelAttribute("Delay", ns3::StringValue("2ms"));
        const ns3::NetDeviceContainer ends = link.Install(nodes.Get(a), nodes.Get(b));
        for (uint32_t end = 0; end < 2; ++end)
        {
            auto ipv4 = nodes.Get(end == 0 ? a : b)->GetObject<ns3::Ipv4>();
            const uint32_t interface = ipv4->AddInterface(ends.Get(end));
            ipv4->AddAddress(
                interface,
                ns3::Ipv4InterfaceAddress(ns3::Ipv4Address(end == 0 ? addressA : addressB),
                                          ns3::Ipv4Mask("/30")));
            ipv4->SetUp(interface);
            devices.push_back(ns3::DynamicCast<ns3::PointToPointNetDevice>(ends.Get(end)));
        }
    }

    void Route(uint32_t node, const char* to, const char* via, uint32_t interface)
    {
        auto routing = ns3::Ipv4StaticRoutingHelper().GetStaticRouting(
            nodes.Get(node)->GetObject<ns3::Ipv4>());
        if (std::string(to) == "0.0.0.0")
        {
            routing->SetDefaultRoute(ns3::Ipv4Address(via), interface);
            return;
        }
        routing->AddHostRouteTo(ns3::Ipv4Address(to), ns3::Ipv4Address(via), interface);
    }

    /// Wire the tunnel over both paths and route the receiver through it.
    void Install()
    {
        ns3::sharding::ShardPathInfo info;
        info.rate = ns3::DataRate("10Mbps");
        info.delay = ns3::MilliSeconds(4);
        helper.AddPath(ns3::Ipv4Address("10.2.0.1"), ns3::Ipv4Address("10.2.0.6"), info);
        helper.AddPath(ns3::Ipv4Address("10.3.0.1"), ns3::Ipv4Address("10.3.0.6"), info);
        tunnel = helper.Install(nodes.Get(NEAR), nodes.Get(FAR), 2, ns3::Ipv4Address("10.2.0.2"));
        tunnel->AddRoute(ns3::Ipv4Address("10.4.0.2"));
    }

    /// Lose packets at the receiving end of path 0 or 1, as often and the same ones every time.
    void LosePackets(uint32_t path, double rate)
    {
        auto losses = ns3::CreateObject<ns3::RateErrorModel>();
        losses->SetAttribute("ErrorRate", ns3::DoubleValue(rate));
        losses->SetAttribute("ErrorUnit", ns3::StringValue("ERROR_UNIT_PACKET"));
        losses->AssignStreams(40 + path);
        Arriving(path)->SetReceiveErrorModel(losses);
    }

    /// @return the far gateway's device of a path (devices lie in the order of the links)
    ns3::Ptr<ns3::PointToPointNetDevice> Arriving(uint32_t path)
    {
        return devices[path == 0 ? 5 : 9];
    }

    /// @return the near gateway's device of a path
    ns3::Ptr<ns3::PointToPointNetDevice> Leaving(uint32_t path)
    {
        return devices[path == 0 ? 2 : 6];
    }

    ns3::NodeContainer nodes;
    std::vector<ns3::Ptr<ns3::PointToPointNetDevice>> devices;
    ns3::sharding::ShardTunnelHelper helper;
    ns3::Ptr<ns3::sharding::ShardTunnel> tunnel;
};

} // namespace tunneltest

#endif // TUNNEL_FIXTURE_H
