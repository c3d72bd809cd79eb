// SPDX-License-Identifier: GPL-2.0-only
#include "offload-engine.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/object-factory.h"
#include "ns3/offload-lstm-forecast.h"
#include "ns3/offload-workload-classifier.h"
#include "ns3/pointer.h"
#include "ns3/queue-size.h"
#include "ns3/string.h"
#include "ns3/traffic-control-helper.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <map>
#include <utility>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

using Kind = ParameterKind;

/// Bytes of a chunk in the disc beside its data: without the link's.
constexpr uint32_t DISC_HEADERS = OFFLOAD_CHUNK_HEADERS - 2;

/// What will come to the disc of a function: sums up to each answer, in order of time.
struct Answers
{
    std::vector<int64_t> atNs;    ///< when
    std::vector<double> bytes;    ///< up to it, included
    std::vector<double> elements; ///< up to it, included

    /// @return what comes from begin, for length
    OffloadTraffic Between(Time begin, Time length) const
    {
        const auto at = [this](Time time)
        {
            return static_cast<std::size_t>(
                std::lower_bound(atNs.begin(), atNs.end(), time.GetNanoSeconds()) - atNs.begin());
        };
        const std::size_t from = at(begin);
        const std::size_t to = at(begin + length);
        const auto sum = [from, to](const std::vector<double>& sums)
        { return (to > 0 ? sums[to - 1] : 0) - (from > 0 ? sums[from - 1] : 0); };
        OffloadTraffic traffic;
        traffic.bytes = sum(bytes);
        traffic.elements = sum(elements);
        traffic.requests = static_cast<double>(to - from);
        traffic.types[OFFLOAD_COMPLETION] = traffic.elements;
        traffic.start =
            to > from ? static_cast<double>((NanoSeconds(atNs[from]) - begin).GetNanoSeconds()) /
                            static_cast<double>(length.GetNanoSeconds())
                      : 1;
        return traffic;
    }
};

/// @return what will come, if nothing is lost: each answer when its request has been there and back
std::vector<Answers>
Foresee(const Values& values, const std::vector<OffloadFunctionPlan>& plans)
{
    // To the disc under test, which is before or behind the host link.
    const int64_t hostWays = values.GetText("topology.bottleneck") == "storage" ? 1 : 2;
    const int64_t way = values.GetTimeNs("topology.delay") + values.GetTimeNs("storage.latency") +
                        hostWays * values.GetTimeNs("topology.host_delay");
    std::vector<Answers> all(plans.size());
    for (std::size_t i = 0; i < plans.size(); ++i)
    {
        double bytes = 0;
        double elements = 0;
        for (const OffloadPlannedRequest& request : plans[i].requests)
        {
            const uint32_t chunks = request.isWrite ? 1 : (request.bytes - 1) / OFFLOAD_CHUNK + 1;
            elements += chunks;
            bytes += (request.isWrite ? 0 : request.bytes) + chunks * double{DISC_HEADERS};
            all[i].atNs.push_back(request.atNs + way);
            all[i].bytes.push_back(bytes);
            all[i].elements.push_back(elements);
        }
    }
    return all;
}

Ptr<OffloadForecast>
MakeForecast(const Values& values, const std::vector<OffloadFunctionPlan>& plans)
{
    const std::string model = values.GetText("forecast.model");
    const auto season = static_cast<uint64_t>(values.GetInt("forecast.season"));
    if (model == "lstm")
    {
        const auto forecast = CreateObject<LstmForecast>();
        forecast->SetAttribute("Season", UintegerValue(season));
        forecast->AssignStreams(OFFLOAD_STREAM_FORECAST);
        return forecast;
    }
    if (model == "oracle")
    {
        const auto forecast = CreateObject<OracleForecast>();
        const auto all = std::make_shared<const std::vector<Answers>>(Foresee(values, plans));
        forecast->SetSource(
            OracleForecast::Source([all](uint32_t function, Time begin, Time length)
                                   { return (*all)[function].Between(begin, length); }));
        return forecast;
    }
    static const std::map<std::string, const char*> kinds = {{"last", "Last"},
                                                             {"ewma", "Ewma"},
                                                             {"holt", "Holt"},
                                                             {"holt-winters", "HoltWinters"},
                                                             {"ar", "Autoregression"}};
    const auto forecast = CreateObject<SeriesForecast>();
    forecast->SetAttribute("Kind", StringValue(kinds.at(model)));
    forecast->SetAttribute("Season", UintegerValue(std::max<uint64_t>(2, season)));
    return forecast;
}

} // namespace

