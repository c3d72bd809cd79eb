// SPDX-License-Identifier: GPL-2.0-only
#include "endpoints-network.h"
#include "tunnel-conservation.h"

#include "ns3/simulator.h"

#include <algorithm>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

std::optional<double>
Milliseconds(const std::optional<int64_t>& ns)
{
    return ns ? std::optional(static_cast<double>(*ns) / 1e6) : std::nullopt;
}

/// @return their quotient, where there is one
std::optional<double>
Share(double part, double whole)
{
    return whole > 0 ? std::optional(part / whole) : std::nullopt;
}

} // namespace

EndpointsNetwork::Totals
EndpointsNetwork::Sum() const
{
    Totals totals;
    for (const Ptr<EndpointInstance>& endpoint : m_endpoints)
    {
        const EndpointCounts counts = endpoint->GetCounts();
        EndpointCounts& all = totals.counts;
        all.received += counts.received;
        all.served += counts.served;
        all.servedCold += counts.servedCold;
        all.refused += counts.refused;
        all.repeated += counts.repeated;
        all.handed += counts.handed;
        all.fromPeers += counts.fromPeers;
        all.dropped += counts.dropped;
        all.created += counts.created;
        all.ended += counts.ended;
        all.overQuota += counts.overQuota;
        all.prepared += counts.prepared;
        all.preparedUsed += counts.preparedUsed;
        all.preparedBytes += counts.preparedBytes;
        all.wastedBytes += counts.wastedBytes;
        all.preparedWork += counts.preparedWork;
        all.unitSeconds += counts.unitSeconds;
        all.busySeconds += counts.busySeconds;
        all.malformed += counts.malformed;
        totals.held += endpoint->GetHeld();
        totals.served.push_back(counts.served);
    }
    return totals;
}

void
EndpointsNetwork::CheckConservation(const Totals& totals) const
{
    uint64_t asked = 0;
    uint64_t done = 0;
    uint64_t failed = 0;
    uint64_t open = 0;
    uint64_t thefts = 0;
    for (const Ptr<EndpointClients>& clients : m_clients)
    {
        asked += clients->GetCounts().asked;
        done += clients->GetCounts().done;
        failed += clients->GetCounts().failed;
        open += clients->GetOpen();
        thefts += clients->GetSucceeded();
    }
    Require(asked == done + failed + open,
            "requests asked = answered + given up + open",
            {{"asked", asked}, {"answered", done}, {"given up", failed}, {"open", open}});
    Require(asked == m_given, "requests asked = sent", {{"asked", asked}, {"sent", m_given}});
    const EndpointCounts& all = totals.counts;
    Require(all.received ==
                all.served + all.refused + all.repeated + all.handed + all.dropped + totals.held,
            "requests at endpoints = served + refused + repeated + handed on + dropped + held",
            {{"received", all.received},
             {"served", all.served},
             {"refused", all.refused},
             {"repeated", all.repeated},
             {"handed on", all.handed},
             {"dropped", all.dropped},
             {"held", totals.held}});
    // Less what links have lost, or have under way.
    Require(all.fromPeers <= all.handed,
            "requests from other endpoints come of those that were handed on",
            {{"came", all.fromPeers}, {"handed on", all.handed}});
    Require(thefts == 0, "no stolen token opens a channel", {{"opened", thefts}});
    Require(all.malformed == 0, "no message is malformed", {{"malformed", all.malformed}});
}

void
EndpointsNetwork::Measure(RunResult& result) const
{
    const Totals totals = Sum();
    CheckConservation(totals);
    MeasureClients(result);
    MeasurePool(result, totals);
    MeasureTokens(result, totals);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - m_begun;
    result.metrics.emplace_back("sim.time_s", Simulator::Now().GetSeconds());
    result.metrics.emplace_back("sim.events", static_cast<double>(Simulator::GetEventCount()));
    result.metrics.emplace_back("sim.wall_s", wall.count());
}

void
EndpointsNetwork::MeasureClients(RunResult& result) const
{
    const auto put = [&result](const std::string& name, std::optional<double> value)
    { result.metrics.emplace_back(name, value); };
    EndpointClientCounts all;
    for (const Ptr<EndpointClients>& clients : m_clients)
    {
        const EndpointClientCounts& counts = clients->GetCounts();
        all.done += counts.done;
        all.failed += counts.failed;
        all.repeated += counts.repeated;
        all.opened += counts.opened;
        all.broken += counts.broken;
        all.moved += counts.moved;
    }
    const auto number = [&put](const std::string& name, uint64_t value)
    { put(name, static_cast<double>(value)); };
    number("requests.sent", m_given);
    number("requests.completed", all.done);
    number("requests.failed", all.failed);
    number("requests.repeated", all.repeated);
    const auto measured = static_cast<double>(m_measured);
    put("requests.loss_ratio", Share(measured - static_cast<double>(m_answered), measured));
    const std::optional<double> mean = m_latencies.Mean();
    put("latency.mean_ms", mean ? std::optional(*mean / 1e6) : mean);
    for (const auto& [name, q] : {std::pair("p50", 0.5),
                                  std::pair("p90", 0.9),
                                  std::pair("p95", 0.95),
                                  std::pair("p99", 0.99),
                                  std::pair("p999", 0.999),
                                  std::pair("max", 1.0)})
    {
        put(std::string("latency.") + name + "_ms", Milliseconds(m_latencies.Quantile(q)));
    }
    put("slo.violation_ratio", Share(measured - static_cast<double>(m_inTime), measured));
    number("connect.count", all.opened);
    put("connect.p50_ms", Milliseconds(m_connects.Quantile(0.5)));
    put("connect.p99_ms", Milliseconds(m_connects.Quantile(0.99)));
    number("connect.broken", all.broken);
    number("connect.moved", all.moved);
    put("faults.blast_ratio", m_faults->BlastRatio());
}

