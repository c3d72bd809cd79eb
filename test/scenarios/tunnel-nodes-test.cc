// SPDX-License-Identifier: GPL-2.0-only
//
// Several transformation nodes, of which one fails: sender - what spreads flows - nodes - paths
// - reassembly node - receiver, over both transports.
//  1. one node and several deliver the same datagrams, at the same times where nothing is lost
//  2. 40 flows over 4 nodes, one fails in the middle of the run: its flows move and go on, only
//  they
//     are disturbed, and nothing is delivered twice
//  3. after recovery exactly the flows that had moved go back
//  4. a failure that is over before it is noticed moves nothing
//  5. what a node holds when it fails is lost and counted: while it waits for a decision, to be
//     interleaved, to be paced; with and without requests
//  6. with a tier all flows that move are decided on anew, and every node hears reports of its own
//  7. real payload has the same timeline
//  8. a TCP transfer outlives its node
//  9. values that contradict each other are refused in one line
#include "scenarios/tunnel-run.h"
#include "scenarios/tunnel-scenario.h"
#include "scenarios/tunnel-schedule.h"

#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>

using namespace shardsim;
using namespace ns3::sharding;

namespace
{

using Set = std::vector<std::pair<std::string, std::string>>;

/// What came of a run.
struct Outcome
{
    std::map<std::string, std::optional<double>> metrics;
    uint64_t duplicates{0};         ///< datagrams that arrived once more
    uint64_t corrupt{0};            ///< datagrams with other bytes
    uint64_t digest{0};             ///< of when each was sent and delivered
    std::vector<int64_t> latencies; ///< sorted, ns

