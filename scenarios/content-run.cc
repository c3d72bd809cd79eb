// SPDX-License-Identifier: GPL-2.0-only
#include "content-run.h"

#include "content-mechanisms.h"
#include "tunnel-conservation.h"

#include "ns3/content-qoe.h"
#include "ns3/random-variable-stream.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

/// Somebody who watches.
struct ContentRun::Viewer
{
    Ptr<ContentClient> client;        ///< of the stream
    Ptr<ContentIdealFetcher> fetcher; ///< its link, where it is ideal
};

namespace
{

/// Mean of what has a value.
struct Mean
{
    void Add(std::optional<double> value)
    {
        if (value)
        {
            sum += *value;
            ++count;
        }
    }

    std::optional<double> Value(double factor = 1) const
    {
        return count > 0 ? std::optional<double>(factor * sum / static_cast<double>(count))
                         : std::nullopt;
    }

    double sum{0};     ///< of the values
    uint64_t count{0}; ///< of them
};

} // namespace

ContentRun::ContentRun(const Values& values, const RunContext& context)
    : m_values(values),
      m_context(context),
      m_begun(std::chrono::steady_clock::now()),
      m_inputs(values)
{
    ContentPlan plan;
    plan.holders = static_cast<uint32_t>(values.GetInt("pool.encoders"));
    plan.copies = static_cast<uint32_t>(values.GetInt("replication.copies"));
    plan.live = values.GetBool("movie.live");
    plan.encoding = NanoSeconds(values.GetTimeNs("movie.encoding"));
    plan.sound =
        values.Has("movie.sound") ? static_cast<double>(values.GetRateBps("movie.sound")) : 0;
    m_guide = std::make_shared<const ContentMovieGuide>(m_inputs.movie, plan);
    m_timeline.kind = TimelineKind::CLIENT;
    m_timeline.columns = {"time_s", "buffer_s", "bitrate_kbps", "throughput_kbps"};
    MakeFaults();

    Ptr<ExponentialRandomVariable> gap = CreateObject<ExponentialRandomVariable>();
    gap->SetStream(CONTENT_STREAM_ARRIVALS);
    const Time interval = NanoSeconds(values.GetTimeNs("clients.interval"));
    const bool poisson = values.GetText("clients.arrivals") == "poisson";
    // Live, nobody can be behind what has not begun.
    Time when = plan.live ? NanoSeconds(values.GetTimeNs("client.live_delay")) : Time(0);
    for (uint32_t i = 0; i < values.GetInt("clients.count"); ++i)
    {
        Arrive(i, when);
        when += poisson ? Seconds(gap->GetValue(interval.GetSeconds(), 0)) : interval;
    }
}

ContentRun::~ContentRun()
{
    // Clients and links know each other.
    for (const auto& viewer : m_viewers)
    {
        viewer->client->Dispose();
        if (viewer->fetcher)
        {
            viewer->fetcher->Dispose();
        }
    }
}

void
ContentRun::MakeFaults()
{
    Ptr<UniformRandomVariable> draw = CreateObject<UniformRandomVariable>();
    draw->SetStream(CONTENT_STREAM_FAULTS);
    auto faults = std::make_shared<ContentHolderFaults>(draw->GetInteger(0, 0xFFFFFFFE));
    faults->SetAbsent(m_values.GetReal("faults.absent"));
    const auto encoders = static_cast<uint32_t>(m_values.GetInt("pool.encoders"));
    const Time from = NanoSeconds(m_values.GetTimeNs("faults.crash_at"));
    const Time to = m_values.Has("faults.crash_for")
                        ? from + NanoSeconds(m_values.GetTimeNs("faults.crash_for"))
                        : Time::Max();
    // All are drawn in turn, so that who fails at a share also fails at any larger one.
    std::vector<uint32_t> order(encoders);
    std::iota(order.begin(), order.end(), 0);
    for (uint32_t i = 0; i + 1 < encoders; ++i)
    {
        std::swap(order[i], order[draw->GetInteger(i, encoders - 1)]);
    }
    const auto crashing =
        static_cast<uint32_t>(std::lround(m_values.GetReal("faults.crash") * encoders));
    for (uint32_t i = 0; i < crashing; ++i)
    {
        faults->SetDown(order[i], from, to);
    }
    m_faults = std::move(faults);
    if (m_values.GetText("transport") != "ideal")
    {
        m_packets = std::make_unique<ContentPackets>(m_values, m_inputs, order);
    }
}