void
EndpointsNetwork::MeasurePool(RunResult& result, const Totals& totals) const
{
    const auto put = [&result](const char* name, std::optional<double> value)
    { result.metrics.emplace_back(name, value); };
    double sum = 0;
    double squares = 0;
    double most = 0;
    double used = 0;
    for (std::size_t i = 0; i < totals.served.size(); ++i)
    {
        const auto x = static_cast<double>(totals.served[i] - m_atBegin.served[i]);
        sum += x;
        squares += x * x;
        most = std::max(most, x);
        used += totals.served[i] > 0 ? 1 : 0;
    }
    put("load.max_over_mean", Share(most * used, sum));
    put("load.jain_ratio", Share(sum * sum, used * squares));
    const EndpointCounts& end = m_atEnd.counts;
    const EndpointCounts& begin = m_atBegin.counts;
    put("cold_start_ratio",
        Share(static_cast<double>(end.servedCold - begin.servedCold),
              static_cast<double>(end.served - begin.served)));
    const double units = end.unitSeconds - begin.unitSeconds;
    put("provision.unit_s", units);
    const std::optional<double> over = Share(units, m_workAsked);
    put("provision.over_ratio", over ? std::optional(*over - 1) : over);
    const EndpointCounts& all = totals.counts;
    put("requests.handed", static_cast<double>(totals.counts.handed));
    put("churn.created", static_cast<double>(all.created));
    put("churn.ended", static_cast<double>(all.ended));
    put("churn.over_quota", static_cast<double>(all.overQuota));
    const EndpointHubCounts hub = m_hub->GetCounts();
    put("hub.busy_ratio", hub.busySeconds / Simulator::Now().GetSeconds());
    put("hub.messages",
        static_cast<double>(hub.attempts + hub.reports + hub.ready + hub.forwarded + hub.returned));
    // Both directions: what the endpoints were sent, sent to clients, and heard of them.
    put("fanout.bytes", static_cast<double>(all.preparedBytes));
    put("fanout.waste_bytes", static_cast<double>(all.wastedBytes));
    put("fanout.cpu_s", all.preparedWork);
    put("fanout.used_ratio",
        Share(static_cast<double>(all.preparedUsed), static_cast<double>(all.prepared)));
    double error = 0;
    const auto groups = static_cast<uint32_t>(m_values.GetInt("pool.groups"));
    for (uint32_t group = 0; group < groups; ++group)
    {
        error += m_hub->GetManager().GetLoad(group).MeanError() / groups;
    }
    put("predict.error_units", error);
    put("predict.profile_error_ratio", m_hub->GetProfiler().ErrorRatio());
}

void
EndpointsNetwork::MeasureTokens(RunResult& result, const Totals&) const
{
    result.metrics.emplace_back("token.issued", static_cast<double>(m_hub->GetCounts().granted));
    for (const ShardTokenVerdict verdict : {SHARD_TOKEN_ACCEPTED,
                                            SHARD_TOKEN_EXPIRED,
                                            SHARD_TOKEN_REPLAYED,
                                            SHARD_TOKEN_FORGED,
                                            SHARD_TOKEN_STALE,
                                            SHARD_TOKEN_WRONG_CLIENT,
                                            SHARD_TOKEN_WRONG_GROUP,
                                            SHARD_TOKEN_MALFORMED})
    {
        uint64_t count = 0;
        for (const Ptr<EndpointInstance>& endpoint : m_endpoints)
        {
            count += endpoint->GetVerdicts(verdict);
        }
        result.metrics.emplace_back(std::string("token.") + ShardTokenWord(verdict),
                                    static_cast<double>(count));
    }
    uint64_t stolen = 0;
    uint64_t thefts = 0;
    for (const Ptr<EndpointClients>& clients : m_clients)
    {
        for (uint8_t kind = 0; kind < ENDPOINT_THEFTS; ++kind)
        {
            stolen += clients->GetThefts(static_cast<EndpointTheft>(kind));
        }
        thefts += clients->GetSucceeded();
    }
    result.metrics.emplace_back("token.stolen", static_cast<double>(stolen));
    result.metrics.emplace_back("token.thefts", static_cast<double>(thefts));
}

} // namespace shardsim
