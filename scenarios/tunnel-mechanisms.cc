// SPDX-License-Identifier: GPL-2.0-only
//
// How the scenario's parameters become the mechanisms' attributes.
#include "tunnel-crypto.h"
#include "tunnel-ends.h"
#include "tunnel-parameters.h"
#include "tunnel-tier.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <map>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// When blocks are released, and what predicts it.
void
SetRelease(const Values& values, ShardTunnelHelper& helper)
{
    helper.SetReassemblyAttribute("MaxBlocks", UintegerValue(values.GetInt("reassembly.blocks")));
    helper.SetReassemblyAttribute("AcceptPartial", BooleanValue(AcceptsPartial(values)));
    helper.SetReassemblyAttribute("ScoreLevel",
                                  DoubleValue(values.GetReal("reassembly.score_level")));
    const std::string release = values.GetText("reassembly.release");
    if (release == "partial")
    {
        helper.SetReleasePolicy("ns3::sharding::PartialRelease");
    }
    else if (release == "predictive")
    {
        helper.SetReleasePolicy("ns3::sharding::PredictiveRelease",
                                "Confidence",
                                DoubleValue(values.GetReal("reassembly.confidence")),
                                "RequestWaste",
                                DoubleValue(values.GetReal("reassembly.request_waste")));
    }
    const std::map<std::string, std::string> predictors = {
        {"ewma", "ns3::sharding::EwmaArrivalPredictor"},
        {"histogram", "ns3::sharding::HistogramArrivalPredictor"},
        {"quantile", "ns3::sharding::QuantileArrivalPredictor"},
        {"rls", "ns3::sharding::RlsArrivalPredictor"},
        {"kalman", "ns3::sharding::KalmanArrivalPredictor"},
        {"lstm", "ns3::sharding::LstmArrivalPredictor"}};
    const auto predictor = predictors.find(PredictorOf(values));
    if (predictor != predictors.end())
    {
        helper.SetArrivalPredictor(predictor->second);
    }
}

} // namespace

ShardTunnelHelper
MakeTunnelHelper(const Values& values)
{
    const std::map<std::string, std::string> placements = {
        {"single", "ns3::sharding::SinglePlacement"},
        {"round-robin", "ns3::sharding::RoundRobinPlacement"},
        {"weighted", "ns3::sharding::WeightedPlacement"},
        {"least-delay", "ns3::sharding::LeastDelayPlacement"}};
    ShardTunnelHelper helper;
    if (!HasTier(values))
    {
        SetTunnelPolicy(values, helper);
    }
    else
    {
        helper.SetReports(NanoSeconds(values.GetTimeNs("control.interval")));
        helper.SetTransformerAttribute("MaxWaiting", UintegerValue(values.GetInt("tier.buffer")));
        helper.SetTransformerAttribute("FailOpen",
                                       BooleanValue(values.GetText("tier.fail") == "open"));
    }
    helper.SetPlacement(placements.at(values.GetText("placement")));
    helper.SetRealPayload(values.GetText("payload") == "real");
    helper.SetEcn(values.GetInt("topology.mark") != 0);
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
    helper.SetRecoveryAttribute("MaxBytes", UintegerValue(values.GetBytes("reassembly.memory")));
    helper.SetReassemblyAttribute("FlowMemory", UintegerValue(FlowMemory(values)));
    helper.SetReassemblyAttribute(
        "Order",
        StringValue(values.GetText("reassembly.order") == "any" ? "Any" : "InOrder"));
    SetRelease(values, helper);
    helper.SetArq(HasArq(values));
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
    SetTunnelCrypto(values, helper);
    return helper;
}

} // namespace shardsim
