// SPDX-License-Identifier: GPL-2.0-only
#include "offload-parameters.h"

#include "offload-discs.h"
#include "offload-engine.h"

namespace shardsim
{

namespace
{

using Kind = ParameterKind;

/// Clients, links, engine and server.
void
AddTopology(ParameterSet& set)
{
    set.Add("topology.clients",
            Kind::INTEGER,
            "4",
            "client hosts; function f is on host f modulo it")
        .AtLeast("1")
        .AtMost("64");
    set.AddChoice("topology.bottleneck",
                  {"clients", "storage"},
                  "clients",
                  "where the disc under test is: at the engine's port towards the clients; or at "
                  "the storage's port towards the engine, which then is where the clients are");
    set.Add("topology.rate", Kind::RATE, "100Mbps", "of the bottleneck, in the direction of data")
        .AtLeast("100kbps");
    set.Add("topology.delay", Kind::TIME, "1ms", "one-way propagation between network and engine")
        .AtLeast("0s")
        .AtMost("10s");
    set.Add("topology.access_rate",
            Kind::RATE,
            "1Gbps",
            "clients' links, and between network and engine where that is no bottleneck")
        .AtLeast("100kbps");
    set.Add("topology.host_rate",
            Kind::RATE,
            "8Gbps",
            "between engine and storage server where that is no bottleneck")
        .AtLeast("100kbps");
    set.Add("topology.host_delay", Kind::TIME, "1us", "one-way propagation of that link")
        .AtLeast("0s")
        .AtMost("10s");
    set.Add("topology.pcie_lanes",
            Kind::INTEGER,
            "0",
            "of PCI Express generation 3 between the storage host's network port, which is an "
            "engine of its own, and its memory; 0: what comes is in memory at once")
        .AtLeast("0")
        .AtMost("32");
    set.Add("topology.pcie_latency",
            Kind::TIME,
            "400ns",
            "in which that host reads its memory or takes a write")
        .AtLeast("0s")
        .AtMost("1s");
    set.Add("topology.pcie_tags", Kind::INTEGER, "32", "memory reads of the port under way")
        .AtLeast("1")
        .AtMost("1024");
    set.Add("topology.pcie_credits",
            Kind::INTEGER,
            "64",
            "memory writes of the port that the host has room for")
        .AtLeast("1")
        .AtMost("65536");
    set.Add("storage.latency", Kind::TIME, "200us", "of the storage, added to each request")
        .AtLeast("0s")
        .AtMost("10s");
    set.Add("storage.rate", Kind::RATE, "8Gbps", "at which the storage transfers data")
        .AtLeast("100kbps");
}

/// What functions ask for, and when.
void
AddFunctions(ParameterSet& set)
{
    set.Add("functions.count", Kind::INTEGER, "8", "I/O functions; even ones small, odd ones bulk")
        .AtLeast("1")
        .AtMost("64");
    set.AddChoice("functions.mix",
                  {"poisson", "periodic", "diurnal", "bursty", "trace", "series"},
                  "periodic",
                  "when requests come: independently; in batches, one each period; at a rate that "
                  "swings like day and night; in bursts at random; as functions.file has them; at "
                  "the rate of the time series in functions.file");
    set.Add("functions.load",
            Kind::RATIO,
            "0.7",
            "mean load: bytes of all requests, on the wire, as a share of topology.rate")
        .Above("0")
        .AtMost("4");
    set.Add("functions.small", Kind::BYTES, "4096", "of a request of a small function")
        .AtLeast("1")
        .AtMost("89600");
    set.Add("functions.bulk", Kind::BYTES, "65536", "of a request of a bulk function")
        .AtLeast("1")
        .AtMost("89600");
    set.Add("functions.reads", Kind::RATIO, "0.9", "requests that read; the others write");
    set.AddChoice("functions.access",
                  {"mixed", "sequential", "stride", "markov", "random"},
                  "mixed",
                  "which blocks requests are for: the next; a fixed step on; a chain that goes the "
                  "same way 9 times in 10; any; mixed: these four, by function");
    set.Add("functions.period",
            Kind::TIME,
            "200ms",
            "of periodic (between batches of a function) and, times ten, of diurnal")
        .AtLeast("1ms")
        .AtMost("1h");
    set.Add("functions.duty",
            Kind::RATIO,
            "0.1",
            "share of time in which requests come, with periodic and bursty")
        .Above("0");
    set.Add("functions.swing", Kind::RATIO, "0.9", "amplitude of diurnal, as a share of the mean");
    set.Add("functions.file",
            Kind::FILE_PATH,
            "",
            "CSV: time,function,offset,bytes,op or version,time,op,size,lbn with trace; "
            "timestamp,value with series")
        .WhenAbsent("none");
    set.Add("functions.window",
            Kind::INTEGER,
            "0",
            "requests in a row of a trace, from a place drawn for each run, that are replayed; 0 "
            "for all of it")
        .AtLeast("0")
        .AtMost("1000000000");
    set.Add("retry.timeout",
            Kind::TIME,
            "200ms",
            "silence until a request is tried again, then twice as long each time; more than "
            "shaping.starvation, or what is deferred is sent twice")
        .Above("0s")
        .AtMost("1h");
    set.Add("retry.adaptive",
            Kind::BOOLEAN,
            "true",
            "a first try waits longer where answers take longer: mean and four deviations (RFC "
            "6298)");
    set.Add("retry.tries", Kind::INTEGER, "8", "tries before a request is given up")
        .AtLeast("1")
        .AtMost("32");
    set.Add("duration", Kind::TIME, "5s", "for which requests come; the run ends when all are done")
        .AtLeast("10ms")
        .AtMost("24h");
}

/// The engine's queue.
void
AddEngine(ParameterSet& set)
{
    set.AddChoice("disc",
                  OffloadDiscs(),
                  "offload",
                  "queue disc of the engine towards the network");
    AddOffloadEngineParameters(set);
}

ParameterSet
MakeParameters()
{
    ParameterSet set;
    AddTopology(set);
    AddFunctions(set);
    AddEngine(set);
    return set;
}

std::vector<MetricInfo>
MakeMetrics()
{
    std::vector<MetricInfo> metrics = {
        {"requests.issued", "requests", "that clients made"},
        {"requests.done", "requests", "of these, answered whole"},
        {"requests.failed", "requests", "of these, given up"},
        {"requests.retries", "tries", "after the first"},
        {"requests.duplicates", "messages", "answers that were there already"}};
    const std::vector<std::pair<std::string, std::string>> classes = {
        {"", ""},
        {"small.", ", small functions"},
        {"bulk.", ", bulk functions"}};
    for (const auto& [prefix, text] : classes)
    {
        for (const char* name : {"mean", "p50", "p90", "p95", "p99", "p999", "max"})
        {
            metrics.push_back({"latency." + prefix + name + "_ms",
                               "ms",
                               "from a request's begin to its last byte, tries included, of those "
                               "answered" +
                                   text});
        }
    }
    const std::vector<MetricInfo> rest = {
        {"latency_sent.p50_ms", "ms", "the same over all requests, one given up being infinite"},
        {"latency_sent.p99_ms", "ms", "the same over all requests, one given up being infinite"},
        {"latency.floor_ms",
         "ms",
         "what the 99th percentile could not be below in whichever order the bottleneck carries "
         "what is read, unless it is read ahead"},
        {"goodput_mbps", "Mbit/s", "data of answered requests, by the time until the last of them"},
        {"drops.packets", "packets", "dropped by the engine's queue disc"},
        {"drops.bytes", "bytes", "of them"},
        {"drops.ratio", "ratio", "of the packets that came to it"},
        {"buffer.peak_bytes", "bytes", "most that the queue disc has held"},
        {"fairness.jain_ratio",
         "ratio",
         "Jain's index of the functions' mean latency by bytes that they ask for"},
        {"buffer.moves", "moves", "of memory planned for one function to another"},
        {"forecast.mae",
         "bytes",
         "mean absolute error of a function's interval, mean of functions"},
        {"forecast.mase",
         "ratio",
         "that by the error of the last value again, mean of functions; below 1 is better"},
        {"forecast.rejected", "forecasts", "that could not be, replaced by the last good one"},
        {"shaping.deferred", "requests", "tries that were deferred"},
        {"shaping.held", "requests", "reads that waited in the engine for shaping.window"},
        {"shaping.absorbed", "tries", "further ones of reads that waited or were on their way"},
        {"shaping.starved", "elements", "overtaken after they had waited for shaping.starvation"},
        {"prefetch.asked", "requests", "made ahead of a read"},
        {"prefetch.coverage_ratio", "ratio", "reads that were asked for ahead, of all reads"},
        {"prefetch.accuracy_ratio", "ratio", "of what was asked for ahead, that was read"},
        {"prefetch.timeliness_ms",
         "ms",
         "mean time from its coming to its read; below 0 where the read had to wait"},
        {"prefetch.wasted_bytes", "bytes", "asked for ahead and never read"},
        {"storage.reads", "requests", "that the server answered, tries and prefetches too"},
        {"pcie.payload_bytes", "bytes", "of messages, that crossed the PCIe link"},
        {"pcie.line_bytes", "bytes", "that they took of it, requests and overhead included"},
        {"anomaly.detected", "faults", "with an alert of their function while they lasted"},
        {"anomaly.missed", "faults", "without"},
        {"anomaly.false", "alerts", "of other functions, or before or after a fault"},
        {"anomaly.delay_s", "s", "from a fault's begin to its first alert"},
        {"sim.time_s", "s", "simulated time at the end"},
        {"sim.events", "events", "events executed"},
        {"sim.wall_s", "s", "host time of the run"},
    };
    metrics.insert(metrics.end(), rest.begin(), rest.end());
    return metrics;
}

} // namespace

const ParameterSet&
OffloadParameters()
{
    static const ParameterSet set = MakeParameters();
    return set;
}

const std::vector<MetricInfo>&
OffloadMetrics()
{
    static const std::vector<MetricInfo> metrics = MakeMetrics();
    return metrics;
}

void
CheckOffload(const Values& values)
{
    const std::string mix = values.GetText("functions.mix");
    if (values.GetText("anomaly.kind") != "none" &&
        values.GetInt("anomaly.function") >= values.GetInt("functions.count"))
    {
        throw values.Error("anomaly.function",
                           "there is no such function with functions.count = " +
                               values.GetText("functions.count"));
    }
    if (mix == "trace" && values.GetText("anomaly.kind") != "none")
    {
        throw values.Error("anomaly.kind", "a trace is replayed as it is: only none");
    }
    const bool readsFile = mix == "trace" || mix == "series";
    if (readsFile && !values.Has("functions.file"))
    {
        throw values.Error("functions.mix", mix + " needs functions.file");
    }
    if (!readsFile && values.Has("functions.file"))
    {
        throw values.Error("functions.file",
                           "is read with functions.mix = trace or series only, not " + mix);
    }
    if (mix != "trace" && values.IsSet("functions.window"))
    {
        throw values.Error("functions.window", "has a meaning only with functions.mix = trace");
    }
    if (values.GetText("topology.bottleneck") != "storage" && values.IsSet("shaping.window"))
    {
        throw values.Error("shaping.window",
                           "has a meaning only with topology.bottleneck = storage");
    }
}

} // namespace shardsim
