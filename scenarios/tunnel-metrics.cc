// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-metrics.h"

#include "tunnel-crypto.h"
#include "tunnel-nodes.h"

namespace shardsim
{

namespace
{

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
        {"shards.marked", "shards", "received with congestion experienced (ECN)"},
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
        {"predictor.coverage_ratio", "ratio", "the same of the quantile at reassembly.score_level"},
        {"predictor.pinball_ms",
         "ms",
         "mean pinball loss of that quantile: distances above it times the level, below it times 1 "
         "- the level; the least is the truest"},
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

const std::vector<MetricInfo>&
TunnelMetrics()
{
    static const std::vector<MetricInfo> metrics = MakeMetrics();
    return metrics;
}

} // namespace shardsim
