// SPDX-License-Identifier: GPL-2.0-only
#include "analysis/statistics.h"
#include "offload-floor.h"
#include "offload-run.h"
#include "tunnel-conservation.h"

#include <algorithm>
#include <cmath>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

OffloadClient::Counters
OffloadRun::Sum() const
{
    OffloadClient::Counters sum;
    for (const Function& function : m_functions)
    {
        const OffloadClient::Counters& one = function.client->GetCounters();
        sum.issued += one.issued;
        sum.done += one.done;
        sum.failed += one.failed;
        sum.retries += one.retries;
        sum.duplicates += one.duplicates;
        sum.malformed += one.malformed;
        sum.sentBytes += one.sentBytes;
    }
    return sum;
}

void
OffloadRun::CheckConservation() const
{
    const OffloadClient::Counters clients = Sum();
    uint64_t planned = 0;
    std::size_t open = 0;
    for (std::size_t i = 0; i < m_plans.size(); ++i)
    {
        planned += m_plans[i].requests.size();
        open += m_functions[i].client->Open();
    }
    Require(clients.issued == planned,
            "requests planned = made",
            {{"planned", planned}, {"made", clients.issued}});
    Require(clients.issued == clients.done + clients.failed && open == 0,
            "requests made = answered + given up, none open",
            {{"made", clients.issued},
             {"answered", clients.done},
             {"given up", clients.failed},
             {"open", open}});
    Require(m_all.Count() == clients.done && m_small.Count() + m_bulk.Count() == clients.done,
            "latencies = requests answered",
            {{"latencies", m_all.Count()}, {"answered", clients.done}});
    const QueueDisc::Stats stats = m_topology.disc->GetStats();
    const uint64_t held = m_topology.disc->GetNPackets();
    Require(stats.nTotalReceivedPackets ==
                stats.nTotalSentPackets + stats.nTotalDroppedPackets + held,
            "packets that came to the disc = sent + dropped + held",
            {{"came", stats.nTotalReceivedPackets},
             {"sent", stats.nTotalSentPackets},
             {"dropped", stats.nTotalDroppedPackets},
             {"held", held}});
    Require(held == 0, "the disc is empty at the end", {{"held", held}});
    Require(m_own == nullptr || (m_own->IsConserved() && m_own->GetStarved() == 0),
            "the engine's buffers hold what it says, and nobody starved",
            {{"starved", m_own ? m_own->GetStarved() : 0}});
    const OffloadPrefetchBuffer::Counters ahead = m_proxy->GetPrefetchCounters();
    Require(ahead.asked == ahead.hits + ahead.late + ahead.discarded && m_proxy->Held() == 0,
            "asked for ahead = read + discarded",
            {{"asked", ahead.asked},
             {"hits", ahead.hits},
             {"late", ahead.late},
             {"discarded", ahead.discarded}});
    const OffloadProxy::Counters& engine = m_proxy->GetCounters();
    const OffloadAdmission* admission = m_proxy->GetAdmission();
    Require(!admission || clients.failed > 0 ||
                (admission->Held() == 0 && admission->Coming() == 0),
            "where no request was given up, no read waits or is on its way at the end",
            {{"wait", admission ? admission->Held() : 0},
             {"bytes on their way", admission ? admission->Coming() : 0}});
    Require(!m_pcie || (m_pcie->IsIdle() && m_pcie->GetCounters().dropped == 0 &&
                        m_pcie->GetCounters().payload == m_storage->GetCounters().crossed),
            "bytes of messages that crossed the PCIe link = those it carried, and none are left",
            {{"of messages", m_storage->GetCounters().crossed},
             {"carried", m_pcie ? m_pcie->GetCounters().payload : 0},
             {"dropped", m_pcie ? m_pcie->GetCounters().dropped : 0}});
    const double p99 = LatencyNs(clients.issued, 0.99).value_or(INFINITY);
    const double floor = FloorNs(0.99);
    Require(ahead.asked > 0 || p99 >= floor,
            "without reading ahead, no 99th percentile is below what any order of service has",
            {{"p99, ns", static_cast<uint64_t>(std::min(p99, floor))},
             {"floor, ns", static_cast<uint64_t>(floor)}});
    Require(clients.malformed + engine.malformed + m_storage->GetCounters().malformed +
                    engine.strange ==
                0,
            "every message was understood",
            {{"by clients not", clients.malformed}, {"by the engine not", engine.malformed}});
}

