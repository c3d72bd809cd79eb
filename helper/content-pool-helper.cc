// SPDX-License-Identifier: GPL-2.0-only
#include "content-pool-helper.h"

#include "ns3/abort.h"
#include "ns3/config.h"
#include "ns3/double.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/ipv4.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/pointer.h"
#include "ns3/queue-size.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace sharding
{

namespace
{

// Subnets of four addresses each: the pool's, those between routers, the edges'.
constexpr uint32_t POOL = 0x0a010000;    // 10.1.0.0/16
constexpr uint32_t CORE = 0x0a020000;    // 10.2.0.0/16
constexpr uint32_t TUNNELS = 0x0a400000; // 10.64.0.0/10, of which each edge has a part of 2^8
constexpr uint32_t TUNNEL_SIZE = 1 << 8;
constexpr uint32_t EDGES = 0x0a800000; // 10.128.0.0/9, of which each edge has a part of 2^14
constexpr uint32_t EDGE_SIZE = 1 << 14;
constexpr uint32_t MAX_EDGES = (1 << 23) / EDGE_SIZE;
const Ipv4Mask LINK_MASK("255.255.255.252");

} // namespace

void
ContentPoolHelper::SetTcp(uint32_t segment, uint32_t buffer)
{
    // Named here because their defaults differ between versions of ns-3.
    Config::SetDefault("ns3::TcpL4Protocol::SocketType", StringValue("ns3::TcpCubic"));
    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(segment));
    Config::SetDefault("ns3::TcpSocket::SndBufSize", UintegerValue(buffer));
    Config::SetDefault("ns3::TcpSocket::RcvBufSize", UintegerValue(buffer));
    Config::SetDefault("ns3::TcpSocket::InitialCwnd", UintegerValue(10));
    // A socket that has ended is looked at for each packet of its node, for twice this lifetime: at
    // the 2 minutes of RFC 9293 a client would soon have hundreds. No port number comes back so
    // soon that an old segment could be taken for one of another connection.
    Config::SetDefault("ns3::TcpSocketBase::MaxSegLifetime", DoubleValue(1));
    // What Linux has. ns-3's events of timers that were stopped stay in its queue up to their time,
    // so a second would keep many; an acknowledgment must be delayed by less than the timeout.
    Config::SetDefault("ns3::TcpSocketBase::MinRto", TimeValue(MilliSeconds(200)));
    Config::SetDefault("ns3::TcpSocket::DelAckTimeout", TimeValue(MilliSeconds(40)));
}

ContentPoolHelper::ContentPoolHelper(uint32_t encoders)
    : m_encoderCount(encoders),
      m_poolLink{DataRate("1Gbps"), MicroSeconds(100), 1000},
      m_coreLink{DataRate("40Gbps"), MilliSeconds(2), 10000}
{
    m_encoderFactory.SetTypeId(ContentEncoder::GetTypeId());
    m_poolFactory.SetTypeId(ContentPool::GetTypeId());
}

void
ContentPoolHelper::SetPoolLinks(const Link& link, const Link& core)
{
    m_poolLink = link;
    m_coreLink = core;
}

void
ContentPoolHelper::SetEncoders(const ObjectFactory& factory)
{
    m_encoderFactory = factory;
}

void
ContentPoolHelper::SetPool(const ObjectFactory& factory)
{
    m_poolFactory = factory;
}

Ptr<Node>
ContentPoolHelper::MakeNode()
{
    Ptr<Node> node = CreateObject<Node>();
    InternetStackHelper stack;
    Ipv4StaticRoutingHelper routing;
    stack.SetRoutingHelper(routing);
    stack.SetIpv6StackInstall(false);
    stack.Install(node);
    m_nodes.push_back(node);
    return node;
}