void
ContentRun::Arrive(uint32_t number, Time when)
{
    auto viewer = std::make_unique<Viewer>();
    viewer->client = MakeContentClient(m_values);
    if (m_packets)
    {
        m_packets->Add(number, when, viewer->client);
    }
    else
    {
        viewer->fetcher = CreateObject<ContentIdealFetcher>();
        viewer->fetcher->SetTrace(m_inputs.NetworkOf(number));
        viewer->fetcher->SetFaults(m_faults);
        viewer->client->SetGuide(m_guide);
        viewer->client->SetFetcher(viewer->fetcher);
        Simulator::Schedule(when, &ContentClient::Start, viewer->client);
    }
    if (number == 0 && m_context.keepTimeline)
    {
        viewer->client->TraceConnectWithoutContext("Decision",
                                                   MakeCallback(&ContentRun::Decided, this));
    }
    m_viewers.push_back(std::move(viewer));
}

void
ContentRun::Decided(const ContentDecision& decision)
{
    const double known = decision.throughput > 0 ? decision.throughput / 1000 : std::nan("");
    m_timeline.rows.push_back(
        {decision.when.GetSeconds(), decision.buffer.GetSeconds(), decision.bitrate / 1000, known});
}

void
ContentRun::CheckConservation() const
{
    for (const auto& viewer : m_viewers)
    {
        const ContentClientCounters& counted = viewer->client->GetCounters();
        Require(viewer->client->CheckConservation(),
                "requests = what became of them + open, session = startup + stalls + shown",
                {{"requests", counted.requests}, {"completed", counted.ends[CONTENT_FETCHED]}});
        Require(viewer->client->IsOver(), "every client has played all", {});
    }
}

void
ContentRun::MeasureQoe(RunResult& result) const
{
    Mean linear;
    Mean linearRate;
    Mean bitrate;
    Mean rebuffer;
    Mean stalls;
    Mean change;
    Mean startup;
    Mean latency;
    Mean interpolated;
    Mean skipped;
    Mean silent;
    std::vector<int64_t> sample;
    uint64_t done = 0;
    for (const auto& viewer : m_viewers)
    {
        const auto totals = viewer->client->Totals();
        const ContentQoe qoe = MeasureContentQoe(*totals);
        linear.Add(qoe.linear);
        linearRate.Add(qoe.linearRate);
        bitrate.Add(qoe.meanBitrate);
        rebuffer.Add(qoe.rebufferRatio);
        stalls.Add(static_cast<double>(totals->stalls));
        change.Add(qoe.meanChange);
        startup.Add(qoe.startup);
        latency.Add(qoe.liveLatency);
        interpolated.Add(qoe.interpolatedRatio);
        skipped.Add(qoe.skippedRatio);
        if (m_values.Has("movie.sound"))
        {
            uint64_t all = 0;
            for (const uint64_t count : totals->segments)
            {
                all += count;
            }
            silent.Add(static_cast<double>(viewer->client->GetCounters().silent) /
                       static_cast<double>(all));
        }
        done += viewer->client->IsOver() ? 1 : 0;
        if (qoe.linearRate)
        {
            // Samples are whole numbers: millionths.
            sample.push_back(std::llround(*qoe.linearRate * 1e6));
        }
    }
    result.metrics.emplace_back("qoe.linear", linear.Value());
    result.metrics.emplace_back("qoe.linear_per_s", linearRate.Value());
    result.metrics.emplace_back("qoe.mean_bitrate_kbps", bitrate.Value(1e-3));
    result.metrics.emplace_back("qoe.rebuffer_ratio", rebuffer.Value());
    result.metrics.emplace_back("qoe.stalls", stalls.Value());
    result.metrics.emplace_back("qoe.switch_kbps", change.Value(1e-3));
    result.metrics.emplace_back("qoe.startup_ms", startup.Value(1e3));
    result.metrics.emplace_back("qoe.live_latency_ms", latency.Value(1e3));
    result.metrics.emplace_back("qoe.interpolated_ratio", interpolated.Value());
    result.metrics.emplace_back("qoe.skipped_ratio", skipped.Value());
    result.metrics.emplace_back("qoe.silent_ratio", silent.Value());
    result.metrics.emplace_back("clients.done", static_cast<double>(done));
    if (m_context.keepSamples)
    {
        result.samples.emplace_back("qoe", std::move(sample));
    }
}

