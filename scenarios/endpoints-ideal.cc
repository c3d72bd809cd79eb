// SPDX-License-Identifier: GPL-2.0-only
#include "endpoints-ideal.h"

#include "endpoints-select.h"
#include "endpoints-streams.h"

#include <algorithm>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// Place of an endpoint that is not in the pool.
constexpr uint32_t NOWHERE = 0xffffffff;

/// @return what policies that hash add to everything, another one in each run
uint64_t
DrawSalt()
{
    Ptr<UniformRandomVariable> uniform = CreateObject<UniformRandomVariable>();
    uniform->SetStream(STREAM_SALT);
    return static_cast<uint64_t>(uniform->GetValue() * 4294967296.0);
}

uint64_t
Warmup(const Values& values)
{
    return static_cast<uint64_t>(values.Has("requests.warmup")
                                     ? values.GetInt("requests.warmup")
                                     : values.GetInt("requests.count") / 10);
}

} // namespace

EndpointsIdeal::EndpointsIdeal(const Values& values, const RunContext& context)
    : m_values(values),
      m_keepSamples(context.keepSamples),
      m_progress(context.progress),
      m_begun(std::chrono::steady_clock::now()),
      m_count(static_cast<uint64_t>(values.GetInt("requests.count"))),
      m_warmup(Warmup(values)),
      m_workload(values),
      m_meter(values),
      m_endpoints(static_cast<std::size_t>(values.GetInt("pool.endpoints"))),
      m_isIn(m_endpoints.size(), true),
      m_departures(static_cast<uint32_t>(m_endpoints.size()))
{
    const double spread = values.GetReal("pool.spread");
    const double last = std::max<double>(static_cast<double>(m_endpoints.size()) - 1, 1);
    for (uint32_t number = 0; number < m_endpoints.size(); ++number)
    {
        Endpoint& endpoint = m_endpoints[number];
        endpoint.server = MakeEndpointServer(
            values.GetText("endpoint.discipline") == "ps" ? ENDPOINT_PS : ENDPOINT_FIFO);
        endpoint.info.id = number;
        endpoint.info.weight = m_endpoints.size() == 1 ? 1 : 1 + spread * (2 * number / last - 1);
        endpoint.server->SetSpeed(Time(0), endpoint.info.weight);
    }
    const uint64_t salt = DrawSalt();
    m_choosers.resize(static_cast<std::size_t>(values.GetInt("select.choosers")));
    for (std::size_t i = 0; i < m_choosers.size(); ++i)
    {
        m_choosers[i].select = MakeEndpointSelect(values, salt);
        m_choosers[i].open.resize(m_endpoints.size());
        m_choosers[i].select->AssignStreams(STREAM_SELECT + static_cast<int64_t>(i));
    }
    SetPool();
    PlanChanges();
}

void
EndpointsIdeal::PlanChanges()
{
    const auto at = [this](const char* key) { return NanoSeconds(m_values.GetTimeNs(key)); };
    if (const int64_t drain = m_values.GetInt("pool.drain"); drain > 0)
    {
        m_changes.emplace(at("pool.drain_at"),
                          [this, drain]
                          {
                              std::fill(m_isIn.end() - drain, m_isIn.end(), false);
                              SetPool();
                          });
    }
    const std::string kind = m_values.GetText("faults.kind");
    if (kind == "none")
    {
        return;
    }
    const Time from = at("faults.from");
    const Time until = m_values.Has("faults.until") ? at("faults.until") : Time::Max();
    m_changes.emplace(from, [this] { BeginFault(); });
    if (kind == "crash" && from + at("faults.detect") < until)
    {
        m_changes.emplace(from + at("faults.detect"), [this] { Detect(); });
    }
    if (until != Time::Max())
    {
        m_changes.emplace(until, [this] { EndFault(); });
    }
}

/// Tell everybody who is in the pool.
void
EndpointsIdeal::SetPool()
{
    m_placeOf.assign(m_endpoints.size(), NOWHERE);
    m_present.clear();
    std::vector<EndpointInfo> infos;
    for (const Endpoint& endpoint : m_endpoints)
    {
        if (m_isIn[endpoint.info.id])
        {
            m_placeOf[endpoint.info.id] = static_cast<uint32_t>(infos.size());
            m_present.push_back(endpoint.server->InSystem());
            infos.push_back(endpoint.info);
        }
    }
    m_pool = infos;
    for (Chooser& chooser : m_choosers)
    {
        chooser.seen.clear();
        for (const EndpointInfo& info : infos)
        {
            chooser.seen.push_back(chooser.open[info.id]);
        }
        chooser.select->SetEndpoints(infos);
    }
    m_meter.SetPool(m_isIn);
}

void
EndpointsIdeal::BeginFault()
{
    const bool isCrash = m_values.GetText("faults.kind") == "crash";
    const auto count = static_cast<uint32_t>(m_values.GetInt("faults.endpoints"));
    for (uint32_t number = 0; number < count; ++number)
    {
        Endpoint& endpoint = m_endpoints[number];
        endpoint.isFaulty = true;
        if (!isCrash)
        {
            endpoint.server->SetSpeed(m_now,
                                      endpoint.info.weight * m_values.GetReal("faults.factor"));
            Update(number);
            continue;
        }
        endpoint.isDown = true;
        std::vector<uint64_t> lost = endpoint.server->Clear();
        for (std::size_t left = lost.size(); left-- > 0;)
        {
            const auto handle = static_cast<uint32_t>(lost[left]);
            const Request& request = m_requests[handle];
            m_meter.Left(m_now, static_cast<uint32_t>(left));
            m_meter.Failed(request.client);
            Count(request.chooser, number, -1);
            m_requests.Give(handle);
        }
        Update(number);
    }
    m_meter.SetFaulty(count);
}

