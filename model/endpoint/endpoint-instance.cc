// SPDX-License-Identifier: GPL-2.0-only
//
// An endpoint's CPU, its accounts, its reports. Its life is in endpoint-instance-life.cc; what it
// does with messages is in endpoint-instance-messages.cc and endpoint-instance-requests.cc.
#include "endpoint-instance.h"

#include "ns3/assert.h"
#include "ns3/double.h"
#include "ns3/ipv4.h"
#include "ns3/shard-compat.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(EndpointInstance);

TypeId
EndpointInstance::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::EndpointInstance")
            .SetParent<Application>()
            .SetGroupName("Sharding")
            .AddConstructor<EndpointInstance>()
            .AddAttribute(
                "Discipline",
                "Whom the CPU serves.",
                ShardEnumValue<EndpointDiscipline>(ENDPOINT_FIFO),
                ShardMakeEnumAccessor<EndpointDiscipline>(&EndpointInstance::m_discipline),
                ShardMakeEnumChecker<EndpointDiscipline>(ENDPOINT_FIFO,
                                                         "Fifo",
                                                         ENDPOINT_PS,
                                                         "ProcessorSharing"))
            .AddAttribute("ColdStart",
                          "Time from being created to being there.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&EndpointInstance::m_coldStart),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("WarmUp",
                          "Time from being there to full speed.",
                          TimeValue(Seconds(2)),
                          MakeTimeAccessor(&EndpointInstance::m_warmUp),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("ColdSpeed",
                          "Speed until then, of full speed.",
                          DoubleValue(0.5),
                          MakeDoubleAccessor(&EndpointInstance::m_coldSpeed),
                          MakeDoubleChecker<double>(0.001, 1))
            .AddAttribute("Memory",
                          "For sessions and early data of a unit, bytes.",
                          UintegerValue(64 * 1024 * 1024),
                          MakeUintegerAccessor(&EndpointInstance::m_memory),
                          MakeUintegerChecker<uint64_t>())
            .AddAttribute("SessionMemory",
                          "That a session takes, bytes.",
                          UintegerValue(64 * 1024),
                          MakeUintegerAccessor(&EndpointInstance::m_sessionMemory),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("Bandwidth",
                          "Of a unit's answers: they wait for each other.",
                          DataRateValue(DataRate("100Mbps")),
                          MakeDataRateAccessor(&EndpointInstance::m_bandwidth),
                          MakeDataRateChecker())
            .AddAttribute("Quota",
                          "Requests that an instance may serve before it ends; 0: no end.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&EndpointInstance::m_quota),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("SessionIdle",
                          "Time after which a session that asks nothing is closed.",
                          TimeValue(Seconds(30)),
                          MakeTimeAccessor(&EndpointInstance::m_sessionIdle),
                          MakeTimeChecker(Time(1)))
            .AddAttribute("DrainTime",
                          "Time after which an instance that drains ends, whoever is left.",
                          TimeValue(Seconds(30)),
                          MakeTimeAccessor(&EndpointInstance::m_drainTime),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("ReportInterval",
                          "Time between reports to the hub.",
                          TimeValue(MilliSeconds(500)),
                          MakeTimeAccessor(&EndpointInstance::m_interval),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("PrepareWork",
                          "CPU for each client that it is told of beforehand, at speed 1.",
                          TimeValue(MicroSeconds(50)),
                          MakeTimeAccessor(&EndpointInstance::m_prepareWork),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("OpenWork",
                          "CPU to open a channel to a client that it was not told of, at speed 1.",
                          TimeValue(MicroSeconds(500)),
                          MakeTimeAccessor(&EndpointInstance::m_openWork),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("PrepareHold",
                          "Time for which a client that it was told of is expected.",
                          TimeValue(Seconds(5)),
                          MakeTimeAccessor(&EndpointInstance::m_prepareHold),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("AnswerSize",
                          "Bytes of an answer, behind its header; one datagram holds it.",
                          UintegerValue(1000),
                          MakeUintegerAccessor(&EndpointInstance::m_answerSize),
                          MakeUintegerChecker<uint32_t>(0, EndpointMessage::MOST - 100))
            .AddAttribute("Protocol",
                          "Version that it speaks with clients.",
                          UintegerValue(1),
                          MakeUintegerAccessor(&EndpointInstance::m_protocol),
                          MakeUintegerChecker<uint8_t>(1))
            .AddAttribute("GuardSize",
                          "Tokens that are remembered until they expire.",
                          UintegerValue(100000),
                          MakeUintegerAccessor(&EndpointInstance::m_guardSize),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("Hops",
                          "How often a request that finds an endpoint busy is handed on to another "
                          "one of the group, before it waits; 0: never.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&EndpointInstance::m_hops),
                          MakeUintegerChecker<uint8_t>(0, EndpointHand::MOST_HOPS))
            .AddTraceSource("State",
                            "The instance is in another state.",
                            MakeTraceSourceAccessor(&EndpointInstance::m_stateTrace),
                            "ns3::sharding::EndpointInstance::StateTracedCallback")
            .AddTraceSource("Open",
                            "A token was shown.",
                            MakeTraceSourceAccessor(&EndpointInstance::m_openTrace),
                            "ns3::sharding::EndpointInstance::OpenTracedCallback");
    return tid;
}

EndpointInstance::EndpointInstance()
    : m_uniform(CreateObject<UniformRandomVariable>())
{
}

EndpointInstance::~EndpointInstance() = default;

void
EndpointInstance::Setup(uint32_t number,
                        uint16_t port,
                        const InetSocketAddress& hub,
                        const EndpointSecrets& secrets)
{
    m_number = number;
    m_port = port;
    m_hubAddress = hub.GetIpv4().Get();
    m_hubPort = hub.GetPort();
    m_secrets = secrets;
    // Over all lives of the slot: what it has forgotten could be shown to it again.
    m_gate = std::make_unique<EndpointGate>(m_secrets, m_guardSize);
}

int64_t
EndpointInstance::AssignStreams(int64_t stream)
{
    m_uniform->SetStream(stream);
    return 1;
}

void
EndpointInstance::StartApplication()
{
    m_server = MakeEndpointServer(m_discipline);
    m_socket = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
    m_socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), m_port));
    m_socket->SetRecvCallback(MakeCallback(&EndpointInstance::Receive, this));
    m_address = GetNode()->GetObject<Ipv4>()->GetAddress(1, 0).GetLocal().Get();
}

void
EndpointInstance::StopApplication()
{
    Account();
    m_departure.Cancel();
    m_change.Cancel();
    m_reporting.Cancel();
    if (m_socket)
    {
        m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        m_socket->Close();
        m_socket = nullptr;
    }
}

void
EndpointInstance::DoDispose()
{
    m_departure.Cancel();
    m_change.Cancel();
    m_reporting.Cancel();
    m_socket = nullptr;
    Application::DoDispose();
}

bool
EndpointInstance::IsRunning() const
{
    return m_state == ENDPOINT_WARMING || m_state == ENDPOINT_WARM || m_state == ENDPOINT_DRAINING;
}

uint32_t
EndpointInstance::GetInSystem() const
{
    return m_server ? m_server->InSystem() : 0;
}

std::vector<uint64_t>
EndpointInstance::GetClients() const
{
    std::vector<uint64_t> clients;
    for (const auto& [client, session] : m_sessions)
    {
        clients.push_back(client);
    }
    return clients;
}

EndpointCounts
EndpointInstance::GetCounts() const
{
    EndpointCounts counts = m_counts;
    if (m_socket && m_state != ENDPOINT_OFF)
    {
        const double seconds = (Simulator::Now() - m_accounted).GetSeconds();
        counts.unitSeconds += seconds * m_permille / 1000;
        counts.busySeconds += GetInSystem() > 0 && IsRunning() ? seconds : 0;
    }
    for (const auto& [client, prepared] : m_prepared)
    {
        counts.wastedBytes += prepared.bytes;
    }
    return counts;
}

void
EndpointInstance::Account()
{
    const Time now = Simulator::Now();
    const double seconds = (now - m_accounted).GetSeconds();
    if (m_state != ENDPOINT_OFF)
    {
        m_counts.unitSeconds += seconds * m_permille / 1000;
        if (IsRunning() && m_server->InSystem() > 0)
        {
            m_counts.busySeconds += seconds;
            m_busyInReport += seconds;
        }
    }
    m_accounted = now;
}

void
EndpointInstance::AddJob(const Job& job, Time work)
{
    Account();
    const uint32_t handle = m_jobs.Take();
    m_jobs[handle] = job;
    m_held += job.type == ENDPOINT_REQUEST ? 1 : 0;
    m_server->Arrive(Simulator::Now(), handle, work);
    UpdateDeparture();
}

void
EndpointInstance::UpdateDeparture()
{
    const Time next = m_server->NextDeparture();
    m_departure.Cancel();
    if (next != Time::Max())
    {
        m_departure = Simulator::Schedule(next - Simulator::Now(), &EndpointInstance::Depart, this);
    }
}

void
EndpointInstance::Depart()
{
    Account();
    const auto handle = static_cast<uint32_t>(m_server->Depart());
    const Job job = m_jobs[handle];
    m_jobs.Give(handle);
    m_held -= job.type == ENDPOINT_REQUEST ? 1 : 0;
    UpdateDeparture();
    Finish(job);
    Idle();
}

uint64_t
EndpointInstance::Memory() const
{
    return m_sessions.size() * uint64_t(m_sessionMemory) + m_early;
}

/// @param prepared client that came or did not  @param isWasted whether it did not
void
EndpointInstance::Forget(std::map<uint64_t, Prepared>::iterator prepared, bool isWasted)
{
    m_counts.wastedBytes += isWasted ? prepared->second.bytes : 0;
    m_early -= prepared->second.early;
    m_prepared.erase(prepared);
}

void
EndpointInstance::Report()
{
    m_reporting = Simulator::Schedule(m_interval, &EndpointInstance::Report, this);
    Sweep();
    // As many as need be: what is not told is not learnt from.
    do
    {
        const std::size_t some =
            std::min<std::size_t>(m_histories.size(), EndpointReport::MOST_HISTORIES);
        SendReport({m_histories.begin(), m_histories.begin() + some});
        m_histories.erase(m_histories.begin(), m_histories.begin() + some);
    } while (!m_histories.empty());
    Idle();
}

void
EndpointInstance::SendReport(const std::vector<EndpointHistory>& ended)
{
    Account();
    const Time now = Simulator::Now();
    EndpointReport report;
    report.endpoint = m_number;
    report.life = m_life;
    report.state = m_state;
    report.at = static_cast<uint64_t>(now.GetNanoSeconds());
    report.interval = static_cast<uint32_t>((now - m_reported).GetMicroSeconds());
    report.busy = std::min(report.interval, static_cast<uint32_t>(m_busyInReport * 1e6));
    report.work = m_workInReport;
    report.requests = m_requestsInReport;
    report.inSystem = m_server->InSystem();
    report.sessions = static_cast<uint32_t>(m_sessions.size());
    report.memory = Memory();
    report.sent = m_sentInReport;
    report.ended = ended;
    report.ended.resize(std::min<std::size_t>(report.ended.size(), EndpointReport::MOST_HISTORIES));
    m_reported = now;
    m_busyInReport = 0;
    m_workInReport = 0;
    m_requestsInReport = 0;
    m_sentInReport = 0;
    Send(report.Write(), m_hubAddress, m_hubPort, 0);
}

void
EndpointInstance::Send(const std::vector<uint8_t>& message,
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
