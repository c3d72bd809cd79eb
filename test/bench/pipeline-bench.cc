// SPDX-License-Identifier: GPL-2.0-only
//
// What a packet costs, host time: the whole tunnel against a plain ns-3 UDP sender and sink that
// put as many packets of the same size on the same links.
//
//   host --- transformation --- middle --- reassembly --- host
//
// Reference "plain UDP": socket on the transformation node to socket on the reassembly node, two
// links. "plain UDP, hosts": from host to host, four links. The tunnel sends datagrams from host
// to host, ten shards (8+2) for each, over the two links between.
#include "ns3/drop-tail-queue.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/node.h"
#include "ns3/packet.h"
#include "ns3/point-to-point-channel.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/shard-compat.h"
#include "ns3/shard-tunnel-helper.h"
#include "ns3/simulator.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <benchmark/benchmark.h>
#include <cstdio>
#include <cstdlib>

using namespace ns3;
using namespace ns3::sharding;

namespace
{

constexpr uint32_t DATAGRAMS = 1000;
constexpr uint32_t SHARDS = 10;
constexpr uint32_t DATAGRAM_PAYLOAD = 8972; // 9000 bytes of IP: eight shards of 1125
constexpr uint32_t SHARD_UDP_PAYLOAD = 1125 + 20;

/// The five nodes, four links and static routes.
class Line
{
  public:
    Line()
    {
        for (Ptr<Node>& node : nodes)
        {
            node = CreateObject<Node>();
            InternetStackHelper stack;
            stack.SetIpv6StackInstall(false);
            stack.SetRoutingHelper(Ipv4StaticRoutingHelper());
            stack.Install(node);
        }
        for (uint32_t link = 0; link < 4; ++link)
        {
            Connect(link, link == 0 || link == 3 ? 65535 : 1500);
        }
        Ipv4StaticRoutingHelper routing;
        for (uint32_t node = 0; node < 5; ++node)
        {
            for (uint32_t link = 0; link < 4; ++link)
            {
                for (uint32_t end = 0; end < 2; ++end)
                {
                    const uint32_t owner = link + end;
                    if (owner == node)
                    {
                        continue;
                    }
                    const bool right = owner > node;
                    const uint32_t via = right ? node : node - 1;
                    routing.GetStaticRouting(nodes[node]->GetObject<Ipv4>())
                        ->AddHostRouteTo(Address(link, end),
                                         Address(via, right ? 1 : 0),
                                         interfaces[via][right ? 0 : 1]);
                }
            }
        }
    }

    static Ipv4Address Address(uint32_t link, uint32_t end)
    {
        return Ipv4Address(0x0a000001 + 4 * link + end);
    }

    Ptr<Node> nodes[5];
    uint32_t interfaces[4][2]{};

  private:
    void Connect(uint32_t link, uint16_t mtu)
    {
        Ptr<PointToPointChannel> channel = CreateObject<PointToPointChannel>();
        channel->SetAttribute("Delay", TimeValue(MilliSeconds(5)));
        for (uint32_t end = 0; end < 2; ++end)
        {
            Ptr<PointToPointNetDevice> device = CreateObject<PointToPointNetDevice>();
            device->SetDataRate(DataRate(link == 0 || link == 3 ? 100000000000 : 100000000));
            device->SetMtu(mtu);
            device->SetAddress(Mac48Address::Allocate());
            device->SetQueue(CreateObject<DropTailQueue<Packet>>());
            nodes[link + end]->AddDevice(device);
            device->Attach(channel);
            Ptr<Ipv4> ipv4 = nodes[link + end]->GetObject<Ipv4>();
            interfaces[link][end] = ipv4->AddInterface(device);
            ipv4->AddAddress(interfaces[link][end],
                             Ipv4InterfaceAddress(Address(link, end), Ipv4Mask(0xfffffffc)));
            ipv4->SetUp(interfaces[link][end]);
        }
    }
};

/// Sends `burst` packets of one size at a time from a socket.
class Sender
{
  public:
    Sender(Ptr<Node> node,
           Ipv4Address to,
           uint32_t size,
           uint32_t burst,
           uint32_t bursts,
           bool real)
        : m_socket(Socket::CreateSocket(node, UdpSocketFactory::GetTypeId())),
          m_size(size),
          m_burst(burst),
          m_left(bursts),
          m_bytes(real ? size : 0, 0x5a)
    {
        m_socket->Bind();
        m_socket->Connect(InetSocketAddress(to, 9));
        Simulator::Schedule(Time(0), &Sender::Send, this);
    }

