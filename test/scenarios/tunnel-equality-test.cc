// SPDX-License-Identifier: GPL-2.0-only
/*
 * The path model against the full stack, same parameters, seed and run:
 * 1. over random configurations without cross traffic (paths, hops, rates, delays down to none,
 *    queues in packets and bytes down to one packet, MTUs below a shard's size, loss, jitter,
 *    traffic, policies, codes, interleaving, pacing, requests, small memories, buffers that take
 *    time to allocate, orders, cuts in time): every latency in the order of delivery, and every
 *    metric but those of the simulation itself, equal to the bit;
 * 2. the same with cross traffic;
 * 3. the same under the sliding-window code, with and without cross traffic;
 * 4. the same with several transformation nodes, of which one may fail and recover, with and
 * without a decisions tier;
 * 5. the same with cryptographic units at both ends, of which one may slow down, stall or fail;
 * 6. the same with release policies, predictors and a bound on blocks;
 * 7. configurations that once differed: events of the same nanosecond, mostly;
 * 8. placements that directives name, which are those of the node by the same name;
 * 9. what has no open-loop form is refused, with the way out.
 */
#include "scenarios/tunnel-run.h"
#include "scenarios/tunnel-scenario.h"
#include "tunnel-draw.h"

#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>
#include <random>
#include <sstream>

using namespace shardsim;

