// SPDX-License-Identifier: GPL-2.0-only
//
// Which parameters of the tunnel contradict each other.
#include "tunnel-crypto.h"
#include "tunnel-nodes.h"
#include "tunnel-parameters.h"
#include "tunnel-tier.h"

#include "ns3/shard-header.h"
#include "ns3/shard-loss-process.h"
#include "ns3/shard-window.h"

#include <algorithm>

namespace shardsim
{

namespace
{

/// IPv4 without options, UDP and shard header in front of a shard's payload.
constexpr int64_t SHARD_OVERHEAD = 20 + 8 + ns3::sharding::ShardHeader::SIZE;

/// Contradictions between the shape of a block and what the wire can carry.
void
CheckBlock(const Values& values)
{
    const std::string policy = values.GetText("sharding.policy");
    const int64_t mtu = values.GetBytes("topology.mtu");
    if (policy != "static")
    {
        return;
    }
    if (values.Has("sharding.shards") && values.Has("sharding.size"))
    {
        throw values.Error("sharding.size", "contradicts sharding.shards; allowed: one of the two");
    }
    const int64_t path = values.GetInt("sharding.path");
    if (path != 0 && values.GetText("sharding.placement") != "single")
    {
        throw values.Error("sharding.path", "needs sharding.placement = single; allowed: 0");
    }
    if (path >= values.GetInt("topology.paths"))
    {
        throw values.Error("sharding.path",
                           "there is no such path; allowed: 0 to " +
                               std::to_string(values.GetInt("topology.paths") - 1));
    }
    const std::string code = values.GetText("fec.code");
    const int64_t repair = values.GetInt("fec.repair");
    if (code == "none" && repair > 0)
    {
        throw values.Error("fec.repair",
                           "needs a code; allowed: 0, or fec.code = xor, rs or sliding-window");
    }
    const bool isWindow = code == "sliding-window" && repair > 0;
    if (isWindow && values.GetInt("fec.interleave") > 1)
    {
        throw values.Error("fec.interleave",
                           "has no meaning with a window of blocks; allowed: 1 with "
                           "sliding-window");
    }
    if (isWindow && values.GetText("sharding.sizing") != "equal")
    {
        throw values.Error("sharding.sizing",
                           "a window of blocks is cut equally; allowed: equal with "
                           "sliding-window");
    }
    // The largest datagram decides: IP and UDP header come on top of its payload.
    const int64_t datagram = values.GetBytes("traffic.size") + 28;
    // A repair shard of the sliding window describes the blocks that it covers.
    const int64_t prefix = isWindow ? ns3::sharding::ShardWindowPrefix::SizeOf(
                                          static_cast<uint32_t>(values.GetInt("fec.window")))
                                    : 0;
    const int64_t largest =
        values.Has("sharding.size")
            ? values.GetBytes("sharding.size")
            : std::max<int64_t>(mtu - SHARD_OVERHEAD - CryptoOverhead(values) - prefix, 1);
    const int64_t k = values.Has("sharding.shards") ? values.GetInt("sharding.shards")
                                                    : (datagram + largest - 1) / largest;
    const char* key = values.Has("sharding.shards") ? "sharding.shards"
                      : values.Has("sharding.size") ? "sharding.size"
                                                    : "topology.mtu";
    if (k + repair > ns3::sharding::MAX_BLOCK_SHARDS)
    {
        throw values.Error(key,
                           "makes " + std::to_string(k) + " data and " + std::to_string(repair) +
                               " repair shards of a datagram; allowed: 255 together");
    }
    if (k > datagram)
    {
        throw values.Error(key,
                           "more shards than the " + std::to_string(datagram) +
                               " bytes of a datagram");
    }
    if (code == "xor" && repair > k)
    {
        throw values.Error("fec.repair",
                           "more parities than the " + std::to_string(k) +
                               " data shards; allowed: 0 to " + std::to_string(k) + " with xor");
    }
    // A flow that has not delivered yet may have half of the node's memory (ShardReassembler), and
    // a datagram needs its bytes and what is kept with them.
    const int64_t need = datagram + 1024;
    if (values.GetBytes("reassembly.memory") < 2 * need)
    {
        throw values.Error("reassembly.memory",
                           "has no room for a first datagram; allowed: " +
                               std::to_string(2 * need) + " bytes or more");
    }
    if (FlowMemory(values) < need)
    {
        throw values.Error(
            values.Has("reassembly.flow_memory") ? "reassembly.flow_memory" : "reassembly.memory",
            "has no room for a datagram of a flow; allowed: " + std::to_string(need) +
                " bytes or more for each flow");
    }
}

/// The weather that changes during a run.
void
CheckStep(const Values& values)
{
    for (const char* key : {"step.until", "step.loss", "step.congestion"})
    {
        if (values.Has(key) && !values.Has("step.from"))
        {
            throw values.Error(key, "has a meaning only with step.from");
        }
    }
    if (values.Has("step.until") && values.GetTimeNs("step.until") <= values.GetTimeNs("step.from"))
    {
        throw values.Error("step.until", "allowed: later than step.from");
    }
    if (values.Has("step.loss") && values.GetText("loss.model") == "none")
    {
        throw values.Error("step.loss",
                           "needs a loss.model; allowed: loss.model = iid or gilbert-elliott");
    }
    if (values.Has("step.congestion") && values.GetReal("congestion.load") == 0)
    {
        throw values.Error("step.congestion", "needs a congestion.load above 0 to step from");
    }
}

/// Contradictions in how buffers are allocated.
void
CheckBuffers(const Values& values)
{
    const std::string prealloc = values.GetText("reassembly.prealloc");
    if (ModelsBuffers(values) && values.GetText("sharding.policy") == "none")
    {
        throw values.Error(prealloc != "none" ? "reassembly.prealloc" : "reassembly.cold_time",
                           "has no meaning with sharding.policy = none");
    }
    if (prealloc == "none" && values.IsSet("reassembly.prealloc_memory"))
    {
        throw values.Error("reassembly.prealloc_memory",
                           "needs reassembly.prealloc = fixed or predictive");
    }
    if (prealloc != "fixed" && values.IsSet("reassembly.prealloc_buffers"))
    {
        throw values.Error("reassembly.prealloc_buffers", "needs reassembly.prealloc = fixed");
    }
    if (prealloc != "predictive" && values.IsSet("reassembly.prealloc_margin"))
    {
        throw values.Error("reassembly.prealloc_margin", "needs reassembly.prealloc = predictive");
    }
    // The largest datagram decides; one buffer for it is the least that has a meaning.
    const int64_t datagram = values.GetBytes("traffic.size") + 28;
    const bool isFixed = prealloc == "fixed";
    if ((isFixed && PoolBufferSize(values) < datagram) ||
        (prealloc == "predictive" && values.GetBytes("reassembly.prealloc_memory") < datagram))
    {
        const int64_t buffers = isFixed ? values.GetInt("reassembly.prealloc_buffers") : 1;
        throw values.Error("reassembly.prealloc_memory",
                           "has no room for " + std::to_string(buffers) + " datagram" +
                               (buffers > 1 ? "s" : "") + " of " + std::to_string(datagram) +
                               " bytes; allowed: " + std::to_string(buffers * datagram) +
                               " bytes or more");
    }
}

/// Contradictions in when datagrams are released.
void
CheckRelease(const Values& values)
{
    const std::string release = values.GetText("reassembly.release");
    const std::string predictor = PredictorOf(values);
    if (values.GetText("sharding.policy") == "none" &&
        (release != "complete" || predictor != "none"))
    {
        throw values.Error(release != "complete" ? "reassembly.release" : "predictor",
                           "has no meaning with sharding.policy = none");
    }
    if (release == "predictive" && predictor == "none")
    {
        throw values.Error("predictor",
                           "reassembly.release = predictive needs one; allowed: ewma, histogram, "
                           "quantile, rls, kalman or lstm");
    }
    if (values.IsSet("reassembly.score_level") && predictor == "none")
    {
        throw values.Error("reassembly.score_level", "needs a predictor");
    }
    if (release == "partial" && !AcceptsPartial(values))
    {
        throw values.Error("reassembly.accept_partial",
                           "reassembly.release = partial needs a receiver that takes parts; "
                           "allowed: true");
    }
    if (release == "complete" && AcceptsPartial(values))
    {
        throw values.Error("reassembly.accept_partial",
                           "has no meaning with reassembly.release = complete; allowed: false");
    }
    for (const char* key : {"reassembly.confidence", "reassembly.request_waste"})
    {
        if (values.IsSet(key) && release != "predictive")
        {
            throw values.Error(key, "needs reassembly.release = predictive");
        }
    }
    if (values.IsSet("reassembly.request_waste") && !HasArq(values))
    {
        throw values.Error("reassembly.request_waste", "needs arq.enabled = true");
    }
}

} // namespace

void
CheckTunnel(const Values& values)
{
    CheckRelease(values);
    CheckBlock(values);
    CheckBuffers(values);
    CheckNodes(values);
    CheckCrypto(values);
    const bool hasFile = values.Has("topology.file");
    for (const char* end : {"topology.from", "topology.to"})
    {
        if (hasFile != values.Has(end))
        {
            throw values.Error(hasFile ? "topology.file" : end,
                               hasFile ? std::string("needs ") + end +
                                             "; allowed: a node id or label of the file"
                                       : "has a meaning only with topology.file");
        }
    }
    if (hasFile && values.IsSet("topology.hops"))
    {
        throw values.Error("topology.hops", "has no meaning with topology.file");
    }
    const std::string loss = values.GetText("loss.model");
    if (loss == "none" && values.GetReal("loss.rate") > 0)
    {
        throw values.Error("loss.rate",
                           "needs a loss.model; allowed: 0, or loss.model = iid or "
                           "gilbert-elliott");
    }
    if (loss != "gilbert-elliott" && values.GetReal("loss.burst") != 1)
    {
        throw values.Error("loss.burst", "needs loss.model = gilbert-elliott; allowed: 1");
    }
    for (const char* rate : {"loss.rate", "step.loss"})
    {
        std::string why;
        if (loss == "gilbert-elliott" && values.Has(rate) &&
            !ns3::sharding::GilbertElliott::FromMeans(values.GetReal(rate),
                                                      values.GetReal("loss.burst"),
                                                      &why))
        {
            throw values.Error("loss.burst", why);
        }
    }
    CheckStep(values);
    if (values.GetText("jitter.model") == "none" && values.GetTimeNs("jitter.mean") > 0)
    {
        throw values.Error("jitter.mean",
                           "needs a jitter.model; allowed: 0, or jitter.model = exponential or "
                           "uniform");
    }
    if (values.GetText("congestion.arrivals") == "onoff" && values.GetReal("congestion.load") > 5)
    {
        throw values.Error("congestion.load", "too high for onoff; allowed: 0 to 5");
    }
    const bool isStack = values.GetText("transport") == "stack";
    for (const char* key : {"rewrite.port", "rewrite.replica_port"})
    {
        if (values.Has(key) && values.GetText("traffic.kind") == "tcp")
        {
            throw values.Error(key, "a transfer has two ends; allowed: other kinds of traffic");
        }
    }
    if (values.Has("rewrite.replica_port") &&
        values.GetInt("rewrite.replica_port") ==
            (values.Has("rewrite.port") ? values.GetInt("rewrite.port") : 9))
    {
        throw values.Error("rewrite.replica_port",
                           "is where the datagrams go; allowed: another port");
    }
    if (!isStack && values.GetText("traffic.kind") == "tcp")
    {
        throw values.Error("traffic.kind",
                           "has no open-loop form that the path model could compute; allowed: cbr, "
                           "poisson, trace, or transport = stack");
    }
    if (!HasTier(values) && LearnsFromReports(values))
    {
        throw values.Error("tier.enabled",
                           "sharding.policy = " + values.GetText("sharding.policy") +
                               " decides in the tier; allowed: true");
    }
    if (values.GetReal("threshold.fec") < values.GetReal("threshold.shard"))
    {
        throw values.Error("threshold.fec",
                           "is below threshold.shard; allowed: not less than that");
    }
    if (values.Has("tier.down_until") &&
        (!values.Has("tier.down_from") ||
         values.GetTimeNs("tier.down_until") <= values.GetTimeNs("tier.down_from")))
    {
        throw values.Error("tier.down_until", "allowed: later than tier.down_from");
    }
    if (values.Has("arq.enabled") && HasArq(values) && values.GetText("sharding.policy") == "none")
    {
        throw values.Error("arq.enabled", "has no meaning with sharding.policy = none");
    }
    // The flows of the stack differ in the source port.
    if (isStack && values.GetInt("traffic.flows") > 50000)
    {
        throw values.Error("traffic.flows",
                           "too many for a host's ports; allowed: 1 to 50000, or transport = path");
    }
    if (values.GetInt("traffic.bulk_flows") > values.GetInt("traffic.flows"))
    {
        throw values.Error("traffic.bulk_flows", "allowed: at most traffic.flows");
    }
    if (values.GetInt("traffic.bulk_flows") > 0 && values.GetText("traffic.kind") == "tcp")
    {
        throw values.Error("traffic.bulk_flows", "is not modelled with tcp; allowed: 0");
    }
    // Each transfer takes a port of the sending host from a range of 16384.
    if (values.GetText("traffic.kind") == "tcp" && values.GetInt("traffic.flows") > 10000)
    {
        throw values.Error("traffic.flows", "too many transfers; allowed: 1 to 10000 with tcp");
    }
    const bool isTrace = values.GetText("traffic.kind") == "trace";
    if (isTrace != values.Has("traffic.file"))
    {
        throw values.Error(isTrace ? "traffic.kind" : "traffic.file",
                           isTrace ? "needs traffic.file" : "needs traffic.kind = trace");
    }
}

} // namespace shardsim
