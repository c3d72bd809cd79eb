// SPDX-License-Identifier: GPL-2.0-only
#include "endpoints-meter.h"

#include "tunnel-conservation.h"

#include <algorithm>

namespace shardsim
{

using ns3::Time;

EndpointsMeter::EndpointsMeter(const Values& values)
    : m_serviceMeanNs(static_cast<double>(values.GetTimeNs("endpoint.service_mean"))),
      m_sloNs(values.GetTimeNs("slo.latency")),
      m_sentTo(static_cast<std::size_t>(values.GetInt("pool.endpoints"))),
      m_clients(static_cast<std::size_t>(values.GetInt("clients.count")))
{
}

void
EndpointsMeter::Begin(Time now)
{
    m_isOn = true;
    m_begun = now;
    for (Level& level : m_levels)
    {
        level.since = now;
    }
}

void
EndpointsMeter::End(Time now)
{
    for (unsigned i = 0; i < ENDPOINTS_TAILS; ++i)
    {
        Integrate(now, i);
    }
    m_isOn = false;
    m_ended = now;
}

void
EndpointsMeter::Sent(uint32_t client, uint32_t endpoint, bool isFaulty)
{
    ++m_sent;
    m_measured += m_isOn;
    m_sentTo[endpoint] += m_isOn;
    Client& known = m_clients[client];
    if (known.pool > 0 && known.pool < m_pool && m_isIn[known.endpoint])
    {
        m_broken += known.endpoint != endpoint;
    }
    known.pool = m_pool;
    known.endpoint = endpoint;
    known.hasSent = known.hasSent || m_faulty > 0;
    known.isTouched = known.isTouched || isFaulty;
}

void
EndpointsMeter::Integrate(Time now, unsigned level)
{
    Level& at = m_levels[level];
    if (m_isOn)
    {
        at.areaNs +=
            static_cast<double>(at.count) * static_cast<double>((now - at.since).GetNanoSeconds());
    }
    at.since = now;
}

void
EndpointsMeter::Entered(Time now, uint32_t inSystem)
{
    if (inSystem <= ENDPOINTS_TAILS)
    {
        Integrate(now, inSystem - 1);
        ++m_levels[inSystem - 1].count;
    }
}

void
EndpointsMeter::Left(Time now, uint32_t inSystem)
{
    if (inSystem < ENDPOINTS_TAILS)
    {
        Integrate(now, inSystem);
        --m_levels[inSystem].count;
    }
}

void
EndpointsMeter::Completed(Time took, bool isMeasured)
{
    ++m_completed;
    if (isMeasured)
    {
        m_latencies.Add(took.GetNanoSeconds());
        m_inTime += took.GetNanoSeconds() <= m_sloNs;
    }
}

void
EndpointsMeter::Failed(uint32_t client)
{
    ++m_failed;
    m_clients[client].hasSent = true;
    m_clients[client].isTouched = true;
}

void
EndpointsMeter::SetFaulty(uint32_t faulty)
{
    m_faulty = faulty;
    m_everFaulty = m_everFaulty || faulty > 0;
}

void
EndpointsMeter::SetPool(const std::vector<bool>& isIn)
{
    m_isIn = isIn;
    ++m_pool;
}

void
EndpointsMeter::CheckConservation(uint64_t held) const
{
    Require(m_sent == m_completed + m_failed + held,
            "requests sent = completed + failed + held",
            {{"sent", m_sent}, {"completed", m_completed}, {"failed", m_failed}, {"held", held}});
    uint64_t present = 0;
    for (const Level& level : m_levels)
    {
        present += level.count;
    }
    Require(held > 0 || present == 0,
            "no endpoint has requests when none are held",
            {{"in levels", present}, {"held", held}});
}

void
EndpointsMeter::MeasureQueues(RunResult& result) const
{
    const int64_t window = (m_ended - m_begun).GetNanoSeconds();
    for (unsigned i = 0; i < ENDPOINTS_TAILS; ++i)
    {
        std::optional<double> share;
        if (window > 0)
        {
            share = m_levels[i].areaNs / static_cast<double>(window) /
                    static_cast<double>(m_sentTo.size());
        }
        result.metrics.emplace_back("queue.tail_ratio." + std::to_string(i + 1), share);
    }
}

void
EndpointsMeter::MeasureBalance(RunResult& result) const
{
    double sum = 0;
    double squares = 0;
    double most = 0;
    for (uint64_t sent : m_sentTo)
    {
        const auto x = static_cast<double>(sent);
        sum += x;
        squares += x * x;
        most = std::max(most, x);
    }
    const auto count = static_cast<double>(m_sentTo.size());
    std::optional<double> maxOverMean;
    std::optional<double> jain;
    if (sum > 0)
    {
        maxOverMean = most * count / sum;
        jain = sum * sum / (count * squares);
    }
    result.metrics.emplace_back("load.max_over_mean", maxOverMean);
    result.metrics.emplace_back("load.jain_ratio", jain);
}

void
EndpointsMeter::Measure(RunResult& result, bool isSticky) const
{
    // There is at least one that is measured.
    const auto share = [this](uint64_t part)
    { return static_cast<double>(part) / static_cast<double>(m_measured); };
    result.metrics.emplace_back("requests.sent", static_cast<double>(m_sent));
    result.metrics.emplace_back("requests.completed", static_cast<double>(m_completed));
    result.metrics.emplace_back("requests.failed", static_cast<double>(m_failed));
    result.metrics.emplace_back("requests.loss_ratio", share(m_measured - m_latencies.Count()));
    const std::optional<double> mean = m_latencies.Mean();
    const auto ratio = [&mean](double by) { return mean ? std::optional(*mean / by) : mean; };
    result.metrics.emplace_back("latency.mean_ms", ratio(1e6));
    for (const auto& [name, q] : {std::pair("p50", 0.5),
                                  std::pair("p90", 0.9),
                                  std::pair("p95", 0.95),
                                  std::pair("p99", 0.99),
                                  std::pair("p999", 0.999),
                                  std::pair("max", 1.0)})
    {
        std::optional<double> ms;
        if (const std::optional<int64_t> ns = m_latencies.Quantile(q))
        {
            ms = static_cast<double>(*ns) / 1e6;
        }
        result.metrics.emplace_back(std::string("latency.") + name + "_ms", ms);
    }
    result.metrics.emplace_back("system.time_mean_ratio", ratio(m_serviceMeanNs));
    MeasureQueues(result);
    MeasureBalance(result);
    result.metrics.emplace_back("slo.violation_ratio", share(m_measured - m_inTime));

    uint64_t sent = 0;
    uint64_t touched = 0;
    for (const Client& client : m_clients)
    {
        sent += client.hasSent;
        touched += client.isTouched;
    }
    std::optional<double> blast;
    if (m_everFaulty && sent > 0)
    {
        blast = static_cast<double>(touched) / static_cast<double>(sent);
    }
    result.metrics.emplace_back("faults.blast_ratio", blast);
    std::optional<double> broken;
    if (isSticky && m_pool > 1)
    {
        broken = static_cast<double>(m_broken);
    }
    result.metrics.emplace_back("broken.connections", broken);
}

} // namespace shardsim
