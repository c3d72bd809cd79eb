// SPDX-License-Identifier: GPL-2.0-only
#include "offload-run.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/data-rate.h"
#include "ns3/inet-socket-address.h"
#include "ns3/offload-workload-classifier.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// How often a run looks whether all is settled.
const Time POLL_INTERVAL = MilliSeconds(10);
/// For which it goes on, so that what answers no open request (prefetches, what came twice) is
/// through the storage and the links.
const Time LINGER = Seconds(1);

} // namespace

OffloadRun::OffloadRun(const Values& values, const RunContext& context)
    : m_values(values),
      m_context(context),
      m_begun(std::chrono::steady_clock::now()),
      m_plans(MakeOffloadLoad(values)),
      m_topology(values, m_plans, context),
      m_own(DynamicCast<OffloadQueueDisc>(m_topology.disc)),
      m_watch(MakeOffloadWatch(values))
{
    m_storage = CreateObject<OffloadStorage>();
    m_storage->SetAttribute("Port", UintegerValue(OFFLOAD_PORT));
    m_storage->SetAttribute("Latency", TimeValue(NanoSeconds(values.GetTimeNs("storage.latency"))));
    m_storage->SetAttribute("Rate", DataRateValue(DataRate(values.GetRateBps("storage.rate"))));
    m_pcie = MakeOffloadPcieLink(values);
    m_storage->SetPcie(m_pcie);
    m_topology.server->AddApplication(m_storage);
    m_proxy = CreateObject<OffloadProxy>();
    m_proxy->SetAttribute("Port", UintegerValue(OFFLOAD_PORT));
    m_proxy->SetServer(InetSocketAddress(m_topology.serverAddress, OFFLOAD_PORT));
    m_proxy->SetAttribute("PrefetchDepth", UintegerValue(values.GetInt("prefetch.depth")));
    m_proxy->SetAttribute("PrefetchMemory", UintegerValue(values.GetBytes("prefetch.memory")));
    m_proxy->SetAttribute("PrefetchTotal", UintegerValue(values.GetBytes("prefetch.total")));
    m_proxy->SetAttribute("PrefetchLifetime",
                          TimeValue(NanoSeconds(values.GetTimeNs("prefetch.lifetime"))));
    m_proxy->SetAttribute("PrefetchWindow", UintegerValue(values.GetBytes("prefetch.window")));
    m_proxy->SetAttribute("ReadWindow", UintegerValue(values.GetBytes("shaping.window")));
    const bool isStorage = values.GetText("topology.bottleneck") == "storage";
    if (isStorage && m_own)
    {
        // The disc is the storage host's, and serves last what nobody waits for.
        m_proxy->SetAttribute("PrefetchUrge", BooleanValue(true));
        m_storage->SetUrge(OffloadStorage::Urge(
            [disc = m_own](const OffloadIoFields& fields)
            { return disc->Urge(fields.function, OffloadIoClassifier::Name(fields)); }));
    }
    m_proxy->SetPrefetchers(MakeOffloadPrefetchers(values, m_plans));
    if (m_own)
    {
        const Ptr<OffloadForecaster> forecaster = m_own->GetForecaster();
        if (!isStorage) // else the forecast is another host's
        {
            m_proxy->SetExpected(OffloadProxy::Expected(
                [forecaster](uint32_t function)
                {
                    return function < forecaster->Expected().size()
                               ? forecaster->Expected()[function].requests
                               : -1;
                }));
        }
        if (context.keepTimeline)
        {
            m_timeline.emplace(m_own, static_cast<uint32_t>(values.GetInt("anomaly.function")));
        }
        forecaster->TraceConnectWithoutContext("Forecast",
                                               MakeCallback(&OffloadRun::Forecast, this));
    }
    if (m_watch)
    {
        m_watch->TraceConnectWithoutContext("Alert", MakeCallback(&OffloadRun::Alerted, this));
    }
    m_topology.engine->AddApplication(m_proxy);
    m_functions.resize(m_plans.size());
    for (uint32_t function = 0; function < m_plans.size(); ++function)
    {
        const Ptr<OffloadClient> client = CreateObject<OffloadClient>();
        client->SetAttribute("Function", UintegerValue(function));
        client->SetAttribute("Port", UintegerValue(OFFLOAD_FUNCTION_PORT + function));
        client->SetAttribute("Chunk", UintegerValue(OFFLOAD_CHUNK));
        client->SetAttribute("Timeout", TimeValue(NanoSeconds(values.GetTimeNs("retry.timeout"))));
        client->SetAttribute("Adaptive", BooleanValue(values.GetBool("retry.adaptive")));
        client->SetAttribute("MaxTries", UintegerValue(values.GetInt("retry.tries")));
        client->SetRemote(InetSocketAddress(m_topology.engineAddress, OFFLOAD_PORT));
        client->TraceConnectWithoutContext("End", MakeCallback(&OffloadRun::Ended, this));
        m_topology.clients.Get(function % m_topology.clients.GetN())->AddApplication(client);
        m_functions[function].client = client;
    }
    const bool connected =
        m_topology.disc->TraceConnectWithoutContext("BytesInQueue",
                                                    MakeCallback(&OffloadRun::Held, this));
    NS_ABORT_MSG_UNLESS(connected, "QueueDisc has no trace BytesInQueue");
}