Ptr<PointToPointNetDevice>
ContentPoolHelper::Join(Ptr<Node> a, Ptr<Node> b, uint32_t subnet, const Link& link)
{
    PointToPointHelper helper;
    helper.SetDeviceAttribute("DataRate", DataRateValue(link.rate));
    helper.SetDeviceAttribute("Mtu", UintegerValue(9200));
    helper.SetChannelAttribute("Delay", TimeValue(link.delay));
    helper.SetQueue("ns3::DropTailQueue<Packet>",
                    "MaxSize",
                    QueueSizeValue(QueueSize(QueueSizeUnit::PACKETS, link.queue)));
    const NetDeviceContainer devices = helper.Install(a, b);
    // By hand: ns-3's helper for addresses would put a queue disc on each device.
    uint32_t address = subnet;
    for (uint32_t i = 0; i < 2; ++i)
    {
        Ptr<Ipv4> ipv4 = devices.Get(i)->GetNode()->GetObject<Ipv4>();
        const uint32_t interface = ipv4->AddInterface(devices.Get(i));
        ipv4->AddAddress(interface, Ipv4InterfaceAddress(Ipv4Address(++address), LINK_MASK));
        ipv4->SetMetric(interface, 1);
        ipv4->SetUp(interface);
    }
    return DynamicCast<PointToPointNetDevice>(devices.Get(0));
}

void
ContentPoolHelper::SetDefaultRoute(Ptr<Node> host, uint32_t router)
{
    Ipv4StaticRoutingHelper helper;
    Ptr<Ipv4> ipv4 = host->GetObject<Ipv4>();
    const auto interface =
        static_cast<uint32_t>(ipv4->GetInterfaceForPrefix(Ipv4Address(router), LINK_MASK));
    helper.GetStaticRouting(ipv4)->SetDefaultRoute(Ipv4Address(router), interface);
}

void
ContentPoolHelper::Build()
{
    if (m_core)
    {
        return;
    }
    NS_ABORT_MSG_UNLESS(m_encoderCount >= 1 && m_encoderCount < 4096,
                        "ContentPoolHelper: " << m_encoderCount
                                              << " encoders, allowed are 1 to 4095");
    m_core = MakeNode();
    Ptr<Node> router = MakeNode();
    Join(m_core, router, CORE, m_coreLink);
    SetDefaultRoute(router, CORE + 1);
    Ipv4StaticRoutingHelper helper;
    helper.GetStaticRouting(m_core->GetObject<Ipv4>())
        ->AddNetworkRouteTo(Ipv4Address(POOL), Ipv4Mask("255.255.0.0"), Ipv4Address(CORE + 2), 1);
    for (uint32_t number = 0; number <= m_encoderCount; ++number)
    {
        const uint32_t subnet = POOL + 4 * number;
        Ptr<Node> node = MakeNode();
        Join(router, node, subnet, m_poolLink);
        SetDefaultRoute(node, subnet + 1);
        if (number == 0)
        {
            m_pool = m_poolFactory.Create<ContentPool>();
            m_pool->SetEncoders(m_encoderCount);
            node->AddApplication(m_pool);
            continue;
        }
        m_encoderFactory.Set("Number", UintegerValue(number));
        Ptr<ContentEncoder> encoder = m_encoderFactory.Create<ContentEncoder>();
        node->AddApplication(encoder);
        encoder->SetManager(m_pool->GetAddress());
        m_encoders.push_back(encoder);
    }
}

Ptr<ContentPool>
ContentPoolHelper::GetPool()
{
    Build();
    return m_pool;
}

const std::vector<Ptr<ContentEncoder>>&
ContentPoolHelper::GetEncoders()
{
    Build();
    return m_encoders;
}

void
ContentPoolHelper::SetTunnel(const ShardTunnelHelper& tunnel, uint32_t paths)
{
    NS_ABORT_MSG_UNLESS(paths >= 1 && paths <= TUNNEL_SIZE / 4,
                        "ContentPoolHelper: " << paths << " paths, allowed are 1 to "
                                              << TUNNEL_SIZE / 4);
    m_tunnel = tunnel;
    m_paths = paths;
}

int64_t
ContentPoolHelper::AssignStreams(int64_t stream)
{
    int64_t next = stream;
    for (const auto& loss : m_losses)
    {
        next += loss->AssignStreams(next);
    }
    return next - stream;
}

Ptr<PointToPointNetDevice>
ContentPoolHelper::JoinEdge(const Link& link, uint32_t subnet, Ptr<Node> router)
{
    m_coreDevices.push_back(Join(m_core, router, subnet, link));
    if (link.loss > 0)
    {
        m_losses.push_back(CreateObject<GilbertElliottErrorModel>());
        m_losses.back()->SetAttribute("MeanLoss", DoubleValue(link.loss));
        router->GetDevice(router->GetNDevices() - 1)
            ->SetAttribute("ReceiveErrorModel", PointerValue(m_losses.back()));
    }
    return m_coreDevices.back();
}

