// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cryptographic units from end to end, on both transports: one path of 1 Gbit/s and 1 ms, datagrams
 * of 9000 bytes in 8 shards.
 * 1. the latency of a datagram has both ends' service in it, to the nanosecond
 * 2. one flow is faster by the number of units where they are the bottleneck, and with flow-hash it
 *    is not
 * 3. real bytes are sealed, opened and compared; virtual payload takes the same times
 * 4. a unit that fails loses its shards or does not, and everything is conserved
 * 5. a small replay window rejects what units of different speed bring out of order; a large one
 *    does not
 * 6. several nodes have units and keys of their own, and one that restarts is understood
 * 7. without units there is no value, not 0
 * 8. the policy load cuts a flow's packets smaller where units are idle, larger where they are busy
 * 9. what units do over time adds up, and shows which of them stalls
 * 10. contradictions are refused
 */
#include "tunnel-simulate.h"

#include <gtest/gtest.h>
#include <map>
#include <string>
#include <vector>

namespace
{

class TunnelCryptoTest : public testing::TestWithParam<const char*>
{
  protected:
    static Set With(const Set& more)
    {
        Set set = {{"transport", GetParam()},
                   {"topology.hops", "1"},
                   {"topology.rate", "1Gbps"},
                   {"topology.delay", "1ms"},
                   {"topology.queue", "100000p"},
                   {"traffic.size", "8972"},
                   {"sharding.shards", "8"},
                   {"traffic.datagrams", "200"},
                   {"crypto.units", "8"},
                   {"crypto.fixed", "10us"},
                   {"crypto.rate", "1000Gbps"}};
        set.insert(set.end(), more.begin(), more.end());
        return set;
    }

    static double Get(const Metrics& metrics, const std::string& name)
    {
        return metrics.at(name).value_or(-1);
    }