void
OffloadRun::Plan(uint32_t function)
{
    const std::vector<OffloadPlannedRequest>& requests = m_plans[function].requests;
    const std::size_t next = m_functions[function].next;
    if (next < requests.size())
    {
        // After the applications have started, at 0.
        const Time at = NanoSeconds(std::max<int64_t>(1, requests[next].atNs));
        Simulator::Schedule(at - Simulator::Now(), &OffloadRun::Issue, this, function);
    }
}

void
OffloadRun::Issue(uint32_t function)
{
    Function& asking = m_functions[function];
    const OffloadPlannedRequest& request = m_plans[function].requests[asking.next++];
    asking.client->Issue(request.isWrite, request.offset, request.bytes);
    Plan(function);
}

void
OffloadRun::Ended(const OffloadIoOutcome& outcome)
{
    if (!outcome.isDone)
    {
        return;
    }
    const int64_t latency = (outcome.ended - outcome.issued).GetNanoSeconds();
    m_all.Add(latency);
    (m_plans[outcome.function].isBulk ? m_bulk : m_small).Add(latency);
    m_functions[outcome.function].latencyNs += latency;
    m_functions[outcome.function].bytes += outcome.bytes;
    m_doneBytes += outcome.bytes;
    m_lastNs = outcome.ended.GetNanoSeconds();
}

void
OffloadRun::Held(uint32_t, uint32_t now)
{
    m_peakBytes = std::max(m_peakBytes, now);
}

void
OffloadRun::Forecast(uint32_t function, const OffloadTraffic& expected, const OffloadTraffic& seen)
{
    double score = std::nan("");
    // That nothing comes when the load has ended is no news.
    if (m_watch && Simulator::Now().GetNanoSeconds() <= m_values.GetTimeNs("duration"))
    {
        score = m_watch->Add(Simulator::Now(), function, expected.bytes, seen.bytes);
    }
    if (m_timeline)
    {
        m_timeline->Take(Simulator::Now().GetSeconds(),
                         function,
                         expected.bytes,
                         seen.bytes,
                         score);
    }
}

void
OffloadRun::Alerted(const OffloadAlert& alert)
{
    if (m_timeline && alert.function == m_values.GetInt("anomaly.function"))
    {
        m_timeline->Alert();
    }
    const int64_t from = m_values.GetTimeNs("anomaly.from");
    // What a fault leaves behind (a backlog, a forecast that learnt it) is still of the fault.
    const int64_t until = from + 2 * m_values.GetTimeNs("anomaly.length");
    const int64_t at = alert.at.GetNanoSeconds();
    const bool isFault = m_values.GetText("anomaly.kind") != "none" &&
                         alert.function == m_values.GetInt("anomaly.function") && at > from &&
                         at <= until;
    if (!isFault)
    {
        ++m_falseAlerts;
    }
    else if (!m_firstAlertNs)
    {
        m_firstAlertNs = at;
    }
}

bool
OffloadRun::IsSettled() const
{
    if (m_topology.disc->GetNPackets() > 0)
    {
        return false;
    }
    for (std::size_t i = 0; i < m_functions.size(); ++i)
    {
        if (m_functions[i].client->Open() > 0 || m_functions[i].next < m_plans[i].requests.size())
        {
            return false;
        }
    }
    return true;
}

void
OffloadRun::Poll()
{
    // Discs and forecasts have timers that never end: the run ends when requests have.
    if (IsSettled())
    {
        Simulator::Stop(LINGER);
        return;
    }
    Simulator::Schedule(POLL_INTERVAL, &OffloadRun::Poll, this);
}

RunResult
OffloadRun::Execute()
{
    Simulator::Schedule(POLL_INTERVAL, &OffloadRun::Poll, this);
    for (uint32_t function = 0; function < m_plans.size(); ++function)
    {
        Plan(function);
    }
    const int64_t duration = m_values.GetTimeNs("duration");
    for (int percent = 1; m_context.progress && percent <= 100; ++percent)
    {
        Simulator::Schedule(NanoSeconds(duration / 100 * percent),
                            [this, percent] { m_context.progress(percent / 100.0); });
    }
    Simulator::Run();
    m_simulatedNs = Simulator::Now().GetNanoSeconds();
    m_proxy->Flush();
    CheckConservation();

    RunResult result;
    Measure(result);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - m_begun;
    result.metrics.emplace_back("sim.time_s", static_cast<double>(m_simulatedNs) / 1e9);
    result.metrics.emplace_back("sim.events", static_cast<double>(Simulator::GetEventCount()));
    result.metrics.emplace_back("sim.wall_s", wall.count());
    if (m_context.keepSamples)
    {
        result.samples.emplace_back("latency", m_all.Sorted());
    }
    if (m_timeline)
    {
        result.timeline = m_timeline->Get();
    }
    return result;
}

} // namespace shardsim
