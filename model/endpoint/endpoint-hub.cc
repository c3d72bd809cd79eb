// SPDX-License-Identifier: GPL-2.0-only
//
// The hub's machinery: CPU and messages. What it does for clients is in endpoint-hub-clients.cc,
// and with endpoints in endpoint-hub-pool.cc.
#include "endpoint-hub.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/ipv4.h"
#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_LOG_COMPONENT_DEFINE("EndpointHub");
NS_OBJECT_ENSURE_REGISTERED(EndpointHub);

TypeId
EndpointHub::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::EndpointHub")
            .SetParent<Application>()
            .SetGroupName("Sharding")
            .AddConstructor<EndpointHub>()
            .AddAttribute("Port",
                          "UDP port that it listens at.",
                          UintegerValue(7000),
                          MakeUintegerAccessor(&EndpointHub::m_port),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("Proxy",
                          "All requests and answers go through it: the baseline without tokens.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&EndpointHub::m_isProxy),
                          MakeBooleanChecker())
            .AddAttribute("Work",
                          "CPU for each message that comes.",
                          TimeValue(MicroSeconds(10)),
                          MakeTimeAccessor(&EndpointHub::m_work),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("QueueLimit",
                          "Messages that may wait for the CPU; further ones are dropped.",
                          UintegerValue(10000),
                          MakeUintegerAccessor(&EndpointHub::m_queueLimit),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("Fanout",
                          "Endpoints that are told of a client before it comes: N.",
                          UintegerValue(1),
                          MakeUintegerAccessor(&EndpointHub::m_fanout),
                          MakeUintegerChecker<uint32_t>(0, EndpointGrant::MOST_PLACES))
            .AddAttribute("FanoutScheme",
                          "Which ones, beside the one that is selected.",
                          ShardEnumValue<FanoutScheme>(ROUND_ROBIN),
                          ShardMakeEnumAccessor<FanoutScheme>(&EndpointHub::m_scheme),
                          ShardMakeEnumChecker<FanoutScheme>(ROUND_ROBIN,
                                                             "RoundRobin",
                                                             WEIGHTED_RANDOM,
                                                             "WeightedRandom"))
            .AddAttribute("FirstReady",
                          "Wait for the first of them that has reached the client, and take that.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&EndpointHub::m_isFirstReady),
                          MakeBooleanChecker())
            .AddAttribute("ReadyTimeout",
                          "After which the selected one is taken, nevertheless.",
                          TimeValue(MilliSeconds(200)),
                          MakeTimeAccessor(&EndpointHub::m_readyTimeout),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("Early",
                          "Bytes of the client's stream that each of them is sent.",
                          UintegerValue(512),
                          MakeUintegerAccessor(&EndpointHub::m_early),
                          MakeUintegerChecker<uint32_t>(0, EndpointMessage::MOST - 100))
            .AddAttribute("Fallbacks",
                          "Further endpoints of the group that a grant names, where there are.",
                          UintegerValue(2),
                          MakeUintegerAccessor(&EndpointHub::m_fallbacks),
                          MakeUintegerChecker<uint32_t>(0, EndpointGrant::MOST_PLACES - 1))
            .AddAttribute("TokenLifetime",
                          "From issue to expiry of a token.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&EndpointHub::m_lifetime),
                          MakeTimeChecker(Time(1)))
            .AddAttribute("Profile",
                          "What a client's demand is predicted by.",
                          ShardEnumValue<EndpointProfile>(ENDPOINT_PROFILE_LEARNED),
                          ShardMakeEnumAccessor<EndpointProfile>(&EndpointHub::m_profile),
                          ShardMakeEnumChecker<EndpointProfile>(ENDPOINT_PROFILE_NONE,
                                                                "None",
                                                                ENDPOINT_PROFILE_CLIENT,
                                                                "Client",
                                                                ENDPOINT_PROFILE_LEARNED,
                                                                "Learned"))
            .AddAttribute("Grouping",
                          "Which group a client is of.",
                          ShardEnumValue<Grouping>(BY_DEMAND),
                          ShardMakeEnumAccessor<Grouping>(&EndpointHub::m_grouping),
                          ShardMakeEnumChecker<Grouping>(BY_DEMAND, "Demand", BY_REGION, "Region"))
            .AddAttribute("Day",
                          "Period of the time of day, for profiles.",
                          TimeValue(Seconds(86400)),
                          MakeTimeAccessor(&EndpointHub::m_day),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("UseCommitted",
                          "Sessions that were granted count in the forecast by their profiles.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&EndpointHub::m_useCommitted),
                          MakeBooleanChecker())
            .AddAttribute("CommitHold",
                          "Time after which a granted session is forgotten if nothing is heard.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&EndpointHub::m_commitHold),
                          MakeTimeChecker(Time(1)))
            .AddAttribute("ColdSpeed",
                          "What an endpoint that is not warm can do, of one that is: loads of such "
                          "ones are seen as so much higher.",
                          DoubleValue(0.5),
                          MakeDoubleAccessor(&EndpointHub::m_coldSpeed),
                          MakeDoubleChecker<double>(0.001, 1))
            .AddAttribute("TellPeers",
                          "Endpoints are told of the others of their group, for requests that they "
                          "hand on.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&EndpointHub::m_arePeers),
                          MakeBooleanChecker());
    return tid;
}

EndpointHub::EndpointHub()
    : m_uniform(CreateObject<UniformRandomVariable>())
{
}

EndpointHub::~EndpointHub() = default;

void
EndpointHub::Setup(const EndpointSecrets& secrets,
                   const std::vector<EndpointPlace>& places,
                   const EndpointPoolConfig& pool,
                   Ptr<EndpointScale> scale,
                   const EndpointLoadConfig& load,
                   EndpointManager::Truth demandTruth,
                   const SelectMaker& makeSelect,
                   LoadTruth loadTruth)
{
    m_secrets = secrets;
    m_keys =
        std::make_unique<ShardTokenKeys>(secrets.master,
                                         secrets.seal,
                                         static_cast<uint64_t>(secrets.rotation.GetNanoSeconds()),
                                         secrets.keep);
    m_pool = pool;
    m_manager = std::make_unique<EndpointManager>(pool, scale, load, std::move(demandTruth));
    for (const EndpointPlace& place : places)
    {
        m_manager->AddSlot(place);
    }
    m_forwardsAt.resize(places.size());
    m_profiler = std::make_unique<EndpointProfiler>(m_profile, pool.groups, m_day);
    m_groups.resize(pool.groups);
    for (Group& group : m_groups)
    {
        group.select = makeSelect();
    }
    m_loadTruth = std::move(loadTruth);
}

int64_t
EndpointHub::AssignStreams(int64_t stream)
{
    int64_t used = 0;
    m_uniform->SetStream(stream + used++);
    for (Group& group : m_groups)
    {
        used += group.select->AssignStreams(stream + used);
    }
    return used;
}

EndpointHubCounts
EndpointHub::GetCounts() const
{
    return m_counts;
}

void
EndpointHub::StartApplication()
{
    m_socket = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
    m_socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), m_port));
    m_socket->SetRecvCallback(MakeCallback(&EndpointHub::Receive, this));
    m_address = GetNode()->GetObject<Ipv4>()->GetAddress(1, 0).GetLocal().Get();
    Tick();
    m_watching = Simulator::Schedule(m_pool.patience / 2, &EndpointHub::Watch, this);
}

void
EndpointHub::StopApplication()
{
    m_working.Cancel();
    m_ticking.Cancel();
    m_watching.Cancel();
    for (auto& [client, pending] : m_pending)
    {
        pending.late.Cancel();
    }
    if (m_socket)
    {
        m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        m_socket->Close();
        m_socket = nullptr;
    }
}

void
EndpointHub::DoDispose()
{
    m_working.Cancel();
    m_ticking.Cancel();
    m_watching.Cancel();
    m_pending.clear();
    m_groups.clear();
    m_manager.reset();
    m_socket = nullptr;
    m_loadTruth = nullptr;
    Application::DoDispose();
}

void
EndpointHub::Receive(Ptr<Socket> socket)
{
    Address from;
    while (Ptr<Packet> packet = socket->RecvFrom(from))
    {
        if (m_server.InSystem() >= m_queueLimit)
        {
            ++m_counts.overloaded;
            continue;
        }
        const InetSocketAddress source = InetSocketAddress::ConvertFrom(from);
        const uint32_t handle = m_jobs.Take();
        Job& job = m_jobs[handle];
        if (job.message.Read(packet) != SHARD_OK)
        {
            ++m_counts.malformed;
            m_jobs.Give(handle);
            continue;
        }
        job.address = source.GetIpv4().Get();
        job.port = source.GetPort();
        m_counts.busySeconds += m_work.GetSeconds();
        m_server.Arrive(Simulator::Now(), handle, m_work);
        UpdateWork();
    }
}

void
EndpointHub::UpdateWork()
{
    if (m_working.IsExpired() && m_server.InSystem() > 0)
    {
        m_working = Simulator::Schedule(m_server.NextDeparture() - Simulator::Now(),
                                        &EndpointHub::Work,
                                        this);
    }
}

/// The CPU has handled a message: now it has its effect.
void
EndpointHub::Work()
{
    const auto handle = static_cast<uint32_t>(m_server.Depart());
    const Job& job = m_jobs[handle];
    switch (job.message.type)
    {
    case ENDPOINT_ATTEMPT:
        TakeAttempt(job);
        break;
    case ENDPOINT_READY:
        TakeReady(job);
        break;
    case ENDPOINT_REQUEST:
        TakeRequest(job);
        break;
    case ENDPOINT_RESPONSE:
        TakeResponse(job);
        break;
    case ENDPOINT_REPORT:
        TakeReport(job);
        break;
    default:
        ++m_counts.malformed;
    }
    m_jobs.Give(handle);
    UpdateWork();
}

/// @param client whose granted demand is another now  @param demand units
void
EndpointHub::Commit(Client& client, double demand)
{
    m_groups[client.group].committed += demand - client.demand;
    client.demand = demand;
    client.since = Simulator::Now();
}

void
EndpointHub::Send(const std::vector<uint8_t>& message,
                  uint32_t address,
                  uint16_t port,
                  uint32_t filling)
{
    m_socket->SendTo(EndpointPacket(message, filling),
                     0,
                     InetSocketAddress(Ipv4Address(address), port));
}

} // namespace sharding
} // namespace ns3