std::optional<double>
OffloadRun::LatencyNs(uint64_t of, double quantile) const
{
    const auto value = of > 0 ? m_all.QuantileOf(of, quantile) : std::nullopt;
    return value ? std::optional<double>(static_cast<double>(*value)) : std::nullopt;
}

double
OffloadRun::FloorNs(double quantile) const
{
    const auto rate = static_cast<double>(m_values.GetRateBps("topology.rate"));
    std::vector<OffloadJob> reads;
    uint64_t planned = 0;
    for (const OffloadFunctionPlan& plan : m_plans)
    {
        planned += plan.requests.size();
        for (const OffloadPlannedRequest& request : plan.requests)
        {
            if (!request.isWrite)
            {
                const auto bits = static_cast<double>(OffloadWireBytes(request.bytes) * 8);
                reads.push_back({request.atNs, bits / rate * 1e9});
            }
        }
    }
    if (planned == 0)
    {
        return 0;
    }
    const uint64_t spared = planned - QuantileRank(quantile, planned);
    return OffloadFloor(reads, static_cast<std::size_t>(spared));
}

void
OffloadRun::MeasureLatency(RunResult& result) const
{
    const auto put = [&result](const std::string& name, std::optional<double> ns)
    {
        result.metrics.emplace_back("latency." + name + "_ms",
                                    ns ? std::optional<double>(*ns / 1e6) : std::nullopt);
    };
    const std::vector<std::pair<std::string, double>> quantiles =
        {{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}, {"max", 1}};
    const std::vector<std::pair<std::string, const SampleSet*>> classes = {{"", &m_all},
                                                                           {"small.", &m_small},
                                                                           {"bulk.", &m_bulk}};
    for (const auto& [prefix, set] : classes)
    {
        put(prefix + "mean", set->Mean());
        for (const auto& [name, q] : quantiles)
        {
            const auto value = set->QuantileOf(set->Count(), q);
            put(prefix + name,
                value ? std::optional<double>(static_cast<double>(*value)) : std::nullopt);
        }
    }
}

void
OffloadRun::Measure(RunResult& result) const
{
    const auto put = [&result](const std::string& name, std::optional<double> value)
    { result.metrics.emplace_back(name, value); };
    const OffloadClient::Counters clients = Sum();
    put("requests.issued", static_cast<double>(clients.issued));
    put("requests.done", static_cast<double>(clients.done));
    put("requests.failed", static_cast<double>(clients.failed));
    put("requests.retries", static_cast<double>(clients.retries));
    put("requests.duplicates", static_cast<double>(clients.duplicates));
    MeasureLatency(result);
    for (const auto& [name, q] : {std::pair<const char*, double>{"p50", 0.5}, {"p99", 0.99}})
    {
        const auto ns = LatencyNs(clients.issued, q);
        put(std::string("latency_sent.") + name + "_ms",
            ns ? std::optional<double>(*ns / 1e6) : std::nullopt);
    }
    put("latency.floor_ms", FloorNs(0.99) / 1e6);
    // bit/ns * 1000 = Mbit/s
    put("goodput_mbps",
        m_lastNs > 0 ? std::optional<double>(static_cast<double>(m_doneBytes) * 8e3 /
                                             static_cast<double>(m_lastNs))
                     : std::nullopt);
    const QueueDisc::Stats stats = m_topology.disc->GetStats();
    put("drops.packets", stats.nTotalDroppedPackets);
    put("drops.bytes", static_cast<double>(stats.nTotalDroppedBytes));
    put("drops.ratio",
        stats.nTotalReceivedPackets > 0
            ? std::optional<double>(static_cast<double>(stats.nTotalDroppedPackets) /
                                    stats.nTotalReceivedPackets)
            : std::nullopt);
    put("buffer.peak_bytes", m_peakBytes);
    double sum = 0;
    double squares = 0;
    double count = 0;
    for (const Function& function : m_functions)
    {
        if (function.bytes > 0)
        {
            const double x =
                static_cast<double>(function.latencyNs) / static_cast<double>(function.bytes);
            sum += x;
            squares += x * x;
            ++count;
        }
    }
    put("fairness.jain_ratio",
        count > 0 ? std::optional<double>(sum * sum / (count * squares)) : std::nullopt);
    put("storage.reads", static_cast<double>(m_storage->GetCounters().reads));
    if (m_pcie)
    {
        put("pcie.payload_bytes", static_cast<double>(m_pcie->GetCounters().payload));
        put("pcie.line_bytes", static_cast<double>(m_pcie->GetCounters().lineBytes));
    }
    if (const OffloadAdmission* admission = m_proxy->GetAdmission())
    {
        put("shaping.held", static_cast<double>(admission->GetCounters().held));
        put("shaping.absorbed", static_cast<double>(admission->GetCounters().absorbed));
    }
    MeasureEngine(result);
    MeasurePrefetches(result);
}