void
AddOffloadEngineParameters(ParameterSet& set)
{
    set.Add("buffer.total", Kind::BYTES, "256KiB", "memory of the queue disc")
        .AtLeast("3000")
        .AtMost("1GiB");
    set.AddChoice("buffer.allocation",
                  {"forecast", "static", "shared", "dynamic-threshold"},
                  "forecast",
                  "how it is divided between functions, with disc = offload");
    set.Add("buffer.ring",
            Kind::INTEGER,
            "1024",
            "elements, held or logged, of a function's buffer")
        .AtLeast("16")
        .AtMost("1000000");
    set.AddChoice("forecast.model",
                  {"lstm", "last", "ewma", "holt", "holt-winters", "ar", "oracle"},
                  "lstm",
                  "what comes of each function in the next interval");
    set.Add("forecast.interval", Kind::TIME, "10ms", "that is forecast")
        .AtLeast("100us")
        .AtMost("1h");
    set.Add("forecast.season",
            Kind::INTEGER,
            "20",
            "intervals after which traffic may recur, with lstm and holt-winters")
        .AtLeast("1")
        .AtMost("10000");
    set.AddChoice("forecast.cost",
                  {"accelerator", "cpu", "none"},
                  "accelerator",
                  "what computes it: how much simulated time is charged");
    set.Add("forecast.cpu_time", Kind::TIME, "1us", "for a function's forecast on a processor")
        .AtLeast("0s")
        .AtMost("1h");
    set.AddChoice("shaping.priority",
                  {"deferral", "none"},
                  "deferral",
                  "who is served first, with disc = offload: a small share of the requests, those "
                  "that would cost the others most, are deferred; none: first come, first served");
    set.Add("shaping.share", Kind::RATIO, "0.009", "most requests that are deferred, of all");
    set.Add("shaping.starvation",
            Kind::TIME,
            "100ms",
            "who has waited so long is not overtaken by who came later")
        .AtLeast("0s")
        .AtMost("1h");
    set.Add("shaping.factor",
            Kind::REAL,
            "0",
            "a function is held to so many times its forecast; 0 for no shaping")
        .AtLeast("0")
        .AtMost("1000");
    set.Add("shaping.window",
            Kind::BYTES,
            "0",
            "of clients' reads that the engine lets be on their way at a time, with any disc; "
            "others "
            "wait in the engine, up to 2048; 0 for no bound")
        .AtMost("1GiB");
    set.AddChoice(
        "prefetch.model",
        {"none", "next-block", "stride", "markov", "majority", "streams", "forecast", "oracle"},
        "none",
        "what the engine reads ahead: what lies behind; the last distance again; what came after "
        "this block before; the trend of most distances; each of several streams on; majority, as "
        "far as reads are forecast; what will be read");
    set.Add("prefetch.depth", Kind::INTEGER, "4", "requests that are read ahead after a read")
        .AtLeast("1")
        .AtMost("1024");
    set.Add("prefetch.memory", Kind::BYTES, "1MiB", "prefetch buffer of each function, at most")
        .AtLeast("1")
        .AtMost("1GiB");
    set.Add("prefetch.total",
            Kind::BYTES,
            "0",
            "prefetch buffers of all functions, at most; 0 for prefetch.memory each")
        .AtMost("64GiB");
    set.Add("prefetch.window",
            Kind::BYTES,
            "0",
            "of a function asked for ahead and on their way, at most; 0 for no bound")
        .AtMost("1GiB");
    set.Add("prefetch.lifetime", Kind::TIME, "1s", "after which what was not read is discarded")
        .AtLeast("0s")
        .AtMost("24h");
    set.AddChoice("anomaly.kind",
                  {"none", "stall", "flood", "drift", "burst"},
                  "none",
                  "fault that is put into a function's requests: they cease; come "
                  "anomaly.factor times as often; ever more often; those of anomaly.length come "
                  "within a hundredth of it");
    set.Add("anomaly.function", Kind::INTEGER, "0", "that has the fault").AtLeast("0").AtMost("63");
    set.Add("anomaly.from", Kind::TIME, "3s", "begin of the fault").AtLeast("0s").AtMost("24h");
    set.Add("anomaly.length", Kind::TIME, "500ms", "of the fault").AtLeast("1ms").AtMost("24h");
    set.Add("anomaly.factor", Kind::REAL, "4", "how many times as many requests")
        .AtLeast("1")
        .AtMost("1000");
    set.AddChoice("anomaly.detector",
                  {"none", "gaussian", "ewma", "cusum"},
                  "none",
                  "how forecast errors are judged, with disc = offload");
    set.Add("anomaly.threshold", Kind::RATIO, "0.9", "score, 0 to 1, that is an alert");
}

