// SPDX-License-Identifier: GPL-2.0-only
//
// Puts hub, endpoints and clients on their nodes, as the parameters say.
#include "endpoints-network.h"
#include "endpoints-scaling.h"
#include "endpoints-select.h"
#include "endpoints-streams.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/object-factory.h"
#include "ns3/shard-compat.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <map>
#include <string>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

constexpr uint16_t HUB_PORT = 7000;
constexpr uint16_t FIRST_PORT = 8000;

Time
TimeOf(const Values& values, const char* key)
{
    return NanoSeconds(values.GetTimeNs(key));
}

UintegerValue
NumberOf(const Values& values, const char* key)
{
    return UintegerValue(static_cast<uint64_t>(values.GetInt(key)));
}

uint32_t
MostEndpoints(const Values& values)
{
    const int64_t begin = values.GetInt("pool.endpoints");
    return static_cast<uint32_t>(values.Has("pool.max") ? values.GetInt("pool.max")
                                 : values.GetText("scale.policy") == "static" ? begin
                                                                              : 2 * begin);
}

} // namespace

void
EndpointsNetwork::MakeEndpoints()
{
    ObjectFactory factory("ns3::sharding::EndpointInstance");
    factory.Set("Discipline",
                ShardEnumValue<EndpointDiscipline>(
                    m_values.GetText("endpoint.discipline") == "ps" ? ENDPOINT_PS : ENDPOINT_FIFO));
    const auto time = [&](const char* name, const char* key)
    { factory.Set(name, TimeValue(TimeOf(m_values, key))); };
    time("ColdStart", "endpoint.cold_start");
    time("WarmUp", "endpoint.warm_up");
    time("DrainTime", "endpoint.drain");
    time("ReportInterval", "endpoint.report");
    time("OpenWork", "endpoint.open_work");
    time("PrepareWork", "fanout.work");
    factory.Set("ColdSpeed", DoubleValue(m_values.GetReal("endpoint.cold_speed")));
    factory.Set("Memory", UintegerValue(m_values.GetBytes("endpoint.memory")));
    factory.Set("SessionMemory", UintegerValue(m_values.GetBytes("endpoint.session_memory")));
    factory.Set("Bandwidth", DataRateValue(DataRate(m_values.GetRateBps("endpoint.bandwidth"))));
    factory.Set("Quota", NumberOf(m_values, "endpoint.quota"));
    factory.Set("Hops", NumberOf(m_values, "endpoint.hops"));
    factory.Set("AnswerSize", UintegerValue(m_values.GetBytes("endpoint.answer")));
    // Clients close in time; what is left over is of those that were lost.
    factory.Set("SessionIdle", TimeValue(TimeOf(m_values, "clients.idle") * 2));
    const InetSocketAddress hub(m_topology.hub.address, HUB_PORT);
    for (uint32_t number = 0; number < MostEndpoints(m_values); ++number)
    {
        const auto& host = m_topology.hosts[number % m_topology.hosts.size()];
        Ptr<EndpointInstance> endpoint = factory.Create<EndpointInstance>();
        endpoint->AssignStreams(STREAM_HAND + number);
        endpoint->Setup(number, static_cast<uint16_t>(FIRST_PORT + number), hub, m_secrets);
        host.node->AddApplication(endpoint);
        m_endpoints.push_back(endpoint);
    }
}

