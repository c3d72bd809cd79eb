// SPDX-License-Identifier: GPL-2.0-only
//
// How the scenario's parameters become the mechanisms' attributes.
#include "tunnel-ends.h"
#include "tunnel-parameters.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <map>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

ShardTunnelHelper
MakeTunnelHelper(const Values& values)
{
    const std::map<std::string, std::string> placements = {
        {"single", "ns3::sharding::SinglePlacement"},
        {"round-robin", "ns3::sharding::RoundRobinPlacement"},
        {"weighted", "ns3::sharding::WeightedPlacement"},
        {"least-delay", "ns3::sharding::LeastDelayPlacement"}};
    ShardTunnelHelper helper;
    const std::string policy = values.GetText("sharding.policy");
    if (policy == "none")
    {
        helper.SetPolicy("ns3::sharding::ForwardPolicy");
    }
    else if (policy == "replicate")
    {
        helper.SetPolicy("ns3::sharding::ReplicatePolicy",
                         "Copies",
                         UintegerValue(values.GetInt("sharding.copies")));
    }
    else
    {
        const auto optional = [&values](const char* key, bool bytes) -> uint64_t {
            return !values.Has(key) ? 0 : bytes ? values.GetBytes(key) : values.GetInt(key);
        };
        helper.SetPolicy("ns3::sharding::StaticPolicy",
                         "Shards",
                         UintegerValue(optional("sharding.shards", false)),
                         "ShardSize",
                         UintegerValue(optional("sharding.size", true)),
                         "HeaderFirst",
                         BooleanValue(values.GetText("sharding.sizing") == "header-first"),
                         "Protect",
                         UintegerValue(values.GetInt("sharding.protect")),
                         "Code",
                         StringValue(values.GetText("fec.code")),
                         "Repair",
                         UintegerValue(values.GetInt("fec.repair")),
                         "Interleave",
                         UintegerValue(values.GetInt("fec.interleave")));
    }
    helper.SetPlacement(placements.at(values.GetText("placement")));
    helper.SetRealPayload(values.GetText("payload") == "real");
    helper.SetTransformerAttribute(
        "InterleaveTimeout",
        TimeValue(NanoSeconds(values.GetTimeNs("fec.interleave_timeout"))));
    helper.SetBufferAttribute("PacingRate",
                              DataRateValue(DataRate(values.GetRateBps("pacing.rate"))));
    helper.SetBufferAttribute("MaxPackets", UintegerValue(values.GetInt("pacing.queue")));
    helper.SetReassemblyAttribute("Timeout",
                                  TimeValue(NanoSeconds(values.GetTimeNs("reassembly.timeout"))));
    helper.SetReassemblyAttribute("NodeMemory",
                                  UintegerValue(values.GetBytes("reassembly.memory")));
    helper.SetReassemblyAttribute("FlowMemory", UintegerValue(FlowMemory(values)));
    helper.SetReassemblyAttribute(
        "Order",
        StringValue(values.GetText("reassembly.order") == "any" ? "Any" : "InOrder"));
    helper.SetArq(values.GetBool("arq.enabled"));
    helper.SetReassemblyAttribute("RequestRounds", UintegerValue(values.GetInt("arq.rounds")));
    helper.SetHistoryAttribute("MaxBytes", UintegerValue(values.GetBytes("arq.memory")));
    helper.SetPreallocation(ModelsBuffers(values));
    helper.SetPreallocatorAttribute(
        "ColdTime",
        TimeValue(NanoSeconds(values.GetTimeNs("reassembly.cold_time"))));
    const std::string prealloc = values.GetText("reassembly.prealloc");
    if (prealloc == "fixed")
    {
        helper.SetPreallocatorAttribute(
            "PoolBuffers",
            UintegerValue(values.GetInt("reassembly.prealloc_buffers")));
        helper.SetPreallocatorAttribute("PoolBufferSize", UintegerValue(PoolBufferSize(values)));
    }
    else if (prealloc == "predictive")
    {
        helper.SetPreallocatorAttribute(
            "Memory",
            UintegerValue(values.GetBytes("reassembly.prealloc_memory")));
        helper.SetPreallocationPolicy("ns3::sharding::PredictivePreallocation",
                                      "Margin",
                                      DoubleValue(values.GetReal("reassembly.prealloc_margin")));
    }
    return helper;
}

} // namespace shardsim
