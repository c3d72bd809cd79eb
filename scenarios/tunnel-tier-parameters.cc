// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-tier-parameters.h"

namespace shardsim
{

namespace
{

using Kind = ParameterKind;

} // namespace

void
AddTierParameters(ParameterSet& set)
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

} // namespace shardsim