void
OffloadRun::MeasureEngine(RunResult& result) const
{
    const auto put = [&result](const std::string& name, double value)
    { result.metrics.emplace_back(name, value); };
    if (!m_own)
    {
        return;
    }
    const Ptr<OffloadForecaster> forecaster = m_own->GetForecaster();
    double mae = 0;
    double maeCount = 0;
    double mase = 0;
    double maseCount = 0;
    for (uint32_t i = 0; i < m_functions.size() && !forecaster->Expected().empty(); ++i)
    {
        const PredictError& error = forecaster->GetError(i);
        mae += std::isfinite(error.Mae()) ? error.Mae() : 0;
        maeCount += std::isfinite(error.Mae()) ? 1 : 0;
        mase += std::isfinite(error.Mase()) ? error.Mase() : 0;
        maseCount += std::isfinite(error.Mase()) ? 1 : 0;
    }
    if (maeCount > 0)
    {
        put("forecast.mae", mae / maeCount);
    }
    if (maseCount > 0)
    {
        put("forecast.mase", mase / maseCount);
    }
    put("forecast.rejected", static_cast<double>(forecaster->Rejected()));
    put("buffer.moves", static_cast<double>(m_own->GetMoves()));
    put("shaping.starved", static_cast<double>(m_own->GetStarved()));
    if (const auto deferral = DynamicCast<DeferralPriority>(m_own->GetPriority()))
    {
        put("shaping.deferred", static_cast<double>(deferral->Deferred()));
    }
    if (!m_watch)
    {
        return;
    }
    put("anomaly.false", static_cast<double>(m_falseAlerts));
    if (m_values.GetText("anomaly.kind") == "none")
    {
        return;
    }
    put("anomaly.detected", m_firstAlertNs ? 1 : 0);
    put("anomaly.missed", m_firstAlertNs ? 0 : 1);
    if (m_firstAlertNs)
    {
        put("anomaly.delay_s",
            static_cast<double>(*m_firstAlertNs - m_values.GetTimeNs("anomaly.from")) / 1e9);
    }
}

void
OffloadRun::MeasurePrefetches(RunResult& result) const
{
    const auto put = [&result](const std::string& name, double value)
    { result.metrics.emplace_back(name, value); };
    if (m_values.GetText("prefetch.model") == "none")
    {
        return;
    }
    const OffloadPrefetchBuffer::Counters ahead = m_proxy->GetPrefetchCounters();
    const auto used = static_cast<double>(ahead.hits + ahead.late);
    put("prefetch.asked", static_cast<double>(ahead.asked));
    if (m_proxy->GetCounters().reads > 0)
    {
        put("prefetch.coverage_ratio", used / static_cast<double>(m_proxy->GetCounters().reads));
    }
    if (ahead.asked > 0)
    {
        put("prefetch.accuracy_ratio", used / static_cast<double>(ahead.asked));
    }
    if (ahead.timed > 0)
    {
        put("prefetch.timeliness_ms",
            static_cast<double>(ahead.aheadNs) / static_cast<double>(ahead.timed) / 1e6);
    }
    put("prefetch.wasted_bytes", static_cast<double>(ahead.discardedBytes));
}

} // namespace shardsim