    static Metrics Run(const Set& more)
    {
        return MetricsOf(RunTunnel(With(more)));
    }
};

TEST_P(TunnelCryptoTest, TakesTimeAtBothEnds)
{
    // Access links of 100 Gbit/s carry the 9000 bytes and 2 of PPP framing each. A shard has 1125
    // bytes, 28 of seal, 20 of shard header, 28 of UDP and IP and 2 of framing. Units of 1 Tbit/s
    // take 9 ns for it plain and 9 ns sealed. The last of eight that leave at once comes after all.
    const Metrics seen = Run({{"traffic.rate", "1Mbps"}, {"traffic.datagrams", "10"}});
    const double access = 2 * 9002 * 8 / 100e9;
    const double wire = 8 * (1125 + 28 + 20 + 28 + 2) * 8 / 1e9;
    const double units = 10e-6 + 1125 * 8e-12 + 10e-6 + (1125 + 28) * 8e-12;
    EXPECT_NEAR(Get(seen, "latency.max_ms"), 1e3 * (access + wire + 1e-3 + units), 20e-6);
    EXPECT_EQ(Get(seen, "crypto.wait_mean_us"), 0);
    EXPECT_EQ(Get(seen, "crypto.decrypt.wait_p99_us"), 0);
    EXPECT_NEAR(Get(seen, "crypto.imbalance_ratio"), 1, 1e-12);
}

TEST_P(TunnelCryptoTest, MakesAFlowFasterByTheNumberOfUnits)
{
    // A unit does 10 Mbit/s: one flow offers 200.
    const auto goodput = [](const char* units, const char* dispatch)
    {
        return Get(Run({{"crypto.units", units},
                        {"crypto.dispatch", dispatch},
                        {"crypto.rate", "10Mbps"},
                        {"crypto.queue", "100000"},
                        {"traffic.rate", "200Mbps"}}),
                   "goodput_mbps");
    };
    const double one = goodput("1", "round-robin");
    EXPECT_GT(one, 9);
    EXPECT_LT(one, 10);
    EXPECT_GT(goodput("8", "round-robin"), 7.5 * one);
    EXPECT_GT(goodput("8", "weighted"), 7.5 * one);
    EXPECT_GT(goodput("8", "shortest-queue"), 7.5 * one);
    EXPECT_NEAR(goodput("8", "flow-hash"), one, 0.01 * one);
}

TEST_P(TunnelCryptoTest, CarriesRealBytesInTheSameTimes)
{
    const Set weather = {{"loss.model", "iid"},
                         {"loss.rate", "0.05"},
                         {"fec.code", "rs"},
                         {"fec.repair", "2"},
                         {"arq.enabled", "true"},
                         {"crypto.rekey", "100"},
                         {"crypto.speeds", "1,0.3"}};
    Set real = weather;
    real.emplace_back("payload", "real");
    Metrics a = Run(weather);
    Metrics b = Run(real);
    for (Metrics* one : {&a, &b})
    {
        one->erase("sim.wall_s");
        EXPECT_EQ(Get(*one, "datagrams.delivered"), 200);
        EXPECT_EQ(Get(*one, "crypto.decrypt.rejected"), 0);
    }
    EXPECT_EQ(a, b);
}

TEST_P(TunnelCryptoTest, LosesWhatAFailedUnitHeldOrGivesItToOthers)
{
    const Set fault = {{"traffic.rate", "60Mbps"},
                       {"crypto.rate", "10Mbps"},
                       {"crypto.fault", "fail"},
                       {"crypto.fault_unit", "2"},
                       {"crypto.fault_from", "49300us"},
                       {"crypto.fault_until", "120ms"}};
    for (const char* end : {"encrypt", "decrypt"})
    {
        const std::string prefix = end == std::string("encrypt") ? "crypto." : "crypto.decrypt.";
        Set set = fault;
        set.emplace_back("crypto.fault_end", end);
        const Metrics kept = Run(set);
        EXPECT_EQ(Get(kept, "datagrams.delivered"), 200);
        EXPECT_GT(Get(kept, prefix + "redispatched"), 0);
        EXPECT_EQ(Get(kept, prefix + "lost"), 0);
        set.emplace_back("crypto.fault_shards", "lost");
        const Metrics lost = Run(set);
        EXPECT_GT(Get(lost, prefix + "lost"), 0);
        EXPECT_EQ(Get(lost, "datagrams.delivered"), 200 - Get(lost, prefix + "lost"))
            << "each of another datagram";
    }
}

TEST_P(TunnelCryptoTest, NeedsAReplayWindowAsWideAsUnitsReorder)
{
    const Set uneven = {{"traffic.rate", "100Mbps"},
                        {"crypto.fixed", "70us"},
                        {"crypto.speeds", "0.05,1,1,1,1,1,1,1"}};
    const Metrics wide = Run(uneven);
    EXPECT_EQ(Get(wide, "replay.rejected"), 0);
    EXPECT_GT(Get(wide, "crypto.reorder_max"), 64);
    Set narrow = uneven;
    narrow.emplace_back("crypto.replay_window", "64");
    EXPECT_GT(Get(Run(narrow), "replay.rejected"), 0);
}

TEST_P(TunnelCryptoTest, HasUnitsAtEachOfSeveralNodes)
{
    const Metrics seen = Run({{"nodes.count", "3"},
                              {"traffic.flows", "30"},
                              {"traffic.rate", "50Mbps"},
                              {"crypto.fixed", "300us"},
                              {"payload", "real"},
                              {"nodes.fails_at", "50ms"},
                              {"nodes.fails", "0"},
                              {"nodes.detection", "1ms"},
                              {"nodes.recovers_at", "100ms"}});
    EXPECT_EQ(Get(seen, "crypto.decrypt.rejected"), 0);
    EXPECT_GT(Get(seen, "datagrams.delivered"), 150);
    EXPECT_EQ(Get(seen, "shards.corrupt"), 0);
}

TEST_P(TunnelCryptoTest, HasNoValuesWithoutUnits)
{
    const Metrics seen =
        MetricsOf(RunTunnel({{"transport", GetParam()}, {"traffic.datagrams", "10"}}));
    for (const auto& [name, value] : seen)
    {
        if (name.rfind("crypto.", 0) == 0 || name == "replay.rejected")
        {
            EXPECT_FALSE(value) << name;
        }
    }
}

TEST_P(TunnelCryptoTest, CutsByTheLoadOfUnits)
{
    const auto shards = [](const char* rate)
    {
        Set set = With({{"sharding.policy", "load"},
                        {"load.loss", "0.1"},
                        {"traffic.rate", rate},
                        {"crypto.units", "2"},
                        {"crypto.fixed", "100us"}});
        set.erase(set.begin() + 6); // sharding.shards
        return Get(MetricsOf(RunTunnel(set)), "shards.sent") / 200;
    };
    EXPECT_EQ(shards("1Mbps"), 30) << "9000 bytes of 300 each, while units are idle";
    EXPECT_LT(shards("300Mbps"), 10) << "while each shard waits for a millisecond or more";
}

TEST_P(TunnelCryptoTest, TellsWhatUnitsDoOverTime)
{
    // 1393 datagrams a second, with a shard of each for every unit; that takes one 0.46 ms.
    shardsim::RunContext context;
    context.keepTimeline = true;
    const shardsim::Timeline past = RunTunnel(With({{"crypto.rate", "20Mbps"},
                                                    {"crypto.fault", "stall"},
                                                    {"crypto.fault_unit", "2"},
                                                    {"crypto.fault_from", "50ms"},
                                                    {"crypto.fault_until", "150ms"},
                                                    {"crypto.replay_window", "65536"},
                                                    {"reassembly.memory", "64MiB"},
                                                    {"traffic.rate", "100Mbps"},
                                                    {"traffic.datagrams", "400"}}),
                                              context)
                                        .timeline;
    std::map<std::string, std::size_t> column;
    for (const std::string& name : past.columns)
    {
        column.emplace(name, column.size());
    }
    double bytes = 0;
    double delivered = 0;
    for (const std::vector<double>& row : past.rows)
    {
        ASSERT_EQ(row.size(), past.columns.size());
        bytes += row[column.at("rate_mbps")] * 0.01 * 1e6 / 8;
        delivered += row[column.at("delivered_mbps")] * 0.01 * 1e6 / 8;
    }
    EXPECT_NEAR(bytes, 400 * 9000, 1e-3);
    EXPECT_NEAR(delivered, 400 * 8972, 1e-3);
    // Each datagram lacks the shard of the unit that stalls.
    const std::vector<double>& end = past.rows.at(13);
    EXPECT_NEAR(end[column.at("time_s")], 0.14, 1e-9);
    EXPECT_NEAR(end[column.at("queue_2")], 1393.3 * 0.09, 3);
    EXPECT_LE(end[column.at("queue_0")], 1);
    EXPECT_LE(end[column.at("queue_7")], 1);
    EXPECT_EQ(end[column.at("delivered_mbps")], 0);
    EXPECT_NEAR(past.rows.at(15)[column.at("latency_max_ms")], 100, 3);
    EXPECT_EQ(past.rows.back()[column.at("queue_2")], 0);
}

TEST_P(TunnelCryptoTest, RefusesContradictions)
{
    const auto says = [](const Set& set) { return Refusal(With(set)); };
    EXPECT_EQ(says({}), "");
    EXPECT_NE(says({{"sharding.policy", "none"}}), "");
    EXPECT_NE(says({{"crypto.units", "0"}, {"crypto.queue", "5"}}), "");
    EXPECT_NE(says({{"crypto.speeds", "1,x"}}), "");
    EXPECT_NE(says({{"crypto.speeds", "1,,2"}}), "");
    EXPECT_NE(says({{"crypto.speeds", "0"}}), "");
    EXPECT_EQ(says({{"crypto.speeds", "1, 0.5"}}), "");
    EXPECT_NE(says({{"crypto.fault", "fail"}}), "");
    EXPECT_NE(says({{"crypto.fault_unit", "1"}}), "");
    EXPECT_NE(says({{"crypto.fault", "stall"}, {"crypto.fault_from", "1s"}}), "");
    EXPECT_NE(
        says({{"crypto.fault", "fail"}, {"crypto.fault_from", "1s"}, {"crypto.fault_unit", "8"}}),
        "");
    EXPECT_NE(
        says({{"crypto.fault", "fail"}, {"crypto.fault_from", "2s"}, {"crypto.fault_until", "1s"}}),
        "");
}

INSTANTIATE_TEST_SUITE_P(Transports, TunnelCryptoTest, testing::Values("stack", "path"));

} // namespace
