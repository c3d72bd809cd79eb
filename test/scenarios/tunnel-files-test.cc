// SPDX-License-Identifier: GPL-2.0-only
//
// What the tunnel scenario reads and writes, and when it ends.
//  1. files that are wrong are refused by Check, before anything runs, naming key, file and line
//  2. GraphML files and capacity traces give runs; real ones where SHARDING_DATA names their folder
//  3. pcap files hold every packet of the paths; a prefix that cannot be written is an error
//  4. a run ends only when its last datagram is settled, whenever that was sent
//  5. losses and cross traffic are the same whatever the policy
#include "scenarios/tunnel-run.h"
#include "scenarios/tunnel-schedule.h"
#include "temporary-folder.h"
#include "tunnel-simulate.h"

#include "ns3/channel-list.h"
#include "ns3/config.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/shard-graphml.h"
#include "ns3/shard-link-channel.h"
#include "ns3/simulator.h"

#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <iterator>
#include <map>

using namespace shardsim;

namespace
{

Metrics
Simulate(const Set& set, const std::string& pcapPrefix = "")
{
    RunContext context;
    context.pcapPrefix = pcapPrefix;
    return MetricsOf(RunTunnel(set, context));
}

bool
Contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

/// A ring of four nodes: two link-disjoint paths from a to c, 2 ms and 6 ms long.
std::string
Ring()
{
    ns3::sharding::ShardTopology ring;
    for (const char* id : {"a", "b", "c", "d"})
    {
        ring.AddNode(id);
    }
    ring.AddLink(0, 1, 1000000);
    ring.AddLink(1, 2, 1000000);
    ring.AddLink(2, 3, 3000000);
    ring.AddLink(3, 0, 3000000);
    return ns3::sharding::WriteGraphMl(ring);
}

TEST(TunnelFiles, ATrafficFileIsSentLineByLine)
{
    const TemporaryFolder folder;
    const std::string file =
        folder.Write("t", "# s bytes\n\n0 100\r\n0 65000\n0.0025  8\n1e-2 9000");
    const auto read = ReadTrafficFile(file);
    ASSERT_EQ(read.size(), 4U);
    EXPECT_EQ(read[2].atNs, 2500000);
    EXPECT_EQ(read[3].payload, 9000U);
    const auto metrics = Simulate({{"traffic.kind", "trace"}, {"traffic.file", file}});
    EXPECT_EQ(metrics.at("datagrams.sent"), 4.0);
    EXPECT_EQ(metrics.at("datagrams.delivered"), 4.0);
}

TEST(TunnelFiles, AWrongTrafficFileIsRefusedWithItsLineBeforeAnythingRuns)
{
    const TemporaryFolder folder;
    for (const char* line : {"0",
                             "0 100 1",
                             "x 100",
                             "nan 100",
                             "-1 100",
                             "2e6 100",
                             "0 7",
                             "0 65001",
                             "0 8.5",
                             "0.5 100",
                             "0 -100"})
    {
        const std::string file = folder.Write("t", std::string("# first\n1 100\n") + line + "\n");
        const std::string said = Refusal({{"traffic.kind", "trace"}, {"traffic.file", file}});
        EXPECT_TRUE(Contains(said, file + ":3: ")) << line << ": " << said;
        EXPECT_TRUE(Contains(said, "allowed: ")) << line << ": " << said;
    }
    const std::string none = folder.Write("none", "# nothing\n");
    EXPECT_TRUE(Contains(Refusal({{"traffic.kind", "trace"}, {"traffic.file", none}}),
                         "no datagram in it"));
}

TEST(TunnelFiles, AWrongTopologyIsRefusedBeforeAnythingRuns)
{
    const TemporaryFolder folder;
    const std::string ring = folder.Write("ring.graphml", Ring());
    const auto ask = [&ring](const char* from, const char* to, const char* paths)
    {
        return Refusal({{"topology.file", ring},
                        {"topology.from", from},
                        {"topology.to", to},
                        {"topology.paths", paths}});
    };
    EXPECT_EQ(ask("a", "c", "2"), "");
    EXPECT_TRUE(Contains(ask("a", "c", "3"), "topology.paths: '3'")) << ask("a", "c", "3");
    EXPECT_TRUE(Contains(ask("a", "c", "3"), "the topology has 2"));
    EXPECT_TRUE(Contains(ask("x", "c", "1"), "topology.from: 'x'")) << ask("x", "c", "1");
    EXPECT_TRUE(Contains(ask("a", "y", "1"), "topology.to: 'y'")) << ask("a", "y", "1");
    EXPECT_NE(ask("a", "a", "1"), "");
    const std::string torn = folder.Write("torn.graphml", "<graphml>\n<graph>\n<node id=\"a\">\n");
    const std::string said =
        Refusal({{"topology.file", torn}, {"topology.from", "a"}, {"topology.to", "b"}});
    EXPECT_TRUE(Contains(said, "topology.file")) << said;
    const std::string trace = folder.Write("t.trace", "1\nsoon\n");
    EXPECT_TRUE(Contains(Refusal({{"topology.trace", trace}}), trace + ":2"));
}

TEST(TunnelFiles, PathsOfAGraphMlFileHaveItsDelays)
{
    const TemporaryFolder folder;
    const auto metrics = Simulate({{"topology.file", folder.Write("ring.graphml", Ring())},
                                   {"topology.from", "a"},
                                   {"topology.to", "c"},
                                   {"topology.paths", "2"},
                                   {"topology.rate", "10Gbps"},
                                   {"traffic.datagrams", "10"},
                                   {"sharding.shards", "2"}});
    // One shard on each path, the later one takes 6 ms and some microseconds of transmission.
    EXPECT_GT(metrics.at("latency.mean_ms"), 6.0);
    EXPECT_LT(metrics.at("latency.mean_ms"), 6.1);
}

TEST(TunnelFiles, ACapacityTraceLimitsThePath)
{
    const std::string folder = SHARDING_SOURCE_DIR "/scenarios/traces/";
    const auto metrics = Simulate({{"topology.trace", folder + "constant-12mbps.trace"},
                                   {"traffic.rate", "50Mbps"},
                                   {"traffic.datagrams", "500"},
                                   {"sharding.policy", "none"}});
    EXPECT_LT(metrics.at("goodput_mbps"), 12.0);
    EXPECT_GT(metrics.at("wire.queue_drops"), 0.0);
}

TEST(TunnelFiles, RealTracesAndTopologiesRun)
{
    const char* data = std::getenv("SHARDING_DATA");
    if (!data)
    {
        GTEST_SKIP() << "SHARDING_DATA is not set: no real traces and topologies to try";
    }
    const std::string folder = data;
    const Set few = {{"traffic.datagrams", "100"}};
    Set cellular = few;
    cellular.emplace_back("topology.trace", folder + "/cellular/Verizon-LTE-short.down");
    EXPECT_GT(Simulate(cellular).at("datagrams.delivered"), 0.0);
    Set abilene = few;
    abilene.emplace_back("topology.file", folder + "/topology/Abilene.graphml");
    abilene.emplace_back("topology.from", "New York");
    abilene.emplace_back("topology.to", "Seattle");
    abilene.emplace_back("topology.paths", "2");
    EXPECT_EQ(Simulate(abilene).at("datagrams.delivered"), 100.0);
    abilene.back().second = "3";
    EXPECT_TRUE(Contains(Refusal(abilene), "the topology has 2"));
}

/// @return packets of a pcap file; -1 where it is none
int
CountPackets(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const auto word = [&bytes](std::size_t at)
    {
        uint32_t value = 0;
        std::memcpy(&value, bytes.data() + at, 4);
        return value;
    };
    if (bytes.size() < 24 || (word(0) != 0xa1b2c3d4 && word(0) != 0xa1b23c4d))
    {
        return -1;
    }
    int packets = 0;
    std::size_t at = 24;
    for (; at + 16 <= bytes.size(); at += 16 + word(at + 8))
    {
        ++packets;
    }
    return at == bytes.size() ? packets : -1;
}

TEST(TunnelFiles, PcapFilesHoldEveryPacketOfThePaths)
{
    const TemporaryFolder folder;
    const Set set = {{"traffic.datagrams", "10"}, {"sharding.shards", "8"}};
    Simulate(set, folder.File("p"));
    EXPECT_EQ(folder.Count(), 4U);
    for (const char* end : {"link0-tx", "link0-rx", "link1-tx", "link1-rx"})
    {
        EXPECT_EQ(CountPackets(folder.File(std::string("p-path0-") + end + ".pcap")), 80) << end;
    }
    EXPECT_THROW(Simulate(set, folder.File("none/p")), RequestError);
}

TEST(TunnelEnd, TheLastDatagramIsWaitedForWheneverItIsSent)
{
    // Gaps of 10 ms over paths of 2 ms: everything is at rest when the last datagram is sent, in
    // the very nanosecond of a look whether the run is over.
    for (const char* policy : {"none", "static", "replicate"})
    {
        const auto metrics = Simulate({{"sharding.policy", policy},
                                       {"traffic.size", "1000"},
                                       {"traffic.rate", "800kbps"},
                                       {"topology.delay", "1ms"},
                                       {"traffic.datagrams", "20"}});
        EXPECT_EQ(metrics.at("datagrams.delivered"), 20.0) << policy;
    }
}

/// What happened on path 0 whose causes must not know the policy.
struct Weather
{
    std::vector<uint64_t> lost; ///< numbers of the packets lost on the last link
    std::vector<int64_t> cross; ///< ns at which cross traffic was offered
    uint64_t transmitted{0};    ///< packets on the last link
    ns3::sharding::ShardLinkChannel* last{nullptr};