uint32_t
ContentPoolHelper::MakeTunnel(uint32_t edge, const Link& link)
{
    ShardTunnelHelper helper = *m_tunnel;
    ShardPathInfo info;
    info.rate = link.rate;
    info.delay = link.delay;
    for (uint32_t path = 0; path < m_paths; ++path)
    {
        const uint32_t subnet = TUNNELS + edge * TUNNEL_SIZE + 4 * path;
        info.mtu = JoinEdge(link, subnet, m_edges[edge])->GetMtu();
        helper.AddPath(Ipv4Address(subnet + 1), Ipv4Address(subnet + 2), info);
    }
    // Tunnels that share a node have ports of their own.
    helper.SetPort(static_cast<uint16_t>(ShardUdpTransport::DEFAULT_PORT + edge));
    const uint32_t subnet = CORE + 4 * (edge + 1);
    const auto plain = static_cast<uint32_t>(
        m_core->GetObject<Ipv4>()->GetInterfaceForPrefix(Ipv4Address(subnet), LINK_MASK));
    m_tunnels.push_back(helper.Install(m_core, m_edges[edge], plain, Ipv4Address(subnet + 2)));
    // What is for the cache itself as well.
    m_tunnels.back()->AddRoute(Ipv4Address(subnet + 2));
    return m_tunnels.back()->interface;
}

void
ContentPoolHelper::AddEdges(uint32_t count, const Link& link, const ObjectFactory& cache)
{
    Build();
    Ipv4StaticRoutingHelper helper;
    for (uint32_t i = 0; i < count; ++i)
    {
        const auto edge = static_cast<uint32_t>(m_edges.size());
        NS_ABORT_MSG_UNLESS(edge < MAX_EDGES,
                            "ContentPoolHelper: more than " << MAX_EDGES << " edges");
        Ptr<Node> router = MakeNode();
        const uint32_t subnet = CORE + 4 * (edge + 1);
        JoinEdge(link, subnet, router);
        SetDefaultRoute(router, subnet + 1);
        m_edges.push_back(router);
        m_edgeClients.push_back(0);
        Ptr<Ipv4> ipv4 = m_core->GetObject<Ipv4>();
        const Ipv4Address clients(EDGES + edge * EDGE_SIZE);
        const Ipv4Mask mask("255.255.192.0");
        if (m_tunnel)
        {
            helper.GetStaticRouting(ipv4)->AddNetworkRouteTo(clients, mask, MakeTunnel(edge, link));
        }
        else
        {
            const auto interface =
                static_cast<uint32_t>(ipv4->GetInterfaceForPrefix(Ipv4Address(subnet), LINK_MASK));
            helper.GetStaticRouting(ipv4)->AddNetworkRouteTo(clients,
                                                             mask,
                                                             Ipv4Address(subnet + 2),
                                                             interface);
        }
        if (cache.IsTypeIdSet())
        {
            Ptr<ContentCache> app = cache.Create<ContentCache>();
            router->AddApplication(app);
            m_caches.push_back(app);
            m_relays.push_back(app);
            continue;
        }
        m_relays.push_back(CreateObject<ContentRelay>());
        router->AddApplication(m_relays.back());
    }
}

ContentClientSite
ContentPoolHelper::AddClient(uint32_t edge, const Link& link)
{
    Build();
    NS_ABORT_MSG_UNLESS(edge < m_edges.size() && m_edgeClients[edge] < EDGE_SIZE / 4,
                        "ContentPoolHelper: no room at edge " << edge);
    const uint32_t subnet = EDGES + edge * EDGE_SIZE + 4 * m_edgeClients[edge]++;
    ContentClientSite site;
    site.node = MakeNode();
    site.down = Join(m_edges[edge], site.node, subnet, link);
    SetDefaultRoute(site.node, subnet + 1);
    site.guide = std::make_shared<ContentMapGuide>(m_clients++);
    site.map = CreateObject<ContentMapClient>();
    site.fetcher = CreateObject<ContentTcpFetcher>();
    site.fetcher->Install(site.node, site.guide);
    if (!m_caches.empty())
    {
        site.fetcher->SetCache(m_caches[edge]->GetAddress());
    }
    site.map->SetRelay(m_relays[edge]->GetAddress());
    return site;
}

} // namespace sharding
} // namespace ns3
