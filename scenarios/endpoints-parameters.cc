// SPDX-License-Identifier: GPL-2.0-only
#include "endpoints-parameters.h"

#include "endpoints-network-parameters.h"
#include "endpoints-rate.h"

namespace shardsim
{

namespace
{

using Kind = ParameterKind;

/// Who asks, and how often.
void
AddClients(ParameterSet& set)
{
    set.Add("requests.count", Kind::INTEGER, "100000", "requests in all")
        .AtLeast("1")
        .AtMost("1000000000");
    set.Add("requests.warmup",
            Kind::INTEGER,
            "",
            "requests at the beginning that are served and not measured")
        .AtLeast("0")
        .AtMost("1000000000")
        .WhenAbsent("a tenth of requests.count");
    set.Add("load.per_endpoint",
            Kind::RATIO,
            "0.7",
            "work that comes in a second, of what the endpoints can do together; above 1 queues "
            "grow as long as requests come")
        .Above("0")
        .AtMost("10");
    set.Add("clients.count", Kind::INTEGER, "1000", "clients that the requests come from")
        .AtLeast("1")
        .AtMost("10000000");
    set.AddChoice("clients.arrivals",
                  {"poisson", "diurnal", "flash-crowd", "trace"},
                  "poisson",
                  "how requests come: at a steady rate; at one that goes up and down as a sine; at "
                  "one that jumps for a while; at one that goes as clients.trace says");
    set.Add("clients.period", Kind::TIME, "60s", "of the sine of diurnal").Above("0s");
    set.Add("clients.swing",
            Kind::RATIO,
            "0.5",
            "by which the rate goes up and down about its mean, of the mean, with diurnal")
        .AtLeast("0")
        .AtMost("1");
    set.Add("clients.crowd_from", Kind::TIME, "10s", "when the flash crowd comes").AtLeast("0s");
    set.Add("clients.crowd_time", Kind::TIME, "10s", "for how long").Above("0s");
    set.Add("clients.crowd_factor", Kind::REAL, "3", "by which the rate is higher meanwhile")
        .AtLeast("1")
        .AtMost("1000");
    set.Add(
           "clients.trace",
           Kind::FILE_PATH,
           "",
           "CSV file timestamp,value: the rate goes as the values do, whose mean is the load; then "
           "it begins again")
        .WhenAbsent("none");
    set.Add("clients.trace_step", Kind::TIME, "", "for which each row of it lasts")
        .Above("0s")
        .WhenAbsent("as its timestamps say, in the mean");
    set.Add("clients.skew",
            Kind::REAL,
            "0",
            "exponent of Zipf's law: client i (from 1) sends in proportion to 1 / i^skew; 0: all "
            "as much")
        .AtLeast("0")
        .AtMost("5");
}

/// Who answers.
void
AddPool(ParameterSet& set)
{
    set.Add("pool.endpoints", Kind::INTEGER, "16", "endpoints of a fixed pool")
        .AtLeast("1")
        .AtMost("10000");
    set.Add("pool.spread",
            Kind::RATIO,
            "0",
            "speeds go evenly from 1 - spread, of the first endpoint, to 1 + spread, of the last; "
            "weighted knows them")
        .AtLeast("0")
        .Below("1");
    set.Add("pool.drain",
            Kind::INTEGER,
            "0",
            "endpoints, the last ones, that leave the pool in good order: what they have is "
            "finished")
        .AtLeast("0")
        .AtMost("100000");
    set.Add("pool.drain_at", Kind::TIME, "1s", "when they leave").AtLeast("0s");
    set.AddChoice("endpoint.service",
                  {"exponential", "deterministic", "pareto"},
                  "exponential",
                  "distribution of a request's work");
    set.Add("endpoint.service_mean", Kind::TIME, "10ms", "mean time of a request alone at speed 1")
        .AtLeast("1us")
        .AtMost("1h");
    set.Add("endpoint.service_shape",
            Kind::REAL,
            "2.5",
            "of pareto: P(work > x) falls as x^-shape; the variance is infinite up to 2")
        .Above("1")
        .AtMost("1000");
    set.AddChoice("endpoint.discipline",
                  {"fifo", "ps"},
                  "fifo",
                  "whom an endpoint serves: one after the other, or all at once with equal shares "
                  "(processor sharing)");
}

/// Who goes where.
void
AddSelection(ParameterSet& set)
{
    set.AddChoice("select.policy",
                  {"random",
                   "round-robin",
                   "weighted",
                   "least-request",
                   "power-of-d",
                   "peak-ewma",
                   "maglev",
                   "rendezvous",
                   "bounded-load",
                   "shuffle-sharding",
                   "join-shortest-queue"},
                  "power-of-d",
                  "which endpoint for a request; docs/endpoints.md describes them");
    set.Add("select.choosers",
            Kind::INTEGER,
            "1",
            "who select, each for its own clients, by requests of its own that are not answered; "
            "join-shortest-queue alone sees those of all")
        .AtLeast("1")
        .AtMost("1000");
    set.Add("select.choices",
            Kind::INTEGER,
            "2",
            "different endpoints d that power-of-d and peak-ewma look at for a request")
        .AtLeast("1")
        .AtMost("100000");
    set.Add("select.memory",
            Kind::TIME,
            "10s",
            "time in which peak-ewma forgets all but 1/e of a latency")
        .Above("0s");
    set.Add("select.slack",
            Kind::REAL,
            "0.25",
            "by which bounded-load lets an endpoint be above the mean load")
        .AtLeast("0")
        .AtMost("1000");
    set.Add("select.shard_size",
            Kind::INTEGER,
            "4",
            "endpoints of each client with shuffle-sharding")
        .AtLeast("1")
        .AtMost("100000");
    set.Add("select.table", Kind::INTEGER, "65537", "places of maglev's table, or the next prime")
        .AtLeast("3")
        .AtMost("100000000");
}

/// What goes wrong, and what is too late.
void
AddFaults(ParameterSet& set)
{
    set.AddChoice("faults.kind",
                  {"none", "slow", "crash"},
                  "none",
                  "what befalls an endpoint: it is slow; it loses what it has, and refuses all "
                  "that comes until it is back");
    set.Add("faults.endpoints", Kind::INTEGER, "1", "endpoints, the first ones, that it befalls")
        .AtLeast("1")
        .AtMost("100000");
    set.Add("faults.factor", Kind::RATIO, "0.1", "speed of a slow endpoint, of its own")
        .AtLeast("0")
        .AtMost("1");
    set.Add("faults.from", Kind::TIME, "0s", "when it begins").AtLeast("0s");
    set.Add("faults.until", Kind::TIME, "", "when it ends").Above("0s").WhenAbsent("never");
    set.Add("faults.detect",
            Kind::TIME,
            "1s",
            "after which an endpoint that refuses is taken out of the pool; it is back at "
            "faults.until")
        .AtLeast("0s");
    set.Add("slo.latency", Kind::TIME, "100ms", "for slo.violation_ratio").Above("0s");
}

ParameterSet
MakeParameters()
{
    ParameterSet set;
    set.Add(
        "network.ideal",
        Kind::BOOLEAN,
        "false",
        "true: requests are where they are sent to at once, the queueing model alone; false: hub, "
        "endpoints and clients on a network");
    AddClients(set);
    AddPool(set);
    AddSelection(set);
    AddFaults(set);
    AddEndpointsNetwork(set);
    return set;
}

std::vector<MetricInfo>
MakeMetrics()
{
    std::vector<MetricInfo> metrics = {
        {"requests.sent", "requests", "sent to an endpoint, those of the warm-up included"},
        {"requests.completed", "requests", "of these, answered"},
        {"requests.failed", "requests", "of these, lost in a crash or refused after it"},
        {"requests.loss_ratio", "ratio", "not answered, of those sent after the warm-up"},
    };
    for (const char* which : {"mean", "p50", "p90", "p95", "p99", "p999", "max"})
    {
        metrics.push_back({std::string("latency.") + which + "_ms",
                           "ms",
                           "from sending to answer, of answered requests after the warm-up"});
    }
    metrics.push_back({"system.time_mean_ratio",
                       "ratio",
                       "mean time in system of the same, by endpoint.service_mean"});
    for (unsigned i = 1; i <= ENDPOINTS_TAILS; ++i)
    {
        metrics.push_back({"queue.tail_ratio." + std::to_string(i),
                           "ratio",
                           "share of endpoints with at least " + std::to_string(i) +
                               " in system, mean over time from the end of the warm-up to the last "
                               "arrival"});
    }
    const std::vector<MetricInfo> rest = {
        {"load.max_over_mean",
         "ratio",
         "requests sent to the endpoint with the most of them after the warm-up, by the mean"},
        {"load.jain_ratio",
         "ratio",
         "Jain's index of the same: (sum x)^2 / (n sum x^2), 1 where all have as many"},
        {"slo.violation_ratio",
         "ratio",
         "requests after the warm-up that were not answered within slo.latency"},
        {"faults.blast_ratio",
         "ratio",
         "clients that one failed endpoint touches: that sent to a faulty endpoint, had a channel "
         "to "
         "it or lost a request there, of all that could have while the fault lasted"},
        {"broken.connections",
         "clients",
         "times that the first request of a client after the pool changed went elsewhere though "
         "its endpoint was still there; policies that hash to one endpoint only"},
        {"sim.time_s", "s", "simulated time at the end"},
        {"sim.events", "events", "arrivals, departures and changes"},
        {"sim.wall_s", "s", "host time of the run"},
    };
    metrics.insert(metrics.end(), rest.begin(), rest.end());
    AddEndpointsNetworkMetrics(metrics);
    return metrics;
}

/// Refuse a key that was set where it has no meaning.
void
NeedsChoice(const Values& values,
            const char* key,
            const char* of,
            std::initializer_list<const char*> words)
{
    if (!values.IsSet(key))
    {
        return;
    }
    std::string allowed;
    for (const char* word : words)
    {
        if (values.GetText(of) == word)
        {
            return;
        }
        allowed += (allowed.empty() ? "" : " or ") + std::string(word);
    }
    throw values.Error(key, std::string("needs ") + of + " = " + allowed);
}

} // namespace

const ParameterSet&
EndpointsParameters()
{
    static const ParameterSet set = MakeParameters();
    return set;
}

const std::vector<MetricInfo>&
EndpointsMetrics()
{
    static const std::vector<MetricInfo> metrics = MakeMetrics();
    return metrics;
}

void
CheckEndpoints(const Values& values)
{
    CheckEndpointsNetwork(values);
    if (values.Has("requests.warmup") &&
        values.GetInt("requests.warmup") >= values.GetInt("requests.count"))
    {
        throw values.Error("requests.warmup",
                           "nothing is left to measure; allowed: less than requests.count");
    }
    for (const char* key : {"clients.period", "clients.swing"})
    {
        NeedsChoice(values, key, "clients.arrivals", {"diurnal"});
    }
    for (const char* key : {"clients.crowd_from", "clients.crowd_time", "clients.crowd_factor"})
    {
        NeedsChoice(values, key, "clients.arrivals", {"flash-crowd"});
    }
    for (const char* key : {"clients.trace", "clients.trace_step"})
    {
        NeedsChoice(values, key, "clients.arrivals", {"trace"});
    }
    if (values.GetText("clients.arrivals") == "trace")
    {
        if (!values.IsSet("clients.trace"))
        {
            throw values.Error("clients.trace", "is needed with clients.arrivals = trace");
        }
        EndpointsRate rate(values); // what is wrong with the file is said before the run
    }
    NeedsChoice(values, "endpoint.service_shape", "endpoint.service", {"pareto"});
    NeedsChoice(values, "faults.factor", "faults.kind", {"slow"});
    NeedsChoice(values, "faults.detect", "faults.kind", {"crash"});
    for (const char* key : {"faults.endpoints", "faults.from", "faults.until"})
    {
        NeedsChoice(values, key, "faults.kind", {"slow", "crash"});
    }
    const bool isFaulty = values.GetText("faults.kind") != "none";
    if (isFaulty && values.Has("faults.until") &&
        values.GetTimeNs("faults.until") <= values.GetTimeNs("faults.from"))
    {
        throw values.Error("faults.until", "allowed: later than faults.from");
    }
    const int64_t faulty = isFaulty ? values.GetInt("faults.endpoints") : 0;
    if (faulty > values.GetInt("pool.endpoints"))
    {
        throw values.Error("faults.endpoints", "allowed: at most pool.endpoints");
    }
    const int64_t crashed = values.GetText("faults.kind") == "crash" ? faulty : 0;
    if (crashed > 0 && crashed + values.GetInt("pool.drain") >= values.GetInt("pool.endpoints"))
    {
        throw values.Error("faults.endpoints",
                           "nobody is left in the pool; allowed: with pool.drain together less "
                           "than pool.endpoints");
    }
    if (values.GetInt("pool.drain") >= values.GetInt("pool.endpoints"))
    {
        throw values.Error("pool.drain",
                           "nobody is left in the pool; allowed: less than pool.endpoints");
    }
}

} // namespace shardsim