    void Drop(ns3::Ptr<const ns3::Packet>, uint32_t)
    {
        lost.push_back(last->GetCounters(0).transmitted);
    }

    void Cross(ns3::Ptr<const ns3::Packet>, bool)
    {
        cross.push_back(ns3::Simulator::Now().GetNanoSeconds());
    }
};

Weather
Observe(const char* policy)
{
    Set set = {{"sharding.policy", policy},
               {"loss.model", "gilbert-elliott"},
               {"loss.rate", "0.1"},
               {"loss.burst", "3"},
               {"congestion.load", "0.2"},
               {"topology.hops", "1"},
               {"traffic.datagrams", "200"}};
    const Values values = MakeValues(set);
    const RunContext context;
    Weather weather;
    ns3::RngSeedManager::SetSeed(1);
    ns3::RngSeedManager::SetRun(1);
    {
        TunnelRun run(values, context);
        // Channels 0 and 1 are the access links.
        weather.last = dynamic_cast<ns3::sharding::ShardLinkChannel*>(
            ns3::PeekPointer(ns3::ChannelList::GetChannel(2)));
        weather.last->TraceConnectWithoutContext("Drop",
                                                 ns3::MakeCallback(&Weather::Drop, &weather));
        ns3::Config::ConnectWithoutContext(
            "/NodeList/*/ApplicationList/*/$ns3::sharding::ShardCrossTraffic/Tx",
            ns3::MakeCallback(&Weather::Cross, &weather));
        run.Execute();
        weather.transmitted = weather.last->GetCounters(0).transmitted;
    }
    ns3::Simulator::Destroy();
    return weather;
}

template <typename T>
std::vector<T>
UpTo(const std::vector<T>& values, T limit)
{
    std::vector<T> first;
    for (const T& value : values)
    {
        if (value <= limit)
        {
            first.push_back(value);
        }
    }
    return first;
}

TEST(TunnelWeather, LossesAndCrossTrafficDoNotDependOnThePolicy)
{
    const Weather one = Observe("static");
    ASSERT_GT(one.lost.size(), 50U);
    ASSERT_GT(one.cross.size(), 500U);
    for (const char* policy : {"none", "replicate"})
    {
        const Weather other = Observe(policy);
        const uint64_t packets = std::min(one.transmitted, other.transmitted);
        EXPECT_EQ(UpTo(one.lost, packets), UpTo(other.lost, packets)) << policy;
        const int64_t end = std::min(one.cross.back(), other.cross.back());
        EXPECT_EQ(UpTo(one.cross, end), UpTo(other.cross, end)) << policy;
    }
}

} // namespace