Ptr<OffloadQueueDisc>
InstallOffloadEngine(const Values& values,
                     const std::vector<OffloadFunctionPlan>& plans,
                     Ptr<NetDevice> device)
{
    static const std::map<std::string, const char*> engines = {{"none", "None"},
                                                               {"cpu", "Cpu"},
                                                               {"accelerator", "Accelerator"}};
    const auto forecaster = CreateObject<OffloadForecaster>();
    forecaster->SetAttribute("Interval",
                             TimeValue(NanoSeconds(values.GetTimeNs("forecast.interval"))));
    forecaster->SetAttribute("Forecast", PointerValue(MakeForecast(values, plans)));
    forecaster->SetAttribute("Engine", StringValue(engines.at(values.GetText("forecast.cost"))));
    forecaster->SetAttribute("CpuTime",
                             TimeValue(NanoSeconds(values.GetTimeNs("forecast.cpu_time"))));
    static const std::map<std::string, const char*> allocations = {
        {"forecast", "ns3::sharding::ForecastAllocation"},
        {"static", "ns3::sharding::StaticAllocation"},
        {"shared", "ns3::sharding::SharedAllocation"},
        {"dynamic-threshold", "ns3::sharding::DynamicThresholdAllocation"}};
    ObjectFactory allocation(allocations.at(values.GetText("buffer.allocation")));
    Ptr<OffloadPriority> priority = CreateObject<EqualPriority>();
    if (values.GetText("shaping.priority") == "deferral")
    {
        priority = CreateObject<DeferralPriority>();
        priority->SetAttribute("Share", DoubleValue(values.GetReal("shaping.share")));
    }
    const QueueSize memory(QueueSizeUnit::BYTES,
                           static_cast<uint32_t>(values.GetBytes("buffer.total")));
    TrafficControlHelper helper;
    helper.SetRootQueueDisc("ns3::sharding::OffloadQueueDisc",
                            "MaxSize",
                            QueueSizeValue(memory),
                            "Functions",
                            UintegerValue(plans.size()));
    const auto disc = DynamicCast<OffloadQueueDisc>(helper.Install(device).Get(0));
    disc->SetAttribute("RingSlots", UintegerValue(values.GetInt("buffer.ring")));
    disc->SetAttribute("StarvationBound",
                       TimeValue(NanoSeconds(values.GetTimeNs("shaping.starvation"))));
    disc->SetAttribute("Shaping", DoubleValue(values.GetReal("shaping.factor")));
    disc->SetAttribute("Classifier", PointerValue(CreateObject<OffloadIoClassifier>()));
    disc->SetAttribute("Allocation", PointerValue(allocation.Create<OffloadAllocation>()));
    disc->SetAttribute("Priority", PointerValue(priority));
    disc->SetAttribute("Forecaster", PointerValue(forecaster));
    return disc;
}

std::vector<Ptr<OffloadPrefetcher>>
MakeOffloadPrefetchers(const Values& values, const std::vector<OffloadFunctionPlan>& plans)
{
    const std::string model = values.GetText("prefetch.model");
    std::vector<Ptr<OffloadPrefetcher>> prefetchers;
    if (model == "none")
    {
        return prefetchers;
    }
    static const std::map<std::string, const char*> types = {
        {"next-block", "ns3::sharding::NextBlockPrefetcher"},
        {"stride", "ns3::sharding::StridePrefetcher"},
        {"markov", "ns3::sharding::MarkovPrefetcher"},
        {"majority", "ns3::sharding::TrendPrefetcher"},
        {"streams", "ns3::sharding::StreamPrefetcher"},
        {"forecast", "ns3::sharding::ForecastPrefetcher"},
        {"oracle", "ns3::sharding::OraclePrefetcher"}};
    ObjectFactory factory(types.at(model));
    for (const OffloadFunctionPlan& plan : plans)
    {
        const auto prefetcher = factory.Create<OffloadPrefetcher>();
        if (const auto oracle = DynamicCast<OraclePrefetcher>(prefetcher))
        {
            std::vector<OffloadRange> reads;
            for (const OffloadPlannedRequest& request : plan.requests)
            {
                if (!request.isWrite)
                {
                    reads.push_back({request.offset, request.bytes});
                }
            }
            oracle->Tell(std::move(reads));
        }
        prefetchers.push_back(prefetcher);
    }
    return prefetchers;
}

Ptr<OffloadWatch>
MakeOffloadWatch(const Values& values)
{
    static const std::map<std::string, const char*> kinds = {{"gaussian", "Gaussian"},
                                                             {"ewma", "Ewma"},
                                                             {"cusum", "Cusum"}};
    const auto kind = kinds.find(values.GetText("anomaly.detector"));
    if (kind == kinds.end())
    {
        return nullptr;
    }
    const auto watch = CreateObject<OffloadWatch>();
    watch->SetAttribute("Kind", StringValue(kind->second));
    watch->SetAttribute("Threshold", DoubleValue(values.GetReal("anomaly.threshold")));
    return watch;
}

} // namespace shardsim
