// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-parameters.h"

#include "tunnel-crypto.h"
#include "tunnel-nodes.h"
#include "tunnel-tier-parameters.h"

#include <algorithm>

namespace shardsim
{

namespace
{

using Kind = ParameterKind;

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
    set.Add("topology.mark",
            Kind::INTEGER,
            "0",
            "packets waiting there from which on it marks shards and probes with congestion "
            "experienced (ECN), which are ECN-capable then; 0: never")
        .AtLeast("0")
        .AtMost("10000000");
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
    AddTierParameters(set);
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
    set.Add("reassembly.score_level",
            Kind::RATIO,
            "0.9",
            "level of the quantile that predictor.coverage_ratio and predictor.pinball_ms are of")
        .AtLeast("0.001")
        .AtMost("0.999");
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

} // namespace shardsim