    double operator[](const std::string& name) const
    {
        return metrics.at(name).value_or(-1);
    }
};

Outcome
Simulate(const Set& set)
{
    const TunnelScenario scenario;
    Values values(scenario.Parameters());
    for (const auto& [key, text] : set)
    {
        values.Set(key, text, "test");
    }
    scenario.Check(values);
    ns3::RngSeedManager::SetSeed(1);
    ns3::RngSeedManager::SetRun(1);

    struct Guard
    {
        ~Guard()
        {
            ns3::Simulator::Destroy();
        }
    } guard;

    Outcome outcome;
    TunnelRun run(values, RunContext());
    const RunResult result = run.Execute(); // fails where anything is not conserved
    outcome.metrics = {result.metrics.begin(), result.metrics.end()};
    outcome.duplicates = run.Ledger().duplicates;
    outcome.corrupt = run.Ledger().corrupt;
    outcome.digest = run.Ledger().digest;
    outcome.latencies = run.Ledger().latencies.Sorted();
    return outcome;
}

Set
With(Set base, const Set& more)
{
    base.insert(base.end(), more.begin(), more.end());
    return base;
}

const Set FOUR = {{"nodes.count", "4"}, {"traffic.flows", "40"}, {"traffic.datagrams", "800"}};
/// Of 5.76 s of traffic.
const Set FAILS = {{"nodes.fails_at", "2s"}, {"nodes.fails", "1"}};
const Set ARQ = {{"arq.enabled", "true"}, {"loss.model", "iid"}, {"loss.rate", "0.05"}};

/// @return of the flows of a run, the node of each, by source port; as hosts number them
std::map<uint16_t, uint32_t>
NodesOfFlows(uint32_t flows, uint32_t nodes)
{
    ShardHashRing ring;
    for (uint32_t node = 0; node < nodes; ++node)
    {
        ring.Add(node);
    }
    std::map<uint16_t, uint32_t> found;
    for (uint32_t flow = 0; flow < flows; ++flow)
    {
        FlowKey key;
        key.source = 0x0a000001;
        key.destination = 0x0a000006;
        key.sourcePort = static_cast<uint16_t>(10000 + flow);
        key.destinationPort = TunnelSchedule::PORT;
        key.protocol = 17;
        found[key.sourcePort] = ring.Find(key).value();
    }
    return found;
}

/// @return how many of a run's flows belong to a node
uint32_t
FlowsOf(uint32_t node)
{
    const auto all = NodesOfFlows(40, 4);
    return static_cast<uint32_t>(std::count_if(all.begin(),
                                               all.end(),
                                               [node](const auto& flow)
                                               { return flow.second == node; }));
}

class TunnelNodesOver : public testing::TestWithParam<const char*>
{
  protected:
    static Outcome Run(const Set& set)
    {
        return Simulate(With(set, {{"transport", GetParam()}}));
    }
};

TEST_P(TunnelNodesOver, SeveralNodesDeliverWhatOneDoes)
{
    const Set one = {{"traffic.flows", "40"}, {"traffic.datagrams", "400"}};
    const Outcome alone = Run(one);
    const Outcome four = Run(With(one, {{"nodes.count", "4"}}));
    EXPECT_EQ(alone.digest, four.digest);
    EXPECT_EQ(four["datagrams.delivered"], 400);
    EXPECT_EQ(four["nodes.moved_flows"], 0);
    EXPECT_EQ(alone["nodes.moved_flows"], 0);
}

TEST_P(TunnelNodesOver, FlowsOfTheFailedNodeMoveAndOnlyTheyAreDisturbed)
{
    const Outcome calm = Run(FOUR);
    const Outcome failed = Run(With(FOUR, FAILS));
    const uint32_t own = FlowsOf(1);
    ASSERT_GT(own, 3u);
    ASSERT_LT(own, 20u);
    EXPECT_EQ(failed["nodes.moved_flows"], own);
    // One datagram in 7.2 ms: 50 ms hold 7, and of 40 flows in turn one is that node's or not.
    EXPECT_GT(failed["nodes.lost"], 0);
    EXPECT_LE(failed["nodes.lost"], 7);
    EXPECT_EQ(failed["datagrams.delivered"] + failed["nodes.lost"], calm["datagrams.delivered"]);
    EXPECT_EQ(failed.duplicates, 0u);
    // All others are delivered when they would have been: what is missing is missing, no more.
    std::vector<int64_t> rest;
    std::set_difference(calm.latencies.begin(),
                        calm.latencies.end(),
                        failed.latencies.begin(),
                        failed.latencies.end(),
                        std::back_inserter(rest));
    EXPECT_EQ(static_cast<double>(rest.size()), failed["nodes.lost"]);
}

TEST_P(TunnelNodesOver, AfterRecoveryExactlyTheFlowsThatHadMovedGoBack)
{
    const Outcome back = Run(With(With(FOUR, FAILS), {{"nodes.recovers_at", "4s"}}));
    EXPECT_EQ(back["nodes.moved_flows"], 2.0 * FlowsOf(1));
    EXPECT_EQ(back.duplicates, 0u);
    EXPECT_EQ(back["datagrams.delivered"] + back["nodes.lost"], 800);
    EXPECT_LE(back["nodes.lost"], 7); // none are lost by going back
}

TEST_P(TunnelNodesOver, AFailureThatNobodyNoticesMovesNothing)
{
    const Outcome unseen = Run(With(
        With(FOUR, FAILS),
        {{"nodes.recovers_at", "2100ms"}, {"nodes.detection", "200ms"}, {"traffic.flows", "8"}}));
    EXPECT_EQ(unseen["nodes.moved_flows"], 0);
    EXPECT_GT(unseen["nodes.lost"], 0);
    // The node has forgotten its flows, but their new ids are not those of old blocks.
    EXPECT_EQ(unseen["datagrams.delivered"] + unseen["nodes.lost"], 800);
    EXPECT_EQ(unseen.duplicates, 0u);
}

TEST_P(TunnelNodesOver, WhatWaitsForADecisionIsLost)
{
    // New flows ask all the time: their decisions do not live long, and the tier is far.
    const Outcome lost = Run(With(With(FOUR, FAILS),
                                  {{"tier.enabled", "true"},
                                   {"tier.delay", "100ms"},
                                   {"tier.timeout", "1s"},
                                   {"nodes.fails_at", "100ms"},
                                   {"nodes.detection", "0s"}}));
    EXPECT_GT(lost["nodes.lost"], 0);
    EXPECT_EQ(lost["datagrams.delivered"] + lost["nodes.lost"], 800);
    EXPECT_EQ(lost.duplicates, 0u);
}

TEST_P(TunnelNodesOver, WhatWaitsToBeInterleavedIsLost)
{
    const Outcome lost = Run(With(
        With(FOUR, FAILS),
        {{"fec.interleave", "4"}, {"fec.interleave_timeout", "1s"}, {"nodes.detection", "0s"}}));
    EXPECT_GT(lost["nodes.lost_shards"], 0);
    EXPECT_EQ(lost["nodes.lost"], 0);
    EXPECT_EQ(lost["datagrams.delivered"], 800 - lost["nodes.lost_shards"] / 7); // 7 shards each
    EXPECT_EQ(lost.duplicates, 0u);
}

TEST_P(TunnelNodesOver, WhatWaitsToBePacedIsLost)
{
    const Outcome lost =
        Run(With(With(FOUR, FAILS), {{"pacing.rate", "2Mbps"}, {"nodes.detection", "0s"}}));
    EXPECT_GT(lost["nodes.lost_shards"], 0);
    EXPECT_LT(lost["datagrams.delivered"], 800);
    EXPECT_EQ(lost.duplicates, 0u);
}

TEST_P(TunnelNodesOver, RequestsToAFailedNodeStayUnanswered)
{
    const Outcome calm = Run(With(FOUR, ARQ));
    const Outcome failed = Run(With(With(FOUR, ARQ), FAILS));
    EXPECT_EQ(calm["datagrams.delivered"], 800);
    EXPECT_GE(failed["datagrams.delivered"] + failed["nodes.lost"], 790);
    EXPECT_LT(failed["datagrams.delivered"], 800);
    EXPECT_GT(failed["arq.retransmissions"], 100);
    EXPECT_EQ(failed.duplicates, 0u);
}

TEST_P(TunnelNodesOver, WithATierFlowsThatMoveAreDecidedOnAnew)
{
    const Set tier = With(With(FOUR, FAILS), {{"tier.enabled", "true"}});
    const Outcome decided = Run(tier);
    EXPECT_EQ(decided["nodes.moved_flows"], FlowsOf(1));
    EXPECT_EQ(decided["tier.asked"], 40 + FlowsOf(1));
    EXPECT_EQ(decided["datagrams.delivered"] + decided["nodes.lost"], 800);
    EXPECT_EQ(decided.duplicates, 0u);
    // Some 58 reports in 5.76 s from each of four nodes, one of which is not there for 3.76 s.
    EXPECT_GT(decided["control.reports"], 150);
}

TEST_P(TunnelNodesOver, ANodeFailsAndRecoversUnderTheAdaptivePolicy)
{
    const Outcome adaptive = Run(With(With(FOUR, FAILS),
                                      {{"sharding.policy", "adaptive"},
                                       {"loss.model", "gilbert-elliott"},
                                       {"loss.rate", "0.03"},
                                       {"loss.burst", "3"},
                                       {"topology.paths", "3"},
                                       {"nodes.recovers_at", "3s"}}));
    EXPECT_EQ(adaptive["nodes.moved_flows"], 2.0 * FlowsOf(1));
    EXPECT_GT(adaptive["datagrams.delivered"], 760);
    EXPECT_EQ(adaptive.duplicates, 0u);
}

TEST_P(TunnelNodesOver, RealPayloadHasTheSameTimeline)
{
    const Set set = With(With(FOUR, FAILS),
                         {{"traffic.datagrams", "400"},
                          {"nodes.recovers_at", "2500ms"},
                          {"fec.code", "sliding-window"},
                          {"fec.repair", "2"},
                          {"loss.model", "iid"},
                          {"loss.rate", "0.1"},
                          {"topology.paths", "2"}});
    const Outcome sizes = Run(set);
    const Outcome bytes = Run(With(set, {{"payload", "real"}}));
    EXPECT_EQ(sizes.digest, bytes.digest);
    EXPECT_EQ(bytes.corrupt, 0u);
    EXPECT_GT(bytes["datagrams.delivered"], 350);
}

TEST_P(TunnelNodesOver, PlainIpIsSpreadAsWell)
{
    const Outcome plain = Run(With(With(FOUR, FAILS), {{"sharding.policy", "none"}}));
    EXPECT_EQ(plain["nodes.moved_flows"], FlowsOf(1));
    EXPECT_EQ(plain["datagrams.delivered"] + plain["nodes.lost"], 800);
    EXPECT_EQ(plain.duplicates, 0u);
}

INSTANTIATE_TEST_SUITE_P(Transports, TunnelNodesOver, testing::Values("stack", "path"));

TEST(TunnelNodes, ATcpTransferOutlivesItsNode)
{
    const Outcome tcp = Simulate({{"traffic.kind", "tcp"},
                                  {"traffic.datagrams", "4000"},
                                  {"traffic.flows", "4"},
                                  {"nodes.count", "2"},
                                  {"nodes.fails_at", "1s"}});
    EXPECT_GT(tcp["nodes.moved_flows"], 0);
    EXPECT_GT(tcp["nodes.lost"], 0);
    EXPECT_GT(tcp["tcp.completion_ms"], 1000);
}

TEST(TunnelNodes, ContradictionsAreRefusedInOneLine)
{
    const std::vector<std::pair<Set, std::string>> refused = {
        {{{"nodes.count", "0"}}, "nodes.count"},
        {{{"nodes.count", "65"}}, "from 1 to 64"},
        {{{"nodes.count", "2.5"}}, "nodes.count"},
        {{{"nodes.fails_at", "1s"}}, "nodes.count = 2 or more"},
        {{{"nodes.count", "4"}, {"nodes.fails", "1"}}, "nodes.fails_at"},
        {{{"nodes.count", "4"}, {"nodes.recovers_at", "1s"}}, "nodes.fails_at"},
        {{{"nodes.count", "4"}, {"nodes.detection", "1s"}}, "nodes.fails_at"},
        {{{"nodes.count", "4"}, {"nodes.fails_at", "1s"}, {"nodes.fails", "4"}}, "0 to 3"},
        {{{"nodes.count", "4"}, {"nodes.fails_at", "1s"}, {"nodes.recovers_at", "1s"}},
         "later than nodes.fails_at"},
        {{{"nodes.count", "4"}, {"nodes.fails_at", "1"}}, "lacks a unit"},
        {{{"nodes.count", "4"}, {"nodes.fails_at", "-1s"}}, "nodes.fails_at"}};
    for (const auto& [set, answer] : refused)
    {
        SCOPED_TRACE(answer);
        try
        {
            Simulate(set);
            ADD_FAILURE() << "taken";
        }
        catch (const RequestError& error)
        {
            const std::string what = error.what();
            EXPECT_NE(what.find(answer), std::string::npos) << what;
            EXPECT_EQ(what.find('\n'), std::string::npos) << what;
        }
    }
}

} // namespace