  private:
    void Send()
    {
        for (uint32_t i = 0; i < m_burst; ++i)
        {
            m_socket->Send(m_bytes.empty() ? Create<Packet>(m_size)
                                           : Create<Packet>(m_bytes.data(), m_size));
        }
        if (--m_left > 0)
        {
            Simulator::Schedule(MilliSeconds(2), &Sender::Send, this);
        }
    }

    Ptr<Socket> m_socket;
    uint32_t m_size;
    uint32_t m_burst;
    uint32_t m_left;
    std::vector<uint8_t> m_bytes;
};

class Sink
{
  public:
    explicit Sink(Ptr<Node> node)
        : m_socket(Socket::CreateSocket(node, UdpSocketFactory::GetTypeId()))
    {
        m_socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), 9));
        m_socket->SetRecvCallback(MakeCallback(&Sink::Receive, this));
    }

    uint32_t received{0};

  private:
    void Receive(Ptr<Socket> socket)
    {
        while (socket->Recv())
        {
            ++received;
        }
    }

    Ptr<Socket> m_socket;
};

/// A benchmark that loses packets compares nothing.
void
Finish(uint64_t arrived, uint64_t expected)
{
    Simulator::Destroy();
    if (arrived != expected)
    {
        std::fprintf(stderr, "%lu of %lu arrived\n", arrived, expected);
        std::abort();
    }
}

void
PlainUdp(benchmark::State& state, uint32_t from, uint32_t to, bool real)
{
    for (auto _ : state)
    {
        state.PauseTiming();
        {
            Line line;
            Sink sink(line.nodes[to]);
            Sender sender(line.nodes[from],
                          Line::Address(to - 1, 1),
                          SHARD_UDP_PAYLOAD,
                          SHARDS,
                          DATAGRAMS,
                          real);
            state.ResumeTiming();
            Simulator::Run();
            state.PauseTiming();
            Finish(sink.received, DATAGRAMS * SHARDS);
        }
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * DATAGRAMS * SHARDS);
}

void
Tunnel(benchmark::State& state, bool real)
{
    for (auto _ : state)
    {
        state.PauseTiming();
        {
            Line line;
            ShardTunnelHelper helper;
            helper.SetPolicy("ns3::sharding::StaticPolicy",
                             "Shards",
                             UintegerValue(8),
                             "Code",
                             ShardEnumValue<ShardCode>(SHARD_CODE_REED_SOLOMON),
                             "Repair",
                             UintegerValue(2));
            helper.SetRealPayload(real);
            helper.AddPath(Line::Address(1, 0), Line::Address(2, 1), ShardPathInfo());
            Ptr<ShardTunnel> tunnel = helper.Install(line.nodes[1], line.nodes[3]);
            tunnel->AddRoute(Line::Address(3, 1));
            Sink sink(line.nodes[4]);
            Sender sender(line.nodes[0], Line::Address(3, 1), DATAGRAM_PAYLOAD, 1, DATAGRAMS, real);
            state.ResumeTiming();
            Simulator::Run();
            state.PauseTiming();
            const uint64_t shards = tunnel->farTransport->GetReceived();
            Finish(sink.received * SHARDS + shards, 2 * DATAGRAMS * SHARDS);
        }
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * DATAGRAMS * SHARDS);
}

BENCHMARK_CAPTURE(PlainUdp, gateways, 1, 3, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(PlainUdp, hosts, 0, 4, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(PlainUdp, gateways_bytes, 1, 3, true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Tunnel, virtual, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Tunnel, real, true)->Unit(benchmark::kMillisecond);

} // namespace
