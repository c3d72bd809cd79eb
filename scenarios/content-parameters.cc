// SPDX-License-Identifier: GPL-2.0-only
#include "content-parameters.h"

#include "content-inputs.h"
#include "content-packets.h"

#include "ns3/content-movie.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace shardsim
{

namespace
{

using Kind = ParameterKind;

void
AddMovie(ParameterSet& set)
{
    set.AddChoice("transport",
                  {"ideal", "tcp", "tunnel"},
                  "ideal",
                  "how shards travel: ideal, each client over a link of its own without packets, "
                  "whose bandwidth and latency are exact; tcp, from encoders and caches that are "
                  "nodes, over ns-3's TCP; tunnel, the same, with a sharding tunnel from the core "
                  "to each edge router; what is said of tcp below is true of it too");
    set.Add("movie.file",
            Kind::FILE_PATH,
            "",
            "sizes of a movie's segments in JSON; movie.model, movie.length, movie.segment and "
            "movie.bitrates have no meaning then")
        .WhenAbsent("movie.model");
    set.AddChoice("movie.model",
                  {"constant", "variable"},
                  "variable",
                  "constant, or scenes of different complexity at constant quality");
    set.Add("movie.length", Kind::TIME, "10min", "duration of the movie")
        .AtLeast("100ms")
        .AtMost("24h");
    set.Add("movie.segment", Kind::TIME, "3s", "duration of its segments")
        .AtLeast("10ms")
        .AtMost("1h");
    set.Add("movie.bitrates",
            Kind::TEXT,
            "300,750,1200,1850,2850,4300",
            "nominal bitrates of its renditions, kbit/s, ascending, with commas between");
    set.Add("movie.scene", Kind::TIME, "5s", "mean duration of a scene").AtLeast("40ms");
    set.Add("movie.complexity",
            Kind::REAL,
            "1",
            "standard deviation of the logarithm (base 2) of a scene's complexity")
        .AtLeast("0")
        .AtMost("10");
    set.Add("movie.sensitivity",
            Kind::RATIO,
            "0.3",
            "share of the nominal bitrate that twice the complexity costs")
        .AtLeast("0")
        .AtMost("1");
    set.Add("movie.live", Kind::BOOLEAN, "false", "the movie is made while it is watched");
    set.Add("movie.encoding",
            Kind::TIME,
            "200ms",
            "live: from the end of a shard until it can be asked for")
        .AtLeast("0s")
        .AtMost("1h");
    set.Add(
           "movie.sound",
           Kind::RATE,
           "",
           "bitrate of the sound (AAC) in shards of its own, which are fetched beside those of the "
           "pictures")
        .AtLeast("1kbps")
        .AtMost("10Mbps")
        .WhenAbsent("it is in the shards of the pictures");
    set.Add("shards.duration",
            Kind::TEXT,
            "from-movie",
            "duration of a shard: a time, into pieces of which the movie is cut anew, or "
            "from-movie, its own segments");
    set.Add("shards.keyframe",
            Kind::TIME,
            "0ms",
            "what a key frame costs beyond another picture, in time of its rendition; each shard "
            "begins with one, and so do the movie's segments")
        .AtLeast("0s")
        .AtMost("10s");
}

void
AddNetwork(ParameterSet& set)
{
    set.Add("network.file",
            Kind::FILE_PATH,
            "",
            "trace of each client's link in JSON, repeated at its end; the other network "
            "parameters have no meaning then")
        .WhenAbsent("network.model");
    set.AddChoice("network.model",
                  {"constant", "variable"},
                  "variable",
                  "of each client's link, independent of the others: constant, or a bandwidth "
                  "whose logarithm is a Gaussian autoregression");
    set.Add("network.rate", Kind::RATE, "3Mbps", "mean bandwidth").AtLeast("1kbps");
    set.Add("network.deviation",
            Kind::REAL,
            "0.5",
            "standard deviation of the natural logarithm of the bandwidth")
        .AtLeast("0")
        .AtMost("5");
    set.Add("network.memory",
            Kind::RATIO,
            "0.9",
            "correlation of that logarithm in a period and in the next one")
        .AtLeast("0")
        .Below("1");
    set.Add("network.period", Kind::TIME, "5s", "for which the bandwidth stays").AtLeast("1ms");
    set.Add("network.latency", Kind::TIME, "50ms", "from a request to its first bit")
        .AtLeast("0s")
        .AtMost("1min");
}

void
AddClients(ParameterSet& set)
{
    set.Add("clients.count", Kind::INTEGER, "1", "that watch").AtLeast("1").AtMost("100000");
    set.AddChoice(
        "clients.arrivals",
        {"regular", "poisson"},
        "poisson",
        "distances of their arrivals: equal, or exponential; the first one comes at zero, live at "
        "client.live_delay");
    set.Add("clients.interval", Kind::TIME, "1s", "mean distance of their arrivals")
        .AtLeast("0s")
        .AtMost("24h");
    set.Add("client.buffer",
            Kind::TIME,
            "25s",
            "most that a client buffers, the shard that it asks for included")
        .AtLeast("10ms")
        .AtMost("24h");
    set.Add("client.parallel", Kind::INTEGER, "1", "shards that a client asks for at a time")
        .AtLeast("1")
        .AtMost("1000");
    set.Add("client.abandon",
            Kind::BOOLEAN,
            "true",
            "a shard may be given up for a lower rendition while it comes; not with "
            "client.parallel above 1");
    set.Add("client.live_delay",
            Kind::TIME,
            "3s",
            "live: how old the first picture of a session is when the session begins")
        .AtLeast("0s")
        .AtMost("24h");
    set.Add("client.most_latency", Kind::TIME, "30s", "live: shards that are older are skipped")
        .AtLeast("10ms")
        .AtMost("24h");
    set.AddChoice("abr.rule",
                  {"fixed",
                   "throughput",
                   "bba",
                   "bola",
                   "bola-basic",
                   "bola-finite",
                   "bola-o",
                   "bolae",
                   "dynamic",
                   "mpc"},
                  "dynamic",
                  "which rendition: always the same, throughput rule, BBA-0, BOLA-U and other "
                  "variants of BOLA, BOLA-E, DYNAMIC, robust MPC");
    set.Add("abr.rendition", Kind::INTEGER, "0", "with fixed: the lowest being 0")
        .AtLeast("0")
        .AtMost("63");
    set.Add("abr.gamma_p", Kind::REAL, "5", "with bola: weight of not standing still")
        .AtLeast("0.01")
        .AtMost("1000");
    set.AddChoice("missing.policy",
                  {"retry", "other", "lower", "skip", "interpolate", "ladder"},
                  "ladder",
                  "what to do about a shard that did not come: ask the same holder again, another "
                  "one, for a lower rendition; skip or interpolate it; or as much of this as the "
                  "buffer leaves time for");
    set.Add("missing.timeout", Kind::TIME, "", "a request of which nothing comes has failed then")
        .AtLeast("1ms")
        .WhenAbsent("2s with faults, else 60s");
    set.Add("missing.shun",
            Kind::TIME,
            "30s",
            "for which a client asks a holder of which nothing came only where there is no other")
        .AtLeast("0s");
    set.Add("missing.attempts",
            Kind::INTEGER,
            "100",
            "requests for a shard after which it is interpolated, whatever missing.policy says")
        .AtLeast("1")
        .AtMost("1000000");
}

void
AddPool(ParameterSet& set)
{
    set.Add("pool.encoders", Kind::INTEGER, "8", "that hold the shards")
        .AtLeast("1")
        .AtMost("10000");
    set.Add("replication.copies", Kind::INTEGER, "2", "holders of each shard, dealt out in turn")
        .AtLeast("1")
        .AtMost("10000");
    set.Add("faults.absent",
            Kind::RATIO,
            "0",
            "share of shards that a holder should have, but has not")
        .AtLeast("0")
        .AtMost("1");
    set.Add("faults.crash", Kind::RATIO, "0", "share of the encoders that cease to answer")
        .AtLeast("0")
        .AtMost("1");
    set.Add("faults.crash_at", Kind::TIME, "1min", "when they do").AtLeast("0s");
    set.Add("faults.crash_for", Kind::TIME, "", "for how long").Above("0s").WhenAbsent("for good");
}

ParameterSet
MakeParameters()
{
    ParameterSet set;
    AddMovie(set);
    AddNetwork(set);
    AddClients(set);
    AddPool(set);
    AddPacketParameters(set);
    return set;
}

std::vector<MetricInfo>
MakeMetrics()
{
    std::vector<MetricInfo> metrics = {
        {"qoe.linear",
         "Mbit/s",
         "of a session, mean over clients: sum of the shards' bitrates, less 4.3 for each second "
         "of stalls, less the sum of changes of bitrate"},
        {"qoe.linear_per_s",
         "Mbit/s",
         "the same for each second of the movie, bitrates weighted by duration: for comparing "
         "shards of different durations"},
        {"qoe.mean_bitrate_kbps", "kbit/s", "nominal, mean over the shards played"},
        {"qoe.rebuffer_ratio", "ratio", "time of stalls after the startup, of the session"},
        {"qoe.stalls", "stalls", "mean over clients"},
        {"qoe.switch_kbps", "kbit/s", "mean absolute change of nominal bitrate a shard"},
        {"qoe.startup_ms", "ms", "from a client's begin to its first picture, mean over clients"},
        {"qoe.live_latency_ms",
         "ms",
         "live: age of a shard's first picture when it is shown, mean over shards"},
        {"qoe.interpolated_ratio", "ratio", "shards interpolated, of all"},
        {"qoe.skipped_ratio", "ratio", "shards skipped, of all"},
        {"qoe.silent_ratio", "ratio", "shards shown without their sound, of all; with movie.sound"},
        {"clients.done", "clients", "that have played all to the end"},
        {"fetch.requests", "requests", "sent to holders"},
        {"fetch.completed", "requests", "of these, that brought the whole shard"},
        {"fetch.abandoned", "requests", "given up for a lower rendition"},
        {"fetch.not_there", "requests", "answered by a holder that does not have the shard"},
        {"fetch.timed_out", "requests", "of which nothing came any more"},
        {"fetch.retries", "requests", "sent again to the same holder"},
        {"fetch.other_holder", "requests", "sent to another holder instead"},
        {"fetch.lower", "requests", "sent for a lower rendition instead"},
        {"fetch.exhausted", "shards", "interpolated because missing.attempts had come to nothing"},
        {"fetch.mean_ms", "ms", "from request to last bit, of those completed"},
        {"fetch.wasted_ratio", "ratio", "bits of shards given up, of all bits that came"},
        {"sim.time_s", "s", "simulated time at the end"},
        {"sim.events", "events", "events executed"},
        {"sim.wall_s", "s", "host time of the run"},
    };
    AddPacketMetrics(metrics);
    return metrics;
}

} // namespace

const ParameterSet&
ContentParameters()
{
    static const ParameterSet set = MakeParameters();
    return set;
}

const std::vector<MetricInfo>&
ContentMetrics()
{
    static const std::vector<MetricInfo> metrics = MakeMetrics();
    return metrics;
}

std::optional<int64_t>
ShardDurationNs(const Values& values)
{
    const std::string text = values.GetText("shards.duration");
    if (text == "from-movie")
    {
        return std::nullopt;
    }
    Parameter time;
    time.kind = Kind::TIME;
    time.AtLeast("10ms").AtMost("1h");
    try
    {
        return time.Parse(text).integer;
    }
    catch (const RequestError&)
    {
        throw values.Error("shards.duration",
                           "is no duration; allowed: from-movie, or a time from 10ms to 1h");
    }
}

std::vector<double>
MovieBitrates(const Values& values)
{
    const std::string text = values.GetText("movie.bitrates");
    Parameter rate;
    rate.kind = Kind::REAL;
    rate.AtLeast("1").AtMost("1000000");
    std::vector<double> bitrates;
    const auto refuse = [&]()
    {
        return values.Error("movie.bitrates",
                            "is no list of bitrates; allowed: 1 to " +
                                std::to_string(ns3::sharding::ContentMovie::MAX_RENDITIONS) +
                                " ascending numbers from 1 to 1000000, with commas between");
    };
    std::istringstream words(text + ",");
    std::string word;
    while (std::getline(words, word, ','))
    {
        try
        {
            bitrates.push_back(rate.Parse(word).real * 1000);
        }
        catch (const RequestError&)
        {
            throw refuse();
        }
    }
    const bool ascending =
        std::adjacent_find(bitrates.begin(), bitrates.end(), std::greater_equal<>()) ==
        bitrates.end();
    if (bitrates.empty() || bitrates.size() > ns3::sharding::ContentMovie::MAX_RENDITIONS ||
        !ascending)
    {
        throw refuse();
    }
    return bitrates;
}

int64_t
MissingTimeoutNs(const Values& values)
{
    if (values.Has("missing.timeout"))
    {
        return values.GetTimeNs("missing.timeout");
    }
    const bool faults = values.GetReal("faults.absent") > 0 || values.GetReal("faults.crash") > 0;
    return (faults ? 2 : 60) * int64_t{1'000'000'000};
}

void
CheckContent(const Values& values)
{
    const int64_t encoders = values.GetInt("pool.encoders");
    if (values.GetInt("replication.copies") > encoders)
    {
        throw values.Error("replication.copies",
                           "more than there are encoders; allowed: 1 to pool.encoders = " +
                               std::to_string(encoders));
    }
    for (const char* key : {"tunnel.paths", "tunnel.shards", "tunnel.repair"})
    {
        if (values.GetText("transport") != "tunnel" && values.IsSet(key))
        {
            throw values.Error(key, "has a meaning only with transport = tunnel");
        }
    }
    const ContentInputs inputs(values);
    CheckPackets(values, inputs);
    const int64_t shard = inputs.movie->Duration().GetNanoSeconds();
    if (values.GetTimeNs("client.buffer") < shard)
    {
        throw values.Error("client.buffer",
                           "less than a shard; allowed: its " + std::to_string(shard / 1000000) +
                               "ms or more");
    }
    if (values.GetText("abr.rule") == "fixed" &&
        values.GetInt("abr.rendition") >= static_cast<int64_t>(inputs.movie->Bitrates().size()))
    {
        throw values.Error("abr.rendition",
                           "the movie does not have it; allowed: 0 to " +
                               std::to_string(inputs.movie->Bitrates().size() - 1));
    }
}

} // namespace shardsim