void
EndpointsNetwork::MakeHub()
{
    ObjectFactory factory("ns3::sharding::EndpointHub");
    factory.Set("Port", UintegerValue(HUB_PORT));
    factory.Set("Proxy", BooleanValue(m_values.GetText("hub.mode") == "proxy"));
    factory.Set("Work", TimeValue(TimeOf(m_values, "hub.work")));
    factory.Set("Fanout", NumberOf(m_values, "fanout.n"));
    factory.Set("FanoutScheme",
                ShardEnumValue<EndpointHub::FanoutScheme>(
                    m_values.GetText("fanout.scheme") == "weighted" ? EndpointHub::WEIGHTED_RANDOM
                                                                    : EndpointHub::ROUND_ROBIN));
    factory.Set("FirstReady", BooleanValue(m_values.GetBool("fanout.first_ready")));
    factory.Set("Early", UintegerValue(m_values.GetBytes("fanout.early")));
    factory.Set("TokenLifetime", TimeValue(TimeOf(m_values, "token.lifetime")));
    static const std::map<std::string, std::string> profiles = {{"none", "None"},
                                                                {"client", "Client"},
                                                                {"learned", "Learned"}};
    factory.Set("Profile", StringValue(profiles.at(m_values.GetText("predict.profile"))));
    factory.Set("Grouping",
                ShardEnumValue<EndpointHub::Grouping>(m_values.GetText("pool.group_by") == "region"
                                                          ? EndpointHub::BY_REGION
                                                          : EndpointHub::BY_DEMAND));
    const EndpointLoadConfig load = MakeEndpointLoad(m_values);
    factory.Set("Day", TimeValue(load.period));
    factory.Set("UseCommitted", BooleanValue(m_values.GetBool("predict.committed")));
    factory.Set("CommitHold",
                TimeValue(TimeOf(m_values, "clients.session") + TimeOf(m_values, "clients.idle")));
    factory.Set("ColdSpeed", DoubleValue(m_values.GetReal("endpoint.cold_speed")));
    factory.Set("TellPeers", BooleanValue(m_values.GetInt("endpoint.hops") > 0));
    m_hub = factory.Create<EndpointHub>();

    EndpointPoolConfig pool;
    pool.groups = static_cast<uint32_t>(m_values.GetInt("pool.groups"));
    pool.least = static_cast<uint32_t>(m_values.GetInt("pool.min"));
    pool.most = MostEndpoints(m_values);
    pool.begin = static_cast<uint32_t>(m_values.GetInt("pool.endpoints")) / pool.groups;
    pool.interval = load.interval;
    pool.patience = TimeOf(m_values, "endpoint.report") * 3;
    pool.minimumLife = TimeOf(m_values, "pool.life");
    pool.inactivity = TimeOf(m_values, "pool.inactivity");
    pool.isVertical = m_values.GetText("scale.mode") == "resource";
    pool.mostPermille = pool.most * 1000 / (pool.groups * pool.begin);
    std::vector<EndpointPlace> places;
    for (uint32_t number = 0; number < m_endpoints.size(); ++number)
    {
        const auto& host = m_topology.hosts[number % m_topology.hosts.size()];
        places.push_back({number, host.address.Get(), static_cast<uint16_t>(FIRST_PORT + number)});
    }
    // What nothing on a network can know: for the oracle and for perfect knowledge alone.
    const double units = m_values.GetReal("load.per_endpoint") *
                         static_cast<double>(m_values.GetInt("pool.endpoints"));
    const auto demand = [this, units](uint32_t, Time at)
    { return units * m_workload.GetRate().Factor(std::max(0.0, (at - m_start).GetSeconds())); };
    const auto present = [this](uint32_t number) { return m_endpoints[number]->GetInSystem(); };
    uint64_t salt = 0;
    for (std::size_t i = 0; i < 4; ++i)
    {
        salt = salt << 8 | m_secrets.master[i];
    }
    m_hub->Setup(
        m_secrets,
        places,
        pool,
        MakeEndpointScale(m_values, pool.begin),
        load,
        demand,
        [this, salt] { return MakeEndpointSelect(m_values, salt); },
        present);
    m_hub->AssignStreams(STREAM_HUB);
    m_topology.hub.node->AddApplication(m_hub);
}

void
EndpointsNetwork::MakeClients()
{
    ObjectFactory factory("ns3::sharding::EndpointClients");
    factory.Set("Timeout", TimeValue(TimeOf(m_values, "clients.timeout")));
    factory.Set("Retries", NumberOf(m_values, "clients.retries"));
    factory.Set("Idle", TimeValue(TimeOf(m_values, "clients.idle")));
    factory.Set("SessionLength", TimeValue(TimeOf(m_values, "clients.session")));
    factory.Set("StealEvery", NumberOf(m_values, "token.steal_every"));
    factory.Set("TokenLifetime", TimeValue(TimeOf(m_values, "token.lifetime")));
    const auto count = static_cast<uint32_t>(m_values.GetInt("clients.count"));
    const auto regions = static_cast<uint32_t>(m_topology.regions.size());
    m_perRegion = (count + regions - 1) / regions;
    for (uint32_t region = 0; region < regions; ++region)
    {
        const uint32_t first = std::min(region * m_perRegion, count);
        Ptr<EndpointClients> clients = factory.Create<EndpointClients>();
        clients->Setup(first,
                       std::min(m_perRegion, count - first),
                       static_cast<uint8_t>(region),
                       static_cast<uint8_t>(m_values.GetInt("clients.devices")),
                       InetSocketAddress(m_topology.hub.address, HUB_PORT),
                       m_secrets);
        clients->TraceConnectWithoutContext("Request",
                                            MakeCallback(&EndpointsNetwork::Answered, this));
        clients->TraceConnectWithoutContext("Connect",
                                            MakeCallback(&EndpointsNetwork::Connected, this));
        m_topology.regions[region].node->AddApplication(clients);
        m_clients.push_back(clients);
    }
}

} // namespace shardsim