/// Who refuses is taken out of the pool.
void
EndpointsIdeal::Detect()
{
    for (const Endpoint& endpoint : m_endpoints)
    {
        m_isIn[endpoint.info.id] = m_isIn[endpoint.info.id] && !endpoint.isDown;
    }
    SetPool();
    m_meter.SetFaulty(0);
}

void
EndpointsIdeal::EndFault()
{
    bool isBack = false;
    for (Endpoint& endpoint : m_endpoints)
    {
        if (endpoint.isFaulty)
        {
            // A faulty endpoint that is not in the pool was taken out because of that.
            isBack = isBack || !m_isIn[endpoint.info.id];
            m_isIn[endpoint.info.id] = m_isIn[endpoint.info.id] || endpoint.isDown;
            endpoint.isFaulty = endpoint.isDown = false;
            endpoint.server->SetSpeed(m_now, endpoint.info.weight);
            Update(endpoint.info.id);
        }
    }
    m_meter.SetFaulty(0);
    if (isBack)
    {
        SetPool();
    }
}

/// A chooser has one request more, or less, at an endpoint.
void
EndpointsIdeal::Count(uint32_t chooser, uint32_t number, int change)
{
    Chooser& who = m_choosers[chooser];
    who.open[number] += static_cast<uint32_t>(change);
    if (m_placeOf[number] != NOWHERE)
    {
        who.seen[m_placeOf[number]] = who.open[number];
    }
}

/// An endpoint has more requests, or less, or another speed.
void
EndpointsIdeal::Update(uint32_t number)
{
    const EndpointServer& server = *m_endpoints[number].server;
    m_departures.Set(number, server.NextDeparture());
    if (m_placeOf[number] != NOWHERE)
    {
        m_present[m_placeOf[number]] = server.InSystem();
    }
}

void
EndpointsIdeal::Arrive()
{
    const bool isMeasured = m_given >= m_warmup;
    if (m_given == m_warmup)
    {
        m_meter.Begin(m_now);
    }
    const auto by = static_cast<uint32_t>(m_next.client % m_choosers.size());
    Chooser& chooser = m_choosers[by];
    const uint32_t place = chooser.select->Choose(
        m_now,
        {m_next.client},
        chooser.select->GetSight() == EndpointSelect::PERFECT ? m_present : chooser.seen);
    const uint32_t number = m_pool.at(place).id;
    Endpoint& endpoint = m_endpoints[number];
    m_meter.Sent(m_next.client, number, endpoint.isFaulty);
    if (endpoint.isDown)
    {
        m_meter.Failed(m_next.client);
    }
    else
    {
        const uint32_t handle = m_requests.Take();
        m_requests[handle] = {m_now, m_next.client, by, isMeasured};
        endpoint.server->Arrive(m_now, handle, m_next.work);
        m_meter.Entered(m_now, endpoint.server->InSystem());
        Count(by, number, 1);
        Update(number);
    }
    if (++m_given == m_count)
    {
        m_meter.End(m_now);
        return;
    }
    m_next = m_workload.Next();
}

void
EndpointsIdeal::Depart()
{
    const uint32_t number = m_departures.First();
    Endpoint& endpoint = m_endpoints[number];
    const auto handle = static_cast<uint32_t>(endpoint.server->Depart());
    const Request request = m_requests[handle];
    m_requests.Give(handle);
    m_meter.Left(m_now, endpoint.server->InSystem());
    m_meter.Completed(m_now - request.sent, request.isMeasured);
    Count(request.chooser, number, -1);
    Update(number);
    m_choosers[request.chooser].select->Answered(m_now, number, m_now - request.sent);
}

/// @return whether anything has happened, and something still can
bool
EndpointsIdeal::Step()
{
    const Time never = Time::Max();
    const Time change = m_changes.empty() ? never : m_changes.begin()->first;
    const Time departure = m_departures.FirstAt();
    const Time arrival = m_given < m_count ? m_next.at : never;
    const Time first = std::min({change, departure, arrival});
    // Changes that come when all is done change nothing.
    if (first == never || (m_given == m_count && m_requests.Used() == 0))
    {
        return false;
    }
    m_now = first;
    ++m_events;
    if (first == change)
    {
        const std::function<void()> happen = m_changes.begin()->second;
        m_changes.erase(m_changes.begin());
        happen();
    }
    else if (first == departure)
    {
        Depart();
    }
    else
    {
        Arrive();
    }
    return true;
}

RunResult
EndpointsIdeal::Execute()
{
    m_next = m_workload.Next();
    const uint64_t hundredth = std::max<uint64_t>(m_count / 100, 1);
    uint64_t told = 0;
    while (Step())
    {
        if (m_progress && m_given >= told + hundredth)
        {
            told = m_given;
            m_progress(static_cast<double>(m_given) / static_cast<double>(m_count));
        }
    }
    m_meter.CheckConservation(m_requests.Used());

    RunResult result;
    m_meter.Measure(result, m_choosers.front().select->IsSticky());
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - m_begun;
    result.metrics.emplace_back("sim.time_s", static_cast<double>(m_now.GetNanoSeconds()) / 1e9);
    result.metrics.emplace_back("sim.events", static_cast<double>(m_events));
    result.metrics.emplace_back("sim.wall_s", wall.count());
    if (m_keepSamples)
    {
        result.samples.emplace_back("latency", m_meter.Latencies());
    }
    return result;
}

} // namespace shardsim
