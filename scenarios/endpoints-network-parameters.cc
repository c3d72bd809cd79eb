// SPDX-License-Identifier: GPL-2.0-only
#include "endpoints-network-parameters.h"

#include <string>

namespace shardsim
{

namespace
{

using Kind = ParameterKind;

void
AddPlaces(ParameterSet& set)
{
    set.Add("topology.regions", Kind::INTEGER, "4", "access networks that the clients are behind")
        .AtLeast("1")
        .AtMost("8");
    set.Add("topology.hosts", Kind::INTEGER, "8", "hosts that endpoints are on, in turn")
        .AtLeast("1")
        .AtMost("256");
    set.Add("topology.rate", Kind::RATE, "10Gbps", "of all links").AtLeast("1Mbps");
    set.Add("topology.delay", Kind::TIME, "10ms", "one way, from the first region to the core")
        .AtLeast("0s")
        .AtMost("1h");
    set.Add("topology.spread",
            Kind::REAL,
            "0.5",
            "region i (from 0) has its delay multiplied by 1 + spread * i")
        .AtLeast("0")
        .AtMost("1000");
    set.Add("topology.hub_delay", Kind::TIME, "5ms", "one way, from the core to the hub")
        .AtLeast("0s")
        .AtMost("1h");
    set.Add("topology.host_delay", Kind::TIME, "1ms", "one way, from the core to each host")
        .AtLeast("0s")
        .AtMost("1h");
    set.Add("topology.loss", Kind::RATIO, "0", "packets lost on a region's link, each way")
        .AtLeast("0")
        .Below("1");
    set.AddChoice("payload",
                  {"virtual", "real"},
                  "virtual",
                  "tokens: as long, with a tag, in the clear; or sealed. Times are the same");
}

void
AddEnds(ParameterSet& set)
{
    set.Add("clients.devices", Kind::INTEGER, "1", "kinds of device, which clients have in turn")
        .AtLeast("1")
        .AtMost("4");
    set.Add("clients.device_spread",
            Kind::RATIO,
            "0",
            "work goes evenly from 1 - spread to 1 + spread of its mean with the kind of device")
        .AtLeast("0")
        .Below("1");
    set.Add("clients.idle", Kind::TIME, "10s", "without requests, after which a channel is closed")
        .Above("0s");
    set.Add("clients.session", Kind::TIME, "30s", "after which the next request needs a new one")
        .Above("0s");
    set.Add("clients.timeout", Kind::TIME, "2s", "for an answer").AtLeast("1ms");
    set.Add("clients.retries", Kind::INTEGER, "2", "repetitions before another endpoint is tried")
        .AtLeast("0")
        .AtMost("20");
    set.AddChoice("hub.mode",
                  {"direct", "proxy"},
                  "direct",
                  "clients go to an endpoint with a token; or all goes through the hub");
    set.Add("hub.work", Kind::TIME, "10us", "CPU of the hub for each message").AtLeast("0s");
    set.Add("endpoint.cold_start", Kind::TIME, "1s", "from being created to being there")
        .AtLeast("0s");
    set.Add("endpoint.warm_up", Kind::TIME, "2s", "from being there to full speed").AtLeast("0s");
    set.Add("endpoint.cold_speed", Kind::RATIO, "0.5", "until then, of full speed")
        .AtLeast("0.001")
        .AtMost("1");
    set.Add("endpoint.open_work",
            Kind::TIME,
            "500us",
            "CPU for a channel to a client that it was "
            "not told of")
        .AtLeast("0s");
    set.Add("endpoint.memory", Kind::BYTES, "64MiB", "of a unit").AtLeast("1");
    set.Add("endpoint.session_memory", Kind::BYTES, "64KiB", "of each channel").AtMost("1GiB");
    set.Add("endpoint.bandwidth", Kind::RATE, "1Gbps", "of a unit's answers").AtLeast("1kbps");
    set.Add("endpoint.answer", Kind::BYTES, "1000", "size of an answer").AtMost("1300");
    set.Add("endpoint.quota", Kind::INTEGER, "0", "requests of an instance's life; 0: no end")
        .AtLeast("0")
        .AtMost("4000000000");
    set.Add("endpoint.hops",
            Kind::INTEGER,
            "0",
            "how often a request that finds its endpoint busy is handed on to another one of the "
            "group before it waits")
        .AtLeast("0")
        .AtMost("8");
    set.Add("endpoint.drain", Kind::TIME, "30s", "after which one that drains ends").AtLeast("0s");
    set.Add("endpoint.report",
            Kind::TIME,
            "500ms",
            "between reports to the hub; after three "
            "that fail to come an endpoint is given up")
        .AtLeast("10ms");
    set.Add("fanout.n", Kind::INTEGER, "1", "endpoints that are told of a client before it comes")
        .AtLeast("0")
        .AtMost("8");
    set.AddChoice("fanout.scheme",
                  {"round-robin", "weighted"},
                  "round-robin",
                  "which ones beside the one that is selected");
    set.Add("fanout.first_ready",
            Kind::BOOLEAN,
            "false",
            "the client is sent to the first that has reached it, not to the one selected");
    set.Add("fanout.early", Kind::BYTES, "512", "of the client's stream, to each of them")
        .AtMost("1300");
    set.Add("fanout.work", Kind::TIME, "50us", "CPU of each of them for that").AtLeast("0s");
}

void
AddControl(ParameterSet& set)
{
    set.Add("pool.groups", Kind::INTEGER, "1", "shard groups").AtLeast("1").AtMost("16");
    set.AddChoice("pool.group_by",
                  {"demand", "region"},
                  "demand",
                  "which group a client is of: one of clients that bring about as much, by their "
                  "profiles; or the one of its region, in turn");
    set.Add("pool.min", Kind::INTEGER, "1", "least endpoints of a group").AtLeast("0");
    set.Add("pool.max", Kind::INTEGER, "", "most endpoints of all groups")
        .AtLeast("1")
        .AtMost("10000")
        .WhenAbsent("pool.endpoints, and twice that where scale.policy is not static");
    set.Add("pool.life", Kind::TIME, "10s", "least life of an endpoint").AtLeast("0s");
    set.Add("pool.inactivity", Kind::TIME, "60s", "without channels, after which one is ended")
        .Above("0s");
    set.AddChoice("scale.policy",
                  {"static", "threshold", "forecast"},
                  "static",
                  "how many endpoints: pool.endpoints always; by utilisation, as Kubernetes does; "
                  "by predict.kind");
    set.AddChoice("scale.mode",
                  {"instances", "resource"},
                  "instances",
                  "more endpoints, or larger ones");
    set.Add("scale.target", Kind::RATIO, "0.6", "utilisation that is aimed at")
        .AtLeast("0.05")
        .AtMost("1");
    set.Add("scale.interval", Kind::TIME, "5s", "between decisions").AtLeast("100ms");
    set.Add("scale.stabilisation",
            Kind::TIME,
            "",
            "for which the largest wish counts when a group shrinks")
        .AtLeast("0s")
        .WhenAbsent("30s with threshold, 10s with forecast");
    set.AddChoice("predict.kind",
                  {"none", "last", "window", "holt-winters", "learned", "oracle"},
                  "learned",
                  "what the load of a group is predicted by, for scale.policy = forecast");
    set.Add("predict.period", Kind::TIME, "", "of the season")
        .AtLeast("1s")
        .WhenAbsent("clients.period where arrivals are diurnal, else none");
    set.Add("predict.quantile", Kind::RATIO, "0.5", "of outcomes that is to be below the forecast")
        .AtLeast("0.01")
        .AtMost("0.99");
    set.Add("predict.committed",
            Kind::BOOLEAN,
            "true",
            "forecasts are at least what the granted sessions will bring by their profiles");
    set.AddChoice("predict.profile",
                  {"none", "client", "learned"},
                  "learned",
                  "what a client's demand is predicted by");
    set.Add("token.lifetime", Kind::TIME, "10s", "from issue to expiry").AtLeast("1ms");
    set.Add("token.rotation", Kind::TIME, "1h", "after which the next key is used; 0s: never")
        .AtLeast("0s");
    set.Add("token.keep", Kind::INTEGER, "1", "keys before that one that are still good")
        .AtLeast("0")
        .AtMost("1000");
    set.Add("token.steal_every",
            Kind::INTEGER,
            "0",
            "of so many tokens one is stolen, and tried in five ways; 0: none")
        .AtLeast("0")
        .AtMost("1000000000");
}

} // namespace

void
AddEndpointsNetwork(ParameterSet& set)
{
    AddPlaces(set);
    AddEnds(set);
    AddControl(set);
}

void
AddEndpointsNetworkMetrics(std::vector<MetricInfo>& metrics)
{
    const std::vector<MetricInfo> more = {
        {"connect.count", "channels", "opened, those of the warm-up included"},
        {"connect.p50_ms", "ms", "from first contact to the open channel, after the warm-up"},
        {"connect.p99_ms", "ms", "the same"},
        {"requests.repeated", "requests", "sent again for want of an answer"},
        {"requests.handed", "requests", "handed on from endpoint to endpoint, each time"},
        {"connect.broken", "channels", "that ended without being closed by either end"},
        {"connect.moved", "channels", "that an ending endpoint handed over"},
        {"cold_start_ratio", "ratio", "requests served by an endpoint that was not warm"},
        {"provision.unit_s",
         "s",
         "units times time, from the end of the warm-up to the last request"},
        {"provision.over_ratio", "ratio", "the same by the work that came, less 1"},
        {"churn.created", "endpoints", "lives begun"},
        {"churn.ended", "endpoints", "lives ended, crashes not included"},
        {"churn.over_quota", "endpoints", "of these, because their quota was used up"},
        {"hub.busy_ratio", "ratio", "CPU of the hub in use"},
        {"hub.messages", "messages", "reports, requests and answers that it handled"},
        {"fanout.bytes", "B", "of messages about clients to come, early data included"},
        {"fanout.waste_bytes", "B", "of these, for clients that did not come"},
        {"fanout.cpu_s", "s", "CPU of endpoints for clients to come"},
        {"fanout.used_ratio", "ratio", "clients told of that came"},
        {"token.issued", "tokens", "by the hub"},
        {"token.accepted", "tokens", "by endpoints"},
        {"token.expired", "tokens", "refused: their time was over"},
        {"token.replayed", "tokens", "refused: shown before, or meant for another endpoint"},
        {"token.forged", "tokens", "refused: not sealed by the hub, or without the secret"},
        {"token.stale", "tokens", "refused: under a key that is out of use"},
        {"token.wrong_client", "tokens", "refused: shown by another client"},
        {"token.wrong_group", "tokens", "refused: for another group"},
        {"token.malformed", "tokens", "refused: none"},
        {"token.stolen", "tokens", "shown by thieves"},
        {"token.thefts", "tokens", "of these, that opened a channel"},
        {"predict.error_units", "units", "mean absolute error of forecasts one lead ahead"},
        {"predict.profile_error_ratio",
         "ratio",
         "mean absolute error of clients' demands, by their mean"},
    };
    metrics.insert(metrics.end(), more.begin(), more.end());
}

void
CheckEndpointsNetwork(const Values& values)
{
    const bool isIdeal = values.GetBool("network.ideal");
    ParameterSet own;
    AddEndpointsNetwork(own);
    if (isIdeal)
    {
        for (const Parameter& parameter : own.All())
        {
            if (values.IsSet(parameter.key))
            {
                throw values.Error(parameter.key, "needs network.ideal = false");
            }
        }
        return;
    }
    for (const char* key :
         {"select.choosers", "pool.spread", "pool.drain", "pool.drain_at", "faults.detect"})
    {
        if (values.IsSet(key))
        {
            throw values.Error(key, "needs network.ideal = true");
        }
    }
    const auto needs = [&values](const char* key, const char* of, const std::string& word)
    {
        if (values.IsSet(key) && values.GetText(of) != word)
        {
            throw values.Error(key, "needs " + std::string(of) + " = " + word);
        }
    };
    for (const char* key : {"predict.kind", "predict.quantile", "predict.committed"})
    {
        needs(key, "scale.policy", "forecast");
    }
    if (values.GetText("scale.policy") == "static")
    {
        for (const char* key : {"scale.target", "scale.stabilisation", "scale.mode"})
        {
            if (values.IsSet(key))
            {
                throw values.Error(key, "needs scale.policy = threshold or forecast");
            }
        }
    }
    if (values.GetInt("clients.count") < values.GetInt("topology.regions"))
    {
        throw values.Error("topology.regions", "allowed: at most clients.count");
    }
    if (values.GetInt("pool.endpoints") < values.GetInt("pool.groups"))
    {
        throw values.Error("pool.groups", "allowed: at most pool.endpoints");
    }
    if (values.IsSet("pool.group_by") && values.GetInt("pool.groups") < 2)
    {
        throw values.Error("pool.group_by", "needs pool.groups of at least 2");
    }
    if (values.GetInt("pool.min") * values.GetInt("pool.groups") > values.GetInt("pool.endpoints"))
    {
        throw values.Error("pool.min", "allowed: with pool.groups not above pool.endpoints");
    }
    if (values.Has("pool.max") && values.GetInt("pool.max") < values.GetInt("pool.endpoints"))
    {
        throw values.Error("pool.max", "allowed: at least pool.endpoints, with which it begins");
    }
    if (values.GetText("predict.kind") == "oracle" && values.GetInt("pool.groups") > 1)
    {
        throw values.Error("predict.kind",
                           "it is not known beforehand who will be in which group; allowed: "
                           "oracle with pool.groups = 1");
    }
}

} // namespace shardsim