void
ContentRun::MeasureFetches(RunResult& result) const
{
    ContentClientCounters sum;
    for (const auto& viewer : m_viewers)
    {
        const ContentClientCounters& one = viewer->client->GetCounters();
        sum.requests += one.requests;
        sum.abandoned += one.abandoned;
        sum.exhausted += one.exhausted;
        sum.usedBits += one.usedBits;
        sum.wastedBits += one.wastedBits;
        sum.fetching += one.fetching;
        for (int i = 0; i < CONTENT_FETCH_ENDS; ++i)
        {
            sum.ends[i] += one.ends[i];
        }
        for (int i = 0; i < CONTENT_REMEDIES; ++i)
        {
            sum.remedies[i] += one.remedies[i];
        }
    }
    const auto put = [&](const char* name, uint64_t count)
    { result.metrics.emplace_back(name, static_cast<double>(count)); };
    const auto ratio = [](double part, double whole)
    { return whole > 0 ? std::optional<double>(part / whole) : std::nullopt; };
    put("fetch.requests", sum.requests);
    put("fetch.completed", sum.ends[CONTENT_FETCHED]);
    put("fetch.abandoned", sum.abandoned);
    put("fetch.not_there", sum.ends[CONTENT_NOT_THERE]);
    put("fetch.timed_out", sum.ends[CONTENT_TIMED_OUT]);
    put("fetch.retries", sum.remedies[CONTENT_RETRY]);
    put("fetch.other_holder", sum.remedies[CONTENT_OTHER_HOLDER]);
    put("fetch.lower", sum.remedies[CONTENT_LOWER]);
    put("fetch.exhausted", sum.exhausted);
    result.metrics.emplace_back(
        "fetch.mean_ms",
        ratio(sum.fetching.GetSeconds() * 1e3, static_cast<double>(sum.ends[CONTENT_FETCHED])));
    result.metrics.emplace_back("fetch.wasted_ratio",
                                ratio(static_cast<double>(sum.wastedBits),
                                      static_cast<double>(sum.wastedBits + sum.usedBits)));
}

RunResult
ContentRun::Execute()
{
    // A session's end is no event: its last shard came when events end, and is played thereafter.
    if (m_packets)
    {
        m_packets->Run();
    }
    else
    {
        Simulator::Run();
    }
    Time end;
    for (const auto& viewer : m_viewers)
    {
        end = std::max(end, viewer->client->Finish());
    }
    CheckConservation();
    RunResult result;
    MeasureQoe(result);
    MeasureFetches(result);
    if (m_packets)
    {
        m_packets->CheckConservation();
        m_packets->Measure(result);
    }
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - m_begun;
    result.metrics.emplace_back("sim.time_s", end.GetSeconds());
    result.metrics.emplace_back("sim.events", static_cast<double>(Simulator::GetEventCount()));
    result.metrics.emplace_back("sim.wall_s", wall.count());
    if (m_context.keepTimeline)
    {
        result.timeline = m_timeline;
    }
    return result;
}

} // namespace shardsim