namespace
{

/// What came of a run.
struct Outcome
{
    RunResult result;
    uint64_t delivered; ///< datagrams
    uint64_t digest;    ///< of when each was sent and delivered, in the order of delivery
};

/// @return the outcome over one transport; nothing where the configuration contradicts itself
std::optional<Outcome>
Simulate(const Set& set, const std::string& transport, uint64_t run)
{
    const TunnelScenario scenario;
    Values values(scenario.Parameters());
    for (const auto& [key, text] : set)
    {
        values.Set(key, text, "test");
    }
    values.Set("transport", transport, "test");
    try
    {
        scenario.Check(values);
    }
    catch (const RequestError&)
    {
        return std::nullopt;
    }
    ns3::RngSeedManager::SetSeed(1);
    ns3::RngSeedManager::SetRun(run);

    struct Guard
    {
        ~Guard()
        {
            ns3::Simulator::Destroy();
        }
    } guard;

    try
    {
        const RunContext context;
        TunnelRun simulation(values, context);
        RunResult result = simulation.Execute();
        return Outcome{std::move(result),
                       simulation.Ledger().delivered,
                       simulation.Ledger().digest};
    }
    catch (const RunCheckError& error)
    {
        ADD_FAILURE() << transport << ": " << error.what();
        return std::nullopt;
    }
}

/// @return differences, one a line; "" for none
std::string
Differences(const Outcome& stack, const Outcome& path)
{
    std::ostringstream out;
    for (std::size_t i = 0; i < stack.result.metrics.size(); ++i)
    {
        const auto& [name, value] = stack.result.metrics[i];
        // Reports go on when all datagrams are settled, until that is noticed.
        if (name.rfind("sim.", 0) != 0 && name != "control.reports" &&
            value != path.result.metrics[i].second)
        {
            out << name << ": stack " << value.value_or(-1) << ", path "
                << path.result.metrics[i].second.value_or(-1) << "\n";
        }
    }
    if (stack.digest != path.digest)
    {
        out << "the datagrams delivered, their times or their order differ\n";
    }
    return out.str();
}

class TunnelEquality : public testing::TestWithParam<uint32_t>
{
  protected:
    static void Compare(bool cross,
                        bool isWindow = false,
                        bool severalNodes = false,
                        bool hasUnits = false,
                        bool hasRelease = false)
    {
        // Ten configurations a test, so that tests can run side by side.
        Dice dice(1000 * (cross ? 2 : 1) + (isWindow ? 5000 : 0) + (hasUnits ? 50000 : 0) +
                  (hasRelease ? 900 : 0) + GetParam());
        Dice release(7000 + GetParam());
        Dice nodes(9000 + GetParam());
        Dice buffers(3000 + 1000 * (cross ? 2 : 1) + GetParam());
        Dice units(70000 + GetParam());
        Dice marks(80000 + GetParam());
        uint32_t compared = 0;
        uint32_t delivered = 0;
        while (compared < 10)
        {
            const Set drawn = Draw(dice, cross);
            Set set = isWindow ? UnderSlidingWindow(dice, drawn) : drawn;
            DrawBuffers(buffers, set);
            set.emplace_back("topology.mark", marks.From({"0", "0", "1", "3", "30"}));
            if (severalNodes)
            {
                DrawNodes(nodes, set);
            }
            if (hasUnits)
            {
                DrawUnits(units, set);
            }
            if (hasRelease)
            {
                DrawRelease(release, set);
            }
            const uint64_t run = 1 + dice.Below(1000);
            SCOPED_TRACE(Command(set) + " --run " + std::to_string(run));
            const std::optional<Outcome> stack = Simulate(set, "stack", run);
            if (!stack)
            {
                continue;
            }
            const std::optional<Outcome> path = Simulate(set, "path", run);
            ASSERT_TRUE(path);
            EXPECT_EQ(Differences(*stack, *path), "");
            delivered += stack->delivered > 0;
            ++compared;
        }
        EXPECT_GE(delivered, 3u) << "too many configurations in which nothing comes through";
    }
};

/// Configurations that once differed, and the run.
const std::vector<std::pair<uint64_t, std::string>> OF_OLD = {
    // Events that keep step for longer than eight generations: at a full queue, over two paths.
    {554,
     "traffic.datagrams=101 traffic.rate=90Mbps topology.rate=33333333bps "
     "topology.delay=0ms sharding.policy=none congestion.load=0.3"},
    {463,
     "traffic.datagrams=7 traffic.size=1472 traffic.rate=90Mbps traffic.kind=poisson "
     "topology.paths=3 topology.hops=1 topology.rate=100Mbps congestion.load=1.2 "
     "congestion.arrivals=cbr fec.code=xor fec.repair=1"},
    {546,
     "traffic.datagrams=60 traffic.size=1472 traffic.kind=poisson topology.paths=3 "
     "topology.rate=33333333bps congestion.load=0.3 congestion.arrivals=cbr fec.code=xor "
     "fec.repair=1 sharding.shards=20"},
    // The timer that ends interleaving, and the end of a transmission.
    {857,
     "traffic.datagrams=47 traffic.size=4000 topology.rate=10Mbps topology.mtu=576 "
     "topology.queue=20p fec.code=rs fec.repair=1 fec.interleave=4 "
     "fec.interleave_timeout=1ms sharding.shards=8 sharding.sizing=header-first"},
    // A request, and the timer that paces.
    {349,
     "traffic.datagrams=57 traffic.flows=2 topology.rate=100Mbps pacing.rate=9Mbps "
     "pacing.queue=5 arq.enabled=true"},
    {349,
     "traffic.datagrams=166 traffic.size=100 traffic.rate=200Mbps traffic.kind=poisson "
     "traffic.flows=2 topology.hops=1 topology.rate=100Mbps placement=least-delay "
     "reassembly.order=in-order fec.code=rs fec.repair=1 pacing.rate=9Mbps "
     "pacing.queue=5 arq.enabled=true arq.rounds=1 loss.model=gilbert-elliott "
     "loss.rate=0.02 loss.burst=8 loss.both=true"},
    // A datagram that would be sent when the run is cut off.
    {369, "traffic.datagrams=169 traffic.size=1000 traffic.rate=40Mbps duration=10ms"},
    // A late shard, and a block that the window computes.
    {147,
     "traffic.datagrams=81 traffic.size=1472 traffic.rate=90Mbps traffic.kind=cbr "
     "traffic.flows=2 topology.paths=1 topology.hops=2 topology.rate=1Gbps "
     "topology.delay=5ms topology.mtu=1500 topology.queue=100p topology.spread=0 "
     "placement=weighted reassembly.order=any reassembly.timeout=2ms payload=virtual "
     "loss.model=gilbert-elliott loss.rate=0.02 loss.burst=8 jitter.model=uniform "
     "jitter.mean=15ms arq.enabled=true arq.rounds=6 arq.memory=50KiB "
     "sharding.policy=static sharding.sizing=equal fec.code=sliding-window fec.repair=2 "
     "fec.window=8 fec.interleave=1"},
};

TEST(TunnelEqualityOfOld, Holds)
{
    for (const auto& [run, text] : OF_OLD)
    {
        SCOPED_TRACE(text);
        Set set;
        std::istringstream words(text);
        for (std::string word; words >> word;)
        {
            const std::size_t sign = word.find('=');
            set.emplace_back(word.substr(0, sign), word.substr(sign + 1));
        }
        const std::optional<Outcome> stack = Simulate(set, "stack", run);
        const std::optional<Outcome> path = Simulate(set, "path", run);
        ASSERT_TRUE(stack && path);
        EXPECT_EQ(Differences(*stack, *path), "");
    }
}

TEST(TunnelEqualityOfDirectives, ThatNameAPlacement)
{
    const Set common = {{"traffic.datagrams", "60"},
                        {"traffic.size", "4000"},
                        {"traffic.rate", "40Mbps"},
                        {"traffic.flows", "3"},
                        {"topology.paths", "3"},
                        {"topology.spread", "0.5"},
                        {"sharding.policy", "static"},
                        {"sharding.shards", "5"},
                        {"loss.model", "iid"},
                        {"loss.rate", "0.05"},
                        {"arq.enabled", "true"}};
    const auto with = [&common](const Set& more)
    {
        Set set = common;
        set.insert(set.end(), more.begin(), more.end());
        return set;
    };
    std::optional<Outcome> before;
    for (const char* kind : {"single", "round-robin", "weighted", "least-delay"})
    {
        SCOPED_TRACE(kind);
        // Of a directive, or by the node itself, which would otherwise do something else.
        const Set named =
            with({{"sharding.placement", kind},
                  {"placement", kind == std::string("single") ? "weighted" : "single"}});
        const std::optional<Outcome> stack = Simulate(named, "stack", 7);
        const std::optional<Outcome> path = Simulate(named, "path", 7);
        const std::optional<Outcome> own = Simulate(with({{"placement", kind}}), "path", 7);
        ASSERT_TRUE(stack && path && own);
        EXPECT_EQ(Differences(*stack, *path), "");
        EXPECT_EQ(Differences(*path, *own), "");
        // Over paths of one rate what is dealt by weight is dealt round them.
        if (before)
        {
            EXPECT_EQ(Differences(*path, *before) == "", kind == std::string("weighted"))
                << "it makes no difference";
        }
        before = path;
    }
    const Set second = with({{"sharding.placement", "single"}, {"sharding.path", "2"}});
    const std::optional<Outcome> stack = Simulate(second, "stack", 7);
    const std::optional<Outcome> path = Simulate(second, "path", 7);
    ASSERT_TRUE(stack && path);
    EXPECT_EQ(Differences(*stack, *path), "");
}

TEST_P(TunnelEquality, WithoutCrossTraffic)
{
    Compare(false);
}

TEST_P(TunnelEquality, WithCrossTraffic)
{
    Compare(true);
}

TEST_P(TunnelEquality, UnderSlidingWindow)
{
    Compare(GetParam() % 2 == 1, true);
}

TEST_P(TunnelEquality, OfSeveralNodes)
{
    Compare(GetParam() % 4 == 1, GetParam() % 4 == 2, true);
}

TEST_P(TunnelEquality, WithUnits)
{
    Compare(GetParam() % 4 == 1, GetParam() % 4 == 2, GetParam() % 4 == 3, true);
}

TEST_P(TunnelEquality, WithReleasePolicies)
{
    Compare(GetParam() % 4 == 1, GetParam() % 8 == 2, GetParam() % 4 == 3, false, true);
}

TEST_P(TunnelEquality, WithUnitsAndReleasePolicies)
{
    Compare(GetParam() % 4 == 1, GetParam() % 8 == 2, GetParam() % 4 == 3, true, true);
}

INSTANTIATE_TEST_SUITE_P(Random, TunnelEquality, testing::Range(0U, 20U));

} // namespace
