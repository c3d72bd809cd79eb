// SPDX-License-Identifier: GPL-2.0-only
//
// What a decision costs the host, with 10,000 flows in one tier: one that was decided before
// (cached), one of a flow that is new (uncached), and the look at a transformation node that holds
// the decision itself.

#include "ns3/double.h"
#include "ns3/object-factory.h"
#include "ns3/shard-adaptive-policy.h"
#include "ns3/shard-decision-tier.h"
#include "ns3/shard-sender-flows.h"
#include "ns3/shard-threshold-policy.h"

#include <benchmark/benchmark.h>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

constexpr uint32_t FLOWS = 10000;

ShardAsk
AskOf(uint32_t flow)
{
    ShardAsk ask;
    ask.flow.source = 0x0a000001 + flow / 50000;
    ask.flow.destination = 0x0b000001;
    ask.flow.sourcePort = static_cast<uint16_t>(10000 + flow % 50000);
    ask.flow.destinationPort = 9;
    ask.flow.protocol = 17;
    ask.size = 9028;
    ask.maxPayload = 1452;
    ask.mtu = 1500;
    ask.paths = 2;
    ask.rate = 100000;
    ask.delay = 10000;
    ask.isArq = true;
    return ask;
}

/// A tier that has heard of the way, and knows the flows.
Ptr<ShardDecisionTier>
MakeTier(const char* policy)
{
    ObjectFactory factory;
    factory.SetTypeId(policy);
    Ptr<ShardDecisionTier> tier = CreateObject<ShardDecisionTier>();
    tier->SetPolicy(factory.Create<ShardingPolicy>());
    ShardDestination& way = tier->Destination(0);
    way.isAnnounced = true;
    way.can.reassembles = true;
    way.reports = 10;
    way.loss = 0.02;
    way.burst = 2;
    way.delay = MilliSeconds(10);
    way.trip = MilliSeconds(20);
    way.congestion = 0.4;
    way.blockRate = 1000;
    way.flowRate = 10;
    for (uint32_t flow = 0; flow < FLOWS; ++flow)
    {
        tier->Decide(Time(0), AskOf(flow));
    }
    return tier;
}

const char* const POLICIES[] = {"ns3::sharding::StaticPolicy",
                                "ns3::sharding::ThresholdPolicy",
                                "ns3::sharding::AdaptivePolicy"};

void
Cached(benchmark::State& state)
{
    Ptr<ShardDecisionTier> tier = MakeTier(POLICIES[state.range(0)]);
    std::vector<ShardAsk> asks;
    for (uint32_t i = 0; i < FLOWS; ++i)
    {
        asks.push_back(AskOf(i * 7919 % FLOWS)); // all of them, in no order
    }
    uint32_t next = 0;
    for (auto _ : state)
    {
        benchmark::DoNotOptimize(tier->Decide(MilliSeconds(1), asks[next]));
        next = next + 1 < FLOWS ? next + 1 : 0;
    }
    state.SetLabel(POLICIES[state.range(0)]);
}

void
Uncached(benchmark::State& state)
{
    Ptr<ShardDecisionTier> tier = MakeTier(POLICIES[state.range(0)]);
    tier->SetAttribute("FlowIdle", TimeValue(MilliSeconds(10)));
    // A new flow every microsecond, and those of the last 10 ms known: some 10,000.
    uint32_t flow = FLOWS;
    for (auto _ : state)
    {
        benchmark::DoNotOptimize(tier->Decide(MicroSeconds(flow), AskOf(flow)));
        ++flow;
    }
    state.SetLabel(POLICIES[state.range(0)]);
    state.counters["flows"] = tier->GetFlows();
}

void
AtTheNode(benchmark::State& state)
{
    ShardSenderFlows flows;
    bool isNew = false;
    for (uint32_t flow = 0; flow < FLOWS; ++flow)
    {
        flows.Find(Time(0), AskOf(flow).flow, isNew);
    }
    std::vector<FlowKey> keys;
    for (uint32_t i = 0; i < FLOWS; ++i)
    {
        keys.push_back(AskOf(i * 7919 % FLOWS).flow);
    }
    uint32_t next = 0;
    for (auto _ : state)
    {
        benchmark::DoNotOptimize(flows[flows.Find(Time(0), keys[next], isNew)].directive.repair);
        next = next + 1 < FLOWS ? next + 1 : 0;
    }
}

/// What a change of mind costs: a report that says something new, seen by one flow.
void
NewPlan(benchmark::State& state)
{
    Ptr<ShardDecisionTier> tier = MakeTier(POLICIES[2]);
    ShardDestination& way = tier->Destination(0);
    for (auto _ : state)
    {
        ++way.reports;
        way.loss = way.loss < 0.05 ? 0.06 : 0.02;
        benchmark::DoNotOptimize(tier->Review(MilliSeconds(1), 0));
    }
}

BENCHMARK(Cached)->DenseRange(0, 2);
BENCHMARK(Uncached)->DenseRange(0, 2);
BENCHMARK(AtTheNode);
BENCHMARK(NewPlan)->Unit(benchmark::kMicrosecond);

} // namespace
