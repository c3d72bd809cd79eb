// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-parameters.h"

#include "tunnel-crypto.h"
#include "tunnel-nodes.h"

#include <algorithm>

namespace shardsim
{

namespace
{

using Kind = ParameterKind;

/// The decisions tier, its policies and the control plane.
void
AddControl(ParameterSet& set)
{
    set.Add("tier.enabled",
            Kind::BOOLEAN,
            "",
            "flows are decided on by a node of its own, over the network, and not where they are "
            "transformed")
        .WhenAbsent("true with threshold, adaptive and oracle, else false");
    set.Add("tier.delay", Kind::TIME, "1ms", "one-way propagation to that node").AtLeast("0s");
    set.Add("tier.rate", Kind::RATE, "1Gbps", "rate of the link to it").AtLeast("1kbps");
    set.Add("tier.timeout",
            Kind::TIME,
            "20ms",
            "wait for its answer; twice as long after each repetition")
        .Above("0s");
    set.Add("tier.retries", Kind::INTEGER, "2", "repetitions of a question")
        .AtLeast("0")
        .AtMost("16");
    set.Add("tier.buffer", Kind::INTEGER, "1000", "datagrams that wait for its answers")
        .AtLeast("0")
        .AtMost("10000000");
    set.Add("tier.lifetime", Kind::TIME, "10s", "for which an answer may be relied upon")
        .AtLeast("1ms");
    set.AddChoice("tier.fail",
                  {"open", "closed"},
                  "open",
                  "where it does not answer: open, datagrams are sent plain; closed, dropped");
    set.Add("tier.down_from", Kind::TIME, "", "from then on it does not answer")
        .AtLeast("0s")
        .WhenAbsent("never");
    set.Add("tier.down_until", Kind::TIME, "", "until then").Above("0s").WhenAbsent("the end");
    set.Add("control.interval", Kind::TIME, "100ms", "between probes and between reports")
        .AtLeast("1ms")
        .AtMost("1h");
    set.Add("control.memory", Kind::TIME, "60s", "for which losses are remembered if steady")
        .AtLeast("1ms");
    set.Add("control.hold", Kind::TIME, "500ms", "shortest time between two changes of directive")
        .AtLeast("0s");
    set.Add("control.patience",
            Kind::TIME,
            "2s",
            "after which a receiver that does not say that it delivers is not relied upon")
        .Above("0s");
    set.AddChoice("control.predictor",
                  {"last", "ewma", "holt"},
                  "holt",
                  "of congestion: the last value, a weighted mean, or level and trend");
    set.Add("control.full_loss", Kind::RATIO, "0.1", "loss that counts as full congestion")
        .Above("0")
        .AtMost("1");
    set.Add("control.full_queue", Kind::TIME, "50ms", "queueing that counts as full congestion")
        .Above("0s");
    set.Add("threshold.shard",
            Kind::RATIO,
            "0.1",
            "predicted congestion, 0 to 1, above which threshold shards")
        .AtLeast("0")
        .AtMost("1");
    set.Add("threshold.fec", Kind::RATIO, "0.3", "above which it adds repair shards")
        .AtLeast("0")
        .AtMost("1");
    set.Add("threshold.hysteresis", Kind::RATIO, "0.05", "by which it has to fall to undo that")
        .AtLeast("0")
        .AtMost("1");
    set.Add("load.loss", Kind::RATIO, "0", "loss that load assumes where no report says what it is")
        .AtLeast("0")
        .AtMost("1");
    set.Add("load.full_wait",
            Kind::TIME,
            "1ms",
            "wait for a cryptographic unit at which load makes the largest shards")
        .Above("0s");
    set.Add("load.min_size", Kind::BYTES, "300", "payload of the smallest shards of load")
        .AtLeast("260")
        .AtMost("65535");
    set.Add("adaptive.budget", Kind::REAL, "3", "most bytes on the wire for each of a datagram")
        .AtLeast("1")
        .AtMost("1000");
    set.Add("adaptive.bulk_budget",
            Kind::REAL,
            "1.2",
            "the same for datagrams of lower effort (traffic.dscp = 8)")
        .AtLeast("1")
        .AtMost("1000");
    set.Add("adaptive.tolerance",
            Kind::RATIO,
            "0.03",
            "how far above the least 99th percentile one may be for costing less")
        .AtLeast("0")
        .AtMost("1");
}

ParameterSet
MakeParameters()
{
    ParameterSet set;
    set.Add("topology.paths", Kind::INTEGER, "1", "parallel link-disjoint paths")
        .AtLeast("1")
        .AtMost("64");
    set.Add("topology.hops", Kind::INTEGER, "2", "links on each path").AtLeast("1").AtMost("32");
    set.Add("topology.rate", Kind::RATE, "100Mbps", "rate of each link of a path").AtLeast("1kbps");
    set.Add("topology.delay", Kind::TIME, "5ms", "one-way propagation of each link of a path")
        .AtLeast("0s")
        .AtMost("1h");
    set.Add("topology.mtu", Kind::BYTES, "1500", "largest IP packet of a path's links")
        .AtLeast("68")
        .AtMost("65535");
    set.Add("topology.queue", Kind::QUEUE, "100p", "drop-tail queue before each link of a path");
    set.Add("topology.spread",
            Kind::REAL,
            "0",
            "path i (from 0) has its delays multiplied by 1 + spread * i")
        .AtLeast("0")
        .AtMost("1000");
    set.Add("topology.file",
            Kind::FILE_PATH,
            "",
            "GraphML file to find the link-disjoint paths in; topology.hops has no meaning then")
        .WhenAbsent("parallel chains");
    set.Add("topology.from",
            Kind::TEXT,
            "",
            "node of topology.file, by id or label, that transforms")
        .WhenAbsent("none");
    set.Add("topology.to",
            Kind::TEXT,
            "",
            "node of topology.file, by id or label, that reassembles")
        .WhenAbsent("none");
    set.Add("topology.trace",
            Kind::FILE_PATH,
            "",
            "capacity of each path's last link: one line per 1500-byte delivery opportunity, in "
            "ms, repeated")
        .WhenAbsent("topology.rate");

    set.AddChoice("loss.model", {"none", "iid", "gilbert-elliott"}, "none", "how packets are lost");
    set.Add("loss.rate", Kind::RATIO, "0", "mean loss of a packet over a whole path")
        .AtLeast("0")
        .Below("1");
    set.Add("loss.burst", Kind::REAL, "1", "mean burst of lost packets, gilbert-elliott only")
        .AtLeast("1")
        .AtMost("1000000")
        .Unit("packets");
    set.Add("loss.both", Kind::BOOLEAN, "false", "lose packets of the other direction too");
    set.AddChoice("jitter.model",
                  {"none", "exponential", "uniform"},
                  "none",
                  "extra one-way delay of each packet over a path, independent, may reorder");
    set.Add("jitter.mean", Kind::TIME, "0ms", "mean of it; uniform: from 0 to twice the mean")
        .AtLeast("0s")
        .AtMost("1h");
    set.Add("congestion.load",
            Kind::RATIO,
            "0",
            "cross traffic on each path's last link, as a share of its rate")
        .AtLeast("0")
        .AtMost("10");
    set.AddChoice("congestion.arrivals",
                  {"poisson", "cbr", "onoff"},
                  "poisson",
                  "how cross traffic, packets of the MTU, arrives; onoff: exponential on and off "
                  "periods of 100 ms");

    set.Add("step.from", Kind::TIME, "", "from then on the weather is another")
        .AtLeast("0s")
        .WhenAbsent("never");
    set.Add("step.until", Kind::TIME, "", "until then").Above("0s").WhenAbsent("the end");
    set.Add("step.loss", Kind::RATIO, "", "loss.rate meanwhile")
        .AtLeast("0")
        .Below("1")
        .WhenAbsent("loss.rate");
    set.Add("step.congestion", Kind::RATIO, "", "congestion.load meanwhile")
        .Above("0")
        .AtMost("10")
        .WhenAbsent("congestion.load");

    set.AddChoice("traffic.kind",
                  {"cbr", "poisson", "tcp", "trace"},
                  "cbr",
                  "datagrams at constant or exponential intervals, a TCP transfer, or a file");
    set.Add("traffic.size",
            Kind::BYTES,
            "9000",
            "UDP payload of a datagram; with tcp the segment size")
        .AtLeast("8")
        .AtMost("65000");
    set.Add("traffic.rate",
            Kind::RATE,
            "10Mbps",
            "payload offered by all flows together; tcp sends as fast as it may")
        .AtLeast("1bps");
    set.Add("traffic.datagrams",
            Kind::INTEGER,
            "10000",
            "datagrams in all; with tcp, segments' worth of bytes")
        .AtLeast("1")
        .AtMost("1000000000");
    set.Add("traffic.flows", Kind::INTEGER, "1", "flows that the datagrams go round")
        .AtLeast("1")
        .AtMost("10000000");
    set.Add("traffic.dscp", Kind::INTEGER, "0", "priority mark of the datagrams")
        .AtLeast("0")
        .AtMost("63");
    set.Add("traffic.bulk_flows",
            Kind::INTEGER,
            "0",
            "flows of these, the last ones, that are of lower effort (DSCP CS1), the others having "
            "traffic.dscp")
        .AtLeast("0")
        .AtMost("10000000");
    set.Add("traffic.deadline", Kind::TIME, "100ms", "for deadline.miss_ratio").Above("0s");
    set.Add("traffic.file",
            Kind::FILE_PATH,
            "",
            "for traffic.kind = trace: a line for each datagram, seconds since the start and "
            "bytes of payload")
        .WhenAbsent("none");

    set.AddChoice("sharding.policy",
                  {"none", "static", "replicate", "load", "threshold", "adaptive", "oracle"},
                  "static",
                  "none: plain IP, fragmented where over the MTU; static: shards as given below; "
                  "replicate: whole copies; load: for each packet, by loss, latency, bandwidth and "
                  "load of cryptographic units; threshold: by predicted congestion; adaptive: by a "
                  "model of the way, learnt from reports; oracle: the same model, told the truth");
    set.Add("sharding.shards", Kind::INTEGER, "", "data shards k of a datagram")
        .AtLeast("1")
        .AtMost("255")
        .WhenAbsent("from sharding.size");
    set.Add("sharding.size", Kind::BYTES, "", "most payload bytes of a shard")
        .AtLeast("1")
        .AtMost("65535")
        .WhenAbsent("what the MTU leaves");
    set.AddChoice("sharding.sizing",
                  {"equal", "header-first"},
                  "equal",
                  "sizes of the shards; header-first: IP and UDP header whole in the first");
    set.Add("sharding.protect",
            Kind::INTEGER,
            "1",
            "further copies of the first shard that are sent with header-first")
        .AtLeast("0")
        .AtMost("15");
    set.Add("sharding.copies", Kind::INTEGER, "2", "copies of each datagram, for replicate")
        .AtLeast("1")
        .AtMost("255");
    set.Add("rewrite.port",
            Kind::INTEGER,
            "",
            "UDP port of the receiver that datagrams are sent to instead of port 9")
        .AtLeast("1")
        .AtMost("65535")
        .WhenAbsent("none");
    set.Add("rewrite.replica_port",
            Kind::INTEGER,
            "",
            "UDP port of the receiver that a copy of each datagram is sent to")
        .AtLeast("1")
        .AtMost("65535")
        .WhenAbsent("none");
    set.AddChoice("placement",
                  {"single", "round-robin", "weighted", "least-delay"},
                  "round-robin",
                  "path of each shard");
    set.AddChoice("sharding.placement",
                  {"node", "single", "round-robin", "weighted", "least-delay"},
                  "node",
                  "path of each shard, where the directive says so; node: as placement says");
    set.Add("sharding.path",
            Kind::INTEGER,
            "0",
            "the path, from 0, with sharding.placement = single")
        .AtLeast("0")
        .AtMost("65535");
    set.AddChoice("fec.code",
                  {"none", "xor", "rs", "sliding-window"},
                  "none",
                  "erasure code of a block; sliding-window: of the last fec.window blocks of the "
                  "flow");
    set.Add("fec.repair", Kind::INTEGER, "0", "repair shards of a block")
        .AtLeast("0")
        .AtMost("254");
    set.Add("fec.window",
            Kind::INTEGER,
            "8",
            "blocks that a repair shard covers, its own and those before, with sliding-window")
        .AtLeast("1")
        .AtMost("16");
    set.Add("fec.interleave",
            Kind::INTEGER,
            "1",
            "blocks of a flow whose shards are sent interleaved")
        .AtLeast("1")
        .AtMost("64");
    set.Add("fec.interleave_timeout",
            Kind::TIME,
            "20ms",
            "longest wait of a block for the others that it is interleaved with")
        .AtLeast("0s");
    set.Add("pacing.rate",
            Kind::RATE,
            "0",
            "rate at which shards leave the transformation node for each path; 0: at once");
    set.Add("pacing.queue",
            Kind::INTEGER,
            "1000",
            "shards that wait there for each path, with pacing")
        .AtLeast("1")
        .AtMost("10000000");

    AddNodeParameters(set);
    AddCryptoParameters(set);
    set.Add("arq.enabled", Kind::BOOLEAN, "", "the receiver asks for what is missing")
        .WhenAbsent("true with adaptive and oracle, else false");
    set.Add("arq.rounds", Kind::INTEGER, "3", "most requests for what a block lacks")
        .AtLeast("1")
        .AtMost("16");
    set.Add("arq.memory", Kind::BYTES, "4MiB", "payload that the sender remembers to send again")
        .AtLeast("1KiB")
        .AtMost("1024GB");
    AddControl(set);
    set.Add("reassembly.timeout",
            Kind::TIME,
            "500ms",
            "time from a datagram's first shard until it is given up")
        .Above("0s")
        .AtMost("1h");
    set.Add("reassembly.memory",
            Kind::BYTES,
            "4MiB",
            "memory of the reassembly node; as much again for the window of sliding-window")
        .AtLeast("4KiB")
        .AtMost("1024GB");
    set.Add("reassembly.flow_memory", Kind::BYTES, "", "of it, for one flow")
        .AtLeast("4KiB")
        .AtMost("1024GB")
        .WhenAbsent("a quarter of reassembly.memory");
    set.AddChoice("reassembly.order",
                  {"any", "in-order"},
                  "any",
                  "order of release within a flow; one flow never blocks another");
    set.AddChoice("reassembly.release",
                  {"complete", "partial", "predictive"},
                  "complete",
                  "when a datagram is handed on: complete, once all of it is there or can be "
                  "decoded; partial, its front as it comes; predictive, asked for, released with "
                  "holes or given up when the rest is lost, most likely");
    set.Add("reassembly.accept_partial",
            Kind::BOOLEAN,
            "",
            "the receiver takes datagrams with holes; they are counted, and are not delivered")
        .WhenAbsent("true with partial, else false");
    set.Add("reassembly.confidence",
            Kind::RATIO,
            "0.99",
            "with which a datagram is given up or released with holes; predictive only")
        .AtLeast("0.5")
        .AtMost("0.999999");
    set.Add("reassembly.request_waste",
            Kind::RATIO,
            "0.02",
            "share of the shards that come which may be asked for before, needlessly; predictive "
            "only")
        .AtLeast("0.000001")
        .AtMost("0.5");
    set.Add("reassembly.blocks",
            Kind::INTEGER,
            "0",
            "datagrams that may be begun and not done, those that wait for their turn included; "
            "0: reassembly.memory is the only bound")
        .AtLeast("0")
        .AtMost("1000000000");
    set.AddChoice("predictor",
                  {"none", "ewma", "histogram", "quantile", "rls", "kalman", "lstm"},
                  "",
                  "of when missing shards come, or whether; learns and is scored with any "
                  "reassembly.release")
        .WhenAbsent("ewma with reassembly.release = predictive, else none");
    set.Add("reassembly.lies",
            Kind::BOOLEAN,
            "false",
            "the receiver announces that it reassembles, and drops all shards");
    set.Add("reassembly.cold_time",
            Kind::TIME,
            "0s",
            "time to allocate the buffer of a datagram when its first shard comes; 0 and no "
            "reassembly.prealloc: buffers are not modelled")
        .AtLeast("0s")
        .AtMost("1h");
    set.AddChoice("reassembly.prealloc",
                  {"none", "fixed", "predictive"},
                  "none",
                  "buffers allocated before datagrams come; fixed: a shared pool; predictive: for "
                  "each flow, as its pattern of arrival says");
    set.Add("reassembly.prealloc_buffers",
            Kind::INTEGER,
            "16",
            "buffers of the pool, which share reassembly.prealloc_memory equally; fixed only")
        .AtLeast("1")
        .AtMost("1000000");
    set.Add("reassembly.prealloc_memory",
            Kind::BYTES,
            "1MiB",
            "memory for buffers that no datagram uses yet")
        .AtLeast("1")
        .AtMost("1024GB");
    set.Add("reassembly.prealloc_margin",
            Kind::REAL,
            "4",
            "mean deviations of a flow's gaps by which a buffer is ready before its datagram is "
            "expected, and waits after; predictive only")
        .AtLeast("0")
        .AtMost("1000");
    set.AddChoice("payload",
                  {"virtual", "real"},
                  "virtual",
                  "sizes only, or real bytes, coded, decoded and compared with what was sent");
    set.AddChoice("transport",
                  {"stack", "path"},
                  "stack",
                  "how shards travel: UDP over the ns-3 stack, or the path model, which computes "
                  "the same times some dozens of times sooner");
    set.Add("duration", Kind::TIME, "", "simulated time at which the run is cut off")
        .Above("0s")
        .WhenAbsent("until all datagrams are settled");
    return set;
}

std::vector<MetricInfo>
MakeMetrics()
{
    std::vector<MetricInfo> metrics = {
        {"datagrams.sent", "datagrams", "handed to the network by the sender"},
        {"datagrams.delivered", "datagrams", "received whole by the receiver"},
        {"datagrams.corrupt",
         "datagrams",
         "received with bytes that were not sent, counted as lost (payload = real, plain IP)"},
        {"datagrams.replicas", "datagrams", "copies that arrived at rewrite.replica_port"},
        {"datagrams.duplicate",
         "datagrams",
         "received once more: a copy was held back for longer than reassembly remembers"},
        {"datagrams.partial",
         "datagrams",
         "not delivered, of which a part left reassembly for a receiver that takes parts"},
        {"datagrams.loss_ratio", "ratio", "sent and not delivered, of those sent"},
    };
    for (const char* which : {"mean", "p50", "p90", "p95", "p99", "p999", "max"})
    {
        metrics.push_back({std::string("latency.") + which + "_ms",
                           "ms",
                           "application send to release, of delivered datagrams"});
    }
    for (const char* which : {"p50", "p90", "p99", "p999"})
    {
        metrics.push_back({std::string("latency_sent.") + which + "_ms",
                           "ms",
                           "the same over all that were sent, one not delivered counting as "
                           "infinite; no value where the quantile falls there"});
    }
    for (const char* which : {"bulk", "rest"})
    {
        const std::string of = which == std::string("bulk") ? "of traffic.bulk_flows" : "of others";
        metrics.push_back({std::string("datagrams.") + which + "_loss_ratio",
                           "ratio",
                           "datagrams.loss_ratio " + of + "; no value without such flows"});
        metrics.push_back({std::string("latency_sent.") + which + "_p99_ms",
                           "ms",
                           "latency_sent.p99_ms " + of + "; no value without such flows"});
    }
    const std::vector<MetricInfo> rest = {
        {"deadline.miss_ratio", "ratio", "sent and not delivered within traffic.deadline"},
        {"goodput_mbps", "Mbit/s", "payload delivered, from first send to last delivery"},
        {"wire.overhead_ratio",
         "ratio",
         "bytes of IP packets that enter the paths, of payload "
         "bytes delivered"},
        {"wire.packets", "packets", "IP packets that enter the paths"},
        {"wire.queue_drops", "packets", "of these, dropped by a full queue of a path"},
        {"wire.link_losses", "packets", "of these, lost by loss.model"},
        {"shards.sent", "shards", "handed to the paths"},
        {"shards.received", "shards", "well-formed shards that came"},
        {"shards.lost", "shards", "sent and never received"},
        {"shards.duplicate", "shards", "received again, exact copies"},
        {"shards.corrupt", "shards", "received with a wrong checksum"},
        {"shards.rejected", "shards", "received and refused: malformed, contradicting or no room"},
        {"shards.late", "shards", "received after their datagram was done"},
        {"fec.recovered", "shards", "data shards restored by the erasure code"},
        {"fec.peak_bytes", "bytes", "most memory ever held by sliding-window, beside reassembly"},
        {"arq.requests", "packets", "requests that the receiver sent"},
        {"arq.retransmissions", "shards", "sent again because they were asked for"},
        {"control.reports", "packets", "reports that the control plane took"},
        {"control.directives", "packets", "directives told, asked for or not"},
        {"control.pushed", "packets", "of these, those that nobody had asked for"},
        {"control.changes", "changes", "times that a flow got another directive than before"},
        {"control.oscillations", "changes", "of these, back to the one before the last"},
        {"control.last_change_s", "s", "when the last of these was"},
        {"control.settling_s",
         "s",
         "from step.from until the first flow's n / k stays within a tenth of what it is when the "
         "step ends; 0 where it was never elsewhere"},
        {"control.silences", "times", "that the receiver was found not to reassemble"},
        {"tier.asked", "questions", "to the decisions tier, repetitions not counted"},
        {"tier.failed", "questions", "of these, given up"},
        {"datagrams.undecided", "datagrams", "dropped for want of a decision"},
        {"reassembly.timeouts", "datagrams", "given up at the timeout"},
        {"reassembly.timeouts_wrong",
         "datagrams",
         "of these, those that would have been complete later"},
        {"reassembly.early", "datagrams", "given up or released with holes before the timeout"},
        {"reassembly.early_wrong",
         "datagrams",
         "of these, those that would have been complete later"},
        {"reassembly.partial_bytes",
         "bytes",
         "of datagrams.partial, that left reassembly; headers included"},
        {"reassembly.partial_lead_ms",
         "ms",
         "mean time by which the bytes of complete datagrams that had left reassembly before did "
         "so, compared with the whole"},
        {"predictor.mae_ms",
         "ms",
         "mean distance of a shard's arrival from the median forecast when its datagram began"},
        {"predictor.coverage90_ratio",
         "ratio",
         "shards that came until the 90 % quantile forecast then, of those that came"},
        {"reassembly.evictions", "datagrams", "given up for want of memory or blocks"},
        {"reassembly.peak_bytes", "bytes", "most memory ever held"},
        {"reassembly.open_mean",
         "datagrams",
         "datagrams begun and not done, mean over time from "
         "first send to end"},
        {"reassembly.wait_mean_ms", "ms", "mean time from first shard to end of a datagram"},
        {"reassembly.prealloc_hit_ratio",
         "ratio",
         "datagrams that found a buffer allocated before, of those begun"},
        {"reassembly.prealloc_waste_byte_s",
         "byte s",
         "bytes allocated ahead and not in use, integrated from the first datagram's first shard "
         "to the last one's"},
        {"reassembly.prealloc_gained_ms",
         "ms",
         "mean time by which datagrams were released sooner than with a cold allocation"},
        {"tcp.completion_ms", "ms", "from start to the last byte received, with tcp"},
        {"sim.time_s", "s", "simulated time at the end"},
        {"sim.events", "events", "events executed"},
        {"sim.wall_s", "s", "host time of the run"},
    };
    metrics.insert(metrics.end(), rest.begin(), rest.end());
    for (const auto& more : {NodeMetrics(), CryptoMetrics()})
    {
        metrics.insert(metrics.end(), more.begin(), more.end());
    }
    return metrics;
}

} // namespace

std::string
PredictorOf(const Values& values)
{
    if (values.Has("predictor"))
    {
        return values.GetText("predictor");
    }
    return values.GetText("reassembly.release") == "predictive" ? "ewma" : "none";
}

bool
AcceptsPartial(const Values& values)
{
    return values.Has("reassembly.accept_partial")
               ? values.GetBool("reassembly.accept_partial")
               : values.GetText("reassembly.release") == "partial";
}

int64_t
FlowMemory(const Values& values)
{
    return values.Has("reassembly.flow_memory") ? values.GetBytes("reassembly.flow_memory")
                                                : values.GetBytes("reassembly.memory") / 4;
}

bool
ModelsBuffers(const Values& values)
{
    return values.GetText("reassembly.prealloc") != "none" ||
           values.GetTimeNs("reassembly.cold_time") > 0;
}

int64_t
PoolBufferSize(const Values& values)
{
    // No datagram is larger than an IP packet.
    return std::min<int64_t>(65535,
                             values.GetBytes("reassembly.prealloc_memory") /
                                 values.GetInt("reassembly.prealloc_buffers"));
}

const ParameterSet&
TunnelParameters()
{
    static const ParameterSet set = MakeParameters();
    return set;
}

const std::vector<MetricInfo>&
TunnelMetrics()
{
    static const std::vector<MetricInfo> metrics = MakeMetrics();
    return metrics;
}

} // namespace shardsim
